"""How units come to a cover and leave it: parts of the actions on covers, under the lock of the customer's ledger.

They change the cover they are given and leave saving it to `set_state` and the caller.
"""

import datetime
from collections.abc import Collection
from contextlib import suppress

from carnet.audit.actors import Actor
from carnet.kernel import sql
from carnet.ledger import actions as ledger
from carnet.ledger import queries as ledger_queries
from carnet.ledger.models import Hold, Lot, Movement
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider
from carnet.work import queries, rules
from carnet.work.actions import trials
from carnet.work.models import Cover, IndivisiblePart, MergedTime, PaidTime
from carnet.work.queries import FREE, PAYING

UNITS: dict[str, rules.Unit] = {Cover.Means.TOKENS: "token", Cover.Means.MINUTES: "minute"}


def open_trial_if_due(customer: Customer, person: Person, *, by: Actor, at: datetime.datetime) -> None:
    """F1: who asks for free minutes and may have them gets them now; who may not keeps what is left of earlier ones."""
    if ledger_queries.taker(customer, person) and queries.trial_refusal(customer=customer, person=person) is None:
        with suppress(trials.ContactKnown):  # another customer with the same contact was quicker
            trials.open_trial(customer=customer, person=person, by=by, at=at)


def reserve_free_minutes(cover: Cover, *, by: Actor, at: datetime.datetime) -> bool:
    """F1: all that is left; whether there was any."""
    left = sum(one.units for one in ledger_queries.drawable(cover.customer, cover.person, Lot.Unit.MINUTE, at, FREE))
    if not left:
        return False
    key = _next_key(cover, queries.paid_times(cover))
    lines = _reserve(cover, Lot.Unit.MINUTE, left, origins=FREE, rule="F1", key=key, by=by, at=at)
    if not lines:
        return False
    minutes = sum(line.quantity for line in lines)
    cover.free_minutes += minutes
    cover.free_seconds += minutes * 60
    _pay(cover, Cover.Means.TRIAL, minutes, minutes * 60, at=at, key=key)
    return True


def reserve_next(cover: Cover, *, by: Actor, at: datetime.datetime) -> bool:
    """T1, T4, H4: one more token or the next minutes, as far as they may be taken without asking and the person can
    reach them; whether they were. What paid last goes on, the other kind follows only if that was agreed to (H5).
    """
    minutes_first = cover.means == Cover.Means.MINUTES
    order = (Cover.Means.MINUTES, Cover.Means.TOKENS) if minutes_first else (Cover.Means.TOKENS, Cover.Means.MINUTES)
    paid = queries.paid_times(cover)
    return any(_reserve_some(cover, means, paid, by=by, at=at) for means in order)


def _reserve_some(cover: Cover, means: Cover.Means, paid: list[PaidTime], *, by: Actor, at: datetime.datetime) -> bool:
    had, unit = queries.had_by(paid), UNITS[means]
    wanted = rules.units_to_reserve(unit, had[means], queries.ceiling(cover, means))
    if not wanted:
        return False
    rule = _rule_of(cover, means, had)
    key = _next_key(cover, paid)
    lines = _reserve(cover, unit, wanted, origins=PAYING, rule=rule, key=key, by=by, at=at)
    if not lines:
        return False
    reserved = sum(line.quantity for line in lines)
    if means == Cover.Means.TOKENS:
        if not had[means]:
            cover.token_minutes = lines[0].lot.token_minutes
        seconds = rules.paid_seconds(tokens=reserved, token_minutes=cover.token_minutes)
    else:
        _take_indivisible(cover, lines, is_first=not had[means], is_mixed=had[Cover.Means.TOKENS] > 0)
        seconds = rules.paid_seconds(minutes=reserved)
    _pay(cover, means, reserved, seconds, at=at, key=key)
    return True


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


