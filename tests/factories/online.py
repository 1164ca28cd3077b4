"""Money that came through a payment service: as one tells it, and as the one beside the test really has it."""

import datetime
from typing import Any

import time_machine

from carnet.orders.models import Order
from carnet.payments.actions import online_facts
from carnet.payments.models import Checkout, OnlineReceipt, OnlineRefund, Payment
from carnet.payments.paypal import interface
from carnet.payments.rules.online import CaptureFound, CheckoutWanted, RefundFound
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
    order: Order,
    capture: CaptureFound | None = None,
    at: str | datetime.datetime = AT,
    environment: str = "sandbox",
    **changed: Any,
) -> Payment:
    """The order is paid by this capture, with its receipt."""
    capture = capture or capture_told(cents=order.asked_cents)
    key = f"paypal:{capture.external_id}"
    payment = pay(order, capture.amount_cents, at, means="paypal", key=key, **changed)
    checkout = checkout_of(order, capture.external_id, amount_cents=capture.amount_cents, environment=environment)
    note_receipt(payment, checkout, capture, at)
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


def taken(
    beside: Any, cents: int = 24_000, reference: str = "RF33AB23CD45", number: str = "", at: str = AT
) -> CaptureFound:
    """Money that PayPal beside the test took at this moment, and of which Carnet has written down nothing."""
    number = number or f"{reference}-{len(beside.capture_ids()) + 1}"
    with time_machine.travel(moment(at), tick=False):
        wanted = CheckoutWanted(
            key=number, reference=reference, number=number, amount_cents=cents, description="Twenty tickets",
            language="en", return_url="http://testserver/back/", cancel_url="http://testserver/away/",
        )  # fmt: skip
        begun = interface.create_checkout(beside.access, wanted)
        beside.approve(begun.external_id)
        return interface.capture_checkout(beside.access, begun.external_id, key=number).captures[0]


def pay_beside(beside: Any, order: Order, at: str = AT) -> Payment:
    """The order is paid at PayPal beside the test."""
    capture = taken(beside, order.asked_cents, order.reference, at=at)
    return pay_online(order, capture, at, "stand_in")
