"""O6, O7: disputes are asked for at the payment service, here the stand-in, through the whole path."""

import datetime

import pytest

from carnet.audit.actors import WORKER
from carnet.kernel import clock
from carnet.payments.actions import online_facts
from carnet.payments.models import Dispute, FailedCall, OnlineRefund, Payment
from carnet.payments.paypal import interface
from carnet.payments.rules.online import CaptureFound, CheckoutWanted, DisputeFound, ServiceFailed
from carnet.till import tasks
from carnet.till.actions import disputing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import buckets, let_go, moment, spend, take
from tests.factories.online import checkout_of
from tests.factories.orders import AT, lot_of, open_shop, pay, place
from tests.proofs import every_fault

pytestmark = pytest.mark.django_db(transaction=True)
NOW = clock.now


@pytest.fixture
def bought(paypal, claire):
    """20 tickets for 240.00 €, paid at the stand-in and not recorded here yet."""
    clock.put_forward(int((moment(AT) - NOW()).total_seconds()))
    open_shop()
    order = place(claire, put_on_sale(), NOW())
    wanted = CheckoutWanted(
        key="checkout:1", reference=order.reference, number=f"{order.reference}-1", amount_cents=24_000,
        description="20", language="en", return_url="http://testserver/back/", cancel_url="http://testserver/no/",
    )  # fmt: skip
    begun = interface.create_checkout(paypal.access, wanted)
    paypal.approve(begun.external_id)
    interface.capture_checkout(paypal.access, begun.external_id, key="capture:1")
    return order


def record(order, paypal) -> Payment:
    (capture_id,) = paypal.capture_ids()
    capture = interface.show_capture(paypal.access, capture_id)
    payment = pay(order, 24_000, NOW(), means="paypal", key=f"paypal:{capture_id}")
    checkout = checkout_of(order, capture_id, environment="stand_in")
    online_facts.note_receipt(payment=payment, checkout=checkout, capture=capture, by=TEST, at=NOW())
    return payment


def test_O7_twenty_bought_five_used_fifteen_frozen_and_thawed_after_twelve_days(paypal, martins, claire, bought):
    record(bought, paypal)
    at = NOW().isoformat()[:16].replace("T", " ")
    take(claire, martins, 1, quantity=5, at=at)
    spend(martins, 1, 5, at=at)
    last_day = lot_of(bought).last_day
    dispute_id = paypal.dispute(*paypal.capture_ids())
    (dispute,) = disputing.look_at_dispute(external_id=dispute_id, by=WORKER, at=NOW())
    assert (dispute.external_id, dispute.state, dispute.amount_cents) == (dispute_id, "open", 24_000)
    assert (dispute.reason, dispute.answer_by) == ("UNAUTHORISED", dispute.opened_at + datetime.timedelta(days=10))
    assert buckets(lot_of(bought)) == {"spent": 5, "frozen": 15}
    paypal.end_dispute(dispute_id, won=True)
    later = NOW() + datetime.timedelta(days=12)
    disputing.look_at_dispute(external_id=dispute_id, by=WORKER, at=later)
    assert buckets(lot_of(bought)) == {"available": 15, "spent": 5}
    assert (lot_of(bought).last_day - last_day).days == 12
    assert every_fault() == []


def test_O7_lost_is_found_by_the_hourly_look_without_any_notice(paypal, bought):
    record(bought, paypal)
    dispute_id = paypal.dispute(*paypal.capture_ids(), cents=6_000)
    tasks.look_at_disputes.call()
    assert buckets(lot_of(bought)) == {"frozen": 20}
    paypal.end_dispute(dispute_id, won=False)
    tasks.look_at_all_disputes.call()
    assert buckets(lot_of(bought)) == {"available": 15, "refunded": 5}
    taken = OnlineRefund.objects.get()
    assert (taken.external_id, taken.amount_cents, taken.kind) == (dispute_id, 6_000, "reversal")
    assert every_fault() == []


def test_O7_a_dispute_that_comes_before_its_payment_is_recorded_is_found_later(paypal, bought):
    dispute_id = paypal.dispute(*paypal.capture_ids())
    assert disputing.look_at_dispute(external_id=dispute_id, by=WORKER, at=NOW()) == []
    record(bought, paypal)
    tasks.look_at_disputes.call()
    assert (Dispute.objects.get().external_id, buckets(lot_of(bought))) == (dispute_id, {"frozen": 20})


