import datetime
import threading

import pytest
from django.db import DatabaseError

from carnet.jobs import actions as jobs
from carnet.jobs import leases
from carnet.jobs.models import Job

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
NOTE = "tests.jobs.chores.note"

pytestmark = pytest.mark.django_db


def after(seconds: float) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


def enqueue(key: str | None = None, **moments: datetime.datetime) -> Job:
    job = jobs.enqueue(NOTE, key=key, **{"at": NOON, **moments}, path="/tmp/x")
    assert job
    return job


def claim(at: datetime.datetime = NOON) -> Job:
    job = leases.claim(at=at, seconds=60)
    assert job is not None
    return job


def test_nothing_is_due():
    assert leases.claim(at=NOON, seconds=60) is None


def test_a_job_is_taken_once():
    enqueue()
    job = claim()
    assert (job.state, job.attempts, job.started_at, job.due_at) == (Job.State.RUNNING, 1, NOON, after(60))
    assert (job.name, job.args, len(job.lease_token)) == (NOTE, {"path": "/tmp/x"}, 32)
    assert leases.claim(at=NOON, seconds=60) is None


def test_the_one_that_waited_longest_comes_first():
    late, early = enqueue(run_after=after(20)), enqueue(run_after=after(10))
    twin = enqueue(run_after=after(10))
    assert leases.claim(at=after(9), seconds=60) is None
    assert [claim(after(30)) for _ in range(3)] == [early, twin, late]


def test_a_lease_that_ran_out_gives_the_job_to_another():
    enqueue()
    dead = claim()
    assert leases.claim(at=after(59), seconds=60) is None
    heir = claim(after(60))
    assert (heir.pk, heir.attempts) == (dead.pk, 2)
    assert heir.lease_token != dead.lease_token


def test_a_renewed_lease_lasts_longer():
    enqueue()
    job = claim()
    assert leases.renew(job, at=after(20), seconds=60) is True
    assert leases.claim(at=after(79), seconds=60) is None
    assert claim(after(80)) == job


def test_what_a_worker_brings_after_its_lease_was_taken_changes_nothing():
    job = enqueue()
    zombie = claim()
    heir = claim(after(60))
    before = Job.objects.values().get()
    assert leases.renew(zombie, at=after(61), seconds=60) is False
    assert leases.finish(zombie, at=after(61)) is False
    assert leases.give_back(zombie, at=after(61), error="too late") is False
    assert Job.objects.values().get() == before
    assert leases.finish(heir, at=after(62)) is True
    assert leases.finish(zombie, at=after(63)) is False
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.DONE, after(62))


def test_a_failed_attempt_rests_before_the_next():
    job = enqueue()
    assert leases.give_back(claim(), at=after(5), error="no reply") is True
    job.refresh_from_db()
    assert (job.state, job.due_at, job.attempts, job.last_error) == (Job.State.WAITING, after(15), 1, "no reply")
    assert leases.give_back(claim(after(15)), at=after(16), error="no reply") is True
    job.refresh_from_db()
    assert (job.due_at, job.attempts) == (after(56), 2)


def test_after_the_last_attempt_it_has_failed():
    job = enqueue()
    Job.objects.update(max_attempts=1)
    assert leases.give_back(claim(), at=after(5), error="no reply") is True
    job.refresh_from_db()
    assert (job.state, job.finished_at, job.attempts, job.last_error) == (Job.State.FAILED, after(5), 1, "no reply")
    assert leases.claim(at=after(9999), seconds=60) is None


def test_a_good_end_clears_the_error():
    job = enqueue()
    leases.give_back(claim(), at=NOON, error="no reply")
    leases.finish(claim(after(10)), at=after(11))
    job.refresh_from_db()
    assert (job.state, job.last_error, job.finished_at) == (Job.State.DONE, "", after(11))


def test_what_was_asked_for_again_while_it_ran_runs_again():
    job = enqueue("note:1")
    running = claim()
    enqueue("note:1")
    assert leases.finish(running, at=after(5)) is True
    job.refresh_from_db()
    assert (job.state, job.due_at, job.attempts) == (Job.State.WAITING, after(5), 0)
    assert leases.finish(claim(after(5)), at=after(6)) is True
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_asking_again_for_one_that_waits_makes_no_second_run():
    job = enqueue("note:1")
    enqueue("note:1")
    leases.finish(claim(), at=after(5))
    job.refresh_from_db()
    assert job.state == Job.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_keeps_the_lease_of_the_job_at_hand():
    enqueue(), enqueue()
    with leases.Heartbeat(seconds=0.03) as heartbeat:
        for _ in range(2):
            job = claim()
            with heartbeat.holding(job):
                while Job.objects.get(pk=job.pk).due_at == job.due_at:
                    heartbeat._ended.wait(0.005)
            assert leases.finish(job, at=after(61)) is True
    assert heartbeat._thread.is_alive() is False


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_tells_once_when_the_lease_was_lost(caplog):
    enqueue()
    zombie = claim()
    heir = claim(after(60))
    with leases.Heartbeat(seconds=0.03) as heartbeat, heartbeat.holding(zombie):
        while heartbeat._job is not None:
            heartbeat._ended.wait(0.005)
        heartbeat._ended.wait(0.03)
    assert [record.message for record in caplog.records] == [
        f"The lease of job {zombie.pk} was lost; what it returns will not count."
    ]
    assert Job.objects.get().lease_token == heir.lease_token


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_survives_a_database_that_is_away_for_a_moment(caplog, monkeypatch):
    enqueue()
    job = claim()
    beats: list[int] = []
    beaten = threading.Event()

    def renew(*_: object, **__: object) -> bool:
        beats.append(1)
        if len(beats) == 1:
            raise DatabaseError("locked")
        beaten.set()
        return True

    monkeypatch.setattr(leases, "renew", renew)
    with leases.Heartbeat(seconds=0.03) as heartbeat, heartbeat.holding(job):
        assert beaten.wait(timeout=300)
        heartbeat._job = None
    assert [record.message for record in caplog.records] == [f"The lease of job {job.pk} could not be renewed."]
