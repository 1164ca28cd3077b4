"""The sales journal read again, line by line: its keyed chain, its head, and the end that the audit knows.

The first line that does not follow from the one before it is named; after it nothing more can be said of the chain.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from carnet.audit.models import Entry
from carnet.books.models import CHAINED, Head, Line
from carnet.kernel import snapshot
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found

CHECK = "sales journal"
PORTION = 1000
COLUMNS = tuple(sorted(CHAINED))


class Chain:
    """What was read of the journal by now."""

    def __init__(self) -> None:
        self.count, self.head, self.is_broken = 0, calculating.START, False
        self.last_at: datetime.datetime | None = None

    def follow(self, row: tuple[Any, ...]) -> Iterator[Fault]:
        line = dict(zip(COLUMNS, row, strict=False))
        sequence = line["sequence"]
        if not self.is_broken and (code := self._wrong(line, row[-2], row[-1])):
            self.is_broken = True
            values = {"expected": self.count + 1} if code == "line_missing" else {}
            values |= {"version": line["key_version"]} if code == "key_missing" else {}
            yield Fault(CHECK, "books_line", sequence, code, values)
        self.count, self.head, self.last_at = sequence, row[-1], line["at"]

    def _wrong(self, line: dict[str, Any], hash_before: str, hash_after: str) -> str:
        if line["sequence"] != self.count + 1:
            return "line_too_many" if line["sequence"] <= self.count else "line_missing"
        if hash_before != self.head:
            return "chain_broken"
        if not calculating.is_key_there(line["key_version"]):
            return "key_missing"
        if hash_after != calculating.sealed(f"{hash_before}\n{calculating.text_of(line)}", line["key_version"]):
            return "line_changed"
        return "time_goes_back" if self.last_at is not None and line["at"] < self.last_at else ""

    def compare(self, head: Head, audited: Entry | None) -> Iterator[Fault]:
        """The journal, its head and the audit must agree; else lines at the end may be missing."""
        if (head.line_count, head.hash, head.last_at) != (self.count, self.head, self.last_at):
            yield Fault(CHECK, "books", None, "head_differs", {"head": head.line_count, "journal": self.count})
        if audited and (audited.details["sequence"], audited.details["head"]) != (self.count, self.head):
            yield Fault(CHECK, "books", None, "audit_differs", {"line": audited.details["sequence"]})


def faults() -> Iterator[Found]:
    """All lines, in portions. Others may go on writing meanwhile: the last portion is read as of one instant with the
    head and the audit.
    """
    chain, after, end = Chain(), -1, None  # from -1: a line 0 is one too many
    rows = Line.objects.order_by("sequence").values_list(*COLUMNS, "hash_before", "hash")
    while end is None:
        with snapshot.at_rest():
            portion = list(rows.filter(sequence__gt=after)[:PORTION])
            end = known_end() if len(portion) < PORTION else None
        found = [fault for row in portion for fault in chain.follow(row)]
        if end is not None:
            found += chain.compare(*end)
        after = chain.count if portion else after
        yield len(portion), found


def known_end() -> tuple[Head, Entry | None]:
    """Where the journal ends, as its head and the audit know it."""
    head = Head.objects.filter(pk=1).first() or Head()
    return head, Entry.objects.filter(code="books.written").order_by("-id").first()
