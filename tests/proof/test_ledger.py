"""Whatever somebody with the database in hand does to a ledger, `faults` finds it and names it."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from carnet.audit.models import Entry
from carnet.kernel import append_only, chain
from carnet.ledger.actions import movements
from carnet.ledger.models import CustomerLedger, Hold, Lot, Movement
from carnet.ledger.rules import FREE
from carnet.proof.replays import ledger
from carnet.proof.shown.faults import sentence
from tests.factories.ledger import TEST, give, give_trial, let_go, moment, new_key, sell, spend, take
from tests.proofs import all_ledger_faults, ledger_faults


@pytest.fixture
def story(martins, robledo, claire, ines):
    """Thirteen lines of the Martins, see `test_all_is_well`, and two of another customer."""
    sell(martins, 8, at="2027-01-11 12:00")
    give(martins, 1, at="2027-01-12 12:00")
    take(claire, martins, 1, quantity=2, at="2027-01-13 12:00")
    (wrong,) = spend(martins, 1, 1, at="2027-01-14 12:00")
    let_go(martins, 1, at="2027-01-14 12:00")
    give_trial(martins, at="2027-01-15 12:00")
    take(claire, martins, 2, quantity=15, unit="minute", origins=FREE, at="2027-01-16 12:00")
    sell(martins, 5, at="2027-01-17 12:00")
    movements.correct(movement=wrong, quantity=1, rule="T14", by=TEST, at=moment("2027-01-18 12:00"), key=new_key())
    take(claire, martins, 3, at="2027-01-19 12:00")
    sell(robledo, 5, at="2027-01-11 12:00")
    take(ines, robledo, 4, at="2027-01-11 12:00")
    assert all_ledger_faults() == []
    append_only.remove()
    yield martins
    append_only.install()


def found(customer):
    return [(fault.code, fault.values.get("line")) for fault in ledger_faults(customer)]


def lines(customer):
    return list(Movement.objects.filter(customer=customer).order_by("sequence"))


def line(customer, sequence):
    return Movement.objects.filter(customer=customer, sequence=sequence)


def test_all_is_well(story, robledo):
    assert [(found.kind, found.sequence) for found in lines(story)] == [
        ("opened", 1),
        ("opened", 2),
        ("reserved", 3),
        ("reserved", 4),
        ("spent", 5),
        ("released", 6),
        ("opened", 7),
        ("reserved", 8),
        ("last_day", 9),
        ("opened", 10),
        ("last_day", 11),
        ("corrected", 12),
        ("reserved", 13),
    ]
    assert (ledger_faults(story), ledger_faults(robledo)) == ([], [])


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 2},
        {"at": moment("2027-01-11 13:00")},
        {"person_id": 99},
        {"rule": "T9"},
        {"cause_id": 7},
        {"actor_id": 99},
        {"key": "other"},
        {"content": "0" * 64},
        {"hash": "0" * 64},
    ],
    ids=str,
)
def test_a_changed_line(story, change):
    line(story, 4).update(**change)
    assert found(story)[0] == ("line_changed", 4)


def test_a_changed_line_with_its_own_hash_breaks_the_chain(story):
    changed = line(story, 4).get()
    changed.rule = "T9"
    line(story, 4).update(rule="T9", hash=chain.link(changed.hash_before, changed.chained_fields()))
    assert found(story) == [("chain_broken", 5)]


@pytest.mark.parametrize(
    "fact",
    [{"price_cents": 1}, {"shared": False, "person_id": 1}, {"origin": "goodwill"}, {"token_minutes": 60}],
    ids=str,
)
def test_what_is_fixed_about_a_lot_is_part_of_its_opening(story, claire, fact):
    if "person_id" in fact:
        fact = fact | {"person_id": claire.pk}
    Lot.objects.filter(customer=story, number=1).update(**fact)
    assert found(story) == [("line_changed", 1)]


def test_a_deleted_line(story):
    line(story, 6).delete()
    assert found(story)[0] == ("line_missing", 6)


def test_the_first_line_deleted(story):
    Movement.objects.filter(customer=story, sequence=9).delete()
    assert found(story)[0] == ("line_missing", 9)


def test_two_lines_swapped(story):
    first, second = line(story, 5).get(), line(story, 6).get()
    line(story, 5).update(sequence=99)
    line(story, 6).update(sequence=5)
    line(story, 99).update(sequence=6)
    assert (first.hash, second.hash) != (None, None)
    assert found(story)[0] == ("chain_broken", 5)


def test_two_lines_swapped_with_their_places_in_the_chain(story):
    first, second = line(story, 5).get(), line(story, 6).get()
    line(story, 5).update(sequence=99)
    line(story, 6).update(sequence=5, hash_before=first.hash_before)
    line(story, 99).update(sequence=6, hash_before=second.hash)
    assert found(story)[0] == ("line_changed", 5)


def test_a_line_twice(martins):
    """The database would not take it: this is a table whose constraint was dropped."""
    lot = sell(martins)
    (line,) = lines(martins)
    replay = ledger.Journal(martins.pk, {lot.pk: tuple(getattr(lot, name) for name in ledger.FACTS)})
    for _ in range(2):
        replay.follow(tuple(getattr(line, name) for name in (*ledger.COLUMNS, "hash_before", "hash")))
    assert (replay.faults[0].code, replay.faults[0].values["line"]) == ("line_repeated", 1)


def test_a_cut_tail(story):
    line(story, 13).delete()
    whats = [what for what, _ in found(story)]
    assert whats == [
        "ledger_differs",
        "ledger_differs",
        "ledger_differs",
        "audit_differs",
        "lot_differs",
        "lot_differs",
        "hold_differs",
    ]
    assert ledger_faults(story)[0].values == {"line": 12, "field": "movement_count", "journal": 12, "row": 13}


def test_a_cut_tail_with_head_and_count_adapted(story):
    adapt(story, cut=[13])
    assert [what for what, _ in found(story)] == ["audit_differs", "lot_differs", "lot_differs", "hold_differs"]


def test_a_cut_tail_with_everything_adapted_is_known_to_the_audit(story, claire):
    (line_before,) = line(story, 13)
    adapt(story, cut=[13])
    Hold.objects.filter(cause_id=3).delete()
    Lot.objects.filter(pk=line_before.lot_id).update(available=F("available") + 1, reserved=F("reserved") - 1)
    assert found(story) == [("audit_differs", 13)]


def adapt(customer, cut):
    """Cut lines off the end and let the ledger's row say that it was always so."""
    Movement.objects.filter(customer=customer, sequence__in=cut).delete()
    last = lines(customer)[-1]
    CustomerLedger.objects.filter(pk=customer.pk).update(head=last.hash, movement_count=last.sequence, last_at=last.at)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"available": 4, "quantity": 4}, ["available", "quantity"]),
        ({"available": 4, "spent": 1}, ["available", "spent"]),
        ({"available": 0, "frozen": 5}, ["available", "frozen"]),
        ({"last_day": datetime.date(2099, 1, 1)}, ["last_day"]),
    ],
    ids=str,
)
def test_changed_buckets_and_last_days(story, change, fields):
    Lot.objects.filter(customer=story, number=4).update(**change)
    differing = {fault.values["field"] for fault in ledger_faults(story) if fault.code == "lot_differs"}
    assert sorted(differing) == fields


