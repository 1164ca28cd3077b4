import datetime
from collections.abc import Iterable
from typing import Any

from carnet.audit.actors import Actor
from carnet.audit.models import Entry


def record(
    code: str,
    *,
    by: Actor,
    at: datetime.datetime,
    subject: tuple[str, int] | None = None,
    customer_id: int | None = None,
    **details: Any,
) -> Entry:
    """Write down that `by` did `code` at `at`, inside the caller's transaction: what is rolled back was not done.

    `subject` is (kind, id), e.g. ("ticket", 12). Details are ids, codes, numbers, dates: no names, no free text.
    """
    made = entry(code, by=by, at=at, subject=subject, customer_id=customer_id, **details)
    made.save(force_insert=True)
    return made


def record_all(entries: Iterable[Entry]) -> None:
    """Write down what several `entry` have noted, in their order and in one statement."""
    Entry.objects.bulk_create(entries)


def entry(
    code: str,
    *,
    by: Actor,
    at: datetime.datetime,
    subject: tuple[str, int] | None = None,
    customer_id: int | None = None,
    **details: Any,
) -> Entry:
    """The same, not stored yet: for one who stores it together with other rows."""
    return Entry(
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label,
        code=code,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        customer_id=customer_id,
        details=details,
    )
