"""The account that the stand-in keeps: orders, captures, refunds and disputes. Words and states are PayPal's.

What changes something takes the moment and leaves an event, which is sent on as a notice; the caller holds
`PaypalAccount.lock`.
"""

import copy
import datetime
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from demo.paypal.refusals import refuse

MERCHANT_ID = "DEM2STANDN234"
PAYER_ID = "PAYER2DEM2345"
ORDER_LIVES = datetime.timedelta(hours=3)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

Outcome = Literal["completed", "pending", "declined"]
OUTCOMES: tuple[Outcome, ...] = ("completed", "pending", "declined")


@dataclass
class PaypalOrder:
    id: str
    asked: dict[str, Any]  # the body of the request that made it
    created_at: datetime.datetime
    updated_at: datetime.datetime
    status: str
    outcome: str = ""  # of its capture, as chosen on the page of approval; empty: whatever comes next
    capture_id: str = ""
    notices: str = "once"  # how they are sent: once, twice, late, never

    @property
    def unit(self) -> dict[str, Any]:
        return self.asked["purchase_units"][0]

    @property
    def currency(self) -> str:
        return self.unit["amount"]["currency_code"]

    @property
    def cents(self) -> int:
        return cents_from(self.unit["amount"]["value"])

    @property
    def context(self) -> dict[str, Any]:
        """Where the payer comes from and goes back to, in its newer or its older place."""
        source = self.asked.get("payment_source", {}).get("paypal", {})
        return source.get("experience_context") or self.asked.get("application_context") or {}

    @property
    def waits_for_payer(self) -> bool:
        return self.status in {"CREATED", "PAYER_ACTION_REQUIRED"}

    def is_gone(self, at: datetime.datetime) -> bool:
        """An order that nobody approves is kept for three hours."""
        return self.waits_for_payer and at >= self.created_at + ORDER_LIVES


@dataclass
class PaypalCapture:
    id: str
    order_id: str
    cents: int
    currency: str
    status: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    reason: str = ""  # why it is pending, or was refused
    invoice_id: str = ""
    custom_id: str = ""

    @property
    def fee_cents(self) -> int:
        """What PayPal keeps: 2.9 % and 0.35, rounded to the cent."""
        return min(self.cents, (self.cents * 29 + 500) // 1000 + 35)

    @property
    def has_money(self) -> bool:
        return self.status in {"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"}


@dataclass
class PaypalRefund:
    """Money that left the account again; `is_reversal`: PayPal took it after a lost dispute."""

    id: str
    capture_id: str
    cents: int
    fee_cents: int  # of PayPal's fee, what it gave back
    created_at: datetime.datetime
    note: str = ""
    invoice_id: str = ""
    is_reversal: bool = False
    status: str = "COMPLETED"  # or PENDING, FAILED


@dataclass
class PaypalDispute:
    id: str
    capture_id: str
    cents: int
    reason: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    is_resolved: bool = False
    outcome: str = ""


@dataclass
class PaypalWebhook:
    id: str
    url: str
    event_types: list[str]


@dataclass
class PaypalEvent:
    id: str
    type: str
    resource_type: str
    summary: str
    resource: dict[str, Any]
    created_at: datetime.datetime
    notices: str = "once"
    is_due: bool = False  # a notice of it is on its way


@dataclass
class KeptAnswer:
    """What was answered to a PayPal-Request-Id."""

    status: int
    body: dict[str, Any]
    kept_until: datetime.datetime


@dataclass
class PaypalAccount:
    """All that the stand-in knows. `tell` shows a thing as PayPal's API does, for the events."""

    orders: dict[str, PaypalOrder] = field(default_factory=dict)
    captures: dict[str, PaypalCapture] = field(default_factory=dict)
    refunds: dict[str, PaypalRefund] = field(default_factory=dict)
    disputes: dict[str, PaypalDispute] = field(default_factory=dict)
    webhooks: dict[str, PaypalWebhook] = field(default_factory=dict)
    events: list[PaypalEvent] = field(default_factory=list)
    answers: dict[str, KeptAnswer] = field(default_factory=dict)
    next_outcomes: list[Outcome] = field(default_factory=list)
    next_refunds: list[str] = field(default_factory=list)  # what becomes of them: PENDING, or why it is refused
    tell: Callable[["PaypalAccount", Any], dict[str, Any]] = field(default=lambda _account, _thing: {}, repr=False)
    on_event: Callable[[PaypalEvent], None] = field(default=lambda _event: None, repr=False)
    lock: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    def register_webhook(self, url: str, event_types: list[str]) -> PaypalWebhook:
        webhook = PaypalWebhook(new_id(), url, event_types)
        self.webhooks[webhook.id] = webhook
        return webhook

    def order_of_capture(self, capture_id: str) -> PaypalOrder:
        return self.orders[self.captures[capture_id].order_id]

    def refunds_of(self, capture_id: str) -> list[PaypalRefund]:
        return [refund for refund in self.refunds.values() if refund.capture_id == capture_id]

    def left_of(self, capture: PaypalCapture) -> int:
        """What was not sent back yet, in cents."""
        sent = (refund.cents for refund in self.refunds_of(capture.id) if refund.status != "FAILED")
        return capture.cents - sum(sent)

    def open_dispute_of(self, capture_id: str) -> PaypalDispute | None:
        found = (one for one in self.disputes.values() if one.capture_id == capture_id and not one.is_resolved)
        return next(found, None)


def cents_from(value: str) -> int:
    """«12.5» is 1250; more than two decimals are refused."""
    whole, _point, part = value.partition(".")
    if len(part) > 2 or not (whole + part).isdecimal():
        refuse(422, "DECIMAL_PRECISION")
    return int(whole or 0) * 100 + int(part.ljust(2, "0"))


def money_value(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def new_id(prefix: str = "", length: int = 17) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def event(account: PaypalAccount, kind: str, thing: Any, summary: str, at: datetime.datetime) -> None:
    resource_type = {
        PaypalOrder: "checkout-order",
        PaypalCapture: "capture",
        PaypalRefund: "refund",
        PaypalDispute: "dispute",
    }[type(thing)]
    resource = copy.deepcopy(account.tell(account, thing))
    order = (
        thing if isinstance(thing, PaypalOrder) else account.order_of_capture(getattr(thing, "capture_id", thing.id))
    )
    made = PaypalEvent(f"WH-{new_id()}-{new_id()}", kind, resource_type, summary, resource, at, order.notices)
    account.events.append(made)
    account.on_event(made)
