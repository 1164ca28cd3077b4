"""An order is placed at the till: what credit pays in full is settled at once."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.gathering import gathered
from carnet.orders import rules as ordering
from carnet.orders.actions import placing
from carnet.orders.models import Order
from carnet.people.models import Customer, Person
from carnet.till.actions import settling


@transaction.atomic
@gathered()
def place_order(
    *,
    customer: Customer,
    purchase: placing.Purchase,
    buyer: ordering.Buyer,
    placed_by: Person,
    ip: str | None,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Order:
    """O1: place the order as `orders.actions.placing.place_order` does, with its refusals, and settle it if credit pays
    all of it.
    """
    order = placing.place_order(
        customer=customer, purchase=purchase, buyer=buyer, placed_by=placed_by, ip=ip, by=by, at=at, key=key
    )
    if not order.asked_cents:
        settling.settle_order(order=order, by=by, at=at)
    return order
