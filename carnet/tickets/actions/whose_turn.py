"""Whose turn a ticket is, and when an answer is due: parts of the actions that change it. They leave saving to the
caller.
"""

import datetime

from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.tickets import rules
from carnet.tickets.models import Ticket


class TicketClosed(Refused):
    """Nothing more is written into a closed ticket, or changed on it."""

    code = "tickets.ticket_closed"


def due_at(criticality: str, since: datetime.datetime) -> datetime.datetime:
    """M7: `since` plus the target of this criticality in opening time, by the hours published at that moment."""
    return rules.due_at(since, criticality, schedule.opening_hours(since), provider.setting("targets"))


def turn_to_us(ticket: Ticket, *, at: datetime.datetime) -> None:
    """The ticket waits for us from `at` on."""
    ticket.state = Ticket.State.OPEN
    ticket.waits_since = at
    ticket.due_at = due_at(ticket.criticality, at)
    ticket.answered_at = ticket.reminded_at = None


def turn_to_customer(ticket: Ticket, *, state: Ticket.State, at: datetime.datetime) -> None:
    """The ticket waits for the customer from `at` on: asked back, or answered (T13)."""
    ticket.state = state
    ticket.waits_since = at
    ticket.due_at = None
    ticket.answered_at = at if state == Ticket.State.ANSWERED else None
    ticket.reminded_at = None


def take_if_free(ticket: Ticket, *, by: Actor) -> None:
    """Who begins to work on a ticket that nobody has takes it."""
    if ticket.assigned_to_id is None and by.kind == "team":
        ticket.assigned_to_id = by.id


def take_up(ticket: Ticket) -> bool:
    """M1, M7: if it is our turn, reckon the due time from when cover came; whether cover came later than the turn."""
    assert ticket.cover.covered_at is not None
    if ticket.state != Ticket.State.OPEN or ticket.cover.covered_at <= ticket.waits_since:
        return False
    turn_to_us(ticket, at=ticket.cover.covered_at)
    return True
