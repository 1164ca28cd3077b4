"""An order that waits to be paid at PayPal, at a moment that stands still; files whose orders differ have their own."""

from collections.abc import Iterator

import pytest
import time_machine

from carnet.catalogue.models import Edition
from carnet.orders.models import Order
from carnet.people.models import Person
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, place
from tests.paypal import PaypalBeside


@pytest.fixture
def time_stands_still() -> Iterator[None]:
    with time_machine.travel(moment(AT), tick=False):
        yield


@pytest.fixture
def twenty(db: None) -> Edition:
    """A pack of twenty tokens on sale."""
    open_shop()
    return put_on_sale()


@pytest.fixture
def order(claire: Person, twenty: Edition, paypal: PaypalBeside) -> Order:
    """Of this pack, to be paid at PayPal."""
    return place(claire, twenty, means="paypal")
