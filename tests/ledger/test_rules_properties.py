"""Lots on random histories, against a model that follows every unit by itself."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carnet.ledger import rules
from carnet.ledger.rules import LotView, Taker

START = date(2026, 8, 27)  # month ends and a 29 February lie ahead
origins = st.sampled_from(["purchased", "purchased", "purchased", "goodwill", "trial"])
units = st.sampled_from(["token", "token", "minute"])
counts = st.integers(0, 4)
takers = st.builds(Taker, st.integers(1, 3), st.booleans())


@st.composite
def lots(draw: st.DrawFn, number: int, unit: str | None = None) -> LotView:
    """A lot activated within three years from the start, some units of it used."""
    activated_on = START + timedelta(days=draw(st.integers(0, 1100)))
    origin, months = draw(origins), draw(st.sampled_from([6, 6, 12, 18]))
    shared = draw(st.booleans())
    people = st.integers(1, 3)
    values: dict[str, Any] = {
        "last_day": rules.last_day_of_pack(activated_on, months) if origin != "trial" or draw(st.booleans()) else None,
        "available": draw(counts),
        "reserved": draw(counts),
        "spent": draw(counts),
        "frozen": draw(st.sampled_from([0, 0, 0, 2])),
        "allowances": draw(st.dictionaries(people, counts, max_size=2)),
        "used_by": draw(st.dictionaries(people, counts, max_size=2)),
        "closed_to": draw(st.frozensets(people, max_size=1)),
    }
    return LotView(
        number,
        origin,  # type: ignore[arg-type]
        unit or draw(units),  # type: ignore[arg-type]
        datetime.datetime.combine(activated_on, datetime.time(9), UTC),
        activated_on,
        shared=shared,
        person_id=None if shared else draw(people),
        **values,
    )


@st.composite
def several(draw: st.DrawFn, unit: str | None = None) -> list[LotView]:
    return [draw(lots(number, unit)) for number in range(1, draw(st.integers(1, 6)) + 1)]


days = st.integers(0, 2000).map(lambda count: START + timedelta(days=count))


@dataclass
class OneUnit:
    """What the model knows of a single unit."""

    lot: LotView
    last_day: date


def units_of(lot: LotView) -> Iterator[OneUnit]:
    if lot.last_day:
        yield from (OneUnit(lot, lot.last_day) for _ in range(lot.available + lot.reserved + lot.frozen))


def activate_in_model(held: list[OneUnit], new: LotView, any_pack: bool, extends: bool) -> None:
    """L5 and L6 told of single units: past ones come back, others live longer."""
    assert new.last_day is not None
    for one in held:
        is_past = one.last_day < new.activated_on
        reaches = one.lot.unit == new.unit or (any_pack and is_past)
        if new.origin == one.lot.origin == "purchased" and reaches and (is_past or extends):
            one.last_day = max(one.last_day, new.last_day)


@given(several(), st.booleans(), st.booleans())
def test_histories_of_activations_agree_with_the_model(history: list[LotView], any_pack: bool, extends: bool) -> None:
    active: list[LotView] = []
    held: list[OneUnit] = []
    for new in sorted(history, key=lambda lot: (lot.activated_at, lot.number)):
        effects = rules.effects_of_activation(
            active, new, revive_by="any" if any_pack else "unit", early_renewal="extends" if extends else "keeps"
        )
        changed = {effect.number: effect.last_day for effect in effects}
        for effect in effects:
            before = next(lot for lot in active if lot.number == effect.number).last_day
            assert before is not None
            assert effect.last_day > before
            assert (effect.effect == "revived") == (before < new.activated_on)
        active = [replace(lot, last_day=changed.get(lot.number, lot.last_day)) for lot in active]
        if new.last_day:
            activate_in_model(held, new, any_pack, extends)
        active.append(new)
        held.extend(units_of(new))
    found = {
        (lot.number, lot.last_day) for lot in active if lot.last_day and (lot.available + lot.reserved + lot.frozen)
    }
    assert found == {(one.lot.number, one.last_day) for one in held}


@given(several())
def test_an_activation_done_twice_changes_nothing_more(history: list[LotView]) -> None:
    new = replace(history[-1], origin="purchased", last_day=rules.last_day_of_pack(history[-1].activated_on, 12))
    changed = {effect.number: effect.last_day for effect in rules.effects_of_activation(history, new)}
    after = [replace(lot, last_day=changed.get(lot.number, lot.last_day)) for lot in history]
    assert rules.effects_of_activation(after, new) == []


@given(several(), days)
def test_L4_every_unit_is_counted_once(history: list[LotView], day: date) -> None:
    balance = rules.balance_of(history, day)
    assert balance.available + balance.dormant + balance.lapsed == sum(lot.available for lot in history)
    assert (balance.reserved, balance.spent) == (
        sum(lot.reserved for lot in history),
        sum(lot.spent for lot in history),
    )
    assert balance.available == sum(lot.available for lot in history if lot.last_day is None or not lot.last_day < day)


@given(several(), st.randoms(use_true_random=False))
def test_L7_is_a_total_order(history: list[LotView], random: Random) -> None:
    ordered = rules.order_of_use(random.sample(history, len(history)))
    assert ordered == rules.order_of_use(history)
    for earlier, later in pairwise(ordered):
        if earlier.last_day != later.last_day:
            assert earlier.last_day is not None
            assert later.last_day is None or earlier.last_day < later.last_day
        elif (earlier.origin == "purchased") != (later.origin == "purchased"):
            assert later.origin == "purchased"
        else:
            assert (earlier.activated_at, earlier.number) < (later.activated_at, later.number)


@given(several("token"), takers, days, st.integers(1, 20), st.booleans())
def test_units_chosen_at_once_are_those_chosen_one_by_one(
    history: list[LotView], taker: Taker, day: date, quantity: int, trial: bool
) -> None:
    at_once = rules.choose_units(history, quantity, taker, day, trial=trial)
    remaining, one_by_one = list(history), []
    for _ in range(quantity):
        for number, taken in rules.choose_units(remaining, 1, taker, day, trial=trial):
            assert taken == 1
            one_by_one.append(number)
            remaining = [taken_from(lot, taker) if lot.number == number else lot for lot in remaining]
    assert [number for number, taken in at_once for _ in range(taken)] == one_by_one
    assert all(lot.available >= 0 for lot in remaining)


def taken_from(lot: LotView, taker: Taker) -> LotView:
    """The lot with one unit reserved by the taker."""
    used = dict(lot.used_by)
    used[taker.person_id] = used.get(taker.person_id, 0) + 1
    return replace(lot, available=lot.available - 1, reserved=lot.reserved + 1, used_by=used)


@given(several("token"), takers, days, st.integers(1, 20))
def test_L9_nobody_draws_more_than_is_theirs(history: list[LotView], taker: Taker, day: date, quantity: int) -> None:
    by_number = {lot.number: lot for lot in history}
    chosen = rules.choose_units(history, quantity, taker, day)
    assert sum(taken for _, taken in chosen) <= quantity
    for number, taken in chosen:
        lot = by_number[number]
        assert 0 < taken <= lot.available
        assert lot.origin != "trial"
        assert lot.last_day is None or day <= lot.last_day
        if not taker.is_holder and lot.shared:
            assert taker.person_id not in lot.closed_to
            allowance = lot.allowances.get(taker.person_id, quantity + 10)
            assert taken + lot.used_by.get(taker.person_id, 0) <= allowance
        elif not taker.is_holder:
            assert lot.person_id == taker.person_id
    own = [lot for lot in history if lot.origin != "trial"]
    assert (rules.obstacle_to(own, taker, day) is None) == bool(chosen)


@given(lots(1), days, st.booleans(), st.lists(days, max_size=2))
def test_T12_a_release_never_makes_the_last_day_earlier(
    lot: LotView, day: date, by_provider: bool, later: list[date]
) -> None:
    last_day = rules.last_day_after_release(lot, day, by_provider=by_provider, later_last_days=later)
    if lot.last_day is None:
        assert last_day is None
    else:
        assert last_day is not None
        assert last_day >= lot.last_day
        assert last_day in {lot.last_day, day + timedelta(days=30), *later}
        assert not by_provider or last_day >= day + timedelta(days=30)


@given(st.integers(0, 100_000), st.integers(1, 600), st.lists(st.integers(1, 50), max_size=20))
def test_O9_value_spent_refunded_and_left_is_the_price_to_the_cent(
    price: int, quantity: int, leaves: list[int]
) -> None:
    left, worth = 0, []
    for some in leaves:
        gone = min(quantity, left + some)
        worth.append(rules.worth_cents(price, quantity, gone) - rules.worth_cents(price, quantity, left))
        left = gone
    rest = rules.worth_cents(price, quantity, quantity) - rules.worth_cents(price, quantity, left)
    assert sum(worth) + rest == price
    assert min([*worth, rest]) >= 0
