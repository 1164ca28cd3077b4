"""Rows that several actions of one transaction write, stored together when the outermost of them ends: one statement
for all entries of the audit, one for all lines of the books, one for all jobs.

Who opens it: an action that calls several others and is a transaction (those of `till`, `invoices.issue_invoice`), as
`@gathered()` below `@transaction.atomic`. The actions below it don't know: `audit.record`, `books.write_lines` and
`jobs.enqueue` ask `kept` and store at once if nothing is gathered. So whoever gathers must not read these rows before
the end. A gathering inside another joins it. If the action raises, nothing is stored, and its transaction takes back
the rest. It is a context variable: other threads and requests have their own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar


class Rows(Protocol):
    def store(self) -> None: ...


Kept = TypeVar("Kept", bound=Rows)
_gathered: ContextVar[dict[str, Any] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """What is written in this block through `kept` is stored at its end, and not at all if it breaks off; it stands
    inside the transaction. Within another such block it is a part of that one.
    """
    if _gathered.get() is not None:
        yield
        return
    waiting: dict[str, Rows] = {}
    token = _gathered.set(waiting)
    try:
        yield
        while waiting:
            # Storing may bring rows of another kind: the books tell the audit where they end.
            waiting.pop(next(iter(waiting))).store()
    finally:
        _gathered.reset(token)


def kept(kind: str, make: Callable[[], Kept]) -> Kept | None:
    """Where rows of this kind wait to be stored, made when the first one comes; None if nothing is gathered now."""
    waiting = _gathered.get()
    if waiting is None:
        return None
    if kind not in waiting:
        waiting[kind] = make()
    rows: Kept = waiting[kind]
    return rows
