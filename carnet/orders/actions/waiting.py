"""How the waiting of an order ends without money: it is recalled and its time is over (O1, O3, O4), or its customer
cancels it.
"""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.orders import mails, queries
from carnet.orders.actions import settling
from carnet.orders.models import Order


class OrderNotWaiting(Refused):
    """Only an order that waits for money can be cancelled; one that is paid can be withdrawn from (O11)."""

    code = "orders.not_waiting"


@transaction.atomic
def remind_of_order(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """O1: recall an order that still waits for money, once."""
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
    order = settling.locked(order)
    if not order.is_open or at < order.expires_at:
        return order
    had_money = queries.paid_cents(order) > 0
    settling.end_unpaid(order, "too_late" if order.state == Order.State.CHOOSING else "too_little", by=by, at=at)
    mails.order_expired(order, had_money=had_money, at=at)
    return order


@transaction.atomic
def cancel_order(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """Its customer does not want it any more: nothing is owed, what was paid of it becomes credit, credit used comes
    back, and so will money that is on its way.

    A second time changes nothing. Refuses `OrderNotWaiting` once it is paid, has ended, or waits for a choice (O3).
    """
    order = settling.locked(order)
    if order.state == Order.State.CANCELLED:
        return order
    if order.state != Order.State.WAITING:
        raise OrderNotWaiting
    had_money = queries.paid_cents(order) > 0
    settling.end_unpaid(order, "cancelled", by=by, at=at, state=Order.State.CANCELLED)
    mails.order_cancelled(order, had_money=had_money, at=at)
    return order
