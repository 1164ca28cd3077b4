"""The sales journal, read, and proven."""

import datetime
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from carnet.audit.models import Entry
from carnet.books.models import Head, Line
from carnet.kernel import chain, snapshot
from carnet.kernel.keys import Cause

PORTION = 1000


def lines_of(customer_id: int) -> QuerySet[Line]:
    """A customer's lines, in the order in which they were written."""
    return Line.objects.filter(customer_id=customer_id).order_by("id")


def lines_on(first: datetime.date, last: datetime.date) -> QuerySet[Line]:
    """Lines whose date is in this period, both days included."""
    return Line.objects.filter(on__gte=first, on__lte=last).order_by("on", "id")


def payment_to_correct(*, customer_id: int, cause: Cause, means: str, amount_cents: int, on: datetime.date) -> Line:
    """The line of this money, the first that was not corrected yet: of two payments that agree in all of it, it does
    not matter which.
    """
    lines = Line.objects.filter(
        kind=Line.Kind.PAYMENT, customer_id=customer_id, **cause.columns, means=means,
        gross_cents=amount_cents, on=on, corrections=None,
    )  # fmt: skip
    return lines.order_by("id")[:1].get()


def money_by_customer(customer_ids: Iterable[int]) -> dict[int, list[tuple[str, int, int]]]:
    """Of each customer the money that the books hold as received: means, cents, and which line a correction names."""
    found: dict[int, list[tuple[str, int, int]]] = {}
    lines = Line.objects.filter(customer_id__in=list(customer_ids), means__in=("transfer", "cheque", "paypal"))
    for customer_id, means, cents, corrects in lines.values_list("customer_id", "means", "gross_cents", "corrects_id"):
        found.setdefault(customer_id, []).append((means, cents, corrects or 0))
    return found


def faults() -> Iterator[tuple[int, list[str]]]:
    """Read the whole journal again, in portions: how many lines were read, and what is wrong with them.

    The first line that does not follow from the one before it is named; after it nothing more can be said of the chain.
    Others may go on writing meanwhile: the last portion is read as of one instant with the head and the audit.
    """
    count, head, last_at, is_broken = 0, chain.START, None, False
    after, end = -1, None  # from -1: a line 0 is one too many
    while end is None:
        with snapshot.at_rest():
            portion = list(Line.objects.filter(sequence__gt=after).order_by("sequence")[:PORTION])
            end = _known_end() if len(portion) < PORTION else None
        found = []
        for line in portion:
            wrong = "" if is_broken else _wrong(line, count + 1, head, last_at)
            if wrong:
                is_broken = True
                found.append(f"books, line {line.sequence}: {wrong}")
            count, head, last_at = line.sequence, line.hash, line.at
        if end is not None:
            found += _wrong_end(*end, count, head, last_at)
        after = count
        yield len(portion), found


def _wrong(line: Line, expected: int, head: str, last_at: datetime.datetime | None) -> str:
    if line.sequence < expected:
        return "the line is one too many"
    if line.sequence > expected:
        return f"line {expected} is missing before it"
    if line.hash_before != head:
        return "the line does not follow from the one before it"
    if line.hash != chain.link(head, line.chained_fields()):
        return "the line was changed after it was written"
    if last_at is not None and line.at < last_at:
        return "the line is older than the one before it"
    return ""


def _known_end() -> tuple[Head, Entry | None]:
    """Where the journal ends, as its head and the audit know it."""
    return (
        Head.objects.filter(pk=1).first() or Head(),
        Entry.objects.filter(code="books.written").order_by("-id").first(),
    )


def _wrong_end(row: Head, audited: Entry | None, count: int, head: str, last_at: datetime.datetime | None) -> list[str]:
    """The journal, its head and the audit must agree; else lines at the end may be missing."""
    found = []
    if (row.line_count, row.hash, row.last_at) != (count, head, last_at):
        found.append(f"books: the head and the journal differ (lines {row.line_count} and {count})")
    if audited and (audited.details["sequence"], audited.details["head"]) != (count, head):
        found.append(f"books: the audit knows another end of the journal (line {audited.details['sequence']})")
    return found
