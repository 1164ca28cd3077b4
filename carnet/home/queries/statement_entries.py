"""The statement as people read it: one entry for each ticket, purchase or gift of a period, whatever number of
movements stands behind it, with what it changed and the balance after it.

The balance is what can be used together with what is reserved: it falls when units are used, not when they are
reserved. An entry stands where its last movement does, and is over once units were used or given back: what happens to
the same ticket later, reopened or corrected, is an entry of its own, as a bank shows a refund. So each entry is the
balance before it and its change, to the unit.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import CharField, Max, Min, Q
from django.db.models.functions import Cast

from carnet.home.queries.statement import CustomerStatement, Group, RunningBalance, StatementLine
from carnet.kernel import sql
from carnet.ledger.models import Movement

END = "end"  # the cause of an entry that the calendar made (L4)


@dataclass(frozen=True, slots=True)
class Amount:
    """What an entry did to one kind of unit: the change of the balance, the balance after it, and what it still holds
    reserved when the period ends.
    """

    group: Group
    change: int
    balance: int
    reserved: int


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """Lines of one cause in the period, the oldest first."""

    cause_kind: str
    cause_id: int
    lines: tuple[StatementLine, ...]
    amounts: tuple[Amount, ...]

    @property
    def last(self) -> StatementLine:
        return self.lines[-1]

    @property
    def ticket(self) -> int:
        """The number of the ticket that it is about, or 0."""
        movement = self.last.movement
        return movement.ticket or 0 if movement else 0

    @property
    def is_reserved(self) -> bool:
        """It has used nothing yet, and still holds something."""
        return any(one.reserved for one in self.amounts) and not self.has(Movement.Kind.SPENT)

    def has(self, kind: str) -> bool:
        return any(line.kind == kind for line in self.lines)


# What leaves an entry open: the rest settles it.
OPEN_KINDS = frozenset({Movement.Kind.RESERVED.value, Movement.Kind.LAST_DAY.value})


class EntrySpan(NamedTuple):
    """An entry as its page finds it: the numbers of its last and its first movement, between which all of its cause are
    its own.
    """

    last: int
    first: int
    cause: tuple[str, int]


class StatementEntries:
    """The entries of a statement, the newest first. A Paginator takes it as a list; ends of lots stand between them and
    are not counted. Of the period only each cause with its first and last number is read; of a part whatever lies
    between its first movement and its last.
    """

    def __init__(self, statement: CustomerStatement) -> None:
        self.statement = statement

    def count(self) -> int:
        return len(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def __getitem__(self, part: slice) -> list[StatementEntry]:
        start, stop = part.start or 0, len(self) if part.stop is None else part.stop
        wanted, below = self._spans[start:stop], self._spans[stop : stop + 1]
        after = below[0].last if below else 0
        first = min([after + 1, *(span.first for span in wanted)])
        last = wanted[0].last if wanted else 0
        lines = self.statement.between(first, last, to_the_end=start == 0)
        return entries_of(lines, wanted, first=first, after=after)[::-1]

    def oldest_first(self) -> list[StatementEntry]:
        """All of them."""
        return self[0 : len(self)][::-1]

    @cached_property
    def _spans(self) -> list[EntrySpan]:
        """The newest first. Most causes have one entry, which the database tells; the movements of the few others,
        where something came later than what settled them, are gone through.
        """
        # A moment only has to be the same or another one: as text it need not be read thousands of times.
        rows = self.statement.numbered().order_by().annotate(moment=Cast("at", CharField()))
        settles = ~Q(kind__in=OPEN_KINDS)
        causes = rows.values("cause_kind", "cause_id").annotate(
            first=Min("sequence"), last=Max("sequence"), end=Max("moment"), settled=Min("moment", filter=settles)
        )
        found, others = [], defaultdict(list)
        names = ("cause_kind", "cause_id", "first", "last", "end", "settled")
        for kind, number, first, last, end, settled in sql.plain_rows(causes.values_list(*names)):
            if settled in (None, end):
                found.append(EntrySpan(last, first, (kind, number)))
            else:
                others[kind].append(number)
        for kind, numbers in others.items():
            values = rows.filter(cause_kind=kind, cause_id__in=numbers).order_by("sequence")
            found += _spans_of(values.values_list("sequence", "moment", "cause_kind", "cause_id", "kind"))
        return sorted(found, reverse=True)


def _spans_of(rows: Iterable[tuple[int, str, str, int, str]]) -> list[EntrySpan]:
    """Of causes with several entries: each ends with what settled it, and what comes later begins another."""
    open_ones: dict[tuple[str, int], tuple[list[int], str]] = {}  # with the moment that settled it, or ""
    found: list[tuple[tuple[str, int], list[int]]] = []
    for sequence, at, cause_kind, cause_id, kind in rows:
        cause = (cause_kind, cause_id)
        numbers, settled_at = open_ones.get(cause, ([], ""))
        if not numbers or settled_at not in ("", at):
            numbers, settled_at = [], ""
            found.append((cause, numbers))
        numbers.append(sequence)
        open_ones[cause] = numbers, settled_at if kind in OPEN_KINDS else at
    return [EntrySpan(numbers[-1], numbers[0], cause) for cause, numbers in found]


def entries_of(
    lines: Iterable[StatementLine], spans: Iterable[EntrySpan], *, first: int, after: int
) -> list[StatementEntry]:
    """The entries of these spans, each where its last movement stands, the earliest first; and the ends of
    lots that come after the movement `after`. The lines begin with the movement `first`.
    """
    by_cause: dict[tuple[str, int], list[EntrySpan]] = defaultdict(list)
    for span in spans:
        by_cause[span.cause].append(span)
    kept: dict[int, list[StatementLine]] = defaultdict(list)
    running: dict[Group, RunningBalance] = {}
    found, passed = [], first - 1
    for line in lines:
        running[line.group] = line.after
        moved = line.movement
        if moved is None:
            if passed >= after:
                found.append(_entry(END, line.lot.pk, [line], running))
            continue
        passed = moved.sequence
        for one in by_cause.get((moved.cause_kind, moved.cause_id), ()):
            if one.first <= passed <= one.last:
                kept[one.last].append(line)
                if one.last == passed:
                    found.append(_entry(moved.cause_kind, moved.cause_id, kept[passed], running))
    return found


def _entry(kind: str, number: int, lines: list[StatementLine], running: dict[Group, RunningBalance]) -> StatementEntry:
    groups = dict.fromkeys(line.group for line in lines)
    amounts = []
    for group in groups:
        mine = [line for line in lines if line.group == group]
        reserved = sum(line.reserved_change for line in mine)
        change = sum(line.change for line in mine) + reserved
        after = running[group]
        amounts.append(Amount(group, change, after.available + after.reserved, max(0, reserved)))
    return StatementEntry(kind, number, tuple(lines), tuple(amounts))
