"""The statement: every movement of a customer's units in a period, with what lies between them by the calendar alone.

Nothing is replayed from the beginning: the lots' rows say what stands now, and what was moved after a line is taken
off again; or, where the beginning is nearer, what was moved before it is summed. Lines of the journal are numbered
without gaps, so that a page is found by its numbers. The newest page costs the same however long the journal is.
"""

import datetime
import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, When

from carnet.kernel import calendar
from carnet.ledger import queries as ledger
from carnet.ledger import rules
from carnet.ledger.models import Lot, Movement
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.tickets.models import Ticket

Group = Literal["token", "minute", "free"]  # free: minutes of the trial, which stand apart (F2)
Reason = Literal["apart", "only", "ends_first", "free_first", "activated_first", "lowest_number"]
PORTION = 2000


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included; of one unit, or "" of all."""

    first_day: datetime.date
    last_day: datetime.date
    unit: str = ""


@dataclass(frozen=True, slots=True)
class RunningBalance:
    """What can be used and what is reserved after a line, of the line's kind of unit."""

    available: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class LotChoice:
    """L7: why units were reserved of this lot: what set it before the lot that was next. `passed_over`: there were
    lots before it in the order of use that this person could not draw from (L9).
    """

    reason: Reason
    next_lot: Lot | None = None
    passed_over: bool = False


