"""Money that came through a payment service, as the service tells it, without asking one."""

import datetime
from typing import Any

from carnet.orders.models import Order
from carnet.payments.actions import online_facts
from carnet.payments.models import Checkout, OnlineReceipt, OnlineRefund, Payment
from carnet.payments.rules.online import CaptureFound, RefundFound
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.orders import AT, pay


def capture_told(capture_id: str = "3C679366HH908993F", cents: int = 24_000, **changed: Any) -> CaptureFound:
    """24,000 cents, of which 851 were kept."""
    given = {"state": "completed", "currency": "EUR", "at": moment(AT), "fee_cents": 851, "net_cents": cents - 851}
    return CaptureFound(external_id=capture_id, amount_cents=cents, **(given | changed))


def refund_told(refund_id: str = "1JU08902781691411", cents: int = 24_000, **changed: Any) -> RefundFound:
    """Sent back two days later; the service keeps its fee."""
    given = {"state": "completed", "currency": "EUR", "at": moment("2027-02-28 12:00"), "capture_id": "x"}
    return RefundFound(external_id=refund_id, amount_cents=cents, **(given | changed))


def checkout_of(order: Order, capture_id: str = "3C679366HH908993F", **changed: Any) -> Checkout:
    """An attempt to pay that succeeded."""
    given = {
        "customer": order.customer, "reference": order.reference, "amount_cents": order.asked_cents,
        "language": order.language, "environment": "sandbox", "state": Checkout.State.PAID,
        "external_id": f"order-{capture_id}", "capture_id": capture_id, "made_at": moment(AT), "done_at": moment(AT),
    }  # fmt: skip
    return Checkout.objects.create(**order.cause.columns, **TEST.columns, **(given | changed))


def pay_online(
    order: Order, capture: CaptureFound | None = None, at: str | datetime.datetime = AT, **changed: Any
) -> Payment:
    """The order is paid by this capture, with its receipt."""
    capture = capture or capture_told(cents=order.asked_cents)
    key = f"paypal:{capture.external_id}"
    payment = pay(order, capture.amount_cents, at, means="paypal", key=key, **changed)
    note_receipt(payment, checkout_of(order, capture.external_id), capture)
    return payment


def note_receipt(
    payment: Payment, checkout: Checkout, capture: CaptureFound, at: str | datetime.datetime = AT
) -> OnlineReceipt:
    at = moment(at) if isinstance(at, str) else at
    return online_facts.note_receipt(payment=payment, checkout=checkout, capture=capture, by=TEST, at=at)


def send_back(
    payment: Payment, refund: RefundFound, kind: str = "refund", at: str | datetime.datetime = "2027-03-01 12:00"
) -> OnlineRefund | None:
    at = moment(at) if isinstance(at, str) else at
    return online_facts.note_refund(payment=payment, refund=refund, kind=OnlineRefund.Kind(kind), by=TEST, at=at)
