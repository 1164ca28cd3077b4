"""How units come to a cover and leave it: parts of the actions on a case, under the lock of the customer's ledger."""

import datetime
from contextlib import suppress
from dataclasses import dataclass, replace

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.ledger import queries as ledger_queries
from carnet.ledger.actions import movements as ledger
from carnet.ledger.models import Lot
from carnet.ledger.rules import FREE, PAYING, Origin, Unit, Units
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider
from carnet.work.actions import trials
from carnet.work.models import Cover, IndivisiblePart, PaidTime
from carnet.work.queries import covers as queries
from carnet.work.queries import trials as trial_queries
from carnet.work.queries.cases import Case
from carnet.work.rules import consent, prices


@dataclass(frozen=True, slots=True)
class Taking:
    """Units that a cover is about to take: of which lots, and the rule that the statement names for it."""

    means: Cover.Means
    parts: list[tuple[Lot, int]]
    units: Units
    rule: str


def open_trial_if_due(customer: Customer, person: Person, *, by: Actor, at: datetime.datetime) -> None:
    """F1: who asks for free minutes and may have them gets them now; who may not keeps what is left of earlier ones."""
    if ledger_queries.taker(customer, person) and trial_queries.trial_refusal(customer=customer, person=person) is None:
        with suppress(trials.ContactKnown):  # another customer with the same contact was quicker
            trials.open_trial(customer=customer, person=person, by=by, at=at)


def free_minutes(case: Case, *, at: datetime.datetime) -> Taking | None:
    """F1: all that is left; None if nothing is."""
    parts = _parts(case, "minute", FREE, None, at=at)
    return Taking(Cover.Means.TRIAL, parts, Units("minute", _sum(parts), FREE), "F1") if parts else None


def next_units(case: Case, *, at: datetime.datetime) -> Taking | None:
    """T1, T4, H4: one more token or the next minutes, as far as they may be taken without asking and the person can
    reach them; None if not. What paid last goes on, the other kind follows only if that was agreed to (H5).
    """
    minutes_first = case.cover.means == Cover.Means.MINUTES
    order = (Cover.Means.MINUTES, Cover.Means.TOKENS) if minutes_first else (Cover.Means.TOKENS, Cover.Means.MINUTES)
    return next(filter(None, (_units_of(case, means, at=at) for means in order)), None)


def _units_of(case: Case, means: Cover.Means, *, at: datetime.datetime) -> Taking | None:
    had, unit = case.had, queries.UNITS[means]
    wanted = consent.units_to_reserve(unit, had[means], queries.ceiling(case.cover, means))
    parts = _parts(case, unit, PAYING, wanted, at=at) if wanted else []
    # Of minutes fewer will do (H4: «what they have, at least 1»).
    if not parts or (unit == "token" and _sum(parts) < wanted):
        return None
    return Taking(means, parts, Units(unit, _sum(parts), PAYING), _rule_of(case.cover, means, had))


def _parts(
    case: Case, unit: Unit, origins: tuple[Origin, ...], wanted: int | None, *, at: datetime.datetime
) -> list[tuple[Lot, int]]:
    """How many units come from which lot, in the order of use; nothing if the person reaches none, or was removed."""
    found: list[tuple[Lot, int]] = []
    for one in ledger_queries.drawable(case.account, case.cover.person, unit, case.account.moment(at), origins):
        units = one.units if wanted is None else min(wanted - _sum(found), one.units)
        if units:
            found.append((one.lot, units))
    return found


def _sum(parts: list[tuple[Lot, int]]) -> int:
    return sum(units for _lot, units in parts)


def _rule_of(cover: Cover, means: Cover.Means, had: dict[Cover.Means, int]) -> str:
    """The rule that the statement names for this reservation."""
    other = Cover.Means.MINUTES if means == Cover.Means.TOKENS else Cover.Means.TOKENS
    if had[other]:
        return "H5"
    if not had[means] and cover.free_seconds:
        return "F2"
    if means == Cover.Means.MINUTES:
        return "H4"
    return "T4" if had[means] else "T1"


