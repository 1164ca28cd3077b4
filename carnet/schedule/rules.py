"""Opening time (M1, M7), right over holidays, closures and clock changes."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo

from carnet.kernel import calendar

Window = tuple[datetime.time, datetime.time]
Span = tuple[datetime.datetime, datetime.datetime]

MIDNIGHT = datetime.time(0)
DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
HORIZON_DAYS = 366


class ClosedTooLong(ValueError):
    """The closed days leave no opening for over a year: nothing can be promised or counted with such hours."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of each weekday (0 is Monday) by the clock on the wall in `zone`.

    Weekdays that are missing, and `closed_days`, are closed.
    A window begins before it ends; an end of 00:00 means 24:00, so that hours over midnight are given as two windows
    that touch. Windows of a day may stand in any order but don't overlap. Hours that never open are refused,
    ValueError.

    It is open whenever the wall clock shows a time in a window: in the missing hour of March it can't be, in the
    doubled hour of October it is twice. A window from 2:00 to 3:00 is empty on the one day and two hours long on the
    other.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Window, ...]]
    closed_days: frozenset[datetime.date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not any(self.weekly.values()):
            raise ValueError("these hours never open")
        for weekday, windows in self.weekly.items():
            if weekday not in range(7):
                raise ValueError(f"weekdays go from 0 (Monday) to 6: {weekday}")
            for start, end in windows:
                if start >= end and end != MIDNIGHT:
                    raise ValueError(f"a window begins before it ends: {start} to {end}")
            for (_, end), (start, _) in pairwise(sorted(windows)):
                if start < end or end == MIDNIGHT:
                    raise ValueError(f"windows overlap at {start}")

    def is_open(self, at: datetime.datetime) -> bool:
        """M1: whether `at` lies in the opening hours; they begin with their first instant and end before their last."""
        day, wall = calendar.date_on(at, self.zone), at.astimezone(self.zone).time()
        if day in self.closed_days:
            return False
        return any(
            start <= wall and (wall < end or end == MIDNIGHT) for start, end in self.weekly.get(day.weekday(), ())
        )

    def opens_next(self, at: datetime.datetime) -> datetime.datetime:
        """M1: `at` itself if it is open then, else the next opening; refuses with ClosedTooLong."""
        start, _ = next(self._spans_from(at))
        return max(at, start)

    def closes_next(self, at: datetime.datetime) -> datetime.datetime | None:
        """The end of the hours in which `at` lies, or of the next ones; None if they don't end within a year.

        Hours that touch, also at midnight, are one. Refuses with ClosedTooLong.
        """
        spans = self._spans_from(at)
        _, end = next(spans)
        while self.is_open(end):
            if end - at > HORIZON_DAYS * DAY:
                return None
            _, end = next(spans)
        return end

    def opening_seconds(self, start: datetime.datetime, end: datetime.datetime) -> int:
        """M1: the opening time from `start` to `end` in whole seconds; 0 if `end` is not later."""
        total = datetime.timedelta(0)
        day, last_day = calendar.date_on(start, self.zone), calendar.date_on(end, self.zone)
        while day <= last_day:
            for opens, closes in self._spans_on(day):
                total += max(datetime.timedelta(0), min(closes, end) - max(opens, start))
            day += DAY
        return total // SECOND

    def add_opening_time(self, start: datetime.datetime, seconds: int) -> datetime.datetime:
        """M7: the first instant at which `seconds` of opening time have passed since `start`.

        Refuses with ClosedTooLong. So ten minutes from Friday 17:50, closing at 18:00, end on Friday at 18:00, not on
        Monday morning.
        """
        if seconds < 0:
            raise ValueError(f"no time is negative: {seconds}")
        at, left = start, seconds * SECOND
        spans = self._spans_from(start)
        while left:
            opens, closes = next(spans)
            at = min(closes, max(opens, start) + left)
            left -= at - max(opens, start)
        return at

    def _spans_from(self, at: datetime.datetime) -> Iterator[Span]:
        """The opening spans that end after `at`, without end; those of two days stay two, even if they touch."""
        day, closed_since = calendar.date_on(at, self.zone), calendar.date_on(at, self.zone)
        while day - closed_since <= HORIZON_DAYS * DAY:
            for opens, closes in self._spans_on(day):
                if closes > at:
                    closed_since = day
                    yield opens, closes
            day += DAY
        raise ClosedTooLong(f"closed from {closed_since} for over a year")

    def _spans_on(self, day: datetime.date) -> Iterator[Span]:
        """The opening spans of a day in UTC, in order of time."""
        windows = () if day in self.closed_days else sorted(self.weekly.get(day.weekday(), ()))
        if not windows:
            return
        for starts, ends, offset in _pieces_of(day, self.zone):
            for start, end in windows:
                end_day = day + DAY if end == MIDNIGHT else day
                opens = datetime.datetime.combine(day, start, datetime.UTC) - offset
                closes = datetime.datetime.combine(end_day, end, datetime.UTC) - offset
                if max(opens, starts) < min(closes, ends):
                    yield max(opens, starts), min(closes, ends)


def _pieces_of(
    day: datetime.date, zone: ZoneInfo
) -> list[tuple[datetime.datetime, datetime.datetime, datetime.timedelta]]:
    """The day cut where its clocks change, at most once a day: from, to, and how far the wall clock is ahead of UTC."""
    start, end = calendar.start_of(day, zone), calendar.end_of(day, zone)
    before, after = _offset_at(start, zone), _offset_at(end - SECOND, zone)
    if before == after:
        return [(start, end, before)]
    low, high = start, end - SECOND
    while high - low > SECOND:
        middle = low + (high - low) // 2 // SECOND * SECOND
        low, high = (middle, high) if _offset_at(middle, zone) == before else (low, middle)
    return [(start, high, before), (high, end, after)]


def _offset_at(at: datetime.datetime, zone: ZoneInfo) -> datetime.timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
