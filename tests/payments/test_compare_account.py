"""Every night the account's own list is compared with our books, and the owners are told of what is new."""

import datetime
from dataclasses import replace
from functools import partial

import pytest
import time_machine

from carnet.audit.models import Entry
from carnet.jobs.declare import Daily
from carnet.mail.models import OutgoingMail
from carnet.payments import queries, tasks
from carnet.payments.actions import comparing
from carnet.payments.models import AccountComparison, Difference, FailedCall, OnlineRefund
from carnet.payments.paypal import interface
from carnet.payments.rules.online import ServiceFailed
from carnet.till.actions import disputing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.online import capture_told, checkout_of, note_receipt, pay_beside, pay_online, send_back, taken
from tests.factories.online import refund_told as refunded
from tests.factories.orders import AT, open_shop, pay, place
from tests.proofs import every_fault

NIGHT = "2027-02-28 04:30"


@pytest.fixture
def order(claire, odile):
    open_shop()
    return place(claire, put_on_sale())


def compare(at=NIGHT):
    with time_machine.travel(moment(at), tick=False):
        return comparing.compare_account(by=TEST, at=moment(at))


def told():
    return [(one.kind, one.external_id, one.mended_at is None) for one in Difference.objects.order_by("id")]


def mails(kind="payments/differences_found"):
    return [one.text for one in OutgoingMail.objects.filter(kind=kind).order_by("id")]


def at_paypal(paypal, capture_id, **changed):
    """PayPal says something else of this capture from now on."""
    for name, value in changed.items():
        setattr(paypal.capture(capture_id), name, value)


def test_all_agrees(paypal, order):
    payment = pay_beside(paypal, order)
    run = compare()
    assert (run.listed_count, run.booked_count, run.others_count, run.difference_count, run.failed) == (1, 1, 0, 0, "")
    assert (run.since, run.until) == (moment("2027-02-21 00:00"), moment("2027-02-28 00:30"))
    assert (told(), mails()) == ([], [])
    assert Entry.objects.get(code="account.compared").details == {"listed": 1, "booked": 1, "differences": 0}
    assert (queries.compared_until(), payment.online_fee.fee_cents > 0) == (run.until, True)


def test_without_an_account_nothing_is_compared(order):
    assert compare() is None
    assert not AccountComparison.objects.exists()


def test_what_differs_is_kept_and_told_once_and_mended(paypal, order):
    payment = pay_beside(paypal, order)
    capture_id = payment.online_receipt.capture_id
    at_paypal(paypal, capture_id, cents=23_000)
    compare()
    assert told() == [("other_amount", capture_id, True)]
    (mail,) = mails()
    assert capture_id in mail
    row = Difference.objects.get()
    assert (row.payment, row.found_at, row.seen_at) == (payment, moment(NIGHT), moment(NIGHT))
    compare("2027-03-01 04:30")
    row.refresh_from_db()
    assert (row.found_at, row.seen_at, len(mails())) == (moment(NIGHT), moment("2027-03-01 04:30"), 1)
    at_paypal(paypal, capture_id, cents=24_000)
    compare("2027-03-02 04:30")
    assert (told(), len(mails())) == ([("other_amount", capture_id, False)], 1)
    assert Entry.objects.filter(code="difference.mended").count() == 1
    at_paypal(paypal, capture_id, cents=23_000)
    compare("2027-03-03 04:30")
    assert (told(), len(mails())) == ([("other_amount", capture_id, True)], 2)
    run = compare("2027-03-30 04:30")  # it reaches back to what is open
    assert (run.since, run.difference_count) == (moment("2027-02-26 00:00"), 1)


def test_another_fee_than_was_told_first(paypal, order):
    capture_id = taken(paypal, reference=order.reference).external_id
    pay_online(order, capture_told(capture_id), environment="stand_in")
    compare()
    assert told() == [("other_fee", capture_id, True)]


def test_a_payment_that_paypal_does_not_know(paypal, order):
    pay_online(order, environment="stand_in")
    compare()
    assert told() == [("missing_there", "3C679366HH908993F", True)]
    assert Difference.objects.get().theirs is None


