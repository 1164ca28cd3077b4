"""One table; and Django sends `post_migrate` only to an app with this module: the kernel installs the triggers then."""

from django.db import models


class UsedKey(models.Model):
    """What an idempotency key stood for when it came first (L12): a digest of everything that was asked for with it.

    Kept as long as what came of it, so that a form restored after months is still known.
    """

    key = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
