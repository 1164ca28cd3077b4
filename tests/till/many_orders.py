"""What one of several sellers does, as chance has it; run in a process of its own by `test_many_orders`."""

import datetime
import random

from django.db import connection

from carnet.catalogue.models import Edition
from carnet.kernel import keys
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.people.models import Person
from tests.factories.breaks import Broken, StopFrom
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.orders import pay, place

BEGIN = moment("2027-12-31 12:00")
MONTH = datetime.timedelta(days=31)
WAYS = {"in full": 60, "in parts": 12, "too much": 12, "twice": 6, "broken off": 6, "never": 4}


def sell(seed: int, count: int) -> dict[str, int]:
    """Place so many orders over the turn of a year, and take in what is paid for them; what came of it in numbers."""
    chance = random.Random(seed)
    people = list(Person.objects.filter(memberships__role="holder").order_by("pk"))
    editions = list(Edition.objects.select_related("offer").order_by("pk"))
    told = {"placed": 0, "received_cents": 0, "settled": 0}
    for number in range(count):
        at = BEGIN + datetime.timedelta(days=1) * number / count
        (way,) = chance.choices([*WAYS], [*WAYS.values()])
        orderer, edition, means = (chance.choice(those) for those in (people, editions, ("transfer", "cheque")))
        order = place(orderer, edition, at - MONTH if way == "never" else at, means=means)
        told["placed"] += 1
        told["received_cents"] += _receive(order, way, at, chance)
        told["settled"] += Order.objects.get(pk=order.pk).is_settled
    return told


def _receive(order: Order, way: str, at: datetime.datetime, chance: random.Random) -> int:
    """Have money come in for the order in this way; how much."""
    asked = order.asked_cents
    if way == "never":
        waiting.expire_order(order=order, by=TEST, at=at)
        return 0
    if way == "in parts" and asked > 1:
        first = chance.randrange(1, asked)
        sums = [first, asked - first]
    elif way == "too much":
        sums = [asked + chance.randrange(1, 5_000)]
    else:
        sums = [asked or order.price_cents]
    received = 0
    for cents in sums:
        key = keys.new_key()
        if way == "broken off":
            _break_off(order, cents, at, key, chance.randrange(60))
        pay(order, cents, at, key=key, is_another=True)
        received += cents
        if way == "twice":
            pay(order, cents, at, key=key, is_another=True)  # the second click
            pay(order, cents, at, is_another=True)  # the second transfer
            received += cents
    return received


def _break_off(order: Order, cents: int, at: datetime.datetime, key: str, statements: int) -> None:
    try:
        with connection.execute_wrapper(StopFrom(statements)):
            pay(order, cents, at, key=key, is_another=True)
    except Broken:
        pass
