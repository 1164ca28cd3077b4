"""Covers and work on them, in one line each. Moments are written as clocks in Paris show them."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Sum

from carnet.audit import actions as audit
from carnet.people.models import Customer, Person
from carnet.work.actions import cover_endings, covers, time_passing
from carnet.work.actions.cases import store
from carnet.work.models import Cover, WorkSession
from carnet.work.queries import covers as queries
from carnet.work.queries.cases import Case
from carnet.work.rules.time_worked import Limit, Stretch
from carnet.work.rules.ways_to_pay import Chosen
from tests.factories.ledger import NOON, TEST, moment


@contextmanager
def case_of(cover: Cover) -> Iterator[Case]:
    """The cover under its lock, for the parts of an action; stored afterwards."""
    with transaction.atomic():
        case = Case(Cover.objects.locked(cover.pk))
        yield case
        store(case)
        audit.record_all(case.entries)


def open_cover(
    customer: Customer,
    person: Person,
    means: str = "tokens",
    *,
    then: str = "",
    ceiling: int | None = None,
    at: str = NOON,
) -> Cover:
    with transaction.atomic():
        case = covers.open_cover(
            customer=customer, person=person, chosen=Chosen(means, then, ceiling), by=TEST, at=moment(at)
        )
        audit.record_all(case.entries)
    return case.cover


def extend(cover: Cover, *, at: str) -> Cover:
    """The paid time is used up at this moment."""
    with case_of(cover) as case:
        covers.extend(case, by=TEST, at=moment(at))
    return case.cover


def follow(cover: Cover, *stretches: Stretch, at: str) -> Cover:
    """So much was worked by this moment."""
    with case_of(cover) as case:
        work(case, *stretches, at=at)
        time_passing.follow(case, at=moment(at))
    return case.cover


def agree(cover: Cover, means: str, ceiling: int, *, at: str) -> Cover:
    """Up to so many of these units may be taken."""
    with case_of(cover) as case:
        covers.set_ceiling(case, means=means, ceiling=ceiling, by=TEST, at=moment(at))
    return case.cover


def reopen(cover: Cover, *, at: str) -> Cover:
    with case_of(cover) as case:
        cover_endings.reopen(case, by=TEST, at=moment(at))
    return case.cover


def end(
    cover: Cover,
    *stretches: Stretch,
    at: str = "2027-02-01 12:00",
    waived: bool = False,
    provider_caused: bool = False,
) -> Cover:
    """So much was worked in all, and it ends."""
    with case_of(cover) as case:
        work(case, *stretches, at=at)
        cover_endings.end(case, waived=waived, provider_caused=provider_caused, by=TEST, at=moment(at))
    return case.cover


def work(case: Case, *stretches: Stretch, at: str) -> None:
    """Write these stretches down, by the person of the cover, in place of whatever else stands."""
    wanted = [one for one in stretches if one.start < one.end]
    for session in case.standing:
        same = next((one for one in wanted if (one.start, one.end) == (session.started_at, session.ended_at)), None)
        shorter = next((one for one in wanted if one.start == session.started_at), None)
        if same:
            wanted.remove(same)
        else:
            add(case, shorter or session.as_stretch(), at=at, replaces=session, is_mistaken=shorter is None)
            wanted = [one for one in wanted if one is not shorter]
    for stretch in wanted:
        add(case, stretch, at=at)
    del case.sessions


def add(
    case: Case, stretch: Stretch, *, at: str, replaces: WorkSession | None = None, is_mistaken: bool = False
) -> None:
    kinds = WorkSession.Kind
    kind = kinds.OFFERED if stretch.offered else kinds.CHARGEABLE if stretch.chargeable else kinds.TRAINING
    WorkSession.objects.create(
        cover=case.cover, agent=case.cover.person, kind=kinds.MISTAKEN if is_mistaken else kind,
        started_at=stretch.start, ended_at=stretch.end, recorded_at=moment(at), replaces=replaces,
    )  # fmt: skip


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


def limits(cover: Cover) -> list[Limit]:
    return queries.limits_by(cover.paid_times.all())


def paid_seconds(cover: Cover) -> int:
    """In all by now."""
    return cover.paid_times.aggregate(all=Sum("seconds"))["all"] or 0