def test_payments_of_another_environment_are_not_looked_for(paypal, order):
    pay_online(order)
    run = compare()
    assert (run.booked_count, told()) == (0, [])


def test_a_payment_that_only_the_list_lacks_is_asked_for(paypal, order):
    """It was begun before the days that are compared, and came today."""
    capture = taken(paypal, order.asked_cents, order.reference, at="2027-02-01 12:00")
    pay_online(order, capture, environment="stand_in")
    run = compare()
    assert (run.listed_count, run.booked_count, told()) == (0, 1, [])


@pytest.mark.parametrize(
    ("state", "looked"),
    [("open", True), ("lapsed", True), ("refused", True), ("pending", True), ("wrong", False), ("paid", False)],
)
def test_a_payment_that_we_do_not_know_has_its_checkout_looked_at(paypal, order, state, looked):
    capture = taken(paypal, order.asked_cents, order.reference)
    checkout = checkout_of(order, state=state, capture_id=None, look_at=None)
    compare()
    assert told() == [("missing_here", capture.external_id, True)]
    theirs = Difference.objects.get().theirs
    assert theirs
    assert theirs["reference"] == order.reference
    checkout.refresh_from_db()
    assert checkout.look_at == (moment(NIGHT) if looked else None)
    pay_online(order, capture, environment="stand_in")
    compare("2027-03-01 04:30")
    assert told() == [("missing_here", capture.external_id, False)]


def test_what_lapsed_before_paypal_knew_of_it_is_not_asked_for(paypal, order):
    taken(paypal, order.asked_cents, order.reference)
    checkout = checkout_of(order, state="lapsed", external_id=None, capture_id=None, look_at=None)
    compare()
    checkout.refresh_from_db()
    assert checkout.look_at is None


def test_a_payment_for_an_order_that_nobody_knows(paypal, order):
    capture = taken(paypal)
    taken(paypal, reference="order 12 of the shop next door", number="12")
    run = compare()
    assert (run.others_count, told()) == (1, [("unknown_order", capture.external_id, True)])


def test_a_refund_at_paypal_becomes_a_fact_and_the_owner_is_told(paypal, order):
    payment = pay_beside(paypal, order)
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        refund_id = paypal.refund(payment.online_receipt.capture_id, 10_000, fee_cents=100)
    compare()
    refund = OnlineRefund.objects.get()
    assert (refund.external_id, refund.amount_cents, refund.fee_cents, refund.kind) == (
        refund_id,
        10_000,
        100,
        "refund",
    )
    assert told() == []
    (mail,) = mails("payments/refund_seen")
    assert "100,00\u00a0€" in mail
    run = compare("2027-03-01 04:30")
    assert (run.booked_count, told(), len(mails("payments/refund_seen"))) == (2, [], 1)
    assert every_fault() == []


def test_a_refund_that_paypal_does_not_know(paypal, order):
    payment = pay_beside(paypal, order)
    send_back(payment, refunded("1JU08902781691411", 100, at=moment("2027-02-27 12:00")), at="2027-02-27 12:00")
    compare()
    assert told() == [("missing_there", "1JU08902781691411", True)]


def test_a_refund_that_would_exceed_the_payment_stays_a_difference(paypal, order):
    payment = pay_beside(paypal, order)
    send_back(payment, refunded("another", 23_999, at=moment("2027-02-27 12:00")), at="2027-02-27 12:00")
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        refund_id = paypal.refund(payment.online_receipt.capture_id, 10_000)
    compare()
    assert told() == [("refunded_too_much", refund_id, True), ("missing_there", "another", True)]
    compare("2027-03-01 04:30")
    assert told()[0] == ("refunded_too_much", refund_id, True)