def _take_indivisible(cover: Cover, lines: list[Movement], *, is_first: bool, is_mixed: bool) -> None:
    """H1, H3, H5: the first ticket on a pack of hours bears its first 30 minutes; packs that minutes run into, and
    those of a ticket that mixes units, are considered used.
    """
    packs = [line for line in lines if line.lot.origin == Lot.Origin.PURCHASED]
    taken = set(
        IndivisiblePart.objects.filter(lot__in=[line.lot_id for line in packs]).values_list("lot_id", flat=True)
    )
    if is_first and not is_mixed:
        first = lines[0]
        cover.least_minutes = rules.indivisible(
            sum(line.quantity for line in lines),
            first.quantity,
            is_first_on_lot=first in packs and first.lot_id not in taken,
            per=provider.setting("indivisible_per"),
        )
    IndivisiblePart.objects.bulk_create(
        IndivisiblePart(lot=line.lot, cover=cover) for line in packs if line.lot_id not in taken
    )


def settle(
    cover: Cover, price: rules.Price, *, used_seconds: int, rule: str, provider_caused: bool, by: Actor,
    at: datetime.datetime,
) -> None:  # fmt: skip
    """Make what the cover has spent equal to `price`, and release what it holds beyond (T2, H2, F1, T12).

    More than was spent before is spent from what is reserved; less comes back by corrections (T10, T14). From then on
    no more time is paid than `used_seconds` and what was spent pay for, so that a reopened ticket goes on from there
    (T8). `rule` "" is an ending: the statement then names the rule of each kind of unit.
    """
    holds = ledger_queries.holds_of(cover.cause)
    least_decided = price.minutes > 0 and price.minutes == cover.least_minutes
    for unit, origins, units, own_rule in (
        (Lot.Unit.MINUTE, FREE, price.free_minutes, "F1"),
        (Lot.Unit.TOKEN, PAYING, price.tokens, "T2"),
        (Lot.Unit.MINUTE, PAYING, price.minutes, "H1" if least_decided else "H2"),
    ):
        mine = [hold for hold in holds if hold.lot.unit == unit and hold.lot.origin in origins]
        if mine:
            key = f"cover:{cover.pk}:settle:{cover.settled_count}:{unit}:{origins[0]}"
            _settle_unit(
                cover, mine, units, rule=rule or own_rule, key=key, provider_caused=provider_caused, by=by, at=at
            )
    spent_on = {hold.lot_id for hold in ledger_queries.holds_of(cover.cause) if hold.spent}
    IndivisiblePart.objects.filter(cover=cover).exclude(lot__in=spent_on).delete()
    _pay_no_more(cover, price, used_seconds, at=at)
    cover.settled_count += 1
    cover.price_tokens, cover.price_minutes, cover.free_minutes_spent = price.tokens, price.minutes, price.free_minutes
    cover.free_minutes = price.free_minutes


def _settle_unit(
    cover: Cover, holds: list[Hold], units: int, *, rule: str, key: str, provider_caused: bool, by: Actor,
    at: datetime.datetime,
) -> None:  # fmt: skip
    unit, origins = holds[0].lot.unit, {hold.lot.origin for hold in holds}
    customer, cause = cover.customer, cover.cause
    spent, reserved = sum(hold.spent for hold in holds), sum(hold.reserved for hold in holds)
    if units > spent:
        ledger.spend(
            customer=customer, cause=cause, unit=unit, quantity=units - spent, origins=origins, rule=rule,
            key=f"{key}:spend", by=by, at=at,
        )  # fmt: skip
    elif units < spent:
        _give_back(
            cover, unit, origins, spent - units, rule=rule, key=key, provider_caused=provider_caused, by=by, at=at
        )
    if reserved > max(0, units - spent):
        ledger.release(
            customer=customer, cause=cause, unit=unit, origins=origins, provider_caused=provider_caused, rule="T12",
            key=f"{key}:release", by=by, at=at,
        )  # fmt: skip


