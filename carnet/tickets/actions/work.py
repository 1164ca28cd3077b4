"""The clock of the team's work: one runs per agent, it stops when the paid time ends or its agent has gone, and it
leaves sessions behind.
"""

import datetime

from django.db import transaction

from carnet.audit.actors import WORKER, Actor
from carnet.charging import queries as charging_queries
from carnet.charging import rules as charging_rules
from carnet.charging.actions import covers
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets import mails, rules
from carnet.tickets.actions import trail, turns
from carnet.tickets.actions.messages import TicketClosed
from carnet.tickets.models import RunningWork, Ticket, WorkReason, WorkSession
from carnet.tickets.queries import work as queries

WARN_BEFORE = datetime.timedelta(minutes=5)
ONE_SECOND = datetime.timedelta(seconds=1)


class OtherWorkRuns(Refused):
    """The agent's clock runs on another ticket, `number`."""

    code = "tickets.other_work_runs"


class ReasonOwed(Refused):
    """The agent's clock has stopped on ticket `number`, and what it was for is still to say."""

    code = "tickets.reason_owed"


class WaitsForCover(Refused):
    """Nothing pays for work on the ticket (T5, T15)."""

    code = "tickets.waits_for_cover"


class OnlyRepair(Refused):
    """The ticket was reopened to repair what failed: nothing on it is charged (T8)."""

    code = "tickets.only_repair"


class NothingRuns(Refused):
    """No clock of this agent runs on the ticket."""

    code = "tickets.nothing_runs"


class ReasonMissing(Refused):
    """Worked time says what it was for."""

    code = "tickets.reason_missing"
    field = "reason"


@transaction.atomic
def start_work(
    *, ticket: Ticket, kind: str = WorkSession.Kind.CHARGEABLE, by: Actor, at: datetime.datetime
) -> RunningWork:
    """Start the agent's clock on a ticket; if it runs there already, that is the one.

    Work that is charged needs cover; training, reading and repair need none (T3, T8). Who starts on a ticket that
    nobody has takes it. Refuses `OtherWorkRuns` (one clock per agent: stop that one first), `ReasonOwed` (it has
    stopped, and what it was for is still to say), `WaitsForCover`, `OnlyRepair` and `TicketClosed`.
    """
    assert by.id is not None
    # Locks the agent, so that two starts can't both find nothing running.
    Person.objects.select_for_update().get(pk=by.id)
    ticket = _locked(ticket)
    stop_if_gone(by=by, at=at)
    work = RunningWork.objects.filter(agent_id=by.id).first()
    if work and work.stopped_at:
        raise ReasonOwed(number=work.ticket_id)
    if work and work.ticket_id != ticket.pk:
        raise OtherWorkRuns(number=work.ticket_id)
    if work:
        return work
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
    kind = _chosen(kind)
    if kind == WorkSession.Kind.CHARGEABLE:
        if ticket.only_repair:
            raise OnlyRepair(number=ticket.pk)
        follow_paid_time(ticket, at=at)
        if ticket.cover is None or ticket.cover.is_waiting:
            raise WaitsForCover(number=ticket.pk)
    work = RunningWork.objects.create(agent_id=by.id, ticket=ticket, kind=kind, started_at=at, last_sign_at=at)
    if ticket.assigned_to_id is None:
        turns.take_if_free(ticket, by=by)
        ticket.save(update_fields=["assigned_to"])
    trail.record("work.started", ticket, by=by, at=at)
    return work


@transaction.atomic
def sign_of_life(*, by: Actor, at: datetime.datetime) -> RunningWork | None:
    """The agent is there (T17): kept beside the clock that runs, if one does. Not audited: it comes every minute.

    It comes too late for a clock that has stood still by then, see `stop_if_gone`.
    """
    stop_if_gone(by=by, at=at)
    RunningWork.objects.filter(agent_id=by.id, stopped_at=None, last_sign_at__lt=at).update(last_sign_at=at)
    return RunningWork.objects.filter(agent_id=by.id).first()


@transaction.atomic
def stop_if_gone(*, by: Actor, at: datetime.datetime) -> None:
    """T17: without a sign of life of its agent for ⚙ idle_minutes the clock stopped at the last sign, however late this
    comes. What was worked after it is recorded with its reason (`stop_work`), or is not charged.
    """
    work = RunningWork.objects.select_for_update(of=("self",)).filter(agent_id=by.id, stopped_at=None).first()
    if work:
        _stop_in_silence(work, at=at)


