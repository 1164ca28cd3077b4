"""Tickets in every state, made by the actions themselves. Times are instants of `tests.factories.people.BEGAN`'s
Monday.
"""

import datetime
import itertools

from django.test import Client

from carnet.audit.actors import VISITOR
from carnet.ledger.actions import lots as ledger
from carnet.ledger.models import Lot
from carnet.people.models import Customer, Membership, Person
from carnet.tickets.actions import closing, contact, messages, questions, work
from carnet.tickets.models import ContactMessage, Ticket
from carnet.tickets.rules import Sender
from carnet.work.rules.ways_to_pay import Chosen
from tests.factories.people import BEGAN, TEST, signed_in

_numbers = itertools.count(1)


def moment(minutes: float = 0, *, days: int = 0) -> datetime.datetime:
    """So many minutes (and days) after Monday 11 January 2027, 9:00 in Paris: a moment of opening time."""
    return BEGAN + datetime.timedelta(days=days, minutes=minutes)


def form_key() -> str:
    """A key as a form carries it, another one each time."""
    return f"{next(_numbers):032x}"


def give_tokens(
    customer: Customer, quantity: int = 3, *, at: datetime.datetime = BEGAN, person: Person | None = None
) -> Lot:
    """Goodwill tokens that last to the end of the year."""
    goodwill = ledger.Goodwill("token", quantity, datetime.date(2027, 12, 31), reason="A test", person=person)
    return ledger.grant_goodwill(
        customer=customer,
        goodwill=goodwill,
        by=TEST,
        at=at,
        key=form_key(),
    )


def make_ticket(
    person: Person,
    *,
    customer: Customer | None = None,
    means: str = "tokens",
    then: str = "",
    ceiling: int | None = None,
    criticality: str = "question",
    subject: str = "The printer is silent",
    text: str = "It does nothing since this morning.",
    at: datetime.datetime = BEGAN,
    key: str = "",
) -> Ticket:
    """A ticket of `person`, paid by tokens unless said otherwise; without tokens it waits for cover."""
    customer = customer or Membership.objects.active().get(person=person).customer
    return questions.open_ticket(
        customer=customer,
        person=person,
        question=questions.Question(subject, text, criticality),
        chosen=Chosen(means, then, ceiling),
        key=key or form_key(),
        by=person.as_actor(),
        at=at,
    )


def work_on(
    ticket: Ticket,
    agent: Person,
    minutes: float,
    *,
    since: datetime.datetime,
    reason: str = "Looked into it",
    kind: str = "chargeable",
) -> None:
    """The agent works so many minutes on the ticket from `since` on."""
    work.start_work(ticket=ticket, by=agent.as_actor(), at=since)
    until = since + datetime.timedelta(minutes=minutes)
    stay(agent, since, until)
    work.stop_work(ticket=ticket, reason=reason, kind=kind, by=agent.as_actor(), at=until)


def stay(agent: Person, since: datetime.datetime, until: datetime.datetime) -> None:
    """Signs of life of an agent who works all the time (T17)."""
    while since < until:
        work.sign_of_life(by=agent.as_actor(), at=since)
        since += datetime.timedelta(minutes=9)
    work.sign_of_life(by=agent.as_actor(), at=until)


def answer(
    ticket: Ticket,
    agent: Person,
    *,
    at: datetime.datetime,
    should_solve: bool = False,
    asks: bool = False,
    text: str = "Restart it.",
) -> None:
    said = messages.Answer(text, should_solve=should_solve, asks=asks)
    messages.answer_ticket(ticket=ticket, answer=said, key=form_key(), by=agent.as_actor(), at=at)


def contact_message(
    email: str = "zoe@example.org",
    *,
    name: str = "Zoé",
    language: str = "fr",
    subject: str = "Hours",
    text: str = "When do you open?",
    suspect: bool = False,
    at: datetime.datetime = BEGAN,
) -> ContactMessage:
    """What somebody without an account wrote to us."""
    return contact.write_contact_message(
        sender=Sender(name, email, language), subject=subject, text=text, suspect=suspect, key=form_key(),
        by=VISITOR, at=at,
    )  # fmt: skip


def close(ticket: Ticket, *, at: datetime.datetime) -> Ticket:
    """The person who asked says «solved»."""
    return closing.close_ticket(ticket=ticket, by=ticket.asked_by.as_actor(), at=at)


def in_english(person: Person) -> Client:
    """A browser in which the person is signed in and reads English, for tests that look for words."""
    Person.objects.filter(pk=person.pk).update(language="en")
    return signed_in(person)
