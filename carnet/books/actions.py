import datetime
from collections.abc import Sequence

from django.conf import settings

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books.models import Head, Line
from carnet.books.rules import Entry
from carnet.kernel import chain
from carnet.kernel.transactions import joined


@joined
def write_lines(*, entries: Sequence[Entry], by: Actor, at: datetime.datetime, head: Head | None = None) -> list[Line]:
    """Write lines of the sales journal, in the transaction of whoever settles (CGI art. 286 I 3° bis).

    They are chained in this order. `at` is raised to the last line's. `head` is given by a caller who has locked it
    already. That it happens once is the caller's to see.
    """
    if not entries:
        raise ValueError("nothing to write")
    head = head or Head.objects.lock()
    at = max(at, head.last_at or at)
    lines = []
    for entry in entries:
        head.line_count += 1
        line = Line(
            sequence=head.line_count, at=at, on=entry.on, kind=entry.kind, document=entry.document, label=entry.label,
            customer_id=entry.customer_id, quantity=entry.quantity, net_cents=entry.net_cents,
            vat_permille=entry.vat_permille, vat_cents=entry.vat_cents, gross_cents=entry.gross_cents,
            means=entry.means, **entry.cause.columns, corrects_id=entry.corrects_id,
            **by.columns, is_test=settings.MODE != "live",
            hash_before=head.hash,
        )  # fmt: skip
        line.hash = head.hash = chain.link(line.hash_before, line.chained_fields())
        lines.append(line)
    Line.objects.bulk_create(lines)
    head.last_at = at
    head.save()
    # The audit repeats the head, so that a cut tail shows.
    audit.record(
        "books.written", by=by, at=at, subject=("books", 1), sequence=head.line_count, count=len(lines), head=head.hash
    )
    return lines
