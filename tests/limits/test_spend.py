import datetime

import pytest

from carnet.limits import actions as limits
from carnet.limits import queries
from carnet.limits.models import Count
from carnet.limits.rules import DAY, HOUR, Limit

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
TWO = Limit("tries", 2, HOUR)


def test_so_many_and_no_more_in_a_span():
    assert [limits.spend(TWO, "192.0.2.1", at=NOON) for _ in range(3)] == [True, True, False]
    assert limits.spend(TWO, "192.0.2.2", at=NOON)
    assert limits.spend(TWO, "192.0.2.1", at=NOON + datetime.timedelta(hours=1))


def test_amounts_add_up():
    assert [limits.spend(TWO, "a", at=NOON, amount=amount) for amount in (2, 1)] == [True, False]


def test_asking_for_room_counts_nothing():
    limits.spend(TWO, "a", at=NOON)
    assert [queries.has_room(TWO, "a", at=NOON) for _ in range(3)] == [True] * 3
    assert not queries.has_room(TWO, "a", at=NOON, amount=2)


def test_no_address_is_kept():
    limits.spend(TWO, "claire@example.org", at=NOON)
    assert "claire" not in str(list(Count.objects.values()))


MIDNIGHT = NOON.replace(day=24, hour=0)


@pytest.mark.parametrize(("seconds", "end"), [(HOUR, NOON.replace(hour=13)), (DAY, MIDNIGHT)])
def test_a_span_begins_on_the_hour_and_the_day(seconds, end):
    assert Limit("x", 1, seconds).ends_at(NOON) == end


def test_what_has_ended_is_purged():
    limits.spend(TWO, "a", at=NOON)
    limits.spend(TWO, "a", at=NOON + datetime.timedelta(hours=2))
    assert limits.purge_counts(at=NOON + datetime.timedelta(hours=1)) == 1
    assert Count.objects.count() == 1


def test_several_limits_have_room_together_or_not(django_assert_num_queries):
    bytes_a_day = Limit("bytes", 100, DAY)
    limits.spend(bytes_a_day, "everybody", at=NOON, amount=60)
    for amount, has_room in ((40, True), (41, False)):
        with django_assert_num_queries(1):
            wanted = [(TWO, "a", 2), (bytes_a_day, "everybody", amount)]
            assert queries.have_room(wanted, at=NOON) is has_room
    assert not queries.have_room([(TWO, "a", 3), (bytes_a_day, "everybody", 1)], at=NOON)
