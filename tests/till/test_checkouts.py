"""O1, O3–O6: an order is paid at PayPal; whatever happens on the way, units and euros move once."""

import signal
from dataclasses import replace
from functools import partial

import pytest
import time_machine
from django.db import connection

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.catalogue import actions as catalogue
from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import overdue
from carnet.payments.models import Checkout, CreditMovement, FailedCall, OnlineReceipt, Payment
from carnet.payments.paypal import interface
from carnet.payments.rules import checkouts as rules
from carnet.payments.rules.online import ServiceFailed
from carnet.till import tasks
from carnet.till.actions import checkouts
from tests.factories.breaks import Broken, StopFrom
from tests.factories.catalogue import TEST
from tests.factories.checkouts import approved, begin, look
from tests.factories.ledger import moment
from tests.factories.orders import AT, pay, place
from tests.factories.processes import all_at_once, start
from tests.proofs import every_fault

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("time_stands_still")]


def fresh(order):
    return Order.objects.get(pk=order.pk)


def credit(order):
    return [(one.reason, one.amount_cents) for one in CreditMovement.objects.filter(customer=order.customer)]


def state():
    """Everything that money and units are, to the cent."""
    return (
        list(Order.objects.order_by("pk").values_list("state", "credit_used_cents")),
        list(Checkout.objects.order_by("pk").values_list("state", "external_id", "capture_id", "why")),
        list(Payment.objects.order_by("pk").values_list("amount_cents", "key")),
        list(Lot.objects.order_by("pk").values_list("quantity", "available")),
        list(Invoice.objects.order_by("pk").values_list("number")),
        list(Line.objects.order_by("pk").values_list("kind", "gross_cents")),
        OutgoingMail.objects.count(),
        Entry.objects.count(),
        OnlineReceipt.objects.count(),
    )


def kinds_of_mail():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def captures_asked(paypal):
    return [call for call in paypal.calls if call.path.endswith("/capture")]


def test_O1_paid_at_paypal_it_works_at_once(order, paypal):
    checkout = begin(order)
    assert (checkout.state, checkout.amount_cents, checkout.reference) == ("open", 24_000, order.reference)
    assert checkout.approve_url.startswith(paypal.url)
    paypal.approve(checkout.external_id)
    assert look(checkout).state == "paid"
    assert fresh(order).is_settled
    payment = Payment.objects.get()
    assert (payment.means, payment.amount_cents, payment.key) == (
        "paypal",
        24_000,
        f"paypal:{payment.online_receipt.capture_id}",
    )
    assert Lot.objects.get().available == 20
    assert Invoice.objects.get().gross_cents == 24_000
    assert ("payment", 24_000) in Line.objects.values_list("kind", "gross_cents")
    assert "till/settled" in kinds_of_mail()
    assert every_fault() == []


def test_O5_looking_again_changes_nothing(order, paypal):
    checkout = approved(paypal, order)
    look(checkout)
    before = state()
    look(checkout)
    assert look(checkout).state == "paid"
    assert state() == before
    assert len(captures_asked(paypal)) == 1


def test_a_second_click_meets_the_same_payment(order, paypal):
    first, second = begin(order), begin(order)
    assert first.pk == second.pk
    assert len(paypal.account.orders) == 1


def test_one_that_is_two_hours_old_is_begun_anew(order, paypal):
    first = begin(order)
    assert begin(order, "2027-02-26 13:59").pk == first.pk
    assert begin(order, "2027-02-26 14:01").pk != first.pk


def test_nobody_approved_and_nothing_is_taken(order, paypal):
    checkout = begin(order)
    assert look(checkout).state == "open"
    assert captures_asked(paypal) == []
    assert fresh(order).state == "waiting"


def test_after_seven_hours_nobody_asks_any_more(order, paypal):
    checkout = begin(order)
    with time_machine.travel(moment("2027-02-26 19:01"), tick=False):
        assert look(checkout, "2027-02-26 19:01").state == "lapsed"
    checkout.refresh_from_db()
    assert checkout.look_at is None


def test_also_if_the_service_keeps_it_longer(order, paypal, monkeypatch):
    checkout = begin(order)
    kept = interface.show_checkout(paypal.access, checkout.external_id)
    monkeypatch.setattr(interface, "show_checkout", lambda *args: kept)
    assert look(checkout, "2027-02-26 18:59").state == "open"
    assert look(checkout, "2027-02-26 19:00").state == "lapsed"
    assert Checkout.objects.get().look_at is None


