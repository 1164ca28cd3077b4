from django.db import models


class Count(models.Model):
    """How much of a limit somebody has used in a span. Who it is stands there as a keyed digest: no address is kept."""

    name = models.CharField(max_length=60)
    whom = models.CharField(max_length=64)
    ends_at = models.DateTimeField()
    used = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "whom", "ends_at"], name="limits_count_once")]
        indexes = [models.Index(fields=["ends_at"], name="limits_count_ends")]

    def __str__(self) -> str:
        return f"{self.used} of {self.name}"
