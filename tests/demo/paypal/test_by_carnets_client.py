"""Carnet's own client against the stand-in: what one says the other understands, from the order to the dispute."""

import datetime

import pytest

from carnet.kernel import clock
from carnet.payments.paypal import interface
from carnet.payments.rules.online import CheckoutWanted, ServiceFailed

REFERENCE = "RF18CARNET000123"


@pytest.fixture(autouse=True)
def _forgotten():
    interface.forget()
    yield
    interface.forget()


def begun(paypal, number: int = 1):
    wanted = CheckoutWanted(
        key=f"checkout:{number}", reference=REFERENCE, number=f"{REFERENCE}-{number}", amount_cents=12000,
        description="Carnet de 10 questions", language="fr", return_url="http://testserver/fr/back",
        cancel_url="http://testserver/fr/given-up", name="Le Carnet",
    )  # fmt: skip
    return interface.create_checkout(paypal.access, wanted)


def captured(paypal, number: int = 1):
    checkout = begun(paypal, number)
    paypal.approve(checkout.external_id)
    (capture,) = interface.capture_checkout(paypal.access, checkout.external_id, key=f"capture:{number}").captures
    return capture


def test_from_the_order_to_the_money(paypal):
    account = interface.find_account(paypal.access).account_id
    waits = begun(paypal)
    assert (waits.state, waits.amount_cents, waits.payee, waits.reference) == ("waiting", 12000, account, REFERENCE)
    assert waits.approve_url == f"{paypal.url}/checkoutnow?token={waits.external_id}"
    assert begun(paypal) == waits
    paypal.approve(waits.external_id)
    assert interface.show_checkout(paypal.access, waits.external_id).state == "approved"
    done = interface.capture_checkout(paypal.access, waits.external_id, key="capture:1")
    (capture,) = done.captures
    assert (done.state, capture.state, capture.fee_cents, capture.net_cents) == ("captured", "completed", 383, 11617)
    # Another key meets what was captured already.
    assert interface.capture_checkout(paypal.access, waits.external_id, key="capture:2") == done
    assert interface.show_capture(paypal.access, capture.external_id) == capture
    assert interface.show_checkout(paypal.access, "5O190127TN364715T").state == "gone"


def test_pending_and_declined(paypal):
    paypal.pend_next()
    capture = captured(paypal)
    assert (capture.state, capture.fee_cents, capture.why) == ("pending", None, "PENDING_REVIEW")
    paypal.refuse_pending(capture.external_id)
    assert interface.show_capture(paypal.access, capture.external_id).state == "refused"
    paypal.decline_next()
    with pytest.raises(ServiceFailed) as failed:
        captured(paypal, 2)
    assert (failed.value.permanent, failed.value.code, len(failed.value.debug_id)) == (True, "INSTRUMENT_DECLINED", 13)


def test_refunds_disputes_and_the_list(paypal):
    since = clock.now() - datetime.timedelta(hours=1)
    capture = captured(paypal)
    refund = interface.refund_capture(
        paypal.access, capture.external_id, amount_cents=2000, reason="Sorry", key="refund:1"
    )
    assert (refund.state, refund.amount_cents, refund.capture_id) == ("completed", 2000, capture.external_id)
    assert interface.show_refund(paypal.access, refund.external_id) == refund
    dispute_id = paypal.dispute(capture.external_id)
    paypal.end_dispute(dispute_id, won=False)
    (dispute,) = interface.disputes_since(paypal.access, since)
    assert dispute == interface.show_dispute(paypal.access, dispute_id)
    assert (dispute.state, dispute.capture_ids, dispute.amount_cents) == ("lost", (capture.external_id,), 10000)
    found = interface.transactions(paypal.access, since, clock.now() + datetime.timedelta(hours=1))
    lines = {one.kind: (one.amount_cents, one.fee_cents, one.related_id, one.is_final) for one in found}
    assert lines == {
        "capture": (12000, -383, "", True),
        "refund": (-2000, 0, capture.external_id, True),
        "reversal": (-10000, 0, capture.external_id, True),
    }


@pytest.mark.parametrize("how", ["offline", "asked"])
def test_notices_are_believed_or_not(paypal, settings, how):
    address = "http://testserver/notices/"
    webhook_id = interface.set_up_notices(paypal.access, address)
    assert interface.set_up_notices(paypal.access, address) == webhook_id == paypal.webhook_id
    capture = captured(paypal)
    notice = paypal.notices("PAYMENT.CAPTURE.COMPLETED")[0]
    assert notice.url == address
    told = interface.read_notice(notice.body)
    assert (told.about, told.external_id) == ("capture", capture.external_id)

    def is_genuine(body):
        return interface.is_genuine(paypal.access, notice.headers, body, how=how, at=clock.now())

    assert is_genuine(notice.body)
    assert not is_genuine(notice.body.replace(b"120.00", b"120.01", 1))


def test_what_notices_are_about(paypal):
    """Every kind that the stand-in sends is one that Carnet reads."""
    interface.set_up_notices(paypal.access, "http://testserver/notices/")
    capture = captured(paypal)
    interface.refund_capture(paypal.access, capture.external_id, amount_cents=2000, reason="", key="refund:1")
    paypal.end_dispute(paypal.dispute(capture.external_id), won=False)
    paypal.pend_next()
    paypal.refuse_pending(captured(paypal, 2).external_id)
    told = [(notice.event, interface.read_notice(notice.body).about) for notice in paypal.notices()]
    assert told == [
        ("CHECKOUT.ORDER.APPROVED", "checkout"),
        ("PAYMENT.CAPTURE.COMPLETED", "capture"),
        ("PAYMENT.CAPTURE.REFUNDED", "refund"),
        ("CUSTOMER.DISPUTE.CREATED", "dispute"),
        ("PAYMENT.CAPTURE.REVERSED", "refund"),
        ("CUSTOMER.DISPUTE.RESOLVED", "dispute"),
        ("CHECKOUT.ORDER.APPROVED", "checkout"),
        ("PAYMENT.CAPTURE.PENDING", "capture"),
        ("PAYMENT.CAPTURE.DENIED", "capture"),
    ]


def test_while_it_is_away(paypal):
    checkout = begun(paypal)
    paypal.down()
    with pytest.raises(ServiceFailed) as failed:
        interface.show_checkout(paypal.access, checkout.external_id)
    assert (failed.value.permanent, failed.value.status) == (False, 503)
    paypal.down(is_silent=True)
    with pytest.raises(ServiceFailed) as failed:
        interface.show_checkout(paypal.access, checkout.external_id)
    assert (failed.value.permanent, failed.value.code) == (False, "unreachable")
