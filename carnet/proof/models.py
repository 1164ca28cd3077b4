from django.db import models

from carnet.audit.models import ActorColumns
from carnet.proof.rules import Fault


class VerificationRun(ActorColumns):
    """That everything was read again and compared, how long that took, and what it found. Append-only, written once it
    has ended: one that was broken off leaves no row.
    """

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    records = models.PositiveBigIntegerField()
    fault_count = models.PositiveIntegerField()
    faults = models.JSONField(default=list)  # the first (`rules.Fault`); they name numbers, never people
    digest = models.CharField(max_length=64, blank=True)  # of which records all the faults are about
    told = models.BooleanField(default=False)  # whether the owners were told by mail

    class Meta:
        indexes = [models.Index(fields=["-ended_at", "-id"], name="verification_run_ended")]

    def __str__(self) -> str:
        return f"verification of {self.ended_at}: {self.fault_count} faults"

    @property
    def seconds(self) -> int:
        """How long it took, a second at least."""
        return max(1, round((self.ended_at - self.began_at).total_seconds()))

    def first_faults(self) -> list[Fault]:
        """The first faults that it found, as values."""
        return [Fault(**row) for row in self.faults]

    @property
    def all_agrees(self) -> bool:
        return self.fault_count == 0
