import datetime

from django.db import models
from django.db.models import F, Q

from carnet.kernel.fields import TextsField
from carnet.schedule import rules


class PublishedHours(models.Model):
    """The weekly opening hours from the moment they were published on. Append-only: M1 asks what stood there then."""

    # Seven lists, Monday first, each of stretches ["09:00", "12:30"] on clocks in the provider's time zone.
    weekly = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-published_at", "-id"], name="schedule_hours_published")]

    def windows(self) -> dict[int, tuple[rules.Window, ...]]:
        """The week as the rules take it: 0 is Monday."""
        return {
            weekday: tuple(
                (datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)) for opens, closes in day
            )
            for weekday, day in enumerate(self.weekly)
        }

    def __str__(self) -> str:
        return f"hours published at {self.published_at}"


class ClosedDays(models.Model):
    """Days on which the service is closed besides public holidays, first and last included. Append-only."""

    first_day = models.DateField()
    last_day = models.DateField()
    reason = TextsField(blank=True)  # for customers: «inventory»; may be empty
    announced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="schedule_closed_days_order")
        ]
        indexes = [models.Index(fields=["last_day"], name="schedule_closed_days_last")]

    def is_known_at(self, at: datetime.datetime) -> bool:
        """Announced by then and not yet withdrawn."""
        withdrawal = getattr(self, "withdrawal", None)
        return self.announced_at <= at and (withdrawal is None or at < withdrawal.at)

    def days(self) -> list[datetime.date]:
        return [self.first_day + datetime.timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    def __str__(self) -> str:
        return f"closed {self.first_day} to {self.last_day}"


class ClosedDaysWithdrawal(models.Model):
    """From `at` on, these days are open after all. Append-only."""

    closed_days = models.OneToOneField(ClosedDays, models.PROTECT, primary_key=True, related_name="withdrawal")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"open again since {self.at}"
