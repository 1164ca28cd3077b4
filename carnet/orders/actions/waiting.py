"""How the waiting of an order ends without money: somebody is reminded, its time is over (O1, O3, O4), or its customer
cancels it.
"""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.invoices.rules import CreditedLine, Paid
from carnet.kernel import calendar
from carnet.kernel.refused import Refused
from carnet.ledger.models import CustomerLedger
from carnet.orders import mails, rules
from carnet.orders.models import Order
from carnet.orders.queries import amounts
from carnet.payments.actions import credit
from carnet.provider import queries as provider


class OrderNotWaiting(Refused):
    """Only an order that waits for money can be cancelled or paid otherwise; one that is paid can be withdrawn from
    (O11).
    """

    code = "orders.not_waiting"


@transaction.atomic
def remind_of_order(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """O1: remind the buyer of an order that still waits for money, once."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.state == Order.State.WAITING and order.reminded_at is None:
        order.reminded_at = at
        order.save(update_fields=["reminded_at"])
        mails.order_reminder(order, at=at)
    return order


@transaction.atomic
def expire_order(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """O1, O3, O4: end an order whose time is over; what was paid of it becomes credit, and its customer is told.

    One that was paid or put off meanwhile is left alone.
    """
    order = locked(order)
    if not order.is_open or at < order.expires_at:
        return order
    had_money = amounts.paid_cents(order) > 0
    end_unpaid(order, "too_late" if order.state == Order.State.CHOOSING else "too_little", by=by, at=at)
    mails.order_expired(order, had_money=had_money, at=at)
    return order


@transaction.atomic
def cancel_order(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """Its customer does not want it any more: nothing is owed, what was paid of it becomes credit, credit used comes
    back, and so will money that is on its way.

    A second time changes nothing. Refuses `OrderNotWaiting` once it is paid, has ended, or waits for a choice (O3).
    """
    order = locked(order)
    if order.state == Order.State.CANCELLED:
        return order
    if order.state != Order.State.WAITING:
        raise OrderNotWaiting
    had_money = amounts.paid_cents(order) > 0
    end_unpaid(order, "cancelled", by=by, at=at, state=Order.State.CANCELLED)
    mails.order_cancelled(order, had_money=had_money, at=at)
    return order


def wait_on(order: Order, *, state: Order.State, days: int, at: datetime.datetime) -> None:
    """O3, O4: the locked order waits so many days from now, or as long as it did if that is longer."""
    order.state = state
    until = rules.waits_until(calendar.date_on(at, provider.time_zone()), days, provider.time_zone())
    order.expires_at = max(order.expires_at, until)
    order.save(update_fields=["state", "expires_at"])


def end_unpaid(
    order: Order, reason: str, *, by: Actor, at: datetime.datetime, state: Order.State = Order.State.EXPIRED
) -> None:
    """What came in for the order becomes credit (O3, O4), credit used comes back, an invoice that was asked for is
    corrected (O8), and the order ends in `state`.
    """
    invoice, paid_cents = amounts.invoice_requested(order), amounts.paid_cents(order)
    for payment, left_cents in amounts.payments_left(order):
        credit.add_credit(
            customer=order.customer, amount_cents=left_cents, reason=reason, cause=order.cause, by=by, at=at,
            key=f"payment:{payment.pk}:ended", payment=payment,
        )  # fmt: skip
    if order.credit_used_cents:
        credit.add_credit(
            customer=order.customer, amount_cents=order.credit_used_cents, reason="returned", cause=order.cause, by=by,
            at=at, key=f"order:{order.pk}:returned",
        )  # fmt: skip
    order.state, order.credit_used_cents = state, 0
    order.save(update_fields=["state", "credit_used_cents"])
    audit.record(f"order.{state}", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id)
    if invoice is not None:
        correct_invoice(order=order, invoice=invoice, paid_cents=paid_cents, by=by, at=at)


def correct_invoice(*, order: Order, invoice: Invoice, paid_cents: int, by: Actor, at: datetime.datetime) -> None:
    """O8: nobody pays the invoice of this locked order any more, or not as it says: a credit note takes all of it back.
    What was paid of it is credit from now on.
    """
    lines = [CreditedLine(line.position, line.gross_cents) for line in invoice.lines.order_by("position")]
    day = calendar.date_on(at, provider.time_zone())
    invoices.issue_credit_note(
        invoice=invoice, lines=lines, reason="unpaid", returned=[Paid("credit", day, paid_cents)] if paid_cents else [],
        cause=order.cause, by=by, at=at, key=f"invoice:{invoice.pk}:unpaid",
    )  # fmt: skip


def locked(order: Order) -> Order:
    """The order as it is now, its customer's ledger and itself locked."""
    return locked_by_number(order.pk, customer_id=order.customer_id)


def locked_by_number(order_id: int, *, customer_id: int) -> Order:
    """The same for whoever knows only its number and its customer's."""
    CustomerLedger.objects.lock(customer_id)
    beside = ("customer", "buyer", "placed_by")
    return Order.objects.select_for_update(of=("self",)).select_related(*beside).with_lines().get(pk=order_id)
