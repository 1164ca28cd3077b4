"""Reading many rows as of one instant while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def at_rest() -> Iterator[None]:
    """Read as of one instant, so that what is written meanwhile is no fault; inside a transaction that one has to do.

    On SQLite nobody else writes until the block ends: keep it short.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
