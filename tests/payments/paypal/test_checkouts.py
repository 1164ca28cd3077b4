import datetime

import pytest

from carnet.payments.paypal import calls, interface
from carnet.payments.rules.online import (
    Access,
    AccountFound,
    CaptureFound,
    CheckoutFound,
    CheckoutWanted,
    ServiceFailed,
)
from tests import contract
from tests.payments.paypal import payloads
from tests.payments.paypal.prepared import Doorstep

ORDERS, SHOWN = "POST /v2/checkout/orders", f"GET /v2/checkout/orders/{payloads.ORDER}"
CAPTURED = f"POST /v2/checkout/orders/{payloads.ORDER}/capture"
APPROVE_URL = f"https://www.sandbox.paypal.com/checkoutnow?token={payloads.ORDER}"
WANTED = CheckoutWanted(
    key="checkout-17", reference="RF18CARNET000123", number="RF18CARNET000123-1", amount_cents=12000,
    description="Carnet de 10 questions", language="fr", return_url="https://carnet.example/fr/back",
    cancel_url="https://carnet.example/fr/given-up", name="Le Carnet",
)  # fmt: skip
THE_CAPTURE = CaptureFound(
    external_id=payloads.CAPTURE, state="completed", amount_cents=12000, currency="EUR",
    at=datetime.datetime(2026, 11, 29, 10, tzinfo=datetime.UTC), fee_cents=383, net_cents=11617,
    reference="RF18CARNET000123", checkout_id=payloads.ORDER, payee=payloads.PAYEE,
)  # fmt: skip


def found(state: str, **more: object) -> CheckoutFound:
    return CheckoutFound(
        payloads.ORDER, state, 12000, "EUR", payloads.PAYEE, "RF18CARNET000123", **{"approve_url": APPROVE_URL, **more}
    )


def test_create(doorstep: Doorstep) -> None:
    doorstep.answers(ORDERS, payloads.order(), 201)
    assert interface.create_checkout(doorstep.access, WANTED) == found("waiting")
    (asked,) = doorstep.calls()
    assert asked.headers["PayPal-Request-Id"] == "checkout-17"
    assert asked.headers["Prefer"] == "return=representation"
    assert asked.json == {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "amount": {"currency_code": "EUR", "value": "120.00"},
                "custom_id": "RF18CARNET000123",
                "invoice_id": "RF18CARNET000123-1",
                "description": "Carnet de 10 questions",
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "locale": "fr-FR",
                    "shipping_preference": "NO_SHIPPING",
                    "user_action": "PAY_NOW",
                    "return_url": "https://carnet.example/fr/back",
                    "cancel_url": "https://carnet.example/fr/given-up",
                    "brand_name": "Le Carnet",
                }
            }
        },
    }


def test_create_a_long_text_and_no_name(doorstep: Doorstep) -> None:
    wanted = CheckoutWanted(
        key="1", reference="R", number="N", amount_cents=5, description="é" * 200, language="es",
        return_url="https://carnet.example/", cancel_url="https://carnet.example/",
    )  # fmt: skip
    doorstep.answers(ORDERS, payloads.order(), 201)
    interface.create_checkout(doorstep.access, wanted)
    content = doorstep.calls()[0].json
    assert content["purchase_units"][0]["amount"]["value"] == "0.05"
    assert content["purchase_units"][0]["description"] == "é" * 127
    assert "brand_name" not in content["payment_source"]["paypal"]["experience_context"]


def test_create_again_is_the_same_call(doorstep: Doorstep) -> None:
    doorstep.answers(ORDERS, b"", 503)
    doorstep.answers(ORDERS, payloads.order(), 200)
    with pytest.raises(ServiceFailed):
        interface.create_checkout(doorstep.access, WANTED)
    interface.create_checkout(doorstep.access, WANTED)
    first, second = doorstep.calls()
    assert first.headers["PayPal-Request-Id"] == second.headers["PayPal-Request-Id"] == "checkout-17"
    assert first.body == second.body


def test_create_without_an_address_for_the_payer(doorstep: Doorstep) -> None:
    doorstep.answers(ORDERS, {**payloads.order(), "links": []}, 201)
    with pytest.raises(ServiceFailed) as failed:
        interface.create_checkout(doorstep.access, WANTED)
    assert (failed.value.code, failed.value.permanent, failed.value.status) == ("not_understood", False, 201)
    assert failed.value.debug_id == "f00d5eed"


