import pytest

from tests.demo.paypal.asking import PaypalAsked


@pytest.fixture
def asked(paypal) -> PaypalAsked:
    return PaypalAsked(paypal)
