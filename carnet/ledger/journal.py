"""The pen of the journal: the only code that writes movements, and with them buckets, holds and last days.
 A request locks its customer's ledger first, is compared with what its key wrote before, and stores all its lines
at once.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel import calendar, chain, keys, sql
from carnet.kernel.keys import Cause
from carnet.kernel.refused import KeyReused
from carnet.ledger.models import BUCKETS, CustomerLedger, Hold, Lot, Movement
from carnet.people.models import Customer
from carnet.provider import queries as provider

# The audit entries that repeat the head of the chain.
AUDITED = (
    "lot.opened", "units.reserved", "units.spent", "units.released", "units.corrected", "units.frozen",
    "units.unfrozen", "units.refunded",
)  # fmt: skip


@dataclass
class Request:
    """One request under the lock of its ledger, and the lines of the journal that it writes."""

    ledger: CustomerLedger
    by: Actor
    at: datetime.datetime  # never before the last movement
    day: datetime.date
    key: str
    content: str
    done: list[Movement]  # what the same request wrote when it came first (L12)
    lines: list[Movement] = field(default_factory=list)
    changes: list[sql.Statement] = field(default_factory=list)  # of lots and holds, made when the lines are stored

    def move(
        self,
        kind: Movement.Kind,
        lot: Lot,
        units: int,
        *,
        rule: str,
        cause: Cause,
        from_bucket: str | None = None,
        **more: Any,
    ) -> None:
        """Move units of `lot` as its row, the cause's hold and a new line of the journal say alike."""
        source, target = {
            Movement.Kind.OPENED: ("", "available"),
            Movement.Kind.RESERVED: ("available", "reserved"),
            Movement.Kind.RELEASED: ("reserved", "available"),
            Movement.Kind.SPENT: ("reserved", "spent"),
            Movement.Kind.CORRECTED: ("available", "spent") if from_bucket == "available" else ("spent", "available"),
            Movement.Kind.FROZEN: ("available", "frozen"),
            Movement.Kind.UNFROZEN: ("frozen", "available"),
            Movement.Kind.REFUNDED: (from_bucket or "available", "refunded"),
        }[kind]
        self._line(kind, lot, quantity=units, from_bucket=source, to_bucket=target, rule=rule, cause=cause, **more)
        if kind == Movement.Kind.OPENED:
            return  # the new row has them
        changes = {source: -units, target: units}
        for bucket, change in changes.items():
            setattr(lot, bucket, getattr(lot, bucket) + change)
        held = {bucket: change for bucket, change in changes.items() if bucket in ("reserved", "spent")}
        self.changes.append(_addition("ledger_lot", changes, {"id": lot.pk}))
        if target == "available" and lot.frozen_at and kind != Movement.Kind.UNFROZEN:
            self.move(Movement.Kind.FROZEN, lot, units, rule="O7", cause=cause)  # released meanwhile
        if not held:
            return
        hold = {"cause_kind": cause.kind, "cause_id": cause.id, "lot_id": lot.pk, "person_id": more["person_id"]}
        if kind == Movement.Kind.RESERVED:
            self.changes.append(_row_or_addition("ledger_hold", held | {"spent": 0}, hold))
        else:
            self.changes.append(_addition("ledger_hold", held, hold))

    def freeze_since(self, lot: Lot, at: datetime.datetime | None) -> None:
        """Since when the lot is frozen; None: it is not."""
        lot.frozen_at = at
        value = connection.ops.adapt_datetimefield_value(at) if at else None
        self.changes.append(sql.change("UPDATE ledger_lot SET frozen_at = %s WHERE id = %s", [value, lot.pk]))

    def change_last_day(self, lot: Lot, last_day: datetime.date | None, *, rule: str, cause: Cause) -> None:
        """Give the lot this last day; nothing is written if it has it already."""
        if last_day == lot.last_day:
            return
        assert last_day is not None
        self._line(
            Movement.Kind.LAST_DAY,
            lot,
            quantity=0,
            rule=rule,
            cause=cause,
            last_day_before=lot.last_day,
            last_day_after=last_day,
        )
        self.changes.append(sql.change("UPDATE ledger_lot SET last_day = %s WHERE id = %s", [last_day, lot.pk]))
        lot.last_day = last_day

    def _line(self, kind: Movement.Kind, lot: Lot, *, cause: Cause, **fields: Any) -> None:
        self.ledger.movement_count += 1
        line = Movement(
            customer_id=self.ledger.pk, sequence=self.ledger.movement_count, at=self.at, lot=lot, kind=kind,
            unit=lot.unit, **cause.columns,
            actor_kind=self.by.kind, actor_id=self.by.id, key=self.key,
            part=len(self.lines), content=self.content, hash_before=self.ledger.head, **fields,
        )  # fmt: skip
        line.hash = self.ledger.head = chain.link(line.hash_before, line.chained_fields())
        self.lines.append(line)

    def write(self, code: str, *, subject: tuple[str, int], **details: Any) -> None:
        """Store the lines with what they change, the head of the chain, and the audit entry; the entry repeats the
        head, so that a cut tail shows.
        """
        ledger = self.ledger
        ledger.last_at = self.at
        last_at = connection.ops.adapt_datetimefield_value(self.at)
        entry = audit.entry(
            code, by=self.by, at=self.at, subject=subject, customer_id=ledger.pk,
            sequence=ledger.movement_count, head=ledger.head, **details,
        )  # fmt: skip
        sql.carry_out(
            *self.changes,
            *map(sql.new, self.lines),
            sql.change(
                "UPDATE ledger_customerledger SET head = %s, movement_count = %s, lot_count = %s, last_at = %s "
                "WHERE customer_id = %s",
                [ledger.head, ledger.movement_count, ledger.lot_count, last_at, ledger.pk],
            ),
            *audit.storing(entry),
        )


