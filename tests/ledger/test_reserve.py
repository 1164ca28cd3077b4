import pytest
from django.db import connection, transaction

from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.ledger import journal, queries
from carnet.ledger.actions import movements, sharing
from carnet.ledger.models import CustomerLedger, Hold, Movement
from carnet.ledger.rules import FREE, Units
from carnet.people.models import Membership
from tests.factories.ledger import TEST, buckets, day, give, give_trial, lines, moment, sell, spend, take, ticket
from tests.factories.people import make_member, make_person


def test_T1_a_unit_is_held_for_the_ticket(martins, claire):
    lot = sell(martins, 8)
    assert lines(take(claire, martins, 5)) == [("reserved", "T1", 1, 1)]
    assert buckets(lot) == {"available": 7, "reserved": 1}
    hold = Hold.objects.get()
    assert (hold.cause_kind, hold.cause_id, hold.lot, hold.person, hold.reserved, hold.spent) == (
        "ticket", 5, lot, claire, 1, 0,
    )  # fmt: skip


def test_more_for_the_same_ticket_adds_to_its_hold(martins, claire):
    sell(martins, 8)
    take(claire, martins, 5)
    take(claire, martins, 5, quantity=2)
    assert [(hold.reserved, hold.spent) for hold in queries.holds_of(ticket(5))] == [(3, 0)]


@pytest.mark.parametrize("is_read_before", [True, False])
def test_an_account_that_is_locked_knows_what_its_own_reservations_hold(martins, claire, is_read_before):
    lot, other = sell(martins, 1), sell(martins, 8)
    with transaction.atomic():
        account = journal.Account.of(CustomerLedger.objects.lock(martins.pk))
        assert not is_read_before or account.held_by(ticket(5)) == []
        for key, quantity in (("first", 1), ("second", 2)):
            movements.reserve(
                account=account, units=Units("token", quantity), person=claire, cause=ticket(5), rule="T1", key=key,
                by=TEST, at=moment("2027-01-11 12:00"),
            )  # fmt: skip
        held = [(hold.lot_id, hold.reserved) for hold in account.held_by(ticket(5))]
    assert held == [(hold.lot_id, hold.reserved) for hold in queries.holds_of(ticket(5))]
    assert held == [(lot.pk, 1), (other.pk, 2)]


def test_L7_order_of_use(martins, claire):
    z = sell(martins, 20, at="2026-05-20 12:00")
    x = sell(martins, 3, months=6, at="2026-12-30 12:00")
    y = give(martins, 1, until="2027-08-31", at="2026-12-30 12:00")
    z.refresh_from_db()
    assert z.last_day == day("2027-06-30")
    moved = take(claire, martins, quantity=24, at="2027-01-11 12:00")
    assert lines(moved) == [
        ("reserved", "T1", z.number, 20),
        ("reserved", "T1", x.number, 3),
        ("reserved", "T1", y.number, 1),
    ]
    assert len({line.key for line in moved}) == 1
    assert [line.part for line in moved] == [0, 1, 2]


def test_L4_the_last_day_is_included_and_the_next_is_not(martins, claire):
    give(martins, 2, until="2027-01-31")
    assert take(claire, martins, 1, at="2027-01-31 23:59")
    with pytest.raises(movements.NotEnoughUnits) as refused:
        take(claire, martins, 2, at="2027-02-01 00:00")
    assert refused.value.values == {"unit": "token", "wanted": 1, "found": 0}


def test_L10_the_last_unit_goes_once_and_nothing_is_moved_for_the_other(martins, claire, hugo):
    lot = give(martins, 1)
    take(claire, martins, 1)
    before = Movement.objects.count()
    with pytest.raises(movements.NotEnoughUnits):
        take(hugo, martins, 2)
    assert (buckets(lot), Movement.objects.count(), Hold.objects.count()) == ({"reserved": 1}, before, 1)
    assert not Entry.objects.filter(subject_kind="ticket", subject_id=2).exists()


def test_units_are_never_converted(martins, claire):
    give(martins, 60, unit="minute")
    with pytest.raises(movements.NotEnoughUnits):
        take(claire, martins)


def test_F2_trial_minutes_are_reserved_apart_and_begin_to_count_at_first_use(martins, claire):
    trial = give_trial(martins, 15, days=30, at="2027-01-11 12:00")
    give(martins, 60, unit="minute", until="2027-02-01")
    assert trial.last_day is None
    moved = take(claire, martins, quantity=9, unit="minute", origins=FREE, at="2027-03-01 12:00")
    assert lines(moved) == [("reserved", "T1", 1, 9), ("last_day", "F2", 1, 0)]
    trial.refresh_from_db()
    assert trial.last_day == day("2027-03-31")
    moved = take(claire, martins, 2, quantity=6, unit="minute", origins=FREE, at="2027-03-31 23:00")
    assert lines(moved) == [("reserved", "T1", 1, 6)]


