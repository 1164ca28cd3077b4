"""Orders, approvals, captures, notices, replays, refunds, disputes, outages and crashes as the dice say, told to the
program and to a model kept apart: units and euros are equal (O1, O3–O10, L1, L5, L6). CARNET_EXAMPLES=N asks for more.
"""

import os
import random

import pytest
import time_machine

from carnet.payments.models import OnlineRefund, Payment
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import open_shop
from tests.factories.people import make_customer, make_person
from tests.proofs import every_fault
from tests.till.paypal_dice import OPENINGS, PaypalDice
from tests.till.paypal_model import PackOnSale, Shop
from tests.till.paypal_told import PaypalTold

pytestmark = pytest.mark.django_db

# Each opening once at least.
EXAMPLES = int(os.environ.get("CARNET_EXAMPLES") or (len(OPENINGS) * (5 if os.environ.get("CI") else 1)))
STEPS = int(os.environ.get("CARNET_STEPS") or 20)
STARTS = "2027-02-26 12:00"
PACKS = [PackOnSale("token", 20, 12, 24_000), PackOnSale("token", 7, 6, 10_000), PackOnSale("minute", 120, 6, 9_001)]


@pytest.fixture
def tell(claire, ines, odile, paypal):
    """Starts a history of two households and a company."""
    open_shop()
    make_customer(make_person("Noé Petit", email="noe@example.org"))
    editions = [
        put_on_sale(f"pack-{place}", pack.quantity, kind="tokens" if pack.unit == "token" else "hours",
                    months=pack.months, shared=pack.quantity >= 20, price_cents=pack.price)
        for place, pack in enumerate(PACKS)
    ]  # fmt: skip
    noe = type(claire).objects.get(email="noe@example.org")
    with time_machine.travel(moment(STARTS), tick=False) as clock:
        shop = Shop(PACKS, households=[True, False, True], at=moment(STARTS))
        yield PaypalTold(shop, [claire, ines, noe], editions, paypal, clock)


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_program_tells_what_the_model_tells(seed, tell):
    dice = PaypalDice(random.Random(seed), tell)
    tell.tell("night")
    OPENINGS[seed % len(OPENINGS)](dice)
    for _ in range(STEPS):
        dice.step()
    everything_runs(tell)
    # Every euro that PayPal took and did not send back is ours.
    assert (euros_here(), every_fault()) == (euros_there(tell), []), tell.story("PayPal's account, and verify")


def everything_runs(told):
    """PayPal is up, and each task has its turn."""
    told.shop.outcomes.clear()
    told.beside.account.next_outcomes.clear()
    told.tell("up")
    for minutes in (5 * 60, 15, 6 * 60, 15):
        told.tell("pass", minutes)
        told.tell("work")
        told.tell("use_notices")
        told.tell("night")
    told.tell("work")


def euros_there(told):
    account = told.beside.account
    return sum(account.left_of(one) for one in account.captures.values() if one.has_money)


def euros_here():
    taken = sum(Payment.objects.filter(means="paypal").values_list("amount_cents", flat=True))
    return taken - sum(OnlineRefund.objects.values_list("amount_cents", flat=True))
