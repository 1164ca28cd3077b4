from collections.abc import Iterator

import pytest

from carnet.payments.paypal import interface
from tests.payments.paypal.prepared import Doorstep, open_doorstep


@pytest.fixture
def doorstep() -> Iterator[Doorstep]:
    """PayPal, answering as prepared; nothing is left of the test before."""
    interface.forget()
    with open_doorstep() as server:
        yield server
        interface.forget()