def prepare(case: Case, taking: Taking) -> None:
    """What the cover says once it has taken these units; before `take`, which moves them."""
    cover, units = case.cover, taking.units.quantity
    cover.means, case.is_changed = taking.means, True
    if taking.means == Cover.Means.TRIAL:
        cover.free_minutes += units
        cover.free_seconds += units * 60
    elif taking.means == Cover.Means.TOKENS and not case.had[taking.means]:
        cover.token_minutes = taking.parts[0][0].token_minutes
    elif taking.means == Cover.Means.MINUTES and not case.had[taking.means] and not case.had[Cover.Means.TOKENS]:
        first, of_first = taking.parts[0]
        is_first = first.origin == Lot.Origin.PURCHASED and not IndivisiblePart.objects.filter(lot=first).exists()
        cover.least_minutes = prices.indivisible(
            units, of_first, is_first_on_lot=is_first, per=provider.setting("indivisible_per")
        )


def take(case: Case, taking: Taking, *, by: Actor, at: datetime.datetime) -> None:
    """Reserve the units and note how long they pay for; the cover has its number by now."""
    cover, units, sequence = case.cover, taking.units, len(case.paid) + 1
    ledger.reserve(
        account=case.account, units=units, person=cover.person, cause=cover.cause, rule=taking.rule,
        key=f"cover:{cover.pk}:paid:{sequence}", by=by, at=at,
    )  # fmt: skip
    if taking.means == Cover.Means.MINUTES:
        _take_indivisible(cover, [lot for lot, _units in taking.parts])
    per_unit = cover.token_minutes if taking.means == Cover.Means.TOKENS else 1
    _note(case, PaidTime.Kind.RESERVED, taking.means, units.quantity, units.quantity * per_unit * 60, at=at)


def _take_indivisible(cover: Cover, lots: list[Lot]) -> None:
    """H1, H3, H5: the first ticket on a pack of hours bears its first 30 minutes; packs that minutes run into, and
    those of a ticket that mixes units, are considered used.
    """
    packs = {lot.pk for lot in lots if lot.origin == Lot.Origin.PURCHASED}
    taken = set(IndivisiblePart.objects.filter(lot__in=packs).values_list("lot_id", flat=True))
    IndivisiblePart.objects.bulk_create(IndivisiblePart(lot_id=pk, cover=cover) for pk in sorted(packs - taken))


def cover_again(case: Case, taking: Taking | None, *, by: Actor, at: datetime.datetime) -> bool:
    """Take these units, if there are any, and be covered or wait; whether it is covered."""
    if taking:
        prepare(case, taking)
        take(case, taking, by=by, at=at)
    set_state(case, is_covered=taking is not None, at=at)
    return taking is not None


def set_state(case: Case, *, is_covered: bool, at: datetime.datetime) -> None:
    """Covered from `at` on, or waiting since `at` for units or for consent. As it was: it stays so."""
    cover = case.cover
    if is_covered and cover.state != Cover.State.COVERED:
        cover.state, cover.covered_at, cover.waiting_since, cover.waits_for = Cover.State.COVERED, at, None, ""
    elif not is_covered and cover.state != Cover.State.WAITING:
        cover.state, cover.waiting_since = Cover.State.WAITING, at
    if not is_covered:
        asks = queries.must_be_agreed_to(cover) or queries.offers(cover, at, had=case.had, account=case.account)
        cover.waits_for = Cover.WaitsFor.CONSENT if asks else Cover.WaitsFor.UNITS
    case.is_changed = True


def settle(
    case: Case, price: prices.Price, *, used_seconds: int, rule: str = "", provider_caused: bool = False, by: Actor,
    at: datetime.datetime,
) -> None:  # fmt: skip
    """Make what the cover has spent equal to `price`, and release what it holds beyond (T2, H2, F1, T12).

    More than was spent before is spent from what is reserved; less comes back by corrections (T10, T14). From then on
    no more time is paid than `used_seconds` and what was spent pay for, so that a reopened ticket goes on from there
    (T8). `rule` "" is an ending: the statement then names the rule of each kind of unit.
    """
    cover = case.cover
    least_decided = price.minutes > 0 and price.minutes == cover.least_minutes
    for units, own_rule in (
        (Units("minute", price.free_minutes, FREE), "F1"),
        (Units("token", price.tokens), "T2"),
        (Units("minute", price.minutes), "H1" if least_decided else "H2"),
    ):
        _settle_units(case, units, rule=rule or own_rule, provider_caused=provider_caused, by=by, at=at)
    if any(hold.lot.unit == Lot.Unit.MINUTE and hold.lot.origin == Lot.Origin.PURCHASED for hold in case.holds):
        spent_on = {hold.lot_id for hold in case.holds if hold.spent}
        IndivisiblePart.objects.filter(cover=cover).exclude(lot__in=spent_on).delete()
    _pay_no_more(case, price, used_seconds, at=at)
    cover.settled_count += 1
    cover.price_tokens, cover.price_minutes, cover.free_minutes = price.tokens, price.minutes, price.free_minutes
    case.is_changed = True


