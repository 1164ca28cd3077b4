import uuid

from django.db import models

from carnet.files import rules


class StoredFile(models.Model):
    """A file that somebody sent. Its type is told by its content, never by its name; it is served inert."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)  # as sent, made safe for a header
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.FileField(max_length=200)
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["stored_at"], name="stored_file_at")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it inline."""
        return self.content_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}

    @property
    def is_protected(self) -> bool:
        """Whether it opens with a password only."""
        return self.content_type == rules.PROTECTED
