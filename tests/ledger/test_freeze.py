"""O7, O9, O10: units of a payment in dispute are frozen, come back or go, and so does what their pack did to others."""

import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.audit.models import Entry
from carnet.kernel.keys import Cause
from carnet.kernel.refused import KeyReused
from carnet.ledger import rules
from carnet.ledger.actions import freezing, movements
from carnet.ledger.models import CustomerLedger, Lot, Movement
from tests.factories.ledger import (
    TEST,
    buckets,
    day,
    give,
    give_trial,
    let_go,
    lines,
    moment,
    new_key,
    sell,
    spend,
    take,
)
from tests.factories.processes import all_at_once
from tests.proofs import ledger_faults

PAYMENT = Cause("payment", 7)


def act(verb, lot, at="2027-02-01 12:00", **more):
    given = {"lot": lot, "cause": PAYMENT, "by": TEST, "at": moment(at), "key": new_key()}
    return getattr(freezing, verb)(**(given | more))


def fresh(lot):
    return Lot.objects.get(pk=lot.pk)


def faults(customer):
    return [str(fault) for fault in ledger_faults(customer)]


@pytest.fixture
def twenty(martins, claire):
    """20 bought, 5 used."""
    lot = sell(martins, 20)
    take(claire, martins, 1, quantity=5)
    spend(martins, 1, 5)
    return lot


@pytest.mark.django_db
def test_O7_unused_units_are_frozen_and_thawed_with_the_days_that_it_lasted(twenty, martins, claire):
    assert lines(act("freeze", twenty)) == [("frozen", "O7", 1, 15)]
    lot = fresh(twenty)
    assert (lot.available, lot.spent, lot.frozen, lot.frozen_at) == (0, 5, 15, moment("2027-02-01 12:00"))
    with pytest.raises(movements.NotEnoughUnits):
        take(claire, martins, 2, at="2027-02-02 12:00")
    assert lines(act("unfreeze", twenty, "2027-02-13 09:00")) == [("unfrozen", "O7", 1, 15), ("last_day", "O7", 1, 0)]
    lot = fresh(twenty)
    assert (lot.available, lot.frozen, lot.frozen_at, lot.last_day) == (15, 0, None, day("2028-01-23"))
    codes = Entry.objects.filter(subject_kind="payment").order_by("id").values_list("code", flat=True)
    assert (list(codes), faults(martins)) == (["units.frozen", "units.unfrozen"], [])


@pytest.mark.django_db
def test_O7_reserved_units_finish_their_ticket_and_one_released_meanwhile_is_frozen(martins, claire):
    lot = sell(martins, 3)
    take(claire, martins, 1, quantity=3)
    assert lines(act("freeze", lot)) == [("frozen", "O7", 1, 0)]
    spend(martins, 1, at="2027-02-02 12:00")
    assert lines(let_go(martins, 1, at="2027-02-03 12:00")) == [("released", "T12", 1, 2), ("frozen", "O7", 1, 2)]
    assert (fresh(lot).available, fresh(lot).frozen, fresh(lot).spent) == (0, 2, 1)
    assert lines(act("freeze", lot, "2027-02-04 12:00")) == [("frozen", "O7", 1, 0)]
    assert fresh(lot).frozen_at == moment("2027-02-01 12:00")  # still since then
    assert faults(martins) == []


@pytest.mark.django_db
def test_O7_a_correction_into_a_frozen_lot_is_frozen_too(twenty, martins):
    act("freeze", twenty)
    spent = Movement.objects.get(kind="spent")
    movements.correct(movement=spent, quantity=1, rule="T14", by=TEST, at=moment("2027-02-02 12:00"), key=new_key())
    assert (fresh(twenty).available, fresh(twenty).frozen, faults(martins)) == (0, 16, [])


@pytest.mark.django_db
def test_O7_lost_the_frozen_units_go(twenty, martins):
    act("freeze", twenty)
    assert lines(act("refund", twenty, quantity=15)) == [("refunded", "O9", 1, 15)]
    assert (fresh(twenty).frozen, fresh(twenty).refunded, faults(martins)) == (0, 15, [])


@pytest.mark.django_db
def test_O9_a_pack_or_a_part_of_it_is_refunded_but_not_what_is_reserved(martins, claire):
    lot = sell(martins, 5)
    take(claire, martins, 1, quantity=2)
    act("refund", lot, quantity=1)
    with pytest.raises(movements.NotEnoughUnits):
        act("refund", lot, quantity=3)
    with pytest.raises(ValueError, match="one unit"):
        act("refund", lot, quantity=0)
    act("refund", lot, "2029-01-01 12:00", quantity=2)  # dormant
    assert (fresh(lot).available, fresh(lot).reserved, fresh(lot).refunded, faults(martins)) == (0, 2, 3, [])