def test_what_was_taken_back_by_force_waits_for_its_dispute(paypal, order):
    payment = pay_beside(paypal, order)
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        dispute_id = paypal.dispute(payment.online_receipt.capture_id)
        paypal.end_dispute(dispute_id, won=False)
    compare()
    ((code, external_id, is_open),) = told()
    assert (code, is_open) == ("missing_here", True)
    lost = next(one for one in paypal.account.refunds.values() if one.id == external_id)
    told_lost = refunded(dispute_id, lost.cents, fee_cents=lost.fee_cents, at=moment("2027-02-27 12:00"))
    send_back(payment, told_lost, "reversal", "2027-02-28 12:00")
    compare("2027-03-01 04:30")
    assert told() == [("missing_here", external_id, False)]


def test_what_an_open_dispute_took_is_no_difference_and_the_lost_one_stands_in_the_books(paypal, order):
    payment = pay_beside(paypal, order)
    look = partial(disputing.look_at_dispute, by=TEST)
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        dispute_id = paypal.dispute(payment.online_receipt.capture_id)
        look(external_id=dispute_id, at=moment("2027-02-27 12:00"))
    with time_machine.travel(moment("2027-02-27 18:00"), tick=False):
        paypal.end_dispute(dispute_id, won=False)
    compare()
    assert (told(), mails()) == ([], [])
    with time_machine.travel(moment("2027-02-28 12:00"), tick=False):
        look(external_id=dispute_id, at=moment("2027-02-28 12:00"))
    assert OnlineRefund.objects.get().kind == "reversal"
    run = compare("2027-03-01 04:30")
    assert (run.booked_count, run.difference_count, told(), every_fault()) == (2, 0, [], [])


def test_what_a_dispute_took_on_the_day_that_is_not_over_is_no_difference(paypal, order):
    payment = pay_beside(paypal, order)
    with time_machine.travel(moment("2027-02-27 00:20"), tick=False):
        dispute_id = paypal.dispute(payment.online_receipt.capture_id)
        paypal.end_dispute(dispute_id, won=False)
        disputing.look_at_dispute(external_id=dispute_id, by=TEST, at=moment("2027-02-27 00:20"))
    run = compare("2027-02-27 04:30")
    assert (run.listed_count, told(), mails()) == (2, [], [])


@pytest.mark.parametrize("is_silent", [False, True])
def test_an_outage_leaves_what_was_found_and_says_so(paypal, order, is_silent):
    payment = pay_beside(paypal, order)
    at_paypal(paypal, payment.online_receipt.capture_id, cents=23_000)
    good = compare()
    paypal.down(is_silent=is_silent)
    with pytest.raises(ServiceFailed):
        compare("2027-03-01 04:30")
    run = AccountComparison.objects.latest("at")
    assert run.failed
    assert (queries.compared_until(), told()[0][2], len(mails())) == (good.until, True, 1)
    assert FailedCall.objects.exists()
    paypal.up()
    assert compare("2027-03-30 04:30").since == moment("2027-02-26 00:00")


def falls_after_the_list(paypal):
    """PayPal tells its list, and nothing more."""

    def fall(call):
        paypal.calls.append(call)
        if call.path == "/v1/reporting/transactions":
            paypal.down()

    paypal.stand_in.on_call = fall


def test_an_outage_while_what_the_list_lacks_is_asked_for(paypal, order):
    pay_online(order, environment="stand_in")
    falls_after_the_list(paypal)
    with pytest.raises(ServiceFailed):
        compare()
    assert (told(), AccountComparison.objects.get().failed != "") == ([], True)


def refund_of(paypal, payment):
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        return paypal.refund(payment.online_receipt.capture_id, 10_000)


def test_an_outage_while_a_refund_is_asked_for(paypal, order):
    refund_of(paypal, pay_beside(paypal, order))
    falls_after_the_list(paypal)
    with pytest.raises(ServiceFailed):
        compare()
    assert (told(), OnlineRefund.objects.count()) == ([], 0)


def test_an_outage_that_begins_with_the_refund(paypal, order, monkeypatch):
    refund_of(paypal, pay_beside(paypal, order))

    def away(*args):
        raise ServiceFailed("timeout", permanent=False)

    monkeypatch.setattr(interface, "show_refund", away)
    with pytest.raises(ServiceFailed):
        compare()
    assert (told(), OnlineRefund.objects.count(), AccountComparison.objects.get().failed != "") == ([], 0, True)


