"""Disputes against what was written because of them: somebody with the database in hand is found out."""

from functools import partial

import pytest
from django.db import transaction
from django.db.models import F

from carnet.kernel import append_only
from carnet.ledger.models import Lot
from carnet.payments.models import CreditMovement, Dispute, OnlineRefund, Payment
from carnet.payments.rules.online import DisputeFound
from carnet.till.actions import disputing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment, spend, take
from tests.factories.online import capture_told, pay_online
from tests.factories.orders import open_shop, place
from tests.proofs import every_fault

pytestmark = [pytest.mark.django_db, pytest.mark.both]
OPENED = "2027-03-01 12:00"
DIFFERS = "its status, the credit it holds or the amount it cancelled does not match the record"
NOT_CREDITED = "the amount it cancelled and its credit notes do not match"


def hear(state="open", at=OPENED, cents=24_000):
    found = DisputeFound(
        "PP-D-1", state, ("3C679366HH908993F",), cents, "EUR", "OTHER", moment(OPENED), moment(at)
    )  # fmt: skip
    (dispute,) = disputing.take_in_dispute(found=found, by=TEST, at=moment(at))
    return dispute


@pytest.fixture
def disputed(martins, claire):
    """20 tickets and 10.00 € too much; 5 were used."""
    open_shop()
    order = place(claire, put_on_sale())
    pay_online(order, capture_told(cents=25_000))
    take(claire, martins, 1, quantity=5, at="2027-02-27 12:00")
    spend(martins, 1, 5, at="2027-02-27 13:00")
    return hear(cents=25_000)


def after(tamper):
    with transaction.atomic():
        append_only.remove()
        tamper()
        append_only.install()
        found = every_fault("disputes")
        transaction.set_rollback(True)
    return [sentence.split(": ", 1)[1].split(" (")[0] for sentence in found]


def change(**changed):
    return partial(Dispute.objects.update, **changed)


def test_all_is_well_open_won_and_lost(disputed):
    assert every_fault() == []
    hear("won", "2027-03-10 12:00", 25_000)
    assert every_fault() == []
    hear("lost", "2027-03-20 12:00", 25_000)
    assert every_fault() == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"state": "won"}, [DIFFERS, "it is about more than was paid, or holds more credit than allowed",
                            "it is won, but pack {lot} is frozen"]),
        ({"credit_held_cents": 0}, [DIFFERS]),
        ({"cancelled_cents": 100}, [DIFFERS, NOT_CREDITED]),
        ({"amount_cents": 25_001}, ["it is about more than was paid, or holds more credit than allowed"]),
    ],
)  # fmt: skip
def test_a_row_that_was_changed(disputed, changed, found):
    lot = Lot.objects.get()
    assert after(change(**changed)) == [words.format(lot=lot.pk) for words in found]


def test_units_were_thawed_by_hand(disputed):
    lot = Lot.objects.get()
    expected = [f"it is open, but pack {lot.pk} can be used"]
    assert after(partial(Lot.objects.update, frozen_at=None)) == expected
    thawed = partial(Lot.objects.update, available=F("frozen"), frozen=0)
    assert after(thawed) == expected


def test_units_of_a_dispute_that_was_won_were_kept_back(disputed):
    hear("won", "2027-03-10 12:00", 25_000)
    lot = Lot.objects.get()
    frozen = partial(Lot.objects.update, frozen_at=moment(OPENED))
    assert after(frozen) == [f"it is won, but pack {lot.pk} is frozen"]


def test_credit_was_given_back_by_hand(disputed):
    assert after(CreditMovement.objects.filter(reason="disputed").delete) == [DIFFERS]


def test_what_was_lost_was_forgotten(disputed):
    hear("lost", "2027-03-20 12:00", 25_000)
    not_taken = "it is lost, but the books do not show that the payment was taken back"
    assert after(OnlineRefund.objects.all().delete) == [not_taken]
    assert after(change(cancelled_cents=0)) == [DIFFERS, NOT_CREDITED]
    assert after(change(cancelled_cents=17_999)) == [DIFFERS, NOT_CREDITED]


def test_its_payment_came_by_transfer(disputed):
    assert after(partial(Payment.objects.update, means="transfer")) == ["its payment did not come through PayPal"]


def test_the_dispute_was_taken_away(disputed):
    assert after(Dispute.objects.all().delete) == ["transactions refer to it, but it does not exist"]


def test_what_was_never_active_is_cancelled_as_a_whole(claire):
    open_shop()
    pay_online(place(claire, put_on_sale(), express_request=False))
    hear("lost")
    assert every_fault() == []
    assert after(change(cancelled_cents=23_999)) == [DIFFERS]