class Moved(NamedTuple):
    """What the statement reads of a movement; of the movement that it corrects the number, and the number of the ticket
    whose cover moved the units, if one did.
    """

    sequence: int
    at: datetime.datetime
    lot_id: int
    kind: str
    rule: str
    quantity: int
    from_bucket: str
    to_bucket: str
    last_day_before: datetime.date | None
    last_day_after: datetime.date | None
    cause_kind: str
    cause_id: int
    corrects: int | None
    ticket: int | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of the statement: a movement; or, without one, that a lot's last day was over, 00:00 of the next, and what
    was still available in it then (L4). `change`: of what can be used.
    """

    at: datetime.datetime
    lot: Lot
    kind: str  # of Movement.Kind; or dormant, lapsed
    units: int
    change: int
    group: Group
    after: RunningBalance
    movement: Moved | None = None
    choice: LotChoice | None = None
    activated: Lot | None = None  # the pack whose activation moved this lot's last day (L5, L6)

    @property
    def reserved_change(self) -> int:
        """By how much it changes what is reserved."""
        moved = self.movement
        if moved is None:
            return 0
        return moved.quantity * ((moved.to_bucket == "reserved") - (moved.from_bucket == "reserved"))


@dataclass(slots=True)
class _Standing:
    lot: Lot
    available: int = 0
    reserved: int = 0
    last_day: datetime.date | None = None
    _view: rules.LotView | None = None

    def place_in_use(self) -> rules.LotView:
        """What the order of use asks for (L7), made anew only with another last day."""
        if self._view is None or self._view.last_day != self.last_day:
            self._view = replace(self.lot.as_view(), last_day=self.last_day)
        return self._view

    def usable(self, day: datetime.date) -> int:
        return self.available if self.last_day is None or day <= self.last_day else 0

    def move(self, source: str, target: str, units: int) -> None:
        self.available += units * ((target == "available") - (source == "available"))
        self.reserved += units * ((target == "reserved") - (source == "reserved"))


class CustomerStatement:
    """The lines of a period, the newest first, as of the instant at which this was made. A Paginator takes it as a
    list of its movements; ends of lots stand between them and are not counted. `oldest_first` goes through all.
    """

    def __init__(self, customer: Customer, period: Period, *, at: datetime.datetime) -> None:
        self.customer, self.period, self.at = customer, period, at
        self.zone = provider.time_zone()
        self.begins = calendar.start_of(period.first_day, self.zone)
        self.ends_before = calendar.end_of(period.last_day, self.zone)
        # With the length of the journal in one query, so that lots and lines agree without any lock.
        lots = Lot.objects.filter(customer=customer).annotate(
            head=F("customer__ledger__movement_count"), last_at=F("customer__ledger__last_at")
        )
        self.lots = {lot.pk: lot for lot in lots.order_by("number")}
        one = next(iter(self.lots.values()), None)
        self.head: int = one.head if one else 0
        self.last_at: datetime.datetime | None = one.last_at if one else None
        self.journal = Movement.objects.filter(customer=customer, sequence__lte=self.head)
        self.is_of_all = not period.unit or all(lot.unit == period.unit for lot in self.lots.values())
        if not self.is_of_all:
            self.journal = self.journal.filter(unit=period.unit)

    def balance_on(self, day: datetime.date) -> ledger.CustomerBalance:
        """L4: of all lots, whatever the period; from their rows as they were read here, if nothing moved later."""
        if self.last_at is None or self.last_at < calendar.end_of(day, self.zone):
            return ledger.balance_of_lots(self.lots.values(), day)
        return ledger.balance_on(self.customer, day)

    def first_year(self) -> int:
        """The year of the customer's first movement; of today, if there is none."""
        first = (
            Movement.objects.filter(customer=self.customer).order_by("sequence").values_list("at", flat=True).first()
        )
        return (first or self.at).astimezone(self.zone).year

    def count(self) -> int:
        return self._count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[StatementLine]:
        start, stop = part.start or 0, min(self._count if part.stop is None else part.stop, self._count)
        before, movements = self._part(start, max(start, stop))
        walk = self._walk(before, movements)
        lines = [line for movement in movements for line in walk.step(movement)]
        if start == 0:
            lines += walk.ends_until(self.at, before=self.ends_before)
        return lines[::-1]

    def numbered(self) -> "QuerySet[Movement]":
        """The movements of the period, in no order."""
        numbers = self._numbers
        return self.journal.filter(sequence__gte=numbers.start, sequence__lt=numbers.stop)

    def between(self, first: int, last: int, *, to_the_end: bool) -> Iterator[StatementLine]:
        """The lines of the movements with these numbers, the oldest first, with the ends of lots before each;
        `to_the_end`: and with those after the last one.
        """
        lines = self.numbered().filter(sequence__lte=last)
        if self.is_of_all:  # numbered without gaps: the one before comes along
            read = [Moved(*row) for row in _read(lines.filter(sequence__gte=first - 1).order_by("sequence"))]
            earlier = [one for one in read[:1] if one.sequence < first]
        else:
            read = [Moved(*row) for row in _read(lines.filter(sequence__gte=first).order_by("sequence"))]
            before = self.numbered().filter(sequence__lt=first).order_by("-sequence")
            earlier = [Moved(*row) for row in _read(before)[:1]]
        movements = [one for one in read if one.sequence >= first]
        walk = self._walk(earlier[0] if earlier else None, movements)
        for movement in movements:
            yield from walk.step(movement)
        if to_the_end:
            yield from walk.ends_until(self.at, before=self.ends_before)

    def oldest_first(self) -> Iterator[StatementLine]:
        """All lines in the order in which they happened, with few in memory at a time."""
        walk = self._walk(None, [])
        for row in _read(self.numbered().order_by("sequence")).iterator(chunk_size=PORTION):
            yield from walk.step(Moved(*row))
        yield from walk.ends_until(self.at, before=self.ends_before)

    @cached_property
    def _count(self) -> int:
        if self.is_of_all:
            return len(self._numbers)
        return self.numbered().count()

    @cached_property
    def _numbers(self) -> range:
        """The numbers of the period's movements: time never goes back in a journal."""
        is_to_the_end = self.last_at is None or self.last_at < self.ends_before
        after = self.head + 1 if is_to_the_end else self._first_since(self.ends_before)
        return range(min(self._first_since(self.begins), after), after)

    def _first_since(self, at: datetime.datetime) -> int:
        since = Movement.objects.filter(customer=self.customer, at__gte=at).order_by("at", "sequence")
        found = since.values_list("sequence", flat=True).first()
        return self.head + 1 if found is None else min(found, self.head + 1)

    def _part(self, start: int, stop: int) -> tuple[Moved | None, list[Moved]]:
        """So many movements, counted from the newest, the oldest first; and the one before them, if it is of the
        period.
        """
        if start == stop:
            return None, []
        first, after = self._numbers.start, self._numbers.stop
        if self.is_of_all:
            lines = self.journal.filter(sequence__gte=max(first, after - stop - 1), sequence__lt=after - start)
            rows = [Moved(*row) for row in _read(lines.order_by("sequence"))]
        else:
            lines = self.journal.filter(sequence__gte=first, sequence__lt=after).order_by("-sequence")
            rows = [Moved(*row) for row in _read(lines)[start : stop + 1]][::-1]
        return (rows[0], rows[1:]) if len(rows) > stop - start else (None, rows)

    def _walk(self, before: Moved | None, movements: Sequence[Moved]) -> "_Walk":
        """From just after `before` on; without it, from the period's beginning."""
        first = before.sequence + 1 if before else self._numbers.start
        standings = self._standings(first, movements)
        if before:
            return _Walk(self, standings, calendar.date_on(before.at, self.zone), after=before.at)
        return _Walk(self, standings, self.period.first_day - datetime.timedelta(days=1))

    def _standings(self, first: int, movements: Sequence[Moved]) -> dict[int, _Standing]:
        """What stood before the line `first`, reckoned from the nearer end; `movements` are at hand and begin there."""
        last = movements[-1].sequence if movements else first - 1
        mine = {pk: lot for pk, lot in self.lots.items() if self.period.unit in ("", lot.unit)}
        days = Q(kind=Movement.Kind.OPENED) | Q(kind=Movement.Kind.LAST_DAY)
        if first - 1 < self.head - last:
            standings = {pk: _Standing(lot) for pk, lot in mine.items()}
            earlier = self.journal.filter(sequence__lt=first)
            for lot_id, source, target, units in _summed(earlier):
                standings[lot_id].move(source, target, units)
            for lot_id, day in earlier.filter(days).order_by("sequence").values_list("lot_id", "last_day_after"):
                standings[lot_id].last_day = day
            return standings
        standings = {pk: _Standing(lot, lot.available, lot.reserved, lot.last_day) for pk, lot in mine.items()}
        if last < self.head:
            later = self.journal.filter(sequence__gt=last)
            for lot_id, source, target, units in _summed(later):
                standings[lot_id].move(target, source, units)
            for lot_id, day in later.filter(days).order_by("-sequence").values_list("lot_id", "last_day_before"):
                standings[lot_id].last_day = day
        for moved in reversed(movements):
            standings[moved.lot_id].move(moved.to_bucket, moved.from_bucket, moved.quantity)
            if moved.last_day_after or moved.kind == Movement.Kind.OPENED:
                standings[moved.lot_id].last_day = moved.last_day_before
        return standings


