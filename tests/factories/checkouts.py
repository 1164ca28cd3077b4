"""Payments at PayPal, begun, approved and looked at in one line each."""

from carnet.orders.models import Order
from carnet.payments.models import Checkout
from carnet.till.actions import checkouts
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.orders import AT
from tests.paypal import PaypalBeside


def begin(order: Order, at: str = AT) -> Checkout:
    return checkouts.begin_checkout(order=order, by=TEST, at=moment(at))


def look(checkout: Checkout, at: str = AT) -> Checkout:
    return checkouts.look_at_checkout(checkout=checkout, by=TEST, at=moment(at))


def approved(paypal: PaypalBeside, order: Order) -> Checkout:
    """Its payer has agreed at PayPal, and nobody has looked yet."""
    checkout = begin(order)
    paypal.approve(str(checkout.external_id))
    return checkout
