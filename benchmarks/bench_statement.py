"""The statement of a customer with 10,000 movements: a page of it, and the balance on a past date."""

import datetime
import statistics
import time
from collections.abc import Callable
from functools import cache

from django.db import connection

from benchmarks.measure import RUNS, Site, benchmark
from carnet.audit.actors import system
from carnet.home.queries import statement
from carnet.kernel import clock
from carnet.kernel.keys import Cause
from carnet.ledger import queries
from carnet.ledger.actions import lots, movements
from carnet.ledger.rules import Units
from carnet.people.actions import customers, persons
from carnet.people.models import Customer, Person
from carnet.tickets.models import Ticket
from carnet.work.models import Cover, WorkReason, WorkSession

BENCH = system("benchmark")
MOVEMENTS, LOTS = 10_000, 40
FIRST = 10**9  # the numbers of tickets that no other benchmark has
NOW = clock.now()
BEGAN = NOW - datetime.timedelta(days=360)


@cache
def household() -> tuple[Customer, Person]:
    """With carnets that wake and extend each other, some goodwill that lapses, and tickets taken and used."""
    person = persons.create_person(
        email="statement@example.org", name="Claire", language="en", by=BENCH, at=BEGAN, verified=True
    )
    customer = customers.create_customer(
        kind="household", name="Statement", language="en", person=person, by=BENCH, at=BEGAN
    )
    count, number = 0, 0
    asked: list[datetime.datetime] = []
    while count < MOVEMENTS:
        at = BEGAN + datetime.timedelta(days=359) * count / MOVEMENTS
        if number % (MOVEMENTS // 2 // LOTS) == 0:
            count += _give(customer, number, at)
        number += 1
        cause = Cause("cover", FIRST + number)
        held = movements.reserve(
            account=customer, units=Units("token", 1), person=person, cause=cause, rule="T1", by=BENCH, at=at,
            key=f"open:{number}",
        )  # fmt: skip
        used = movements.spend(
            account=customer, units=Units("token", 1), cause=cause, rule="T2", by=BENCH, at=at, key=f"close:{number}"
        )
        count += len(held) + len(used)
        asked.append(at)
    _tickets(customer, person, asked)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return customer, person


def _tickets(customer: Customer, person: Person, asked: list[datetime.datetime]) -> None:
    """A closed ticket for each question, with ten minutes of work, straight in the tables."""
    covers = [
        Cover(
            id=FIRST + number, customer=customer, person=person, state="ended", means="tokens", token_ceiling=1,
            opened_at=at, covered_at=at, ended_at=at, price_tokens=1, price_minutes=0,
        )
        for number, at in enumerate(asked, start=1)
    ]  # fmt: skip
    Cover.objects.bulk_create(covers, batch_size=1000)
    tickets = [
        Ticket(
            id=FIRST + number, cover_id=FIRST + number, customer=customer, asked_by=person,
            subject=f"The printer is silent, {number}", language="en", criticality="question", state="closed",
            opened_at=at, waits_since=at, closed_at=at,
            key=f"statement{number}",
        )
        for number, at in enumerate(asked, start=1)
    ]  # fmt: skip
    Ticket.objects.bulk_create(tickets, batch_size=1000)
    ten_minutes = datetime.timedelta(minutes=10)
    sessions = WorkSession.objects.bulk_create(
        [
            WorkSession(
                cover_id=one.cover_id, agent=person, kind="chargeable", started_at=one.opened_at - ten_minutes,
                ended_at=one.opened_at, recorded_at=one.opened_at,
            )
            for one in tickets
        ],
        batch_size=1000,
    )  # fmt: skip
    WorkReason.objects.bulk_create(
        [WorkReason(session=one, text="Looked into it") for one in sessions], batch_size=1000
    )


def _give(customer: Customer, number: int, at: datetime.datetime) -> int:
    pack = lots.Pack("token", 200, validity_months=12)
    lots.open_lot(customer=customer, content=pack, by=BENCH, at=at, key=f"sell:{number}")
    goodwill = lots.Goodwill("token", 200, at.date() + datetime.timedelta(days=3), reason="Bench.")
    lots.grant_goodwill(customer=customer, goodwill=goodwill, by=BENCH, at=at, key=f"give:{number}")
    return 2


def milliseconds(ask: Callable[[], object]) -> float:
    found = []
    for _ in range(RUNS * 7):
        start = time.perf_counter()
        ask()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


@benchmark("statement, newest page of 10,000 movements", at_most=30, unit="× bare page")
def newest(site: Site) -> float:
    return site.times_the_bare_page("/my/statement/", cookies=site.sign_in(household()[1]))


@benchmark("statement, the page in the middle of them", unit="× bare page")
def middle(site: Site) -> float:
    return site.times_the_bare_page("/my/statement/?page=100", cookies=site.sign_in(household()[1]))


@benchmark("balance on a past day after 10,000 movements", unit="ms")
def balance(site: Site) -> float:
    day = (NOW - datetime.timedelta(days=30)).date()
    return milliseconds(lambda: queries.balance_on(household()[0], day))


@benchmark("statement of 10,000 movements in full, as for the CSV", unit="ms")
def whole(site: Site) -> float:
    period = statement.Period(BEGAN.date(), NOW.date())
    start = time.perf_counter()
    assert sum(1 for _ in statement.CustomerStatement(household()[0], period, at=NOW).oldest_first()) >= MOVEMENTS
    return (time.perf_counter() - start) * 1000
