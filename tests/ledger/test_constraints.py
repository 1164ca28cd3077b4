"""What no code of ours may do, the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from carnet.ledger.actions import sharing
from carnet.ledger.models import CustomerLedger, Hold, Lot, Movement
from tests.factories.ledger import TEST, give, moment, sell, take


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


@pytest.mark.parametrize("bucket", ["available", "reserved", "spent", "frozen", "refunded"])
def test_L10_no_bucket_is_negative(martins, bucket):
    sell(martins, 8)
    other = "spent" if bucket == "available" else "available"
    refused(lambda: Lot.objects.update(**{bucket: F(bucket) - 9, other: F(other) + 9}))


def test_the_buckets_are_the_quantity(martins):
    sell(martins, 8)
    refused(lambda: Lot.objects.update(available=9))
    refused(lambda: Lot.objects.update(quantity=9))


def test_a_lot_has_units_an_end_and_users(martins):
    give(martins)
    refused(lambda: Lot.objects.update(quantity=0, available=0))
    refused(lambda: Lot.objects.update(last_day=None))
    refused(lambda: Lot.objects.update(shared=False))


def test_a_number_is_given_once_and_a_trial_too(martins):
    sell(martins)
    sell(martins)
    refused(lambda: Lot.objects.update(number=1))
    refused(lambda: Lot.objects.update(origin="trial"))


def test_a_hold_is_one_per_cause_lot_and_person_and_never_negative(martins, claire):
    sell(martins)
    take(claire, martins)
    refused(lambda: Hold.objects.update(reserved=F("reserved") - 2))
    refused(lambda: Hold.objects.update(spent=F("spent") - 1))
    hold = Hold.objects.get()
    hold.pk = None
    refused(lambda: hold.save(force_insert=True))


@pytest.mark.parametrize(
    ("kind", "source", "target", "quantity"),
    [
        ("opened", "reserved", "available", 1),
        ("reserved", "spent", "reserved", 1),
        ("released", "reserved", "spent", 1),
        ("spent", "available", "spent", 1),
        ("corrected", "spent", "available", 1),
        ("reserved", "available", "reserved", 0),
        ("frozen", "reserved", "frozen", 1),
        ("unfrozen", "frozen", "spent", 1),
        ("refunded", "reserved", "refunded", 1),
        ("refunded", "available", "refunded", 0),
        ("last_day", "", "", 0),
        ("last_day", "available", "reserved", 1),
    ],
)
def test_a_movement_does_what_its_kind_says(martins, kind, source, target, quantity):
    lot = sell(martins)
    refused(
        lambda: Movement.objects.create(
            customer=martins,
            sequence=2,
            at=moment("2027-01-11 12:00"),
            lot=lot,
            kind=kind,
            rule="T1",
            unit="token",
            quantity=quantity,
            from_bucket=source,
            to_bucket=target,
            cause_kind="ticket",
            cause_id=1,
            actor_kind="system",
            key="k",
            content="",
            hash_before="",
            hash="",
        )
    )


def test_L12_a_place_and_a_key_in_the_journal_are_taken_once(martins):
    sell(martins)
    line = Movement.objects.get()
    line.pk, line.key = None, "other"
    refused(lambda: line.save(force_insert=True))
    line.sequence, line.key = 2, Movement.objects.get().key
    refused(lambda: line.save(force_insert=True))


def test_a_ledger_is_made_when_it_is_first_locked(martins):
    with transaction.atomic():
        first = CustomerLedger.objects.lock(martins.pk)
        again = CustomerLedger.objects.lock(martins.pk)
    assert (first, first.movement_count, again) == (CustomerLedger.objects.get(), 0, first)


def test_rows_say_what_they_are(martins, claire, hugo):
    lot = give(martins, 3)
    (line,) = take(claire, martins, 5)
    sharing.set_allowance(lot=lot, person=hugo, units=2, by=TEST, at=moment("2027-01-11 12:00"))
    ledger, hold = CustomerLedger.objects.get(), Hold.objects.get()
    lot.refresh_from_db()
    assert [str(row) for row in (ledger, lot, lot.note, lot.allowances.get(), hold, line)] == [
        f"ledger of {martins.pk}, 2 movements",
        f"lot 1 of {martins.pk}: 2 of 3",
        f"note of lot {lot.pk}",
        f"2 of lot {lot.pk} for {hugo.pk}",
        f"ticket 5: 1 reserved, 0 spent of lot {lot.pk}",
        f"{martins.pk}/2 reserved 1 token",
    ]
