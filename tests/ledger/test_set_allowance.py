import pytest

from carnet.audit.models import Entry
from carnet.ledger import queries
from carnet.ledger.actions import movements, sharing
from carnet.ledger.models import Allowance, CustomerLedger
from tests.factories.ledger import TEST, give, moment, sell, take

AT = moment("2027-01-11 12:00")


def allow(lot, person, units):
    sharing.set_allowance(lot=lot, person=person, units=units, by=TEST, at=AT)


def drawable(customer, person):
    return sum(found.units for found in queries.drawable(customer, person, "token", AT))


def test_L9_a_holder_sets_changes_and_lifts_it(martins, hugo):
    lot = sell(martins, 20)
    assert drawable(martins, hugo) == 20
    allow(lot, hugo, 3)
    assert drawable(martins, hugo) == 3
    allow(lot, hugo, 5)
    assert drawable(martins, hugo) == 5
    allow(lot, hugo, None)
    assert (drawable(martins, hugo), Allowance.objects.count()) == (20, 0)


def test_L9_what_was_drawn_stays_theirs(martins, hugo):
    lot = sell(martins, 20)
    take(hugo, martins, quantity=4)
    allow(lot, hugo, 3)
    assert drawable(martins, hugo) == 0
    assert queries.balance_on(martins, AT.date()).tokens.reserved == 4


def test_L9_it_binds_no_holder_and_no_other_lot(martins, claire, hugo):
    lot = sell(martins, 20)
    sell(martins, 20)
    allow(lot, hugo, 0)
    allow(lot, claire, 0)
    assert (drawable(martins, hugo), drawable(martins, claire)) == (20, 40)


def test_only_shared_lots_have_allowances(martins, claire, hugo):
    lot = give(martins, 1, person=claire)
    with pytest.raises(sharing.LotNotShared):
        allow(lot, hugo, 1)


def test_a_stranger_has_none(martins, ines):
    with pytest.raises(movements.NotAMember):
        allow(sell(martins, 20), ines, 1)


def test_it_is_audited(martins, hugo):
    lot = sell(martins, 20)
    allow(lot, hugo, 3)
    entry = Entry.objects.get(code="allowance.set")
    assert (entry.subject_kind, entry.subject_id, entry.customer_id) == ("lot", lot.pk, martins.pk)
    assert entry.details == {"person": hugo.pk, "units": 3}


def test_the_same_again_is_not_written(martins, hugo):
    lot = sell(martins, 20)
    allow(lot, hugo, None)
    for _ in range(2):
        allow(lot, hugo, 3)
    assert Entry.objects.filter(code="allowance.set").count() == 1


def test_T15_only_more_lets_what_waits_go_on(martins, hugo):
    lot = sell(martins, 20)
    for units, is_noted in ((3, False), (2, False), (4, True)):
        CustomerLedger.objects.update(loosened_at=None)
        allow(lot, hugo, units)
        assert (CustomerLedger.objects.get().loosened_at == AT) is is_noted
    CustomerLedger.objects.update(loosened_at=None)
    allow(lot, hugo, None)
    assert CustomerLedger.objects.get().loosened_at == AT
