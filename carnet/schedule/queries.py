"""The opening hours as published, kept in each process for a moment: every page and the whole queue ask for them."""

import datetime
import time
from dataclasses import dataclass, field
from itertools import groupby

import holidays

from carnet.kernel import calendar
from carnet.provider import queries as provider
from carnet.schedule import rules
from carnet.schedule.models import ClosedDays, PublishedHours

KEPT_SECONDS = 2
# From the year before a question to well after anything that waits for it: the rules look a year ahead at most.
YEARS_BEFORE, YEARS_AFTER = 1, 3
# Until the provider has published hours: Monday to Friday, 9 to 18.
UNPUBLISHED: dict[int, tuple[rules.Window, ...]] = {
    weekday: ((datetime.time(9), datetime.time(18)),) for weekday in range(5)
}


@dataclass(frozen=True, slots=True)
class Status:
    """Whether somebody answers now: `until` when (None: no end), or when it `opens_at` again (None: not in a year)."""

    is_open: bool
    until: datetime.datetime | None
    opens_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class DayShown:
    """One weekday of the published hours: 0 for Monday, and its stretches in order."""

    weekday: int
    windows: tuple[rules.Window, ...]


@dataclass(frozen=True, slots=True)
class DaysShown:
    """Weekdays that follow each other and have the same hours."""

    first: int
    last: int
    windows: tuple[rules.Window, ...]


@dataclass(frozen=True, slots=True)
class _KeptHours:
    hours: list[PublishedHours]
    closed: list[ClosedDays]
    until: float
    made: dict[tuple[object, ...], rules.OpeningHours] = field(default_factory=dict)


_kept: _KeptHours | None = None
_holidays: dict[tuple[str, int], frozenset[datetime.date]] = {}


def opening_hours(at: datetime.datetime) -> rules.OpeningHours:
    """The opening hours as they stood published at `at` (M1), public holidays and announced closures left out.

    Cheap to ask for every row of a list: two queries in two seconds, however many moments are asked for.
    """
    kept = _read()
    hours = next((row for row in kept.hours if row.published_at <= at), None)
    closed = [row for row in kept.closed if row.is_known_at(at)]
    place, zone = provider.setting("holidays_of"), provider.time_zone()
    year = at.astimezone(zone).year
    key = (hours.pk if hours else None, tuple(row.pk for row in closed), place, zone.key, year)
    if key not in kept.made:
        days = {day for row in closed for day in row.days()}
        days.update(*(public_holidays(place, other) for other in range(year - YEARS_BEFORE, year + YEARS_AFTER + 1)))
        kept.made[key] = rules.OpeningHours(zone, hours.windows() if hours else UNPUBLISHED, frozenset(days))
    return kept.made[key]


def status(at: datetime.datetime) -> Status:
    """What a visitor wants to know: open until when, or open again when."""
    hours = opening_hours(at)
    try:
        opens_at = hours.opens_next(at)
        if opens_at == at:
            return Status(True, hours.closes_next(at), None)
    except rules.ClosedTooLong:
        return Status(False, None, None)
    return Status(False, None, opens_at)


def week_shown(at: datetime.datetime) -> list[DayShown]:
    """The seven days of the hours published at `at`, Monday first."""
    weekly = opening_hours(at).weekly
    return [DayShown(weekday, tuple(sorted(weekly.get(weekday, ())))) for weekday in range(7)]


def week_in_short(at: datetime.datetime) -> list[DaysShown]:
    """The week with days of the same hours together: Monday to Friday, Saturday, Sunday."""
    groups = (list(days) for _windows, days in groupby(week_shown(at), key=lambda day: day.windows))
    return [DaysShown(days[0].weekday, days[-1].weekday, days[0].windows) for days in groups]


def closed_days_ahead(at: datetime.datetime) -> list[ClosedDays]:
    """Announced closures that are not over, first to come first."""
    today_ = today(at)
    return sorted(
        (row for row in _read().closed if row.is_known_at(at) and row.last_day >= today_), key=lambda row: row.first_day
    )


def today(at: datetime.datetime) -> datetime.date:
    """The date of `at` on the provider's calendar."""
    return calendar.date_on(at, provider.time_zone())


def public_holidays(place: str, year: int) -> frozenset[datetime.date]:
    """The public holidays of a country (`FR`) or a part of it (`FR-57`); they never change while the process runs."""
    if (place, year) not in _holidays:
        country, _dash, part = place.partition("-")
        _holidays[place, year] = frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    return _holidays[place, year]


def forget() -> None:
    """Read anew at the next question: after a change in this process, and between tests."""
    global _kept
    _kept = None


def _read() -> _KeptHours:
    global _kept
    kept = _kept
    if kept is None or kept.until < time.monotonic():
        kept = _kept = _KeptHours(
            list(PublishedHours.objects.order_by("-published_at", "-id")),
            list(ClosedDays.objects.select_related("withdrawal").order_by("id")),
            time.monotonic() + KEPT_SECONDS,
        )
    return kept