def test_approved_later_than_that_it_is_paid_all_the_same(order, paypal):
    checkout = begin(order)
    Checkout.objects.update(state="lapsed", look_at=None)
    paypal.approve(checkout.external_id)
    assert look(checkout).state == "paid"


def test_pending_money_waits_and_its_payer_is_told_once(order, paypal):
    paypal.pend_next()
    checkout = approved(paypal, order)
    assert look(checkout).state == "pending"
    look(checkout)
    assert (fresh(order).state, Payment.objects.count(), Lot.objects.count()) == ("waiting", 0, 0)
    assert kinds_of_mail().count("till/payment_pending") == 1
    with pytest.raises(checkouts.PaymentPending):
        begin(order)
    paypal.settle_pending(paypal.capture_ids()[0])
    tasks.look_at_checkouts.call()
    assert fresh(order).state == "waiting"  # it is not asked before its time
    with time_machine.travel(moment("2027-02-26 12:16"), tick=False):
        tasks.look_at_checkouts.call()
    assert fresh(order).is_settled
    assert every_fault() == []


def test_pending_money_that_does_not_come_leaves_the_order_waiting(order, paypal):
    paypal.pend_next()
    checkout = approved(paypal, order)
    look(checkout)
    paypal.refuse_pending(paypal.capture_ids()[0])
    assert look(checkout).state == "refused"
    assert fresh(order).state == "waiting"
    assert kinds_of_mail()[-1] == "till/payment_refused"
    assert begin(order).pk != checkout.pk


def test_declined_it_can_be_tried_again(order, paypal):
    paypal.decline_next()
    checkout = approved(paypal, order)
    assert look(checkout).state == "refused"
    assert fresh(order).state == "waiting"
    again = begin(order)
    assert again.pk != checkout.pk
    paypal.approve(again.external_id)
    assert look(again).state == "paid"
    assert Payment.objects.count() == 1


def test_O5_paid_by_transfer_meanwhile_paypal_takes_nothing(order, paypal):
    checkout = approved(paypal, order)
    pay(order, means="transfer")
    assert look(checkout).state == "lapsed"
    assert captures_asked(paypal) == []
    assert (Payment.objects.count(), Lot.objects.count(), credit(order)) == (1, 1, [])


def test_O5_paid_by_transfer_at_the_same_moment_the_second_sum_is_credit(order, paypal, monkeypatch):
    checkout = approved(paypal, order)
    still_wanted = checkouts._is_still_wanted

    def wanted_then_paid(*args):
        answer = still_wanted(*args)
        pay(order, means="transfer")
        return answer

    monkeypatch.setattr(checkouts, "_is_still_wanted", wanted_then_paid)
    assert look(checkout).state == "paid"
    assert (Lot.objects.count(), Invoice.objects.count()) == (1, 1)
    assert credit(order) == [("paid_twice", 24_000)]
    assert every_fault() == []


def test_cancelled_here_meanwhile_paypal_takes_nothing(order, paypal):
    checkout = approved(paypal, order)
    waiting.cancel_order(order=order, by=TEST, at=moment(AT))
    assert look(checkout).state == "lapsed"
    assert captures_asked(paypal) == []


def test_a_part_paid_meanwhile_makes_another_sum_due(order, paypal):
    checkout = approved(paypal, order)
    pay(order, 4_000, means="transfer")
    assert look(checkout).state == "lapsed"
    rest = begin(order)
    assert rest.amount_cents == 20_000
    paypal.approve(rest.external_id)
    assert look(rest).state == "paid"
    assert fresh(order).is_settled


def test_O3_an_order_that_ended_is_revived_as_long_as_it_is_on_sale(order, paypal, twenty):
    checkout = approved(paypal, order)
    waiting.expire_order(order=order, by=TEST, at=moment("2027-03-29 00:00"))
    with time_machine.travel(moment("2027-03-29 00:01"), tick=False):
        assert look(checkout, "2027-03-29 00:01").state == "paid"
    assert fresh(order).is_settled


