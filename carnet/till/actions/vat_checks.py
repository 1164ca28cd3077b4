"""VIES did not answer when an order was placed without VAT: it is asked again, and what it says is acted on."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import VatCheck
from carnet.kernel.gathering import gathered
from carnet.orders.actions import waiting
from carnet.orders.models import Order, OrderVatCheck
from carnet.orders.queries import amounts, taxes
from carnet.people import queries as people
from carnet.till import mails


def check_order_again(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """Ask VIES about the number by which this order is charged no VAT, and take in what it says. No transaction may be
    open. An order that has an answer, or whose buyer's name was emptied, is left alone.
    """
    last = taxes.last_check_of(order)
    if last is None or last.outcome != VatCheck.Outcome.UNREACHABLE or not order.buyer.vat_number:
        return order
    check = catalogue.check_vat_number(number=order.buyer.vat_number, at=at)
    return take_in_check(order=order, check=check, by=by, at=at)


@transaction.atomic
@gathered()
def take_in_check(*, order: Order, check: VatCheck, by: Actor, at: datetime.datetime) -> Order:
    """O1: keep the answer with the order, as proof. If the number is not valid, VAT was owed: an order that still waits
    is cancelled, what was paid of it is credit, and its customer orders again with VAT; of one that is paid the owners
    are told, who refund it and have it ordered again.

    The same check again, and any after an answer, changes nothing.
    """
    order = waiting.locked(order)
    last = taxes.last_check_of(order)
    if last is None or last.outcome != VatCheck.Outcome.UNREACHABLE or last.pk == check.pk:
        return order
    OrderVatCheck.objects.create(order=order, vat_check=check, at=at)
    if check.outcome == VatCheck.Outcome.UNREACHABLE:
        return order
    audit.record(
        f"order.vat_number_{check.outcome}", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id,
        vat_check=check.pk,
    )  # fmt: skip
    if check.outcome == VatCheck.Outcome.VALID:
        return order
    if order.is_open:
        had_money = amounts.paid_cents(order) > 0
        waiting.end_unpaid(order, "cancelled", by=by, at=at, state=Order.State.CANCELLED)
        mails.vat_number_refused(order, had_money=had_money, at=at)
    elif order.is_settled:
        for owner in people.owners():
            mails.vat_number_refused_late(order, owner, at=at)
    return order
