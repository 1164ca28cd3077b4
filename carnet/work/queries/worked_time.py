"""What was worked for a cover, what of it is paid, and when its clocks stop, as pages show it (T2–T4, F2, F3)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Q

from carnet.people.models import Person
from carnet.work.models import Cover, MergedTime, PaidTime, RunningWork, WorkSession
from carnet.work.queries import covers as queries
from carnet.work.rules import clocks, prices


@dataclass(frozen=True, slots=True)
class Clock:
    """The worked time of one cover at one moment. Running clocks are counted as if they stopped now."""

    worked_seconds: int  # W of T2: charged, overlapping work counted once
    offered_seconds: int
    paid_seconds: int
    runs: bool
    stops_at: datetime.datetime | None  # when the paid time ends if the running clocks go on; None if none runs
    works: tuple[RunningWork, ...]
    price: prices.Price  # what it would cost if it ended now
    next_units: str = ""  # what is taken without asking when the paid time ends: tokens, minutes or nothing (T4, H4)

    @property
    def left_seconds(self) -> int:
        return max(0, self.paid_seconds - self.worked_seconds)


def clock_of(
    cover: Cover,
    sessions: Iterable[WorkSession],
    *,
    at: datetime.datetime,
    works: Iterable[RunningWork] | None = None,
) -> Clock:
    """How far the work has come; `sessions` (`WorkSessionQuerySet.of`) and `works` are all of the cover."""
    works = tuple(works_on(cover) if works is None else works)
    # Few covers have merged work (T10): what is paid tells whether there is any to ask for.
    has_merged = Exists(MergedTime.objects.filter(cover=cover))
    paid = list(PaidTime.objects.filter(cover=cover).annotate(has_merged=has_merged))
    merged = None if paid and paid[0].has_merged else ()
    had, limits = queries.had_by(paid), queries.limits_by(paid)
    stored = [one.as_stretch() for one in sessions]
    course = clocks.course_of([one.as_clock() for one in works], stored, limits, at=at)
    return Clock(
        worked_seconds=course.worked_seconds,
        offered_seconds=course.offered_seconds,
        paid_seconds=course.paid_seconds,
        runs=course.runs,
        stops_at=course.stops_at,
        works=works,
        price=queries.price_now(cover, course.worked_seconds, had=had, merged=merged) if paid else prices.Price(),
        next_units=queries.next_units(cover, had) if paid and not cover.has_ended else "",
    )


def works_on(cover: Cover) -> list[RunningWork]:
    """The clocks on the cover, running and standing still, with their agents."""
    return list(RunningWork.objects.filter(cover=cover).select_related("agent").order_by("started_at"))


def works_of(cover: Cover, agent: Person) -> list[RunningWork]:
    """The clocks on the cover, and the agent's own wherever it is, with one query."""
    wanted = Q(cover=cover) | Q(agent=agent)
    return list(RunningWork.objects.filter(wanted).select_related("agent").order_by("started_at"))
