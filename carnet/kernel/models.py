"""One table, and columns that many have. Django sends `post_migrate` only to an app with this module, and the kernel
installs the triggers then.
"""

from django.db import models

from carnet.kernel.keys import Cause


class UsedKey(models.Model):
    """What an idempotency key stood for when it came first (L12): a digest of everything that was asked for with it.

    Kept as long as what came of it, so that a form restored after months is still known.
    """

    key = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class CauseColumns(models.Model):
    """Why a row is there, as a pair that outlives the thing itself."""

    cause_kind = models.CharField(max_length=20)
    cause_id = models.BigIntegerField()

    class Meta:
        abstract = True

    @property
    def cause(self) -> Cause:
        return Cause(self.cause_kind, self.cause_id)
