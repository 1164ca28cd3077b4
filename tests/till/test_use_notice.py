"""A proven notice is a reason to ask the service, and nothing more (O6): what it says of states and amounts counts for
nothing.
"""

import json

import pytest
import time_machine

from carnet.audit.actors import WORKER
from carnet.audit.models import Entry
from carnet.jobs.models import Job
from carnet.jobs.worker import Worker
from carnet.kernel import clock
from carnet.ledger.models import Lot
from carnet.orders.models import Order
from carnet.payments.models import Checkout, FailedCall, OnlineNotice, OnlineRefund, Payment
from carnet.payments.paypal import interface
from carnet.payments.rules.online import CheckoutWanted, ServiceFailed
from carnet.till.actions import checkouts, notices
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, place
from tests.factories.people import TEST
from tests.till.test_receive_notice import send

pytestmark = pytest.mark.django_db
State = OnlineNotice.State


@pytest.fixture(autouse=True)
def _time():
    with time_machine.travel(moment(AT), tick=False):
        yield


@pytest.fixture
def checkout(claire, paypal):
    """An order whose payment was begun, and approved by its payer; nobody has come back yet."""
    open_shop()
    order = place(claire, put_on_sale(), means="paypal")
    begun = checkouts.begin_checkout(order=order, by=claire.as_actor(), at=clock.now())
    paypal.approve(begun.external_id)
    return begun


def captured(checkout):
    """As the browser does that comes back."""
    return checkouts.look_at_checkout(checkout=checkout, by=TEST, at=clock.now())


def deliver(paypal, event):
    """Send the last notice of this event, as the service would."""
    notice = paypal.notices(event)[-1]
    assert send(notice.headers, notice.body) == 200
    return OnlineNotice.objects.latest("id")


def deliver_event(paypal, event, resource, **more):
    """Send one that the service signs, whatever it says."""
    body = json.dumps({"id": "WH-1", "event_type": event, "resource": resource} | more).encode()
    headers = paypal.stand_in.signer.sign(body, webhook_id=paypal.webhook_id, at=clock.now())
    assert send({name: value for name, value in headers.items() if name != "Content-Type"}, body) == 200
    return OnlineNotice.objects.latest("id")


def use(notice):
    outcome = notices.use_notice(number=notice.pk, by=WORKER, at=clock.now())
    notice.refresh_from_db()
    assert notice.outcome == outcome
    return notice.state, notice.outcome


def amounts():
    return list(Payment.objects.values_list("amount_cents", "means"))


def test_O6_an_approval_that_no_browser_brought_back_settles_the_order(paypal, checkout):
    assert use(deliver(paypal, "CHECKOUT.ORDER.APPROVED")) == ("used", "paid")
    assert amounts() == [(checkout.amount_cents, "paypal")]
    assert Order.objects.get().is_settled
    assert Lot.objects.filter(origin="purchased").count() == 1
    assert OnlineNotice.objects.get().done_at is not None


def test_the_worker_does_it(paypal, checkout):
    deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    Worker().run_due()
    assert OnlineNotice.objects.get().state == "used"
    assert Order.objects.get().is_settled


def test_O6_in_any_order_late_and_twice_it_settles_once(paypal, checkout):
    captured(checkout)
    late = [deliver(paypal, "PAYMENT.CAPTURE.COMPLETED"), deliver(paypal, "CHECKOUT.ORDER.APPROVED")]
    assert [use(one) for one in [*late, *late]] == [("used", "paid")] * 4
    assert len(amounts()) == 1


def test_a_capture_whose_answer_was_lost_is_found_by_asking(paypal, checkout):
    captured(checkout)
    capture_id = paypal.capture_ids()[0]
    Checkout.objects.update(capture_id=None)
    notice = deliver(paypal, "PAYMENT.CAPTURE.COMPLETED")
    assert notice.external_id == capture_id
    assert use(notice) == ("used", "paid")


def test_a_payment_that_is_still_pending(paypal, checkout):
    paypal.pend_next()
    assert use(deliver(paypal, "CHECKOUT.ORDER.APPROVED")) == ("used", "pending")
    assert amounts() == []
    paypal.settle_pending(paypal.capture_ids()[0])
    assert use(deliver(paypal, "PAYMENT.CAPTURE.COMPLETED")) == ("used", "paid")
    assert len(amounts()) == 1


