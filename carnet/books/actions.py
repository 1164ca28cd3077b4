import datetime
from collections.abc import Sequence

from django.conf import settings

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books.models import Head, Line
from carnet.books.rules import BookEntry
from carnet.kernel import gathering, seals
from carnet.kernel.transactions import joined


class PendingLines:
    """Lines to be written together under the lock of the journal; they are chained in the order in which they came."""

    def __init__(self) -> None:
        self.head = Head.objects.lock()
        self.lines: list[Line] = []
        self.by: Actor | None = None

    def write(self, entry: BookEntry, by: Actor, at: datetime.datetime) -> Line:
        """The next line; `at` is raised to that of the last one."""
        head = self.head
        head.line_count += 1
        head.last_at = max(at, head.last_at or at)
        line = Line(
            sequence=head.line_count, at=head.last_at, on=entry.on, kind=entry.kind, document=entry.document,
            label=entry.label, customer_id=entry.customer_id, quantity=entry.quantity, net_cents=entry.net_cents,
            vat_permille=entry.vat_permille, vat_cents=entry.vat_cents, gross_cents=entry.gross_cents,
            means=entry.means, **entry.cause.columns, payment_id=entry.payment_id, digest=entry.digest,
            corrects_id=entry.corrects_id, **by.columns, is_test=settings.MODE != "live", key_version=seals.newest(),
            hash_before=head.hash,
        )  # fmt: skip
        line.hash = head.hash = seals.link(line.hash_before, line.chained_fields(), version=line.key_version)
        self.lines.append(line)
        self.by = by
        return line

    def store(self) -> None:
        """Store the lines and where they end; the audit repeats that, so that a cut tail shows."""
        if not self.lines:
            return
        head = self.head
        Line.objects.bulk_create(self.lines)
        head.save()
        assert self.by
        assert head.last_at
        audit.record(
            "books.written", by=self.by, at=head.last_at, subject=("books", 1), sequence=head.line_count,
            count=len(self.lines), head=head.hash,
        )  # fmt: skip


def lock() -> None:
    """Lock the journal until the transaction ends: for whoever must have it before other locks, and gathers."""
    pending = gathering.kept("books", PendingLines)
    assert pending, "what is written must be gathered"


@joined
def write_lines(*, entries: Sequence[BookEntry], by: Actor, at: datetime.datetime) -> list[Line]:
    """Write lines of the sales journal, in the transaction of whoever settles (CGI art. 286 I 3° bis).

    They are chained in this order, by the newest key. `at` is raised to the last line's. That it happens once is the
    caller's to see.
    """
    if not entries:
        raise ValueError("nothing to write")
    gathered = gathering.kept("books", PendingLines)
    pending = gathered or PendingLines()
    lines = [pending.write(entry, by, at) for entry in entries]
    if gathered is None:
        pending.store()
    return lines
