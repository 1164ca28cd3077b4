"""Rows that are locked until the transaction ends, and made first if nobody had one yet."""

from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def make_or_lock(rows: models.QuerySet[Row], pk: Any) -> Row:
    """The row with this primary key, locked; all its other columns need defaults."""
    row = rows.select_for_update().filter(pk=pk).first()
    if row is None:
        # Two at once: the second waits for the first here, and finds its row.
        rows.bulk_create([rows.model(pk=pk)], ignore_conflicts=True)
        row = rows.select_for_update().get(pk=pk)
    return row
