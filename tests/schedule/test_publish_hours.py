import datetime

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel.refused import Refused
from carnet.schedule import actions, queries
from carnet.schedule.models import PublishedHours
from carnet.schedule.rules import Window

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)  # a Monday
LATER = AT + datetime.timedelta(days=7)


def window(opens: str, closes: str) -> Window:
    return datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)


def publish(*days: list[Window], at: datetime.datetime = AT) -> PublishedHours:
    weekly = [*days, *([] for _ in range(7 - len(days)))]
    return actions.publish_hours(weekly=weekly, by=OWNER, at=at)


def test_they_hold_from_their_publication_until_others_are_published() -> None:
    publish([window("13:00", "17:00"), window("08:00", "12:00")])
    publish([window("09:00", "18:30")], at=LATER)
    assert queries.week_shown(LATER - datetime.timedelta(seconds=1))[0].windows == (
        window("08:00", "12:00"),
        window("13:00", "17:00"),
    )
    assert queries.week_shown(LATER)[0].windows == (window("09:00", "18:30"),)
    assert [day.weekday for day in queries.week_shown(LATER) if not day.windows] == [1, 2, 3, 4, 5, 6]


def test_before_anything_is_published() -> None:
    assert [len(day.windows) for day in queries.week_shown(AT)] == [1, 1, 1, 1, 1, 0, 0]


def test_until_midnight() -> None:
    publish([window("20:00", "00:00")])
    assert queries.week_shown(AT)[0].windows == (window("20:00", "00:00"),)


def test_a_moment_before_the_last_publication_is_raised_to_it() -> None:
    publish([window("09:00", "18:00")], at=LATER)
    assert publish([window("09:00", "17:00")]).published_at == LATER
    assert queries.week_shown(LATER)[0].windows == (window("09:00", "17:00"),)


@pytest.mark.parametrize(
    ("windows", "code"),
    [
        ([], "schedule.never_open"),
        ([window("18:00", "09:00")], "schedule.hours_overlap"),
        ([window("09:00", "09:00")], "schedule.hours_overlap"),
        ([window("09:00", "12:00"), window("11:00", "18:00")], "schedule.hours_overlap"),
    ],
)
def test_nonsense_is_refused(windows: list[Window], code: str) -> None:
    with pytest.raises(Refused) as refused:
        publish(windows)
    assert (refused.value.code, refused.value.field, PublishedHours.objects.count()) == (code, "weekly", 0)


def test_hours_that_fall_on_closed_days_for_over_a_year_are_refused() -> None:
    for first, last in (((2027, 3, 2), (2027, 12, 31)), ((2028, 1, 4), (2028, 10, 1))):
        actions.close_days(first_day=datetime.date(*first), last_day=datetime.date(*last), by=OWNER, at=AT)
    with pytest.raises(actions.ClosedForTooLong):
        publish([], [window("09:00", "18:00")])  # the one Monday between the closures would be lost
    assert PublishedHours.objects.count() == 0


def test_a_week_of_six_days_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="seven"):
        actions.publish_hours(weekly=[[]] * 6, by=OWNER, at=AT)


def test_is_audited() -> None:
    hours = publish([window("09:00", "18:00")])
    entry = Entry.objects.get()
    assert (entry.code, entry.subject_id) == ("hours.published", hours.pk)


def test_the_database_refuses_to_change_them() -> None:
    publish([window("09:00", "18:00")])
    with pytest.raises(DatabaseError), transaction.atomic():
        PublishedHours.objects.update(weekly=[])
    assert PublishedHours.objects.get().weekly[0] == [["09:00", "18:00"]]
