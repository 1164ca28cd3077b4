"""The client and the stand-in of the demo understand each other; each alone is held against PayPal's contract."""

import datetime
from dataclasses import replace

import pytest

from carnet.kernel import clock
from carnet.payments.paypal import interface
from carnet.payments.rules.online import CheckoutFound, CheckoutWanted, ServiceFailed
from demo.paypal.account import MERCHANT_ID
from tests.paypal import PaypalBeside

WANTED = CheckoutWanted(
    key="checkout-1", reference="RF18CARNET000123", number="RF18CARNET000123-1", amount_cents=12000,
    description="Carnet de 10 questions", language="fr", return_url="https://carnet.example/fr/back",
    cancel_url="https://carnet.example/fr/given-up", name="Le Carnet",
)  # fmt: skip


@pytest.fixture
def captured(paypal: PaypalBeside) -> CheckoutFound:
    begun = interface.create_checkout(paypal.access, WANTED)
    paypal.approve(begun.external_id)
    return interface.capture_checkout(paypal.access, begun.external_id, key="capture-1")


def test_account(paypal: PaypalBeside) -> None:
    assert interface.find_account(paypal.access).account_id == MERCHANT_ID
    with pytest.raises(ServiceFailed) as failed:
        interface.find_account(replace(paypal.access, secret="another"))
    assert (failed.value.code, failed.value.permanent) == ("invalid_client", True)


def test_a_payment(paypal: PaypalBeside) -> None:
    begun = interface.create_checkout(paypal.access, WANTED)
    assert begun == interface.create_checkout(paypal.access, WANTED)
    assert begun.approve_url.startswith(paypal.url)
    assert (begun.state, begun.amount_cents, begun.payee, begun.reference) == (
        "waiting", 12000, MERCHANT_ID, "RF18CARNET000123",
    )  # fmt: skip
    with pytest.raises(ServiceFailed, match="ORDER_NOT_APPROVED"):
        interface.capture_checkout(paypal.access, begun.external_id, key="capture-0")
    paypal.approve(begun.external_id)
    assert interface.show_checkout(paypal.access, begun.external_id).state == "approved"
    captured = interface.capture_checkout(paypal.access, begun.external_id, key="capture-1")
    (capture,) = captured.captures
    assert (captured.state, capture.state, capture.amount_cents) == ("captured", "completed", 12000)
    assert capture.fee_cents
    assert interface.capture_checkout(paypal.access, begun.external_id, key="capture-1").captures == (capture,)
    assert interface.capture_checkout(paypal.access, begun.external_id, key="capture-2").captures == (capture,)
    assert interface.show_capture(paypal.access, capture.external_id) == capture
    assert interface.show_checkout(paypal.access, "5O190127TN364715T").state == "gone"


def test_a_payment_that_is_declined_or_pends(paypal: PaypalBeside) -> None:
    begun = interface.create_checkout(paypal.access, WANTED)
    paypal.approve(begun.external_id)
    paypal.decline_next()
    with pytest.raises(ServiceFailed) as failed:
        interface.capture_checkout(paypal.access, begun.external_id, key="capture-1")
    assert (failed.value.code, failed.value.permanent) == ("INSTRUMENT_DECLINED", True)
    assert failed.value.debug_id
    paypal.approve(begun.external_id)
    paypal.pend_next()
    (capture,) = interface.capture_checkout(paypal.access, begun.external_id, key="capture-2").captures
    assert (capture.state, capture.fee_cents) == ("pending", None)
    assert capture.why
    paypal.settle_pending(capture.external_id)
    assert interface.show_capture(paypal.access, capture.external_id).state == "completed"


def test_refunds(paypal: PaypalBeside, captured: CheckoutFound) -> None:
    (capture,) = captured.captures
    part = interface.refund_capture(
        paypal.access, capture.external_id, amount_cents=1200, reason="Déçu", key="refund-1"
    )
    assert (part.state, part.amount_cents, part.capture_id) == ("completed", 1200, capture.external_id)
    again = interface.refund_capture(
        paypal.access, capture.external_id, amount_cents=1200, reason="Déçu", key="refund-1"
    )
    assert again == part == interface.show_refund(paypal.access, part.external_id)
    assert interface.show_capture(paypal.access, capture.external_id).state == "partly_refunded"
    rest = interface.refund_capture(paypal.access, capture.external_id, amount_cents=None, reason="", key="refund-2")
    assert rest.amount_cents == 10800
    assert interface.show_capture(paypal.access, capture.external_id).state == "refunded"
    with pytest.raises(ServiceFailed) as failed:
        interface.refund_capture(paypal.access, capture.external_id, amount_cents=None, reason="", key="refund-3")
    assert failed.value.permanent


