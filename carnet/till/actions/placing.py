"""An order as it is placed at the till: what credit pays in full is settled at once."""

import datetime
from typing import Any

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.orders.actions import placing
from carnet.orders.models import Order
from carnet.till.actions import settling


@transaction.atomic
def place_order(*, by: Actor, at: datetime.datetime, **ordered: Any) -> Order:
    """O1: place the order as `orders.actions.placing.place_order` does, with its refusals, and settle it if credit pays
    all of it.
    """
    order = placing.place_order(by=by, at=at, **ordered)
    if not order.asked_cents:
        settling.settle_order(order=order, by=by, at=at)
    return order
