"""What waits, what failed, what is scheduled."""

import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from carnet.jobs.models import Job, Schedule, Zone

DEFAULT_ZONE = "Europe/Paris"


def zone() -> ZoneInfo:
    """The time zone in which daily work is due: the one handed over by the provider, else Europe/Paris."""
    name = Zone.objects.values_list("name", flat=True).first()
    return ZoneInfo(name or DEFAULT_ZONE)


def jobs_failed() -> QuerySet[Job]:
    """Jobs that were given up, the latest first."""
    return Job.objects.filter(state=Job.State.FAILED).order_by("-finished_at", "-id")


def jobs_waiting() -> QuerySet[Job]:
    """Jobs that wait or run, the next one first."""
    return Job.objects.live().order_by("due_at", "id")


def is_live(key: str) -> bool:
    """Whether a job of this key waits or runs."""
    return Job.objects.live().filter(key=key).exists()


def is_last_attempt(key: str) -> bool:
    """Whether the job of this key, which runs now, is given up if it fails once more."""
    return Job.objects.filter(key=key, state=Job.State.RUNNING, attempts__gte=F("max_attempts")).exists()


def schedule_rows() -> QuerySet[Schedule]:
    """Periodic work by name, each with `last_state`, the state of its latest run (or none)."""
    latest = Job.objects.filter(key=Concat(Value("schedule:"), OuterRef("name"))).order_by("-id")
    return Schedule.objects.annotate(last_state=Subquery(latest.values("state")[:1])).order_by("name")


def overdue_since(at: datetime.datetime) -> datetime.datetime | None:
    """Since when work has been waiting for a worker: the oldest moment more than a minute ago that nobody has served.

    None while a worker keeps up. What runs is not overdue: its moment is the end of its lease.
    """
    limit = at - datetime.timedelta(minutes=1)
    job = Job.objects.due(limit).order_by("due_at").values_list("due_at", flat=True).first()
    row = (
        Schedule.objects.filter(next_run_at__lte=limit)
        .order_by("next_run_at")
        .values_list("next_run_at", flat=True)
        .first()
    )
    return min((moment for moment in (job, row) if moment is not None), default=None)
