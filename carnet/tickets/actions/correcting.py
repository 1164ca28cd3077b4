"""Worked time that was written down wrong, or not at all: mended by another session, never changed (L11, T14)."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel import calendar
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.actions import trail, work
from carnet.tickets.models import RunningWork, Ticket, WorkReason, WorkSession
from carnet.tickets.queries import work as queries
from carnet.work import rules as work_rules
from carnet.work.actions import endings


class CorrectionReasonMissing(Refused):
    """A correction says why; the customer reads it."""

    code = "tickets.correction_reason_missing"
    field = "why"


class CorrectedAlready(Refused):
    """The session was replaced by a correction; that one is corrected now."""

    code = "tickets.corrected_already"


class TimeOutOfRange(Refused):
    """Worked time has a whole second at least, is not longer than 24 hours, and is over by now."""

    code = "tickets.time_out_of_range"
    field = "started_at"


class BeforeTicket(Refused):
    """Work on a ticket may begin with the call that led to it, but not on a day before."""

    code = "tickets.before_ticket"
    field = "started_at"


class TimeTaken(Refused):
    """The agent has worked at that time already: each moment of theirs is written down once."""

    code = "tickets.time_taken"
    field = "started_at"


DAY_SECONDS = 24 * 3600


@transaction.atomic
def correct_session(
    *, session: WorkSession, seconds: int, kind: str, why: str, by: Actor, at: datetime.datetime
) -> WorkSession:
    """T14: replace a session by one that is shorter, or of another kind (training, repair; mistaken: never worked).

    Before closing the count goes on with what stands, at once if the ticket waited; after closing what it costs less
    comes back. It never rises: a longer session, and a free one that becomes chargeable, keep what they were, and what
    is more is offered. `seconds` 0 is the kind mistaken. The same again changes nothing.
    Refuses `CorrectionReasonMissing`, `CorrectedAlready`, `TimeOutOfRange`, and `TimeTaken` for a longer one that runs
    into other work of its agent.
    """
    if not why.strip():
        raise CorrectionReasonMissing
    chosen = WorkSession.Kind(kind) if seconds else WorkSession.Kind.MISTAKEN
    Person.objects.select_for_update().get(pk=session.agent_id)
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("cover").get(pk=session.ticket_id)
    session = WorkSession.objects.select_related("reason").get(pk=session.pk)
    if WorkSession.objects.filter(replaces=session).exists():
        raise CorrectedAlready
    length = seconds or session.duration_seconds
    if not 0 < length <= DAY_SECONDS or session.started_at + datetime.timedelta(seconds=length) > at:
        raise TimeOutOfRange
    if chosen == WorkSession.Kind.CHARGEABLE and session.kind != WorkSession.Kind.CHARGEABLE:
        chosen = WorkSession.Kind(session.kind)
    kept = min(length, session.duration_seconds)
    if (kept, length, chosen) == (session.duration_seconds, session.duration_seconds, session.kind):
        return session
    if not ticket.is_closed:
        work.follow_paid_time(ticket, at=at)
    recorded_at = queries.recording_moment(ticket, at)
    works_again = session.kind == WorkSession.Kind.MISTAKEN != chosen
    if length > kept or works_again:
        since = session.started_at if works_again else session.ended_at
        _refuse_if_taken(session.agent_id, since, session.started_at + datetime.timedelta(seconds=length), at=at)
    end = session.started_at + datetime.timedelta(seconds=kept)
    corrected = WorkSession.objects.create(
        ticket=ticket, agent_id=session.agent_id, kind=chosen, replaces=session, started_at=session.started_at,
        ended_at=end, recorded_at=recorded_at,
    )  # fmt: skip
    text = session.reason.text if hasattr(session, "reason") else ""
    WorkReason.objects.create(session=corrected, text=text, correction=why.strip())
    if length > kept:
        more = WorkSession.objects.create(
            ticket=ticket, agent_id=session.agent_id, kind=WorkSession.Kind.OFFERED, started_at=end,
            ended_at=session.started_at + datetime.timedelta(seconds=length), recorded_at=recorded_at,
        )  # fmt: skip
        WorkReason.objects.create(session=more, text=text, correction=why.strip())
    trail.record(
        "work.corrected", ticket, by=by, at=at, session=session.pk, corrected=corrected.pk,
        before=session.duration_seconds, seconds=length, kind=chosen.value,
    )  # fmt: skip
    _price_anew(ticket, by=by, at=at)
    if not ticket.is_closed:
        work.follow_paid_time(ticket, at=at)
    return corrected


@transaction.atomic
def record_time(
    *,
    ticket: Ticket,
    agent: Person,
    started_at: datetime.datetime,
    seconds: int,
    kind: str,
    reason: str,
    by: Actor,
    at: datetime.datetime,
) -> list[WorkSession]:
    """T14, T17: write down work for which no clock ran, with its reason.

    On an open ticket it counts as far as, laid together with the others, it was paid for at every moment (T4), the rest
    is offered; on a closed one all of it is offered. The same again is what was written before; the same time for
    another reason is `TimeTaken`. Refuses `work.ReasonMissing`, `TimeOutOfRange` and `BeforeTicket`, too.
    """
    if not reason.strip():
        raise work.ReasonMissing
    ended_at = started_at + datetime.timedelta(seconds=seconds)
    if not 0 < seconds <= DAY_SECONDS or ended_at > at:
        raise TimeOutOfRange
    zone = provider.time_zone()
    if started_at < calendar.start_of(calendar.date_on(ticket.opened_at, zone), zone):
        raise BeforeTicket
    # Locks the agent, so that two at once can't write the same moment twice.
    Person.objects.select_for_update().get(pk=agent.pk)
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("cover").get(pk=ticket.pk)
    same = list(
        WorkSession.objects.standing()
        .filter(ticket=ticket, agent=agent, started_at__gte=started_at, ended_at__lte=ended_at)
        .exclude(kind=WorkSession.Kind.MISTAKEN)
        .select_related("reason")
        .order_by("started_at")
    )
    if same and (same[0].started_at, same[-1].ended_at) == (started_at, ended_at):
        if same[0].reason.text != reason.strip():
            raise TimeTaken
        return same
    _refuse_if_taken(agent.pk, started_at, ended_at, at=at)
    chosen = WorkSession.Kind(kind)
    if chosen in (WorkSession.Kind.OFFERED, WorkSession.Kind.MISTAKEN):
        raise ValueError(f"no kind of work to choose: {kind}")
    if ticket.is_closed:
        chosen = WorkSession.Kind.OFFERED
    stretch = work_rules.Stretch(
        started_at, ended_at, chosen not in queries.NOT_CHARGED, agent.pk, offered=chosen == WorkSession.Kind.OFFERED
    )
    if not ticket.is_closed:
        work.follow_paid_time(ticket, at=at)
    sessions = work.keep_stretch(
        ticket, stretch, kind=chosen, reason=reason.strip(), at=queries.recording_moment(ticket, at), is_late=True
    )
    trail.record("work.recorded", ticket, by=by, at=at, agent=agent.pk, sessions=[one.pk for one in sessions])
    if not ticket.is_closed:
        work.follow_paid_time(ticket, at=at)
    return sessions


def _refuse_if_taken(agent_id: int, start: datetime.datetime, end: datetime.datetime, *, at: datetime.datetime) -> None:
    """Each moment of an agent is written down once. A clock that stands still may go on as if it had not, unless its
    agent has stopped it: until it is known what it was for, its time goes up to now.
    """
    worked = WorkSession.objects.standing().exclude(kind=WorkSession.Kind.MISTAKEN).filter(agent=agent_id)
    running = RunningWork.objects.filter(agent=agent_id, started_at__lt=end).first()
    if running:
        is_over = running.stopped_by == RunningWork.StoppedBy.AGENT
        if not is_over or running.end_at(at) > start:
            raise TimeTaken
    if worked.filter(started_at__lt=end, ended_at__gt=start).exists():
        raise TimeTaken


def _price_anew(ticket: Ticket, *, by: Actor, at: datetime.datetime) -> None:
    """T14: what a closed ticket costs less by now comes back; also while it is open only to repair what failed (T8)."""
    if ticket.cover is None or not ticket.cover.has_ended:
        return
    before = ticket.cover
    stretches = queries.stretches_of(WorkSession.objects.standing().filter(ticket=ticket))
    cover = endings.lower_price(cover=before, stretches=stretches, by=by, at=at)
    told = (cover.price_tokens, cover.price_minutes, cover.free_minutes_spent)
    if told != (before.price_tokens, before.price_minutes, before.free_minutes_spent):
        trail.record(
            "ticket.price_lowered", ticket, by=by, at=at, tokens=cover.price_tokens, minutes=cover.price_minutes,
            free_minutes=cover.free_minutes_spent,
        )  # fmt: skip
