"""Money that somebody sent back in PayPal's own pages: a notice is only a reason to ask."""

import pytest
import time_machine

from carnet.mail.models import OutgoingMail
from carnet.payments.actions import refunds_seen
from carnet.payments.models import Difference, OnlineRefund
from carnet.payments.rules.online import ServiceFailed
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.online import pay_beside, send_back, taken
from tests.factories.online import refund_told as refunded
from tests.factories.orders import open_shop, place
from tests.proofs import every_fault

LATER = "2027-02-27 12:00"


@pytest.fixture
def payment(claire, odile, paypal):
    open_shop()
    return pay_beside(paypal, place(claire, put_on_sale()))


def send(paypal, payment, cents=None):
    with time_machine.travel(moment(LATER), tick=False):
        return paypal.refund(payment.online_receipt.capture_id, cents)


def look(refund_id, at=LATER, **changed):
    with time_machine.travel(moment(at), tick=False):
        return refunds_seen.look_at_refund(external_id=refund_id, by=TEST, at=moment(at), **changed)


def mails():
    return list(OutgoingMail.objects.filter(kind="payments/refund_seen").values_list("to", "subject"))


def test_it_is_noted_once_and_each_owner_told_once(paypal, payment, odile):
    refund_id = send(paypal, payment, 10_000)
    capture_id = payment.online_receipt.capture_id
    assert look(refund_id, capture_id=capture_id) == "refund_noted"
    assert look(refund_id, "2027-02-28 12:00", capture_id=capture_id) == "refund_known"
    assert (OnlineRefund.objects.get().amount_cents, every_fault()) == (10_000, [])
    ((to, subject),) = mails()
    assert (to, "100,00" in subject) == (odile.email, True)


def test_a_refund_of_somebody_else_is_not_asked_for(paypal, payment):
    calls = len(paypal.calls)
    assert look("1JU08902781691411", capture_id="of a stranger") == "refund_not_ours"
    assert len(paypal.calls) == calls


def test_a_refund_of_a_payment_that_carnet_does_not_know(paypal, payment):
    capture = taken(paypal, at=LATER)
    with time_machine.travel(moment(LATER), tick=False):
        refund_id = paypal.refund(capture.external_id)
    assert look(refund_id) == "refund_not_ours"
    assert (OnlineRefund.objects.count(), mails()) == (0, [])


def test_what_the_notice_claims_is_not_believed(paypal, payment):
    with pytest.raises(ServiceFailed):
        look("1JU08902781691411", capture_id=payment.online_receipt.capture_id)
    assert not OnlineRefund.objects.exists()


@pytest.mark.parametrize("state", ["pending", "failed"])
def test_one_that_is_not_done_is_noted_later(payment, state):
    told = refunded(cents=100, state=state, capture_id=payment.online_receipt.capture_id)
    assert refunds_seen.note_seen(refund=told, by=TEST, at=moment(LATER)) == "refund_not_done"


def test_one_that_was_noted_meanwhile(payment):
    told = refunded(cents=100, capture_id=payment.online_receipt.capture_id)
    send_back(payment, told)
    assert refunds_seen.note_seen(refund=told, by=TEST, at=moment(LATER)) == "refund_known"
    assert mails() == []


def test_more_than_came_in_is_a_difference(paypal, payment):
    send_back(payment, refunded("first", 20_000))
    refund_id = send(paypal, payment)
    assert look(refund_id) == "refund_too_much"
    assert (Difference.objects.get().external_id, mails()) == (refund_id, [])


def test_nobody_to_ask(paypal, payment, settings):
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_STAND_IN = ""
    with pytest.raises(ServiceFailed) as failed:
        look("1JU08902781691411")
    assert (failed.value.code, failed.value.permanent) == ("not_connected", False)
