import datetime

import pytest

from carnet.jobs import actions as jobs
from carnet.jobs import leases
from carnet.jobs.models import Job

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
LATER = NOON + datetime.timedelta(hours=1)
NOTE = "tests.jobs.chores.note"

pytestmark = pytest.mark.django_db


def failed_job(key: str | None = "note:1") -> Job:
    jobs.enqueue(NOTE, key=key, at=NOON, path="/tmp/x")
    job = leases.claim(at=NOON, seconds=60)
    assert job is not None
    job.attempts = job.max_attempts
    assert leases.give_back(job, at=NOON, error="a reason")
    return job


@pytest.mark.parametrize("key", ["note:1", None])
def test_a_failed_job_runs_again_with_all_its_attempts(key):
    job = jobs.retry_job(failed_job(key).pk, at=LATER)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.due_at, job.finished_at) == (Job.State.WAITING, 0, LATER, None)
    assert job.last_error == "a reason"


def test_another_state_is_refused():
    job = failed_job()
    jobs.retry_job(job.pk, at=LATER)
    with pytest.raises(jobs.JobNotFailed) as refusal:
        jobs.retry_job(job.pk, at=LATER)
    assert refusal.value.values == {"state": "waiting"}


def test_it_is_refused_while_the_same_work_waits():
    job = failed_job()
    jobs.enqueue(NOTE, key="note:1", at=NOON, path="/tmp/x")
    with pytest.raises(jobs.JobAlreadyWaiting):
        jobs.retry_job(job.pk, at=LATER)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