def _stop_in_silence(work: RunningWork, *, at: datetime.datetime) -> None:
    stopped_at = rules.stopped_in_silence_at(work.last_sign_at, at, idle_minutes=provider.setting("idle_minutes"))
    if stopped_at is None:
        return
    work.stopped_at, work.stopped_by = stopped_at, RunningWork.StoppedBy.IDLE
    work.save(update_fields=["stopped_at", "stopped_by"])
    trail.record("work.idle", work.ticket, by=WORKER, at=at, agent=work.agent_id)


@transaction.atomic
def go_on_offered(*, ticket: Ticket, by: Actor, at: datetime.datetime) -> RunningWork:
    """T4: the agent goes on beyond the paid time: what is worked until somebody agrees to more is offered, and charged
    from then on.

    A clock that the end of the paid time has stopped goes on as if it had not; one that still runs will not be stopped
    there. Twice is once. Refuses `NothingRuns` (none of this agent, or it was stopped otherwise).
    """
    ticket = _locked(ticket)
    follow_paid_time(ticket, at=at)
    work = RunningWork.objects.select_for_update().filter(agent_id=by.id, ticket=ticket).first()
    if work is None or (work.stopped_at and work.stopped_by != RunningWork.StoppedBy.PAID_TIME):
        raise NothingRuns(number=ticket.pk)
    if not work.goes_on:
        work.goes_on, work.stopped_at, work.stopped_by = True, None, ""
        work.last_sign_at = max(work.last_sign_at, at)
        work.save(update_fields=["goes_on", "stopped_at", "stopped_by", "last_sign_at"])
        trail.record("work.goes_on", ticket, by=by, at=at)
    return work


@transaction.atomic
def halt_work(*, ticket: Ticket, by: Actor, at: datetime.datetime) -> RunningWork:
    """Let the agent's clock stand still: the time is kept as it is until the agent says what it was for.

    It stands at `at`, however late the reason comes; halted twice it stays where it was. Without a sign of life for
    too long it has stopped before (T17). Refuses `NothingRuns`.
    """
    ticket = _locked(ticket)
    stop_if_gone(by=by, at=at)
    work = RunningWork.objects.select_for_update().filter(agent_id=by.id, ticket=ticket).first()
    if work is None:
        raise NothingRuns(number=ticket.pk)
    if work.stopped_at is None:
        follow_paid_time(ticket, at=at)
        work.refresh_from_db()
    if work.stopped_at is None:
        work.stopped_at, work.stopped_by = max(work.started_at, at), RunningWork.StoppedBy.AGENT
        work.save(update_fields=["stopped_at", "stopped_by"])
        trail.record("work.halted", ticket, by=by, at=at)
    return work


@transaction.atomic
def stop_work(
    *,
    ticket: Ticket,
    reason: str,
    kind: str = "",
    worked_until: datetime.datetime | None = None,
    by: Actor,
    at: datetime.datetime,
) -> list[WorkSession]:
    """Stop the agent's clock on this ticket and turn its time into sessions, the offered part apart (T4).

    `kind` is chargeable, or training, reading, repair, which are shown and never charged (T3); that of the start if
    it is not said anew. `reason` is what the customer reads. `worked_until`: the clock had stopped in silence, and its
    agent says, with that reason, to have worked on until then (T17), not later than `at`. A clock that ran for no whole
    second leaves no session. Refuses `ReasonMissing` (see `halt_work`, which keeps the time meanwhile) and
    `NothingRuns`.
    """
    if not reason.strip():
        raise ReasonMissing
    if kind:
        RunningWork.objects.filter(agent_id=by.id, ticket=ticket).update(kind=_chosen(kind))
    work = halt_work(ticket=ticket, by=by, at=at)
    if worked_until and work.stopped_by == RunningWork.StoppedBy.IDLE and work.stopped_at:
        until = max(work.stopped_at, min(worked_until, at))
        trail.record(
            "work.silence_recorded", ticket, by=by, at=at, seconds=int((until - work.stopped_at).total_seconds())
        )
        work.stopped_at, work.stopped_by, work.last_sign_at = None, "", until
        work.save(update_fields=["stopped_at", "stopped_by", "last_sign_at"])
        # As if it had run on: its paid time may have ended meanwhile.
        work = halt_work(ticket=ticket, by=by, at=until)
    sessions = record_work(work, reason=reason.strip(), by=by, at=at)
    # Time that was free of charge until now may have used up what is paid.
    follow_paid_time(_locked(ticket), at=at)
    return sessions


