"""What becomes of a contact message: an answer by mail, a ticket, a customer."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel.refused import Refused
from carnet.people import queries as people_queries
from carnet.people.actions import customers, persons
from carnet.people.models import Customer
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, questions, whose_turn
from carnet.tickets.actions.messages import MessageEmpty, add_message
from carnet.tickets.models import ContactMessage, ContactReply, FirstQuestion, Message, Ticket
from carnet.tickets.rules import Sender
from carnet.work.actions import covers
from carnet.work.rules.ways_to_pay import Chosen


class HeldBack(Refused):
    """Nothing is sent to the address of what was held back as probable spam, which may be a stranger's."""

    code = "tickets.held_back"


class SenderUnknown(Refused):
    """Nobody has proved that this address is theirs, so no ticket can be opened in their name."""

    code = "tickets.sender_unknown"


@transaction.atomic
def answer_contact_message(
    *, message: ContactMessage, text: str, key: str, by: Actor, at: datetime.datetime
) -> ContactReply:
    """Send our answer to the sender's address, in the language of the message, and keep it; the same key again is the
    first answer. The message is read by that. Refuses `MessageEmpty`, `HeldBack` and `KeyReused`.
    """
    if once.was_done("answer_contact_message", key=key, at=at, by=by.id, message=message, text=text):
        return ContactReply.objects.get(key=key)
    message = _locked(message)
    if not text.strip():
        raise MessageEmpty
    assert by.id is not None, "an answer names who wrote it"
    reply = ContactReply.objects.create(message=message, author_id=by.id, text=text, at=at, key=key)
    _taken_up(message, "contact_message.answered", by=by, at=at, reply=reply.pk)
    mails.contact_answered(reply, at=at)
    return reply


@transaction.atomic
def open_ticket_for_sender(
    *, message: ContactMessage, customer: Customer, criticality: str, by: Actor, at: datetime.datetime
) -> Ticket:
    """The message becomes a ticket of its sender for one of their customers; once, later the first one.

    As with a second subject (T6), nothing is reserved before they say so: the ticket waits for cover, and they are told
    what would cover it (T15). Refuses `HeldBack`, `SenderUnknown`, and `MayNotAsk` to a person who may open no tickets
    for this customer.
    """
    message = _locked(message)
    if message.ticket:
        return message.ticket
    person = people_queries.person_with_address(message.email)
    if person is None:
        raise SenderUnknown
    questions.refuse_unless_may_ask(person, customer)
    case = covers.open_cover(customer=customer, person=person, chosen=Chosen("none"), asks_first=True, by=by, at=at)
    ticket = Ticket.objects.create(
        key=f"contact:{message.pk}", customer=customer, asked_by=person, cover=case.cover, origin=Ticket.Origin.TEAM,
        subject=message.subject, language=person.language, criticality=criticality, opened_at=at, waits_since=at,
        due_at=whose_turn.due_at(criticality, at),
    )  # fmt: skip
    add_message(
        ticket=ticket, kind=Message.Kind.QUESTION, text=message.text, uploads=(), key=f"contact:{message.pk}",
        by=person.as_actor(), at=at,
    )  # fmt: skip
    message.ticket = ticket
    opened = {"means": "none", "covered": False, "contact_message": message.pk}
    audit.record_all([*case.entries, audit_trail.entry("ticket.opened", ticket, by=by, at=at, **opened)])
    _taken_up(message, "contact_message.became_ticket", by=by, at=at, ticket=ticket.pk)
    mails.waiting_for_cover(ticket, at=at)
    return ticket


@transaction.atomic
def send_link_to_sender(
    *, message: ContactMessage, kind: str, customer_name: str, criticality: str, by: Actor, at: datetime.datetime
) -> FirstQuestion:
    """Mail the link with which the sender makes the message their first question: it shows that the address is theirs,
    and then they are a customer with a ticket (F1). Once more: the link is sent again, at most once a minute.

    Refuses `HeldBack`, and `LinkUsed` or `TooManyQuestions` as every first question.
    """
    message = _locked(message)
    if message.first_question:
        return questions.send_link_again(question=message.first_question, by=by, at=at)
    message.first_question = questions.ask_first_question(
        sender=Sender(message.name, message.email, message.language), customer_kind=kind, customer_name=customer_name,
        question=questions.Question(message.subject, message.text, criticality), key=f"contact:{message.pk}", by=by,
        at=at,
    )  # fmt: skip
    _taken_up(message, "contact_message.link_sent", by=by, at=at, first_question=message.first_question.pk)
    return message.first_question


@transaction.atomic
def create_customer_for_sender(
    *, message: ContactMessage, kind: str, customer_name: str, by: Actor, at: datetime.datetime
) -> Customer:
    """The sender wants to be a customer: an account of which they are the holder, and a mail that tells them how to
    sign in, by which they prove the address. Once, later the first one. Refuses `HeldBack`, `AddressTaken` of people.
    """
    message = _locked(message)
    if message.customer:
        return message.customer
    person = persons.create_person(email=message.email, name=message.name, language=message.language, by=by, at=at)
    message.customer = customers.create_customer(
        kind=kind, name=customer_name, language=message.language, person=person, by=by, at=at
    )
    _taken_up(message, "contact_message.became_customer", by=by, at=at, customer=message.customer.pk)
    mails.customer_created(message, at=at)
    return message.customer


def _locked(message: ContactMessage) -> ContactMessage:
    """The message, locked until the transaction ends. Refuses `HeldBack`."""
    locked = ContactMessage.objects.select_for_update(of=("self",)).select_related(
        "ticket", "first_question", "customer"
    )
    message = locked.get(pk=message.pk)
    if message.suspect:
        raise HeldBack
    return message


def _taken_up(message: ContactMessage, code: str, *, by: Actor, at: datetime.datetime, **details: int) -> None:
    """Somebody has done something about it: it is read by that."""
    message.read_at = message.read_at or at
    message.save(update_fields=["read_at", "ticket", "first_question", "customer"])
    audit.record(code, by=by, at=at, subject=("contact_message", message.pk), **details)
