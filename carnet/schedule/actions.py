import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import calendar
from carnet.kernel.refused import Refused
from carnet.provider import queries as provider
from carnet.schedule import queries, rules
from carnet.schedule.models import ClosedDays, ClosedDaysWithdrawal, PublishedHours


class NeverOpen(Refused):
    code = "schedule.never_open"
    field = "weekly"


class HoursOverlap(Refused):
    """Hours end before they begin, or begin before the ones before them have ended; `weekday` is 0 for Monday."""

    code = "schedule.hours_overlap"
    field = "weekly"


class DaysBackwards(Refused):
    code = "schedule.days_backwards"
    field = "last_day"


class DaysPast(Refused):
    """Days that are over can't be closed: times measured on them would change."""

    code = "schedule.days_past"
    field = "first_day"


class ClosedForTooLong(Refused):
    """With these days nothing would open for over a year, and nothing could be counted."""

    code = "schedule.closed_for_too_long"
    field = "last_day"


class DaysOpenAlready(Refused):
    code = "schedule.days_open_already"


@transaction.atomic
def publish_hours(*, weekly: Sequence[Sequence[rules.Window]], by: Actor, at: datetime.datetime) -> PublishedHours:
    """Publish the weekly opening hours, valid until others are: seven lists of windows, Monday first.

    An end of 00:00 is midnight. A question is measured by the hours as published when it came (M1).
    Refused: NeverOpen, HoursOverlap, ClosedForTooLong.
    """
    if len(weekly) != 7:
        raise ValueError(f"a week has seven days: {len(weekly)}")
    if not any(weekly):
        raise NeverOpen()
    for weekday, windows in enumerate(weekly):
        if windows and not _is_a_day(windows):
            raise HoursOverlap(weekday=weekday)
    before = queries.opening_hours(at)
    after = rules.OpeningHours(
        before.zone, {day: tuple(windows) for day, windows in enumerate(weekly)}, before.closed_days
    )
    if not _keeps_opening(after, queries.closed_days_ahead(at)):
        raise ClosedForTooLong()
    last = PublishedHours.objects.order_by("-published_at", "-id").first()
    hours = PublishedHours.objects.create(
        weekly=[[[f"{moment:%H:%M}" for moment in window] for window in sorted(windows)] for windows in weekly],
        published_at=max(at, last.published_at) if last else at,
    )
    audit.record("hours.published", by=by, at=hours.published_at, subject=("hours", hours.pk))
    _forget()
    return hours


@transaction.atomic
def close_days(
    *,
    first_day: datetime.date,
    last_day: datetime.date,
    by: Actor,
    at: datetime.datetime,
    reason: dict[str, str] | None = None,
) -> ClosedDays:
    """Close the service on these days, both included, from the announcement at `at` on.

    Refused: DaysBackwards, DaysPast, ClosedForTooLong.
    """
    if last_day < first_day:
        raise DaysBackwards()
    if first_day < queries.today(at):
        raise DaysPast()
    days = ClosedDays(first_day=first_day, last_day=last_day, reason=reason or {}, announced_at=at)
    if (last_day - first_day).days > rules.HORIZON_DAYS:
        raise ClosedForTooLong()
    hours = queries.opening_hours(at)
    closed = dataclasses.replace(hours, closed_days=hours.closed_days.union(days.days()))
    if not _keeps_opening(closed, [*queries.closed_days_ahead(at), days]):
        raise ClosedForTooLong()
    days.save(force_insert=True)
    audit.record(
        "days.closed", by=by, at=at, subject=("closed_days", days.pk), first_day=str(first_day), last_day=str(last_day)
    )
    _forget()
    return days


@transaction.atomic
def open_days_again(*, closed_days: ClosedDays, by: Actor, at: datetime.datetime) -> ClosedDaysWithdrawal:
    """Take back an announced closure; what was measured until `at` stays. Refused: DaysOpenAlready."""
    ClosedDays.objects.select_for_update().get(pk=closed_days.pk)
    if ClosedDaysWithdrawal.objects.filter(closed_days=closed_days).exists():
        raise DaysOpenAlready()
    withdrawal = ClosedDaysWithdrawal.objects.create(closed_days=closed_days, at=max(at, closed_days.announced_at))
    audit.record("days.opened_again", by=by, at=withdrawal.at, subject=("closed_days", closed_days.pk))
    _forget()
    return withdrawal


def _is_a_day(windows: Sequence[rules.Window]) -> bool:
    try:
        rules.OpeningHours(provider.time_zone(), {0: tuple(windows)})
    except ValueError:
        return False
    return True


def _keeps_opening(hours: rules.OpeningHours, closures: Iterable[ClosedDays]) -> bool:
    """Whether each of these closures is followed by an opening within a year."""
    try:
        for closure in closures:
            hours.opens_next(calendar.start_of(closure.first_day, hours.zone))
    except rules.ClosedTooLong:
        return False
    return True


def _forget() -> None:
    queries.forget()
    transaction.on_commit(queries.forget)
