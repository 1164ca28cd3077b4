"""Orders that wait too long."""

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from carnet.kernel import calendar
from carnet.orders import rules
from carnet.orders.models import Order
from carnet.payments.models import Checkout
from carnet.provider import queries as provider


def orders_to_remind(at: datetime.datetime) -> list[Order]:
    """Orders that wait for money, two thirds of whose time have passed, and of which nobody was reminded yet (O1); not
    those whose payment is being checked.
    """
    pending = Checkout.objects.filter(cause_kind="order", cause_id=OuterRef("pk"), state=Checkout.State.PENDING)
    waiting = Order.objects.filter(~Exists(pending), state=Order.State.WAITING, reminded_at=None, expires_at__gt=at)
    return [order for order in waiting if at >= rules.reminds_at(order.placed_at, order.expires_at)]


def orders_over(at: datetime.datetime) -> QuerySet[Order]:
    """Orders whose time is over."""
    return Order.objects.open().filter(expires_at__lte=at).order_by("expires_at")


def last_day_to_pay(order: Order) -> datetime.date:
    """The last day, included, on which the order waits."""
    return calendar.date_on(order.expires_at - datetime.timedelta(seconds=1), provider.time_zone())
