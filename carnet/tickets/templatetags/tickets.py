"""Filters of a ticket's page."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from carnet.kernel import html
from carnet.tickets.models import Closure, Message, Ticket, WorkSession
from carnet.tickets.queries.threads import FileShown
from carnet.tickets.queries.work import Clock
from carnet.tickets.shown import closures, sessions, states
from carnet.web.pictures import Tag

register = template.Library()
KINDS = {Message.Kind.ANSWER: "team", Message.Kind.NOTE: "note"}


@register.filter
def message_kind(message: Message) -> str:
    """How a message is drawn: team, note, or as the customer's side."""
    return KINDS.get(Message.Kind(message.kind), "")


@register.simple_tag
def ticket_state(ticket: Ticket, is_worked_on: object = False) -> Tag:
    """{% ticket_state ticket is_worked_on as shown %}: whose turn it is, for the customer."""
    return states.for_customer(ticket, is_worked_on=bool(is_worked_on))


@register.simple_tag
def desk_state(ticket: Ticket) -> Tag | None:
    """{% desk_state ticket as shown %}: what it waits for, for the team; None while it is our turn."""
    return states.for_desk(ticket)


@register.simple_tag
def title_of_question(ticket: Ticket, paid_seconds: int) -> str:
    """{% title_of_question ticket clock.paid_seconds as title %}: what a waiting ticket asks its customer."""
    return states.title_of_question(ticket, was_paid=bool(paid_seconds))


@register.filter
def is_over(clock: Clock, ticket: Ticket) -> bool:
    """Whether the paid time asks nobody for anything: no clock runs, and the ticket waits for no decision about it."""
    return not clock.runs and ticket.state != Ticket.State.OPEN


@register.filter
def from_plain(text: str) -> SafeString:
    """A person's text as safe paragraphs with links, blanks and tabs as they were typed."""
    return mark_safe(html.from_plain(text))


@register.filter
def from_plain_for_mail(text: str) -> SafeString:
    """The same for an e-mail, whose program may know no style that keeps blanks."""
    return mark_safe(html.from_plain(text, blanks_written_out=True))


@register.filter
def cost_in_words(closure: Closure) -> str:
    """What a closed ticket used, as a sentence of an e-mail."""
    return closures.cost_in_words(closure, (get_language() or "fr")[:2])


@register.filter
def quoted(text: str) -> str:
    """A text as plain mails quote it: each line behind a mark."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@register.filter
def file_links(files: list[FileShown]) -> list[dict[str, Any]]:
    """The files as the component lists them, each with its address."""
    return [
        {
            "url": reverse("files:show_file", args=[file.id]),
            "name": file.name,
            "size": file.size,
            "is_image": file.is_image,
            "is_protected": file.is_protected,
        }
        for file in files
    ]


@register.filter
def correct_url(session: WorkSession, may_correct: bool) -> str:
    """Where the desk corrects a worked stretch; empty for who does not."""
    return reverse("desk:tickets:correct_session", args=[session.ticket_id, session.pk]) if may_correct else ""


@register.filter
def not_charged(session: WorkSession) -> str:
    """Why a worked stretch costs nothing, in a word or two; empty if it counts (T3, T4)."""
    return sessions.not_charged(session.kind)
