"""Every example of L2–L9, T11, T12 and F2 that is a matter of lots and dates."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date
from typing import Any

import pytest

from carnet.ledger import rules
from carnet.ledger.rules import Balance, LotView, Taker

ANNE, BEN, HOLDER = Taker(1, False), Taker(2, False), Taker(3, True)
TODAY = date(2027, 1, 10)


def lot(number: int, activated_on: date, last_day: date | None = None, *, months: int = 12, **others: Any) -> LotView:
    """A purchased, shared lot of tokens, unless said otherwise."""
    values: dict[str, Any] = {
        "origin": "purchased",
        "unit": "token",
        "shared": True,
        "validity_months": months,
    } | others
    at = datetime.datetime.combine(activated_on, datetime.time(12), tzinfo=UTC)
    return LotView(
        number=number,
        activated_at=at,
        activated_on=activated_on,
        last_day=last_day or rules.last_day_of_pack(activated_on, months),
        **values,
    )


def after_activation(lots: list[LotView], new_lot: LotView, **settings: Any) -> list[LotView]:
    """The lots as they stand once `new_lot` is active."""
    changes = {change.number: change.last_day for change in rules.effects_of_activation(lots, new_lot, **settings)}
    return [*(replace(one, last_day=changes.get(one.number, one.last_day)) for one in lots), new_lot]


def used(lots: list[LotView], counts: Mapping[int, int]) -> list[LotView]:
    return [
        replace(one, available=one.available - counts.get(one.number, 0), spent=one.spent + counts.get(one.number, 0))
        for one in lots
    ]


@pytest.mark.parametrize(
    ("activated_on", "months", "last_day"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 3, 9), 12, date(2028, 3, 9)),  # L1
    ],
)
def test_L2_validity_runs_from_activation(activated_on: date, months: int, last_day: date) -> None:
    assert rules.last_day_of_pack(activated_on, months) == last_day


def test_F2_free_minutes_last_30_days_from_the_first_use() -> None:
    assert rules.last_day_of_trial(date(2027, 1, 31), 30) == date(2027, 3, 2)


@pytest.mark.parametrize(
    ("origin", "day", "state"),
    [
        ("purchased", date(2027, 1, 10), "live"),
        ("purchased", date(2027, 1, 11), "dormant"),
        ("trial", date(2027, 1, 10), "live"),
        ("trial", date(2027, 1, 11), "lapsed"),
        ("goodwill", date(2027, 1, 11), "lapsed"),
    ],
)
def test_L4_after_the_last_day(origin: str, day: date, state: str) -> None:
    assert rules.state_on(lot(1, date(2026, 1, 10), origin=origin, available=1), day) == state


def test_F2_a_trial_that_was_never_used_has_no_end() -> None:
    view = replace(lot(1, date(2026, 1, 10), origin="trial", unit="minute", available=15), last_day=None)
    assert rules.state_on(view, date(2099, 1, 1)) == "live"
    assert rules.last_day_after_release(view, TODAY, by_provider=True) is None


def test_L4_balance_on_both_sides_of_the_last_day() -> None:
    lots = [
        lot(1, date(2026, 1, 10), available=6, reserved=1, spent=13),
        lot(2, date(2026, 1, 10), origin="goodwill", available=2, frozen=3, refunded=4),
        lot(3, date(2026, 6, 1), available=5),
    ]
    assert rules.balance_of(lots, date(2027, 1, 10)) == Balance(
        available=13, reserved=1, spent=13, frozen=3, refunded=4
    )
    assert rules.balance_of(lots, date(2027, 1, 11)) == Balance(
        available=5, reserved=1, spent=13, dormant=6, lapsed=2, frozen=3, refunded=4
    )


def test_L5_dormant_units_come_back_as_often_as_needed() -> None:
    lots = used([lot(1, date(2026, 1, 10), available=20)], {1: 14})
    assert rules.balance_of(lots, date(2027, 1, 11)).dormant == 6
    b = lot(2, date(2027, 3, 5), available=1)
    assert rules.effects_of_activation(lots, b) == [(1, date(2028, 3, 5), "revived")]
    lots = after_activation(lots, b)
    assert rules.balance_of(lots, date(2028, 3, 5)).available == 7
    lots = used(lots, {1: 2})
    assert rules.balance_of(lots, date(2028, 3, 6)) == Balance(spent=16, dormant=5)
    c = lot(3, date(2029, 6, 1), available=1)
    assert rules.effects_of_activation(lots, c) == [(1, date(2030, 6, 1), "revived"), (2, date(2030, 6, 1), "revived")]
    lots = after_activation(lots, c)
    assert rules.balance_of(lots, date(2030, 6, 1)).available == 6


@pytest.mark.parametrize("origin", ["goodwill", "trial"])
def test_L5_goodwill_and_trial_revive_nothing_and_are_not_revived(origin: str) -> None:
    dormant = lot(1, date(2025, 1, 10), available=6)
    gift = lot(2, date(2027, 3, 5), origin=origin, available=1)
    assert rules.effects_of_activation([dormant], gift) == []
    gone = lot(1, date(2025, 1, 10), origin=origin, available=6)
    live = lot(3, date(2027, 1, 10), origin=origin, available=6)
    assert rules.effects_of_activation([gone, live], lot(4, date(2027, 3, 5), available=1)) == []


def test_L5_revive_by_unit_or_by_any_pack() -> None:
    minutes = lot(1, date(2025, 1, 10), unit="minute", available=90)
    live_minutes = lot(2, date(2027, 1, 10), unit="minute", available=90)
    tokens = lot(3, date(2027, 3, 5), available=1)
    assert rules.effects_of_activation([minutes, live_minutes], tokens) == []
    assert rules.effects_of_activation([minutes, live_minutes], tokens, revive_by="any") == [
        (1, date(2028, 3, 5), "revived")
    ]


def test_L6_an_early_renewal_extends() -> None:
    lots = [lot(1, date(2026, 1, 10), available=6, spent=14)]
    b = lot(2, date(2027, 1, 9), available=1)
    assert rules.effects_of_activation(lots, b) == [(1, date(2028, 1, 9), "extended")]
    assert rules.balance_of(after_activation(lots, b), date(2028, 1, 9)).available == 7


def test_L6_a_shorter_pack_takes_nothing_away() -> None:
    a, b = lot(1, date(2026, 1, 10), available=20), lot(2, date(2026, 3, 1), months=6, available=1)
    assert rules.effects_of_activation([a], b) == []
    assert [one.last_day for one in after_activation([a], b)] == [date(2027, 1, 10), date(2026, 9, 1)]


def test_L6_early_renewal_may_be_set_to_keep() -> None:
    lots = [lot(1, date(2026, 1, 10), available=6), lot(2, date(2025, 1, 10), available=3)]
    b = lot(3, date(2027, 1, 9), available=1)
    assert rules.effects_of_activation(lots, b, early_renewal="keeps") == [(2, date(2028, 1, 9), "revived")]


def test_L6_on_the_last_day_it_extends_on_the_next_it_revives() -> None:
    lots = [lot(1, date(2026, 1, 10), available=6)]
    assert rules.effects_of_activation(lots, lot(2, date(2027, 1, 10), available=1))[0].effect == "extended"
    assert rules.effects_of_activation(lots, lot(2, date(2027, 1, 11), available=1))[0].effect == "revived"


def test_L6_only_older_lots_with_units_left_are_changed() -> None:
    new = lot(3, date(2027, 1, 9), available=1)
    empty = lot(1, date(2026, 1, 10), spent=19, refunded=1)
    reserved = lot(2, date(2026, 1, 10), reserved=1)
    later = lot(4, date(2027, 1, 9), months=6, available=5)
    frozen = lot(5, date(2026, 1, 10), frozen=5)
    as_long = lot(6, date(2026, 1, 10), date(2028, 1, 9), available=5)
    assert rules.effects_of_activation([frozen, new, later, reserved, empty, as_long], new) == [
        (2, date(2028, 1, 9), "extended"),
        (5, date(2028, 1, 9), "extended"),
    ]


def test_a_purchased_lot_without_a_last_day_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="has a last day"):
        rules.effects_of_activation([], replace(lot(1, date(2027, 1, 9)), last_day=None))


def test_L7_order_of_use() -> None:
    z = lot(1, date(2026, 5, 20), available=20)
    x = lot(2, date(2026, 12, 30), months=6, available=3)
    lots = after_activation([z], x)
    assert [one.last_day for one in lots] == [date(2027, 6, 30), date(2027, 6, 30)]
    y = lot(3, date(2026, 12, 31), date(2027, 8, 31), origin="goodwill", available=1)
    assert [one.number for one in rules.order_of_use([y, lots[1], lots[0]])] == [1, 2, 3]


def test_L7_free_before_paid_then_activation_then_number() -> None:
    end = date(2027, 6, 30)
    lots = [
        lot(9, date(2027, 1, 2), end),
        lot(8, date(2027, 1, 3), end, origin="goodwill"),
        lot(4, date(2027, 1, 1), end),
        lot(3, date(2027, 1, 1), end),
        replace(lot(1, date(2020, 1, 1), end, origin="trial"), last_day=None),
        lot(7, date(2027, 1, 4), date(2027, 6, 29)),
    ]
    assert [one.number for one in rules.order_of_use(lots)] == [7, 8, 3, 4, 9, 1]


def test_L7_units_are_chosen_across_lots_in_the_order_of_use() -> None:
    lots = [
        lot(1, date(2026, 5, 20), available=12, unit="minute"),
        lot(2, date(2026, 6, 20), available=120, unit="minute"),
    ]
    assert rules.choose_units(lots, 25, ANNE, TODAY) == [(1, 12), (2, 13)]  # H3
    assert rules.choose_units(lots, 12, ANNE, TODAY) == [(1, 12)]
    assert rules.choose_units(lots, 200, ANNE, TODAY) == [(1, 12), (2, 120)]
    assert rules.choose_units([], 1, ANNE, TODAY) == []


def test_F2_trial_minutes_stand_apart() -> None:
    trial = lot(1, date(2027, 1, 1), date(2027, 1, 31), origin="trial", unit="minute", available=15)
    lots = [trial, lot(2, date(2026, 6, 20), unit="minute", available=120)]
    assert rules.choose_units(lots, 30, ANNE, TODAY) == [(2, 30)]
    assert rules.choose_units(lots, 30, ANNE, TODAY, trial=True) == [(1, 15)]


def test_tokens_and_minutes_are_never_mixed() -> None:
    lots = [lot(1, date(2026, 5, 20), available=1), lot(2, date(2026, 6, 20), unit="minute", available=120)]
    with pytest.raises(ValueError, match="never mixed"):
        rules.choose_units(lots, 1, ANNE, TODAY)


def test_nothing_is_not_chosen() -> None:
    with pytest.raises(ValueError, match="one unit or more"):
        rules.choose_units([], 0, ANNE, TODAY)


@pytest.mark.parametrize(
    ("reason", "last_day", "refusal"),
    [
        ("The answer came too late", date(2027, 8, 31), None),
        ("The answer came too late", TODAY, None),
        (" ", date(2027, 8, 31), "reason_missing"),
        ("The answer came too late", None, "last_day_missing"),
        ("The answer came too late", date(2027, 1, 9), "last_day_past"),
    ],
)
def test_L8_goodwill_needs_a_reason_and_a_last_day(reason: str, last_day: date | None, refusal: str | None) -> None:
    assert rules.goodwill_refusal(reason, last_day, TODAY) == refusal


def test_L8_a_free_token_is_gone_after_its_last_day() -> None:
    lots = [lot(1, date(2027, 1, 1), date(2027, 8, 31), origin="goodwill", available=1)]
    assert rules.choose_units(lots, 1, ANNE, date(2027, 8, 31)) == [(1, 1)]
    assert rules.choose_units(lots, 1, ANNE, date(2027, 9, 1)) == []
    assert rules.balance_of(lots, date(2027, 9, 1)) == Balance(lapsed=1)


def test_L9_what_is_left_of_20_shared_is_still_shared() -> None:
    lots = [lot(1, date(2026, 1, 15), available=5, spent=15)]
    assert rules.choose_units(lots, 5, BEN, TODAY) == [(1, 5)]
    revived = after_activation(lots, lot(2, date(2027, 3, 5), available=1, shared=False, person_id=ANNE.person_id))
    assert rules.choose_units(revived, 6, BEN, date(2027, 3, 5)) == [(1, 5)]


def test_L9_an_allowance_counts_reserved_and_spent() -> None:
    shared = lot(1, date(2026, 1, 15), available=10, allowances={1: 3}, used_by={1: 3, 2: 7})
    assert rules.choose_units([shared], 1, ANNE, TODAY) == []
    assert rules.obstacle_to([shared], ANNE, TODAY) == "allowance_used"
    assert rules.choose_units([shared], 1, BEN, TODAY) == [(1, 1)]
    assert rules.obstacle_to([shared], BEN, TODAY) is None


def test_L9_an_allowance_leaves_what_is_not_used_of_it() -> None:
    shared = lot(1, date(2026, 1, 15), available=10, allowances={1: 3}, used_by={1: 1})
    other = lot(2, date(2026, 1, 16), available=10)
    assert rules.choose_units([shared, other], 4, ANNE, TODAY) == [(1, 2), (2, 2)]
    lowered = replace(shared, allowances={1: 3}, used_by={1: 5})
    assert rules.units_within_reach(lowered, ANNE, TODAY) == 0
    assert rules.units_within_reach(replace(shared, used_by={}), ANNE, TODAY) == 3
    nearly_empty = replace(shared, available=1, used_by={})
    assert rules.units_within_reach(nearly_empty, ANNE, TODAY) == 1


@pytest.mark.parametrize("shut_out", [{"closed_to": frozenset({1})}, {"allowances": {1: 0}}])
def test_L9_a_holder_restricts_a_member(shut_out: dict[str, Any]) -> None:
    shared = lot(1, date(2026, 1, 15), available=10, **shut_out)
    assert rules.units_within_reach(shared, ANNE, TODAY) == 0
    assert rules.obstacle_to([shared], ANNE, TODAY) == "restricted"
    assert rules.units_within_reach(shared, BEN, TODAY) == 10


def test_L9_restrictions_bind_members_not_holders() -> None:
    shared = lot(1, date(2026, 1, 15), available=10, allowances={3: 1}, used_by={3: 1}, closed_to=frozenset({3}))
    assert rules.units_within_reach(shared, HOLDER, TODAY) == 10


def test_L9_a_personal_lot_is_for_its_person_and_for_holders() -> None:
    personal = lot(1, date(2026, 7, 15), shared=False, person_id=1, available=5, allowances={1: 0})
    assert rules.units_within_reach(personal, ANNE, TODAY) == 5
    assert rules.units_within_reach(personal, HOLDER, TODAY) == 5
    assert rules.units_within_reach(personal, BEN, TODAY) == 0
    assert rules.obstacle_to([personal], BEN, TODAY) == "not_theirs"


def test_L9_the_most_specific_obstacle_is_told() -> None:
    personal = lot(1, date(2026, 7, 15), shared=False, person_id=2, available=5)
    closed = lot(2, date(2026, 7, 15), available=5, closed_to=frozenset({1}))
    used_up = lot(3, date(2026, 7, 15), available=5, allowances={1: 2}, used_by={1: 2})
    empty, past = lot(4, date(2026, 7, 15), reserved=5), lot(5, date(2025, 7, 15), available=5)
    assert rules.obstacle_to([personal, closed, used_up, empty, past], ANNE, TODAY) == "allowance_used"
    assert rules.obstacle_to([personal, closed, empty, past], ANNE, TODAY) == "restricted"
    assert rules.obstacle_to([personal, empty, past], ANNE, TODAY) == "not_theirs"
    assert rules.obstacle_to([empty, past], ANNE, TODAY) == "none_left"


def test_L10_the_last_unit_goes_once() -> None:
    last = lot(1, date(2026, 7, 15), available=1)
    assert rules.choose_units([last], 1, ANNE, TODAY) == [(1, 1)]
    taken = replace(last, available=0, reserved=1)
    assert rules.choose_units([taken], 1, BEN, TODAY) == []
    assert rules.obstacle_to([taken], BEN, TODAY) == "none_left"


def test_T11_a_further_token_comes_from_a_live_lot() -> None:
    old = lot(1, date(2026, 1, 10), available=4, reserved=1)
    new = lot(2, date(2026, 12, 1), months=6, available=1)
    assert rules.choose_units([old, new], 1, ANNE, date(2027, 1, 10)) == [(1, 1)]
    assert rules.choose_units([old, new], 1, ANNE, date(2027, 1, 12)) == [(2, 1)]
    assert rules.balance_of([old], date(2027, 1, 12)) == Balance(reserved=1, dormant=4)


@pytest.mark.parametrize("early_renewal", ["extends", "keeps"])
def test_T12_a_released_unit_gets_the_last_day_that_its_lot_then_has(early_renewal: rules.EarlyRenewal) -> None:
    a = lot(1, date(2026, 1, 10), reserved=1, spent=19)
    a, _ = after_activation([a], lot(2, date(2027, 1, 20), available=1), early_renewal=early_renewal)
    assert rules.last_day_after_release(a, date(2027, 2, 1)) == date(2028, 1, 20)


def test_T12_released_after_the_last_day_it_is_dormant() -> None:
    a = lot(1, date(2026, 1, 10), reserved=1)
    assert rules.last_day_after_release(a, date(2027, 2, 1)) == date(2027, 1, 10)
    assert rules.balance_of([replace(a, reserved=0, available=1)], date(2027, 2, 1)) == Balance(dormant=1)


@pytest.mark.parametrize("origin", ["purchased", "goodwill", "trial"])
def test_T12_released_by_the_provider_it_lives_30_days_more(origin: str) -> None:
    a = lot(1, date(2026, 1, 10), origin=origin, reserved=1)
    assert rules.last_day_after_release(a, date(2027, 2, 1), by_provider=True) == date(2027, 3, 3)
    assert rules.last_day_after_release(a, date(2026, 12, 1), by_provider=True) == date(2027, 1, 10)
    assert rules.last_day_after_release(a, date(2027, 2, 1), by_provider=True, grace_days=10) == date(2027, 2, 11)


def test_T14_a_unit_given_back_gets_the_day_of_activations_meanwhile() -> None:
    a = lot(1, date(2026, 1, 10), spent=20)
    assert rules.last_day_after_release(a, date(2027, 2, 1), later_last_days=[date(2028, 1, 20)]) == date(2028, 1, 20)


@pytest.mark.parametrize(
    ("day", "notice"),
    [
        (date(2027, 1, 10), None),
        (date(2027, 1, 11), 30),
        (date(2027, 2, 2), 30),
        (date(2027, 2, 3), 7),
        (date(2027, 2, 10), 7),
        (date(2027, 2, 11), None),
    ],
)
def test_L4_notices_come_30_and_7_days_before(day: date, notice: int | None) -> None:
    one = lot(1, date(2026, 8, 10), date(2027, 2, 10), available=1)
    assert rules.notice_days(one, day) == notice
    assert rules.notice_days(replace(one, available=0, reserved=1), day) is None
    assert rules.notice_days(replace(one, last_day=None), day) is None


@pytest.mark.parametrize(("days", "notice"), [(6, None), (7, None), (8, 7), (30, 7), (31, 30)])
def test_no_notice_of_more_days_than_the_lot_had(days: int, notice: int | None) -> None:
    last_day = TODAY + datetime.timedelta(days=days)
    one = lot(1, TODAY, last_day, available=1)
    seen = [rules.notice_days(one, TODAY + datetime.timedelta(days=n)) for n in range(days + 1)]
    assert max((found for found in seen if found), default=None) == notice


def test_low_is_the_last_token_or_half_an_hour_of_what_was_bought_and_used() -> None:
    begun = lot(1, TODAY, available=1, spent=4)
    assert rules.is_low("token", [begun], TODAY)
    assert rules.is_low("token", [replace(begun, available=0, reserved=1)], TODAY)
    assert not rules.is_low("minute", [begun], TODAY)
    assert not rules.is_low("token", [replace(begun, available=2)], TODAY)
    assert not rules.is_low("token", [replace(begun, spent=0)], TODAY)
    assert not rules.is_low("token", [replace(begun, origin="goodwill")], TODAY)
    assert not rules.is_low("token", [replace(begun, last_day=TODAY - datetime.timedelta(days=1))], TODAY)
    assert not rules.is_low("token", [begun, lot(2, TODAY, available=1)], TODAY)
    hours = lot(3, TODAY, unit="minute", available=30, spent=30)
    assert rules.is_low("minute", [hours, replace(hours, number=4, origin="trial", available=15)], TODAY)
    assert not rules.is_low("minute", [replace(hours, available=31)], TODAY)


def test_more_than_a_little_must_come_to_be_a_rise() -> None:
    since = datetime.datetime.combine(TODAY, datetime.time(9), tzinfo=UTC)
    bought = lot(1, TODAY, available=1, spent=1)  # at noon
    assert rules.has_risen("token", [bought], since)
    assert not rules.has_risen("token", [bought], bought.activated_at)
    assert not rules.has_risen("token", [replace(bought, spent=0)], since)
    assert not rules.has_risen("minute", [bought], since)
    assert not rules.has_risen("token", [replace(bought, origin="trial")], since)


def test_O9_7_for_100_00_and_3_used_leave_57_14() -> None:
    assert 10_000 - rules.worth_cents(10_000, 7, 3) == 5714
    assert 101 - rules.worth_cents(101, 12, 6) == 50
    with pytest.raises(ValueError, match="has no 8 units"):
        rules.worth_cents(10_000, 7, 8)