class _Walk:
    """Goes from line to line, knows what stood before each, and meets the ends of lots on its way (L4)."""

    def __init__(
        self,
        statement: CustomerStatement,
        standings: dict[int, _Standing],
        day: datetime.date,
        *,
        after: datetime.datetime | None = None,
    ) -> None:
        self.standings, self.zone, self.lots = standings, statement.zone, statement.lots
        self.usable = {pk: one for pk, one in standings.items() if one.usable(day)}
        self.running: dict[Group, RunningBalance] = defaultdict(RunningBalance)
        self.ends: list[tuple[datetime.datetime, int, int, datetime.date]] = []
        for one in standings.values():
            self._add(one.lot, one.usable(day), one.reserved)
            if one.last_day and one.last_day >= day:
                self._expect_end(one)
        heapq.heapify(self.ends)

    def step(self, movement: Moved) -> Iterator[StatementLine]:
        """The ends of lots until then, and the movement. A day's end comes before what is written at 00:00."""
        yield from self.ends_until(movement.at)
        standing = self.standings[movement.lot_id]
        lot, day = standing.lot, movement.at.astimezone(self.zone).date()
        choice = self._choice(standing) if movement.kind == Movement.Kind.RESERVED else None
        usable, reserved = standing.usable(day), standing.reserved
        standing.move(movement.from_bucket, movement.to_bucket, movement.quantity)
        if movement.last_day_after:
            standing.last_day = movement.last_day_after
            if standing.last_day >= day:
                self._expect_end(standing)
        left = standing.usable(day)
        if left:
            self.usable[lot.pk] = standing
        else:
            self.usable.pop(lot.pk, None)
        change = left - usable
        after = self._add(lot, change, standing.reserved - reserved)
        activated = self._activated(movement) if movement.rule in ("L5", "L6") else None
        yield StatementLine(
            movement.at,
            lot,
            movement.kind,
            movement.quantity,
            change,
            group_of(lot),
            after,
            movement,
            choice,
            activated,
        )

    def ends_until(self, at: datetime.datetime, *, before: datetime.datetime | None = None) -> Iterator[StatementLine]:
        """The ends up to `at`, itself included, of lots that still had units then."""
        while self.ends and self.ends[0][0] <= at and (before is None or self.ends[0][0] < before):
            over, _number, lot_id, last_day = heapq.heappop(self.ends)
            one = self.standings[lot_id]
            if one.available and one.last_day == last_day:
                del self.usable[lot_id]
                kind = "dormant" if one.lot.origin == Lot.Origin.PURCHASED else "lapsed"
                after = self._add(one.lot, -one.available, 0)
                yield StatementLine(over, one.lot, kind, one.available, -one.available, group_of(one.lot), after)

    def _expect_end(self, one: _Standing) -> None:
        assert one.last_day
        heapq.heappush(self.ends, (calendar.end_of(one.last_day, self.zone), one.lot.number, one.lot.pk, one.last_day))

    def _add(self, lot: Lot, available: int, reserved: int) -> RunningBalance:
        now = self.running[group_of(lot)]
        self.running[group_of(lot)] = after = RunningBalance(now.available + available, now.reserved + reserved)
        return after

    def _choice(self, chosen: _Standing) -> LotChoice:
        """L7: compared with the lots that stood there just before; free minutes stand apart (F2)."""
        group = group_of(chosen.lot)
        if group == "free":
            return LotChoice("apart")
        usable = {one.lot.number: one for one in self.usable.values() if group_of(one.lot) == group}
        if len(usable) == 1:
            return LotChoice("only")
        order = [view.number for view in rules.order_of_use(one.place_in_use() for one in usable.values())]
        place = order.index(chosen.lot.number)
        if place + 1 == len(order):
            return LotChoice("only", passed_over=place > 0)
        following = usable[order[place + 1]]
        return LotChoice(_set_before(chosen, following), following.lot, passed_over=place > 0)

    def _activated(self, movement: Moved) -> Lot | None:
        """The pack that moved another's last day: its cause, or what an order activated at that instant."""
        if movement.cause_kind == "lot":
            return self.lots[movement.cause_id]
        there = [one for one in self.lots.values() if one.activated_at == movement.at and one.pk != movement.lot_id]
        return there[-1] if there else None


