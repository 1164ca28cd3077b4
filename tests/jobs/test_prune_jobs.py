import datetime

import pytest

from carnet.jobs import actions as jobs
from carnet.jobs import tasks
from carnet.jobs.models import Job
from carnet.kernel import clock

pytestmark = pytest.mark.django_db


def job(state: str, days_ago: float) -> int:
    at = clock.now() - datetime.timedelta(days=days_ago)
    found = jobs.enqueue("tests.jobs.chores.tick", key=None, at=at)
    ended = at if state in {"done", "failed"} else None
    Job.objects.filter(pk=found.pk).update(state=state, finished_at=ended)
    return found.pk


def test_done_jobs_stay_three_days_and_failed_ones_ninety():
    kept = [job("done", 2.9), job("failed", 89.9), job("waiting", 400), job("running", 400)]
    job("done", 3.1)
    job("failed", 90.1)
    tasks.prune.call()
    assert list(Job.objects.order_by("id").values_list("id", flat=True)) == kept


def test_it_says_how_many():
    job("done", 5)
    job("done", 1)
    job("failed", 5)
    before = clock.now() - datetime.timedelta(days=2)
    assert jobs.prune_jobs(done_before=before, failed_before=before) == 2