def _give_back(
    cover: Cover, unit: str, origins: Collection[str], quantity: int, *, rule: str, key: str, provider_caused: bool,
    by: Actor, at: datetime.datetime,
) -> None:  # fmt: skip
    """L11, T14: units already spent come back by corrections that name the movements, the last spent ones first."""
    for movement in ledger_queries.spent_by(cover.cause, unit, origins):
        units = min(quantity, ledger_queries.not_corrected(movement))
        if units:
            ledger.correct(
                movement=movement, quantity=units, rule=rule, provider_caused=provider_caused,
                key=f"{key}:correct:{movement.pk}", by=by, at=at,
            )  # fmt: skip
            quantity -= units
    assert quantity == 0, f"cover {cover.pk} spent {quantity} fewer than its price says"


def _pay_no_more(cover: Cover, price: rules.Price, used_seconds: int, *, at: datetime.datetime) -> None:
    """T8, T10: of the paid time stays what was used, and what the spent units pay for beyond that."""
    paid = queries.paid_times(cover)
    had = queries.had_by(paid)
    cover.free_seconds = min(used_seconds, cover.free_seconds)
    payable = queries.payable_with(
        list(MergedTime.objects.filter(cover=cover)), tokens=price.tokens, minutes=price.minutes,
        token_minutes=cover.token_minutes, free_seconds=cover.free_seconds,
    )  # fmt: skip
    change = min(0, max(used_seconds, payable) - sum(time.seconds for time in paid))
    changes = {
        Cover.Means.TRIAL: price.free_minutes - had[Cover.Means.TRIAL],
        Cover.Means.TOKENS: price.tokens - had[Cover.Means.TOKENS],
        Cover.Means.MINUTES: price.minutes - had[Cover.Means.MINUTES],
    }
    for means, units in changes.items():
        # All the seconds stand in one line, whichever units they were of: they are only ever summed.
        if units or (change and means == cover.means):
            seconds, change = change, 0
            key = f"{_next_key(cover, queries.paid_times(cover))}:less"
            PaidTime.objects.create(cover=cover, at=at, seconds=seconds, units=units, means=means, key=key)


def set_state(cover: Cover, *, is_covered: bool, at: datetime.datetime) -> None:
    """Covered from `at` on, or waiting since `at` for units or for consent; and save it. As it was: only saved."""
    if is_covered and cover.state != Cover.State.COVERED:
        cover.state, cover.covered_at, cover.waiting_since, cover.waits_for = Cover.State.COVERED, at, None, ""
    elif not is_covered and cover.state != Cover.State.WAITING:
        cover.state, cover.waiting_since = Cover.State.WAITING, at
    if not is_covered:
        asks = queries.must_be_agreed_to(cover) or queries.offers(cover, at)
        cover.waits_for = Cover.WaitsFor.CONSENT if asks else Cover.WaitsFor.UNITS
    sql.carry_out(sql.stored(cover))


def _reserve(
    cover: Cover, unit: str, quantity: int, *, origins: tuple[Lot.Origin, ...], rule: str, key: str, by: Actor,
    at: datetime.datetime,
) -> list[Movement]:  # fmt: skip
    """The lines of the reservation; none if the person can't reach the units, or was removed meanwhile.

    Of minutes fewer will do (H4: «what they have, at least 1»; F1).
    """
    try:
        lines = ledger.reserve(
            customer=cover.customer, unit=unit, quantity=quantity, least=1 if unit == Lot.Unit.MINUTE else None,
            person=cover.person, cause=cover.cause, origins=origins, rule=rule, key=key, by=by, at=at,
        )  # fmt: skip
    except (ledger.NotEnoughUnits, ledger.NotAMember):
        return []
    # The first use of a trial gives it its last day by a line of its own (F2).
    return [line for line in lines if line.quantity]


def _pay(cover: Cover, means: Cover.Means, units: int, seconds: int, *, at: datetime.datetime, key: str) -> None:
    cover.means = means
    sql.carry_out(sql.new(PaidTime(cover=cover, at=at, seconds=seconds, units=units, means=means, key=key)))


def _next_key(cover: Cover, paid: list[PaidTime]) -> str:
    """Another one for each reservation, the same for a retry: they are counted under the lock."""
    return f"cover:{cover.pk}:paid:{len(paid) + 1}"
