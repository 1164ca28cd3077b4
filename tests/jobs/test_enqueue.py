import datetime
import threading

import pytest
from django.db import connection, transaction

from carnet.jobs import actions as jobs
from carnet.jobs import leases
from carnet.jobs.models import Job

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
NOTE = "tests.jobs.chores.note"


@pytest.mark.django_db
def test_a_job_is_a_row_that_waits():
    job = jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x", word="é")
    job.refresh_from_db()
    assert (job.name, job.key, job.args) == (NOTE, "note:1", {"path": "/tmp/x", "word": "é"})
    assert (job.state, job.attempts, job.max_attempts) == (Job.State.WAITING, 0, 8)
    assert (job.enqueued_at, job.due_at, job.started_at, job.finished_at) == (NOON, NOON, None, None)


@pytest.mark.django_db
def test_it_may_wait_for_its_time():
    tomorrow = NOON + datetime.timedelta(days=1)
    job = jobs.enqueue(NOTE, key=None, at=NOON, run_after=tomorrow, path="/tmp/x")
    assert (job.enqueued_at, job.due_at) == (NOON, tomorrow)


@pytest.mark.django_db
def test_a_task_says_how_often_it_is_tried():
    assert jobs.enqueue("tests.jobs.chores.fail", key=None, at=NOON, path="/tmp/x").max_attempts == 3


@pytest.mark.django_db
def test_without_a_key_each_asking_is_a_job():
    jobs.enqueue(NOTE, key=None, at=NOON, path="/tmp/x")
    jobs.enqueue(NOTE, key=None, at=NOON, path="/tmp/x")
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_of_one_key_one_job_lives():
    first = jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x")
    assert jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x") == first
    running = leases.claim(at=NOON, seconds=60)
    assert running == first
    assert jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x") == first
    assert Job.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["done", "failed"])
def test_a_finished_job_leaves_its_key_free(end):
    first = jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x")
    Job.objects.update(state=end)
    assert jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x") != first


@pytest.mark.django_db
def test_what_the_caller_rolls_back_is_no_job():
    with transaction.atomic():
        jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x")
        jobs.enqueue(NOTE, key=None, at=NOON, path="/tmp/x")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "args", "error", "words"),
    [
        ("tests.jobs.chores.missing", {"path": "x"}, ImportError, "missing"),
        ("tests.jobs.chores.no_task", {}, ValueError, "no task"),
        (NOTE, {}, TypeError, "path"),
        (NOTE, {"path": "x", "colour": "red"}, TypeError, "colour"),
        (NOTE, {"path": NOON}, TypeError, "JSON"),
    ],
)
def test_mistakes_of_the_programmer_are_loud_at_once(name, args, error, words):
    with pytest.raises(error, match=words), transaction.atomic():
        jobs.enqueue(name, key="k", at=NOON, **args)
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_get_one_job():
    found: list[int] = []
    start = threading.Barrier(6)

    def ask() -> None:
        try:
            start.wait()
            with transaction.atomic():
                found.append(jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Job.objects.get().pk] * 6


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_again_is_not_taken_before_the_asking_is_committed():
    """Else a worker could read what is not yet there, and the second asking would be lost."""
    jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x")
    taken: list[Job | None] = []

    def take() -> None:
        try:
            taken.append(leases.claim(at=NOON, seconds=60))
        finally:
            connection.close()

    with transaction.atomic():
        jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x")
        worker = threading.Thread(target=take)
        worker.start()
        # On PostgreSQL it passes the row by; on SQLite it waits for our end.
        worker.join(timeout=0.2)
        assert [job for job in taken if job is not None] == []
    worker.join()
    assert Job.objects.get().again == (connection.vendor == "postgresql")