def test_a_lot_out_of_nothing(story):
    lot = Lot.objects.get(customer=story, number=4)
    lot.pk, lot.number = None, 5
    lot.save(force_insert=True)
    assert found(story) == [("lot_without_opening", None)]


@pytest.mark.parametrize("change", [{"reserved": 0}, {"reserved": 2}, {"spent": 1}, {"cause_id": 9}], ids=str)
def test_a_changed_hold(story, change):
    Hold.objects.filter(cause_id=3).update(**change)
    assert {what for what, _ in found(story)} <= {"hold_differs", "hold_missing"}
    assert found(story) != []


def test_a_deleted_hold(story):
    Hold.objects.filter(cause_id=3).delete()
    (fault,) = ledger_faults(story)
    assert (fault.code, fault.values["cause"], fault.values["journal"]) == (
        "hold_missing", "ticket 3", {"reserved": 1, "spent": 0},
    )  # fmt: skip


def test_an_empty_hold_is_not_missed(story):
    let_go(story, 3, at="2027-01-20 12:00")
    Hold.objects.filter(cause_id=3).delete()
    assert ledger_faults(story) == []


def test_a_hold_of_another_person(story, hugo):
    Hold.objects.filter(cause_id=3).update(person=hugo)
    assert sorted(what for what, _ in found(story)) == ["hold_differs", "hold_missing"]


