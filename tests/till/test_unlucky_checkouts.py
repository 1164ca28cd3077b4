"""What no service should say, and no clock should show: nothing is credited by it, and nobody else waits because of it
(O3–O6).
"""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine

from carnet.audit.actors import WORKER
from carnet.kernel.refused import Refused
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import changing, waiting
from carnet.orders.models import Order
from carnet.payments.actions import comparing
from carnet.payments.models import Checkout, CreditMovement, OnlineReceipt, Payment
from carnet.payments.paypal import interface
from carnet.payments.rules import checkouts as rules
from carnet.payments.rules.online import ServiceFailed
from carnet.till.actions import checkouts
from tests.factories.catalogue import TEST
from tests.factories.checkouts import approved, begin, look
from tests.factories.ledger import moment
from tests.factories.orders import AT, pay, place
from tests.factories.processes import all_at_once
from tests.proofs import every_fault

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("time_stands_still")]


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def look_at_all(at="2027-02-26 12:03"):
    with time_machine.travel(moment(at), tick=False):
        checkouts.look_at_due(by=WORKER, at=moment(at))


def say(monkeypatch, name, change):
    """PayPal's answers to this call, changed."""
    call = getattr(interface, name)
    monkeypatch.setattr(interface, name, lambda *args, **kwargs: change(call(*args, **kwargs)))


def test_a_capture_told_of_two_orders_pays_the_first_one_only(order, claire, twenty, paypal, odile, monkeypatch):
    first, second = approved(paypal, order), approved(paypal, place(claire, twenty, means="paypal"))
    assert look(first).state == "paid"
    known = OnlineReceipt.objects.get().capture_id
    say(
        monkeypatch,
        "capture_checkout",
        lambda found: replace(found, captures=(replace(found.captures[0], external_id=known),)),
    )
    assert look(second).state == "wrong"
    second.refresh_from_db()
    assert (second.why, second.capture_id) == ("other_order", None)
    assert (Payment.objects.count(), Lot.objects.count()) == (1, 1)
    assert OutgoingMail.objects.filter(kind="till/checkout_wrong", to=odile.email).count() == 1
    assert every_fault() == []


def test_a_payment_begun_under_a_number_that_another_one_has_is_wrong(order, claire, twenty, paypal, monkeypatch):
    first, other = begin(order), place(claire, twenty, means="paypal")
    say(monkeypatch, "create_checkout", lambda found: replace(found, external_id=first.external_id))
    with pytest.raises(checkouts.PaymentServiceAway):
        begin(other)
    second = Checkout.objects.latest("pk")
    assert (second.state, second.why, second.external_id) == ("wrong", "other_checkout", None)


def test_one_at_which_carnet_breaks_holds_up_nobody_else(order, claire, twenty, paypal, monkeypatch):
    broken, other = approved(paypal, order), place(claire, twenty, means="paypal")
    approved(paypal, other)
    take_in = checkouts._taken_in

    def breaks_at_the_first(checkout, *args, **kwargs):
        if checkout.pk == broken.pk:
            raise ZeroDivisionError
        return take_in(checkout, *args, **kwargs)

    monkeypatch.setattr(checkouts, "_taken_in", breaks_at_the_first)
    with pytest.raises(ZeroDivisionError):
        look_at_all()
    look_at_all("2027-02-26 12:04")
    assert (state_of(order), state_of(other)) == ("waiting", "settled")
    monkeypatch.setattr(checkouts, "_taken_in", take_in)
    look_at_all("2027-02-26 12:06")
    assert state_of(order) == "settled"


def test_money_taken_while_our_clock_went_back_is_recorded(order, paypal):
    checkout = approved(paypal, order)
    before = "2027-02-24 12:00"
    with time_machine.travel(moment(before), tick=False):
        assert look(checkout, before).state == "paid"
    assert (state_of(order), Payment.objects.get().received_on) == ("settled", order.ordered_on)
    assert every_fault() == []


@pytest.mark.parametrize("hours", [13, -11])
def test_money_of_an_order_whose_day_another_time_zone_moves_is_recorded(order, paypal, monkeypatch, hours):
    checkout = approved(paypal, order)
    zone = ZoneInfo(f"Etc/GMT{-hours:+}")
    monkeypatch.setattr(checkouts.provider, "time_zone", lambda: zone)
    assert look(checkout).state == "paid"
    assert state_of(order) == "settled"


def test_an_answer_from_before_the_money_was_taken_does_not_end_the_examination(order, paypal):
    paypal.pend_next()
    checkout = approved(paypal, order)
    assert look(checkout).state == "pending"
    late = "2027-02-26 20:00"
    for fate in (rules.Fate("wait"), rules.Fate("lapsed", "not_needed")):
        checkouts._taken_in(checkout, fate, by=TEST, at=moment(late))
    checkout.refresh_from_db()
    assert (checkout.state, checkout.capture_id) == ("pending", paypal.capture_ids()[0])
    assert checkout.look_at == moment("2027-02-26 20:15")
    paypal.settle_pending(paypal.capture_ids()[0])
    look_at_all("2027-02-26 20:16")
    assert state_of(order) == "settled"


