"""The backend of the django-tasks API named in the settings: tasks become rows of our own database."""

import inspect
from dataclasses import dataclass
from typing import Any

from carnet.jobs import actions
from carnet.jobs.declare import BaseTaskBackend, InvalidTaskError, Task, TaskResult, TaskResultStatus
from carnet.kernel import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTask(Task):
    """A task that says how often it is tried before it counts as failed: `@task(max_attempts=3)`."""

    max_attempts: int = actions.MAX_ATTEMPTS


class DatabaseBackend(BaseTaskBackend):
    """Stores each task as a job, in the transaction of whoever enqueues it. `carnet.jobs.worker` runs them.

    What a task returns is not kept: its result is what it wrote.
    """

    task_class = DatabaseTask
    supports_defer = True

    def validate_task(self, task: Task) -> None:
        super().validate_task(task)
        if task.takes_context:
            raise InvalidTaskError("Tasks get plain arguments only.")

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Called by `task.enqueue(…)`; our own code uses `jobs.enqueue`, which knows keys and moments."""
        named = inspect.signature(task.func).bind(*args, **kwargs).arguments
        job = actions.enqueue(task.module_path, key=None, at=clock.now(), run_after=task.run_after, **named)
        assert job, "nothing is gathered here"
        return TaskResult(
            task=task, id=str(job.pk), status=TaskResultStatus.READY, enqueued_at=job.enqueued_at, started_at=None,
            finished_at=None, last_attempted_at=None, args=list(args), kwargs=kwargs, backend=self.alias, errors=[],
            worker_ids=[],
        )  # fmt: skip
