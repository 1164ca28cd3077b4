from collections.abc import Iterator

import pytest

from carnet.payments.paypal import interface
from tests.payments.paypal.prepared import Doorstep, doorstep


@pytest.fixture
def paypal() -> Iterator[Doorstep]:
    """PayPal, answering as prepared; nothing is left of the test before."""
    interface.forget()
    with doorstep() as server:
        yield server
        interface.forget()
