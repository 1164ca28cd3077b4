"""What the fixture itself promises to the tests that use it."""

import pytest
import requests

from tests.demo.paypal.asking import PaypalAsked, wanted
from tests.paypal import broken

ORDERS = "/v2/checkout/orders"


def test_a_request_that_breaks_the_contract_is_told(paypal):
    asked = PaypalAsked(paypal)
    misspelt = wanted(descripton="Ten units")
    assert asked.post(ORDERS, misspelt, key="k1").status_code == 201
    assert asked.get(ORDERS + "/0").status_code == 404
    (told,) = paypal.violations()
    assert told == "request: POST /v2/checkout/orders: unknown to PayPal: .purchase_units[].descripton"
    paypal.calls.clear()


def test_an_answer_that_breaks_the_contract_is_told(paypal):
    asked = PaypalAsked(paypal)
    paypal.stand_in.api.answers.minimal_order = lambda _order: {"id": 1, "status": "NEW"}
    asked.post(ORDERS, wanted(), key="k1", minimal=True)
    assert [told.split(":")[0] for told in broken(paypal.calls[-1])] == ["answer"]
    paypal.calls.clear()


def test_pulling_its_plug(paypal):
    asked = PaypalAsked(paypal)
    order_id = asked.order()
    paypal.down()
    answer = asked.get(f"{ORDERS}/{order_id}")
    assert (answer.status_code, answer.json()["name"]) == (503, "SERVICE_UNAVAILABLE")
    assert asked.token().status_code == 503
    paypal.down(is_silent=True)
    with pytest.raises(requests.ConnectionError):
        asked.get(f"{ORDERS}/{order_id}")
    paypal.up()
    assert asked.get(f"{ORDERS}/{order_id}").status_code == 200
    assert [call.status for call in paypal.calls] == [200, 201, 503, 503, 0, 200]


def test_slow_answers_come_after_the_deed(paypal):
    asked = PaypalAsked(paypal)
    order_id = asked.order()
    paypal.approve(order_id)
    paypal.slow(30)
    with pytest.raises(requests.Timeout):
        requests.post(f"{paypal.url}{ORDERS}/{order_id}/capture", b"", headers=asked.headers, timeout=0.2)
    assert len(paypal.capture_ids()) == 1
    paypal.slow(0)
    assert asked.get(f"{ORDERS}/{order_id}").json()["status"] == "COMPLETED"
