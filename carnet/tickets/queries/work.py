"""What was worked on a ticket, what of it is paid, and when its clock stops (T2–T4, F2, F3)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from carnet.kernel.keys import Cause
from carnet.ledger import queries as ledger
from carnet.ledger.models import Hold, Lot
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets import rules as ticket_rules
from carnet.tickets.models import RunningWork, Ticket, WorkSession
from carnet.work import queries as work_queries
from carnet.work import rules
from carnet.work.models import Cover, PaidTime

# As far as a running clock is looked ahead: longer than anything that is paid at once.
HORIZON = datetime.timedelta(hours=24)
NOT_CHARGED = {
    WorkSession.Kind.TRAINING, WorkSession.Kind.READING, WorkSession.Kind.REPAIR, WorkSession.Kind.MISTAKEN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """The worked time of one ticket at one moment. Running clocks are counted as if they stopped now."""

    worked_seconds: int  # W of T2: charged, overlapping work counted once
    offered_seconds: int
    paid_seconds: int
    runs: bool
    stops_at: datetime.datetime | None  # when the paid time ends if the running clocks go on; None if none runs
    works: tuple[RunningWork, ...]
    price: rules.Price  # what the ticket would cost if it were closed now
    next_units: str = ""  # what is taken without asking when the paid time ends: tokens, minutes or nothing (T4, H4)

    @property
    def left_seconds(self) -> int:
        return max(0, self.paid_seconds - self.worked_seconds)


def stretches_of(sessions: Iterable[WorkSession]) -> list[rules.Stretch]:
    """Stored sessions as the rules of `work` see them; with those that were replaced (`WorkSessionQuerySet.of`), what
    was offered stays so, whatever was corrected since (T4).
    """
    return [
        rules.Stretch(
            start=session.started_at,
            end=session.ended_at,
            chargeable=session.kind not in NOT_CHARGED,
            agent_id=session.agent_id,
            offered=session.kind == WorkSession.Kind.OFFERED,
            counted_until=getattr(session, "replaced_at", None),
        )
        for session in sessions
    ]


def stretch_of(work: RunningWork, end: datetime.datetime) -> rules.Stretch:
    """A running clock as a stretch that ends at `end`, or where it was stopped."""
    return rules.Stretch(
        start=work.started_at,
        end=max(work.started_at, work.end_at(end)),
        chargeable=work.kind not in NOT_CHARGED,
        agent_id=work.agent_id,
    )


def paid_end(
    works: Iterable[RunningWork], sessions: Iterable[WorkSession], limits: list[rules.Limit], *, at: datetime.datetime
) -> datetime.datetime | None:
    """When the paid time ends, or ended, if the clocks that run go on; None if none is charged. It may be past.

    A clock that goes on beyond it (T4) may have offered parts before: the paid time ends where its last one begins.
    """
    running = [work for work in works if work.stopped_at is None and work.kind not in NOT_CHARGED]
    if not running:
        return None
    ahead = [stretch_of(work, max(at, work.started_at) + HORIZON) for work in works]
    parts = rules.meter(ahead, limits, already=stretches_of(sessions))
    end = max(stretch.end for stretch in ahead)
    last = {part.agent_id: part.start for part in parts if part.offered and part.end == end}
    return min((last[work.agent_id] for work in running if work.agent_id in last), default=None)


def recording_moment(ticket: Ticket, at: datetime.datetime) -> datetime.datetime:
    """When a session is written down: never at the closing that it comes after, so that each closing finds the
    sessions that stood then.
    """
    return max(at, ticket.closed_at + datetime.timedelta.resolution) if ticket.closed_at else at


def works_on(ticket: Ticket) -> list[RunningWork]:
    """The clocks on the ticket, running and standing still, with their agents."""
    return list(RunningWork.objects.filter(ticket=ticket).select_related("agent").order_by("started_at"))


def works_of(ticket: Ticket, agent: Person) -> list[RunningWork]:
    """The clocks on the ticket, and the agent's own wherever it is, with one query."""
    wanted = Q(ticket=ticket) | Q(agent=agent)
    return list(RunningWork.objects.filter(wanted).select_related("agent").order_by("started_at"))


def clock_of(
    ticket: Ticket,
    sessions: Iterable[WorkSession],
    *,
    at: datetime.datetime,
    works: Iterable[RunningWork] | None = None,
) -> Clock:
    """What the pages show of a ticket's work; `sessions` (see `stretches_of`) and `works` are all of the ticket."""
    sessions = list(sessions)
    works = tuple(works_on(ticket) if works is None else works)
    paid = list(PaidTime.objects.filter(cover=ticket.cover)) if ticket.cover else []
    limits, had = work_queries.limits_by(paid), work_queries.had_by(paid)
    stored = stretches_of(sessions)
    fresh = rules.meter([stretch_of(work, at) for work in works], limits, already=stored)
    together = [*stored, *fresh]
    worked = rules.worked_seconds(together)
    cover = ticket.cover if paid else None
    return Clock(
        worked_seconds=worked,
        offered_seconds=sum(
            int((part.end - part.start).total_seconds())
            for part in together
            if part.offered and part.counted_until is None
        ),
        paid_seconds=limits[-1][1] if limits else 0,
        runs=any(work.stopped_at is None for work in works),
        stops_at=paid_end(works, sessions, limits, at=at),
        works=works,
        price=work_queries.price_now(cover, worked, had=had) if cover else rules.Price(),
        next_units=work_queries.next_units(cover, had) if cover and not cover.has_ended else "",
    )


def units_of(ticket: Ticket) -> list[Hold]:
    """What pays for the ticket beside free minutes: tokens and minutes that it reserved or spent, with the lot of
    each.
    """
    if ticket.cover is None or ticket.cover.means in (Cover.Means.NONE, Cover.Means.TRIAL):
        return []
    holds = ledger.holds_of(Cause("ticket", ticket.pk))
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
    work.ticket = Ticket.objects.select_related("cover").get(pk=work.ticket_id)
    clock = clock_of(work.ticket, WorkSession.objects.of(work.ticket), at=at)
    end = min(work.end_at(at), at if work.goes_on else clock.stops_at or at)
    asks_at = ticket_rules.asks_whether_there_at(work.last_sign_at, idle_minutes=provider.setting("idle_minutes"))
    return ShownClock(
        ticket_id=work.ticket_id,
        subject=work.ticket.subject,
        seconds=max(0, int((end - work.started_at).total_seconds())),
        limit_seconds=int((clock.stops_at - work.started_at).total_seconds()) if clock.stops_at else None,
        stopped_at=work.stopped_at,
        stopped_by=work.stopped_by,
        is_offered=work.goes_on and work.ticket.cover is not None and work.ticket.cover.is_waiting,
        asks_in_seconds=max(0, int((asks_at - at).total_seconds())),
    )
