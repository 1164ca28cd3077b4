"""What time does to orders: they are recalled, end, and become active (O1, O3, O4, L1); the worker calls these."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.orders import mails, queries
from carnet.orders.actions import settling
from carnet.orders.models import Order


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
