"""What `verify` reads of a portion of tickets: everything that was written about them, as plain rows of one instant."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from django.db.models import QuerySet

from carnet.audit.models import Entry
from carnet.ledger.models import Hold, Lot, Movement
from carnet.provider.models import SettingChange
from carnet.tickets.models import Closure, Rating, RatingChange, Ticket
from carnet.work.models import NOT_CHARGED, Cover, MergedTime, PaidTime, RunningWork, WorkSession
from carnet.work.rules import time_worked


class Wrong(NamedTuple):
    """What is wrong with the ticket at hand: the code of a fault, and its values."""

    code: str
    values: dict[str, Any]


def wrong(code: str, **values: Any) -> Wrong:
    return Wrong(code, values)


class UnitsByKind(NamedTuple):
    """Units of the three kinds that a ticket holds or costs."""

    tokens: int = 0
    minutes: int = 0
    free_minutes: int = 0

    def plus(self, means: str, units: int) -> Self:
        name = UNITS_OF[means]
        return self._replace(**{name: getattr(self, name) + units})


NONE = UnitsByKind()
UNITS_OF: dict[str, str] = {
    Cover.Means.TOKENS: "tokens",
    Cover.Means.MINUTES: "minutes",
    Cover.Means.TRIAL: "free_minutes",
}


class TicketRow(NamedTuple):
    pk: int
    customer_id: int
    cover_id: int
    state: str
    opened_at: datetime.datetime
    closed_at: datetime.datetime | None
    only_repair: bool
    merged_into_id: int | None

    @property
    def is_closed(self) -> bool:
        return self.state == Ticket.State.CLOSED


class PaidRow(NamedTuple):
    cover_id: int
    sequence: int
    kind: str
    at: datetime.datetime
    seconds: int
    units: int
    means: str

    @property
    def key(self) -> str:
        """Of the lines in the journal that reserved its units."""
        return f"cover:{self.cover_id}:paid:{self.sequence}"


class SessionRow(NamedTuple):
    cover_id: int
    pk: int
    agent_id: int
    kind: str
    started_at: datetime.datetime
    ended_at: datetime.datetime
    recorded_at: datetime.datetime
    replaces_id: int | None


class ClosureRow(NamedTuple):
    cover_id: int
    pk: int
    at: datetime.datetime
    how: str
    worked_seconds: int
    waived: bool
    price_tokens: int
    price_minutes: int
    free_minutes: int

    @property
    def told(self) -> UnitsByKind:
        return UnitsByKind(self.price_tokens, self.price_minutes, self.free_minutes)


class HoldRow(NamedTuple):
    cause_id: int
    unit: str
    origin: str
    reserved: int
    spent: int


class LineRow(NamedTuple):
    """A line of the journal that moved units for a ticket."""

    cause_id: int
    at: datetime.datetime
    kind: str
    unit: str
    quantity: int
    to_bucket: str
    key: str
    origin: str
    token_minutes: int


class RunningRow(NamedTuple):
    cover_id: int
    kind: str
    stopped_at: datetime.datetime | None
    goes_on: bool


class RatingRow(NamedTuple):
    cover_id: int
    score: int
    at: datetime.datetime


class CeilingRow(NamedTuple):
    """What somebody said a ticket may take without asking (T4, H4)."""

    at: datetime.datetime
    means: str
    before: int
    ceiling: int


@dataclass(slots=True)
class TicketFacts:
    """Everything that was written about one ticket, each list in the order in which it was written."""

    ticket: TicketRow
    cover: Cover | None
    paid: list[PaidRow] = field(default_factory=list)
    sessions: list[SessionRow] = field(default_factory=list)
    closures: list[ClosureRow] = field(default_factory=list)
    holds: list[HoldRow] = field(default_factory=list)
    lines: list[LineRow] = field(default_factory=list)
    running: list[RunningRow] = field(default_factory=list)
    rating: RatingRow | None = None
    scores: list[RatingRow] = field(default_factory=list)
    merged: list[MergedTime] = field(default_factory=list)  # work of others that is priced with its own (T10)
    merged_into: MergedTime | None = None
    ceilings: list[CeilingRow] = field(default_factory=list)


@dataclass(slots=True)
class Portion:
    """Tickets with their facts; `strays` are numbers of covers that something was written about and that no ticket
    has.
    """

    facts: list[TicketFacts]
    records: int
    last: int
    strays: list[int]


def was_indivisible_per_ticket() -> bool:
    """⚙ indivisible_per: whether it ever said that each ticket bears 30 minutes (H1)."""
    changes = SettingChange.objects.filter(name="indivisible_per").values_list("before", "value")
    return any("ticket" in change for change in changes)


def means_of(unit: str, origin: str) -> Cover.Means:
    """What units of such a lot count as."""
    if unit == Lot.Unit.TOKEN:
        return Cover.Means.TOKENS
    return Cover.Means.TRIAL if origin == Lot.Origin.TRIAL else Cover.Means.MINUTES


def standing(sessions: Iterable[SessionRow], at: datetime.datetime | None = None) -> list[SessionRow]:
    """The sessions that no correction had replaced: now, or at an instant."""
    written = [one for one in sessions if at is None or one.recorded_at <= at]
    replaced = {one.replaces_id for one in written if one.replaces_id}
    return [one for one in written if one.pk not in replaced] if replaced else written


def stretches(sessions: Iterable[SessionRow]) -> list[time_worked.Stretch]:
    """The same as the rules of `work` see them."""
    return [
        time_worked.Stretch(
            one.started_at, one.ended_at, one.kind not in NOT_CHARGED, one.agent_id,
            one.kind == WorkSession.Kind.OFFERED,
        )
        for one in sessions
    ]  # fmt: skip


def worked_seconds(sessions: Iterable[SessionRow], at: datetime.datetime | None = None) -> int:
    """W of T2: now, or as it stood at an instant."""
    return time_worked.worked_seconds(stretches(standing(sessions, at)))


def read(after: int, count: int) -> Portion | None:
    """The next `count` tickets whose covers come after the number `after`, with all their facts; None after the last
    one.
    """
    found = Ticket.objects.filter(cover__gt=after).order_by("cover").values_list(*_columns(TicketRow))
    tickets = [TicketRow._make(row) for row in found[:count]]
    if not tickets:
        return None
    # Beyond the last ticket too, for what may be written about covers that no ticket has.
    upto = tickets[-1].cover_id if len(tickets) == count else None
    covers = {cover.pk: cover for cover in _of(Cover.objects.all(), "pk", after, upto)}
    facts = {one.cover_id: TicketFacts(one, covers.get(one.cover_id)) for one in tickets}
    strays = set(covers) - set(facts)
    records = len(tickets) + len(covers)
    for row_type, name, rows in _tables(after, upto):
        grouped: dict[int, list[Any]] = defaultdict(list)
        for row in map(row_type._make, rows):
            grouped[row[0]].append(row)
            records += 1
        for number, group in grouped.items():
            if number in facts:
                setattr(facts[number], name, group)
            else:
                strays.add(number)
    ratings = _of(Rating.objects.all(), "ticket__cover", after, upto)
    for rating in ratings.values_list("ticket__cover", "score", "first_at"):
        facts[rating[0]].rating = RatingRow._make(rating)
        records += 1
    merged = MergedTime.objects.select_related("cover__ticket", "source").order_by("pk")
    for one in _of(merged, "cover", after, upto):
        if one.cover_id in facts:
            facts[one.cover_id].merged.append(one)
    for one in _of(merged, "source", after, upto):
        records += 1
        if one.source_id in facts:
            facts[one.source_id].merged_into = one
    for entry in Entry.objects.filter(code="cover.agreed", subject_kind="cover", subject_id__in=covers).order_by("pk"):
        said = entry.details
        if entry.subject_id in facts:
            facts[entry.subject_id].ceilings.append(
                CeilingRow(entry.at, said["means"], said["before"], said["ceiling"])
            )
    return Portion(list(facts.values()), records, tickets[-1].cover_id, sorted(strays))


def _tables(after: int, upto: int | None) -> Iterator[tuple[Any, str, Iterable[tuple[Any, ...]]]]:
    paid = _of(PaidTime.objects.all(), "cover", after, upto)
    yield PaidRow, "paid", paid.order_by("pk").values_list(*_columns(PaidRow))
    for row_type, name, model, way in (
        (SessionRow, "sessions", WorkSession, "cover"),
        (RunningRow, "running", RunningWork, "cover"),
        (ClosureRow, "closures", Closure, "ticket__cover"),
        (RatingRow, "scores", RatingChange, "ticket__cover"),
    ):
        rows = _of(model.objects.all(), way, after, upto)
        yield row_type, name, rows.order_by("pk").values_list(way, *_columns(row_type)[1:])
    holds = _of(Hold.objects.filter(cause_kind="cover"), "cause_id", after, upto)
    yield HoldRow, "holds", holds.values_list("cause_id", "lot__unit", "lot__origin", "reserved", "spent")
    moved = Movement.objects.filter(cause_kind="cover").exclude(kind=Movement.Kind.LAST_DAY)
    lines = _of(moved, "cause_id", after, upto).order_by("pk")
    yield (
        LineRow, "lines",
        lines.values_list(*_columns(LineRow)[:-2], "lot__origin", "lot__token_minutes"),
    )  # fmt: skip


def _of(rows: QuerySet[Any], number: str, after: int, upto: int | None) -> QuerySet[Any]:
    """The rows about covers of these numbers; `number` is the way to that of the cover."""
    wanted: dict[str, Any] = {f"{number}__gt": after} | ({} if upto is None else {f"{number}__lte": upto})
    return rows.filter(**wanted)


def _columns(row_type: Any) -> tuple[str, ...]:
    return tuple(row_type._fields)
