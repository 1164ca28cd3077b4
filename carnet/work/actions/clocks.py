"""The clocks of the team's work: one runs per agent, it stops when the paid time ends or its agent has gone, and it
leaves sessions behind. Parts of the caller's action on a case, but for what concerns an agent's clock alone.
"""

import datetime
from dataclasses import replace

from django.db import transaction

from carnet.kernel.refused import Refused
from carnet.work.actions import sessions, time_passing
from carnet.work.models import NOT_CHARGED, RunningWork, WorkSession
from carnet.work.queries.cases import Case


class OtherWorkRuns(Refused):
    """The agent's clock runs on other work, that of the cover `cover`."""

    code = "work.other_work_runs"


class ReasonOwed(Refused):
    """The agent's clock has stopped on the cover `cover`, and what it was for is still to say."""

    code = "work.reason_owed"


class WaitsForCover(Refused):
    """Nothing pays for the work (T5, T15)."""

    code = "work.waits_for_cover"


class NothingRuns(Refused):
    """No clock of this agent runs there."""

    code = "work.nothing_runs"


class ReasonMissing(Refused):
    """Worked time says what it was for."""

    code = "work.reason_missing"
    field = "reason"


def kind_chosen(kind: str) -> WorkSession.Kind:
    """The kind that an agent chose: any but offered, which only the paid time decides, and mistaken."""
    if kind in (WorkSession.Kind.OFFERED, WorkSession.Kind.MISTAKEN) or kind not in WorkSession.Kind:
        raise ValueError(f"no kind of work to choose: {kind}")
    return WorkSession.Kind(kind)


def clock_here(case: Case, *, at: datetime.datetime) -> RunningWork | None:
    """The clock that the agent of the case has running on it; None if they have none anywhere. The caller has locked
    the agent. Refuses `OtherWorkRuns` (one clock per agent: stop that one first) and `ReasonOwed` (it has stopped, and
    what it was for is still to say).
    """
    mine = case.own_clock
    if mine:
        time_passing.stop_if_silent(case, mine, at=at)
    if mine and mine.stopped_at:
        raise ReasonOwed(cover=mine.cover_id)
    if mine and mine.cover_id != case.cover.pk:
        raise OtherWorkRuns(cover=mine.cover_id)
    return mine


def start(case: Case, *, kind: WorkSession.Kind, at: datetime.datetime) -> tuple[RunningWork, time_passing.Followed]:
    """Start the clock of the agent of the case, who has none (`clock_here`).

    Work that is charged needs cover; training, reading and repair need none (T3, T8). Refuses `WaitsForCover`.
    """
    followed = time_passing.Followed()
    if kind == WorkSession.Kind.CHARGEABLE:
        followed = time_passing.follow(case, at=at)
        if case.cover.state != case.cover.State.COVERED:
            raise WaitsForCover
    assert case.agent_id is not None
    clock = RunningWork(agent_id=case.agent_id, cover=case.cover, kind=kind, started_at=at, last_sign_at=at)
    clock.save(force_insert=True)
    case.clocks.append(clock)
    return clock, followed


@transaction.atomic
def sign_of_life(*, agent_id: int, at: datetime.datetime) -> tuple[RunningWork | None, bool]:
    """The agent is there (T17): kept beside the clock that runs, if one does; and whether that came too late, because
    the clock has stood still by then. Not audited: it comes every minute.
    """
    clock = RunningWork.objects.select_for_update().filter(agent_id=agent_id).first()
    if clock is None or clock.stopped_at:
        return clock, False
    is_silent = time_passing.put_to_rest(clock, at=at)
    if not is_silent:
        clock.last_sign_at = max(clock.last_sign_at, at)
    clock.save(update_fields=["stopped_at", "stopped_by", "last_sign_at"])
    return clock, is_silent


def go_on_offered(case: Case, *, at: datetime.datetime) -> tuple[RunningWork, bool]:
    """T4: the agent of the case goes on beyond the paid time: what is worked until somebody agrees to more is offered,
    and charged from then on. The case was followed to `at`. Whether that is new.

    A clock that the end of the paid time has stopped goes on as if it had not; one that still runs will not be stopped
    there. Twice is once. Refuses `NothingRuns` (none of this agent, or it was stopped otherwise).
    """
    clock = _mine(case)
    if clock.stopped_at and clock.stopped_by != RunningWork.StoppedBy.PAID_TIME:
        raise NothingRuns
    if clock.goes_on:
        return clock, False
    clock.goes_on, clock.stopped_at, clock.stopped_by = True, None, ""
    clock.last_sign_at = max(clock.last_sign_at, at)
    case.changed_clocks.append(clock)
    return clock, True


def halt(case: Case, *, at: datetime.datetime) -> tuple[RunningWork, bool, time_passing.Followed]:
    """Let the clock of the agent of the case stand still: the time is kept as it is until the agent says what it was
    for. Whether it was halted by this.

    It stands at `at`, however late the reason comes; halted twice it stays where it was. Without a sign of life for
    too long it has stopped before (T17), and at the end of the paid time as well. Refuses `NothingRuns`.
    """
    clock = _mine(case)
    if clock.stopped_at:
        return clock, False, time_passing.Followed()
    followed = time_passing.follow(case, at=at)
    return clock, stand_still(case, clock, at=at), followed


def stand_still(case: Case, clock: RunningWork, *, at: datetime.datetime) -> bool:
    """Stop a clock by its agent's word; whether it ran."""
    if clock.stopped_at:
        return False
    clock.stopped_at, clock.stopped_by = max(clock.started_at, at), RunningWork.StoppedBy.AGENT
    case.changed_clocks.append(clock)
    return True


def run_on(case: Case, clock: RunningWork, *, until: datetime.datetime) -> int:
    """T17: the clock had stopped in silence, and its agent says to have worked on until then: as if it had run on.
    How many seconds more.
    """
    assert clock.stopped_at
    until = max(clock.stopped_at, until)
    seconds = int((until - clock.stopped_at).total_seconds())
    clock.stopped_at, clock.stopped_by, clock.last_sign_at = None, "", until
    case.changed_clocks.append(clock)
    return seconds


def record(
    case: Case, clock: RunningWork, *, kind: WorkSession.Kind | None = None, reason: str, at: datetime.datetime
) -> list[WorkSession]:
    """Turn a clock into sessions, the offered part apart (T4); without a reason if its ticket closes over it.

    `kind` says anew what it was. It counted as what it ran as until now: turned free of charge, it used up paid time
    meanwhile (T4); turned chargeable, it is time recorded late. A clock that ran for no whole second leaves no session.
    """
    ran = WorkSession.Kind(clock.kind)
    kind = kind or ran
    stretch = clock.as_clock().until(at)
    case.clocks.remove(clock)
    case.gone_clocks.append(clock)
    if ran not in NOT_CHARGED and kind in NOT_CHARGED and case.clocks:
        counted = sessions.keep(case, stretch, kind=ran, reason="", at=at)
        return [sessions.replace(case, one, kind=kind, reason=reason, at=at) for one in counted]
    stretch = replace(stretch, chargeable=kind not in NOT_CHARGED)
    return sessions.keep(case, stretch, kind=kind, reason=reason, at=at, is_late=ran in NOT_CHARGED)


def _mine(case: Case) -> RunningWork:
    mine = case.own_clock
    if mine is None or mine.cover_id != case.cover.pk:
        raise NothingRuns
    return mine
