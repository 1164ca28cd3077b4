from django.db import models


class ActorColumns(models.Model):
    """Who made a row (`actors.Actor`), so that it outlives the person."""

    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=60)

    class Meta:
        abstract = True


class Entry(ActorColumns):
    """One thing that somebody did. Append-only; holds ids, codes and labels, never names or free text."""

    at = models.DateTimeField()
    code = models.CharField(max_length=60)  # e.g. ticket.closed
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_entry_at"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_entry_subject"),
            models.Index(fields=["customer_id", "id"], name="audit_entry_customer"),
            models.Index(fields=["code", "id"], name="audit_entry_code"),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="audit_entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_kind} {self.subject_id}"
