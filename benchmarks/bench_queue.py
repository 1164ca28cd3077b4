"""The desk with 1,000 tickets and with 100,000, of which one in fifty is open: its queue, a ticket; and opening one."""

import datetime
import http.client
import itertools
import threading
from functools import cache
from urllib.parse import urlencode, urlsplit

from django.core.management.color import no_style
from django.db import connection

from benchmarks.measure import Site, benchmark
from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.kernel.keys import new_key
from carnet.ledger.actions import lots
from carnet.people.actions import customers, persons
from carnet.people.models import Customer, Person
from carnet.tickets.models import Message, Ticket
from carnet.work.models import Cover, PaidTime

BENCH = system("benchmark")
FEW, MANY, PORTION = 1_000, 100_000, 5_000
ALWAYS_OPEN = 60  # so that few tickets fill a page of the queue, too
WORDS = ("printer", "screen", "mail", "photos", "backup", "router", "password", "tablet")
NOW = clock.now()


@cache
def agent() -> Person:
    person = persons.create_person(email="desk@example.org", name="Awa", language="en", by=BENCH, at=NOW, verified=True)
    person.staff = "agent"
    person.save(update_fields=["staff"])
    return person


@cache
def askers() -> list[tuple[Customer, Person]]:
    made = []
    for number in range(200):
        person = persons.create_person(
            email=f"asker{number}@example.org", name=f"Asker {number}", language="en", by=BENCH, at=NOW, verified=True
        )
        customer = customers.create_customer(
            kind="household", name=f"Household {number}", language="en", person=person, by=BENCH, at=NOW
        )
        made.append((customer, person))
    return made


@cache
def tickets(count: int) -> int:
    """Makes them straight in the tables, on top of fewer; the number of one that is open and has three messages."""
    people_ = itertools.cycle(askers())
    for start in range(Ticket.objects.count(), count, PORTION):
        _portion(range(start, min(start + PORTION, count)), people_)
    with connection.cursor() as cursor:
        # The numbers were given by hand: the next one comes after them.
        for statement in connection.ops.sequence_reset_sql(no_style(), [Ticket]):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    return Ticket.objects.in_queue().earliest("due_at").pk


def _portion(numbers: range, people_: "itertools.cycle[tuple[Customer, Person]]") -> None:
    rows = []
    for number in numbers:
        customer, person = next(people_)
        is_open = number < ALWAYS_OPEN or number % 50 == 0
        at = NOW - datetime.timedelta(minutes=MANY - number)
        ended = {} if is_open else {"ended_at": at, "price_tokens": 1, "price_minutes": 0}
        cover = Cover(
            customer=customer,
            person=person,
            state="covered" if is_open else "ended",
            means="tokens",
            token_ceiling=1,
            opened_at=at,
            covered_at=at,
            **ended,
        )
        ticket = Ticket(
            id=number + 1,
            customer=customer,
            asked_by=person,
            subject=f"The {WORDS[number % len(WORDS)]} of {number} is silent",
            language="en",
            criticality=("question", "hindered", "blocked")[number % 3],
            state="open" if is_open else "closed",
            opened_at=at,
            waits_since=at,
            due_at=at + datetime.timedelta(hours=number % 9) if is_open else None,
            closed_at=None if is_open else at,
            key=f"bench{number}",
        )
        rows.append((ticket, cover))
    Cover.objects.bulk_create(cover for _, cover in rows)
    for ticket, cover in rows:
        ticket.cover = cover
    Ticket.objects.bulk_create(ticket for ticket, _ in rows)
    PaidTime.objects.bulk_create(
        PaidTime(cover=cover, sequence=1, kind="reserved", at=cover.opened_at, seconds=1800, units=1, means="tokens")
        for ticket, cover in rows
        if ticket.state == "open"
    )
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            author_id=ticket.asked_by_id,
            kind="question",
            text="It says nothing.\n\nSince this morning." * 5,
            at=ticket.opened_at,
            key=f"bench{ticket.pk}.{part}",
        )
        for ticket, _ in rows
        for part in range(3)
    )


@benchmark("desk queue, 50 rows of 1,000 tickets", at_most=30, unit="× bare page")
def desk_queue_of_few(site: Site) -> float:
    tickets(FEW)
    return site.times_the_bare_page("/desk/queue/", cookies=site.sign_in(agent()))


@benchmark("ticket page with 3 messages, 1,000 tickets", at_most=30, unit="× bare page")
def ticket_page_of_few(site: Site) -> float:
    return site.times_the_bare_page(f"/desk/tickets/{tickets(FEW)}/", cookies=site.sign_in(agent()))


@benchmark("desk queue, 50 rows of 100,000 tickets", at_most=30, unit="× bare page")
def desk_queue(site: Site) -> float:
    tickets(MANY)
    return site.times_the_bare_page("/desk/queue/", cookies=site.sign_in(agent()))


@benchmark("ticket page with 3 messages, 100,000 tickets", at_most=30, unit="× bare page")
def ticket_page(site: Site) -> float:
    return site.times_the_bare_page(f"/desk/tickets/{tickets(MANY)}/", cookies=site.sign_in(agent()))


@benchmark("opening a ticket through the form, 4 clients", at_least=100, unit="a second")
def open_ticket(site: Site) -> float:
    """Four people with a token each time; the reservation is part of it."""
    tickets(MANY)
    sessions = []
    for customer, person in askers()[:4]:
        pack = lots.Pack("token", 100_000, validity_months=1200)
        lots.open_lot(customer=customer, content=pack, by=BENCH, at=NOW, key="open")
        sessions.append(site.sign_in(person))
    kept = threading.local()

    def post(number: int) -> None:
        cookies = sessions[number % 4] | {"csrftoken": "x" * 32}
        body = {
            "csrfmiddlewaretoken": "x" * 32,
            "key": new_key(),
            "subject": f"Question {number}",
            "text": "It says nothing.",
            "criticality": "question",
            "way": "tokens",
        }
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if not hasattr(kept, "connection"):
            parts = urlsplit(site.address)
            kept.connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        kept.connection.request("POST", "/my/tickets/new/", body=urlencode(body), headers=headers)
        response = kept.connection.getresponse()
        page = response.read()
        if response.status != 302:
            raise RuntimeError(f"opening answered {response.status}: {page[:200]!r}")

    return site.per_second(post, clients=4)
