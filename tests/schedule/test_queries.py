import datetime
from typing import Any

import pytest

from carnet.audit.actors import system
from carnet.provider import actions as provider
from carnet.schedule import actions, queries
from carnet.schedule.models import ClosedDays
from carnet.schedule.queries import Status

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)


def utc(*moment: int) -> datetime.datetime:
    year, month, day, hour, minute, second = [*moment, 0, 0, 0][:6]
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2027, 3, 5, 8), Status(True, utc(2027, 3, 5, 17), None)),
        (utc(2027, 3, 5, 17), Status(False, None, utc(2027, 3, 8, 8))),
        (utc(2027, 3, 5, 7, 59, 59), Status(False, None, utc(2027, 3, 5, 8))),
        (utc(2027, 3, 26, 17), Status(False, None, utc(2027, 3, 30, 7))),  # Easter Monday, and the clocks go forward
    ],
)
def test_open_until_when_or_open_again_when(at: datetime.datetime, expected: Status) -> None:
    assert queries.status(at) == expected


def test_alsace_moselle_has_two_holidays_more() -> None:
    good_friday = utc(2027, 3, 26, 11)
    assert queries.opening_hours(AT).is_open(good_friday) is True
    provider.change_setting(name="holidays_of", value="FR-57", by=system("test"), at=AT)
    assert queries.opening_hours(AT).is_open(good_friday) is False
    assert len(queries.public_holidays("FR-57", 2027)) == len(queries.public_holidays("FR", 2027)) + 2


def test_in_the_provider_s_time_zone() -> None:
    provider.change_setting(name="time_zone", value="America/Martinique", by=system("test"), at=AT)
    assert queries.status(utc(2027, 3, 5, 13)) == Status(True, utc(2027, 3, 5, 22), None)
    assert queries.today(utc(2027, 3, 5, 3)) == datetime.date(2027, 3, 4)


def test_open_day_and_night() -> None:
    always = [[(datetime.time(0), datetime.time(0))]] * 7
    actions.publish_hours(weekly=always, by=system("test"), at=AT)
    assert queries.status(utc(2027, 3, 2, 3)) == Status(True, utc(2027, 3, 28, 22), None)


def test_closed_for_a_year_promises_nothing() -> None:
    first, last = datetime.date(2027, 3, 2), datetime.date(2028, 6, 1)
    ClosedDays.objects.create(first_day=first, last_day=last, reason={}, announced_at=AT)
    assert queries.status(utc(2027, 3, 2, 10)) == Status(False, None, None)


def test_the_week_in_short() -> None:
    nine_to_six = ((datetime.time(9), datetime.time(18)),)
    assert queries.week_in_short(AT) == [queries.DaysShown(0, 4, nine_to_six), queries.DaysShown(5, 6, ())]


def test_two_queries_however_many_moments(django_assert_num_queries: Any) -> None:
    actions.close_days(
        first_day=datetime.date(2027, 3, 8), last_day=datetime.date(2027, 3, 9), by=system("test"), at=AT
    )
    with django_assert_num_queries(2):
        for hours in range(100):
            queries.opening_hours(AT + datetime.timedelta(hours=hours))
        queries.status(AT)
        queries.week_shown(AT)
        queries.closed_days_ahead(AT)
