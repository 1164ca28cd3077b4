"""O4, O9: money goes back through PayPal once, whatever happens on the way."""

import datetime
import signal
from dataclasses import replace
from functools import partial

import pytest
import time_machine

from carnet.books.models import Line
from carnet.mail.models import OutgoingMail
from carnet.payments import queries as payments
from carnet.payments.actions import comparing
from carnet.payments.models import Difference, Dispute, OnlineRefund
from carnet.payments.paypal import interface
from carnet.payments.rules.online import ServiceFailed
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.till import tasks
from carnet.till.actions import notices, repaying
from carnet.till.actions.refunding import SentTo
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.online import pay_beside, refund_told, send_back, taken
from tests.factories.processes import all_at_once, start
from tests.factories.refunds import LATER, refund
from tests.proofs import every_fault

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("time_stands_still")]


@pytest.fixture
def owed(order, paypal):
    """5 of 20 units of an order that was paid at PayPal: 60.00 €."""
    pay_beside(paypal, order)
    refund(order, 5, to=SentTo())
    return Repayment.objects.get()


def look(repayment, at=LATER):
    with time_machine.travel(moment(at), tick=False):
        return repaying.look_at_repayment(repayment=repayment, by=TEST, at=moment(at))


def sent_without_answer(repayment, monkeypatch, at=LATER):
    """PayPal does it, and the connection breaks before it says so."""
    real = interface.refund_capture

    def without_answer(*args, **kwargs):
        real(*args, **kwargs)
        raise ServiceFailed("timeout", permanent=False)

    monkeypatch.setattr(interface, "refund_capture", without_answer)
    with pytest.raises(ServiceFailed):
        look(repayment, at)
    monkeypatch.undo()


def refunds_asked(paypal):
    return [call for call in paypal.calls if call.path.endswith("/refund") and call.status != 401]


def sent(paypal):
    return [one.cents for one in paypal.account.refunds.values() if one.status == "COMPLETED"]


def kinds_of_mail():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def test_O9_paypal_sends_it_and_the_books_have_it(paypal, owed):
    done = look(owed)
    row = OnlineRefund.objects.get()
    assert (done.state, done.external_id, done.amount_cents) == ("sent", row.external_id, row.amount_cents)
    assert (done.sent_on, sent(paypal)) == (datetime.date(2027, 3, 1), [6_000])
    line = Line.objects.get(kind="refund")
    assert (line.gross_cents, line.means, line.payment_id) == (-6_000, "paypal", owed.payment_id)
    assert kinds_of_mail().count("repayments/money_sent") == 1
    assert look(owed).state == "sent"
    assert (len(refunds_asked(paypal)), every_fault()) == (1, [])


def test_the_task_looks_when_it_is_due(paypal, owed):
    with time_machine.travel(moment(LATER), tick=False):
        tasks.look_at_repayments.call()
    owed.refresh_from_db()
    assert (owed.state, owed.look_at) == ("sent", None)


def test_pending_is_asked_again_until_it_comes(paypal, owed):
    paypal.pend_next_refund()
    pending = look(owed)
    assert (pending.state, pending.look_at) == ("pending", moment("2027-03-01 12:02"))
    assert look(owed, "2027-03-01 12:02").state == "pending"
    assert not OnlineRefund.objects.exists()
    paypal.end_refund(pending.external_id, comes=True)
    assert look(owed, "2027-03-02 12:02").state == "sent"
    assert (len(refunds_asked(paypal)), sent(paypal), every_fault()) == (1, [6_000], [])


def test_pending_that_fails_is_sent_by_transfer(paypal, owed):
    paypal.pend_next_refund()
    paypal.end_refund(look(owed).external_id, comes=False)
    failed = look(owed, "2027-03-02 12:02")
    assert (failed.state, failed.means, failed.why) == ("due", "transfer", "failed")


