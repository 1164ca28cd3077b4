import pytest

from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.ledger import queries
from carnet.ledger.actions import movements
from carnet.ledger.models import CustomerLedger
from carnet.ledger.rules import FREE
from tests.factories.ledger import buckets, give, give_trial, lines, sell, spend, take, ticket


def test_T1_closing_spends_what_was_reserved(martins, claire):
    lot = sell(martins, 8)
    take(claire, martins)
    (line,) = spend(martins)
    assert (line.kind, line.rule, line.from_bucket, line.to_bucket, line.person_id) == (
        "spent", "T2", "reserved", "spent", claire.pk,
    )  # fmt: skip
    assert buckets(lot) == {"available": 7, "spent": 1}
    assert [(hold.reserved, hold.spent) for hold in queries.holds_of(ticket(1))] == [(0, 1)]


def test_T11_a_reservation_outlives_the_last_day(martins, claire):
    lot = give(martins, 1, until="2027-01-10", at="2027-01-01 12:00")
    take(claire, martins, at="2027-01-10 23:50")
    assert lines(spend(martins, at="2027-01-12 12:00")) == [("spent", "T2", 1, 1)]
    assert buckets(lot) == {"spent": 1}


def test_H3_units_leave_in_the_order_in_which_they_were_reserved(martins, claire):
    give(martins, 12, unit="minute", until="2027-02-01")
    give(martins, 120, unit="minute", until="2027-03-01")
    take(claire, martins, quantity=30, unit="minute")
    assert lines(spend(martins, quantity=25, unit="minute")) == [("spent", "T2", 1, 12), ("spent", "T2", 2, 13)]
    assert lines(spend(martins, quantity=5, unit="minute")) == [("spent", "T2", 2, 5)]


def test_other_tickets_and_other_kinds_of_units_are_not_touched(martins, claire):
    give_trial(martins)
    give(martins, 30, unit="minute")
    take(claire, martins, 1, quantity=15, unit="minute", origins=FREE)
    take(claire, martins, 1, quantity=10, unit="minute")
    take(claire, martins, 2, quantity=10, unit="minute")
    assert lines(spend(martins, 1, 10, unit="minute")) == [("spent", "T2", 2, 10)]
    assert lines(spend(martins, 1, 9, unit="minute", origins=FREE)) == [("spent", "T2", 1, 9)]
    assert [hold.reserved for hold in queries.holds_of(ticket(2))] == [10]


def test_more_than_is_reserved_is_refused(martins, claire):
    lot = sell(martins, 8)
    take(claire, martins, quantity=2)
    with pytest.raises(movements.NotReserved) as refused:
        spend(martins, quantity=3)
    assert refused.value.values == {"unit": "token", "wanted": 3, "found": 2}
    assert buckets(lot) == {"available": 6, "reserved": 2}
    with pytest.raises(ValueError, match="one unit or more"):
        spend(martins, quantity=0)


def test_L12_the_same_key_spends_once(martins, claire):
    lot = sell(martins, 8)
    take(claire, martins, quantity=2)
    first = spend(martins, key="close:1")
    assert [line.pk for line in spend(martins, key="close:1")] == [line.pk for line in first]
    assert buckets(lot) == {"available": 6, "reserved": 1, "spent": 1}
    with pytest.raises(KeyReused):
        spend(martins, quantity=2, key="close:1")


def test_it_is_audited(martins, claire):
    sell(martins)
    take(claire, martins)
    spend(martins)
    entry = Entry.objects.get(code="units.spent")
    assert (entry.subject_kind, entry.subject_id) == ("ticket", 1)
    assert entry.details == {"unit": "token", "quantity": 1, "sequence": 3, "head": CustomerLedger.objects.get().head}