def _read(lines: QuerySet[Movement]) -> "QuerySet[Movement, Any]":
    covered = Ticket.objects.filter(cover=OuterRef("cause_id"))
    ticket = Case(When(cause_kind="cover", then=Subquery(covered.values("pk"))))
    return lines.annotate(ticket=ticket).values_list(
        "sequence", "at", "lot_id", "kind", "rule", "quantity", "from_bucket", "to_bucket", "last_day_before",
        "last_day_after", "cause_kind", "cause_id", "corrects__sequence", "ticket",
    )  # fmt: skip


def _summed(lines: QuerySet[Movement]) -> "QuerySet[Movement, tuple[int, str, str, int]]":
    """What these lines moved in all, by lot and buckets."""
    moved = lines.exclude(quantity=0).order_by().values_list("lot_id", "from_bucket", "to_bucket")
    return moved.annotate(units=Sum("quantity"))


def group_of(lot: Lot) -> Group:
    """What a lot's units are summed with."""
    return "free" if lot.origin == Lot.Origin.TRIAL else lot.unit  # type: ignore[return-value]


def _set_before(one: _Standing, other: _Standing) -> Reason:
    """Which of the steps of L7 decided between two lots."""
    if one.last_day != other.last_day:
        return "ends_first"
    if one.lot.origin != other.lot.origin:
        return "free_first"
    return "activated_first" if one.lot.activated_at != other.lot.activated_at else "lowest_number"
