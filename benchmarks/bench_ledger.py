"""How quickly units move when many take at once, and how quickly a journal is read again."""

import datetime
import multiprocessing
import statistics
import time
from collections.abc import Callable
from functools import cache

from django.db import connection, connections

from benchmarks.measure import RUNS, Site, benchmark
from carnet.audit.actors import system
from carnet.kernel.keys import Cause
from carnet.ledger import queries
from carnet.ledger.actions import lots, movements
from carnet.ledger.models import Movement
from carnet.ledger.rules import Units
from carnet.people.actions import customers, persons
from carnet.people.models import Customer, Person
from carnet.proof.replays import ledger as replay

BENCH = system("benchmark")
AT = datetime.datetime(2027, 1, 11, 12, 0, tzinfo=datetime.UTC)
SECONDS = 3.0
TAKERS = 8
POOLS = 40
WARMING = 10


@cache
def pools() -> list[tuple[Customer, Person]]:
    """Customers with a lot that never ends, and their holders."""
    made = []
    for number in range(POOLS):
        person = persons.create_person(
            email=f"taker{number}@example.org", name="Taker", language="en", by=BENCH, at=AT, verified=True
        )
        customer = customers.create_customer(
            kind="household", name=f"Pool {number}", language="en", person=person, by=BENCH, at=AT
        )
        pack = lots.Pack("token", 1_000_000, validity_months=1200)
        lots.open_lot(customer=customer, content=pack, by=BENCH, at=AT, key="open")
        made.append((customer, person))
    for number in range(WARMING * POOLS):
        reserve_and_spend(*made[number % POOLS], number)
    with connection.cursor() as cursor:  # what a database knows of its tables after a day
        cursor.execute("ANALYZE")
    return made


def reserve_and_spend(customer: Customer, person: Person, number: int) -> None:
    cause, one = Cause("bench", number), Units("token", 1)
    movements.reserve(
        account=customer, units=one, person=person, cause=cause, rule="T1", by=BENCH, at=AT, key=f"open:{number}"
    )
    movements.spend(account=customer, units=one, cause=cause, rule="T2", by=BENCH, at=AT, key=f"close:{number}")


def rate(takers: int, work: Callable[[int], None]) -> float:
    """How often `work` is done a second by so many processes, as a site with as many workers would."""
    context = multiprocessing.get_context("fork")
    rates = []
    for run in range(RUNS):
        connections.close_all()
        counts: multiprocessing.SimpleQueue[int] = context.SimpleQueue()

        def take(index: int, run: int = run, counts: "multiprocessing.SimpleQueue[int]" = counts) -> None:
            end, done = time.monotonic() + SECONDS, 0
            while time.monotonic() < end:
                work(first_number(takers, run) + done * takers + index)
                done += 1
            counts.put(done)

        processes = [context.Process(target=take, args=(index,)) for index in range(takers)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        rates.append(sum(counts.get() for _ in processes) / SECONDS)
    return statistics.median(rates)


def first_number(takers: int, run: int) -> int:
    """Numbers of tickets that no other run uses."""
    return (takers * RUNS + run + 1) * 1_000_000


def on_one_pool(number: int) -> None:
    reserve_and_spend(*pools()[0], number)


def on_many_pools(number: int) -> None:
    # 7 and 40 have no common divisor: takers go through all pools, each in an order of its own.
    reserve_and_spend(*pools()[number * 7 % POOLS], number + 500_000)


@benchmark("reserve + spend, one shared pool, 1 taker", unit="/s")
def one_taker_one_pool(site: Site) -> float:
    pools()
    return rate(1, on_one_pool)


@benchmark("reserve + spend, one shared pool, 8 takers", at_least=300, unit="/s")
def one_pool(site: Site) -> float:
    return rate(TAKERS, on_one_pool)


@benchmark("reserve + spend, many pools, 1 taker", unit="/s")
def one_taker_many_pools(site: Site) -> float:
    return rate(1, on_many_pools)


@benchmark("reserve + spend, many pools, 8 takers", at_least=700, unit="/s")
def many_pools(site: Site) -> float:
    return rate(TAKERS, on_many_pools)


@benchmark("balance on a past day, the longest journal", unit="ms")
def balance(site: Site) -> float:
    customer, _ = pools()[0]

    def ask() -> float:
        start = time.perf_counter()
        queries.balance_at(customer, AT - datetime.timedelta(seconds=1))
        return (time.perf_counter() - start) * 1000

    return statistics.median(ask() for _ in range(20))


@benchmark("verify, records of the journals", at_least=50_000, unit="/s")
def verify(site: Site) -> float:
    rates = []
    for _ in range(RUNS):
        start = time.perf_counter()
        faults = [fault for _records, found in replay.faults() for fault in found]
        rates.append(Movement.objects.count() / (time.perf_counter() - start))
        if faults:
            raise RuntimeError(f"the journal is wrong: {faults[0]}")
    return statistics.median(rates)
