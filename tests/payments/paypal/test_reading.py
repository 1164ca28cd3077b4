"""What is read from PayPal's JSON, without a network: nothing about money is guessed."""

import datetime
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from carnet.payments.paypal import reading
from carnet.payments.rules.online import TransactionFound
from tests import contract
from tests.payments.paypal import payloads

ODD = (ValueError, KeyError, TypeError, AttributeError)


@hypothesis.given(st.integers(-99_999_999, 99_999_999))
def test_cents(amount: int) -> None:
    value = f"{Decimal(amount) / 100:.2f}"
    assert reading.cents({"currency_code": "EUR", "value": value}, "EUR") == amount


@pytest.mark.parametrize(("value", "amount"), [("12", 1200), ("12.5", 1250), (".50", 50), ("-.5", -50), ("0.00", 0)])
def test_cents_in_other_forms(value: str, amount: int) -> None:
    assert reading.cents({"currency_code": "EUR", "value": value}) == amount


@pytest.mark.parametrize(
    "value", ["1.001", "1.000", "", ".", "1.", "1,00", "1e2", " 1", "1\n", "NaN", "٣.00", "1" * 13, 12, 1.5, None]
)
def test_no_amount(value: Any) -> None:
    with pytest.raises(ODD):
        reading.cents({"currency_code": "EUR", "value": value})


def test_another_currency() -> None:
    with pytest.raises(ValueError, match="amount"):
        reading.cents({"currency_code": "USD", "value": "1.00"}, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-29T10:00:00Z",
        "2026-11-29T11:00:00+01:00",
        "2026-11-29T10:00:00+0000",
        "2026-11-29T10:00:00.000Z",
        "2026-11-29T02:00:00-08:00",
    ],
)
def test_a_moment(text: str) -> None:
    assert reading.moment(text) == datetime.datetime(2026, 11, 29, 10, tzinfo=datetime.UTC)
    assert reading.moment(text).tzinfo == datetime.UTC


@pytest.mark.parametrize(
    "text", ["2026-11-29T10:00:00", "2026-11-29", "yesterday", "2026-02-30T10:00:00Z", "", 5, None]
)
def test_no_moment(text: Any) -> None:
    with pytest.raises(ODD):
        reading.moment(text)


def without(found: dict[str, Any], *places: Any) -> dict[str, Any]:
    """A copy in which one thing is missing."""
    import copy

    found = copy.deepcopy(found)
    inner: Any = found
    for place in places[:-1]:
        inner = inner[place]
    del inner[places[-1]]
    return found


ORDER = payloads.order("COMPLETED", captures=(payloads.capture(),))
UNIT = ("purchase_units", 0)
IN_ORDER = (*UNIT, "payments", "captures", 0)


@pytest.mark.parametrize(
    "places",
    [
        ("id",),
        ("status",),
        UNIT,
        (*UNIT, "amount"),
        (*UNIT, "amount", "value"),
        (*UNIT, "amount", "currency_code"),
        (*UNIT, "payee"),
        (*UNIT, "payee", "merchant_id"),
        (*IN_ORDER, "id"),
        (*IN_ORDER, "status"),
        (*IN_ORDER, "amount"),
        (*IN_ORDER, "create_time"),
        (*IN_ORDER, "seller_receivable_breakdown", "gross_amount"),
        (*IN_ORDER, "seller_receivable_breakdown", "paypal_fee"),
    ],
)
def test_a_checkout_with_something_missing(places: tuple) -> None:
    reading.checkout(ORDER)
    with pytest.raises(ODD):
        reading.checkout(without(ORDER, *places))


@pytest.mark.parametrize(
    "more",
    [
        {"id": "../1"},
        {"id": 5},
        {"status": "SOMETHING_NEW"},
        {"purchase_units": ORDER["purchase_units"] * 2},
        {"purchase_units": [{**ORDER["purchase_units"][0], "custom_id": 5}]},
        {"purchase_units": [{**ORDER["purchase_units"][0], "custom_id": "a\nb"}]},
        {"purchase_units": [{**ORDER["purchase_units"][0], "amount": payloads.money("1.00", "euro")}]},
        {"links": [{"rel": "approve", "href": "javascript:alert(1)"}]},
        {"links": [{"rel": "approve", "href": "https://www.paypal.com/" + "a" * 500}]},
    ],
)
def test_an_odd_checkout(more: dict) -> None:
    with pytest.raises(ODD):
        reading.checkout({**ORDER, **more})


