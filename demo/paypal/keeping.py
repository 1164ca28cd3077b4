"""The account in a JSON file, so that a demo that starts again still knows who has paid."""

import dataclasses
import datetime
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from demo.paypal.account import (
    KeptAnswer,
    PaypalAccount,
    PaypalCapture,
    PaypalDispute,
    PaypalEvent,
    PaypalOrder,
    PaypalRefund,
    PaypalWebhook,
)

THINGS: dict[str, type[Any]] = {
    "orders": PaypalOrder,
    "captures": PaypalCapture,
    "refunds": PaypalRefund,
    "disputes": PaypalDispute,
    "webhooks": PaypalWebhook,
    "answers": KeptAnswer,
}
# Older events are told no more.
EVENTS_KEPT = 200


def save(account: PaypalAccount, file: Path) -> None:
    """Written beside and renamed: a process that is killed leaves the old file or the new one."""
    told: dict[str, Any] = {
        name: {key: dataclasses.asdict(thing) for key, thing in getattr(account, name).items()} for name in THINGS
    }
    told["events"] = [dataclasses.asdict(event) for event in account.events[-EVENTS_KEPT:]]
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        json.dump(told, written, default=datetime.datetime.isoformat)
    os.replace(name, file)


def load(account: PaypalAccount, file: Path) -> None:
    """What the file says, if there is one; the account is empty before."""
    if not file.exists():
        return
    told = json.loads(file.read_text("utf-8"))
    for name, kind in THINGS.items():
        getattr(account, name).update({key: made(kind, values) for key, values in told[name].items()})
    account.events.extend(made(PaypalEvent, values) for values in told["events"])


def made(kind: type[Any], values: dict[str, Any]) -> Any:
    moments = {field.name for field in dataclasses.fields(kind) if field.type is datetime.datetime}
    return kind(
        **{key: datetime.datetime.fromisoformat(value) if key in moments else value for key, value in values.items()}
    )
