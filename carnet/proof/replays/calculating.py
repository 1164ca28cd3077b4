"""What the replays calculate by themselves, so that they don't ask the code that they judge: texts, hashes, VAT."""

import datetime
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

START = "0" * 64


def _plain(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no text")


# One encoder for millions of rows: making it takes longer than a row.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)


def text_of(fields: Mapping[str, Any]) -> str:
    """The fields as JSON: keys sorted, no spaces, instants in UTC to the microsecond."""
    return _ENCODER.encode(fields)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_key_there(version: int) -> bool:
    return version in settings.BOOKS_KEYS


def sealed(text: str, version: int) -> str:
    """HMAC-SHA256 of the text by the key of this version, which must be there."""
    return hmac.digest(settings.BOOKS_KEYS[version].encode(), text.encode(), "sha256").hex()


def vat_of(gross_cents: int, permille: int) -> int:
    """The VAT in a gross amount; half a cent goes to the VAT."""
    return (2 * gross_cents * permille + 1000 + permille) // (2 * (1000 + permille))


def first_that_differs(pairs: Iterable[tuple[str, Any, Any]]) -> dict[str, Any] | None:
    """Of (name, expected, found) the first whose values differ, as the values of a fault."""
    for name, expected, found in pairs:
        if expected != found:
            return {"field": name, "expected": str(expected), "found": str(found)}
    return None
