"""The ends of the journals compared with the file outside the database: a tail cut off together with everything that
knew of it, and an older copy of the database put back, are found by it alone.
"""

from collections.abc import Iterator

from django.db import connection

from carnet.audit.models import Entry
from carnet.books.models import Head, Line
from carnet.kernel import append_only, snapshot
from carnet.ledger.models import CustomerLedger, Movement
from carnet.proof import heads
from carnet.proof.rules import Fault, Found

CHECK = "ends of the journals"
PORTION = 200


def faults() -> Iterator[Found]:
    """Everything that the file knows must be there: the line of the books and of each customer's journal with its hash,
    as many rows as there were, and the line of the file that the database knows.
    """
    known = heads.known()
    yield known.line_count, [*_file_faults(known)]
    yield _books(known)
    customers = sorted(known.ledgers)
    for start in range(0, len(customers), PORTION):
        yield _ledgers({customer: known.ledgers[customer] for customer in customers[start : start + PORTION]})
    if known.rows:
        counts = count_rows()
        yield (
            len(known.rows),
            [
                Fault(CHECK, "table", table, "rows_missing", {"known": count, "found": counts.get(table, 0)})
                for table, count in known.rows.items()
                if counts.get(table, 0) < count
            ],
        )


def _file_faults(known: heads.Known) -> Iterator[Fault]:
    if known.broken_line is not None:
        yield Fault(CHECK, "heads_file", known.broken_line, f"file_{known.broken_why}")
        return
    written = Entry.objects.filter(code__in=("heads.written", "heads.accepted")).order_by("-id").first()
    if written and written.details["number"] > known.line_count:
        values = {"known": written.details["number"], "found": known.line_count}
        yield Fault(CHECK, "heads_file", None, "file_shorter", values)
    elif written and written.details["number"] == known.line_count and written.details["seal"] != known.seal:
        yield Fault(CHECK, "heads_file", known.line_count, "file_differs")


def _books(known: heads.Known) -> Found:
    wanted = {count: digest for count, digest in known.books_then if count}
    found: dict[int, str] = {}
    numbers = sorted(wanted)
    for start in range(0, len(numbers), 500):
        lines = Line.objects.filter(sequence__in=numbers[start : start + 500])
        found |= dict(lines.values_list("sequence", "hash"))
    return len(wanted), [
        Fault(CHECK, "books_line", count, "end_differs" if count in found else "end_missing")
        for count in numbers
        if found.get(count) != wanted[count]
    ][:1]


def _ledgers(wanted: dict[int, heads.End]) -> Found:
    counts = {count for count, _hash in wanted.values()}
    lines = Movement.objects.filter(customer__in=list(wanted), sequence__in=counts)
    found = {(customer, count): digest for customer, count, digest in lines.values_list("customer", "sequence", "hash")}
    return len(wanted), [
        Fault(
            CHECK, "customer", customer, "end_differs" if (customer, count) in found else "end_missing", {"line": count}
        )
        for customer, (count, digest) in wanted.items()
        if found.get((customer, count)) != digest
    ]


def now() -> heads.Heads:
    """Where all journals end, as of one instant."""
    with snapshot.at_rest():
        books = Head.objects.filter(pk=1).values_list("line_count", "hash").first()
        ledgers = CustomerLedger.objects.filter(movement_count__gt=0)
        return heads.Heads(
            books=books or heads.NO_END,
            ledgers={pk: (count, head) for pk, count, head in ledgers.values_list("pk", "movement_count", "head")},
            rows=count_rows(),
        )


def count_rows() -> dict[str, int]:
    """How many rows each table has whose rows are never deleted."""
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(append_only.NEVER_DELETED):
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts
