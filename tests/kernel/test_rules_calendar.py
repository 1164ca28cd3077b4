import datetime
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel import calendar

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Paris",
        "America/Havana",
        "America/Santiago",
        "America/Nuuk",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "UTC",
    )
]
days = st.dates(date(2024, 6, 1), date(2030, 12, 31))
zones = st.sampled_from(ZONES)


def utc(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),  # L2
        (date(2028, 2, 29), 12, date(2029, 2, 28)),  # L2
        (date(2027, 3, 9), 12, date(2028, 3, 9)),  # L1
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),  # S6
        (date(2027, 3, 12), 3, date(2027, 6, 12)),  # S6
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 15), 11, date(2026, 12, 15)),
    ],
)
def test_months_after(day: date, months: int, expected: date) -> None:
    assert calendar.months_after(day, months) == expected


def test_months_after_refuses_going_back() -> None:
    with pytest.raises(ValueError, match="forwards"):
        calendar.months_after(date(2026, 3, 31), -1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 5, 31), 3, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert calendar.months_before(day, months) == expected


def test_months_before_refuses_going_on() -> None:
    with pytest.raises(ValueError, match="backwards"):
        calendar.months_before(date(2026, 3, 31), -1)


@given(days, st.integers(0, 60))
def test_months_before_and_after_come_back_to_the_day_or_their_months_last(day: date, months: int) -> None:
    back = calendar.months_after(calendar.months_before(day, months), months)
    assert (back.year, back.month) == (day.year, day.month)
    assert back.day == min(day.day, calendar.months_before(day, months).day)


@given(days, days, st.integers(0, 60))
def test_months_after_keeps_the_order_of_days(one: date, other: date, months: int) -> None:
    earlier, later = sorted((one, other))
    assert calendar.months_after(earlier, months) <= calendar.months_after(later, months)


@given(days, st.integers(0, 60))
def test_months_after_keeps_the_day_number_or_takes_the_last_day(day: date, months: int) -> None:
    result = calendar.months_after(day, months)
    assert (result.year - day.year) * 12 + result.month - day.month == months
    assert result.day == day.day or (result.day < day.day and (result + timedelta(days=1)).day == 1)


def test_date_on_is_the_local_date() -> None:
    assert calendar.date_on(utc(2027, 1, 9, 22, 59), PARIS) == date(2027, 1, 9)
    assert calendar.date_on(utc(2027, 1, 9, 23, 0), PARIS) == date(2027, 1, 10)
    assert calendar.date_on(utc(2027, 7, 9, 22, 0), PARIS) == date(2027, 7, 10)


def test_date_on_refuses_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar.date_on(utc(2027, 1, 1).replace(tzinfo=None), PARIS)


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        (date(2027, 1, 10), utc(2027, 1, 9, 23), 24),
        (date(2027, 3, 28), utc(2027, 3, 27, 23), 23),
        (date(2027, 10, 31), utc(2027, 10, 30, 22), 25),
    ],
)
def test_start_and_end_on_days_of_23_24_and_25_hours(day: date, start: datetime.datetime, hours: int) -> None:
    assert calendar.start_of(day, PARIS) == start
    assert calendar.end_of(day, PARIS) == start + timedelta(hours=hours)
    assert calendar.start_of(day, PARIS).tzinfo is UTC


@given(days, zones)
def test_a_day_is_exactly_what_lies_between_its_start_and_its_end(day: date, zone: ZoneInfo) -> None:
    start, end, instant = calendar.start_of(day, zone), calendar.end_of(day, zone), timedelta(microseconds=1)
    assert calendar.date_on(start, zone) == day
    assert calendar.date_on(start - instant, zone) == day - timedelta(days=1)
    assert calendar.date_on(end - instant, zone) == day
    assert end == calendar.start_of(day + timedelta(days=1), zone)


def test_start_of_a_day_without_midnight_is_its_first_instant() -> None:
    # Santiago went from 24:00 to 01:00 on 7 September 2025.
    zone = ZoneInfo("America/Santiago")
    start = calendar.start_of(date(2025, 9, 7), zone)
    assert start == utc(2025, 9, 7, 4)
    assert start.astimezone(zone).hour == 1


def test_start_of_a_day_with_two_midnights_is_the_first() -> None:
    # Havana went from 01:00 back to 00:00 on 2 November 2025.
    assert calendar.start_of(date(2025, 11, 2), ZoneInfo("America/Havana")) == utc(2025, 11, 2, 4)


def test_T13_n_days_later_is_when_within_n_days_has_ended() -> None:
    # Answered 1 March, closed 9 March 00:00.
    assert calendar.within_days_end(date(2027, 3, 1), 7, PARIS) == calendar.start_of(date(2027, 3, 9), PARIS)


def test_O1_within_30_days_of_1_march_ends_on_31_march_at_24() -> None:
    assert calendar.within_days_end(date(2027, 3, 1), 30, PARIS) == calendar.end_of(date(2027, 3, 31), PARIS)


def test_S10_after_7_days_begins_at_midnight() -> None:
    assert calendar.after_days(date(2027, 5, 1), 7, PARIS) == calendar.start_of(date(2027, 5, 8), PARIS)


def test_S6_after_3_months_begins_at_midnight() -> None:
    assert calendar.after_months(date(2027, 3, 12), 3, PARIS) == utc(2027, 6, 11, 22)


@given(days, st.integers(0, 400), zones)
def test_within_ends_one_day_after_after_begins(day: date, count: int, zone: ZoneInfo) -> None:
    assert calendar.within_days_end(day, count, zone) == calendar.after_days(day, count + 1, zone)


@pytest.mark.parametrize(
    ("wall", "instants"),
    [
        ("2026-03-29 02:30", []),
        ("2026-03-29 01:59", ["00:59"]),
        ("2026-03-29 03:00", ["01:00"]),
        ("2026-10-25 02:30", ["00:30", "01:30"]),
        ("2026-10-25 03:00", ["02:00"]),
        ("2026-07-01 12:00", ["10:00"]),
    ],
)
def test_case_A6_a_time_on_the_wall(wall, instants):
    found = calendar.instants_of(datetime.datetime.fromisoformat(wall), PARIS)
    assert [f"{at:%H:%M}" for at in found] == instants
    with pytest.raises(ValueError, match="names no zone"):
        calendar.instants_of(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), PARIS)