def test_a_fee_in_another_currency() -> None:
    breakdown = {**payloads.capture()["seller_receivable_breakdown"], "paypal_fee": payloads.money("3.83", "USD")}
    with pytest.raises(ODD):
        reading.capture(payloads.shown_capture(seller_receivable_breakdown=breakdown))


def test_no_fee() -> None:
    breakdown = {"gross_amount": payloads.money("120.00"), "net_amount": payloads.money("120.00")}
    found = reading.capture(payloads.shown_capture(seller_receivable_breakdown=breakdown))
    assert (found.fee_cents, found.net_cents) == (0, 12000)


def test_a_capture_that_says_little() -> None:
    found = reading.capture(without(payloads.capture(), "custom_id"))
    assert (found.reference, found.checkout_id, found.payee) == ("", "", "")


@pytest.mark.parametrize(
    ("status", "outcome", "state"),
    [
        ("OPEN", None, "open"),
        ("WAITING_FOR_BUYER_RESPONSE", None, "open"),
        ("WAITING_FOR_SELLER_RESPONSE", None, "open"),
        ("UNDER_REVIEW", None, "open"),
        ("UNDER_REVIEW", "RESOLVED_BUYER_FAVOUR", "open"),  # appealed
        ("OTHER", None, "open"),
        ("RESOLVED", None, "open"),
        ("RESOLVED", "SOMETHING_NEW", "open"),
        ("RESOLVED", "RESOLVED_BUYER_FAVOUR", "lost"),
        ("RESOLVED", "ACCEPTED", "lost"),
        ("RESOLVED", "RESOLVED_SELLER_FAVOUR", "won"),
        ("RESOLVED", "CANCELED_BY_BUYER", "won"),
        ("RESOLVED", "DENIED", "won"),
        ("RESOLVED", "NONE", "won"),
        ("RESOLVED", "RESOLVED_WITH_PAYOUT", "won"),
    ],
)
def test_a_dispute(status: str, outcome: str | None, state: str) -> None:
    more = {"dispute_outcome": {"outcome_code": outcome}} if outcome else {}
    found = reading.dispute(payloads.dispute(status=status, **more))
    assert (found.state, found.capture_ids, found.amount_cents) == (state, (payloads.CAPTURE,), 12000)
    assert (found.external_id, found.reason) == ("PP-D-27803", "MERCHANDISE_OR_SERVICE_NOT_RECEIVED")
    assert found.opened_at < found.changed_at


@pytest.mark.parametrize(
    ("code", "refunded", "lost_cents"),
    [
        ("RESOLVED_BUYER_FAVOUR", payloads.money("50.00"), 5000),
        ("RESOLVED_BUYER_FAVOUR", None, None),
        ("RESOLVED_SELLER_FAVOUR", payloads.money("50.00"), None),
    ],
)
def test_what_a_dispute_costs(code: str, refunded: dict | None, lost_cents: int | None) -> None:
    outcome = {"outcome_code": code} | ({"amount_refunded": refunded} if refunded else {})
    assert reading.dispute(payloads.dispute(status="RESOLVED", dispute_outcome=outcome)).lost_cents == lost_cents


def test_what_a_dispute_costs_in_another_currency() -> None:
    outcome = {"outcome_code": "ACCEPTED", "amount_refunded": payloads.money("50.00", "USD")}
    with pytest.raises(ODD):
        reading.dispute(payloads.dispute(status="RESOLVED", dispute_outcome=outcome))


def test_by_when_a_dispute_is_to_be_answered() -> None:
    assert reading.dispute(payloads.dispute()).answer_by is None
    found = reading.dispute(payloads.dispute(seller_response_due_date="2026-12-11T10:00:00.000Z"))
    assert found.answer_by == datetime.datetime(2026, 12, 11, 10, tzinfo=datetime.UTC)


def test_every_outcome_of_the_contract_is_read() -> None:
    codes = contract.read()["components"]["schemas"]["dis_dispute_outcome"]["properties"]["outcome_code"]["enum"]
    assert set(codes) == {*reading._OUTCOMES, "RESOLVED_WITH_PAYOUT"}