def test_O3_of_one_that_is_no_longer_sold_nothing_is_taken(order, paypal, twenty):
    checkout = approved(paypal, order)
    waiting.expire_order(order=order, by=TEST, at=moment("2027-03-29 00:00"))
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment("2027-03-29 00:00"))
    with time_machine.travel(moment("2027-03-29 00:01"), tick=False):
        assert look(checkout, "2027-03-29 00:01").state == "lapsed"
    assert captures_asked(paypal) == []


def test_an_edition_withdrawn_meanwhile_is_sold_to_who_ordered_it(order, paypal, twenty):
    checkout = approved(paypal, order)
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment(AT))
    assert look(checkout).state == "paid"
    assert Lot.objects.get().quantity == 20


@pytest.mark.parametrize(
    ("attribute", "value", "why"),
    [
        ("amount_cents", 23_999, "other_amount"),
        ("currency", "USD", "other_currency"),
        ("reference", "RF00AA00AA00", "other_order"),
        ("payee", "SOMEBODYELSE", "other_payee"),
    ],
)
def test_what_is_not_as_asked_credits_nothing_and_tells_the_owner(
    order, paypal, odile, monkeypatch, attribute, value, why
):
    checkout = approved(paypal, order)
    show = interface.show_checkout
    monkeypatch.setattr(interface, "show_checkout", lambda *args: replace(show(*args), **{attribute: value}))
    assert look(checkout).state == "wrong"
    checkout.refresh_from_db()
    assert (checkout.why, checkout.look_at) == (why, None)
    assert (Payment.objects.count(), Lot.objects.count(), fresh(order).state) == (0, 0, "waiting")
    assert captures_asked(paypal) == []
    told = OutgoingMail.objects.get(kind="till/checkout_wrong")
    assert (told.to, order.reference in told.text) == (odile.email, True)


def test_paypal_down_the_order_is_kept_and_the_next_try_meets_the_same_row(order, paypal):
    paypal.down()
    with pytest.raises(checkouts.PaymentServiceAway):
        begin(order)
    made = Checkout.objects.get()
    assert (made.state, made.external_id) == ("made", None)
    assert FailedCall.objects.exists()
    paypal.up()
    assert begin(order).pk == made.pk


def test_what_was_begun_and_never_answered_lapses(order, paypal):
    paypal.down()
    with pytest.raises(checkouts.PaymentServiceAway):
        begin(order)
    paypal.up()
    made = Checkout.objects.get()
    with time_machine.travel(moment("2027-02-26 18:01"), tick=False):
        assert look(made, "2027-02-26 18:01").state == "lapsed"
    assert paypal.account.orders == {}


def test_an_answer_that_got_lost_is_asked_for_again(order, paypal):
    """Between call and write: PayPal knows of it, and we do not yet."""
    checkout = approved(paypal, order)
    Checkout.objects.update(state="made", external_id=None, approve_url="")
    assert look(checkout).state == "paid"
    assert len(paypal.account.orders) == 1


def test_a_capture_whose_answer_got_lost_is_taken_in_by_the_next_look(order, paypal, monkeypatch):
    checkout = approved(paypal, order)
    capture = interface.capture_checkout

    def captured_and_lost(*args, **kwargs):
        capture(*args, **kwargs)
        raise ServiceFailed("timeout", permanent=False)

    with monkeypatch.context() as patch:
        patch.setattr(interface, "capture_checkout", captured_and_lost)
        with pytest.raises(ServiceFailed):
            look(checkout)
    assert (fresh(order).state, len(paypal.capture_ids())) == ("waiting", 1)
    assert look(checkout).state == "paid"
    assert OnlineReceipt.objects.get().capture_id == paypal.capture_ids()[0]


def test_one_that_lapsed_before_paypal_knew_of_it_leaves_nothing_to_ask(order, paypal):
    """Its payer comes back all the same: the order waits as before."""
    paypal.down()
    with pytest.raises(checkouts.PaymentServiceAway):
        begin(order)
    paypal.up()
    with time_machine.travel(moment("2027-02-26 18:01"), tick=False):
        tasks.look_at_checkouts.call()
        calls = len(paypal.calls)
        looked = checkouts.look_at_order(order=order, by=TEST, at=moment("2027-02-26 18:01"))
    assert (looked.state, len(paypal.calls), fresh(order).state) == ("lapsed", calls, "waiting")


