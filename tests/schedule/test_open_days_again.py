import datetime

import pytest

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.schedule import actions, queries
from carnet.schedule.models import ClosedDays

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(hours=2)
THERE = datetime.datetime(2027, 3, 8, 11, 0, tzinfo=datetime.UTC)


@pytest.fixture
def days() -> ClosedDays:
    monday = datetime.date(2027, 3, 8)
    return actions.close_days(first_day=monday, last_day=monday, by=OWNER, at=AT)


def test_they_open_again_from_that_moment_and_the_past_stays(days: ClosedDays) -> None:
    actions.open_days_again(closed_days=days, by=OWNER, at=LATER)
    assert queries.opening_hours(LATER).is_open(THERE) is True
    assert queries.opening_hours(LATER - datetime.timedelta(seconds=1)).is_open(THERE) is False
    assert queries.closed_days_ahead(LATER) == []


def test_twice_is_refused(days: ClosedDays) -> None:
    actions.open_days_again(closed_days=days, by=OWNER, at=LATER)
    with pytest.raises(actions.DaysOpenAlready):
        actions.open_days_again(closed_days=days, by=OWNER, at=LATER)


def test_is_audited(days: ClosedDays) -> None:
    actions.open_days_again(closed_days=days, by=OWNER, at=LATER)
    entry = Entry.objects.latest("id")
    assert (entry.code, entry.subject_id, entry.at) == ("days.opened_again", days.pk, LATER)
