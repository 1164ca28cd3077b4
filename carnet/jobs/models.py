import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from carnet.jobs import rules


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> Self:
        """What waits or runs: at most one for each key."""
        return self.filter(state__in=Job.LIVE)

    def due(self, at: datetime.datetime) -> Self:
        """What a worker may take at this moment: its time has come, or the worker that took it has fallen silent."""
        return self.live().filter(due_at__lte=at)


class Job(models.Model):
    """One run of a task, asked for in the transaction that needs it. Only a nudge: the truth is another row."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"  # for good, until a person retries it

    LIVE = (State.WAITING, State.RUNNING)

    name = models.CharField(max_length=120)  # dotted, e.g. carnet.mail.tasks.deliver
    key = models.CharField(max_length=160, null=True)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    # When a worker may take it: of a waiting job its time to start, of a running one the end of its lease.
    due_at = models.DateTimeField()
    # Made anew by each claim: a worker whose lease ran out can't finish what another has taken over.
    lease_token = models.CharField(max_length=32, blank=True)
    # Asked for again since it was claimed: it runs once more, because it may have read too early.
    again = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)  # counted at the claim, so that a crash counts too
    max_attempts = models.PositiveSmallIntegerField()
    last_error = models.TextField(blank=True)
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["waiting", "running"]), name="job_key_live_once"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=["waiting", "running"]), name="job_due"),
            models.Index(fields=["state", "finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.args}"


class Schedule(models.Model):
    """When a periodic task runs next. Rows follow the lists `SCHEDULE` of the apps' tasks."""

    name = models.CharField(max_length=120, primary_key=True)
    every_seconds = models.PositiveIntegerField(null=True)
    daily_at = models.TimeField(null=True)  # in the provider's time zone
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every_seconds__isnull=True) ^ Q(daily_at__isnull=True), name="schedule_one_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.daily_at or f'every {self.every_seconds} s'}"

    def next_after(self, at: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
        """When it is due next if it runs at this moment."""
        return rules.next_after(at, every_seconds=self.every_seconds, daily_at=self.daily_at, zone=zone)


class Zone(models.Model):
    """The one row that says in which time zone daily work is due; the provider hands it over."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="zone_one_row")]

    def __str__(self) -> str:
        return self.name
