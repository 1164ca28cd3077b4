"""How units come to a customer: bought as a pack, given, or to try. Each action makes one lot."""

import datetime
from dataclasses import dataclass
from typing import Any

from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.ledger import journal, queries, rules
from carnet.ledger.actions.movements import NotAMember
from carnet.ledger.models import Lot, LotNote, Movement
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider


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


GOODWILL_REFUSALS: dict[rules.GoodwillRefusal, type[Refused]] = {
    "reason_missing": GoodwillReasonMissing,
    "last_day_missing": LastDayMissing,
    "last_day_past": LastDayPast,
}


@dataclass(frozen=True, slots=True)
class Pack:
    """L1, L2: units that were bought, valid for months from their activation; for everybody, or for one person (L9).

    `price_cents` is what the whole pack cost, `token_minutes` what one token pays for, `edition_id` which edition of
    the offer was bought.
    """

    unit: rules.Unit
    quantity: int
    validity_months: int
    price_cents: int = 0
    token_minutes: int = 30
    shared: bool = True
    person: Person | None = None
    edition_id: int | None = None


@dataclass(frozen=True, slots=True)
class Goodwill:
    """L8: units that are given, with a reason and until a last day; shared, unless given to one person (L9)."""

    unit: rules.Unit
    quantity: int
    last_day: datetime.date | None
    reason: str
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """F1, F2: minutes to try, valid for days from their first use."""

    minutes: int
    validity_days: int


@joined
def open_lot(
    *, customer: Customer, content: Pack | Goodwill | Trial, by: Actor, at: datetime.datetime, key: str,
    cause: Cause | None = None,
) -> Lot:  # fmt: skip
    """L1, L2: make a lot and bring its units into *available*; `at` is its activation. The same key gives the first
    lot.

    The activation of a pack revives dormant lots (L5) and extends live ones (L6), each by a line of its own. `cause`
    says where it comes from (an order), the lot itself if nothing else. The reason of goodwill is kept apart, so that
    it can be emptied. Refuses what `grant_goodwill` refuses, `TrialLotExists` and `KeyReused`.
    """
    facts = _facts(content)
    account = journal.Account.of(customer)
    request = journal.begin("open_lot", account, by=by, at=at, key=key, cause=cause, **facts)
    if request.done:
        return request.done[0].lot
    lot = Lot(
        customer=customer, activated_at=request.at, activated_on=request.day, available=facts["quantity"], **facts
    )
    if lot.quantity < 1 or lot.token_minutes < 1:
        raise ValueError(f"a lot has units, and a token minutes: {lot.quantity}, {lot.token_minutes}")
    rule = _make_ready(lot, content)
    account.ledger.lot_count += 1
    lot.number = account.ledger.lot_count
    lot.save(force_insert=True)
    if isinstance(content, Goodwill):
        LotNote.objects.create(lot=lot, text=content.reason.strip())
    cause = cause or Cause("lot", lot.pk)
    request.move(Movement.Kind.OPENED, lot, lot.quantity, rule=rule, cause=cause, last_day_after=lot.last_day)
    if isinstance(content, Pack):
        _carry_out_activation(request, lot, cause)
    request.write("lot.opened", subject=("lot", lot.pk), origin=lot.origin, unit=lot.unit, quantity=lot.quantity)
    return lot


def grant_goodwill(*, customer: Customer, goodwill: Goodwill, by: Actor, at: datetime.datetime, key: str) -> Lot:
    """L8, L9: give units free of charge. The same key again is the first lot.

    Refuses a missing reason or last day, a last day that is past, a person who may not use units of this customer, and
    `KeyReused`.
    """
    # The journal knows the key, too, but not the reason, which can be emptied.
    once.was_done(
        "grant_goodwill", key=key, at=at, by=by.id, customer=customer, unit=goodwill.unit, quantity=goodwill.quantity,
        last_day=goodwill.last_day, reason=goodwill.reason.strip(), person=goodwill.person,
    )  # fmt: skip
    return open_lot(customer=customer, content=goodwill, by=by, at=at, key=key)


def _facts(content: Pack | Goodwill | Trial) -> dict[str, Any]:
    """The columns of the new lot that say what is in it."""
    if isinstance(content, Trial):
        return {
            "origin": Lot.Origin.TRIAL, "unit": Lot.Unit.MINUTE, "quantity": content.minutes,
            "validity_days": content.validity_days, "shared": True,
        }  # fmt: skip
    person_id = content.person.pk if content.person else None
    facts = {"unit": content.unit, "quantity": content.quantity, "person_id": person_id}
    if isinstance(content, Goodwill):
        given = {"origin": Lot.Origin.GOODWILL, "last_day": content.last_day, "shared": content.person is None}
        return facts | given
    return facts | {
        "origin": Lot.Origin.PURCHASED, "validity_months": content.validity_months, "shared": content.shared,
        "token_minutes": content.token_minutes, "price_cents": content.price_cents, "edition_id": content.edition_id,
    }  # fmt: skip


def _make_ready(lot: Lot, content: Pack | Goodwill | Trial) -> str:
    """Complete the new lot as its origin demands, or refuse it; returns the rule that lets it be."""
    match content:
        case Pack():
            lot.last_day = rules.last_day_of_pack(lot.activated_on, content.validity_months)
            chosen = provider.settings_for("revive_by", "early_renewal")
            lot.revive_by, lot.early_renewal = chosen["revive_by"], chosen["early_renewal"]
            return "L1"
        case Goodwill():
            refusal = rules.goodwill_refusal(content.reason, content.last_day, lot.activated_on)
            if refusal:
                raise GOODWILL_REFUSALS[refusal]
            if content.person and queries.taker(lot.customer, content.person) is None:
                raise NotAMember
            return "L8"
        case _:  # a trial
            if Lot.objects.filter(customer=lot.customer, origin=lot.origin).exists():
                raise TrialLotExists
            return "F1"


def _carry_out_activation(request: journal.Request, new_lot: Lot, cause: Cause) -> None:
    """L5, L6: the lots that the activation of `new_lot` revives or extends get its last day."""
    # No last day ever becomes earlier: lots that last as long need not be read.
    packs = Lot.objects.filter(customer=new_lot.customer_id, origin=Lot.Origin.PURCHASED, last_day__lt=new_lot.last_day)
    older = {lot.number: lot for lot in packs.with_units()}
    effects = rules.effects_of_activation(
        [lot.as_view() for lot in older.values()],
        new_lot.as_view(),
        revive_by=new_lot.revive_by,  # type: ignore[arg-type]
        early_renewal=new_lot.early_renewal,  # type: ignore[arg-type]
    )
    for effect in effects:
        rule = "L5" if effect.effect == "revived" else "L6"
        request.change_last_day(older[effect.number], effect.last_day, rule=rule, cause=cause)