@pytest.mark.parametrize("ended", ["refused", "lapsed"])
def test_an_answer_lost_about_one_that_had_ended_is_asked_for_again(order, paypal, monkeypatch, ended):
    """Its payer approved again, by the same link, and PayPal took the money: nobody need come back once more."""
    checkout = approved(paypal, order)
    Checkout.objects.update(state=ended, look_at=None)
    capture = interface.capture_checkout

    def captured_and_lost(*args, **kwargs):
        capture(*args, **kwargs)
        raise ServiceFailed("timeout", permanent=False)

    with monkeypatch.context() as patch:
        patch.setattr(interface, "capture_checkout", captured_and_lost)
        with pytest.raises(ServiceFailed):
            look(checkout)
    assert Checkout.objects.get().look_at == moment("2027-02-26 12:02")
    with time_machine.travel(moment("2027-02-26 12:02"), tick=False):
        tasks.look_at_checkouts.call()
    assert (fresh(order).is_settled, Checkout.objects.get().look_at, every_fault()) == (True, None, [])


def test_the_task_looks_at_what_is_due_and_goes_on_after_an_outage(order, paypal):
    approved(paypal, order)
    paypal.down()
    with time_machine.travel(moment("2027-02-26 12:02"), tick=False):
        tasks.look_at_checkouts.call()
    assert fresh(order).state == "waiting"
    assert Checkout.objects.get().look_at == moment("2027-02-26 12:04")
    paypal.up()
    with time_machine.travel(moment("2027-02-26 12:04"), tick=False):
        tasks.look_at_checkouts.call()
    assert fresh(order).is_settled


def test_an_access_taken_away_leaves_what_is_in_doubt(order, paypal, settings):
    checkout = approved(paypal, order)
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = ""
    with pytest.raises(ServiceFailed):
        look(checkout)
    with pytest.raises(checkouts.PaymentServiceAway):
        begin(order)
    assert Checkout.objects.get().state == "open"


def test_another_access_that_does_not_know_of_it_proves_nothing(order, paypal, settings):
    checkout = begin(order)
    settings.PAYPAL_CLIENT_ID = "demo-after"
    paypal.account.orders.clear()
    with pytest.raises(ServiceFailed, match="unknown_there"):
        look(checkout)
    assert Checkout.objects.get().state == "open"
    with time_machine.travel(moment("2027-02-26 19:00"), tick=False):
        assert look(checkout, "2027-02-26 19:00").state == "lapsed"


def test_a_payment_begun_in_the_sandbox_is_not_looked_for_elsewhere_and_holds_up_nobody(order, claire, twenty, paypal):
    checkout = Checkout.objects.create(
        customer=order.customer, **order.cause.columns, **TEST.columns, reference=order.reference, amount_cents=24_000,
        language="en", environment="sandbox", client_id="before", state="open", external_id="BEGUNTHERE",
        made_at=moment(AT), look_at=moment(AT),
    )  # fmt: skip
    approved(paypal, other := place(claire, twenty, means="paypal"))
    with pytest.raises(ServiceFailed, match="other_environment"):
        look(checkout)
    with time_machine.travel(moment("2027-02-26 12:02"), tick=False):
        tasks.look_at_checkouts.call()
    assert (fresh(order).state, fresh(other).state) == ("waiting", "settled")


def test_O1_nobody_is_reminded_while_the_payment_is_examined(order, paypal):
    paypal.pend_next()
    checkout = approved(paypal, order)
    look(checkout)
    at = moment("2027-03-20 09:00")
    assert overdue.orders_to_remind(at) == []
    Checkout.objects.update(state="refused")
    assert overdue.orders_to_remind(at) == [order]


def test_a_customer_asks_sixty_times_an_hour_and_the_desk_as_often_as_it_likes(order, paypal, claire, awa, twenty):
    begin(order)
    other = place(claire, twenty, means="paypal")
    for _ in range(60):
        checkouts.look_at_order(order=order, by=claire.as_actor(), at=moment(AT))
    with pytest.raises(checkouts.AskedTooOften):
        checkouts.look_at_order(order=order, by=claire.as_actor(), at=moment(AT))
    with pytest.raises(checkouts.AskedTooOften):
        checkouts.begin_checkout(order=other, by=claire.as_actor(), at=moment(AT))
    assert checkouts.look_at_order(order=order, by=awa.as_actor(), at=moment(AT)).state == "open"
    assert checkouts.look_at_order(order=order, by=claire.as_actor(), at=moment("2027-02-26 13:00")).state == "open"


