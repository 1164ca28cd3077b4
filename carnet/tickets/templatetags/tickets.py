"""Filters of a ticket's page."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from carnet.kernel import html, reading
from carnet.tickets.models import Closure, Ticket
from carnet.tickets.shown import closures, states
from carnet.tickets.shown.outlook import Outlook, outlook_of
from carnet.web.pictures import Tag
from carnet.work.queries.worked_time import Clock
from carnet.work.rules.prices import Price

register = template.Library()


@register.simple_tag
def ticket_state(ticket: Ticket, is_worked_on: object = False) -> Tag:
    """{% ticket_state ticket is_worked_on as shown %}: whose turn it is, for the customer."""
    return states.for_customer(ticket, is_worked_on=bool(is_worked_on))


@register.simple_tag
def desk_state(ticket: Ticket) -> Tag | None:
    """{% desk_state ticket as shown %}: what it waits for, for the team; None while it is our turn."""
    return states.for_desk(ticket)


@register.simple_tag
def ticket_name(ticket: Ticket, may_read: bool) -> str:
    """{% ticket_name ticket may_read %}: its subject, or its number for those who may not read it (P2)."""
    return states.name_of(ticket, may_read=may_read)


@register.simple_tag
def title_of_question(ticket: Ticket, paid_seconds: int) -> str:
    """{% title_of_question ticket clock.paid_seconds as title %}: what a waiting ticket asks its customer."""
    return states.title_of_question(ticket, was_paid=bool(paid_seconds))


@register.simple_tag
def outlook(ticket: Ticket, clock: Clock) -> Outlook | None:
    """{% outlook ticket clock as told %}: what comes next, for the agent; None if there is nothing to tell."""
    return outlook_of(ticket, clock)


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
def quoted(text: str) -> str:
    """A text as plain mails quote it: each line behind a mark."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@register.filter
def cost(price: Price) -> str:
    """What a ticket would cost if it were closed now: «1 ticket + 12 minutes»."""
    return closures.cost(price.tokens, price.minutes, price.free_minutes, reading.language())


@register.filter
def cost_of_closing(closure: Closure) -> str:
    """What a closed ticket cost, in the same words."""
    return closures.cost(closure.price_tokens, closure.price_minutes, closure.free_minutes, reading.language())


@register.filter
def how_as_a_sentence(closure: Closure) -> str:
    """How a ticket was closed, for its e-mail."""
    return closures.how_as_a_sentence(closure)


@register.filter
def cost_as_a_sentence(closure: Closure) -> str:
    """What a closed ticket used, for its e-mail."""
    return closures.cost_as_a_sentence(closure, reading.language())
