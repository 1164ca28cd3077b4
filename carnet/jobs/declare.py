"""What an app's `tasks.py` needs: `task`, and `Every` and `Daily` for its list `SCHEDULE`.

The only module that imports the backport's API; Django 6 has the same as `django.tasks`.
"""

import datetime
from dataclasses import dataclass

from django_tasks import TaskResult, TaskResultStatus, task
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from django_tasks.exceptions import InvalidTaskError

__all__ = ["BaseTaskBackend", "Daily", "Every", "InvalidTaskError", "Task", "TaskResult", "TaskResultStatus", "task"]


@dataclass(frozen=True, slots=True)
class Every:
    """Runs `task` so many seconds after the last time; at once when it is new."""

    task: Task
    seconds: int


@dataclass(frozen=True, slots=True)
class Daily:
    """Runs `task` once on each date, when clocks in the provider's time zone show `at`; after a stop, once."""

    task: Task
    at: datetime.time
