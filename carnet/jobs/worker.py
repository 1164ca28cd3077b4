"""The loop that runs jobs, one at a time, and turns the schedule into jobs."""

import logging
import threading
import traceback

from django.conf import settings
from django.db import connections
from django.utils import translation
from django.utils.module_loading import import_string

from carnet.jobs import leases, schedule
from carnet.jobs.models import Job
from carnet.kernel import clock

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
CRASHED = "The worker stopped in the middle of the last attempt, before it could say why."


class Worker:
    """Runs what is due until `stop` is set; a job that runs then is finished first.

    Any number of workers may share one database. `lease_seconds` is how long a job rests after its worker was killed.
    """

    def __init__(self, *, lease_seconds: int = 60) -> None:
        self.stop = threading.Event()
        self._lease_seconds = lease_seconds
        self._entries: schedule.Entries = {}

    def run(self) -> None:
        """Work until told to stop; a database that is away for a while only makes it wait."""
        log.info("The worker starts.")
        with leases.Heartbeat(seconds=self._lease_seconds) as heartbeat:
            while not self.stop.is_set():
                try:
                    busy = self._step(heartbeat)
                except Exception:
                    log.exception("The worker could not look for work.")
                    connections.close_all()  # a broken one would stay broken
                    busy = False
                if not busy:
                    self.stop.wait(IDLE_SECONDS)
        log.info("The worker stops.")

    def run_due(self) -> int:
        """Run what is due now and what that brings about, then return how many jobs that were."""
        count = 0
        with leases.Heartbeat(seconds=self._lease_seconds) as heartbeat:
            while not self.stop.is_set() and self._step(heartbeat):
                count += 1
        return count

    def _step(self, heartbeat: leases.Heartbeat) -> bool:
        """Run the next job that is due; False if there was none."""
        at = clock.now()
        if not self._entries:
            entries = schedule.declared()
            schedule.adopt(entries, at=at)
            self._entries = entries
        schedule.enqueue_due(self._entries, at=at)
        job = leases.claim(at=at, seconds=self._lease_seconds)
        if job is None:
            return False
        if job.attempts > job.max_attempts:
            leases.give_back(job, at=at, error=CRASHED)
            log.error("Job %s (%s) was given up: %s", job.pk, job.name, CRASHED)
        else:
            self._run_job(job, heartbeat)
        return True

    def _run_job(self, job: Job, heartbeat: leases.Heartbeat) -> None:
        try:
            with heartbeat.holding(job), translation.override(settings.LANGUAGE_CODE):
                import_string(job.name).call(**job.args)
        except Exception as error:
            log.warning("Job %s (%s) failed in attempt %s.", job.pk, job.name, job.attempts, exc_info=True)
            held = leases.give_back(job, at=clock.now(), error="".join(traceback.format_exception(error))[-4000:])
        else:
            held = leases.finish(job, at=clock.now())
        if not held:
            log.error("Job %s (%s) was taken over by another worker meanwhile.", job.pk, job.name)