@pytest.mark.parametrize(
    "change", [{"head": "0" * 64}, {"movement_count": 12}, {"lot_count": 9}, {"last_at": None}], ids=str
)
def test_a_changed_ledger(story, change):
    CustomerLedger.objects.filter(pk=story.pk).update(**change)
    assert found(story) == [("ledger_differs", 13)]


def test_a_deleted_ledger(story):
    CustomerLedger.objects.filter(pk=story.pk).delete()
    assert {what for what, _ in found(story)} == {"ledger_differs"}


def forge(customer, sequence, **changes):
    """Change a line and chain it and all later ones anew, as somebody could who reads this code."""
    head = line(customer, sequence).get().hash_before
    for old in lines(customer)[sequence - 1 :]:
        for name, value in changes.items() if old.sequence == sequence else ():
            setattr(old, name, value)
        line(customer, old.sequence).update(
            **(changes if old.sequence == sequence else {}),
            hash_before=head,
            hash=chain.link(head, old.chained_fields()),
        )
        head = line(customer, old.sequence).get().hash
    CustomerLedger.objects.filter(pk=customer.pk).update(head=head)


def test_a_forged_chain_is_known_to_the_audit_and_by_its_effects(story):
    forge(story, 5, rule="T9")
    assert found(story) == [("audit_differs", 13)]
    forge(story, 4, at=moment("2027-01-11 12:00"))
    assert ("time_goes_back", 4) in found(story)
    forge(story, 4, at=moment("2027-01-13 12:00"), quantity=3)
    assert {"lot_differs", "hold_differs"} <= {what for what, _ in found(story)}


def test_a_forged_line_that_takes_what_was_not_there(story):
    forge(story, 13, quantity=30)
    assert ("below_zero", 13) in found(story)


def test_a_forged_last_day(story):
    forge(story, 11, last_day_before=datetime.date(2030, 1, 1))
    assert ("last_day_jumps", 11) in found(story)


def test_an_audit_that_was_emptied_says_nothing(story):
    Entry.objects.all().delete()
    assert found(story) == []


def test_only_the_customer_concerned_is_named(story, robledo):
    line(story, 4).update(rule="T9")
    faults = all_ledger_faults()
    assert {fault.id for fault in faults} == {story.pk}
    assert (ledger_faults(robledo), faults[0].values["line"]) == ([], 4)


def test_portion_by_portion(story, robledo, monkeypatch):
    line(story, 4).update(rule="T9")
    line(robledo, 2).update(rule="T9")
    monkeypatch.setattr(ledger, "CUSTOMERS_AT_ONCE", 1)
    assert [fault.id for fault in all_ledger_faults()] == [story.pk, robledo.pk]


def test_a_fault_reads_like_a_sentence(story, claire):
    line(story, 4).update(rule="T9")
    Hold.objects.filter(cause_id=2).delete()
    lot = Lot.objects.get(customer=story, number=3)
    assert [sentence(fault) for fault in ledger_faults(story)] == [
        f"customer {story.pk}, line 4: the line, or what it says about its pack, was changed after it was written",
        f"customer {story.pk}: what a cause holds is missing "
        f"(cause ticket 2, lot {lot.pk}, person {claire.pk}, journal {{'reserved': 15, 'spent': 0}})",
    ]


@pytest.mark.django_db(transaction=True)
def test_it_reads_as_of_one_instant_outside_a_transaction(martins, claire):
    sell(martins)
    take(claire, martins)
    assert all_ledger_faults() == []
    assert ledger_faults(martins) == []


def test_its_queries_do_not_grow_with_the_journal(story, claire, django_assert_num_queries):
    with django_assert_num_queries(5):
        ledger_faults(story)
    for number in range(10, 15):
        take(claire, story, number, at="2027-01-20 12:00")
    with django_assert_num_queries(5):
        ledger_faults(story)


@pytest.mark.parametrize("sql", ["UPDATE ledger_movement SET quantity = 9", "DELETE FROM ledger_movement"])
def test_L11_the_database_refuses_to_change_or_delete(martins, sql):
    sell(martins)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert ledger_faults(martins) == []
