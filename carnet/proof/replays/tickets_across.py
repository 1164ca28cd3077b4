"""What `verify` finds between tickets: agents at two places at once, who bears the first minutes of a pack of hours
(H1, H3), and whose free minutes are noted (F4).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from django.db.models import Q

from carnet.kernel import snapshot
from carnet.ledger.models import Lot, Movement
from carnet.proof.replays.tickets_rows import was_indivisible_per_ticket
from carnet.proof.rules import Fault, Found
from carnet.tickets.models import Ticket
from carnet.work.models import Cover, IndivisiblePart, MergedTime, PaidTime, TrialUse, WorkSession
from carnet.work.rules import prices

SESSIONS_AT_ONCE = 5_000
LOTS_AT_ONCE = 200
TRIALS_AT_ONCE = 5_000

CHECK = "tickets"


class _Worked(NamedTuple):
    agent_id: int
    started_at: datetime.datetime
    pk: int
    ended_at: datetime.datetime


class _Line(NamedTuple):
    lot_id: int
    cause_id: int
    kind: str
    quantity: int
    to_bucket: str
    key: str
    part: int


def agents() -> Iterator[Found]:
    """Each moment of an agent is written down once: standing sessions of one agent don't overlap."""
    worked = WorkSession.objects.standing().exclude(kind=WorkSession.Kind.MISTAKEN)
    rows = worked.order_by("agent_id", "started_at", "pk").values_list(*_Worked._fields)
    last: _Worked | None = None
    before: _Worked | None = None  # of the agent at hand, what ends last
    while True:
        portion = [_Worked._make(row) for row in rows.filter(_further(last))[:SESSIONS_AT_ONCE]]
        if not portion:
            return
        faults = []
        for one in portion:
            if before and before.agent_id == one.agent_id and before.ended_at > one.started_at:
                # One of a former portion may have been corrected meanwhile: both are looked at again.
                if worked.filter(pk__in=[before.pk, one.pk], ended_at__gt=one.started_at).count() == 2:
                    values = {"before": before.pk, "agent": one.agent_id}
                    faults.append(Fault(CHECK, "session", one.pk, "two_at_once", values))
                if before.ended_at > one.ended_at:
                    continue
            before = one
        last = portion[-1]
        yield len(portion), faults


def _further(last: _Worked | None) -> Q:
    if last is None:
        return Q()
    return (
        Q(agent_id__gt=last.agent_id)
        | Q(agent_id=last.agent_id, started_at__gt=last.started_at)
        | Q(agent_id=last.agent_id, started_at=last.started_at, pk__gt=last.pk)
    )


def packs() -> Iterator[Found]:
    """H1, H3: who took the first minutes of each pack of hours, replayed from its journal: the first who reserved of
    it while nobody else had; given up by whom nothing was spent of it.
    """
    hours = Lot.objects.filter(unit=Lot.Unit.MINUTE, origin=Lot.Origin.PURCHASED).order_by("pk")
    last = 0
    while True:
        with snapshot.at_rest():
            lots = list(hours.filter(pk__gt=last).values_list("pk", flat=True)[:LOTS_AT_ONCE])
            portion = _packs(lots)
        if not lots:
            break
        last = lots[-1]
        yield portion
    others = IndivisiblePart.objects.exclude(lot__unit=Lot.Unit.MINUTE, lot__origin=Lot.Origin.PURCHASED)
    yield (
        0,
        [Fault(CHECK, "lot", lot_id, "not_a_pack") for lot_id in others.values_list("pk", flat=True)],
    )