def begin(verb: str, *, customer: Customer, by: Actor, at: datetime.datetime, key: str, **content: Any) -> Request:
    """Lock the ledger, raise `at` to its last movement, and look whether this key was used before (L12)."""
    digest = keys.digest(chain.canonical({"verb": verb, **content}))
    same_key = "SELECT content FROM ledger_movement WHERE customer_id = %s AND key = %s"
    ledger, (found,) = CustomerLedger.objects.lock_and(customer.pk, sql.values(same_key, [customer.pk, key]))
    at = max(at, ledger.last_at or at)
    contents = {content for (content,) in found}
    done = []
    if contents - {digest}:
        raise KeyReused
    if contents:
        done = list(Movement.objects.filter(customer=customer, key=key).select_related("lot").order_by("part"))
    day = calendar.date_on(at, provider.time_zone())
    return Request(ledger=ledger, by=by, at=at, day=day, key=key, content=digest, done=done)


def _addition(table: str, changes: dict[str, int], row: dict[str, Any]) -> sql.Statement:
    """Add to columns of one row; the database refuses what would go below zero (L10)."""
    sums = ", ".join(f"{column} = {column} + %s" for column in changes)
    where = " AND ".join(f"{column} = %s" for column in row)
    return sql.change(f"UPDATE {table} SET {sums} WHERE {where}", [*changes.values(), *row.values()])


