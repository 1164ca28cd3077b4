"""Covers of tickets and work on them, in one line each. Moments are written as clocks in Paris show them."""

import datetime

from carnet.people.models import Customer, Person
from carnet.work.actions import covers, endings
from carnet.work.models import Cover
from carnet.work.rules import Stretch
from tests.factories.ledger import NOON, TEST, moment, ticket


def open_cover(
    customer: Customer,
    person: Person,
    number: int = 1,
    means: str = "tokens",
    *,
    then: str = "",
    ceiling: int | None = None,
    at: str = NOON,
) -> Cover:
    return covers.open_cover(
        cause=ticket(number),
        customer=customer,
        person=person,
        means=means,
        then=then,
        ceiling=ceiling,
        by=TEST,
        at=moment(at),
    )


def extend(cover: Cover, used_minutes: float, *, at: str) -> Cover:
    return covers.extend_paid_time(cover=cover, used_seconds=int(used_minutes * 60), by=TEST, at=moment(at))


def end(
    cover: Cover,
    *stretches: Stretch,
    at: str = "2027-02-01 12:00",
    waived: bool = False,
    provider_caused: bool = False,
) -> Cover:
    return endings.end_cover(
        cover=cover, stretches=stretches, waived=waived, provider_caused=provider_caused, by=TEST, at=moment(at)
    )


def worked(start: str, length: str, *, chargeable: bool = True, offered: bool = False, agent_id: int = 1) -> Stretch:
    """Work from `start` for «minutes:seconds»."""
    minutes, seconds = map(int, length.split(":"))
    begin = moment(start)
    return Stretch(begin, begin + datetime.timedelta(minutes=minutes, seconds=seconds), chargeable, agent_id, offered)


def price(cover: Cover) -> tuple[int | None, int | None]:
    """Free minutes and tokens that it cost."""
    return cover.free_minutes_spent, cover.price_tokens


def paid(cover: Cover) -> list[tuple[datetime.datetime, int, str]]:
    return [(one.at, one.seconds, one.means) for one in cover.paid_times.order_by("id")]
