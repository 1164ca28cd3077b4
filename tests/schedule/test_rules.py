"""The examples of M1, and what clock changes, closed days and odd hours do to them."""

import datetime
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from carnet.kernel import calendar
from carnet.schedule.rules import ClosedTooLong, OpeningHours, Window

PARIS = ZoneInfo("Europe/Paris")
NINE_TO_SIX: tuple[Window, ...] = ((time(9), time(18)),)
WEEK = OpeningHours(PARIS, dict.fromkeys(range(5), NINE_TO_SIX))
AROUND_THE_CLOCK = OpeningHours(PARIS, dict.fromkeys(range(7), ((time(0), time(0)),)))
HOUR = 3600
# 26 March 2027 is a Friday; the clocks of Paris go forward on Sunday 28 March and back on Sunday 31 October.
FRIDAY, SUNDAY, MONDAY = date(2027, 3, 26), date(2027, 3, 28), date(2027, 3, 29)
OCTOBER_SUNDAY = date(2027, 10, 31)


def paris(day: date, hour: int, minute: int = 0, second: int = 0, *, fold: int = 0) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=PARIS, fold=fold).astimezone(
        UTC
    )


def every_day(*windows: Window, closed_days: frozenset[date] = frozenset()) -> OpeningHours:
    return OpeningHours(PARIS, dict.fromkeys(range(7), windows), closed_days)


def test_M1_friday_17_50_to_monday_9_10_is_20_minutes() -> None:
    assert WEEK.opening_seconds(paris(FRIDAY, 17, 50), paris(MONDAY, 9, 10)) == 20 * 60


def test_M1_a_question_outside_opening_hours_starts_at_the_next_opening() -> None:
    assert WEEK.opens_next(paris(SUNDAY, 11)) == paris(MONDAY, 9)
    assert WEEK.opening_seconds(paris(SUNDAY, 11), paris(MONDAY, 9, 10)) == 10 * 60
    assert WEEK.opens_next(paris(MONDAY, 10)) == paris(MONDAY, 10)
    assert WEEK.opens_next(paris(MONDAY, 18)) == paris(MONDAY + timedelta(days=1), 9)


def test_M1_nothing_passes_backwards() -> None:
    assert WEEK.opening_seconds(paris(MONDAY, 11), paris(MONDAY, 10)) == 0
    assert WEEK.opening_seconds(paris(MONDAY, 11), paris(FRIDAY, 10)) == 0
    assert WEEK.opening_seconds(paris(MONDAY, 11), paris(MONDAY, 11)) == 0


def test_M1_seconds_are_exact_and_parts_of_them_cut_off() -> None:
    start = paris(MONDAY, 8, 59, 59)
    assert WEEK.opening_seconds(start, paris(MONDAY, 9, 0, 7)) == 7
    assert WEEK.opening_seconds(start, paris(MONDAY, 9, 0, 7) + timedelta(microseconds=999999)) == 7


@pytest.mark.parametrize(
    ("hour", "minute", "second", "is_open"),
    [(8, 59, 59, False), (9, 0, 0, True), (17, 59, 59, True), (18, 0, 0, False)],
)
def test_is_open_from_the_first_instant_to_before_the_last(hour: int, minute: int, second: int, is_open: bool) -> None:
    assert WEEK.is_open(paris(FRIDAY, hour, minute, second)) is is_open


def test_closed_days_are_closed() -> None:
    easter_monday = OpeningHours(PARIS, WEEK.weekly, frozenset({MONDAY}))
    assert not easter_monday.is_open(paris(MONDAY, 10))
    assert easter_monday.opens_next(paris(SUNDAY, 11)) == paris(MONDAY + timedelta(days=1), 9)
    assert easter_monday.opening_seconds(paris(FRIDAY, 17), paris(MONDAY, 18)) == HOUR


def test_closes_next() -> None:
    assert WEEK.closes_next(paris(FRIDAY, 12)) == paris(FRIDAY, 18)
    assert WEEK.closes_next(paris(FRIDAY, 18)) == paris(MONDAY, 18)
    assert WEEK.closes_next(paris(SUNDAY, 12)) == paris(MONDAY, 18)
    noon_break = every_day((time(14), time(18)), (time(9), time(12)), (time(12), time(12, 30)))
    assert noon_break.closes_next(paris(FRIDAY, 10)) == paris(FRIDAY, 12, 30)
    assert noon_break.opens_next(paris(FRIDAY, 13)) == paris(FRIDAY, 14)


def test_hours_over_midnight_are_two_windows_that_touch() -> None:
    night = OpeningHours(PARIS, {4: ((time(20), time(0)),), 5: ((time(0), time(2)),)})
    saturday = FRIDAY + timedelta(days=1)
    assert night.closes_next(paris(FRIDAY, 21)) == paris(saturday, 2)
    assert night.opening_seconds(paris(FRIDAY, 12), paris(saturday, 12)) == 6 * HOUR
    assert night.is_open(paris(FRIDAY, 23, 59, 59))
    assert night.is_open(paris(saturday, 0))
    assert night.add_opening_time(paris(FRIDAY, 23), 2 * HOUR) == paris(saturday, 1)