@pytest.mark.parametrize("key", ["", "é", "a\nb", "k" * 109])
def test_a_key_is_a_word(doorstep: Doorstep, key: str) -> None:
    with pytest.raises(AssertionError):
        interface.capture_checkout(doorstep.access, payloads.ORDER, key=key)
    assert doorstep.asked == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("CREATED", "waiting"),
        ("SAVED", "waiting"),
        ("PAYER_ACTION_REQUIRED", "waiting"),
        ("APPROVED", "approved"),
        ("VOIDED", "gone"),
    ],
)
def test_show(doorstep: Doorstep, status: str, state: str) -> None:
    doorstep.answers(SHOWN, payloads.order(status))
    assert interface.show_checkout(doorstep.access, payloads.ORDER) == found(state)


def test_show_one_that_is_captured(doorstep: Doorstep) -> None:
    order = payloads.order("COMPLETED", captures=(payloads.capture(),))
    order["links"] = order["links"][:1]
    contract.check_answer(
        "GET", f"/v2/checkout/orders/{payloads.ORDER}", status=200,
        headers={"Content-Type": "application/json"}, body=_bytes(order),
    )  # fmt: skip
    doorstep.answers(SHOWN, order)
    shown = interface.show_checkout(doorstep.access, payloads.ORDER)
    assert shown == found("captured", approve_url="", captures=(THE_CAPTURE,))


def test_show_one_that_is_gone(doorstep: Doorstep) -> None:
    gone = CheckoutFound(payloads.ORDER, "gone", 0, "", "", "")
    assert interface.show_checkout(doorstep.access, payloads.ORDER) == gone


def test_show_when_paypal_is_down(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, b"", 503)
    with pytest.raises(ServiceFailed, match="http_503"):
        interface.show_checkout(doorstep.access, payloads.ORDER)


@pytest.mark.parametrize("external_id", ["..", "../payments?x=1", "a/b", "", "é", "a" * 81, "1\n"])
def test_what_is_no_id_is_not_asked_for(doorstep: Doorstep, external_id: str) -> None:
    assert interface.show_checkout(doorstep.access, external_id).state == "gone"
    with pytest.raises(ServiceFailed) as failed:
        interface.capture_checkout(doorstep.access, external_id, key="capture-17")
    assert (failed.value.code, failed.value.permanent, failed.value.status) == ("RESOURCE_NOT_FOUND", True, 404)
    assert doorstep.asked == []


def test_capture(doorstep: Doorstep) -> None:
    doorstep.answers(CAPTURED, payloads.order("COMPLETED", captures=(payloads.capture(),)), 201)
    captured = interface.capture_checkout(doorstep.access, payloads.ORDER, key="capture-17")
    assert captured == found("captured", captures=(THE_CAPTURE,))
    (asked,) = doorstep.calls()
    assert asked.headers["PayPal-Request-Id"] == "capture-17"
    assert asked.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "more", "state", "why"),
    [
        ("PENDING", payloads.PENDING, "pending", "PENDING_REVIEW"),
        ("DECLINED", payloads.PENDING, "refused", "PENDING_REVIEW"),
        ("FAILED", {"seller_receivable_breakdown": {}}, "refused", ""),
    ],
)
def test_capture_that_brings_no_money_yet(doorstep: Doorstep, status: str, more: dict, state: str, why: str) -> None:
    doorstep.answers(CAPTURED, payloads.order("COMPLETED", captures=(payloads.capture(status, **more),)), 201)
    (captured,) = interface.capture_checkout(doorstep.access, payloads.ORDER, key="c").captures
    assert (captured.state, captured.why, captured.fee_cents, captured.net_cents) == (state, why, None, None)


def test_capture_what_was_captured_already(doorstep: Doorstep) -> None:
    doorstep.answers(CAPTURED, payloads.error("UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED"), 422)
    doorstep.answers(SHOWN, payloads.order("COMPLETED", captures=(payloads.capture(),)))
    captured = interface.capture_checkout(doorstep.access, payloads.ORDER, key="capture-17")
    assert captured.captures == (THE_CAPTURE,)