@pytest.mark.django_db
def test_L12_the_same_key_again_moves_nothing(twenty):
    for verb, more in (("freeze", {}), ("unfreeze", {}), ("refund", {"quantity": 2})):
        first = act(verb, twenty, key=verb, **more)
        assert act(verb, twenty, key=verb, **more) == first
    with pytest.raises(KeyReused):
        act("refund", twenty, key="refund", quantity=3)
    with pytest.raises(freezing.NotFrozen):
        act("unfreeze", twenty)


def lot_view(price_quantity, **changed):
    at = moment("2027-01-11 12:00")
    given = {"number": 1, "origin": "purchased", "unit": "token", "activated_at": at, "activated_on": at.date(),
             "last_day": None, "available": price_quantity}  # fmt: skip
    return rules.LotView(**(given | changed))


def test_O9_the_worth_of_what_is_refunded():
    assert rules.refund_cents(lot_view(4, spent=3), 10_000, 4) == 5_714
    assert rules.refund_cents(lot_view(6, spent=6), 101, 6) == 50
    assert rules.refund_cents(lot_view(17, spent=3), 30_000, 17) == 25_500
    assert rules.refund_cents(lot_view(1), 0, 1) == 0


@given(price=st.integers(0, 10**7), units=st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_O9_spent_and_refunded_and_left_are_the_price(price, units):
    quantity, value, gone = sum(units), 0, 0
    for part in units:
        value += rules.refund_cents(lot_view(quantity - gone, spent=gone // 2, refunded=gone - gone // 2), price, part)
        gone += part
    assert value == price


@pytest.fixture
def revived(martins, claire):
    """The example of L5 and O10: 6 dormant units are revived by another pack, 2 of them are used."""
    old = sell(martins, 20, at="2026-01-10 12:00")
    take(claire, martins, 1, quantity=14, at="2026-01-11 12:00")
    spend(martins, 1, 14, at="2026-01-12 12:00")
    new = sell(martins, 1, at="2027-03-05 12:00")
    assert fresh(old).last_day == day("2028-03-05")
    take(claire, martins, 2, quantity=2, at="2027-03-06 12:00")
    spend(martins, 2, 2, at="2027-03-07 12:00")
    return old, new


@pytest.mark.django_db
def test_O10_revived_units_are_dormant_again_and_a_thaw_restores_it(revived, martins):
    old, new = revived
    assert lines(act("freeze", new, "2027-04-01 12:00"))[1:] == [("last_day", "O10", 1, 0)]
    assert (fresh(old).available, fresh(old).last_day) == (4, day("2027-01-10"))
    act("unfreeze", new, "2027-04-11 12:00")
    assert (fresh(old).last_day, fresh(new).last_day) == (day("2028-03-05"), day("2028-03-15"))
    act("refund", new, "2027-05-01 12:00", quantity=1)
    assert (fresh(old).last_day, faults(martins)) == (day("2027-01-10"), [])


@pytest.mark.django_db
def test_O10_not_before_nothing_of_the_pack_is_available(martins):
    old = sell(martins, 5, at="2026-01-10 12:00")
    new = sell(martins, 3, at="2026-06-10 12:00")
    act("refund", new, "2026-07-01 12:00", quantity=1)
    assert fresh(old).last_day == day("2027-06-10")
    act("refund", new, "2026-07-02 12:00", quantity=2)
    assert fresh(old).last_day == day("2027-01-10")


@pytest.mark.django_db
def test_O10_what_other_packs_and_releases_did_stays(martins, claire):
    old = sell(martins, 5, at="2026-01-10 12:00")
    take(claire, martins, 1, at="2026-01-11 12:00")
    second = sell(martins, 2, months=6, at="2026-12-01 12:00")  # extends to 1 June 2027
    let_go(martins, 1, at="2027-05-20 12:00", provider_caused=True)  # until 19 June 2027
    act("freeze", old, "2027-06-01 12:00")
    act("unfreeze", old, "2027-06-03 12:00")  # until 21 June 2027
    third = sell(martins, 1, at="2027-06-05 12:00")  # extends to 5 June 2028
    act("refund", second, "2027-06-06 12:00", quantity=2)
    assert fresh(old).last_day == day("2028-06-05")
    act("refund", third, "2027-06-07 12:00", quantity=1)
    assert (fresh(old).last_day, faults(martins)) == (day("2027-06-21"), [])


@pytest.mark.django_db
def test_O10_an_activation_that_found_an_empty_lot_did_nothing_to_it(martins, claire):
    old = sell(martins, 1, at="2026-01-10 12:00")
    take(claire, martins, 1, at="2026-01-11 12:00")
    spend(martins, 1, at="2026-01-12 12:00")
    first = sell(martins, 1, at="2026-06-10 12:00")
    spent = Movement.objects.get(kind="spent")
    movements.correct(movement=spent, quantity=1, rule="T14", by=TEST, at=moment("2026-06-20 12:00"), key=new_key())
    assert fresh(old).last_day == day("2027-06-10")  # as if it had not been spent (T12)
    act("refund", first, "2026-07-01 12:00", quantity=1)
    assert (fresh(old).last_day, faults(martins)) == (day("2027-01-10"), [])


@pytest.mark.django_db
def test_O7_goodwill_is_frozen_alone(martins):
    lot = give(martins, 2)
    act("freeze", lot)
    assert buckets(fresh(lot))["frozen"] == 2
    trial = give_trial(martins)  # without a last day before its first use (F2)
    act("freeze", trial)
    assert lines(act("unfreeze", trial, "2027-02-05 12:00")) == [("unfrozen", "O7", 2, 15)]
    assert (fresh(trial).last_day, faults(martins)) == (None, [])


@pytest.mark.django_db
def test_a_changed_freeze_is_found(twenty, martins):
    act("freeze", twenty)
    Lot.objects.filter(pk=twenty.pk).update(frozen_at=None)
    assert ["frozen_at" in fault for fault in faults(martins)] == [True]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_random_histories_keep_every_bucket(martins, claire, seed):
    """Per lot the buckets add up, nothing is below zero, and the replay agrees, whatever comes in whatever order."""
    chance = random.Random(seed)
    lots = [sell(martins, chance.randint(1, 6), months=chance.choice((6, 12))) for _ in range(3)]
    for number in range(40):
        at, lot = f"2027-{2 + number // 20:02}-{1 + number % 20:02} 12:00", chance.choice(lots)
        verbs = [
            partial(act, "freeze", lot, at), partial(act, "unfreeze", lot, at),
            partial(act, "refund", lot, at, quantity=1),
            partial(take, claire, martins, number % 5, at=at), partial(let_go, martins, number % 5, at=at),
            partial(spend, martins, number % 5, at=at),
        ]  # fmt: skip
        try:
            chance.choice(verbs)()
        except (movements.NotEnoughUnits, movements.NotReserved, freezing.NotFrozen):
            continue
    assert faults(martins) == []
    assert CustomerLedger.objects.get().movement_count == Movement.objects.count()
    for lot in map(fresh, lots):
        assert lot.available + lot.reserved + lot.spent + lot.frozen + lot.refunded == lot.quantity
        assert not (lot.frozen_at and lot.available)


@pytest.mark.django_db(transaction=True)
def test_L10_the_last_units_are_taken_or_refunded_not_both(martins, claire):
    lot = sell(martins, 3)
    acts = [partial(act, "refund", lot, quantity=1) for _ in range(4)]
    acts += [partial(take, claire, martins, number, at="2027-02-01 12:00") for number in range(4)]
    results = all_at_once(acts)
    assert sum(not isinstance(result, Exception) for result in results) == 3
    assert (fresh(lot).available, faults(martins)) == (0, [])


@pytest.mark.parametrize(
    ("cents", "units"), [(0, 0), (1_427, 0), (1_428, 1), (1_429, 1), (4_286, 3), (5_713, 3), (5_714, 4), (99_999, 4)]
)
def test_O9_how_many_units_a_sum_pays_for(cents, units):
    assert rules.units_worth(lot_view(4, spent=3), 10_000, cents) == units


@given(price=st.integers(0, 10**6), left=st.integers(0, 300), spent=st.integers(0, 300), cents=st.integers(0, 10**6))
def test_O9_one_unit_more_is_not_paid_for(price, left, spent, cents):
    view = lot_view(left, spent=spent)
    units = rules.units_worth(view, price, cents)
    assert units == 0 or rules.refund_cents(view, price, units) <= cents
    assert units == left or rules.refund_cents(view, price, units + 1) > cents
