import pytest

from carnet.audit.models import Entry
from carnet.ledger.models import Lot
from carnet.people.actions import persons
from carnet.provider import actions as provider
from carnet.work.actions import trials
from carnet.work.models import TrialUse
from carnet.work.queries import trials as queries
from tests.factories.ledger import TEST, buckets, moment, sell
from tests.factories.people import make_customer, make_person
from tests.factories.work import open_cover

AT = moment("2027-01-11 12:00")


def open_trial(customer, person, **more):
    return trials.open_trial(customer=customer, person=person, by=TEST, at=AT, **more)


def somebody(email="", phone="", name="Noé Petit"):
    person = make_person(name, email=email)
    person.phone = phone
    person.save()
    return make_customer(person, name), person


def test_F1_fifteen_minutes_once(martins, claire):
    lot = open_trial(martins, claire)
    assert (lot.origin, lot.unit, lot.shared, lot.last_day, lot.price_cents) == ("trial", "minute", True, None, 0)
    assert buckets(lot) == {"available": 15}
    with pytest.raises(trials.TrialHad):
        open_trial(martins, claire)
    with pytest.raises(trials.TrialHad):
        open_trial(martins, claire, by_hand=True)


def test_F2_they_last_as_long_as_the_setting_said(martins, claire):
    provider.change_setting(name="trial_days", value=10, by=TEST, at=AT)
    assert open_trial(martins, claire).validity_days == 10


def test_F1_before_the_first_purchase(martins, claire):
    sell(martins)
    with pytest.raises(trials.TrialAfterPurchase):
        open_trial(martins, claire)


def test_F1_with_a_verified_address(martins):
    lea = persons.create_person(email="lea@example.org", name="Léa", language="fr", by=TEST, at=AT)
    with pytest.raises(trials.EmailNotVerified):
        open_trial(martins, lea)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "a.b+x@gmail.com"}, {"email": "ab@gmail.com"}),
        ({"email": "a@example.org", "phone": "06 12 34 56 78"}, {"email": "b@example.org", "phone": "+33612345678"}),
    ],
    ids=["email", "phone"],
)
def test_F4_one_trial_per_contact(db, first, second):
    open_trial(*somebody(**first))
    customer, person = somebody(**second)
    assert queries.trial_refusal(customer=customer, person=person) == "contact_known"
    with pytest.raises(trials.ContactKnown):
        open_trial(customer, person)
    assert open_cover(customer, person, means="trial").is_waiting
    assert open_trial(customer, person, by_hand=True).available == 15
    assert list(TrialUse.objects.order_by("pk").values_list("by_hand", flat=True)) == [False, True]


def test_F4_no_phone_is_no_contact(db):
    for number in (1, 2):
        open_trial(*somebody(email=f"person{number}@example.org", phone="none"))
    assert Lot.objects.count() == 2


def test_F4_another_address_is_another_contact(db):
    open_trial(*somebody(email="a.b@example.org"))
    assert open_trial(*somebody(email="ab@example.org"))


def test_F4_two_at_once_with_the_same_contact(martins, claire):
    """What no lock of one ledger sees, the database refuses: here the row is there and the check was passed before."""
    email_digest, _ = queries.contact_digests(claire, martins)
    TrialUse.objects.create(customer=martins, email_digest=email_digest, at=AT)
    with pytest.raises(trials.ContactKnown):
        open_trial(martins, claire)
    assert open_cover(martins, claire, means="trial").is_waiting
    assert not Lot.objects.exists()


def test_F4_only_digests_are_kept(martins, claire):
    open_trial(martins, claire)
    use = TrialUse.objects.get()
    assert (len(use.email_digest), use.phone_digest, str(use)) == (64, "", f"trial of {martins.pk}")


def test_it_is_audited_as_a_lot(martins, claire):
    lot = open_trial(martins, claire)
    entry = Entry.objects.get(code="lot.opened")
    assert (entry.subject_id, entry.details["origin"], entry.details["unit"]) == (lot.pk, "trial", "minute")
