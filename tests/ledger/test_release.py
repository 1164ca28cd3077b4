import pytest

from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.ledger import queries
from carnet.ledger.actions import movements
from carnet.ledger.rules import FREE
from tests.factories.ledger import buckets, day, give, give_trial, let_go, lines, sell, spend, take, ticket


def test_T12_a_released_unit_goes_back_to_its_lot(martins, claire):
    lot = sell(martins, 8)
    take(claire, martins)
    assert lines(let_go(martins)) == [("released", "T12", 1, 1)]
    assert buckets(lot) == {"available": 8}
    assert [(hold.reserved, hold.spent) for hold in queries.holds_of(ticket(1))] == [(0, 0)]


def test_T12_it_has_the_last_day_that_the_lot_then_has(martins, claire):
    a = sell(martins, 1, at="2026-01-10 12:00")
    take(claire, martins, at="2027-01-05 12:00")
    sell(martins, 1, at="2027-01-20 12:00")
    let_go(martins, at="2027-02-01 12:00")
    a.refresh_from_db()
    assert a.last_day == day("2028-01-20")
    assert queries.balance_on(martins, day("2028-01-20")).tokens.available == 2


def test_T12_past_the_last_day_it_is_dormant_or_lapsed(martins, claire):
    sell(martins, 1, at="2026-01-10 12:00")
    give(martins, 1, until="2026-12-31", at="2026-01-10 12:00")
    take(claire, martins, quantity=2, at="2026-12-05 12:00")
    let_go(martins, at="2027-02-01 12:00")
    balance = queries.balance_on(martins, day("2027-02-01")).tokens
    assert (balance.available, balance.dormant, balance.lapsed) == (0, 1, 1)


def test_T12_caused_by_the_provider_it_lives_30_days_more(martins, claire):
    lot = give(martins, 1, until="2027-01-15")
    take(claire, martins)
    moved = let_go(martins, provider_caused=True, at="2027-02-01 12:00")
    assert lines(moved) == [("released", "T12", 1, 1), ("last_day", "T12", 1, 0)]
    lot.refresh_from_db()
    assert lot.last_day == day("2027-03-03")
    assert take(claire, martins, 2, at="2027-03-03 12:00")


def test_T12_never_earlier(martins, claire):
    lot = give(martins, 1, until="2027-12-31")
    take(claire, martins)
    assert lines(let_go(martins, provider_caused=True)) == [("released", "T12", 1, 1)]
    lot.refresh_from_db()
    assert lot.last_day == day("2027-12-31")


def test_the_last_reserved_go_back_first(martins, claire):
    give(martins, 2, until="2027-02-01")
    give(martins, 2, until="2027-03-01")
    take(claire, martins, quantity=4)
    assert lines(let_go(martins, quantity=3)) == [("released", "T12", 2, 2), ("released", "T12", 1, 1)]
    assert lines(let_go(martins)) == [("released", "T12", 1, 1)]


def test_H4_the_rest_after_spending(martins, claire):
    lot = give(martins, 60, unit="minute")
    take(claire, martins, quantity=60, unit="minute")
    spend(martins, quantity=47, unit="minute")
    assert lines(let_go(martins, unit="minute")) == [("released", "T12", 1, 13)]
    assert buckets(lot) == {"available": 13, "spent": 47}


def test_free_minutes_are_released_apart_and_may_have_lapsed(martins, claire):
    give_trial(martins, 15, days=30)
    give(martins, 10, unit="minute")
    take(claire, martins, quantity=15, unit="minute", origins=FREE)
    take(claire, martins, quantity=10, unit="minute")
    assert lines(let_go(martins, unit="minute", origins=FREE, at="2027-03-01 12:00")) == [("released", "T12", 1, 15)]
    balance = queries.balance_on(martins, day("2027-03-01"))
    assert (balance.free_minutes.lapsed, balance.minutes.reserved) == (15, 10)


def test_more_than_is_reserved_is_refused(martins, claire):
    sell(martins)
    take(claire, martins)
    with pytest.raises(movements.NotReserved) as refused:
        let_go(martins, quantity=2)
    assert refused.value.values == {"unit": "token", "wanted": 2, "found": 1}


def test_L12_the_same_key_releases_once(martins, claire):
    lot = sell(martins, 8)
    take(claire, martins, quantity=2)
    first = let_go(martins, quantity=1, key="close:1")
    assert [line.pk for line in let_go(martins, quantity=1, key="close:1")] == [line.pk for line in first]
    assert buckets(lot) == {"available": 7, "reserved": 1}
    with pytest.raises(KeyReused):
        let_go(martins, quantity=1, key="close:1", provider_caused=True)


def test_it_is_audited(martins, claire):
    sell(martins)
    take(claire, martins)
    let_go(martins)
    entry = Entry.objects.get(code="units.released")
    assert (entry.subject_kind, entry.subject_id, entry.details["quantity"]) == ("ticket", 1, 1)