def test_L9_a_personal_lot_is_used_by_its_person_and_by_holders(martins, claire, hugo):
    lea = make_person("Léa Martin")
    make_member(martins, lea)
    sell(martins, 5, shared=False, person=hugo)
    assert take(hugo, martins, 1)
    assert take(claire, martins, 2)
    with pytest.raises(movements.UnitsOfOthers):
        take(lea, martins, 3)


def test_L9_goodwill_for_one_person_is_theirs(martins, claire, hugo):
    give(martins, 1, person=claire)
    with pytest.raises(movements.UnitsOfOthers):
        take(hugo, martins)


def test_L9_an_allowance_counts_reserved_and_spent_and_binds_one_member(martins, claire, hugo):
    lot = sell(martins, 20)
    sharing.set_allowance(lot=lot, person=hugo, units=3, by=TEST, at=moment("2027-01-11 12:00"))
    take(hugo, martins, 1, quantity=2)
    spend(martins, 1, 2)
    take(hugo, martins, 2)
    with pytest.raises(movements.AllowanceUsedUp):
        take(hugo, martins, 3)
    assert take(claire, martins, 4, quantity=5)


def test_L9_a_member_who_is_shut_out(martins, hugo):
    lot = sell(martins, 20)
    sharing.set_allowance(lot=lot, person=hugo, units=0, by=TEST, at=moment("2027-01-11 12:00"))
    with pytest.raises(movements.UnitsRestricted):
        take(hugo, martins)


def test_L9_revived_units_keep_their_lots_sharing(martins, hugo):
    sell(martins, 20, at="2026-01-10 12:00")
    sell(martins, 1, shared=False, person=hugo, at="2027-03-05 12:00")
    lea = make_person("Léa Martin")
    make_member(martins, lea)
    assert lines(take(lea, martins, quantity=20, at="2027-03-06 12:00")) == [("reserved", "T1", 1, 20)]


@pytest.mark.parametrize("role", [None, "buyer", "ended"])
def test_strangers_buyers_and_removed_persons_take_nothing(martins, ines, role):
    sell(martins)
    if role == "buyer":
        make_member(martins, ines, role="buyer")
    elif role == "ended":
        Membership.objects.filter(pk=make_member(martins, ines).pk).update(ended_at=moment("2027-01-11 11:00"))
    with pytest.raises(movements.NotAMember):
        take(ines, martins)


def test_L12_the_same_key_moves_once(martins, claire):
    lot = sell(martins)
    first = take(claire, martins, key="open:1")
    again = take(claire, martins, key="open:1", at="2027-02-01 12:00")
    assert [line.pk for line in again] == [line.pk for line in first]
    assert buckets(lot) == {"available": 19, "reserved": 1}
    with pytest.raises(KeyReused):
        take(claire, martins, quantity=2, key="open:1")
    with pytest.raises(KeyReused):
        take(claire, martins, number=2, key="open:1")


def test_a_refused_request_may_come_again_with_its_key(martins, claire):
    with pytest.raises(movements.NotEnoughUnits):
        take(claire, martins, key="open:1")
    sell(martins)
    assert take(claire, martins, key="open:1")


def test_the_journal_never_goes_back_in_time(martins, claire):
    give(martins, until="2027-01-31", at="2027-01-11 12:00")
    (line,) = take(claire, martins, at="2027-01-01 12:00")
    assert line.at == moment("2027-01-11 12:00")


def test_it_is_audited(martins, claire):
    sell(martins)
    take(claire, martins, 5)
    entry = Entry.objects.get(code="units.reserved")
    head = CustomerLedger.objects.get().head
    assert (entry.subject_kind, entry.subject_id, entry.customer_id) == ("ticket", 5, martins.pk)
    assert entry.details == {"unit": "token", "quantity": 1, "sequence": 2, "head": head}


def test_nothing_can_be_asked_for_less_than_one(martins, claire):
    sell(martins)
    with pytest.raises(ValueError, match="one unit or more"):
        take(claire, martins, quantity=0)


def test_its_queries_do_not_grow_with_the_journal(martins, claire, hugo, django_assert_num_queries):
    """Lock, key, membership and lots; allowances; everything that is written: each together on PostgreSQL."""
    queries_of_one = {"sqlite": 10, "postgresql": 3}[connection.vendor]
    sell(martins, 100)
    for number in range(1, 4):
        take(hugo, martins, number)
    with django_assert_num_queries(queries_of_one):
        take(hugo, martins, 4)
    for number in range(5, 15):
        take(hugo, martins, number)
    with django_assert_num_queries(queries_of_one):
        take(hugo, martins, 15)
