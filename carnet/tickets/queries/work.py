"""What pays for a ticket, and the agent's clock in the head of every page of the desk."""

import datetime
from dataclasses import dataclass

from carnet.ledger import queries as ledger
from carnet.ledger.models import Hold, Lot
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.models import Ticket
from carnet.work.models import Cover, RunningWork, WorkSession
from carnet.work.queries import worked_time
from carnet.work.rules import clocks


def units_of(ticket: Ticket) -> list[Hold]:
    """What pays for the ticket beside free minutes: tokens and minutes that it reserved or spent, with the lot of
    each.
    """
    if ticket.cover.means in (Cover.Means.NONE, Cover.Means.TRIAL):
        return []
    holds = ledger.holds_of(ticket.cover.cause)
    return [hold for hold in holds if hold.lot.origin != Lot.Origin.TRIAL and hold.units]


@dataclass(frozen=True, slots=True)
class ShownClock:
    """An agent's clock as the head of every desk page shows it, in seconds of this clock."""

    ticket_id: int
    subject: str
    seconds: int
    limit_seconds: int | None  # when the paid time ends, on this clock; None if nothing is measured
    stopped_at: datetime.datetime | None  # it stands still and its reason is owed
    stopped_by: str  # of `RunningWork.StoppedBy`
    is_offered: bool  # it goes on beyond what is paid (T4)
    asks_in_seconds: int  # when it asks whether the agent is still there (T17)


def shown_clock(agent: Person, *, at: datetime.datetime) -> ShownClock | None:
    """The agent's clock, or None: one query while none runs, which is most of the time."""
    work = RunningWork.objects.filter(agent=agent).first()
    if work is None:
        return None
    ticket = Ticket.objects.select_related("cover").get(cover=work.cover_id)
    clock = worked_time.clock_of(ticket.cover, WorkSession.objects.of(ticket.cover), at=at)
    end = min(work.end_at(at), at if work.goes_on else clock.stops_at or at)
    asks_at = clocks.asks_whether_there_at(work.last_sign_at, idle_minutes=provider.setting("idle_minutes"))
    return ShownClock(
        ticket_id=ticket.pk,
        subject=ticket.subject,
        seconds=max(0, int((end - work.started_at).total_seconds())),
        limit_seconds=int((clock.stops_at - work.started_at).total_seconds()) if clock.stops_at else None,
        stopped_at=work.stopped_at,
        stopped_by=work.stopped_by,
        is_offered=work.goes_on and ticket.cover.is_waiting,
        asks_in_seconds=max(0, int((asks_at - at).total_seconds())),
    )