def test_a_refund_that_stands_in_the_list_only(paypal, order):
    payment = pay_beside(paypal, order)
    refunds = paypal.account.refunds
    refunds["under another number"] = refunds.pop(refund_of(paypal, payment))
    compare()
    ((code, _external_id, is_open),) = told()
    assert (code, is_open, OnlineRefund.objects.count()) == ("missing_here", True, 0)


def test_the_task_compares_now(paypal, order):
    pay_beside(paypal, order)
    with time_machine.travel(moment(NIGHT), tick=False):
        tasks.compare_account.call()
    assert AccountComparison.objects.get().booked_count == 1
    assert Daily(tasks.compare_account, at=datetime.time(4, 30)) in tasks.SCHEDULE


def test_the_same_number_of_queries_for_many(paypal, order, django_assert_max_num_queries):
    for _ in range(4):
        capture = taken(paypal, 100, order.reference)
        payment = pay(order, 100, means="paypal", key=f"paypal:{capture.external_id}", is_another=True)
        note_receipt(
            payment, checkout_of(order, capture.external_id, environment="stand_in", amount_cents=100), capture
        )
    with django_assert_max_num_queries(16):
        assert compare().booked_count == 4


def test_what_a_capture_tells_is_what_the_list_tells(paypal, order):
    assert capture_told().amount_cents == order.asked_cents
    payment = pay_beside(paypal, order, AT)
    assert payment.online_fee.net_cents == payment.amount_cents - payment.online_fee.fee_cents


@pytest.mark.parametrize("cents", [6_000, 24_000])
@pytest.mark.parametrize("told_first", ["refund", "dispute"])
def test_O7_a_claim_accepted_by_a_refund_is_booked_once(paypal, order, cents, told_first):
    """At PayPal a claim is accepted by sending the money back: a refund, and a dispute that is lost by just that."""
    capture_id = pay_beside(paypal, order).online_receipt.capture_id
    with time_machine.travel(moment("2027-02-26 18:00"), tick=False):
        dispute_id = paypal.dispute(capture_id, cents=cents)
        disputing.look_at_dispute(external_id=dispute_id, by=TEST, at=moment("2027-02-26 18:00"))
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        accepted = paypal.account.disputes[dispute_id]
        accepted.is_resolved, accepted.outcome = True, "RESOLVED_BUYER_FAVOUR"
        paypal.refund(capture_id, cents)
    lost = replace(
        interface.show_dispute(paypal.access, dispute_id), state="lost", lost_cents=cents,
        changed_at=moment("2027-02-27 13:00"),
    )  # fmt: skip
    if told_first == "refund":
        compare()
    disputing.take_in_dispute(found=lost, by=TEST, at=moment("2027-02-28 05:00"))
    for night in ("2027-03-01 04:30", "2027-03-02 04:30"):
        compare(night)
    assert (sum(OnlineRefund.objects.values_list("amount_cents", flat=True)), told()) == (cents, [])
    assert every_fault() == []


def test_what_was_taken_weeks_before_its_dispute_was_lost_is_no_difference(paypal, order):
    """A bank takes the money at once; the list of the days in which it is booked does not tell of it."""
    payment = pay_beside(paypal, order)
    with time_machine.travel(moment("2027-02-27 12:00"), tick=False):
        dispute_id = paypal.dispute(payment.online_receipt.capture_id)
        paypal.end_dispute(dispute_id, won=False)
    paypal.account.disputes[dispute_id].updated_at = moment("2027-03-15 12:00")
    with time_machine.travel(moment("2027-03-15 12:00"), tick=False):
        disputing.look_at_dispute(external_id=dispute_id, by=TEST, at=moment("2027-03-15 12:00"))
    compare("2027-03-18 04:30")
    assert (OnlineRefund.objects.get().external_id, told(), mails()) == (dispute_id, [], [])
    # Won after all: what the books say is not so any more.
    paypal.account.disputes[dispute_id].outcome = "RESOLVED_SELLER_FAVOUR"
    compare("2027-03-19 04:30")
    assert told() == [("missing_there", dispute_id, True)]
