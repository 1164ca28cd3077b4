"""Every customer's journal of units read again, line by line: chain, head and count, lots, last days, holds (L11).

Of each journal the first broken line is named, then everything that its replay does not confirm. Others may go on
writing meanwhile: each portion of customers is read as of one instant.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Max, Q

from carnet.audit.models import Entry
from carnet.kernel import snapshot
from carnet.ledger.models import CHAINED, LOT_FACTS, CustomerLedger, Hold, Lot, Movement
from carnet.people.models import Customer
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found

CHECK = "journals of units"
RECORDS_AT_ONCE = 20_000
CUSTOMERS_AT_ONCE = 500
BUCKETS = ("available", "reserved", "spent", "frozen", "refunded")

# The columns of a line in the order of their names, as its text has them.
COLUMNS = tuple(sorted(CHAINED))
FACTS = tuple(sorted(LOT_FACTS))
PLACE = {name: place for place, name in enumerate(COLUMNS)}
HELD = ("reserved", "spent")


def faults() -> Iterator[Found]:
    """All journals, so many customers at a time that they are read in a second or so."""
    portion: list[int] = []
    records = 0
    customers = Customer.objects.order_by("pk").values_list("pk", "ledger__movement_count")
    for customer_id, count in list(customers):
        portion.append(customer_id)
        records += count or 0
        if records >= RECORDS_AT_ONCE or len(portion) >= CUSTOMERS_AT_ONCE:
            yield faults_among(portion)
            portion, records = [], 0
    yield faults_among(portion)


def faults_among(customer_ids: list[int]) -> Found:
    """The journals of these customers, read as of one instant."""
    with snapshot.at_rest():
        ledgers = {row.pk: row for row in CustomerLedger.objects.filter(pk__in=customer_ids)}
        lots = {row[0]: row for row in _lots(customer_ids)}
        journals: dict[int, Journal] = {number: Journal(number, lots) for number in customer_ids}
        rows = Movement.objects.filter(customer__in=customer_ids).order_by("customer_id", "sequence", "id")
        count = _follow(journals, rows.values_list(*COLUMNS, "hash_before", "hash").iterator(chunk_size=2000))
        heads = _audited(customer_ids)
        columns = ("cause_kind", "cause_id", "lot_id", "person_id", "reserved", "spent", "pk", "lot__customer_id")
        holds = list(Hold.objects.filter(lot__customer__in=customer_ids).order_by("pk").values_list(*columns))
    for number, journal in journals.items():
        journal.compare_with_ledger(ledgers.get(number), heads.get(number))
    for lot in lots.values():
        journals[lot[1]].compare_with_lot(lot)
    for hold in holds:
        journals[hold[-1]].compare_with_hold(hold)
    for journal in journals.values():
        journal.miss_holds()
    return count, [fault for journal in journals.values() for fault in journal.faults]


def _lots(customer_ids: list[int]) -> Iterable[tuple[Any, ...]]:
    rows = Lot.objects.filter(customer__in=customer_ids).order_by("pk")
    return rows.values_list("pk", "customer_id", "last_day", "frozen_at", *BUCKETS, *FACTS)


def _follow(journals: "dict[int, Journal]", rows: Iterable[tuple[Any, ...]]) -> int:
    count, owner = 0, PLACE["customer_id"]
    for row in rows:
        count += 1
        journals[row[owner]].follow(row)
    return count


def _audited(customer_ids: list[int]) -> dict[int, tuple[int, int, str]]:
    """Of each customer the end of the journal as the audit knows it: entry, count and hash."""
    moved = Q(code="lot.opened") | Q(code__startswith="units.")
    entries = Entry.objects.filter(moved, customer_id__in=customer_ids)
    newest = entries.values("customer_id").annotate(last=Max("id")).values("last")
    found = Entry.objects.filter(pk__in=newest).values_list("customer_id", "pk", "details")
    return {customer or 0: (pk, details.get("sequence"), details.get("head")) for customer, pk, details in found}


class Journal:
    """One journal followed line by line, and what is found wrong with it."""

    def __init__(self, customer_id: int, lots: dict[int, tuple[Any, ...]]) -> None:
        self.customer_id, self.lots = customer_id, lots
        self.count = 0
        self.head = calculating.START
        self.last_at: datetime.datetime | None = None
        self.buckets: dict[int, dict[str, int]] = {}
        self.last_days: dict[int, datetime.date | None] = {}
        self.frozen_at: dict[int, datetime.datetime] = {}
        self.holds: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(HELD, 0))
        self.is_broken = False
        self.faults: list[Fault] = []

    def found(self, code: str, line: int | None = None, **values: Any) -> None:
        at_line = {} if line is None else {"line": line}
        self.faults.append(Fault(CHECK, "customer", self.customer_id, code, at_line | values))

    def follow(self, row: tuple[Any, ...]) -> None:
        line = dict(zip(COLUMNS, row, strict=False))
        if not self.is_broken:
            self._check_chain(line, row[-2], row[-1])
        self.count += 1
        self.head, self.last_at = row[-1], line["at"]
        lot_id, quantity, kind = line["lot_id"], line["quantity"], line["kind"]
        buckets = self.buckets.get(lot_id)
        if buckets is None:
            buckets = self.buckets[lot_id] = dict.fromkeys(BUCKETS, 0)
        if kind in ("opened", "last_day"):
            if self.last_days.get(lot_id) != line["last_day_before"]:
                self.found("last_day_jumps", line["sequence"], lot=lot_id)
            self.last_days[lot_id] = line["last_day_after"]
        if kind == "frozen":  # since the first time that it was not undone (O7)
            self.frozen_at.setdefault(lot_id, line["at"])
        elif kind == "unfrozen":
            self.frozen_at.pop(lot_id, None)
        for bucket, change in ((line["from_bucket"], -quantity), (line["to_bucket"], quantity)):
            if not bucket:
                continue
            buckets[bucket] += change
            if buckets[bucket] < 0:
                self.found("below_zero", line["sequence"], lot=lot_id, bucket=bucket)
            if bucket in HELD:
                self.holds[line["cause_kind"], line["cause_id"], lot_id, line["person_id"]][bucket] += change

    def _check_chain(self, line: dict[str, Any], hash_before: str, hash_after: str) -> None:
        """Names the first line that does not follow from the one before it; after that one nothing more can be said."""
        sequence, expected = line["sequence"], self.count + 1
        if sequence != expected:
            code = "line_missing" if sequence > expected else "line_repeated"
        elif hash_before != self.head:
            code = "chain_broken"
        elif hash_after != calculating.sha256(f"{hash_before}\n{self._text_of(line)}"):
            code = "line_changed"
        elif self.last_at is not None and line["at"] < self.last_at:
            code = "time_goes_back"
        else:
            return
        self.is_broken = True
        self.found(code, min(sequence, expected))

    def _text_of(self, line: dict[str, Any]) -> str:
        """The line; of an opening with the facts of its lot."""
        if line["kind"] != "opened":
            return calculating.text_of(line)
        facts = self.lots[line["lot_id"]][-len(FACTS) :]
        return calculating.text_of(line | {"lot": dict(zip(FACTS, facts, strict=True))})

    def compare_with_ledger(self, ledger: CustomerLedger | None, audited: tuple[int, int, str] | None) -> None:
        ledger = ledger or CustomerLedger(customer_id=self.customer_id)
        for name, journal, row in (
            ("movement_count", self.count, ledger.movement_count),
            ("head", self.head, ledger.head),
            ("lot_count", len(self.buckets), ledger.lot_count),
            ("last_at", self.last_at, ledger.last_at),
        ):
            if journal != row:
                self.found("ledger_differs", self.count, field=name, journal=_shown(journal), row=_shown(row))
        if audited and audited[1:] != (self.count, self.head):
            self.found("audit_differs", audited[1], entry=audited[0])

    def compare_with_lot(self, lot: tuple[Any, ...]) -> None:
        lot_id, last_day, facts = lot[0], lot[2], dict(zip(FACTS, lot[-len(FACTS) :], strict=True))
        buckets = self.buckets.get(lot_id)
        if buckets is None:
            self.found("lot_without_opening", lot=lot_id)
            return
        stands = dict(zip(BUCKETS, lot[4 : 4 + len(BUCKETS)], strict=True))
        for name, journal, row in (
            *((bucket, buckets[bucket], stands[bucket]) for bucket in BUCKETS),
            ("quantity", sum(buckets.values()), facts["quantity"]),
            ("last_day", self.last_days.get(lot_id), last_day),
            ("frozen_at", self.frozen_at.get(lot_id), lot[3]),
        ):
            if journal != row:
                self.found("lot_differs", lot=lot_id, field=name, journal=_shown(journal), row=_shown(row))

    def compare_with_hold(self, hold: tuple[Any, ...]) -> None:
        journal = self.holds.pop(hold[:4], dict.fromkeys(HELD, 0))
        row = dict(zip(HELD, hold[4:6], strict=True))
        if journal != row:
            self.found("hold_differs", hold=hold[6], journal=journal, row=row)

    def miss_holds(self) -> None:
        """What the journal holds and no row does."""
        for (cause_kind, cause_id, lot_id, person_id), units in self.holds.items():
            if any(units.values()):
                cause = f"{cause_kind} {cause_id}"
                self.found("hold_missing", cause=cause, lot=lot_id, person=person_id, journal=units)


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, datetime.date) else value