def test_refused_for_good_it_is_sent_by_transfer_and_all_are_told(paypal, owed, odile):
    paypal.refuse_next_refund()
    refused = look(owed)
    assert (refused.state, refused.means, refused.why, refused.look_at) == (
        "due", "transfer", "REFUND_TIME_LIMIT_EXCEEDED", None,
    )  # fmt: skip
    assert [one for one in kinds_of_mail() if one.startswith("repayments/")] == [
        "repayments/refused", "repayments/refused_owner",
    ]  # fmt: skip
    assert look(owed).state == "due"
    done = sending.record_sent(
        repayment=owed, sent_on=datetime.date(2027, 3, 2), by=TEST, at=moment("2027-03-02 12:00")
    )
    assert (done.state, Line.objects.get(kind="refund").means, every_fault()) == ("sent", "transfer", [])


def test_refused_for_now_it_is_asked_again_or_sent_otherwise(paypal, owed):
    paypal.refuse_next_refund("REFUND_FAILED_INSUFFICIENT_FUNDS")
    with pytest.raises(ServiceFailed):
        look(owed)
    owed.refresh_from_db()
    assert (owed.state, owed.why) == ("asked", "REFUND_FAILED_INSUFFICIENT_FUNDS")
    other = sending.send_otherwise(repayment=owed, by=TEST, at=moment(LATER))
    assert (other.state, other.means) == ("due", "transfer")
    assert sending.send_otherwise(repayment=owed, by=TEST, at=moment(LATER)).state == "due"


def test_while_the_answer_may_be_yes_it_is_not_sent_otherwise(paypal, owed):
    with pytest.raises(sending.RepaymentNotDue):
        sending.send_otherwise(repayment=owed, by=TEST, at=moment(LATER))


def test_sent_otherwise_a_moment_before_paypal_is_asked_it_is_not_sent_twice(paypal, owed, monkeypatch):
    paypal.refuse_next_refund("REFUND_FAILED_INSUFFICIENT_FUNDS")
    with pytest.raises(ServiceFailed):
        look(owed)
    real = sending.take_sent_by_hand

    def and_the_owner_decides(*, repayment, by, at):
        known = real(repayment=repayment, by=by, at=at)
        sending.send_otherwise(repayment=repayment, by=by, at=at)
        return known

    monkeypatch.setattr(sending, "take_sent_by_hand", and_the_owner_decides)
    assert (look(owed).state, sent(paypal), len(refunds_asked(paypal))) == ("due", [], 1)


@pytest.mark.parametrize("happens", ["down", "silent"])
def test_an_outage_is_waited_for(paypal, owed, happens):
    paypal.down(is_silent=happens == "silent")
    with pytest.raises(ServiceFailed):
        look(owed)
    owed.refresh_from_db()
    assert (owed.state, owed.why) == ("asked", "asked")
    with time_machine.travel(moment("2027-03-01 12:05"), tick=False):
        assert repaying.look_at_due(by=TEST, at=moment("2027-03-01 12:05")) == 0
    paypal.up()
    assert look(owed, "2027-03-01 13:00").state == "sent"
    assert sent(paypal) == [6_000]


def test_sent_without_an_answer_it_is_asked_again_and_not_sent_twice(paypal, owed, monkeypatch):
    sent_without_answer(owed, monkeypatch)
    assert (sent(paypal), OnlineRefund.objects.count()) == ([6_000], 0)
    assert look(owed, "2027-03-05 12:00").state == "sent"
    assert (sent(paypal), OnlineRefund.objects.count(), every_fault()) == ([6_000], 1, [])


def test_what_paypal_no_longer_knows_by_its_key_is_looked_up(paypal, owed, monkeypatch):
    """In its list others stand before it: of another payment, and one by hand."""
    with time_machine.travel(moment(LATER), tick=False):
        paypal.refund(taken(paypal, at=LATER).external_id, 6_000)
        paypal.refund(owed.payment.online_receipt.capture_id, 100)
    sent_without_answer(owed, monkeypatch, "2027-03-02 12:00")
    late = "2027-05-20 12:00"
    assert (look(owed, late).state, sent(paypal)) == ("sent", [6_000, 100, 6_000])
    assert len(refunds_asked(paypal)) == 1