@pytest.mark.parametrize(
    ("issue", "permanent"),
    [("INSTRUMENT_DECLINED", True), ("ORDER_NOT_APPROVED", True), ("ORDER_COMPLETION_IN_PROGRESS", False)],
)
def test_capture_refused(doorstep: Doorstep, issue: str, permanent: bool) -> None:
    doorstep.answers(CAPTURED, payloads.error("UNPROCESSABLE_ENTITY", issue), 422)
    with pytest.raises(ServiceFailed) as failed:
        interface.capture_checkout(doorstep.access, payloads.ORDER, key="capture-17")
    assert (failed.value.code, failed.value.permanent, failed.value.status) == (issue, permanent, 422)
    assert (failed.value.debug_id, failed.value.call) == ("f00d5eed", CAPTURED)


def test_show_capture(doorstep: Doorstep) -> None:
    doorstep.answers(f"GET /v2/payments/captures/{payloads.CAPTURE}", payloads.shown_capture())
    assert interface.show_capture(doorstep.access, payloads.CAPTURE) == THE_CAPTURE


@pytest.mark.parametrize(("status", "state"), [("REFUNDED", "refunded"), ("PARTIALLY_REFUNDED", "partly_refunded")])
def test_show_capture_that_was_sent_back(doorstep: Doorstep, status: str, state: str) -> None:
    doorstep.answers(f"GET /v2/payments/captures/{payloads.CAPTURE}", payloads.shown_capture(status))
    assert interface.show_capture(doorstep.access, payloads.CAPTURE).state == state


def test_find_account(doorstep: Doorstep) -> None:
    doorstep.answers("GET /v1/reporting/balances", {"balances": [], "account_id": payloads.PAYEE})
    doorstep.answers("GET /v1/reporting/balances", {"balances": [], "account_id": payloads.PAYEE})
    assert interface.find_account(doorstep.access) == AccountFound(payloads.PAYEE)
    assert interface.find_account(doorstep.access) == AccountFound(payloads.PAYEE)
    assert doorstep.tokens == 2


def test_find_account_without_the_right_to_ask(doorstep: Doorstep) -> None:
    doorstep.answers("GET /v1/reporting/balances", payloads.error("NOT_AUTHORIZED"), 403)
    assert interface.find_account(doorstep.access) == AccountFound("")


def test_find_account_of_a_wrong_secret(doorstep: Doorstep) -> None:
    refusal = {"error": "invalid_client", "error_description": "Client Authentication failed"}
    doorstep.answers("POST /v1/oauth2/token", refusal, 401)
    with pytest.raises(ServiceFailed) as failed:
        interface.find_account(doorstep.access)
    assert (failed.value.code, failed.value.permanent, failed.value.call) == (
        "invalid_client", True, "POST /v1/oauth2/token",
    )  # fmt: skip


def test_find_account_when_paypal_is_down(doorstep: Doorstep) -> None:
    doorstep.answers("GET /v1/reporting/balances", payloads.error("INTERNAL_SERVER_ERROR"), 500)
    with pytest.raises(ServiceFailed):
        interface.find_account(doorstep.access)


def _bytes(found: object) -> bytes:
    import json

    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://www.paypal.com/checkoutnow?token=5O190127TN364715T", True),
        ("https://www.sandbox.paypal.com/checkoutnow?token=5O190127TN364715T", True),
        ("http://www.paypal.com/checkoutnow", False),
        ("https://paypal.com.example.org/checkoutnow", False),
        ("https://notpaypal.com/checkoutnow", False),
        ("https://www.paypal.com@example.org/", False),
        ("https://www.paypal.com:8443/checkoutnow", False),
        ("https://example.org/.paypal.com/", False),
        ("https://example.org\\.paypal.com/", False),
        ("https://www.paypal.com/checkout now", False),
        ("//www.paypal.com/checkoutnow", False),
    ],
)
def test_a_payer_is_sent_to_paypal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch, url: str, is_own: bool) -> None:
    access = Access("client", "a very secret secret", "live", "https://api-m.paypal.com")
    monkeypatch.setattr(calls, "ask", lambda *args: found("waiting", approve_url=url))
    if is_own:
        assert interface.create_checkout(access, WANTED).approve_url == url
    else:
        with pytest.raises(ServiceFailed, match="not_understood"):
            interface.create_checkout(access, WANTED)


def test_a_capture_that_was_not_asked_for(doorstep: Doorstep) -> None:
    doorstep.answers("GET /v2/payments/captures/3C679366HH908993X", payloads.capture())
    with pytest.raises(ServiceFailed, match="not_understood"):
        interface.show_capture(doorstep.access, "3C679366HH908993X")