def test_every_state_of_the_contract_is_read() -> None:
    schemas = contract.read()["components"]["schemas"]
    captures = schemas["pay_capture_status"]["properties"]["status"]["enum"]
    refunds = schemas["pay_refund_status"]["properties"]["status"]["enum"]
    assert set(captures) == set(reading._CAPTURES)
    assert set(refunds) == set(reading._REFUNDS)
    assert set(schemas["ord_order_status"]["enum"]) == set(reading._CHECKOUTS)


@pytest.mark.parametrize(
    ("movements", "state"),
    [
        ([("SELLER", "DEBIT", "120.00"), ("SELLER", "CREDIT", "120.00")], "won"),
        ([("SELLER", "DEBIT", "120.00"), ("SELLER", "CREDIT", "100.00")], "lost"),
        ([("SELLER", "DEBIT", "120.00"), ("BUYER", "CREDIT", "120.00")], "lost"),
        ([("BUYER", "CREDIT", "120.00")], "won"),
    ],
)
def test_a_dispute_in_which_paypal_paid(movements: list, state: str) -> None:
    moved = [
        {"affected_party": party, "type": kind, "amount": payloads.money(value)} for party, kind, value in movements
    ]
    outcome = {"outcome_code": "RESOLVED_WITH_PAYOUT"}
    found = payloads.dispute(status="RESOLVED", dispute_outcome=outcome, money_movements=moved)
    assert reading.dispute(found).state == state


@pytest.mark.parametrize(
    ("code", "value", "kind"),
    [
        ("T0006", "120.00", "capture"),
        ("T0000", "120.00", "capture"),
        ("T0006", "-120.00", "other"),  # we bought something
        ("T1107", "-120.00", "refund"),
        ("T1107", "120.00", "other"),  # of what we bought
        ("T1106", "-120.00", "reversal"),
        ("T1201", "-120.00", "reversal"),
        ("T1202", "120.00", "reversal"),
        ("T1110", "-120.00", "other"),
        ("T1111", "120.00", "other"),
        ("T0400", "-500.00", "other"),
        ("T0106", "-20.00", "other"),
    ],
)
def test_a_line(code: str, value: str, kind: str) -> None:
    found = reading.transaction(payloads.line(code, value)["transaction_info"])
    assert found == TransactionFound(
        external_id=payloads.CAPTURE, kind=kind, amount_cents=int(Decimal(value) * 100), fee_cents=-383, currency="EUR",
        at=datetime.datetime(2026, 11, 29, 10, tzinfo=datetime.UTC), is_final=True, reference="RF18CARNET000123",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"transaction_status": "P"}, (False, "", -383)),
        ({"transaction_status": "D"}, (False, "", -383)),
        ({"transaction_status": "V"}, (True, "", -383)),
        ({"paypal_reference_id": "3C679", "paypal_reference_id_type": "TXN"}, (True, "3C679", -383)),
        ({"paypal_reference_id": "O-3C679", "paypal_reference_id_type": "ODR"}, (True, "", -383)),
        ({"fee_amount": payloads.money("0.35")}, (True, "", 35)),
    ],
)
def test_a_line_with_more(more: dict, expected: tuple) -> None:
    found = reading.transaction(payloads.line(**more)["transaction_info"])
    assert (found.is_final, found.related_id, found.fee_cents) == expected


def test_a_line_without_a_fee() -> None:
    assert (
        reading.transaction(without(payloads.line(), "transaction_info", "fee_amount")["transaction_info"]).fee_cents
        == 0
    )


def test_lines_of_other_business_hide_nothing() -> None:
    odd = payloads.line("T0400", "-5", transaction_amount=payloads.money("-5.125", "TND"))
    (one,), pages = reading.transactions(payloads.page(odd, payloads.line(), pages=3))
    assert (one.external_id, pages) == (payloads.CAPTURE, 3)
    with pytest.raises(ODD):
        reading.transactions(payloads.page(payloads.line(transaction_amount=payloads.money("5.125", "TND"))))
    assert reading.transactions({"total_pages": 0}) == ([], 0)
