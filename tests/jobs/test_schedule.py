import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from carnet.jobs import actions as jobs
from carnet.jobs import schedule
from carnet.jobs.declare import Daily, Every
from carnet.jobs.models import Job, Schedule
from tests.factories.processes import all_at_once
from tests.jobs import chores

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
NOTE, FAIL = "tests.jobs.chores.note", "tests.jobs.chores.fail"


def after(**time: float) -> datetime.datetime:
    return NOON + datetime.timedelta(**time)


def entries(*declared: Every | Daily) -> schedule.Entries:
    return {entry.task.name: entry for entry in declared}


def rows() -> list[tuple]:
    return list(
        Schedule.objects.order_by("name").values_list("name", "every_seconds", "daily_at", "next_run_at", "last_run_at")
    )


def test_every_app_may_declare_periodic_work():
    found = schedule.declared()
    assert all(isinstance(entry, (Every, Daily)) for entry in found.values())
    assert found["carnet.jobs.tasks.prune"].task.name == "carnet.jobs.tasks.prune"


@pytest.mark.django_db
def test_rows_follow_what_is_declared():
    six = datetime.time(6)
    schedule.adopt(entries(Every(chores.note, 10), Daily(chores.fail, six)), at=NOON)
    tomorrow = datetime.datetime(2026, 11, 24, 5, tzinfo=datetime.UTC)
    assert rows() == [(FAIL, None, six, tomorrow, None), (NOTE, 10, None, NOON, None)]


@pytest.mark.django_db
def test_a_restart_changes_nothing():
    known = entries(Every(chores.note, 10), Daily(chores.fail, datetime.time(6)))
    schedule.adopt(known, at=NOON)
    before = rows()
    schedule.adopt(known, at=after(days=3))
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_workers_that_start_at_the_same_moment_make_the_rows_once():
    known = entries(Every(chores.note, 10), Daily(chores.fail, datetime.time(6)))
    for _round in range(5):
        assert all_at_once([partial(schedule.adopt, known, at=NOON)] * 6) == [None] * 6
        assert [row[0] for row in rows()] == [FAIL, NOTE]
        Schedule.objects.all().delete()


@pytest.mark.django_db
def test_a_changed_rule_counts_from_now_and_a_vanished_one_goes():
    schedule.adopt(entries(Every(chores.note, 10), Daily(chores.fail, datetime.time(6))), at=NOON)
    schedule.adopt(entries(Daily(chores.note, datetime.time(14))), at=NOON)
    assert rows() == [(NOTE, None, datetime.time(14), after(hours=1), None)]


@pytest.mark.django_db
def test_what_is_due_becomes_a_job_once():
    known = entries(Every(chores.tick, 10))
    schedule.adopt(known, at=NOON)
    schedule.enqueue_due(known, at=NOON)
    schedule.enqueue_due(known, at=after(seconds=9))
    job = Job.objects.get()
    assert (job.name, job.key, job.args, job.due_at) == (
        "tests.jobs.chores.tick", "schedule:tests.jobs.chores.tick", {}, NOON,
    )  # fmt: skip
    assert rows()[0][3:] == (after(seconds=10), NOON)
    Job.objects.update(state=Job.State.DONE)
    schedule.enqueue_due(known, at=after(seconds=10))
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_work_that_takes_longer_than_its_pause_does_not_pile_up():
    known = entries(Every(chores.tick, 10))
    schedule.adopt(known, at=NOON)
    for seconds in range(0, 100, 10):
        schedule.enqueue_due(known, at=after(seconds=seconds))
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_after_a_stop_of_days_it_runs_once():
    known = entries(Daily(chores.tick, datetime.time(6)), Every(chores.tock, 10))
    schedule.adopt(known, at=NOON)
    for _ in range(3):
        schedule.enqueue_due(known, at=after(days=5))
    assert Job.objects.count() == 2
    assert [row[3] for row in rows()] == [
        datetime.datetime(2026, 11, 29, 5, tzinfo=datetime.UTC),
        after(days=5, seconds=10),
    ]


@pytest.mark.django_db
def test_a_worker_that_comes_second_finds_it_done():
    known = entries(Every(chores.tick, 10))
    schedule.adopt(known, at=NOON)
    seen = list(Schedule.objects.filter(next_run_at__lte=NOON))
    schedule.enqueue_due(known, at=NOON)
    Job.objects.update(state=Job.State.DONE)
    # The second one has read the row before the first one put it forward.
    assert Schedule.objects.filter(name=seen[0].name, next_run_at=seen[0].next_run_at).count() == 0
    schedule.enqueue_due(known, at=NOON)
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_what_another_release_declares_is_left_to_its_workers():
    schedule.adopt(entries(Every(chores.tick, 10)), at=NOON)
    schedule.enqueue_due({}, at=NOON)
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_the_zone_handed_over_moves_daily_work():
    six = datetime.time(6)
    schedule.adopt(entries(Daily(chores.tick, six), Every(chores.tock, 10)), at=NOON)
    jobs.set_zone(ZoneInfo("America/Martinique"), at=NOON)
    # Six there is ten in UTC: today that is over.
    assert [row[3] for row in rows()] == [datetime.datetime(2026, 11, 24, 10, tzinfo=datetime.UTC), NOON]
    jobs.set_zone(ZoneInfo("Pacific/Noumea"), at=NOON)
    assert rows()[0][3] == datetime.datetime(2026, 11, 23, 19, tzinfo=datetime.UTC)
    known = entries(Daily(chores.tick, six))
    schedule.enqueue_due(known, at=datetime.datetime(2026, 11, 23, 19, tzinfo=datetime.UTC))
    assert rows()[0][3] == datetime.datetime(2026, 11, 24, 19, tzinfo=datetime.UTC)
