"""The clock of the team's work: one runs per agent, it stops when the paid time ends or its agent has gone, and it
leaves sessions behind.
"""

import datetime
from dataclasses import replace

from django.db import transaction

from carnet.audit.actors import WORKER, Actor
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets import mails, rules
from carnet.tickets.actions import trail, turns
from carnet.tickets.actions.turns import TicketClosed
from carnet.tickets.models import RunningWork, Ticket, WorkReason, WorkSession
from carnet.tickets.queries import work as queries
from carnet.work import queries as work_queries
from carnet.work import rules as work_rules
from carnet.work.actions import covers

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
    said = _chosen(kind) if kind else None
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
    sessions = record_work(work, kind=said, reason=reason.strip(), by=by, at=at)
    # What is charged of it is known only now: it may have used up what is paid, or used less.
    follow_paid_time(_locked(ticket), at=at)
    return sessions


@transaction.atomic
def stop_all_work(*, ticket: Ticket, reason: str, by: Actor, at: datetime.datetime) -> None:
    """T13: no time runs on an answered ticket: the agent's own clock stops with its reason, those of others stand still
    until they say theirs. Nothing runs: nothing changes. Refuses `ReasonMissing`.
    """
    if RunningWork.objects.filter(agent_id=by.id, ticket=ticket).exists():
        stop_work(ticket=ticket, reason=reason, by=by, at=at)
    for other in RunningWork.objects.select_for_update(of=("self",)).filter(ticket=ticket, stopped_at=None):
        other.stopped_at, other.stopped_by = max(other.started_at, at), RunningWork.StoppedBy.AGENT
        other.save(update_fields=["stopped_at", "stopped_by"])
        trail.record("work.halted", ticket, by=by, at=at, agent=other.agent_id)


def record_work(
    work: RunningWork, *, kind: WorkSession.Kind | None = None, reason: str, by: Actor, at: datetime.datetime
) -> list[WorkSession]:
    """Turn a clock into sessions, within the caller's transaction; without a reason if its ticket closes over it.

    `kind` says anew what it was. It counted as what it ran as until now: turned free of charge, it used up paid time
    meanwhile (T4); turned chargeable, it is time recorded late.
    """
    ticket, agent_id, ran = work.ticket, work.agent_id, WorkSession.Kind(work.kind)
    kind = kind or ran
    stretch = queries.stretch_of(work, at)
    work.delete()
    if ran not in queries.NOT_CHARGED and kind in queries.NOT_CHARGED and queries.works_on(ticket):
        sessions = []
        for counted in keep_stretch(ticket, stretch, kind=ran, reason="", at=at):
            sessions.append(replace_session(counted, kind=kind, reason=reason, at=at))
    else:
        stretch = replace(stretch, chargeable=kind not in queries.NOT_CHARGED)
        sessions = keep_stretch(
            ticket, stretch, kind=kind, reason=reason, at=at, is_late=ran in queries.NOT_CHARGED
        )  # fmt: skip
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
    ticket: Ticket,
    stretch: work_rules.Stretch,
    *,
    kind: WorkSession.Kind,
    reason: str,
    at: datetime.datetime,
    is_late: bool = False,
) -> list[WorkSession]:
    """Store worked time as sessions, what nothing pays for as offered (T4); part of the caller's action.

    It is laid together with the clocks of others, so that it doesn't matter who stops first (T2). `is_late`: no clock
    of it was charged, so what the others' clocks have charged until now goes before it.
    """
    stored = queries.stretches_of(WorkSession.objects.of(ticket))
    limits = work_queries.limits(ticket.cover) if ticket.cover else []
    others = [queries.stretch_of(one, at) for one in queries.works_on(ticket) if one.agent_id != stretch.agent_id]
    if is_late:
        stored += work_rules.meter(others, limits, already=stored)
        others = []
    sessions = []
    for part in work_rules.meter([stretch, *others], limits, already=stored):
        if part.agent_id != stretch.agent_id or part.end - part.start < ONE_SECOND:
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


def replace_session(session: WorkSession, *, kind: WorkSession.Kind, reason: str, at: datetime.datetime) -> WorkSession:
    """The same time as another kind, within the caller's transaction; both stay readable (L11)."""
    other = WorkSession.objects.create(
        ticket_id=session.ticket_id, agent_id=session.agent_id, kind=kind, replaces=session,
        started_at=session.started_at, ended_at=session.ended_at, recorded_at=at,
    )  # fmt: skip
    if reason:
        WorkReason.objects.create(session=other, text=reason)
    return other


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
    follow_paid_time(ticket, at=at)
    if ticket.cover is None or ticket.cover.is_waiting:
        return ticket
    clock = queries.clock_of(ticket, WorkSession.objects.of(ticket), at=at)
    if clock.stops_at and clock.stops_at - WARN_BEFORE <= at and not clock.next_units:
        mails.clock_warning(ticket, stops_at=clock.stops_at, at=at)
    return ticket


def follow_paid_time(ticket: Ticket, *, at: datetime.datetime) -> None:
    """Bring cover and clocks of a locked ticket up to `at`: stop clocks whose agents have gone (T17), take what was
    consented to, else stop the clocks and wait; go on if less was charged than is paid (T14). Actions that change any
    of it begin with this.

    However late it comes, the paid time ended when it ended: units are reserved as of that moment, and clocks stop
    there, but for those whose agents go on (`go_on_offered`) and those of work that is not charged.
    """
    for work in RunningWork.objects.select_for_update(of=("self",)).filter(ticket=ticket, stopped_at=None):
        _stop_in_silence(work, at=at)
    if ticket.cover and ticket.cover.is_waiting:
        _resume(ticket, at=at)
    while ticket.cover and not ticket.cover.is_waiting and not ticket.cover.has_ended:
        clock = queries.clock_of(ticket, WorkSession.objects.of(ticket), at=at)
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


def _resume(ticket: Ticket, *, at: datetime.datetime) -> None:
    """T14: less was charged than is paid, because time was corrected: it is covered again, and its person is told."""
    assert ticket.cover is not None
    clock = queries.clock_of(ticket, WorkSession.objects.of(ticket), at=at)
    if clock.worked_seconds >= clock.paid_seconds:
        return
    ticket.cover = covers.resume_cover(cover=ticket.cover, used_seconds=clock.worked_seconds, by=WORKER, at=at)
    if turns.take_up(ticket):
        ticket.save()
    trail.record("ticket.covered", ticket, by=WORKER, at=at, means=ticket.cover.means)
    mails.covered(ticket, at=at)


def _chosen(kind: str) -> WorkSession.Kind:
    """The kind that an agent chose: any but offered, which only the paid time decides, and mistaken."""
    if kind in (WorkSession.Kind.OFFERED, WorkSession.Kind.MISTAKEN) or kind not in WorkSession.Kind:
        raise ValueError(f"no kind of work to choose: {kind}")
    return WorkSession.Kind(kind)


def _locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).select_related("cover").get(pk=ticket.pk)
