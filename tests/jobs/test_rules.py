import datetime
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.jobs import rules

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 10), (2, 40), (3, 160), (4, 640), (5, 2560), (6, 10240), (7, 21600), (8, 21600), (32767, 21600)],
)
def test_a_failed_job_rests_four_times_longer_each_time_and_six_hours_at_most(attempts, seconds):
    assert rules.delay_after(attempts) == datetime.timedelta(seconds=seconds)


def test_attempts_are_counted_from_one():
    with pytest.raises(ValueError, match="counted from 1"):
        rules.delay_after(0)


def paris(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, minute, tzinfo=PARIS, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("after", "time", "due"),
    [
        (paris(2026, 11, 23, 3, 29), datetime.time(3, 30), paris(2026, 11, 23, 3, 30)),
        (paris(2026, 11, 23, 3, 30), datetime.time(3, 30), paris(2026, 11, 24, 3, 30)),
        (paris(2026, 11, 23, 23, 59), datetime.time(0), paris(2026, 11, 24)),
        (paris(2026, 12, 31, 12), datetime.time(6), paris(2027, 1, 1, 6)),
        # 28 March 2027 has no 2:30; half past three then is two and a half hours after midnight.
        (paris(2027, 3, 28, 1), datetime.time(2, 30), datetime.datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime.datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime.time(2, 30), paris(2027, 3, 29, 2, 30)),
        # 31 October 2027 has it twice; the second one is not due again.
        (paris(2027, 10, 31, 1), datetime.time(2, 30), paris(2027, 10, 31, 2, 30, fold=0)),
        (paris(2027, 10, 31, 2, 30, fold=0), datetime.time(2, 30), paris(2027, 11, 1, 2, 30)),
        (paris(2027, 10, 31, 2, 10, fold=1), datetime.time(2, 30), paris(2027, 11, 1, 2, 30)),
    ],
)
def test_daily_work_is_due_once_on_each_date(after, time, due):
    assert rules.next_daily(after, time, PARIS) == due


ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Sao_Paulo", "UTC"]


@given(st.sampled_from(ZONES), st.times(), st.integers(0, 25 * 365 * 86400))
def test_no_date_is_left_out_and_none_comes_twice(zone_name, time, seconds):
    zone = ZoneInfo(zone_name)
    start = datetime.datetime(2010, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=seconds)
    moment, dates = start, []
    for _ in range(400):
        moment = rules.next_daily(moment, time, zone)
        dates.append(moment.astimezone(zone).date())
    assert dates == [dates[0] + datetime.timedelta(days=n) for n in range(400)]
    assert 0 <= (dates[0] - start.astimezone(zone).date()).days <= 1


def test_other_periodic_work_is_due_so_many_seconds_later():
    at = datetime.datetime(2027, 3, 28, 0, 59, 50, tzinfo=UTC)
    due = rules.next_after(at, every_seconds=20, daily_at=None, zone=PARIS)
    assert due == datetime.datetime(2027, 3, 28, 1, 0, 10, tzinfo=UTC)


def test_daily_work_is_due_at_its_time():
    at = datetime.datetime(2026, 11, 23, 12, tzinfo=UTC)
    due = rules.next_after(at, every_seconds=None, daily_at=datetime.time(6), zone=PARIS)
    assert due == datetime.datetime(2026, 11, 24, 5, tzinfo=UTC)