def test_around_the_clock_never_closes() -> None:
    assert AROUND_THE_CLOCK.closes_next(paris(FRIDAY, 12)) is None
    closed_sunday = every_day((time(0), time(0)), closed_days=frozenset({SUNDAY}))
    assert closed_sunday.closes_next(paris(FRIDAY, 12)) == paris(SUNDAY, 0)


def test_opening_on_a_single_day_closes() -> None:
    fridays_but_one = frozenset(FRIDAY + timedelta(weeks=week) for week in range(1, 60))
    hours = OpeningHours(PARIS, {4: NINE_TO_SIX}, fridays_but_one)
    assert hours.closes_next(paris(FRIDAY, 12)) == paris(FRIDAY, 18)
    with pytest.raises(ClosedTooLong):
        hours.add_opening_time(paris(FRIDAY, 12), 7 * HOUR)


def test_closed_for_a_year_at_most() -> None:
    closed = [MONDAY + timedelta(days=days) for days in range(367)]
    with pytest.raises(ClosedTooLong, match="closed from 2027-03-29 for over a year"):
        every_day(*NINE_TO_SIX, closed_days=frozenset(closed)).opens_next(paris(MONDAY, 8))
    hours = every_day(*NINE_TO_SIX, closed_days=frozenset(closed[:366]))
    assert hours.opens_next(paris(MONDAY, 8)) == paris(closed[366], 9)
    assert hours.opening_seconds(paris(MONDAY, 8), paris(closed[366], 10)) == HOUR


@pytest.mark.parametrize(
    ("weekly", "message"),
    [
        ({}, "never open"),
        ({0: (), 1: ()}, "never open"),
        ({7: NINE_TO_SIX}, "weekdays go"),
        ({0: ((time(18), time(9)),)}, "begins before it ends"),
        ({0: ((time(9), time(9)),)}, "begins before it ends"),
        ({0: ((time(9), time(12)), (time(11), time(18)))}, "overlap at 11:00"),
        ({0: ((time(20), time(0)), (time(22), time(23)))}, "overlap at 22:00"),
        ({0: ((time(9), time(12)), (time(9), time(12)))}, "overlap at 09:00"),
    ],
)
def test_hours_that_make_no_sense_are_refused(weekly: dict[int, tuple[Window, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OpeningHours(PARIS, weekly)


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        WEEK.is_open(paris(MONDAY, 9).replace(tzinfo=None))


@pytest.mark.parametrize(
    ("window", "march", "october"),
    [
        ((time(0), time(0)), 23, 25),
        ((time(2), time(3)), 0, 2),  # the hour that is missing, and comes twice
        ((time(1), time(2)), 1, 1),
        ((time(3), time(4)), 1, 1),
        ((time(1, 30), time(3, 30)), 1, 3),
        ((time(9), time(18)), 9, 9),
    ],
)
def test_days_of_23_and_25_hours(window: Window, march: int, october: int) -> None:
    hours = every_day(window)
    for day, expected in ((SUNDAY, march), (OCTOBER_SUNDAY, october)):
        assert hours.opening_seconds(paris(day, 0), paris(day + timedelta(days=1), 0)) == expected * HOUR


def test_the_missing_hour_opens_when_it_is_over() -> None:
    hours = every_day((time(2, 30), time(5)))
    assert hours.opens_next(paris(SUNDAY, 0)) == paris(SUNDAY, 3)
    assert hours.add_opening_time(paris(SUNDAY, 0), HOUR) == paris(SUNDAY, 4)


def test_the_doubled_hour_opens_twice() -> None:
    hours = every_day((time(2), time(2, 30)))
    first, again = paris(OCTOBER_SUNDAY, 2, 10), paris(OCTOBER_SUNDAY, 2, 10, fold=1)
    assert (hours.is_open(first), hours.is_open(again)) == (True, True)
    assert not hours.is_open(paris(OCTOBER_SUNDAY, 2, 40))
    assert hours.closes_next(first) == paris(OCTOBER_SUNDAY, 2, 30)
    assert hours.opens_next(paris(OCTOBER_SUNDAY, 2, 40)) == paris(OCTOBER_SUNDAY, 2, fold=1)
    assert hours.add_opening_time(first, 30 * 60) == again


def test_a_clock_change_at_midnight() -> None:
    # Santiago went from 24:00 to 01:00 as 7 September 2025 began, from 24:00 to 23:00 as 4 April 2026 ended.
    zone = ZoneInfo("America/Santiago")
    hours = OpeningHours(zone, dict.fromkeys(range(7), ((time(0), time(2)), (time(23), time(0)))))
    for day, expected in ((date(2025, 9, 7), 2), (date(2026, 4, 4), 4), (date(2026, 4, 5), 3)):
        assert hours.opening_seconds(calendar.start_of(day, zone), calendar.end_of(day, zone)) == expected * HOUR


def test_M7_the_end_of_the_target_falls_on_the_closing_not_on_the_next_opening() -> None:
    assert WEEK.add_opening_time(paris(FRIDAY, 17, 50), 600) == paris(FRIDAY, 18)
    assert WEEK.add_opening_time(paris(FRIDAY, 17, 50), 601) == paris(MONDAY, 9, 0, 1)
    assert WEEK.add_opening_time(paris(SUNDAY, 3), 0) == paris(SUNDAY, 3)
    with pytest.raises(ValueError, match="no time is negative"):
        WEEK.add_opening_time(paris(MONDAY, 9), -1)