@pytest.mark.parametrize(("won", "state"), [(True, "won"), (False, "lost")])
def test_a_dispute_and_the_list(paypal: PaypalBeside, captured: CheckoutFound, won: bool, state: str) -> None:
    (capture,) = captured.captures
    since = clock.now() - datetime.timedelta(days=1)
    dispute_id = paypal.dispute(capture.external_id)
    (found,) = interface.disputes_since(paypal.access, since)
    assert found == interface.show_dispute(paypal.access, dispute_id)
    assert (found.state, found.capture_ids, found.amount_cents) == ("open", (capture.external_id,), 12000)
    paypal.end_dispute(dispute_id, won=won)
    assert interface.show_dispute(paypal.access, dispute_id).state == state
    until = clock.now() + datetime.timedelta(days=1)
    lines = [one for one in interface.transactions(paypal.access, since, until) if one.kind != "other"]
    kinds = [(one.kind, one.amount_cents, one.related_id) for one in lines]
    payment, reversal = ("capture", 12000, ""), ("reversal", -12000, capture.external_id)
    assert kinds == ([payment] if won else [payment, reversal])
    assert lines[0].fee_cents == -(capture.fee_cents or 0)


@pytest.mark.parametrize("how", ["offline", "asked"])
def test_notices(paypal: PaypalBeside, captured: CheckoutFound, how: str) -> None:
    (notice,) = paypal.notices("PAYMENT.CAPTURE.COMPLETED")
    told = interface.read_notice(notice.body)
    assert (told.about, told.external_id) == ("capture", captured.captures[0].external_id)
    at = clock.now()
    assert interface.is_genuine(paypal.access, notice.headers, notice.body, how=how, at=at)
    changed = notice.body.replace(b"120.00", b"920.00")
    assert not interface.is_genuine(paypal.access, notice.headers, changed, how=how, at=at)
    other = replace(paypal.access, webhook_id=paypal.register_webhook("https://carnet.example/other"))
    assert not interface.is_genuine(other, notice.headers, notice.body, how=how, at=at)


def test_what_notices_are_about(paypal: PaypalBeside, captured: CheckoutFound) -> None:
    capture_id = captured.captures[0].external_id
    refund_id = paypal.refund(capture_id, 1200)
    dispute_id = paypal.dispute(capture_id, cents=1000)
    paypal.end_dispute(dispute_id, won=False)
    told = {one.event: interface.read_notice(one.body) for one in paypal.notices()}
    assert told["CHECKOUT.ORDER.APPROVED"].external_id == captured.external_id
    refunded = told["PAYMENT.CAPTURE.REFUNDED"]
    assert (refunded.about, refunded.external_id, refunded.capture_id) == ("refund", refund_id, capture_id)
    for event in ("CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED"):
        assert (told[event].about, told[event].external_id, told[event].capture_id) == (
            "dispute", dispute_id, capture_id,
        )  # fmt: skip
    assert told["PAYMENT.CAPTURE.REVERSED"].capture_id == capture_id


def test_set_up_notices(paypal: PaypalBeside) -> None:
    url = "https://carnet.example/paypal"
    webhook_id = interface.set_up_notices(paypal.access, url)
    assert webhook_id == paypal.webhook_id
    assert interface.set_up_notices(paypal.access, url) == webhook_id
    assert sum(one.url == url for one in paypal.account.webhooks.values()) == 1


def test_down(paypal: PaypalBeside) -> None:
    begun = interface.create_checkout(paypal.access, WANTED)
    for is_silent in (False, True):
        paypal.down(is_silent=is_silent)
        with pytest.raises(ServiceFailed) as failed:
            interface.show_checkout(paypal.access, begun.external_id)
        assert not failed.value.permanent
    paypal.up()
    assert interface.show_checkout(paypal.access, begun.external_id) == begun