def _row_or_addition(table: str, values: dict[str, int], row: dict[str, Any]) -> sql.Statement:
    """Make the row with these values, or add them to what it has."""
    columns = ", ".join([*row, *values])
    marks = ", ".join(["%s"] * (len(row) + len(values)))
    sums = ", ".join(f"{column} = {table}.{column} + excluded.{column}" for column in values)
    return sql.change(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({', '.join(row)}) DO UPDATE SET {sums}",
        [*row.values(), *values.values()],
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a customer's ledger, at the line `sequence` of its journal if it is about a line."""

    customer_id: int
    sequence: int | None
    what: str
    details: dict[str, Any]

    def __str__(self) -> str:
        line = f", line {self.sequence}" if self.sequence is not None else ""
        details = ", ".join(f"{name} {value}" for name, value in self.details.items())
        return f"customer {self.customer_id}{line}: {FAULTS[self.what]}" + (f" ({details})" if details else "")


FAULTS = {
    "line_missing": "a line of the journal is missing",
    "line_repeated": "a line of the journal is there twice",
    "chain_broken": "the line does not follow from the one before it",
    "line_changed": "the line, or what it says about its lot, was changed after it was written",
    "time_goes_back": "the line is older than the one before it",
    "last_day_jumps": "the line changes another last day than the lot had",
    "below_zero": "the line takes units that were not there",
    "ledger_differs": "the ledger and its journal differ; lines at the end may be missing",
    "audit_differs": "the audit knows another end of the journal",
    "lot_without_opening": "the journal knows nothing of a lot",
    "lot_differs": "a lot and the journal differ",
    "hold_differs": "what a cause holds and the journal differ",
    "hold_missing": "what a cause holds is missing",
}


class Replay:
    """One journal read line by line, and what is found wrong with it."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.count = 0
        self.head = chain.START
        self.last_at: datetime.datetime | None = None
        self.buckets: dict[int, dict[str, int]] = {}
        self.last_days: dict[int, datetime.date | None] = {}
        self.frozen_at: dict[int, datetime.datetime] = {}
        self.holds: dict[tuple[str, int, int, int], dict[str, int]] = defaultdict(lambda: {"reserved": 0, "spent": 0})
        self.is_broken = False
        self.faults: list[Fault] = []

    def found(self, what: str, sequence: int | None = None, **details: Any) -> None:
        self.faults.append(Fault(self.customer_id, sequence, what, details))

    def follow(self, line: dict[str, Any], hash_before: str, hash_after: str, lots: dict[int, Lot]) -> None:
        self._check_chain(line, hash_before, hash_after, lots)
        self.count += 1
        self.head, self.last_at = hash_after, line["at"]
        lot_id, quantity = line["lot_id"], line["quantity"]
        buckets = self.buckets.setdefault(lot_id, dict.fromkeys(BUCKETS, 0))
        if line["kind"] in (Movement.Kind.OPENED, Movement.Kind.LAST_DAY):
            if self.last_days.get(lot_id) != line["last_day_before"]:
                self.found("last_day_jumps", line["sequence"], lot=lot_id)
            self.last_days[lot_id] = line["last_day_after"]
        if line["kind"] == Movement.Kind.FROZEN:
            self.frozen_at.setdefault(lot_id, line["at"])
        elif line["kind"] == Movement.Kind.UNFROZEN:
            self.frozen_at.pop(lot_id, None)
        for bucket, change in ((line["from_bucket"], -quantity), (line["to_bucket"], quantity)):
            if not bucket:
                continue
            buckets[bucket] += change
            if buckets[bucket] < 0:
                self.found("below_zero", line["sequence"], lot=lot_id, bucket=bucket)
            if bucket in ("reserved", "spent"):
                self.holds[line["cause_kind"], line["cause_id"], lot_id, line["person_id"]][bucket] += change

    def _check_chain(self, line: dict[str, Any], hash_before: str, hash_after: str, lots: dict[int, Lot]) -> None:
        """Names the first line that does not follow from the one before it; after that one nothing more can be said."""
        if self.is_broken:
            return
        sequence, expected = line["sequence"], self.count + 1
        covered = line | {"lot": lots[line["lot_id"]].facts()} if line["kind"] == Movement.Kind.OPENED else line
        if sequence != expected:
            what = "line_missing" if sequence > expected else "line_repeated"
        elif hash_before != self.head:
            what = "chain_broken"
        elif hash_after != chain.link(hash_before, covered):
            what = "line_changed"
        elif self.last_at is not None and line["at"] < self.last_at:
            what = "time_goes_back"
        else:
            return
        self.is_broken = True
        self.found(what, min(sequence, expected))

    def compare_with_ledger(self, ledger: CustomerLedger | None, entry: Entry | None) -> None:
        ledger = ledger or CustomerLedger(customer_id=self.customer_id)
        for name, journal, row in (
            ("movement_count", self.count, ledger.movement_count),
            ("head", self.head, ledger.head),
            ("lot_count", len(self.buckets), ledger.lot_count),
            ("last_at", self.last_at, ledger.last_at),
        ):
            if journal != row:
                self.found("ledger_differs", self.count, field=name, journal=journal, row=row)
        if entry and (entry.details["sequence"], entry.details["head"]) != (self.count, self.head):
            self.found("audit_differs", entry.details["sequence"], entry=entry.pk)

    def compare_with_lot(self, lot: Lot) -> None:
        buckets = self.buckets.get(lot.pk)
        if buckets is None:
            self.found("lot_without_opening", lot=lot.pk)
            return
        for bucket in BUCKETS:
            if buckets[bucket] != getattr(lot, bucket):
                self.found("lot_differs", lot=lot.pk, field=bucket, journal=buckets[bucket], row=getattr(lot, bucket))
        if sum(buckets.values()) != lot.quantity:
            self.found("lot_differs", lot=lot.pk, field="quantity", journal=sum(buckets.values()), row=lot.quantity)
        if self.frozen_at.get(lot.pk) != lot.frozen_at:
            self.found(
                "lot_differs", lot=lot.pk, field="frozen_at", journal=self.frozen_at.get(lot.pk), row=lot.frozen_at
            )
        if self.last_days.get(lot.pk) != lot.last_day:
            self.found(
                "lot_differs", lot=lot.pk, field="last_day", journal=self.last_days.get(lot.pk), row=lot.last_day
            )

    def compare_with_hold(self, hold: Hold) -> None:
        journal = self.holds.pop(
            (hold.cause_kind, hold.cause_id, hold.lot_id, hold.person_id), {"reserved": 0, "spent": 0}
        )
        row = {"reserved": hold.reserved, "spent": hold.spent}
        if journal != row:
            self.found("hold_differs", hold=hold.pk, journal=journal, row=row)

    def miss_holds(self) -> None:
        """What the journal holds and no row does."""
        for (cause_kind, cause_id, lot_id, person_id), units in self.holds.items():
            if any(units.values()):
                self.found(
                    "hold_missing", cause=f"{cause_kind} {cause_id}", lot=lot_id, person=person_id, journal=units
                )
