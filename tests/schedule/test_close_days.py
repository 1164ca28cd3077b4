import datetime

import pytest

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel.refused import Refused
from carnet.schedule import actions, queries
from carnet.schedule.models import ClosedDays

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)  # a Monday
DAY = datetime.timedelta(days=1)


def close(first: datetime.date, last: datetime.date, at: datetime.datetime = AT) -> ClosedDays:
    return actions.close_days(first_day=first, last_day=last, by=OWNER, at=at)


def test_the_days_are_closed_from_the_announcement_on() -> None:
    tuesday_noon = datetime.datetime(2027, 3, 9, 11, 0, tzinfo=datetime.UTC)
    close(datetime.date(2027, 3, 8), datetime.date(2027, 3, 9), at=AT)
    assert queries.opening_hours(AT - DAY).is_open(tuesday_noon) is True
    assert queries.opening_hours(AT).is_open(tuesday_noon) is False
    assert queries.opening_hours(AT).is_open(tuesday_noon + DAY) is True


def test_shown_until_they_are_over() -> None:
    days = close(datetime.date(2027, 3, 8), datetime.date(2027, 3, 9))
    sooner = close(datetime.date(2027, 3, 4), datetime.date(2027, 3, 4))
    assert queries.closed_days_ahead(AT) == [sooner, days]
    assert queries.closed_days_ahead(datetime.datetime(2027, 3, 9, 22, 0, tzinfo=datetime.UTC)) == [days]
    assert queries.closed_days_ahead(datetime.datetime(2027, 3, 9, 23, 0, tzinfo=datetime.UTC)) == []


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (datetime.date(2027, 3, 9), datetime.date(2027, 3, 8), "schedule.days_backwards"),
        (datetime.date(2027, 2, 28), datetime.date(2027, 3, 8), "schedule.days_past"),
        (datetime.date(2027, 3, 8), datetime.date(9999, 12, 30), "schedule.closed_for_too_long"),
        (datetime.date(2027, 3, 5), datetime.date(2028, 3, 5), "schedule.closed_for_too_long"),
    ],
)
def test_nonsense_is_refused(first: datetime.date, last: datetime.date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        close(first, last)
    assert (refused.value.code, ClosedDays.objects.count(), Entry.objects.count()) == (code, 0, 0)


def test_two_closures_that_touch_are_seen_together() -> None:
    close(datetime.date(2027, 3, 2), datetime.date(2027, 12, 31))
    with pytest.raises(actions.ClosedForTooLong):
        close(datetime.date(2028, 1, 3), datetime.date(2028, 10, 1))


def test_today_can_still_be_closed() -> None:
    close(datetime.date(2027, 3, 1), datetime.date(2027, 3, 1))
    assert queries.status(AT).is_open is False


def test_is_audited() -> None:
    days = close(datetime.date(2027, 3, 8), datetime.date(2027, 3, 9))
    entry = Entry.objects.get()
    assert (entry.code, entry.subject_id, entry.details) == (
        "days.closed",
        days.pk,
        {"first_day": "2027-03-08", "last_day": "2027-03-09"},
    )