def _settle_units(
    case: Case, price: Units, *, rule: str, provider_caused: bool, by: Actor, at: datetime.datetime
) -> None:
    """The same for units of one kind."""
    cover, account = case.cover, case.account
    holds = [hold for hold in case.holds if hold.lot.is_of(price)]
    spent, reserved = sum(hold.spent for hold in holds), sum(hold.reserved for hold in holds)
    key = f"cover:{cover.pk}:settle:{cover.settled_count}:{price.unit}:{price.origins[0]}"
    missing = max(0, price.quantity - spent)
    if missing:
        ledger.spend(
            account=account, units=replace(price, quantity=missing), cause=cover.cause, rule=rule,
            key=f"{key}:spend", by=by, at=at,
        )  # fmt: skip
    # L11, T14: units already spent come back by corrections that name the movements, the last spent ones first.
    beyond = max(0, spent - price.quantity)
    for movement in ledger_queries.spent_by(cover.cause, price) if beyond else []:
        back = min(beyond, ledger_queries.not_corrected(movement))
        if back:
            ledger.correct(
                movement=movement, quantity=back, rule=rule, provider_caused=provider_caused,
                key=f"{key}:correct:{movement.pk}", by=by, at=at, account=account,
            )  # fmt: skip
            beyond -= back
    assert not beyond, f"cover {cover.pk} spent {beyond} fewer than its price says"
    if reserved > missing:
        ledger.release(
            account=account, units=replace(price, quantity=reserved - missing), cause=cover.cause, rule="T12",
            provider_caused=provider_caused, key=f"{key}:release", by=by, at=at,
        )  # fmt: skip


def _pay_no_more(case: Case, price: prices.Price, used_seconds: int, *, at: datetime.datetime) -> None:
    """T8, T10: of the paid time stays what was used, and what the spent units pay for beyond that."""
    cover, had = case.cover, case.had
    cover.free_seconds = min(used_seconds, cover.free_seconds)
    payable = queries.payable_with(
        case.merged, tokens=price.tokens, minutes=price.minutes, token_minutes=cover.token_minutes,
        free_seconds=cover.free_seconds,
    )  # fmt: skip
    change = min(0, max(used_seconds, payable) - case.paid_seconds)
    changes = {
        Cover.Means.TRIAL: price.free_minutes - had[Cover.Means.TRIAL],
        Cover.Means.TOKENS: price.tokens - had[Cover.Means.TOKENS],
        Cover.Means.MINUTES: price.minutes - had[Cover.Means.MINUTES],
    }
    for means, units in changes.items():
        # All the seconds stand in one line, whichever units they were of: they are only ever summed.
        if units or (change and means == cover.means):
            seconds, change = change, 0
            _note(case, PaidTime.Kind.LESS, means, units, seconds, at=at)


def pay_together(case: Case, used_seconds: int, *, at: datetime.datetime) -> None:
    """T10: how long the target of a merging may go on with what both have now: as long as its price stays within."""
    had, cover = case.had, case.cover
    payable = queries.payable_with(
        case.merged, tokens=had[Cover.Means.TOKENS], minutes=had[Cover.Means.MINUTES],
        token_minutes=cover.token_minutes, free_seconds=cover.free_seconds,
    )  # fmt: skip
    change = max(used_seconds, payable) - case.paid_seconds
    if change and not cover.has_ended:
        _note(case, PaidTime.Kind.MERGED, Cover.Means(cover.means), 0, change, at=at)


def _note(
    case: Case, kind: PaidTime.Kind, means: Cover.Means, units: int, seconds: int, *, at: datetime.datetime
) -> None:
    paid = PaidTime(
        cover=case.cover, sequence=len(case.paid) + 1, kind=kind, at=at, seconds=seconds, units=units, means=means
    )
    case.paid.append(paid)
    case.new_paid.append(paid)


def note(case: Case, code: str, *, by: Actor, at: datetime.datetime, **details: object) -> None:
    """What was done to the cover, for the audit."""
    cover = case.cover
    case.entries.append(
        audit.entry(code, by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id, **details)
    )
