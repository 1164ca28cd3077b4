import datetime

import pytest
from django_tasks.exceptions import InvalidTaskError

from carnet.jobs.backend import DatabaseBackend
from carnet.jobs.declare import task
from carnet.jobs.models import Job
from carnet.jobs.worker import Worker
from carnet.kernel import clock
from tests.jobs import chores


@pytest.mark.django_db
def test_a_task_enqueued_by_the_api_is_a_job(tmp_path):
    result = chores.note.enqueue(str(tmp_path / "notes"), word="api")
    job = Job.objects.get()
    assert (result.id, result.status, job.key) == (str(job.pk), "READY", None)
    assert job.args == {"path": str(tmp_path / "notes"), "word": "api"}
    Worker().run_due()
    assert (tmp_path / "notes").read_text() == "api\n"


@pytest.mark.django_db
def test_it_may_be_put_off():
    at = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
    chores.tick.using(run_after=at).enqueue()
    assert Job.objects.get().due_at == at
    assert Job.objects.get().enqueued_at < clock.now()


def with_context(context: object) -> None:
    """Would want to know about its own run."""


def test_tasks_get_plain_arguments_only():
    with pytest.raises(InvalidTaskError, match="plain arguments"):
        task(takes_context=True)(with_context)


def test_it_is_the_backend_of_the_settings():
    assert type(chores.tick.get_backend()) is DatabaseBackend