def test_what_never_reached_paypal_is_sent_late(paypal, owed):
    paypal.down()
    with pytest.raises(ServiceFailed):
        look(owed)
    paypal.up()
    with time_machine.travel(moment("2027-03-02 12:00"), tick=False):
        paypal.refund(owed.payment.online_receipt.capture_id, 100)  # by hand, of which Carnet knows nothing
    assert (look(owed, "2027-05-20 12:00").state, sent(paypal)) == ("sent", [100, 6_000])


def test_one_that_is_refused_does_not_hold_up_the_next(paypal, order, owed, monkeypatch):
    """An answer that isn't understood holds for this one only."""
    refund(order, 3, to=SentTo(), key="k2")
    real = interface.refund_capture

    def nonsense(*args, **kwargs):
        return refund_told("X1", 5_999) if kwargs["amount_cents"] == 6_000 else real(*args, **kwargs)

    monkeypatch.setattr(interface, "refund_capture", nonsense)
    with time_machine.travel(moment(LATER), tick=False):
        assert repaying.look_at_due(by=TEST, at=moment(LATER)) == 2
    assert [one.state for one in Repayment.objects.order_by("pk")] == ["asked", "sent"]
    assert (sent(paypal), every_fault()) == ([3_600], [])


def test_one_that_would_exceed_the_payment_here_waits_for_a_person(paypal, owed):
    """PayPal holds it while 200.00 € are sent back by hand, and sends it all the same."""
    paypal.pend_next_refund()
    pending = look(owed)
    send_back(owed.payment, refund_told("by hand", 20_000), at=LATER)
    paypal.end_refund(pending.external_id, comes=True)
    held = look(owed, "2027-03-02 12:02")
    assert (held.state, held.why, held.look_at) == ("pending", "other_amount", None)
    assert ([one.amount_cents for one in OnlineRefund.objects.all()], every_fault()) == ([20_000], [])


def test_what_is_sent_is_not_put_off(paypal, owed):
    look(owed)
    put_off = sending.put_off(repayment=owed, why="x", at=moment(LATER))
    assert (put_off.state, put_off.why, put_off.look_at) == ("sent", "asked", None)


def test_two_of_one_payment_are_told_apart(paypal, order, owed, monkeypatch):
    refund(order, 5, to=SentTo(), key="k2")
    first, second = Repayment.objects.order_by("pk")
    assert [look(one).state for one in (first, second)] == ["sent", "sent"]
    assert (sent(paypal), OnlineRefund.objects.count()) == ([6_000, 6_000], 2)


KILLED = """
import os, signal
from carnet.audit.actors import WORKER
from carnet.kernel import clock
from carnet.payments.paypal import interface
from carnet.repayments.models import Repayment
from carnet.till.actions import repaying

refund = interface.refund_capture

def sent_and_killed(*args, **kwargs):
    refund(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

interface.refund_capture = sent_and_killed
repaying.look_at_repayment(repayment=Repayment.objects.get(), by=WORKER, at=clock.now())
"""