def test_O7_money_that_was_taken_back_leads_to_its_dispute(paypal, bought):
    record(bought, paypal)
    (capture_id,) = paypal.capture_ids()
    assert disputing.look_at_disputes_of(capture_id=capture_id, by=WORKER, at=NOW()) == []
    paypal.end_dispute(paypal.dispute(capture_id), won=False)
    (dispute,) = disputing.look_at_disputes_of(capture_id=capture_id, by=WORKER, at=NOW())
    assert (dispute.state, buckets(lot_of(bought))) == ("lost", {"refunded": 20})


def test_an_open_one_that_changed_long_ago_is_still_asked_for(paypal, bought):
    record(bought, paypal)
    dispute_id = paypal.dispute(*paypal.capture_ids())
    disputing.look_at_dispute(external_id=dispute_id, by=WORKER, at=NOW())
    paypal.end_dispute(dispute_id, won=True)
    disputing.look_at_disputes(since=NOW() + datetime.timedelta(hours=1), by=WORKER, at=NOW())
    assert Dispute.objects.get().state == "won"


def test_one_that_is_not_there_does_not_hide_the_others(paypal, bought):
    payment = record(bought, paypal)
    for number in (1, 2):
        Dispute.objects.create(
            payment=payment, external_id=f"PP-D-{number}", state="open", amount_cents=1, reason="OTHER",
            opened_at=NOW(), changed_at=NOW(), looked_at=NOW(),
        )  # fmt: skip
    dispute_id = paypal.dispute(*paypal.capture_ids())
    disputing.look_at_dispute(external_id=dispute_id, by=WORKER, at=NOW())
    paypal.end_dispute(dispute_id, won=True)
    with pytest.raises(ServiceFailed, match="404"):
        disputing.look_at_disputes(since=NOW() + datetime.timedelta(hours=1), by=WORKER, at=NOW())
    assert Dispute.objects.get(external_id=dispute_id).state == "won"
    assert FailedCall.objects.count() == 2


def test_PayPal_is_down(paypal, bought):
    record(bought, paypal)
    paypal.down()
    with pytest.raises(ServiceFailed):
        disputing.look_at_dispute(external_id="PP-D-1", by=WORKER, at=NOW())
    paypal.up()
    assert Dispute.objects.count() == 0


def test_nobody_is_asked_without_an_access(db):
    tasks.look_at_disputes.call()
    with pytest.raises(ServiceFailed) as failed:
        disputing.look_at_dispute(external_id="PP-D-1", by=WORKER, at=NOW())
    assert (failed.value.code, failed.value.permanent) == ("no_access", False)


def test_O7_what_is_released_after_a_lost_dispute_is_cancelled_by_a_task(paypal, martins, claire, bought):
    record(bought, paypal)
    at = NOW().isoformat()[:16].replace("T", " ")
    take(claire, martins, 1, quantity=2, at=at)
    dispute_id = paypal.dispute(*paypal.capture_ids())
    paypal.end_dispute(dispute_id, won=False)
    tasks.look_at_disputes.call()
    assert buckets(lot_of(bought)) == {"reserved": 2, "refunded": 18}
    let_go(martins, 1, 2, at=at)
    tasks.follow_disputes.call()
    assert (buckets(lot_of(bought)), Dispute.objects.get().cancelled_cents) == ({"refunded": 20}, 24_000)


def test_a_dispute_of_the_sandbox_is_not_looked_for_elsewhere(paypal, bought):
    payment = pay(bought, 24_000, NOW(), means="paypal", key="paypal:ELSEWHERE")
    capture = CaptureFound("ELSEWHERE", "completed", 24_000, "EUR", NOW())
    checkout = checkout_of(bought, "ELSEWHERE")
    assert checkout.environment == "sandbox"
    online_facts.note_receipt(payment=payment, checkout=checkout, capture=capture, by=TEST, at=NOW())
    found = DisputeFound("PP-D-9", "open", ("ELSEWHERE",), 24_000, "EUR", "UNAUTHORISED", NOW(), NOW())
    disputing.take_in_dispute(found=found, by=WORKER, at=NOW())
    disputing.look_at_disputes(since=NOW(), by=WORKER, at=NOW())
    assert not FailedCall.objects.exists()
