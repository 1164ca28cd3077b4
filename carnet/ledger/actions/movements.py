"""How units move between the buckets of their lots. Each action is one request, written by `journal` under the lock of
the customer's ledger: give the customer, or the account if you hold that lock.
"""

import datetime

from carnet.audit.actors import Actor
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.ledger import journal, queries, rules
from carnet.ledger.journal import Account
from carnet.ledger.models import Hold, Lot, Movement
from carnet.ledger.rules import Units
from carnet.people.models import Customer, Person


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


SHORTAGES: dict[rules.Obstacle | None, type[NotEnoughUnits]] = {
    "allowance_used": AllowanceUsedUp,
    "restricted": UnitsRestricted,
    "not_theirs": UnitsOfOthers,
}


@joined
def reserve(
    *,
    account: Account | Customer,
    units: Units,
    person: Person,
    cause: Cause,
    rule: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> list[Movement]:
    """T1, L7, L9: take units of what `person` may draw out of *available*, in the order of use, and hold them for
    `cause`.

    Trial minutes are reserved apart (F2); the first time their last day begins to count. Refuses with NotEnoughUnits,
    or its subclass that says why, and moves nothing then.
    """
    account = Account.of(account)
    request = journal.begin(
        "reserve", account, by=by, at=at, key=key, reads=account.reading(person, units.unit), units=units,
        person=person.pk, cause=cause,
    )  # fmt: skip
    if request.done:
        return request.done
    taker, drawable = account.drawn_from(person, units.unit, units.origins)
    if taker is None:
        raise NotAMember
    lots = {lot.number: lot for lot in drawable}
    views = queries.as_views(lots.values(), taker, account)
    chosen = rules.choose_units(views, units.quantity, taker, request.day, trial=units.are_free)
    found = sum(quantity for _, quantity in chosen)
    if found < units.quantity:
        shortage = SHORTAGES.get(rules.obstacle_to(views, taker, request.day), NotEnoughUnits)
        raise shortage(unit=units.unit, wanted=units.quantity, found=found)
    for number, quantity in chosen:
        lot = lots[number]
        request.move(Movement.Kind.RESERVED, lot, quantity, rule=rule, cause=cause, person_id=person.pk)
        if lot.last_day is None:
            assert lot.validity_days is not None
            last_day = rules.last_day_of_trial(request.day, lot.validity_days)
            request.change_last_day(lot, last_day, rule="F2", cause=cause)
    request.write("units.reserved", subject=(cause.kind, cause.id), unit=units.unit, quantity=found)
    return request.lines


@joined
def spend(
    *,
    account: Account | Customer,
    units: Units,
    cause: Cause,
    rule: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> list[Movement]:
    """T1, T11: spend units that `cause` holds, in the order in which they were reserved; a past last day does not
    matter.

    Refuses to spend more than is reserved (NotReserved).
    """
    account = Account.of(account)
    request = journal.begin(
        "spend", account, by=by, at=at, key=key, reads=account.reading_holds(cause), units=units, cause=cause
    )
    if request.done:
        return request.done
    for hold, quantity in _take_from(_reserved(account, cause, units), units):
        request.move(Movement.Kind.SPENT, hold.lot, quantity, rule=rule, cause=cause, person_id=hold.person_id)
    request.write("units.spent", subject=(cause.kind, cause.id), unit=units.unit, quantity=units.quantity)
    return request.lines


@joined
def release(
    *,
    account: Account | Customer,
    units: Units,
    cause: Cause,
    rule: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
    provider_caused: bool = False,
) -> list[Movement]:
    """T12: give units that `cause` holds back to their lots, the last reserved ones first.

    They have the last day that their lot has by now, at least 30 days more if the provider caused the release.
    Refuses to release more than is reserved (NotReserved).
    """
    account = Account.of(account)
    request = journal.begin(
        "release", account, by=by, at=at, key=key, reads=account.reading_holds(cause), units=units, cause=cause,
        provider_caused=provider_caused,
    )  # fmt: skip
    if request.done:
        return request.done
    for hold, quantity in _take_from(_reserved(account, cause, units)[::-1], units):
        request.move(Movement.Kind.RELEASED, hold.lot, quantity, rule=rule, cause=cause, person_id=hold.person_id)
        last_day = rules.last_day_after_release(hold.lot.as_view(), request.day, by_provider=provider_caused)
        request.change_last_day(hold.lot, last_day, rule="T12", cause=cause)
    request.write("units.released", subject=(cause.kind, cause.id), unit=units.unit, quantity=units.quantity)
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
    account: Account | None = None,
) -> list[Movement]:
    """L11: mend a mistake by another movement that names it: give spent units back, or take back what was given too
    much.

    `movement` spent units, or is itself a correction. Units that come back have the last day that their lot would
    have by now, had they not been spent (T12). Refuses more than the movement moved and was not corrected yet
    (NothingToCorrect), and to take units that are not available any more (NotEnoughUnits).
    """
    account = account or Account.of(movement.customer)
    request = journal.begin(
        "correct", account, by=by, at=at, key=key, movement=movement.pk, quantity=quantity,
        provider_caused=provider_caused,
    )  # fmt: skip
    if request.done:
        return request.done
    if quantity < 1 or movement.kind not in (Movement.Kind.SPENT, Movement.Kind.CORRECTED):
        raise ValueError(f"not to be corrected: {quantity} of {movement}")
    left = queries.not_corrected(movement)
    if quantity > left:
        raise NothingToCorrect(wanted=quantity, found=left)
    lot = account.known(Lot.objects.get(pk=movement.lot_id))
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


def _reserved(account: Account, cause: Cause, units: Units) -> list[Hold]:
    """What the cause holds of such lots, in the order in which it was reserved first."""
    return [hold for hold in account.held_by(cause) if hold.reserved and hold.lot.is_of(units)]


def _take_from(holds: list[Hold], units: Units) -> list[tuple[Hold, int]]:
    """Which hold gives how many of the units, in the order given."""
    if units.quantity < 1:
        raise ValueError(f"one unit or more: {units.quantity}")
    taken, wanted = [], units.quantity
    for hold in holds:
        given = min(wanted, hold.reserved)
        if given:
            taken.append((hold, given))
            wanted -= given
    if wanted:
        raise NotReserved(unit=units.unit, wanted=units.quantity, found=units.quantity - wanted)
    return taken