def test_begun_anew_after_a_crash_it_may_turn_out_wrong(order, paypal, monkeypatch):
    checkout = begin(order)
    Checkout.objects.update(state="made", external_id=None, approve_url="")
    say(monkeypatch, "create_checkout", lambda found: replace(found, amount_cents=1))
    assert look(checkout).state == "wrong"


def test_an_answer_about_another_payment_claims_nothing_of_it(order, claire, twenty, paypal, monkeypatch):
    """Whatever PayPal mixes up: who has paid gets what was bought, also if the mistake is told first."""
    other = place(claire, twenty, means="paypal")
    first, second = approved(paypal, order), approved(paypal, other)
    show = interface.show_checkout
    show_first = show(paypal.access, first.external_id)
    interface.capture_checkout(paypal.access, first.external_id, key="x")
    with monkeypatch.context() as patch:
        patch.setattr(interface, "show_checkout", lambda access, _id: show(access, first.external_id))
        assert look(second).state == "wrong"
    assert show_first.reference == order.reference
    assert (look(first).state, state_of(order), state_of(other)) == ("paid", "settled", "waiting")


def test_a_capture_that_answers_with_an_error_in_a_200(order, paypal, monkeypatch):
    checkout = approved(paypal, order)
    say(monkeypatch, "capture_checkout", lambda found: replace(found, state="approved", captures=()))
    assert look(checkout).state == "open"
    assert state_of(order) == "waiting"
    monkeypatch.undo()
    with time_machine.travel(moment(AT), tick=False):
        assert look(checkout).state == "paid"


@pytest.mark.parametrize("cents", [-24_000, 0, 24_001, 10**14])
def test_an_amount_that_nobody_asked_for_credits_nothing(order, paypal, monkeypatch, cents):
    checkout = approved(paypal, order)
    say(
        monkeypatch,
        "capture_checkout",
        lambda found: replace(found, captures=(replace(found.captures[0], amount_cents=cents),)),
    )
    assert look(checkout).state == "wrong"
    assert (Payment.objects.count(), state_of(order)) == (0, "waiting")


@pytest.mark.parametrize("first", range(5))
def test_O3_O5_whatever_happens_to_the_order_while_paypal_takes_the_money(order, claire, paypal, first):
    """In any order of the five, units are given once at most, and each euro is paid for them or credit."""
    checkout = approved(paypal, order)
    late = moment("2027-05-01 12:00")

    def try_to(act, **more):
        with suppress(Refused, ServiceFailed):
            act(order=order, by=TEST, **more)

    acts = [
        partial(look, checkout),
        partial(pay, order, means="transfer"),
        partial(try_to, waiting.cancel_order, at=moment(AT)),
        partial(try_to, waiting.expire_order, at=late),
        partial(try_to, changing.change_means, means="cheque", at=moment(AT)),
        partial(look, checkout),
    ]
    assert not [one for one in all_at_once(acts[first:] + acts[:first]) if isinstance(one, Exception)]
    look(checkout)
    paid = sum(Payment.objects.values_list("amount_cents", flat=True))
    credit = sum(CreditMovement.objects.values_list("amount_cents", flat=True))
    settled = 24_000 if state_of(order) == "settled" else 0
    assert (paid, paid) == (24_000 * (1 + len(paypal.capture_ids())), settled + credit)
    assert Lot.objects.count() == bool(settled)
    assert every_fault() == []


def test_who_has_begun_often_does_not_have_all_of_it_asked_for(order, claire, paypal):
    """Each took the threads of the web server as long as PayPal needs to answer a dozen times."""
    for _ in range(7):
        paypal.decline_next()
        look(approved(paypal, order))
    paypal.calls.clear()
    checkouts.look_at_order(order=order, by=claire.as_actor(), at=moment(AT))
    assert len([call for call in paypal.calls if "/orders/" in call.path]) == checkouts.LOOKED_AT_ONCE


def test_taken_although_it_was_called_refused_it_is_found_by_the_list(order, paypal, monkeypatch):
    """The answer was lost, and the next one said no: only the account knows better."""
    checkout = approved(paypal, order)
    interface.capture_checkout(paypal.access, checkout.external_id, key="lost")
    with monkeypatch.context() as patch:
        patch.setattr(
            interface, "show_checkout", lambda *args: replace(show_open(*args), captures=(), state="approved")
        )
        patch.setattr(interface, "capture_checkout", refuse)
        assert look(checkout).state == "refused"
    night = "2027-02-27 04:30"
    with time_machine.travel(moment(night), tick=False):
        comparing.compare_account(by=WORKER, at=moment(night))
    look_at_all(night)
    assert (state_of(order), Payment.objects.count()) == ("settled", 1)


show_open = interface.show_checkout


def refuse(*args, **kwargs):
    raise ServiceFailed("PERMISSION_DENIED", permanent=True, status=403)
