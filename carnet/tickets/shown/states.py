"""What a ticket is called and whose turn it is, in words: for its customer, and for the team."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from carnet.tickets.models import Ticket
from carnet.web.pictures import Tag
from carnet.work.models import Cover


def waits_for_consent(ticket: Ticket) -> bool:
    """T4: it waits, and there is something to take once somebody agrees; else it waits for tickets or minutes (T5)."""
    cover = ticket.cover
    return cover.is_waiting and cover.waits_for == Cover.WaitsFor.CONSENT


def name_of(ticket: Ticket, *, may_read: bool) -> str:
    """What its customer calls it: its subject, for those who may read it (P2), else its number."""
    return ticket.subject if may_read else _("Ticket %(number)s") % {"number": ticket.pk}


def for_customer(ticket: Ticket, *, is_worked_on: bool = False) -> Tag:
    """Whose turn it is, as the customer reads it."""
    if ticket.is_closed:
        return Tag(_("Closed"), "neutral", "check")
    if ticket.state == Ticket.State.ANSWERED:
        return Tag(_("Solution proposed: is it solved?"), "warn")
    if ticket.state == Ticket.State.ASKED_BACK:
        return Tag(_("Waiting for your reply"), "warn")
    if waits_for_consent(ticket):
        return Tag(_("Waiting for your consent"), "warn")
    if ticket.cover.is_waiting:
        return Tag(_("No tickets or minutes available"), "warn")
    if is_worked_on:
        return Tag(_("We are working on it"), "good", "timer")
    return Tag(pgettext("status", "Waiting for us"))


def for_desk(ticket: Ticket) -> Tag | None:
    """What a ticket waits for that is not us, as the team reads it; None while it is our turn."""
    if ticket.is_closed:
        return Tag(_("Closed"), "neutral")
    if ticket.state == Ticket.State.ANSWERED:
        return Tag(_("Solution proposed, waiting for the customer"), "neutral")
    if ticket.state == Ticket.State.ASKED_BACK:
        return Tag(_("Waiting for the customer’s reply"), "neutral")
    if ticket.cover.is_waiting:
        return Tag(cover_awaited(ticket.cover.waits_for), "warn", "hourglass")
    return None


def cover_awaited(waits_for: str) -> str:
    """What a cover waits for, as the team reads it."""
    if waits_for == Cover.WaitsFor.CONSENT:
        return _("Waiting for the customer’s consent")
    return _("Waiting for tickets or minutes")


def title_of_question(ticket: Ticket, *, was_paid: bool) -> str:
    """The head of the question that a waiting ticket asks its customer (T4, T5, T15, F3)."""
    if waits_for_consent(ticket):
        if was_paid:
            return _("The paid time is used up: shall we continue?")
        return _("We have your question and are waiting for your consent")
    if was_paid:
        return _("The paid time is used up, and you have no tickets or minutes left for it")
    return _("We have your question, but you have no tickets or minutes for it")
