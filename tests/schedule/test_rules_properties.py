"""Opening time on random hours around clock changes, against a model that looks at the wall clock minute by minute."""

import datetime
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from carnet.schedule.rules import ClosedTooLong, OpeningHours, Window

MINUTE = timedelta(minutes=1)
# Places and days around which their clocks change, one of them at midnight.
CHANGES = [
    ("Europe/Paris", date(2027, 3, 27)),
    ("Europe/Paris", date(2027, 10, 30)),
    ("Europe/Paris", date(2027, 12, 30)),
    ("America/Santiago", date(2026, 4, 3)),
    ("America/Santiago", date(2026, 9, 5)),
    ("Australia/Lord_Howe", date(2027, 4, 3)),
]
minutes_of_day = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


@st.composite
def windows_of_a_day(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(minutes_of_day, max_size=6)))
    ends = [*edges[1::2], time(0)] if len(edges) % 2 else edges[1::2]
    return tuple(draw(st.permutations(list(zip(edges[::2], ends, strict=True)))))


@st.composite
def cases(draw: st.DrawFn) -> tuple[OpeningHours, datetime.datetime]:
    """Opening hours, and a moment shortly before or after a clock change."""
    place, day = draw(st.sampled_from(CHANGES))
    zone = ZoneInfo(place)
    weekly = draw(
        st.dictionaries(st.integers(0, 6), windows_of_a_day(), min_size=1).filter(lambda week: any(week.values()))
    )
    closed_days = draw(st.frozensets(st.integers(0, 4).map(lambda count: day + timedelta(days=count)), max_size=2))
    midnight = datetime.datetime.combine(day, time(0), zone).astimezone(UTC)
    return OpeningHours(zone, weekly, closed_days), midnight + draw(st.integers(0, 3 * 24 * 60)) * MINUTE


def shows_an_open_time(hours: OpeningHours, at: datetime.datetime) -> bool:
    """By the wall clock alone, minute by minute of the day."""
    local = at.astimezone(hours.zone)
    minute = local.hour * 60 + local.minute
    for start, end in hours.weekly.get(local.weekday(), ()):
        last = end.hour * 60 + end.minute or 24 * 60
        if local.date() not in hours.closed_days and start.hour * 60 + start.minute <= minute < last:
            return True
    return False


@given(cases(), st.integers(0, 2 * 24 * 60))
def test_opening_seconds_agree_with_the_wall_clock(case: tuple[OpeningHours, datetime.datetime], length: int) -> None:
    hours, start = case
    open_minutes = sum(shows_an_open_time(hours, start + minute * MINUTE) for minute in range(length))
    assert hours.opening_seconds(start, start + length * MINUTE) == open_minutes * 60


@given(cases(), st.integers(0, 24 * 3600))
def test_is_open_agrees_with_the_wall_clock(case: tuple[OpeningHours, datetime.datetime], second: int) -> None:
    hours, start = case
    at = start + timedelta(seconds=second)
    assert hours.is_open(at) == shows_an_open_time(hours, at)


@given(cases(), st.integers(0, 40 * 3600))
def test_adding_opening_time_is_the_inverse_of_measuring_it(
    case: tuple[OpeningHours, datetime.datetime], seconds: int
) -> None:
    hours, start = case
    end = hours.add_opening_time(start, seconds)
    assert hours.opening_seconds(start, end) == seconds
    # The first such instant: a second earlier it was not yet reached.
    assert not seconds or hours.opening_seconds(start, end - timedelta(seconds=1)) == seconds - 1


@given(cases(), st.integers(0, 20 * 3600), st.integers(0, 20 * 3600))
def test_opening_time_is_added_in_any_portions(
    case: tuple[OpeningHours, datetime.datetime], first: int, second: int
) -> None:
    hours, start = case
    assert hours.add_opening_time(hours.add_opening_time(start, first), second) == hours.add_opening_time(
        start, first + second
    )


@given(cases())
def test_between_now_and_the_next_opening_it_is_closed(case: tuple[OpeningHours, datetime.datetime]) -> None:
    hours, start = case
    opens = hours.opens_next(start)
    assert hours.is_open(opens)
    assert hours.opening_seconds(start, opens) == 0
    assert hours.is_open(start) == (opens == start)


@given(cases())
def test_from_the_next_opening_to_the_closing_it_is_open(case: tuple[OpeningHours, datetime.datetime]) -> None:
    hours, start = case
    opens, closes = hours.opens_next(start), hours.closes_next(start)
    if closes is not None:
        assert not hours.is_open(closes)
        assert hours.opening_seconds(opens, closes) == (closes - opens).total_seconds()


@given(cases(), st.integers(0, 366))
def test_a_closed_year_is_told_and_nothing_runs_for_ever(
    case: tuple[OpeningHours, datetime.datetime], spared: int
) -> None:
    hours, start = case
    first = start.astimezone(hours.zone).date()
    shut = OpeningHours(
        hours.zone, hours.weekly, frozenset(first + timedelta(days=count) for count in range(400) if count != spared)
    )
    try:
        opens = shut.opens_next(start)
    except ClosedTooLong:
        assert not any(shut.opening_seconds(start, start + timedelta(days=days)) for days in (1, 366))
    else:
        assert opens.astimezone(hours.zone).date() == first + timedelta(days=spared)
