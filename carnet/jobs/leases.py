"""How a worker takes a job, holds on to it and ends it: a killed one loses nothing, a late one spoils nothing."""

import datetime
import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from django.db import DatabaseError, connection
from django.db.models import QuerySet

from carnet.jobs import rules
from carnet.jobs.models import Job
from carnet.kernel import clock

log = logging.getLogger(__name__)

# One statement: on PostgreSQL workers skip rows that others are just taking; SQLite lets one write at a time anyway.
CLAIM = """
UPDATE jobs_job
SET state = 'running', again = FALSE, attempts = attempts + 1, lease_token = %s, due_at = %s, started_at = %s
WHERE id = (
    SELECT id FROM jobs_job
    WHERE state IN ('waiting', 'running') AND due_at <= %s
    ORDER BY due_at, id LIMIT 1 {lock}
)
RETURNING *
"""


def claim(*, at: datetime.datetime, seconds: float) -> Job | None:
    """Take the job that has been due longest, for so many seconds; None if nothing is due."""
    if not Job.objects.due(at).exists():
        return None  # so that an idle worker never asks for SQLite's write lock
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    now, until = (
        connection.ops.adapt_datetimefield_value(moment) for moment in (at, at + datetime.timedelta(seconds=seconds))
    )
    claimed = Job.objects.raw(CLAIM.format(lock=lock), [secrets.token_hex(16), until, now, now])
    return next(iter(claimed), None)


def _held(job: Job) -> QuerySet[Job]:
    """The job's row while this claim still holds it, else nothing: a claim that was lost changes nothing."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)


def renew(job: Job, *, at: datetime.datetime, seconds: float) -> bool:
    """Hold on to the job for so many seconds more; False if it was lost."""
    return bool(_held(job).update(due_at=at + datetime.timedelta(seconds=seconds)))


def finish(job: Job, *, at: datetime.datetime) -> bool:
    """The job is done; it waits again if it was asked for meanwhile. False if the lease was lost."""
    done = _held(job).filter(again=False).update(state=Job.State.DONE, finished_at=at, last_error="")
    return bool(done or _held(job).update(state=Job.State.WAITING, due_at=at, attempts=0, last_error=""))


def give_back(job: Job, *, at: datetime.datetime, error: str) -> bool:
    """The attempt failed: the job waits for the next one, or has failed for good. False if the lease was lost."""
    if job.attempts >= job.max_attempts:
        attempts = min(job.attempts, job.max_attempts)
        return bool(_held(job).update(state=Job.State.FAILED, finished_at=at, attempts=attempts, last_error=error))
    due_at = at + rules.delay_after(job.attempts)
    return bool(_held(job).update(state=Job.State.WAITING, due_at=due_at, last_error=error))


class Heartbeat:
    """Renews the lease of the job at hand, however long that takes, from one thread with a connection of its own."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._job: Job | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def holding(self, job: Job) -> Iterator[None]:
        """While the block runs, the job's lease is renewed three times before it could end."""
        self._job = job
        try:
            yield
        finally:
            self._job = None

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds / 3):
            job = self._job
            if job is None:
                continue
            try:
                if not renew(job, at=clock.now(), seconds=self._seconds) and job is self._job:
                    log.error("The lease of job %s was lost; what it returns will not count.", job.pk)
                    self._job = None
            except DatabaseError:
                # Locked or away for a moment: two more beats fit before the lease ends.
                log.warning("The lease of job %s could not be renewed.", job.pk, exc_info=True)
            finally:
                connection.close()
