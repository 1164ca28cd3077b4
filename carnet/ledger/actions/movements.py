"""What may be done with units; each action is one request, written by `journal` under the lock of the customer's
ledger. Whoever holds that lock and has read of the ledger gives its `account`.
"""

import datetime
from collections.abc import Collection
from typing import Any

from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.ledger import journal, queries, rules
from carnet.ledger.models import Hold, Lot, LotNote, Movement
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider

PAYING = (Lot.Origin.PURCHASED, Lot.Origin.GOODWILL)
FREE = (Lot.Origin.TRIAL,)


class NotEnoughUnits(Refused):
    """The person can reach fewer units than were asked for; nothing was moved (L10). Values: unit, wanted, found."""

    code = "ledger.not_enough_units"


class AllowanceUsedUp(NotEnoughUnits):
    """What a holder allowed this member to draw from the shared lot is used (L9)."""

    code = "ledger.allowance_used_up"


class UnitsRestricted(NotEnoughUnits):
    """A holder shut this member out of the shared lot (L9)."""

    code = "ledger.units_restricted"


class UnitsOfOthers(NotEnoughUnits):
    """The units that are left were bought for or given to somebody else (L9)."""

    code = "ledger.units_of_others"


class NotReserved(Refused):
    """The cause holds fewer reserved units than were to be spent or released. Values: unit, wanted, found."""

    code = "ledger.not_reserved"


class NotAMember(Refused):
    """The person does not belong to the customer, or as buyer opens no tickets (L9)."""

    code = "ledger.not_a_member"
    field = "person"


class NothingToCorrect(Refused):
    """The movement moved fewer units than were to be corrected, or they were corrected before. Values: wanted,
    found.
    """

    code = "ledger.nothing_to_correct"


class TrialLotExists(Refused):
    """A customer gets free minutes once (F1)."""

    code = "ledger.trial_had"


class GoodwillReasonMissing(Refused):
    """Goodwill units need a reason (L8)."""

    code = "ledger.reason_missing"
    field = "reason"


class LastDayMissing(Refused):
    """Goodwill units have a last day (L8)."""

    code = "ledger.last_day_missing"
    field = "last_day"


class LastDayPast(Refused):
    """The last day of goodwill units is over already (L8)."""

    code = "ledger.last_day_past"
    field = "last_day"


SHORTAGES: dict[rules.Obstacle | None, type[NotEnoughUnits]] = {
    "allowance_used": AllowanceUsedUp,
    "restricted": UnitsRestricted,
    "not_theirs": UnitsOfOthers,
}
GOODWILL_REFUSALS: dict[rules.GoodwillRefusal, type[Refused]] = {
    "reason_missing": GoodwillReasonMissing,
    "last_day_missing": LastDayMissing,
    "last_day_past": LastDayPast,
}


