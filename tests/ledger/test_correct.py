import pytest

from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.ledger import queries
from carnet.ledger.actions import movements
from carnet.ledger.models import Movement
from carnet.provider import actions as provider
from tests.factories.ledger import (
    NOON,
    TEST,
    buckets,
    day,
    give,
    let_go,
    lines,
    moment,
    new_key,
    sell,
    spend,
    take,
    ticket,
)


def correct(movement, quantity=1, *, at=NOON, key=None, provider_caused=False):
    return movements.correct(
        movement=movement,
        quantity=quantity,
        rule="T14",
        provider_caused=provider_caused,
        by=TEST,
        at=moment(at),
        key=key or new_key(),
    )


def spent(person, customer, quantity=1, *, at=NOON):
    take(person, customer, quantity=quantity, at=at)
    (line,) = spend(customer, quantity=quantity, at=at)
    return line


def test_L11_a_correction_names_the_movement_and_gives_units_back(martins, claire):
    lot = sell(martins, 8)
    wrong = spent(claire, martins, 2)
    (line,) = correct(wrong)
    assert (line.kind, line.rule, line.corrects, line.from_bucket, line.to_bucket, line.person_id) == (
        "corrected", "T14", wrong, "spent", "available", claire.pk,
    )  # fmt: skip
    assert buckets(lot) == {"available": 7, "spent": 1}
    assert [(hold.reserved, hold.spent) for hold in queries.holds_of(ticket(1))] == [(0, 1)]


def test_L11_a_correction_is_corrected_by_taking_the_units_again(martins, claire):
    lot = sell(martins, 8)
    wrong = spent(claire, martins, 2)
    (back,) = correct(wrong, 2)
    (again,) = correct(back)
    assert (again.corrects, again.from_bucket, again.to_bucket) == (back, "available", "spent")
    assert buckets(lot) == {"available": 7, "spent": 1}
    assert correct(wrong)
    assert buckets(lot) == {"available": 8}


def test_no_more_than_was_moved_and_not_corrected_yet(martins, claire):
    sell(martins, 8)
    wrong = spent(claire, martins, 2)
    correct(wrong)
    with pytest.raises(movements.NothingToCorrect) as refused:
        correct(wrong, 2)
    assert refused.value.values == {"wanted": 2, "found": 1}


def test_units_that_are_used_again_can_not_be_taken(martins, claire):
    sell(martins, 1)
    (back,) = correct(spent(claire, martins))
    take(claire, martins, 2)
    with pytest.raises(movements.NotEnoughUnits):
        correct(back)


@pytest.mark.parametrize("kind", ["opened", "reserved", "released"])
def test_other_movements_have_their_own_ways_back(martins, claire, kind):
    sell(martins, 8)
    take(claire, martins)
    let_go(martins)
    with pytest.raises(ValueError, match="not to be corrected"):
        correct(Movement.objects.get(kind=kind))


def test_nothing_can_not_be_corrected(martins, claire):
    sell(martins, 8)
    with pytest.raises(ValueError, match="not to be corrected"):
        correct(spent(claire, martins), 0)


def test_T12_what_comes_back_has_what_later_activations_would_have_given_it(martins, claire):
    lot = sell(martins, 1, at="2026-01-10 12:00")
    wrong = spent(claire, martins, at="2026-02-01 12:00")
    sell(martins, 5, at="2027-03-01 12:00")  # would have revived it (L5)
    sell(martins, 5, months=6, at="2027-04-01 12:00")  # gives nothing earlier (L6)
    sell(martins, 5, at="2027-06-01 12:00")  # would have extended it (L6)
    lot.refresh_from_db()
    assert lot.last_day == day("2027-01-10")
    moved = correct(wrong, at="2027-07-01 12:00")
    assert lines(moved) == [("corrected", "T14", 1, 1), ("last_day", "T12", 1, 0)]
    lot.refresh_from_db()
    assert lot.last_day == day("2028-06-01")


def test_T12_by_the_settings_that_ruled_then(martins, claire):
    lot = sell(martins, 1, at="2026-01-10 12:00")
    wrong = spent(claire, martins, at="2026-02-01 12:00")
    provider.change_setting(name="early_renewal", value="keeps", by=TEST, at=moment("2026-05-01 12:00"))
    sell(martins, 5, at="2026-06-01 12:00")
    provider.change_setting(name="early_renewal", value="extends", by=TEST, at=moment("2026-07-01 12:00"))
    assert lines(correct(wrong, at="2026-08-01 12:00")) == [("corrected", "T14", 1, 1)]
    lot.refresh_from_db()
    assert lot.last_day == day("2027-01-10")


def test_T12_what_lapsed_stays_lapsed_unless_the_provider_caused_it(martins, claire):
    give(martins, 2, until="2027-01-31")
    wrong = spent(claire, martins, 2)
    correct(wrong, at="2027-03-01 12:00")
    assert queries.balance_on(martins, day("2027-03-01")).tokens.lapsed == 1
    correct(wrong, provider_caused=True, at="2027-03-01 12:00")
    balance = queries.balance_on(martins, day("2027-03-31")).tokens
    assert (balance.lapsed, balance.available) == (0, 2)


def test_L12_the_same_key_corrects_once(martins, claire):
    lot = sell(martins, 8)
    wrong = spent(claire, martins, 2)
    first = correct(wrong, key="less")
    assert [line.pk for line in correct(wrong, key="less")] == [line.pk for line in first]
    assert buckets(lot) == {"available": 7, "spent": 1}
    with pytest.raises(KeyReused):
        correct(wrong, 2, key="less")


def test_it_is_audited(martins, claire):
    sell(martins, 8)
    wrong = spent(claire, martins)
    correct(wrong)
    entry = Entry.objects.get(code="units.corrected")
    assert (entry.subject_kind, entry.subject_id, entry.details["corrects"]) == ("ticket", 1, wrong.pk)
