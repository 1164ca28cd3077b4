"""The mails that tickets send, one function each; whether to send is the action's to decide."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.kernel import calendar, links
from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.people import queries as people
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets import rules
from carnet.tickets.models import Closure, ContactMessage, ContactReply, FirstQuestion, Message, Ticket
from carnet.web import formats

# Where it stands what follows from a notice. By address: home stands above this app.
_NOTICE_PAGES = {ContactMessage.Kind.WITHDRAWAL: "home:withdraw", ContactMessage.Kind.ENDING: "home:end_contract"}


def first_question_link(question: FirstQuestion, *, has_account: bool, at: datetime.datetime) -> None:
    """The link that makes a first question a ticket; for an address that has an account, the way to send it from
    there. Nothing in it was typed by whoever asked: the address may be a stranger's.
    """
    letter = Letter(
        "tickets/first_question_known" if has_account else "tickets/first_question",
        to=question.email,
        language=question.language,
        context={"url": public_url("tickets:confirm_first_question", question.language, token=question.token)},
        has_secret=True,
    )
    mail.queue_mail(letter, key=f"first_question:{question.pk}:{question.sent_at.isoformat()}", at=at)


def received(ticket: Ticket, *, at: datetime.datetime) -> None:
    """The ticket was opened and is covered."""
    _about_ticket(ticket, "received", key=f"ticket_received:{ticket.pk}", at=at)


def waiting_for_cover(ticket: Ticket, *, at: datetime.datetime) -> None:
    """T15: the question is kept, and this is what would cover it; told once."""
    _about_ticket(ticket, "waiting_for_cover", key=f"ticket_waiting:{ticket.pk}", at=at)


def covered(ticket: Ticket, *, at: datetime.datetime) -> None:
    """What waited for cover has it now and goes on (T5, T15, F3)."""
    key = f"ticket_covered:{ticket.pk}:{ticket.cover.covered_at}"
    _about_ticket(ticket, "covered", key=key, at=at)


def answered(ticket: Ticket, message: Message, *, at: datetime.datetime) -> None:
    """The team's answer, whole: it should solve the matter, asks back, or is a word on the way."""
    kinds = {Ticket.State.ANSWERED: "answered", Ticket.State.ASKED_BACK: "asked_back"}
    kind = kinds.get(Ticket.State(ticket.state), "on_the_way")
    key = f"ticket_answered:{message.pk}"
    _about_ticket(ticket, kind, key=key, at=at, is_automatic=False, message=message)


def reminded(
    ticket: Ticket, *, wait: rules.Wait, closes_at: datetime.datetime, since: datetime.datetime, at: datetime.datetime
) -> None:
    """T13: does the answer solve it? T16: we wait for your word. T5: nothing pays for it. And when it closes by
    itself.
    """
    kinds = {"answered": "reminder_answered", "asked_back": "reminder_asked_back", "used_up": "reminder_cover"}
    key = f"ticket_reminded:{ticket.pk}:{since.isoformat()}"
    # It closes when that day has ended.
    last_day = calendar.date_on(closes_at - datetime.timedelta(seconds=1), provider.time_zone())
    _about_ticket(ticket, kinds[wait], key=key, at=at, last_day=formats.day(last_day, decider(ticket).language))


def clock_warning(ticket: Ticket, *, stops_at: datetime.datetime, at: datetime.datetime) -> None:
    """T4, F3: the paid time ends in five minutes; then the clock stops."""
    key = f"clock_warning:{ticket.pk}:{stops_at.isoformat()}"
    there = stops_at.astimezone(provider.time_zone())
    _about_ticket(ticket, "clock_warning", key=key, at=at, at_time=formats.time_of_day(there, decider(ticket).language))


def clock_stopped(ticket: Ticket, *, stopped_at: datetime.datetime, at: datetime.datetime) -> None:
    """F3, T4: the paid time has ended, nothing more is charged, and this is how it can go on."""
    _about_ticket(ticket, "clock_stopped", key=f"clock_stopped:{ticket.pk}:{stopped_at.isoformat()}", at=at)


def closed(ticket: Ticket, closure: Closure, *, at: datetime.datetime) -> None:
    """The ticket is closed at this price; please rate us. The link leads to the page, and a GET never rates."""
    _about_ticket(ticket, "closed", key=f"ticket_closed:{closure.pk}", at=at, closure=closure)


def split_off(ticket: Ticket, *, at: datetime.datetime) -> None:
    """T6: a second subject has become a ticket of its own, and waits for its person to say what pays for it."""
    _about_ticket(ticket, "split_off", key=f"ticket_split_off:{ticket.pk}", at=at)