@joined
def open_lot(
    *,
    customer: Customer,
    origin: str,
    unit: str,
    quantity: int,
    shared: bool,
    reason: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
    cause: Cause | None = None,
    person: Person | None = None,
    last_day: datetime.date | None = None,
    validity_months: int | None = None,
    validity_days: int | None = None,
    token_minutes: int = 30,
    price_cents: int = 0,
    edition_id: int | None = None,
) -> Lot:
    """L1, L2: make a lot and bring its units into *available*; `at` is its activation. The same key gives the first
    lot.

    A purchased lot has `validity_months`; its activation revives dormant lots (L5) and extends live ones (L6), each
    by a line of its own. Goodwill has a `reason` and a `last_day` (L8). A trial has `validity_days`, which run from
    its first use (F2). `cause` says where it comes from (an order), the lot itself if nothing else. The reason is
    kept apart, so that it can be emptied.
    """
    facts: dict[str, Any] = {
        "origin": origin, "unit": unit, "quantity": quantity, "shared": shared, "person_id": person and person.pk,
        "last_day": last_day, "validity_months": validity_months, "validity_days": validity_days,
        "token_minutes": token_minutes, "price_cents": price_cents, "edition_id": edition_id,
    }  # fmt: skip
    source = cause and [cause.kind, cause.id]
    request = journal.begin("open_lot", customer=customer, by=by, at=at, key=key, cause=source, **facts)
    if request.done:
        return request.done[0].lot
    if quantity < 1 or token_minutes < 1:
        raise ValueError(f"a lot has units, and a token minutes: {quantity}, {token_minutes}")
    lot = Lot(customer=customer, activated_at=request.at, activated_on=request.day, available=quantity, **facts)
    rule = _make_ready(lot, reason, person)
    request.ledger.lot_count += 1
    lot.number = request.ledger.lot_count
    lot.save(force_insert=True)
    if reason.strip():
        LotNote.objects.create(lot=lot, text=reason.strip())
    cause = cause or Cause("lot", lot.pk)
    request.move(Movement.Kind.OPENED, lot, quantity, rule=rule, cause=cause, last_day_after=lot.last_day)
    _carry_out_activation(request, lot, cause)
    request.write("lot.opened", subject=("lot", lot.pk), origin=origin, unit=unit, quantity=quantity)
    return lot


def grant_goodwill(
    *,
    customer: Customer,
    unit: str,
    quantity: int,
    last_day: datetime.date | None,
    reason: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
    person: Person | None = None,
) -> Lot:
    """L8, L9: give units free of charge, with a reason and until a last day; shared, unless given to one `person`.

    The same key again is the first lot. Refuses a missing reason or last day, a last day that is past, a person who may
    not use units of this customer, and `KeyReused`.
    """
    given = {"unit": unit, "quantity": quantity, "last_day": last_day, "reason": reason.strip(), "person": person}
    # The journal knows the key, too, but not the reason, which can be emptied.
    once.was_done("grant_goodwill", key=key, at=at, by=by.id, customer=customer, **given)
    return open_lot(
        customer=customer, origin=Lot.Origin.GOODWILL, unit=unit, quantity=quantity, shared=person is None,
        person=person, last_day=last_day, reason=reason, by=by, at=at, key=key,
    )  # fmt: skip


@joined
def reserve(
    *,
    customer: Customer,
    unit: str,
    quantity: int,
    person: Person,
    cause: Cause,
    by: Actor,
    at: datetime.datetime,
    key: str,
    rule: str,
    least: int | None = None,
    origins: Collection[str] = PAYING,
    account: journal.Account | None = None,
) -> list[Movement]:
    """T1, L7, L9: take units of what `person` may draw out of *available*, in the order of use, and hold them for
    `cause`.

    With `least`, fewer than `quantity` will do (H4, F1). Trial minutes are reserved apart, with `origins=FREE`
    (F2); the first time their last day begins to count. Refuses with NotEnoughUnits, or its subclass that says why,
    and moves nothing then.
    """
    request = journal.begin(
        "reserve", customer=customer, by=by, at=at, key=key, account=account,
        unit=unit, quantity=quantity, least=least, person=person.pk, cause=[cause.kind, cause.id],
        origins=sorted(origins),
    )  # fmt: skip
    if request.done:
        return request.done
    taker, drawable = queries.taker_and_lots(customer, person, unit, origins, request.day, account)
    if taker is None:
        raise NotAMember
    lots = {lot.number: lot for lot in drawable}
    views = queries.as_views(lots.values(), taker, account)
    chosen = rules.choose_units(views, quantity, taker, request.day, trial=set(origins) == set(FREE))
    found = sum(units for _, units in chosen)
    if found < (quantity if least is None else least):
        shortage = SHORTAGES.get(rules.obstacle_to(views, taker, request.day), NotEnoughUnits)
        raise shortage(unit=unit, wanted=quantity, found=found)
    for number, units in chosen:
        lot = lots[number]
        request.move(Movement.Kind.RESERVED, lot, units, rule=rule, cause=cause, person_id=person.pk)
        if lot.last_day is None:
            assert lot.validity_days is not None
            request.change_last_day(
                lot, rules.last_day_of_trial(request.day, lot.validity_days), rule="F2", cause=cause
            )
    request.write("units.reserved", subject=(cause.kind, cause.id), unit=unit, quantity=found)
    return request.lines


