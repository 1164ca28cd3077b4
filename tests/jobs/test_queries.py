import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

import pytest

from carnet.jobs import actions as jobs
from carnet.jobs import leases, queries, schedule
from carnet.jobs.declare import Daily, Every
from carnet.jobs.models import Job
from tests.jobs import chores

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def after(seconds: float) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


def enqueue(at: datetime.datetime = NOON) -> Job:
    job = jobs.enqueue("tests.jobs.chores.tick", key=None, at=at)
    assert job
    return job


def test_the_zone_is_that_of_paris_until_another_is_handed_over():
    assert queries.zone() == ZoneInfo("Europe/Paris")
    jobs.set_zone(ZoneInfo("America/Martinique"), at=NOON)
    jobs.set_zone(ZoneInfo("Indian/Reunion"), at=NOON)
    assert queries.zone() == ZoneInfo("Indian/Reunion")


def test_failed_jobs_come_latest_first():
    first, second, _ = (enqueue() for _ in range(3))
    Job.objects.filter(pk=first.pk).update(state="failed", finished_at=after(5))
    Job.objects.filter(pk=second.pk).update(state="failed", finished_at=after(6))
    assert list(queries.jobs_failed()) == [second, first]


def test_waiting_jobs_come_in_the_order_of_their_turns():
    late, early, done = enqueue(after(9)), enqueue(), enqueue()
    Job.objects.filter(pk=done.pk).update(state="done")
    assert list(queries.jobs_waiting()) == [early, late]


def test_the_schedule_shows_how_its_work_went():
    entries = {
        entry.task.name: entry
        for entry in (Every(chores.tick, 10), Every(chores.tock, 10), Daily(chores.fail, datetime.time(3)))
    }
    schedule.adopt(entries, at=NOON)
    schedule.enqueue_due(entries, at=NOON)
    Job.objects.filter(name="tests.jobs.chores.tick").update(state="failed")
    assert list(map(attrgetter("name", "last_state"), queries.schedule_rows())) == [
        ("tests.jobs.chores.fail", None),
        ("tests.jobs.chores.tick", "failed"),
        ("tests.jobs.chores.tock", "waiting"),
    ]


def test_a_silent_worker_shows():
    assert queries.overdue_since(after(9999)) is None
    enqueue()
    assert queries.overdue_since(after(59)) is None
    assert queries.overdue_since(after(60)) == NOON
    job = leases.claim(at=after(61), seconds=60)
    assert queries.overdue_since(after(170)) is None
    assert queries.overdue_since(after(181)) == after(121)
    assert job is not None
    leases.finish(job, at=after(181))
    assert queries.overdue_since(after(999)) is None


def test_overdue_periodic_work_shows_too():
    entries = {"tests.jobs.chores.tick": Every(chores.tick, 10)}
    schedule.adopt(entries, at=after(-30))
    enqueue()
    assert queries.overdue_since(after(60)) == after(-30)
    schedule.enqueue_due(entries, at=after(60))
    assert queries.overdue_since(after(60)) == NOON
