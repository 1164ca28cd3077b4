"""What PayPal's contract refuses: a check that lets everything pass would be none."""

import json
from typing import Any

import pytest

from tests import contract

ORDERS = "/v2/checkout/orders"
SIGNED = {"Authorization": "Bearer A21", "Content-Type": "application/json", "PayPal-Request-Id": "1"}
ORDER: dict[str, Any] = {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "EUR", "value": "1.00"}}]}
JSON = {"Content-Type": "application/json; charset=utf-8"}


def request(content: object, *, path: str = ORDERS, query: str = "", **headers: str) -> None:
    given = SIGNED | {name.replace("_", "-"): value for name, value in headers.items()}
    contract.check_request("POST", path, query=query, headers=given, body=json.dumps(content).encode())


def told_of(content: object) -> str:
    """What the contract has against this request; nothing if it is good."""
    try:
        request(content)
    except contract.ContractBroken as broken:
        return str(broken)
    return ""


def test_a_good_request() -> None:
    assert (told_of(ORDER), "'intent' is a required property" in told_of({})) == ("", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "'intent' is a required property"),
        ({**ORDER, "intent": "KEEP"}, "'KEEP' is not one of"),
        ({**ORDER, "intend": "CAPTURE"}, r"unknown to PayPal: \.intend"),
        ({**ORDER, "purchase_units": [{**ORDER["purchase_units"][0], "number": 1}]}, r"\.purchase_units\[\]\.number"),
        ({**ORDER, "purchase_units": [{"amount": {"currency_code": "EUR", "value": "1,00"}}]}, "does not match"),
        ([], "is not of type"),
    ],
)
def test_a_bad_content(content: object, words: str) -> None:
    with pytest.raises(contract.ContractBroken, match=words):
        request(content)


def test_a_bad_envelope() -> None:
    with pytest.raises(contract.ContractBroken, match="signed in by Basic"):
        request(ORDER, Authorization="Basic x")
    with pytest.raises(contract.ContractBroken, match="too long"):
        request(ORDER, PayPal_Request_Id="1" * 109)
    with pytest.raises(contract.ContractBroken, match="unknown to PayPal: fields"):
        request(ORDER, query="fields=id")
    with pytest.raises(contract.ContractBroken, match="Path not found"):
        request(ORDER, path="/v2/checkout/order")
    with pytest.raises(contract.ContractBroken, match="deserialize"):
        contract.check_request("POST", ORDERS, query="", headers=SIGNED, body=b"{")


def test_a_parameter_missing() -> None:
    path, headers = "/v1/reporting/transactions", {"Authorization": "Bearer A21"}
    span = "start_date=2026-11-01T00:00:00Z"
    with pytest.raises(contract.ContractBroken, match="end_date"):
        contract.check_request("GET", path, query=span, headers=headers, body=b"")
    contract.check_request("GET", path, query=f"{span}&end_date=2026-11-02T00:00:00Z", headers=headers, body=b"")


def answer(content: object, status: int = 200, *, path: str = f"{ORDERS}/5O190127TN364715T") -> None:
    body = b"" if content is None else json.dumps(content).encode()
    contract.check_answer("GET", path, status=status, headers=JSON, body=body)


def test_a_good_answer() -> None:
    answer({"id": "5O190127TN364715T", "status": "CREATED"})
    contract.check_answer("GET", "/v2/payments/captures/3C679366HH908993F", status=500, headers={}, body=b"")


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        ({"status": "MADE"}, 200, "'MADE' is not one of"),
        ({"state": "CREATED"}, 200, r"unknown to PayPal: \.state"),
        ({"name": "NOT_THERE"}, 404, "'NOT_THERE' is not one of"),
        (None, 200, "Missing response data"),
        (None, 503, "Missing response data"),
    ],
)
def test_a_bad_answer(content: object, status: int, words: str) -> None:
    with pytest.raises(contract.ContractBroken, match=words):
        answer(content, status)


def test_an_answer_to_nothing() -> None:
    with pytest.raises(contract.ContractBroken, match="Path not found"):
        answer({}, path="/v9/money")
