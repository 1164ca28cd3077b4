import datetime
from collections.abc import Iterable
from typing import Any

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel import gathering, sql


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
    for statement in storing(made):
        sql.carry_out(statement)
    return made


def record_all(entries: Iterable[Entry]) -> None:
    """Write down what several `entry` have noted, in their order and in one statement."""
    waiting = gathering.kept("audit", Entries)
    if waiting is None:
        Entry.objects.bulk_create(entries)
    else:
        waiting.extend(entries)


class Entries(list[Entry]):
    """Entries that wait to be stored with the others of their transaction."""

    def store(self) -> None:
        Entry.objects.bulk_create(self)


def storing(made: Entry) -> list[sql.Statement]:
    """What stores an entry; nothing while rows are gathered: it is stored with the others then."""
    waiting = gathering.kept("audit", Entries)
    if waiting is None:
        return [sql.new(made)]
    waiting.append(made)
    return []


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
        **by.columns,
        code=code,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        customer_id=customer_id,
        details=details,
    )
