"""The pen of the journal: the only code that writes movements, and with them buckets, holds and last days.
A request locks its customer's ledger first, is compared with what its key wrote before, and stores all its lines at
once.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel import calendar, chain, once, sql
from carnet.kernel.keys import Cause
from carnet.ledger import rules
from carnet.ledger.models import CustomerLedger, Hold, Lot, Movement
from carnet.people import queries as people
from carnet.people.models import Customer, Membership, Person
from carnet.provider import queries as provider

HELD_WITH_LOTS = (
    "JOIN ledger_lot ON ledger_lot.id = ledger_hold.lot_id "
    "WHERE cause_kind = %s AND cause_id = %s ORDER BY ledger_hold.id"
)
SAME_KEY = "SELECT content FROM ledger_movement WHERE customer_id = %s AND key = %s"
STOCKED = "WHERE customer_id = %s AND unit = %s AND available > 0"
# The audit entries that repeat the head of the chain.
AUDITED = (
    "lot.opened", "units.reserved", "units.spent", "units.released", "units.corrected", "units.frozen",
    "units.unfrozen", "units.refunded",
)  # fmt: skip


@dataclass
class Account:
    """A customer's ledger under its lock, with what was read of it: for an action that moves units several times and
    reads nothing twice. What it moves is kept true here as well.

    The entries for the audit are left in `entries`, to be stored with those of the action (`audit.record_all`).
    """

    customer_id: int
    row: CustomerLedger | None = None  # locked by whoever gives it; else by the first request, with what that reads
    takers: dict[int, rules.Taker | None] = field(default_factory=dict)
    lots: dict[int, Lot] = field(default_factory=dict)
    stock: dict[str, list[Lot]] = field(default_factory=dict)  # of a unit
    drawn: dict[tuple[int, tuple[int, ...]], tuple[dict[int, int], dict[int, int]]] = field(default_factory=dict)  # L9
    holds: dict[Cause, list[Hold]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, given: "Account | CustomerLedger | Customer") -> "Account":
        """The account that is given, that of a ledger which is locked, or one of a customer for a single request, which
        locks it.
        """
        if isinstance(given, Account):
            return given
        return cls(given.pk, given if isinstance(given, CustomerLedger) else None)

    @property
    def ledger(self) -> CustomerLedger:
        """The row under its lock."""
        assert self.row, f"the ledger of customer {self.customer_id} is not locked"
        return self.row

    def moment(self, at: datetime.datetime) -> datetime.datetime:
        """When something that is asked for at `at` is written down: the journal never goes back in time."""
        return max(at, self.ledger.last_at or at)

    def known(self, lot: Lot) -> Lot:
        """The one object that stands for this lot; what was read before the lock, while the customer's first request
        made the row to lock, stands for nothing.
        """
        if self.row is None:
            self.lots[lot.pk] = lot
        return self.lots.setdefault(lot.pk, lot)

    def drawn_from(self, person: Person, unit: str, origins: Collection[str]) -> tuple[rules.Taker | None, list[Lot]]:
        """L9: the person as a taker, and the lots of these origins that have available units, in no order."""
        sql.carry_out(*self.reading(person, unit))
        return self.takers[person.pk], [lot for lot in self.stock[unit] if lot.available and lot.origin in origins]

    def reading(self, person: Person, unit: str) -> list[sql.Statement]:
        """What must be asked before `drawn_from` can answer; nothing if it was."""

        def take_membership(found: list[Membership]) -> None:
            self.takers[person.pk] = as_taker(next(iter(found), None))

        def take_lots(found: list[Lot]) -> None:
            self.stock[unit] = [self.known(lot) for lot in found]

        statements = []
        if person.pk not in self.takers:
            statements.append(sql.handing(people.membership_now(person.pk, self.customer_id), take_membership))
        if unit not in self.stock:
            stocked = sql.rows(Lot, rest=STOCKED, values=[self.customer_id, unit])
            statements.append(sql.handing(stocked, take_lots))
        return statements

    def held_by(self, cause: Cause) -> list[Hold]:
        """What the cause holds, in the order in which it was reserved first."""
        sql.carry_out(*self.reading_holds(cause))
        return self.holds[cause]

    def reading_holds(self, cause: Cause) -> list[sql.Statement]:
        """What must be asked before `held_by` can answer; nothing if it was."""

        def take(found: list[tuple[Hold, Lot]]) -> None:
            for hold, lot in found:
                hold.lot = self.known(lot)
            self.holds[cause] = [hold for hold, _lot in found]

        if cause in self.holds:
            return []
        held = sql.pairs(Hold, Lot, rest=HELD_WITH_LOTS, values=[cause.kind, cause.id])
        return [sql.handing(held, take)]

    def keep_hold(self, cause: Cause, lot: Lot, person_id: int, changes: dict[str, int]) -> None:
        """What the cause holds changes with a movement; nothing if that was never read."""
        if cause not in self.holds:
            return
        key = (lot.pk, person_id)
        hold = next((one for one in self.holds[cause] if (one.lot_id, one.person_id) == key), None)
        if hold is None:
            hold = Hold(lot=lot, person_id=person_id, cause_kind=cause.kind, cause_id=cause.id)
            self.holds[cause].append(hold)
        for bucket, change in changes.items():
            setattr(hold, bucket, getattr(hold, bucket) + change)


@dataclass
class Request:
    """One request under the lock of its ledger, and the lines of the journal that it writes."""

    account: Account
    by: Actor
    at: datetime.datetime  # never before the last movement
    day: datetime.date
    key: str
    content: str
    is_alone: bool  # the account is locked for this request, which stores its entry for the audit
    done: list[Movement] = field(default_factory=list)  # what the same request wrote when it came first (L12)
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
        self.account.drawn.clear()
        if "available" in changes:
            self.account.stock.clear()
        self.changes.append(_addition("ledger_lot", changes, {"id": lot.pk}))
        if target == "available" and lot.frozen_at and kind != Movement.Kind.UNFROZEN:
            # Released meanwhile: by the rule by which the lot is frozen.
            frozen = Movement.objects.filter(lot=lot, kind=Movement.Kind.FROZEN).order_by("-sequence")
            rule = frozen.values_list("rule", flat=True).first() or "O7"
            self.move(Movement.Kind.FROZEN, lot, units, rule=rule, cause=cause)
        if not held:
            return
        self.account.keep_hold(cause, lot, more["person_id"], held)
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
        ledger = self.account.ledger
        ledger.movement_count += 1
        line = Movement(
            customer_id=ledger.pk, sequence=ledger.movement_count, at=self.at, lot=lot, kind=kind, unit=lot.unit,
            actor_kind=self.by.kind, actor_id=self.by.id, key=self.key, part=len(self.lines), content=self.content,
            hash_before=ledger.head, **cause.columns, **fields,
        )  # fmt: skip
        line.hash = ledger.head = chain.link(line.hash_before, line.chained_fields())
        self.lines.append(line)

    def write(self, code: str, *, subject: tuple[str, int], **details: Any) -> None:
        """Store the lines with what they change, the head of the chain, and the audit entry; the entry repeats the
        head, so that a cut tail shows.
        """
        ledger = self.account.ledger
        ledger.last_at = self.at
        last_at = connection.ops.adapt_datetimefield_value(self.at)
        entry = audit.entry(
            code, by=self.by, at=self.at, subject=subject, customer_id=ledger.pk,
            sequence=ledger.movement_count, head=ledger.head, **details,
        )  # fmt: skip
        if not self.is_alone:
            self.account.entries.append(entry)
        sql.carry_out(
            *self.changes,
            *map(sql.new, self.lines),
            sql.change(
                "UPDATE ledger_customerledger SET head = %s, movement_count = %s, lot_count = %s, last_at = %s "
                "WHERE customer_id = %s",
                [ledger.head, ledger.movement_count, ledger.lot_count, last_at, ledger.pk],
            ),
            *(audit.storing(entry) if self.is_alone else []),
        )


def begin(
    verb: str, account: Account, *, by: Actor, at: datetime.datetime, key: str, reads: Iterable[sql.Statement] = (),
    **content: Any,
) -> Request:  # fmt: skip
    """Lock the ledger, ask what the request `reads`, raise `at` to the last movement, and look whether this key was
    used before (L12).

    Whoever comes with a locked account gives keys that are numbered under the lock: of these none comes again.
    """
    digest = once.content_of(verb, **content)
    is_alone, done = account.row is None, []
    if is_alone:
        customer_id = account.customer_id
        same_key = sql.values(SAME_KEY, [customer_id, key])
        account.row, (found, *_) = CustomerLedger.objects.lock_and(customer_id, same_key, *reads)
        for (content_before,) in found[:1]:
            once.refuse_unless_same(content_before, digest)
            done = list(Movement.objects.filter(customer=customer_id, key=key).select_related("lot").order_by("part"))
    else:
        sql.carry_out(*reads)
    at = account.moment(at)
    day = calendar.date_on(at, provider.time_zone())
    return Request(account, by, at, day, key, digest, is_alone, done)


def as_taker(membership: Membership | None) -> rules.Taker | None:
    """L9: who may draw units: members and holders; a buyer opens no tickets."""
    if membership is None or not membership.may_open_tickets:
        return None
    return rules.Taker(membership.person_id, is_holder=membership.is_holder)


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
