"""What PayPal kept is asked for again until it is told."""

import pytest
import time_machine

from carnet.jobs.declare import Every
from carnet.payments import tasks
from carnet.payments.actions import online_fees
from carnet.payments.models import FailedCall, OnlineFee
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.online import capture_told, checkout_of, note_receipt, taken
from tests.factories.orders import AT, open_shop, pay, place
from tests.proofs import every_fault

HOUR = "2027-02-26 13:00"


@pytest.fixture
def order(claire):
    open_shop()
    return place(claire, put_on_sale())


def paid_without_fee(order, capture_id, environment="stand_in"):
    capture = capture_told(capture_id, 100, fee_cents=None, net_cents=None)
    payment = pay(order, 100, means="paypal", key=f"paypal:{capture_id}", is_another=True)
    checkout = checkout_of(order, capture_id, environment=environment, amount_cents=100)
    note_receipt(payment, checkout, capture)
    return payment


def ask(at=HOUR):
    with time_machine.travel(moment(at), tick=False):
        return online_fees.ask_for_fees(by=TEST, at=moment(at))


def test_it_is_noted_once_it_is_told(paypal, order):
    capture = taken(paypal, 100)
    payment = paid_without_fee(order, capture.external_id)
    assert ask() == 1
    assert (payment.online_fee.fee_cents, every_fault()) == (capture.fee_cents, [])
    calls = len(paypal.calls)
    assert (ask(), len(paypal.calls)) == (0, calls)


def test_one_that_paypal_still_examines_tells_no_fee(paypal, order):
    paypal.pend_next()
    paid_without_fee(order, taken(paypal, 100).external_id)
    assert (ask(), OnlineFee.objects.count()) == (0, 0)


def test_one_that_paypal_does_not_know_stops_nobody(paypal, order):
    paid_without_fee(order, "3C679366HH908993F")
    paid_without_fee(order, taken(paypal, 100).external_id)
    assert (ask(), FailedCall.objects.count()) == (1, 1)


def test_an_outage_ends_the_asking(paypal, order):
    for _ in range(2):
        paid_without_fee(order, taken(paypal, 100).external_id)
    paypal.down()
    assert (ask(), FailedCall.objects.count()) == (0, 1)
    paypal.up()
    assert ask() == 2


def test_after_30_days_and_elsewhere_nobody_asks(paypal, order):
    paid_without_fee(order, taken(paypal, 100).external_id)
    paid_without_fee(order, taken(paypal, 100).external_id, "live")
    assert ask("2027-03-29 12:00") == 0
    assert ask() == 1


def test_without_an_account_nobody_asks(order):
    assert ask() == 0


def test_the_task_asks_every_hour(paypal, order):
    paid_without_fee(order, taken(paypal, 100).external_id)
    with time_machine.travel(moment(AT), tick=False):
        tasks.ask_for_fees.call()
    assert OnlineFee.objects.count() == 1
    assert Every(tasks.ask_for_fees, seconds=3600) in tasks.SCHEDULE
