"""Lots and what is taken from them, in one line each. Moments are written as clocks in Paris show them."""

import datetime
from itertools import count
from zoneinfo import ZoneInfo

from carnet.audit.actors import system
from carnet.kernel.keys import Cause
from carnet.ledger import queries
from carnet.ledger.actions import lots, movements
from carnet.ledger.models import Lot, Movement
from carnet.ledger.rules import PAYING, Origin, Unit, Units
from carnet.people.models import Customer, Person

TEST = system("test")
NOON = "2027-01-11 12:00"
_keys = count()


def moment(text: str) -> datetime.datetime:
    """«2027-01-11 12:00» in Paris, in UTC."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris")).astimezone(datetime.UTC)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def new_key() -> str:
    return f"test:{next(_keys)}"


def ticket(number: int) -> Cause:
    return Cause("ticket", number)


def give(
    customer: Customer,
    quantity: int = 1,
    *,
    unit: Unit = "token",
    until: str = "2027-12-31",
    person: Person | None = None,
    at: str = NOON,
    key: str | None = None,
) -> Lot:
    """Goodwill."""
    goodwill = lots.Goodwill(unit, quantity, day(until), reason="For a test.", person=person)
    return lots.grant_goodwill(customer=customer, goodwill=goodwill, by=TEST, at=moment(at), key=key or new_key())


def sell(
    customer: Customer,
    quantity: int = 20,
    *,
    months: int = 12,
    unit: Unit = "token",
    shared: bool = True,
    person: Person | None = None,
    price_cents: int = 24_000,
    at: str = NOON,
    key: str | None = None,
) -> Lot:
    """A pack."""
    pack = lots.Pack(unit, quantity, months, price_cents, shared=shared, person=person)
    return lots.open_lot(customer=customer, content=pack, by=TEST, at=moment(at), key=key or new_key())


def give_trial(customer: Customer, minutes: int = 15, *, days: int = 30, at: str = NOON) -> Lot:
    return lots.open_lot(customer=customer, content=lots.Trial(minutes, days), by=TEST, at=moment(at), key=new_key())


def take(
    person: Person,
    customer: Customer,
    number: int = 1,
    *,
    quantity: int = 1,
    unit: Unit = "token",
    origins: tuple[Origin, ...] = PAYING,
    at: str = NOON,
    key: str | None = None,
) -> list[Movement]:
    """Reserve units for ticket `number`."""
    return movements.reserve(
        account=customer,
        units=Units(unit, quantity, origins),
        person=person,
        cause=ticket(number),
        rule="T1",
        by=TEST,
        at=moment(at),
        key=key or new_key(),
    )


def spend(
    customer: Customer,
    number: int = 1,
    quantity: int = 1,
    *,
    unit: Unit = "token",
    origins: tuple[Origin, ...] = PAYING,
    at: str = NOON,
    key: str | None = None,
) -> list[Movement]:
    """Spend what ticket `number` has reserved."""
    return movements.spend(
        account=customer,
        units=Units(unit, quantity, origins),
        cause=ticket(number),
        rule="T2",
        by=TEST,
        at=moment(at),
        key=key or new_key(),
    )


def let_go(
    customer: Customer,
    number: int = 1,
    quantity: int | None = None,
    *,
    unit: Unit = "token",
    provider_caused: bool = False,
    origins: tuple[Origin, ...] = PAYING,
    at: str = NOON,
    key: str | None = None,
) -> list[Movement]:
    """Release what ticket `number` has reserved; all of it without `quantity`."""
    if quantity is None:
        held = queries.holds_of(ticket(number))
        quantity = sum(one.reserved for one in held if one.lot.unit == unit and one.lot.origin in origins)
        if not quantity:
            return []
    return movements.release(
        account=customer,
        units=Units(unit, quantity, origins),
        cause=ticket(number),
        rule="T12",
        provider_caused=provider_caused,
        by=TEST,
        at=moment(at),
        key=key or new_key(),
    )


def buckets(lot: Lot) -> dict[str, int]:
    """What is in the buckets of the lot's row now, the empty ones left out."""
    lot.refresh_from_db()
    names = ("available", "reserved", "spent", "frozen", "refunded")
    return {name: getattr(lot, name) for name in names if getattr(lot, name)}


def lines(moved: list[Movement]) -> list[tuple[str, str, int, int]]:
    """Kind, rule, number of the lot and units of each movement."""
    return [(line.kind, line.rule, line.lot.number, line.quantity) for line in moved]
