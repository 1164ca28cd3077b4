"""The statement as people read it: one entry for each ticket, purchase or gift of a period, whatever number of
movements stands behind it, with what it changed and the balance after it.

The balance is what can be used together with what is reserved: it falls when units are used, not when they are
reserved. So each entry is the balance before it and its change, to the unit. An entry stands where its last movement
does.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, Min

from carnet.home.queries.statement import Group, Line, Running, Statement
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
class Entry:
    """The lines of one cause in the period, the oldest first."""

    cause_kind: str
    cause_id: int
    lines: tuple[Line, ...]
    amounts: tuple[Amount, ...]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def ticket(self) -> int:
        """The number of the ticket that it is about, or 0."""
        return self.cause_id if self.cause_kind == "ticket" else 0

    @property
    def is_reserved(self) -> bool:
        """It has used nothing yet, and still holds something."""
        return any(one.reserved for one in self.amounts) and not self.has(Movement.Kind.SPENT)

    def has(self, kind: str) -> bool:
        return any(line.kind == kind for line in self.lines)


class Entries:
    """The entries of a statement, the newest first. A Paginator takes it as a list; ends of lots stand between them and
    are not counted. A part costs what lies between its first movement and its last, not the whole journal.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement

    def count(self) -> int:
        return self._count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[Entry]:
        start, stop = part.start or 0, self._count if part.stop is None else part.stop
        causes = self.statement.numbered().order_by().values_list("cause_kind", "cause_id")
        heads = causes.annotate(first=Min("sequence"), last=Max("sequence")).order_by("-last")
        found = list(heads[start : stop + 1])
        wanted, below = found[: stop - start], found[stop - start :]
        low = below[0][3] if below else 0
        first = min([low + 1, *(one[2] for one in wanted)])
        last = wanted[0][3] if wanted else 0
        lines = self.statement.between(first, last, to_the_end=start == 0)
        ends_at = {(kind, number): end for kind, number, _first, end in wanted}
        return entries_of(lines, ends_at, first=first, after=low)[::-1]

    def oldest_first(self) -> list[Entry]:
        """All of them."""
        return self[0 : self._count][::-1]

    @cached_property
    def _count(self) -> int:
        return self.statement.numbered().order_by().values("cause_kind", "cause_id").distinct().count()


def entries_of(lines: Iterable[Line], ends_at: dict[tuple[str, int], int], *, first: int, after: int) -> list[Entry]:
    """The lines of these causes as entries, each where its last movement stands (`ends_at`: its number), the earliest
    first; and the ends of lots that come after the movement `after`. The lines begin with the movement `first`.
    """
    kept: dict[tuple[str, int], list[Line]] = defaultdict(list)
    running: dict[Group, Running] = {}
    found, passed = [], first - 1
    for line in lines:
        running[line.group] = line.after
        moved = line.movement
        if moved is None:
            if passed >= after:
                found.append(_entry(END, line.lot.pk, [line], running))
            continue
        passed = moved.sequence
        cause = (moved.cause_kind, moved.cause_id)
        if cause in ends_at:
            kept[cause].append(line)
            if ends_at[cause] == moved.sequence:
                found.append(_entry(*cause, kept[cause], running))
    return found


def _entry(kind: str, number: int, lines: list[Line], running: dict[Group, Running]) -> Entry:
    groups = dict.fromkeys(line.group for line in lines)
    amounts = []
    for group in groups:
        mine = [line for line in lines if line.group == group]
        reserved = sum(line.reserved_change for line in mine)
        change = sum(line.change for line in mine) + reserved
        after = running[group]
        amounts.append(Amount(group, change, after.available + after.reserved, max(0, reserved)))
    return Entry(kind, number, tuple(lines), tuple(amounts))
