"""The clocks of running work, laid together with what was worked before (T2–T4, T17)."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from carnet.work.rules import metering, time_worked
from carnet.work.rules.time_worked import Limit, Stretch

# As far as a running clock is looked ahead: longer than anything that is paid at once.
HORIZON = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AgentClock:
    """An agent's clock, which runs or was stopped. `goes_on`: beyond the paid time, offered (T4)."""

    agent_id: int
    started_at: datetime.datetime
    stopped_at: datetime.datetime | None
    chargeable: bool
    goes_on: bool = False

    def until(self, end: datetime.datetime) -> Stretch:
        """Its time up to `end`, or to where it was stopped."""
        end = max(self.started_at, self.stopped_at or end)
        return Stretch(self.started_at, end, self.chargeable, self.agent_id)


@dataclass(frozen=True, slots=True)
class Course:
    """How far work has come at a moment, its clocks counted as if they stopped then."""

    worked_seconds: int  # W of T2: charged, overlapping work counted once
    offered_seconds: int
    paid_seconds: int
    runs: bool
    stops_at: datetime.datetime | None  # when the paid time ends if the running clocks go on; None if none is charged

    def paid_until(self, at: datetime.datetime) -> datetime.datetime | None:
        """T4, F3: when the paid time ended, if it has by `at`: where the clocks stop, or at once if none runs."""
        if self.stops_at is not None and self.stops_at <= at:
            return self.stops_at
        return at if not self.runs and self.worked_seconds >= self.paid_seconds else None


def course_of(
    clocks: Sequence[AgentClock], stored: Sequence[Stretch], limits: Sequence[Limit], *, at: datetime.datetime
) -> Course:
    """What all of it comes to at `at`; `stored` are all sessions, those that were replaced too (T4)."""
    fresh = metering.meter([clock.until(at) for clock in clocks], limits, already=stored)
    together = [*stored, *fresh]
    return Course(
        worked_seconds=time_worked.worked_seconds(together),
        offered_seconds=sum(
            int((part.end - part.start).total_seconds())
            for part in together
            if part.offered and part.counted_until is None
        ),
        paid_seconds=limits[-1][1] if limits else 0,
        runs=any(clock.stopped_at is None for clock in clocks),
        stops_at=paid_end(clocks, stored, limits, at=at),
    )


def paid_end(
    clocks: Sequence[AgentClock], stored: Sequence[Stretch], limits: Sequence[Limit], *, at: datetime.datetime
) -> datetime.datetime | None:
    """When the paid time ends, or ended, if the clocks that run go on; None if none is charged. It may be past.

    A clock that goes on beyond it (T4) may have offered parts before: the paid time ends where its last one begins.
    """
    running = [clock.agent_id for clock in clocks if clock.stopped_at is None and clock.chargeable]
    if not running:
        return None
    ahead = [clock.until(max(at, clock.started_at) + HORIZON) for clock in clocks]
    parts = metering.meter(ahead, limits, already=stored)
    end = max(stretch.end for stretch in ahead)
    last = {part.agent_id: part.start for part in parts if part.offered and part.end == end}
    return min((last[agent_id] for agent_id in running if agent_id in last), default=None)


def parts_to_keep(
    stretch: Stretch,
    others: Iterable[Stretch],
    stored: Iterable[Stretch],
    limits: Sequence[Limit],
    *,
    is_late: bool = False,
) -> list[Stretch]:
    """Worked time cut into what is paid and what is offered (T4), without parts of less than a second.

    It is laid together with the clocks of `others`, so that it doesn't matter who stops first (T2). `is_late`: no clock
    of it was charged, so what the others' clocks have charged until now goes before it.
    """
    others, stored = list(others), list(stored)
    if is_late:
        stored += metering.meter(others, limits, already=stored)
        others = []
    parts = metering.meter([stretch, *others], limits, already=stored)
    return [part for part in parts if part.agent_id == stretch.agent_id and part.end - part.start >= time_worked.SECOND]


def stopped_in_silence_at(
    last_sign_at: datetime.datetime, at: datetime.datetime, *, idle_minutes: int = 10
) -> datetime.datetime | None:
    """T17: when the clock stopped, at the last sign of life, if `idle_minutes` went by since; None: it runs."""
    return last_sign_at if at - last_sign_at >= datetime.timedelta(minutes=idle_minutes) else None


def asks_whether_there_at(last_sign_at: datetime.datetime, *, idle_minutes: int = 10) -> datetime.datetime:
    """T17: from when the desk asks «are you still there?»: after half of the time in which the clock would stop."""
    return last_sign_at + datetime.timedelta(minutes=idle_minutes) / 2
