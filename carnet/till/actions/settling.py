"""Money for an order: recorded, settled with its invoice, activated (L1, O3–O5, O8)."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.kernel.refused import Refused
from carnet.ledger import actions as ledger
from carnet.ledger.models import Lot
from carnet.orders import queries
from carnet.orders import rules as ordering
from carnet.orders.actions import waiting
from carnet.orders.models import Activation, Order, Settlement
from carnet.payments import actions as payments
from carnet.payments.models import Payment
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.till import mails, rules
from carnet.till import queries as till
from carnet.work.actions import covers


class NothingToChoose(Refused):
    """The order does not wait for its customer's choice."""

    code = "till.nothing_to_choose"


class ReceivedBeforeOrder(Refused):
    """Nobody pays an order that is not there yet: its reference is new with it."""

    code = "till.received_before_order"
    field = "received_on"


@transaction.atomic
def record_payment(
    *,
    order: Order,
    means: str,
    amount_cents: int,
    received_on: datetime.date,
    by: Actor,
    at: datetime.datetime,
    key: str,
    is_another: bool = False,
    is_old: bool = False,
    payer: str = "",
    bank: str = "",
    document_number: str = "",
    note: str = "",
) -> Payment:
    """L1, O3, O4, O5: money came for this order; what it does is decided at once, and its customer is told.

    The same key again gives the first payment. `received_on` is the day of the bank's booking, or on which the cheque
    came. Refuses `ReceivedBeforeOrder`, and what `payments.receive_payment` refuses: the same money again, unless
    `is_another` says that it came twice, and money of a day to come or, without `is_old`, of more than a year ago.
    """
    order = waiting.locked(order)
    if received_on < schedule.today(order.placed_at):
        raise ReceivedBeforeOrder
    known = Payment.objects.filter(key=key).exists()
    payment = payments.receive_payment(
        customer=order.customer, means=means, amount_cents=amount_cents, received_on=received_on, cause=order.cause,
        by=by, at=at, key=key, is_another=is_another, is_old=is_old, payer=payer, bank=bank,
        document_number=document_number, note=note,
    )  # fmt: skip
    if not known and queries.counts(payment, order):
        _take_in(order, payment, by=by, at=at)
    return payment


@transaction.atomic
def clear_cheque(*, payment: Payment, cleared_on: datetime.date, by: Actor, at: datetime.datetime) -> Payment:
    """L1 with ⚙ cheque_activates_on «clearing»: the cheque's money is at the bank, and counts from now on.

    A second time changes nothing. Refuses what `payments.clear_cheque` refuses.
    """
    order = waiting.locked(Order.objects.get(pk=payment.cause_id))
    counted = queries.counts(payment, order)
    payments.clear_cheque(payment=payment, cleared_on=cleared_on, by=by, at=at)
    if not counted:
        _take_in(order, payment, by=by, at=at)
    return payment


@transaction.atomic
def settle_order(*, order: Order, by: Actor, at: datetime.datetime) -> Settlement:
    """O8, L1: the order is paid: number and fix its invoice, and make its lot, at once or once it may; the same again
    gives the first settlement.

    All of it or nothing. What waits for cover takes up the new units. The caller knows that enough was paid.
    """
    order = waiting.locked(order)
    known = Settlement.objects.filter(order=order).first()
    return known or _settle(order, by=by, at=at)


def _settle(order: Order, *, by: Actor, at: datetime.datetime) -> Settlement:
    invoice = invoices.issue_invoice(
        customer=order.customer, facts=till.invoice_facts(order, delivered_on=schedule.today(at)), cause=order.cause,
        by=by, at=at, key=f"order:{order.pk}",
    )  # fmt: skip
    later = rules.activates_at(
        withdrawal_last_day=order.withdrawal_last_day, express_request=order.express_request, at=at,
        zone=provider.time_zone(),
    )  # fmt: skip
    settlement = Settlement.objects.create(order=order, at=at, invoice=invoice, activates_at=later or at)
    order.state = Order.State.SETTLED
    order.save(update_fields=["state"])
    audit.record(
        "order.settled", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id,
        invoice=invoice.number,
    )  # fmt: skip
    lot = None if later else _activate(order, by=by, at=at)
    mails.order_settled(order, settlement, lot, at=at)
    return settlement


@transaction.atomic
def activate_order(*, order: Order, by: Actor, at: datetime.datetime) -> Lot:
    """L1, L2, L5, L6: make the lot of a settled order; older lots are revived and extended, and what waits for cover
    goes on. The same again gives the first lot. The caller knows that it may be active now (`queries.activations_due`).
    """
    order = waiting.locked(order)
    known = Activation.objects.select_related("lot").filter(order=order).first()
    return known.lot if known is not None else _activate(order, by=by, at=at)


def _activate(order: Order, *, by: Actor, at: datetime.datetime) -> Lot:
    edition = order.edition
    lot = ledger.open_lot(
        customer=order.customer, origin=Lot.Origin.PURCHASED, unit=queries.UNITS[edition.offer.kind],
        quantity=edition.quantity or 0, shared=edition.shared, person=order.person,
        validity_months=edition.validity_months, token_minutes=edition.token_minutes, price_cents=order.price_cents,
        edition_id=edition.pk, reason="", cause=order.cause, by=by, at=at, key=f"order:{order.pk}",
    )  # fmt: skip
    Activation.objects.create(order=order, lot=lot, at=at)
    audit.record(
        "order.activated", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id, lot=lot.pk
    )
    covers.cover_waiting(customer=order.customer, by=by, at=at)
    return lot


@transaction.atomic
def choose_credit(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """O3: money that came late for something no longer sold becomes credit, as its customer wishes, or after 30 days.

    A second time changes nothing. Refuses `NothingToChoose` for an order that is paid or waits for money.
    """
    order = waiting.locked(order)
    if order.state == Order.State.CHOOSING:
        waiting.end_unpaid(order, "too_late", by=by, at=at)
    elif order.state != Order.State.EXPIRED:
        raise NothingToChoose
    return order


def _take_in(order: Order, payment: Payment, *, by: Actor, at: datetime.datetime) -> None:
    zone = provider.time_zone()
    is_on_sale = queries.packs_on_sale(at).filter(pk=order.edition_id).exists()
    found = rules.receipt(
        price_cents=order.price_cents, paid_cents=queries.paid_cents(order), amount_cents=payment.amount_cents,
        tolerance_cents=order.tolerance_cents, is_settled=order.is_settled,
        is_cancelled=order.state == Order.State.CANCELLED,
        may_settle=order.state == Order.State.WAITING or (order.state == Order.State.EXPIRED and is_on_sale),
    )  # fmt: skip
    if found.credit_cents:
        payments.add_credit(
            customer=order.customer, amount_cents=found.credit_cents, reason=found.credit_reason, cause=order.cause,
            by=by, at=at, key=f"payment:{payment.pk}:credit", payment=payment,
        )  # fmt: skip
    if found.outcome == "settles":
        _settle(order, by=by, at=at)
    elif found.outcome == "credits":
        mails.money_not_needed(order, payment, at=at)
    else:
        is_waiting = found.outcome == "waits"
        order.state = Order.State.WAITING if is_waiting else Order.State.CHOOSING
        days = order.order_days if is_waiting else rules.CHOICE_DAYS
        order.expires_at = max(order.expires_at, ordering.waits_until(schedule.today(at), days, zone))
        order.save(update_fields=["state", "expires_at"])
        if is_waiting:
            mails.rest_missing(order, found.missing_cents, at=at)
        else:
            mails.choice_asked(order, at=at)
