"""How quickly `manage.py verify` reads everything again: triggers, journals, and what every ticket cost."""

import datetime
import statistics
import time
from collections.abc import Iterable
from functools import cache

from django.db import transaction

from benchmarks.measure import RUNS, Site, benchmark
from carnet.audit.actors import system
from carnet.ledger.actions import lots
from carnet.people.actions import customers, persons
from carnet.people.models import Person
from carnet.proof import queries
from carnet.proof.replays import tickets as replay
from carnet.proof.rules import Found
from carnet.tickets.actions import closing, questions, work
from carnet.work.rules.ways_to_pay import Chosen

BENCH = system("benchmark")
AT = datetime.datetime(2027, 1, 4, 9, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
CUSTOMERS, TICKETS = 20, 25


@cache
def tickets() -> int:
    """Tickets of all kinds, by the actions themselves: paid by tokens and by minutes, open, closed and reopened."""
    agent = persons.create_person(email="costs@example.org", name="Awa", language="en", by=BENCH, at=AT, verified=True)
    Person.objects.filter(pk=agent.pk).update(staff="agent")
    agent.refresh_from_db()
    for number in range(CUSTOMERS):
        with transaction.atomic():
            _customer(number, agent)
    return CUSTOMERS * TICKETS


def _customer(number: int, agent: Person) -> None:
    person = persons.create_person(
        email=f"payer{number}@example.org", name="Payer", language="en", by=BENCH, at=AT, verified=True
    )
    customer = customers.create_customer(
        kind="household", name=f"Payer {number}", language="en", person=person, by=BENCH, at=AT
    )
    for pack in (lots.Pack("token", 100, validity_months=12), lots.Pack("minute", 6000, validity_months=12)):
        lots.open_lot(customer=customer, content=pack, by=BENCH, at=AT, key=pack.unit)
    for place in range(TICKETS):
        at = AT + datetime.timedelta(days=place, hours=number)
        ticket = questions.open_ticket(
            customer=customer, person=person, question=questions.Question("S", "T", "question"),
            chosen=Chosen(("tokens", "tokens", "minutes")[place % 3]), key=f"costs{number}.{place}",
            by=person.as_actor(), at=at,
        )  # fmt: skip
        for minutes in (4, 9)[: 1 + place % 2]:
            work.start_work(ticket=ticket, by=agent.as_actor(), at=at)
            at += minutes * MINUTE
            work.stop_work(ticket=ticket, reason="R", by=agent.as_actor(), at=at)
        if place % 10:
            closing.close_ticket(ticket=ticket, by=person.as_actor(), at=at + MINUTE)
        if place % 10 == 5:
            closing.reopen_ticket(ticket=ticket, by=agent.as_actor(), at=at + 2 * MINUTE)


@benchmark("verify, records of tickets", at_least=50_000, unit="/s")
def of_tickets(site: Site) -> float:
    tickets()
    return statistics.median(_records_a_second(replay.faults()) for _ in range(RUNS + 2))


@benchmark("verify, all records", at_least=50_000, unit="/s")
def of_everything(site: Site) -> float:
    tickets()
    return statistics.median(
        _records_a_second((records, faults) for _check, records, faults in queries.verification())
        for _ in range(RUNS + 2)
    )


def _records_a_second(portions: Iterable[Found]) -> float:
    start, records = time.perf_counter(), 0
    for read, faults in portions:
        records += read
        if faults:
            raise RuntimeError(f"what was written is wrong: {faults[0]}")
    return records / (time.perf_counter() - start)
