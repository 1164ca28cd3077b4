import datetime
import inspect
import json
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string

from carnet.jobs.declare import Task
from carnet.jobs.models import Job, Schedule, Zone
from carnet.kernel import gathering
from carnet.kernel.refused import Refused


class JobNotFailed(Refused):
    """Only a job that was given up can be retried."""

    code = "jobs.not_failed"


class JobAlreadyWaiting(Refused):
    """The same work waits or runs again already, under the same key."""

    code = "jobs.already_waiting"


# In one statement, so that nobody comes between the question and the answer. A row that only waits is written too: the
# lock that this takes keeps workers from running it before the caller's transaction has ended.
ENQUEUE = """
INSERT INTO jobs_job
    (name, key, args, state, due_at, lease_token, again, attempts, max_attempts, last_error, enqueued_at)
VALUES {rows}
ON CONFLICT (key) WHERE state IN ('waiting', 'running') DO UPDATE SET again = TRUE
RETURNING *
"""
ROW = "(%s, %s, %s, 'waiting', %s, '', FALSE, 0, %s, '', %s)"


class Enqueued:
    """Jobs that wait to be stored with the others of their transaction; of one key the first."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.keys: set[str] = set()

    def add(self, row: list[Any], key: str | None) -> None:
        if key is not None and key in self.keys:
            return
        self.rows.append(row)
        self.keys |= {key} if key is not None else set()

    def store(self) -> None:
        statement = ENQUEUE.format(rows=", ".join([ROW] * len(self.rows)))
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for row in self.rows for value in row])


def enqueue(
    name: str, /, *, key: str | None, at: datetime.datetime, run_after: datetime.datetime | None = None, **args: Any
) -> Job | None:
    """Have the task of this dotted name run by a worker, not before `run_after`; undone with the caller's transaction.
    Answers with the job, unless it is only stored with others at the transaction's end (`kernel.gathering`).

    Of one key at most one job waits or runs: asking again brings no second one, but what runs already will run once
    more, as it may have read too early. So a key must tell its arguments, which are JSON values: ids and texts.
    """
    task = import_string(name)
    if not isinstance(task, Task):
        raise ValueError(f"{name} is no task")
    inspect.signature(task.call).bind(**args)
    due_at, enqueued_at = (connection.ops.adapt_datetimefield_value(moment) for moment in (run_after or at, at))
    values = [name, key, json.dumps(args), due_at, task.max_attempts, enqueued_at]
    waiting = gathering.kept("jobs", Enqueued)
    if waiting is not None:
        waiting.add(values, key)
        return None
    return Job.objects.raw(ENQUEUE.format(rows=ROW), values)[0]


def retry_job(job_id: int, *, at: datetime.datetime) -> Job:
    """Let a job that was given up run again, with all its attempts. Refuses JobNotFailed and JobAlreadyWaiting."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.state != Job.State.FAILED:
            raise JobNotFailed(state=job.state)
        job.state, job.attempts, job.due_at, job.finished_at = Job.State.WAITING, 0, at, None
        try:
            with transaction.atomic():
                job.save(update_fields=["state", "attempts", "due_at", "finished_at"])
        except IntegrityError:
            raise JobAlreadyWaiting from None
    return job


def set_zone(zone: ZoneInfo, *, at: datetime.datetime) -> None:
    """Reckon daily work in this time zone from now on; called by the provider when its own changes."""
    with transaction.atomic():
        Zone.objects.update_or_create(id=1, defaults={"name": zone.key})
        for row in Schedule.objects.select_for_update().filter(daily_at__isnull=False):
            row.next_run_at = row.next_after(at, zone)
            row.save(update_fields=["next_run_at"])


def prune_jobs(*, done_before: datetime.datetime, failed_before: datetime.datetime) -> int:
    """Delete jobs that were done, or given up, before these moments; returns how many."""
    deleted = 0
    for state, moment in ((Job.State.DONE, done_before), (Job.State.FAILED, failed_before)):
        deleted += Job.objects.filter(state=state, finished_at__lt=moment).delete()[0]
    return deleted