def _packs(lots: list[int]) -> Found:
    rows = Movement.objects.filter(lot__in=lots, cause_kind="cover").exclude(kind=Movement.Kind.LAST_DAY)
    lines = [_Line._make(row) for row in rows.order_by("lot_id", "sequence").values_list(*_Line._fields)]
    parts = dict(IndivisiblePart.objects.filter(lot__in=lots).values_list("lot_id", "cover_id"))
    merged = MergedTime.objects.filter(source__in={line.cause_id for line in lines})
    bearers, took = _bearers(lines, dict(merged.values_list("source_id", "cover_id")))
    concerned = {*parts.values(), *(line.cause_id for line in lines)}
    tickets: dict[int | None, int] = dict(Ticket.objects.filter(cover__in=concerned).values_list("cover_id", "pk"))
    faults = []
    for lot_id in lots:
        if parts.get(lot_id) != bearers.get(lot_id):
            values = {
                "taken": tickets.get(parts.get(lot_id)) or "–", "journal": tickets.get(bearers.get(lot_id)) or "–",
            }  # fmt: skip
            faults.append(Fault(CHECK, "lot", lot_id, "first_minutes_differ", values))
    firsts = {line.key: line for line in lines if line.kind == Movement.Kind.RESERVED and line.part == 0}
    deciding = _deciding(firsts)
    for key, (cover_id, least) in deciding.items():
        line = firsts[key]
        expected = min(prices.INDIVISIBLE_MINUTES, line.quantity) if (line.lot_id, key) in took else 0
        if least != expected and not was_indivisible_per_ticket():
            values = {"least": least, "expected": expected}
            faults.append(Fault(CHECK, "ticket", tickets[cover_id], "least_differs", values))
    return len(lines) + len(parts) + len(lots), faults


def _bearers(lines: list[_Line], merged: dict[int, int]) -> tuple[dict[int, int], set[tuple[int, str]]]:
    """Which cover bears the first minutes of each lot by now, and which reservations found them free.

    What a merged ticket no longer bears, the one that it was merged into bears if it draws on the same lot.
    """
    bearers: dict[int, int] = {}
    took: set[tuple[int, str]] = set()
    for lot_id, of_lot in groupby(lines, key=lambda line: line.lot_id):
        held: dict[int, int] = defaultdict(int)
        bearer: int | None = None
        for line in of_lot:
            if line.kind == Movement.Kind.RESERVED:
                held[line.cause_id] += line.quantity
                if bearer is None:
                    bearer = line.cause_id
                    took.add((lot_id, line.key))
            elif line.kind != Movement.Kind.SPENT:  # released, or given back by a correction, which another may undo
                held[line.cause_id] -= line.quantity if line.to_bucket == "available" else -line.quantity
            if bearer is not None and not held[bearer]:
                heir = merged.get(bearer)
                bearer = heir if heir is not None and held[heir] else None
        if bearer is not None:
            bearers[lot_id] = bearer
    return bearers, took


def _deciding(firsts: dict[str, _Line]) -> dict[str, tuple[int, int]]:
    """The reservations that decided what a ticket costs at least: the first minutes of one that had nothing but free
    minutes; with the ticket and what its cover says.
    """
    paid = PaidTime.objects.filter(cover__in={line.cause_id for line in firsts.values()})
    of_units = paid.exclude(means=Cover.Means.TRIAL).order_by("cover_id", "sequence")
    rows = of_units.values_list("cover_id", "cover__least_minutes", "means", "units", "sequence")
    found = {}
    for _cover, times in groupby(rows, key=lambda row: row[0]):
        had: dict[str, int] = defaultdict(int)
        decided = None
        for cover_id, least, means, units, sequence in times:
            if means == Cover.Means.MINUTES and units > 0 and not any(had.values()):
                decided = (f"cover:{cover_id}:paid:{sequence}", (cover_id, least))
            had[means] += units
        if decided and decided[0] in firsts:
            found[decided[0]] = decided[1]
    return found


def trials() -> Iterator[Found]:
    """F4: whoever has free minutes is noted, and nobody else, so that they are given once."""
    lots = Lot.objects.filter(origin=Lot.Origin.TRIAL).order_by("customer_id").values_list("customer_id", flat=True)
    uses = TrialUse.objects.order_by("customer_id").values_list("customer_id", flat=True)
    last = 0
    while True:
        with snapshot.at_rest():
            given = list(lots.filter(customer_id__gt=last)[:TRIALS_AT_ONCE])
            upto = given[-1] if len(given) == TRIALS_AT_ONCE else None
            noted = list(uses.filter(customer_id__gt=last, **({} if upto is None else {"customer_id__lte": upto})))
        had, known = set(given), set(noted)
        faults = [Fault(CHECK, "customer", number, "trial_not_noted") for number in sorted(had - known)]
        faults += [Fault(CHECK, "customer", number, "trial_missing") for number in sorted(known - had)]
        yield len(given) + len(noted), faults
        if upto is None:
            return
        last = upto
