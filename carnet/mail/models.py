from django.db import models


class OutgoingMail(models.Model):
    """One e-mail of the outbox. The row is the truth; the job that delivers it is only the nudge."""

    class State(models.TextChoices):
        HELD = "held"  # its documents are still being made
        WAITING = "waiting"
        SENT = "sent"
        KEPT = "kept"  # demo and tests: shown in the outbox, never sent
        FAILED = "failed"  # refused for good; shown at the desk, where a person may retry it

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=60)  # the template, e.g. tickets/answered
    to = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    headers = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    queued_at = models.DateTimeField()
    give_up_at = models.DateTimeField()  # from here on a refusal «for the moment» counts as one for good
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    has_secret = models.BooleanField(default=False)  # a code or a secret link: for its recipient's eyes alone

    class Meta:
        indexes = [
            models.Index(fields=["state", "queued_at"], name="outgoing_mail_state"),
            models.Index(fields=["-queued_at", "-id"], name="outgoing_mail_list"),
            models.Index(fields=["to", "-queued_at"], name="outgoing_mail_to"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"


class MailAttachment(models.Model):
    """A document that a mail brings along."""

    mail = models.ForeignKey(OutgoingMail, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
