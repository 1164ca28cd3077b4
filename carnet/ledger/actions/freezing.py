"""Units of a payment that is disputed or bounced, and units whose money goes back (O7, O9, O10)."""

import datetime
from typing import Any

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel import calendar
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.ledger import journal, queries, rules
from carnet.ledger.actions.movements import NotEnoughUnits
from carnet.ledger.models import Lot, Movement
from carnet.provider import queries as provider


class NotFrozen(Refused):
    """The lot is not frozen."""

    code = "ledger.not_frozen"


@transaction.atomic
def freeze(*, lot: Lot, cause: Cause, by: Actor, at: datetime.datetime, key: str) -> list[Movement]:
    """O7: freeze the unused units of a lot: reserved ones finish their ticket, none is reserved any more, and one that
    is released meanwhile is frozen, too. O10: what its activation did is undone. O9: so it is with the rest of a lot of
    which everything goes back.

    A lot that is frozen already stays frozen since then. The same key again gives the first lines.
    """
    request, lot = _begin("freeze", lot, cause, by=by, at=at, key=key)
    if request.done:
        return request.done
    units = lot.available
    rule = "O9" if cause.kind == "refund" else "O7"
    request.move(Movement.Kind.FROZEN, lot, units, rule=rule, cause=cause)
    if lot.frozen_at is None:
        request.freeze_since(lot, request.at)
    _follow_activations(request, lot, cause)
    request.write("units.frozen", subject=(cause.kind, cause.id), lot=lot.pk, quantity=units)
    return request.lines


@transaction.atomic
def unfreeze(*, lot: Lot, cause: Cause, by: Actor, at: datetime.datetime, key: str) -> list[Movement]:
    """O7: the freeze ends well: the units can be used again, and their last day is later by the days that it lasted.
    O10: what the lot's activation did is restored.

    The same key again gives the first lines. Refuses `NotFrozen`.
    """
    request, lot = _begin("unfreeze", lot, cause, by=by, at=at, key=key)
    if request.done:
        return request.done
    if lot.frozen_at is None:
        raise NotFrozen
    units, frozen_on = lot.frozen, calendar.date_on(lot.frozen_at, provider.time_zone())
    request.move(Movement.Kind.UNFROZEN, lot, units, rule="O7", cause=cause)
    request.freeze_since(lot, None)
    if lot.last_day:
        last_day = rules.last_day_after_freeze(lot.last_day, frozen_on, request.day)
        request.change_last_day(lot, last_day, rule="O7", cause=cause)
    _follow_activations(request, lot, cause)
    request.write("units.unfrozen", subject=(cause.kind, cause.id), lot=lot.pk, quantity=units)
    return request.lines


@transaction.atomic
def refund(*, lot: Lot, quantity: int, cause: Cause, by: Actor, at: datetime.datetime, key: str) -> list[Movement]:
    """O9: take unused units out of a lot because their money goes back or was never there (O7): of a frozen lot the
    frozen ones, else those available, dormant ones too. O10: once none is available, what its activation did is undone.

    What they are worth is `rules.refund_cents`, asked before. The same key again gives the first lines. Refuses
    `NotEnoughUnits`; reserved units wait for their ticket.
    """
    request, lot = _begin("refund", lot, cause, by=by, at=at, key=key, quantity=quantity)
    if request.done:
        return request.done
    if quantity < 1:
        raise ValueError(f"one unit or more: {quantity}")
    bucket = "frozen" if lot.frozen_at else "available"
    found = getattr(lot, bucket)
    if found < quantity:
        raise NotEnoughUnits(unit=lot.unit, wanted=quantity, found=found)
    request.move(Movement.Kind.REFUNDED, lot, quantity, rule="O9", cause=cause, from_bucket=bucket)
    if not lot.available:
        _follow_activations(request, lot, cause)
    request.write("units.refunded", subject=(cause.kind, cause.id), lot=lot.pk, quantity=quantity)
    return request.lines


def _begin(
    verb: str, lot: Lot, cause: Cause, *, by: Actor, at: datetime.datetime, key: str, **content: Any
) -> tuple[journal.Request, Lot]:
    """The request, and the lot as it is under the lock."""
    account = journal.Account.of(lot.customer)
    request = journal.begin(verb, account, by=by, at=at, key=key, lot=lot.pk, cause=cause, **content)
    return request, Lot.objects.get(pk=lot.pk)


def _follow_activations(request: journal.Request, pack: Lot, cause: Cause) -> None:
    """O10: every older lot gets the last day that it has without the packs of which nothing is available because they
    are frozen or refunded; with a pack that is back, the one that it had.
    """
    if pack.origin != Lot.Origin.PURCHASED:
        return
    lots = list(Lot.objects.filter(customer=pack.customer_id, origin=Lot.Origin.PURCHASED).exclude(pk=pack.pk))
    undone = [one.number for one in [*lots, pack] if one.available == 0 and (one.frozen_at or one.refunded)]
    for lot in lots:
        if lot.number < pack.number and lot.available + lot.reserved + lot.frozen:
            last_day = queries.last_day_without(lot, undone)
            request.change_last_day(lot, last_day, rule="O10", cause=cause)