def merged(ticket: Ticket, *, at: datetime.datetime) -> None:
    """T10: the ticket goes on in another one, and both never cost more than apart."""
    _about_ticket(ticket, "merged", key=f"ticket_merged:{ticket.pk}:{ticket.merged_into_id}", at=at)


def passed_on(ticket: Ticket, *, at: datetime.datetime) -> None:
    """P3: a holder is told that the ticket of a removed person is theirs to decide now; nothing of its content."""
    assert ticket.passed_to is not None
    key = f"ticket_passed_on:{ticket.pk}:{ticket.passed_to.pk}"
    _about_ticket(ticket, "passed_on", key=key, at=at)


def contact_received(message: ContactMessage, *, at: datetime.datetime) -> None:
    """We have got what you wrote. Without a word of it, and without a link: the address may be a stranger's."""
    letter = Letter("tickets/contact_received", to=message.email, language=message.language, context={})
    mail.queue_mail(letter, key=f"contact_received:{message.pk}", at=at)


def notice_received(notice: ContactMessage, *, is_theirs: bool, at: datetime.datetime) -> None:
    """The receipt of a withdrawal or an ending on a durable medium: its content, date and time (CC L221-21, D221-5).
    `is_theirs`: who sent it is signed in with this address. Else it may be a stranger's, and nothing in it is a link.
    """
    letter = Letter(
        f"tickets/{notice.kind}_received",
        to=notice.email,
        language=notice.language,
        context={
            "notice": _typed(notice, is_theirs=is_theirs),
            "url": public_url(_NOTICE_PAGES[ContactMessage.Kind(notice.kind)], notice.language),
        },
    )
    mail.queue_mail(letter, key=f"notice_received:{notice.pk}", at=at)


def contact_answered(reply: ContactReply, *, at: datetime.datetime) -> None:
    """What we answer to a contact message, with its own words below. Another word of theirs comes by the form."""
    message = reply.message
    letter = Letter(
        "tickets/contact_answered",
        to=message.email,
        language=message.language,
        context={
            "message": _typed(message),
            "reply": reply,
            "url": public_url("tickets:write_contact_message", message.language),
        },
        thread=f"contact:{message.pk}",
    )
    mail.queue_mail(letter, key=f"contact_answered:{reply.pk}", at=at)


def customer_created(message: ContactMessage, *, at: datetime.datetime) -> None:
    """The account that they asked for in their message is there; they sign in by a code sent to this address."""
    letter = Letter(
        "tickets/customer_created",
        to=message.email,
        language=message.language,
        context={"message": _typed(message), "url": public_url("account_request_login_code", message.language)},
        thread=f"contact:{message.pk}",
    )
    mail.queue_mail(letter, key=f"customer_created:{message.pk}", at=at)


def _typed(message: ContactMessage, *, is_theirs: bool | None = None) -> dict[str, Any]:
    """What a mail repeats of a message; without links to an address that nobody has proved, for anyone can type it."""
    if is_theirs is None:
        is_theirs = people.person_with_address(message.email) is not None
    write = str if is_theirs else links.disarmed
    words = {name: write(getattr(message, name)) for name in ("name", "subject", "text")}
    return {**words, "email": message.email, "at": message.at}


def public_url(name: str, language: str, **kwargs: Any) -> str:
    """The full address of a public page in this language."""
    with translation.override(language):
        return settings.SITE_URL + reverse(name, kwargs=kwargs)


def decider(ticket: Ticket) -> Person:
    """Who decides for a ticket: who asked, or after their removal a holder (P3)."""
    return ticket.passed_to or ticket.asked_by


def _about_ticket(
    ticket: Ticket, kind: str, *, key: str, at: datetime.datetime, is_automatic: bool = True, **context: Any
) -> None:
    """A mail to who decides for the ticket, with the one link that matters: the ticket's page.

    After a removal (P3) that is a holder, who learns the number and no content, unless it was allowed: templates show
    subject and message if `may_read`.
    """
    person = decider(ticket)
    is_theirs = person.pk == ticket.asked_by_id
    url = settings.SITE_URL + reverse("my:tickets:ticket", args=[ticket.pk])
    may_read = is_theirs or Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()
    letter = Letter(
        f"tickets/{kind}",
        to=person.email,
        language=person.language,
        context={
            "ticket": ticket,
            "person": person,
            "may_read": may_read,
            "url": url,
            "ticket_url": url,
            **context,
        },
        thread=f"ticket:{ticket.pk}",
        is_automatic=is_automatic,
    )
    mail.queue_mail(letter, key=key, at=at)
