"""Work on a ticket: the ticket is locked, `carnet.work` keeps the time, and what it answers is told and noted here."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER, Actor
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, whose_turn, work_outcomes
from carnet.tickets.actions.whose_turn import TicketClosed
from carnet.tickets.models import Ticket
from carnet.work.actions import clocks, time_passing
from carnet.work.actions.cases import store
from carnet.work.models import RunningWork, WorkSession
from carnet.work.queries import covers as work_queries
from carnet.work.queries.cases import Case

WARN_BEFORE = datetime.timedelta(minutes=5)


class OnlyRepair(Refused):
    """The ticket was reopened to repair what failed: nothing on it is charged (T8)."""

    code = "tickets.only_repair"


@transaction.atomic
def start_work(
    *, ticket: Ticket, kind: str = WorkSession.Kind.CHARGEABLE, by: Actor, at: datetime.datetime
) -> RunningWork:
    """Start the agent's clock on a ticket; if it runs there already, that is the one.

    Who starts on a ticket that nobody has takes it. Refuses `TicketClosed`, `OnlyRepair`, and of `work.clocks`
    `OtherWorkRuns`, `ReasonOwed` and `WaitsForCover`, each with the `number` of the ticket.
    """
    assert by.id is not None
    # Locks the agent, so that two starts can't both find nothing running.
    Person.objects.select_for_update().only("pk").get(pk=by.id)
    ticket = Ticket.objects.locked(ticket.pk)
    case = Case(ticket.cover, agent_id=by.id)
    with _naming(ticket):
        running = clocks.clock_here(case, at=at)
    if running:
        return running
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
    chosen = clocks.kind_chosen(kind)
    if chosen == WorkSession.Kind.CHARGEABLE and ticket.only_repair:
        raise OnlyRepair(number=ticket.pk)
    with _naming(ticket):
        clock, followed = clocks.start(case, kind=chosen, at=at)
    store(case)
    work_outcomes.react(ticket, case, followed=followed, at=at)
    if ticket.assigned_to_id is None:
        whose_turn.take_if_free(ticket, by=by)
        ticket.save(update_fields=["assigned_to"])
    audit.record_all([*case.entries, audit_trail.entry("work.started", ticket, by=by, at=at)])
    return clock


@transaction.atomic
def sign_of_life(*, by: Actor, at: datetime.datetime) -> RunningWork | None:
    """The agent is there (T17): kept beside the clock that runs, if one does. It comes too late for a clock that has
    stood still by then.
    """
    assert by.id is not None
    clock, is_silent = clocks.sign_of_life(agent_id=by.id, at=at)
    if clock and is_silent:
        ticket = Ticket.objects.get(cover=clock.cover_id)
        audit_trail.record("work.idle", ticket, by=WORKER, at=at, agent=clock.agent_id)
    return clock


@transaction.atomic
def go_on_offered(*, ticket: Ticket, by: Actor, at: datetime.datetime) -> RunningWork:
    """T4: the agent goes on beyond the paid time (`work.clocks.go_on_offered`). Refuses `NothingRuns`."""
    ticket, case = _taken_up(ticket, by)
    followed = time_passing.follow(case, at=at)
    with _naming(ticket):
        clock, is_new = clocks.go_on_offered(case, at=at)
    store(case)
    work_outcomes.react(ticket, case, followed=followed, at=at)
    if is_new:
        case.entries.append(audit_trail.entry("work.goes_on", ticket, by=by, at=at))
    audit.record_all(case.entries)
    return clock


@transaction.atomic
def halt_work(*, ticket: Ticket, by: Actor, at: datetime.datetime) -> RunningWork:
    """Let the agent's clock stand still: the time is kept as it is until the agent says what it was for
    (`work.clocks.halt`). Refuses `NothingRuns`.
    """
    ticket, case = _taken_up(ticket, by)
    with _naming(ticket):
        clock, is_halted, followed = clocks.halt(case, at=at)
    store(case)
    work_outcomes.react(ticket, case, followed=followed, at=at)
    if is_halted:
        case.entries.append(audit_trail.entry("work.halted", ticket, by=by, at=at))
    audit.record_all(case.entries)
    return clock


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
        raise clocks.ReasonMissing
    ticket, case = _taken_up(ticket, by)
    sessions = stop_own(ticket, case, reason=reason, kind=kind, worked_until=worked_until, by=by, at=at)
    audit.record_all(case.entries)
    return sessions


def stop_own(
    ticket: Ticket,
    case: Case,
    *,
    reason: str,
    kind: str = "",
    worked_until: datetime.datetime | None = None,
    by: Actor,
    at: datetime.datetime,
) -> list[WorkSession]:
    """The same as part of an action that has the case, and stores its entries."""
    said = clocks.kind_chosen(kind) if kind else None
    with _naming(ticket):
        clock, is_halted, followed = clocks.halt(case, at=at)
    noted, halted_at = [followed], at
    if worked_until and clock.stopped_by == RunningWork.StoppedBy.IDLE:
        until = min(worked_until, at)
        seconds = clocks.run_on(case, clock, until=until)
        case.entries.append(audit_trail.entry("work.silence_recorded", ticket, by=by, at=at, seconds=seconds))
        # As if it had run on: its paid time may have ended meanwhile.
        halted_at = clock.last_sign_at
        clock, is_halted, followed = clocks.halt(case, at=halted_at)
        noted.append(followed)
    if is_halted:
        case.entries.append(audit_trail.entry("work.halted", ticket, by=by, at=halted_at))
    sessions = clocks.record(case, clock, kind=said, reason=reason.strip(), at=at)
    # What is charged of it is known only now: it may have used up what is paid, or used less.
    noted.append(time_passing.follow(case, at=at))
    store(case)
    for one in noted:
        work_outcomes.react(ticket, case, followed=one, at=at)
    work_outcomes.note_stopped(ticket, case, clock=clock, sessions=sessions, by=by, at=at)
    return sessions


def stop_all(ticket: Ticket, case: Case, *, reason: str, by: Actor, at: datetime.datetime) -> None:
    """T13: no time runs on an answered ticket: the agent's own clock stops with its reason, those of others stand still
    until they say theirs. Nothing runs: nothing changes. Part of the caller's action. Refuses `ReasonMissing`.
    """
    mine = case.own_clock
    if mine and mine in case.clocks:
        if not reason.strip():
            raise clocks.ReasonMissing
        stop_own(ticket, case, reason=reason, by=by, at=at)
    for other in case.clocks:
        if clocks.stand_still(case, other, at=at):
            case.entries.append(audit_trail.entry("work.halted", ticket, by=by, at=at, agent=other.agent_id))
    store(case)


@transaction.atomic
def follow_clock(*, ticket: Ticket, at: datetime.datetime) -> Ticket:
    """Warn five minutes before the paid time of a running clock ends, and stop it there (T4, F3) or where its agent has
    gone (T17).

    Called every few seconds; nothing depends on it but the warnings: time after the paid end is offered however
    late this comes.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    if ticket.is_closed:
        return ticket
    case = Case(ticket.cover)
    follow(ticket, case, at=at)
    audit.record_all(case.entries)
    if ticket.cover.is_waiting:
        return ticket
    stops_at = case.course(at).stops_at
    if stops_at and stops_at - WARN_BEFORE <= at and not work_queries.next_units(ticket.cover, case.had):
        mails.clock_warning(ticket, stops_at=stops_at, at=at)
    return ticket


def follow(ticket: Ticket, case: Case, *, at: datetime.datetime) -> None:
    """Bring an open ticket up to `at` (`work.time_passing.follow`), and tell what happened; part of the caller's
    action, which stores the entries of the case.
    """
    followed = time_passing.follow(case, at=at)
    store(case)
    work_outcomes.react(ticket, case, followed=followed, at=at)


def _taken_up(ticket: Ticket, by: Actor) -> tuple[Ticket, Case]:
    ticket = Ticket.objects.locked(ticket.pk)
    return ticket, Case(ticket.cover, agent_id=by.id)


@contextmanager
def _naming(ticket: Ticket) -> Iterator[None]:
    """What `work` refuses names a ticket: this one, or that of the cover on which the agent's clock is."""
    try:
        yield
    except (clocks.NothingRuns, clocks.WaitsForCover) as refused:
        refused.values["number"] = ticket.pk
        raise
    except (clocks.OtherWorkRuns, clocks.ReasonOwed) as refused:
        refused.values["number"] = Ticket.objects.get(cover=refused.values.pop("cover")).pk
        raise
