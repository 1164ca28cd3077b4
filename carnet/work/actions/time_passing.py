"""Bringing a case up to a moment: what each action on worked time begins with."""

import datetime
from dataclasses import dataclass, field

from carnet.audit.actors import WORKER
from carnet.provider import queries as provider
from carnet.work.actions import covers
from carnet.work.models import NOT_CHARGED, Cover, RunningWork
from carnet.work.queries.cases import Case
from carnet.work.rules import clocks


@dataclass(frozen=True, slots=True)
class PaidTimeEnded:
    """T4, F3: nothing more is paid since `at`; the clocks stopped there, and the cover waits for units or consent."""

    at: datetime.datetime
    paid_seconds: int


@dataclass(slots=True)
class Followed:
    """What happened to a case by itself, for whoever tells people."""

    silenced: list[RunningWork] = field(default_factory=list)  # T17: clocks that stopped with their agents' last sign
    is_resumed: bool = False  # T14: it waited, and is covered again because less was charged than is paid
    ended: PaidTimeEnded | None = None


def follow(case: Case, *, at: datetime.datetime) -> Followed:
    """Bring cover and clocks up to `at`: stop clocks whose agents have gone (T17), take what was consented to, else
    stop the clocks and wait; go on if less was charged than is paid (T14).

    However late it comes, the paid time ended when it ended: units are reserved as of that moment, and clocks stop
    there, but for those whose agents go on (`clocks.go_on_offered`) and those of work that is not charged.
    """
    followed = Followed([one for one in case.clocks if stop_if_silent(case, one, at=at)])
    if case.cover.is_waiting:
        course = case.course(at)
        followed.is_resumed = covers.resume(case, used_seconds=course.worked_seconds, by=WORKER, at=at)
    while case.cover.state == Cover.State.COVERED:
        course = case.course(at)
        ended_at = course.paid_until(at)
        if ended_at is None:
            break
        if not covers.extend(case, by=WORKER, at=ended_at):
            followed.ended = PaidTimeEnded(ended_at, course.paid_seconds)
            _stop_clocks(case, at=ended_at)
    return followed


def _stop_clocks(case: Case, *, at: datetime.datetime) -> None:
    for clock in case.clocks:
        if clock.stopped_at is None and not clock.goes_on and clock.kind not in NOT_CHARGED:
            clock.stopped_at, clock.stopped_by = at, RunningWork.StoppedBy.PAID_TIME
            case.changed_clocks.append(clock)


def stop_if_silent(case: Case, clock: RunningWork, *, at: datetime.datetime) -> bool:
    """T17: without a sign of life of its agent for ⚙ idle_minutes the clock stopped at the last sign, however late this
    comes; whether it has stopped now. What was worked after it is recorded with its reason (`clocks.stop`), or is not
    charged.
    """
    if clock.stopped_at is not None or not put_to_rest(clock, at=at):
        return False
    case.changed_clocks.append(clock)
    return True


def put_to_rest(clock: RunningWork, *, at: datetime.datetime) -> bool:
    """The same of a clock alone, which the caller stores."""
    stopped_at = clocks.stopped_in_silence_at(clock.last_sign_at, at, idle_minutes=provider.setting("idle_minutes"))
    if stopped_at is None:
        return False
    clock.stopped_at, clock.stopped_by = stopped_at, RunningWork.StoppedBy.IDLE
    return True