@joined
def spend(
    *,
    customer: Customer,
    cause: Cause,
    unit: str,
    quantity: int,
    by: Actor,
    at: datetime.datetime,
    key: str,
    rule: str,
    origins: Collection[str] = PAYING,
    account: journal.Account | None = None,
) -> list[Movement]:
    """T1, T11: spend units that `cause` holds, in the order in which they were reserved; a past last day does not
    matter.

    Refuses to spend more than is reserved (NotReserved).
    """
    request = journal.begin(
        "spend", customer=customer, by=by, at=at, key=key, account=account,
        unit=unit, quantity=quantity, cause=[cause.kind, cause.id], origins=sorted(origins),
    )  # fmt: skip
    if request.done:
        return request.done
    holds = queries.reserved_for(cause, unit, origins, account)
    for hold, units in _take_from(holds, quantity, unit):
        request.move(Movement.Kind.SPENT, hold.lot, units, rule=rule, cause=cause, person_id=hold.person_id)
    request.write("units.spent", subject=(cause.kind, cause.id), unit=unit, quantity=quantity)
    return request.lines


@joined
def release(
    *,
    customer: Customer,
    cause: Cause,
    unit: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
    rule: str,
    quantity: int | None = None,
    provider_caused: bool = False,
    origins: Collection[str] = PAYING,
    account: journal.Account | None = None,
) -> list[Movement]:
    """T12: give units that `cause` holds back to their lots, the last reserved ones first; all of them without
    `quantity`.

    They have the last day that their lot has by now, at least 30 days more if the provider caused the release.
    Nothing held: nothing moves. Refuses to release more than is reserved (NotReserved).
    """
    request = journal.begin(
        "release", customer=customer, by=by, at=at, key=key, account=account,
        unit=unit, quantity=quantity, cause=[cause.kind, cause.id], provider_caused=provider_caused,
        origins=sorted(origins),
    )  # fmt: skip
    if request.done:
        return request.done
    holds = queries.reserved_for(cause, unit, origins, account)[::-1]
    wanted = sum(hold.reserved for hold in holds) if quantity is None else quantity
    if not wanted:
        return []
    for hold, units in _take_from(holds, wanted, unit):
        request.move(Movement.Kind.RELEASED, hold.lot, units, rule=rule, cause=cause, person_id=hold.person_id)
        last_day = rules.last_day_after_release(hold.lot.as_view(), request.day, by_provider=provider_caused)
        request.change_last_day(hold.lot, last_day, rule="T12", cause=cause)
    request.write("units.released", subject=(cause.kind, cause.id), unit=unit, quantity=wanted)
    return request.lines