def test_a_process_killed_between_the_sending_and_its_writing_loses_nothing(paypal, owed, tmp_path, monkeypatch):
    for name, value in {
        "STAND_IN": paypal.url, "CLIENT_ID": paypal.access.client_id, "SECRET": paypal.access.secret
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CARNET_PAYPAL_{name}", value)
    process = start(KILLED, tmp_path)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert (sent(paypal), OnlineRefund.objects.count()) == ([6_000], 0)
    assert look(owed).state == "sent"
    assert (sent(paypal), OnlineRefund.objects.count(), every_fault()) == ([6_000], 1, [])


def test_ten_at_once_send_it_once(paypal, owed):
    looked = all_at_once([partial(repaying.look_at_repayment, repayment=owed, by=TEST, at=moment(LATER))] * 10)
    assert {one.state for one in looked} == {"sent"}
    assert (sent(paypal), OnlineRefund.objects.count(), every_fault()) == ([6_000], 1, [])


def test_our_own_refund_is_none_that_somebody_saw(paypal, owed, odile, monkeypatch):
    """PayPal's notice, and its list, may be there before the answer is written down."""
    sent_without_answer(owed, monkeypatch)
    with time_machine.travel(moment("2027-03-02 04:30"), tick=False):
        comparing.compare_account(by=TEST, at=moment("2027-03-02 04:30"))
    assert (Difference.objects.count(), OnlineRefund.objects.count()) == (0, 0)
    with time_machine.travel(moment("2027-03-04 04:30"), tick=False):
        comparing.compare_account(by=TEST, at=moment("2027-03-04 04:30"))
    assert Difference.objects.get().kind == "missing_here"
    (notice,) = paypal.notices("PAYMENT.CAPTURE.REFUNDED")
    found = interface.read_notice(notice.body)
    with time_machine.travel(moment("2027-03-04 05:00"), tick=False):
        assert notices._ASKED["refund"](found, paypal.access, TEST, moment("2027-03-04 05:00")) == "refund_ours"
    owed.refresh_from_db()
    assert owed.state == "sent"
    assert "payments/refund_seen" not in kinds_of_mail()
    with time_machine.travel(moment("2027-03-05 04:30"), tick=False):
        comparing.compare_account(by=TEST, at=moment("2027-03-05 04:30"))
    assert Difference.objects.get().mended_at is not None


def test_sent_by_hand_meanwhile_it_is_not_sent_again(paypal, owed):
    capture_id = owed.payment.online_receipt.capture_id
    refund_id = paypal.refund(capture_id, 6_000)
    send_back(owed.payment, refund_told(refund_id, 6_000), at=LATER)
    assert (look(owed).state, sent(paypal)) == ("sent", [6_000])
    owed.refresh_from_db()
    assert (owed.why, every_fault()) == ("by_hand", [])


def test_all_refunded_there_already_it_waits_for_the_comparison(paypal, owed):
    paypal.refund(owed.payment.online_receipt.capture_id)
    with pytest.raises(ServiceFailed):
        look(owed)
    owed.refresh_from_db()
    assert (owed.state, owed.why) == ("asked", "CAPTURE_FULLY_REFUNDED")
    with time_machine.travel(moment("2027-03-02 04:30"), tick=False):
        comparing.compare_account(by=TEST, at=moment("2027-03-02 04:30"))
    assert (look(owed, "2027-03-02 12:00").state, sent(paypal)) == ("sent", [24_000])


def test_O7_while_the_payment_is_disputed_nothing_is_asked(paypal, owed):
    Dispute.objects.create(
        payment=owed.payment, external_id="PP-D-1", amount_cents=18_000, reason="x", opened_at=moment(LATER),
        changed_at=moment(LATER), looked_at=moment(LATER),
    )  # fmt: skip
    held = look(owed)
    assert (held.state, held.why, refunds_asked(paypal)) == ("asked", "disputed", [])


def test_without_an_access_it_waits(paypal, owed, settings):
    settings.PAYPAL_CLIENT_ID = ""
    with pytest.raises(ServiceFailed, match="not_connected"):
        look(owed)


def test_another_environment_is_not_asked(paypal, owed, monkeypatch):
    live = replace(paypal.access, environment="sandbox")
    monkeypatch.setattr(payments, "online_access", lambda: live)
    with pytest.raises(ServiceFailed, match="other_environment"):
        look(owed)


def test_an_answer_about_something_else_is_not_believed(paypal, owed, monkeypatch):
    monkeypatch.setattr(interface, "refund_capture", lambda *_args, **_kwargs: refund_told("X1", 5_999))
    with pytest.raises(ServiceFailed, match="not_understood"):
        look(owed)
    assert not OnlineRefund.objects.exists()