def test_an_order_that_waits_for_nothing_begins_nothing(order, paypal):
    pay(order, means="transfer")
    with pytest.raises(checkouts.NothingToPay):
        begin(order)
    assert Checkout.objects.count() == 0


def test_two_tabs_take_the_money_once(order, paypal, monkeypatch):
    checkout = approved(paypal, order)
    stale = Checkout.objects.get()
    look(checkout)
    before = state()
    # The other tab has read the row before: it asks PayPal, too, and finds all done.
    found = rules.fate_of(
        checkouts.ask(checkouts.paypal.show_checkout, paypal.access, stale.external_id),
        checkouts._asked(stale, paypal.access),
    )
    assert found.step == "paid"
    checkouts._taken_in(stale, found, by=TEST, at=moment(AT))
    assert state() == before


def broken_at_every_statement(act):
    """Break off at one statement after the other, with what was committed before staying, until it goes through."""
    first = 0
    while True:
        stop = StopFrom(first)
        try:
            with connection.execute_wrapper(stop):
                return act()
        except Broken:
            first = stop.passed + 1


@pytest.mark.parametrize("outcome", ["", "pending", "declined"])
def test_whatever_breaks_off_the_next_try_completes(order, paypal, outcome):
    """Between any two statements, and between a call and its writing: all of it or nothing."""
    checkout = broken_at_every_statement(partial(begin, order))
    assert (len(paypal.account.orders), Checkout.objects.count()) == (1, 1)
    paypal.approve(checkout.external_id)
    if outcome:
        paypal.account.next_outcomes.append(outcome)
    broken_at_every_statement(partial(look, checkout))
    paid = outcome == ""
    # Declined, and broken off before that was written: PayPal has its payer approve again, by the same link.
    ends = {"": {"paid"}, "pending": {"pending"}, "declined": {"refused", "open"}}
    assert Checkout.objects.get().state in ends[outcome]
    assert (Payment.objects.count(), Lot.objects.count(), Invoice.objects.count()) == (paid, paid, paid)
    assert (credit(order), every_fault()) == ([], [])


KILLED = """
import os, signal
from carnet.audit.actors import WORKER
from carnet.kernel import clock
from carnet.payments.models import Checkout
from carnet.payments.paypal import interface
from carnet.till.actions import checkouts

capture = interface.capture_checkout

def taken_and_killed(*args, **kwargs):
    capture(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

interface.capture_checkout = taken_and_killed
checkouts.look_at_checkout(checkout=Checkout.objects.get(), by=WORKER, at=clock.now())
"""


def test_a_process_killed_between_the_taking_and_its_writing_loses_nothing(order, paypal, tmp_path, monkeypatch):
    checkout = approved(paypal, order)
    for name, value in {
        "STAND_IN": paypal.url, "CLIENT_ID": paypal.access.client_id, "SECRET": paypal.access.secret
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CARNET_PAYPAL_{name}", value)
    process = start(KILLED, tmp_path)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert (len(paypal.capture_ids()), Payment.objects.count(), fresh(order).state) == (1, 0, "waiting")
    assert look(checkout).state == "paid"
    assert (len(paypal.capture_ids()), Payment.objects.count(), Lot.objects.count()) == (1, 1, 1)
    assert every_fault() == []


def test_O5_twenty_at_once_take_the_money_once(order, paypal):
    checkout = approved(paypal, order)
    looked = all_at_once([partial(look, checkout) for _ in range(20)])
    assert {one.state for one in looked} == {"paid"}
    assert (Payment.objects.count(), Lot.objects.count(), Invoice.objects.count()) == (1, 1, 1)
    assert (len(paypal.capture_ids()), every_fault()) == (1, [])


def test_two_clicks_at_once_begin_one_payment(order, paypal):
    begun = all_at_once([partial(begin, order) for _ in range(5)])
    assert {one.pk for one in begun} == {Checkout.objects.get().pk}
    assert len(paypal.account.orders) == 1