def record_work(work: RunningWork, *, reason: str, by: Actor, at: datetime.datetime) -> list[WorkSession]:
    """Turn a clock into sessions, within the caller's transaction; without a reason if its ticket closes over it."""
    ticket, agent_id = work.ticket, work.agent_id
    sessions = keep_stretch(
        ticket, queries.stretch_of(work, at), kind=WorkSession.Kind(work.kind), reason=reason, at=at
    )
    work.delete()
    trail.record(
        "work.stopped",
        ticket,
        by=by,
        at=at,
        agent=agent_id,
        sessions=[session.pk for session in sessions],
        seconds=sum(session.duration_seconds for session in sessions),
    )
    return sessions


def keep_stretch(
    ticket: Ticket, stretch: charging_rules.Stretch, *, kind: WorkSession.Kind, reason: str, at: datetime.datetime
) -> list[WorkSession]:
    """Store worked time as sessions, what nothing pays for as offered (T4); part of the caller's action."""
    stored = queries.stretches_of(WorkSession.objects.standing().filter(ticket=ticket))
    limits = charging_queries.limits(ticket.cover) if ticket.cover else []
    sessions = []
    for part in charging_rules.meter([stretch], limits, already=stored):
        if part.end - part.start < ONE_SECOND:
            continue
        session = WorkSession.objects.create(
            ticket=ticket,
            agent_id=stretch.agent_id,
            kind=WorkSession.Kind.OFFERED if part.offered else kind,
            started_at=part.start,
            ended_at=part.end,
            recorded_at=at,
        )
        if reason:
            WorkReason.objects.create(session=session, text=reason)
        sessions.append(session)
    return sessions


@transaction.atomic
def follow_clock(*, ticket: Ticket, at: datetime.datetime) -> Ticket:
    """Warn five minutes before the paid time of a running clock ends, and stop it there (T4, F3) or where its agent has
    gone (T17).

    Called every few seconds; nothing depends on it but the warnings: time after the paid end is offered however
    late this comes.
    """
    ticket = _locked(ticket)
    if ticket.is_closed:
        return ticket
    for work in RunningWork.objects.select_for_update(of=("self",)).filter(ticket=ticket, stopped_at=None):
        _stop_in_silence(work, at=at)
    follow_paid_time(ticket, at=at)
    if ticket.cover is None or ticket.cover.is_waiting:
        return ticket
    clock = queries.clock_of(ticket, WorkSession.objects.standing().filter(ticket=ticket), at=at)
    if clock.stops_at and clock.stops_at - WARN_BEFORE <= at and not clock.next_units:
        mails.clock_warning(ticket, stops_at=clock.stops_at, at=at)
    return ticket


def follow_paid_time(ticket: Ticket, *, at: datetime.datetime) -> None:
    """Bring cover and clocks of a locked ticket up to `at`: take what was consented to, else stop the clocks and wait.

    However late it comes, the paid time ended when it ended: units are reserved as of that moment, and clocks stop
    there, but for those whose agents go on (`go_on_offered`) and those of work that is not charged.
    """
    while ticket.cover and not ticket.cover.is_waiting and not ticket.cover.has_ended:
        clock = queries.clock_of(ticket, WorkSession.objects.standing().filter(ticket=ticket), at=at)
        if clock.stops_at is not None and clock.stops_at <= at:
            ended_at = clock.stops_at
        elif not clock.runs and clock.worked_seconds >= clock.paid_seconds:
            ended_at = at
        else:
            return
        ticket.cover = covers.extend_paid_time(
            cover=ticket.cover, used_seconds=clock.paid_seconds, by=WORKER, at=ended_at
        )
        if ticket.cover.is_waiting:
            charged = RunningWork.objects.filter(ticket=ticket, stopped_at=None, goes_on=False)
            charged.exclude(kind__in=queries.NOT_CHARGED).update(
                stopped_at=ended_at, stopped_by=RunningWork.StoppedBy.PAID_TIME
            )
            trail.record("work.paid_time_ended", ticket, by=WORKER, at=at, paid_seconds=clock.paid_seconds)
            mails.clock_stopped(ticket, stopped_at=ended_at, at=at)


def _chosen(kind: str) -> WorkSession.Kind:
    """The kind that an agent chose: any but offered, which only the paid time decides, and mistaken."""
    if kind in (WorkSession.Kind.OFFERED, WorkSession.Kind.MISTAKEN) or kind not in WorkSession.Kind:
        raise ValueError(f"no kind of work to choose: {kind}")
    return WorkSession.Kind(kind)


def _locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).select_related("cover").get(pk=ticket.pk)