@pytest.mark.parametrize(
    "claimed",
    [
        {"amount": {"currency_code": "EUR", "value": "0.01"}},
        {"amount": {"currency_code": "EUR", "value": "99999.00"}},
        {"amount": {"currency_code": "USD", "value": "240.00"}},
        {"payee": {"merchant_id": "SOMEBODYELSE"}},
        {"custom_id": "RF00AAAA", "status": "COMPLETED"},
    ],
)
def test_O6_amount_currency_merchant_and_order_of_a_notice_count_for_nothing(paypal, checkout, claimed):
    unit = {"amount": {"currency_code": "EUR", "value": "240.00"}, "custom_id": checkout.reference} | claimed
    resource = {"id": checkout.external_id, "status": "COMPLETED", "purchase_units": [unit]} | claimed
    assert use(deliver_event(paypal, "CHECKOUT.ORDER.APPROVED", resource)) == ("used", "paid")
    assert amounts() == [(checkout.amount_cents, "paypal")]


def test_what_says_paid_of_a_payment_that_nobody_approved_pays_nothing(paypal, claire):
    open_shop()
    order = place(claire, put_on_sale(), means="paypal")
    begun = checkouts.begin_checkout(order=order, by=TEST, at=clock.now())
    notice = deliver_event(paypal, "CHECKOUT.ORDER.COMPLETED", {"id": begun.external_id, "status": "COMPLETED"})
    assert use(notice) == ("used", "open")
    assert amounts() == []


def test_a_refund_by_hand_is_noted(paypal, checkout):
    captured(checkout)
    paypal.refund(paypal.capture_ids()[0], 1_000)
    notice = deliver(paypal, "PAYMENT.CAPTURE.REFUNDED")
    assert use(notice) == ("used", "refund_noted")
    assert OnlineRefund.objects.get().amount_cents == 1_000
    OnlineNotice.objects.update(state="proven")
    assert use(notice) == ("used", "refund_known")


def test_a_refund_of_money_that_is_not_ours(paypal, checkout):
    captured(checkout)
    paypal.refund(paypal.capture_ids()[0], 1_000)
    notice = deliver(paypal, "PAYMENT.CAPTURE.REFUNDED")
    body = bytes(notice.body).replace(paypal.capture_ids()[0].encode(), b"UNKNOWNCAPTURE1")
    OnlineNotice.objects.update(body=body)
    assert use(notice) == ("useless", "not_ours")


def test_O7_a_dispute_is_asked_about(paypal, checkout):
    captured(checkout)
    dispute_id = paypal.dispute(paypal.capture_ids()[0])
    assert use(deliver(paypal, "CUSTOMER.DISPUTE.CREATED")) == ("used", "dispute_open")
    paypal.end_dispute(dispute_id, won=False)
    assert use(deliver(paypal, "CUSTOMER.DISPUTE.RESOLVED")) == ("used", "dispute_lost")


def test_O7_what_a_dispute_took_back_is_told_by_the_dispute_and_noted_once(paypal, checkout):
    captured(checkout)
    paypal.end_dispute(paypal.dispute(paypal.capture_ids()[0]), won=False)
    assert use(deliver(paypal, "PAYMENT.CAPTURE.REVERSED")) == ("used", "dispute_lost")
    assert OnlineRefund.objects.get().kind == "reversal"


def test_O7_after_a_dispute_that_was_won_a_refund_is_a_refund(paypal, checkout):
    captured(checkout)
    capture_id = paypal.capture_ids()[0]
    paypal.end_dispute(paypal.dispute(capture_id), won=True)
    paypal.refund(capture_id, 1_000)
    assert use(deliver(paypal, "PAYMENT.CAPTURE.REFUNDED")) == ("used", "refund_noted")


def test_O7_a_dispute_about_a_payment_to_another_shop_of_the_same_account(paypal, checkout):
    wanted = CheckoutWanted("theirs", "THEIRS", "THEIRS-1", 500, "Socks", "en", f"{paypal.url}/a", f"{paypal.url}/b")
    theirs = interface.create_checkout(paypal.access, wanted)
    paypal.approve(theirs.external_id)
    (capture,) = interface.capture_checkout(paypal.access, theirs.external_id, key="theirs").captures
    paypal.dispute(capture.external_id)
    assert use(deliver(paypal, "CUSTOMER.DISPUTE.CREATED")) == ("useless", "not_ours")


def test_an_unknown_order_is_nothing_of_ours(paypal):
    assert use(deliver_event(paypal, "CHECKOUT.ORDER.APPROVED", {"id": "UNKNOWN1"})) == ("useless", "not_ours")


def test_a_capture_that_the_service_does_not_know(paypal):
    notice = deliver_event(paypal, "PAYMENT.CAPTURE.COMPLETED", {"id": "UNKNOWN1"})
    assert use(notice) == ("useless", "unknown_there")


