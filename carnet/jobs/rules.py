"""When a failed job is tried again, and when periodic work is due next."""

import datetime
from zoneinfo import ZoneInfo

FIRST_DELAY_SECONDS = 10
LONGEST_DELAY_SECONDS = 6 * 3600


def delay_after(attempts: int) -> datetime.timedelta:
    """How long a job rests after its `attempts`-th failure: 10 s, 40 s, 160 s …, at most 6 h."""
    if attempts < 1:
        raise ValueError(f"attempts are counted from 1: {attempts}")
    # The exponent is bounded too: 4 ** 1000 is no timedelta.
    seconds = min(FIRST_DELAY_SECONDS * 4 ** min(attempts - 1, 20), LONGEST_DELAY_SECONDS)
    return datetime.timedelta(seconds=seconds)


def next_after(
    at: datetime.datetime, *, every_seconds: int | None, daily_at: datetime.time | None, zone: ZoneInfo
) -> datetime.datetime:
    """When periodic work that runs at `at` is due next: so many seconds later, or at the next daily time."""
    if every_seconds is not None:
        return at + datetime.timedelta(seconds=every_seconds)
    assert daily_at is not None
    return next_daily(at, daily_at, zone)


def next_daily(after: datetime.datetime, time: datetime.time, zone: ZoneInfo) -> datetime.datetime:
    """The first moment later than `after` at which clocks in `zone` show `time`, in UTC: exactly one for each date.

    Where that time comes twice it is the first; where it is missing (the hour of March) it is as long after midnight
    as on other days.
    """
    day = after.astimezone(zone).date()
    moment = _on(day, time, zone)
    return moment if moment > after else _on(day + datetime.timedelta(days=1), time, zone)


def _on(day: datetime.date, time: datetime.time, zone: ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, time.replace(fold=0), tzinfo=zone).astimezone(datetime.UTC)
