"""`manage.py export_journal`: all journals as JSON lines, for who wants to check them without this program."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from carnet.books.models import Head, Line
from carnet.kernel import chain, snapshot
from carnet.ledger.models import BUCKETS, CustomerLedger, Lot, Movement


class Command(BaseCommand):
    help = "Writes the journals of units, their lots and heads, and the sales journal, one JSON object in each line."

    def handle(self, *args: Any, **options: Any) -> None:
        with snapshot.at_rest():
            for row in rows():
                self.stdout.write(chain.canonical(row))


def rows() -> Iterator[dict[str, Any]]:
    """Each with `table`: movements and lines in their order with everything that their hashes cover."""
    movements = Movement.objects.order_by("customer_id", "sequence").select_related("lot")
    for movement in movements.iterator(chunk_size=2000):
        covered = {"fields": movement.chained_fields()}
        yield {"table": "movement", **covered, "hash_before": movement.hash_before, "hash": movement.hash}
    for lot in Lot.objects.order_by("pk").iterator(chunk_size=2000):
        buckets = {bucket: getattr(lot, bucket) for bucket in BUCKETS}
        yield {"table": "lot", "id": lot.pk, "customer_id": lot.customer_id, "last_day": lot.last_day, **buckets}
    for ledger in CustomerLedger.objects.order_by("pk").iterator(chunk_size=2000):
        yield {"table": "ledger", "customer_id": ledger.pk, "count": ledger.movement_count, "head": ledger.head}
    for line in Line.objects.order_by("sequence").iterator(chunk_size=2000):
        covered = {"fields": line.chained_fields()}
        yield {"table": "line", **covered, "hash_before": line.hash_before, "hash": line.hash}
    head = Head.objects.filter(pk=1).first() or Head()
    yield {"table": "books", "count": head.line_count, "head": head.hash}