@joined
def correct(
    *,
    movement: Movement,
    quantity: int,
    by: Actor,
    at: datetime.datetime,
    key: str,
    rule: str,
    provider_caused: bool = False,
    account: journal.Account | None = None,
) -> list[Movement]:
    """L11: mend a mistake by another movement that names it: give spent units back, or take back what was given too
    much.

    `movement` spent units, or is itself a correction. Units that come back have the last day that their lot would
    have by now, had they not been spent (T12). Refuses more than the movement moved and was not corrected yet
    (NothingToCorrect), and to take units that are not available any more (NotEnoughUnits).
    """
    request = journal.begin(
        "correct", customer=movement.customer, by=by, at=at, key=key, account=account,
        movement=movement.pk, quantity=quantity, provider_caused=provider_caused,
    )  # fmt: skip
    if request.done:
        return request.done
    if quantity < 1 or movement.kind not in (Movement.Kind.SPENT, Movement.Kind.CORRECTED):
        raise ValueError(f"not to be corrected: {quantity} of {movement}")
    left = queries.not_corrected(movement)
    if quantity > left:
        raise NothingToCorrect(wanted=quantity, found=left)
    lot = Lot.objects.get(pk=movement.lot_id)
    lot = account.known(lot) if account else lot
    cause = Cause(movement.cause_kind, movement.cause_id)
    gives_back = movement.to_bucket == "spent"
    if not gives_back and lot.available < quantity:
        raise NotEnoughUnits(unit=lot.unit, wanted=quantity, found=lot.available)
    request.move(
        Movement.Kind.CORRECTED, lot, quantity, rule=rule, cause=cause, person_id=movement.person_id,
        corrects_id=movement.pk, from_bucket="spent" if gives_back else "available",
    )  # fmt: skip
    if gives_back:
        last_day = rules.last_day_after_release(
            lot.as_view(),
            request.day,
            by_provider=provider_caused,
            later_last_days=queries.last_days_missed(movement, lot),
        )
        request.change_last_day(lot, last_day, rule="T12", cause=cause)
    request.write(
        "units.corrected", subject=(cause.kind, cause.id), unit=lot.unit, quantity=quantity, corrects=movement.pk
    )
    return request.lines


def _take_from(holds: list[Hold], quantity: int, unit: str) -> list[tuple[Hold, int]]:
    """Which hold gives how many of `quantity` units, in the order given."""
    if quantity < 1:
        raise ValueError(f"one unit or more: {quantity}")
    taken, wanted = [], quantity
    for hold in holds:
        units = min(wanted, hold.reserved)
        if units:
            taken.append((hold, units))
            wanted -= units
    if wanted:
        raise NotReserved(unit=unit, wanted=quantity, found=quantity - wanted)
    return taken


def _make_ready(lot: Lot, reason: str, person: Person | None) -> str:
    """Complete the new lot as its origin demands, or refuse it; returns the rule that lets it be."""
    match lot.origin:
        case Lot.Origin.PURCHASED:
            if lot.validity_months is None:
                raise ValueError("a purchased lot has months of validity")
            lot.last_day = rules.last_day_of_pack(lot.activated_on, lot.validity_months)
            chosen = provider.settings_for("revive_by", "early_renewal")
            lot.revive_by, lot.early_renewal = chosen["revive_by"], chosen["early_renewal"]
            return "L1"
        case Lot.Origin.TRIAL:
            if lot.validity_days is None:
                raise ValueError("a trial lot has days of validity")
            if Lot.objects.filter(customer=lot.customer, origin=lot.origin).exists():
                raise TrialLotExists
            return "F1"
        case Lot.Origin.GOODWILL:
            refusal = rules.goodwill_refusal(reason, lot.last_day, lot.activated_on)
            if refusal:
                raise GOODWILL_REFUSALS[refusal]
            if person and queries.taker(lot.customer, person) is None:
                raise NotAMember
            return "L8"
    raise ValueError(f"no such origin: {lot.origin}")


def _carry_out_activation(request: journal.Request, new_lot: Lot, cause: Cause) -> None:
    """L5, L6: the lots that the activation of `new_lot` revives or extends get its last day."""
    if new_lot.origin != Lot.Origin.PURCHASED:
        return
    older = {
        lot.number: lot
        for lot in Lot.objects.filter(customer=request.ledger.pk, origin=Lot.Origin.PURCHASED).with_units()
    }
    effects = rules.effects_of_activation(
        [lot.as_view() for lot in older.values()],
        new_lot.as_view(),
        revive_by=new_lot.revive_by,  # type: ignore[arg-type]
        early_renewal=new_lot.early_renewal,  # type: ignore[arg-type]
    )
    for effect in effects:
        rule = "L5" if effect.effect == "revived" else "L6"
        request.change_last_day(older[effect.number], effect.last_day, rule=rule, cause=cause)
