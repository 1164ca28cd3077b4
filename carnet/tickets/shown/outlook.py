"""What an agent is told below the clock: what the ticket waits for, or what happens when its paid time ends."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from carnet.tickets.models import Ticket
from carnet.tickets.shown import states
from carnet.web.templatetags.formats import moment
from carnet.work.queries.worked_time import Clock


@dataclass(frozen=True, slots=True)
class Outlook:
    words: SafeString | str
    is_tag: bool = False
    is_soft: bool = False


def outlook_of(ticket: Ticket, clock: Clock) -> Outlook | None:
    """T4, T5, T8; None if there is nothing to tell."""
    if ticket.is_closed:
        return None
    if ticket.only_repair:
        return Outlook(_("Reopened to fix what failed: free of charge."), is_tag=True)
    if ticket.cover.is_waiting:
        return Outlook(_missing(ticket))
    if clock.stops_at:
        # The moment is an element of its own.
        return Outlook(mark_safe(_end_of_paid_time(clock.next_units) % {"at": moment(clock.stops_at)}))
    if clock.next_units == "tokens":
        return Outlook(_("Another ticket has been agreed to."), is_soft=True)
    if clock.next_units:
        return Outlook(_("More minutes have been agreed to."), is_soft=True)
    return None


def _missing(ticket: Ticket) -> str:
    if states.waits_for_consent(ticket):
        return _("The customer has been asked whether to continue. Any work in the meantime is free of charge.")
    return _("The customer has no tickets or minutes left; they have been shown the offers.")


def _end_of_paid_time(next_units: str) -> str:
    words = {
        "tokens": _("The paid time ends %(at)s; another ticket is then used, as agreed."),
        "minutes": _("The reserved time ends %(at)s; more minutes are then reserved, as agreed."),
    }
    alone = _("The paid time ends %(at)s. The clock then stops unless the customer agrees to more.")
    return words.get(next_units, alone)