def test_a_capture_of_somebody_elses_checkout(paypal, checkout):
    """Paid to the same account by another shop."""
    captured(checkout)
    Checkout.objects.update(capture_id=None, external_id="ANOTHER")
    assert use(deliver(paypal, "PAYMENT.CAPTURE.COMPLETED")) == ("useless", "not_ours")


def test_an_event_that_needs_nothing(paypal):
    assert use(deliver_event(paypal, "BILLING.PLAN.CREATED", {"id": "P-1"})) == ("useless", "needs_nothing")


def test_what_is_understood_no_more(paypal):
    notice = deliver_event(paypal, "BILLING.PLAN.CREATED", {"id": "P-1"})
    OnlineNotice.objects.update(body=b"{}")
    assert use(notice) == ("useless", "not_understood")


def test_while_the_service_is_away_the_job_is_tried_again(paypal, checkout):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    paypal.down()
    Worker().run_due()
    notice.refresh_from_db()
    job = Job.objects.get(name="carnet.till.tasks.use_notice")
    assert (notice.state, notice.done_at, job.state) == ("proven", None, "waiting")
    assert notice.outcome == FailedCall.objects.latest("id").code
    paypal.up()
    assert use(notice) == ("used", "paid")


def test_after_the_last_attempt_it_has_failed_and_can_be_run_again(paypal, checkout):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    paypal.down()
    Job.objects.filter(name="carnet.till.tasks.use_notice").update(max_attempts=1)
    Worker().run_due()
    notice.refresh_from_db()
    assert (notice.state, notice.done_at is None) == ("failed", False)
    paypal.up()
    notices.run_notice_again(notice=notice, by=TEST, at=clock.now())
    assert Entry.objects.filter(code="notice.run_again").get().subject_id == notice.pk
    Worker().run_due()
    notice.refresh_from_db()
    assert (notice.state, notice.outcome) == ("used", "paid")


def test_what_the_service_refuses_for_good_is_not_tried_again(paypal, checkout, settings):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    settings.PAYPAL_SECRET = "wrong"
    state, outcome = use(notice)
    assert state == "failed"
    assert outcome == FailedCall.objects.latest("id").code


def test_without_access_it_has_failed(paypal, checkout, settings):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    settings.PAYPAL_CLIENT_ID = ""
    assert use(notice) == ("failed", "not_connected")


def test_one_that_can_not_be_proven_yet_is_proven_when_it_is_run_again(paypal, checkout):
    sent = paypal.notices("CHECKOUT.ORDER.APPROVED")[-1]
    send(sent.headers, sent.body)
    OnlineNotice.objects.update(state="received", event="", about="", external_id="")
    Job.objects.all().delete()
    notices.run_notice_again(notice=OnlineNotice.objects.get(), by=TEST, at=clock.now())
    notice = OnlineNotice.objects.get()
    assert (notice.state, notice.about) == ("proven", "checkout")
    Worker().run_due()
    assert OnlineNotice.objects.get().state == "used"


def test_run_again_it_may_turn_out_to_be_forged(paypal, checkout):
    sent = paypal.notices("CHECKOUT.ORDER.APPROVED")[-1]
    send(sent.headers, sent.body)
    OnlineNotice.objects.update(state="received", headers={})
    with pytest.raises(notices.NoticeForged):
        notices.run_notice_again(notice=OnlineNotice.objects.get(), by=TEST, at=clock.now())
    assert OnlineNotice.objects.get().state == "forged"


@pytest.mark.parametrize("state", ["used", "forged"])
def test_what_is_settled_is_not_run_again(paypal, checkout, state):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    notice.state = state
    notice.save()
    with pytest.raises(notices.NoticeSettled):
        notices.run_notice_again(notice=notice, by=TEST, at=clock.now())


def test_without_access_nothing_is_run_again(paypal, checkout, settings):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    settings.PAYPAL_CLIENT_ID = ""
    with pytest.raises(notices.NoticesNotSetUp):
        notices.run_notice_again(notice=notice, by=TEST, at=clock.now())


def test_one_that_a_worker_has_still_to_use_is_left_to_it(paypal, checkout):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    notices.run_notice_again(notice=notice, by=TEST, at=clock.now())
    assert not Entry.objects.filter(code="notice.run_again").exists()
    Job.objects.all().delete()
    notices.run_notice_again(notice=notice, by=TEST, at=clock.now())
    assert Job.objects.filter(name="carnet.till.tasks.use_notice").count() == 1


def test_a_failure_that_may_pass_is_raised(paypal, checkout):
    notice = deliver(paypal, "CHECKOUT.ORDER.APPROVED")
    paypal.down()
    with pytest.raises(ServiceFailed):
        notices.use_notice(number=notice.pk, by=WORKER, at=clock.now())
