"""Calendar arithmetic: commercial rules are computed on dates in the provider's time zone, never with a fixed offset.

Instants are aware datetimes; what comes back is UTC. The three ways in which rules speak of days (rules.md, Words):

- «within N days of X» ends at 24:00 of X's date + N: `within_days_end`; «N days later» is when that has ended, the
  same instant;
- «after N days» begins at 00:00 of X's date + N: `after_days`;
- «N months after» begins at 00:00 of the date N months after X's: `after_months`.
"""

import calendar
import datetime
from zoneinfo import ZoneInfo


def date_on(at: datetime.datetime, zone: ZoneInfo) -> datetime.date:
    """The date on the calendar of `zone` at the instant `at`; a naive datetime is a mistake and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {at}")
    return at.astimezone(zone).date()


def start_of(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """The first instant of `day` in `zone`, in UTC; also where midnight is missing or comes twice."""
    return datetime.datetime.combine(day, datetime.time(0), tzinfo=zone).astimezone(datetime.UTC)


def end_of(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """24:00 of `day` in `zone`, in UTC: the first instant that no longer belongs to it."""
    return start_of(day + datetime.timedelta(days=1), zone)


def months_after(day: datetime.date, months: int) -> datetime.date:
    """«N months after» (L2): the same day number, or the month's last day where it is missing."""
    if months < 0:
        raise ValueError(f"months are counted forwards: {months}")
    return _months_on(day, months)


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day number so many months earlier, or that month's last day where it is missing."""
    if months < 0:
        raise ValueError(f"months are counted backwards: {months}")
    return _months_on(day, -months)


def _months_on(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def within_days_end(day: datetime.date, days: int, zone: ZoneInfo) -> datetime.datetime:
    """When «within N days of `day`» has ended, which is also «N days later»: 24:00 of the date N days on, exclusive."""
    return end_of(day + datetime.timedelta(days=days), zone)


def after_days(day: datetime.date, days: int, zone: ZoneInfo) -> datetime.datetime:
    """When «after N days» begins: 00:00 of the date N days on."""
    return start_of(day + datetime.timedelta(days=days), zone)


def after_months(day: datetime.date, months: int, zone: ZoneInfo) -> datetime.datetime:
    """When «N months after» begins: 00:00 of the date N months on."""
    return start_of(months_after(day, months), zone)


def instants_of(wall: datetime.datetime, zone: ZoneInfo) -> list[datetime.datetime]:
    """The instants, in UTC, at which a clock on the wall of `zone` shows this naive time: one as a rule; none where
    the clocks go forward over it; two, the earlier first, where they go back.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"a clock on the wall names no zone: {wall}")
    read = {wall.replace(tzinfo=zone, fold=fold).astimezone(datetime.UTC) for fold in (0, 1)}
    return sorted(at for at in read if at.astimezone(zone).replace(tzinfo=None) == wall)
