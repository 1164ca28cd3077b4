import datetime

import pytest

from carnet.payments.paypal import interface
from carnet.payments.rules.online import RefundFound, ServiceFailed
from tests.payments.paypal import payloads
from tests.payments.paypal.prepared import Doorstep

SENT = f"POST /v2/payments/captures/{payloads.CAPTURE}/refund"
SHOWN = "GET /v2/payments/refunds/1JU08902781691411"
FOUND = RefundFound(
    external_id="1JU08902781691411", state="completed", capture_id=payloads.CAPTURE, amount_cents=1200, currency="EUR",
    at=datetime.datetime(2026, 11, 30, 10, tzinfo=datetime.UTC), fee_cents=0, net_cents=1200,
)  # fmt: skip


def test_a_part(doorstep: Doorstep) -> None:
    doorstep.answers(SENT, payloads.refund(), 201)
    sent = interface.refund_capture(
        doorstep.access, payloads.CAPTURE, amount_cents=1200, reason="Commande annulée", key="refund-3"
    )
    assert sent == FOUND
    (asked,) = doorstep.calls()
    assert asked.json == {"amount": {"currency_code": "EUR", "value": "12.00"}, "note_to_payer": "Commande annulée"}
    assert (asked.headers["PayPal-Request-Id"], asked.headers["Prefer"]) == ("refund-3", "return=representation")


def test_the_whole_and_no_word(doorstep: Doorstep) -> None:
    doorstep.answers(SENT, payloads.refund(), 201)
    interface.refund_capture(doorstep.access, payloads.CAPTURE, amount_cents=None, reason="", key="refund-3")
    assert doorstep.calls()[0].json == {}


def test_many_words(doorstep: Doorstep) -> None:
    doorstep.answers(SENT, payloads.refund(), 201)
    interface.refund_capture(doorstep.access, payloads.CAPTURE, amount_cents=None, reason="a" * 300, key="refund-3")
    assert doorstep.calls()[0].json == {"note_to_payer": "a" * 255}


def test_again_with_the_same_key(doorstep: Doorstep) -> None:
    doorstep.answers(SENT, b"", 500)
    doorstep.answers(SENT, payloads.error("RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS"), 409)
    doorstep.answers(SENT, payloads.refund(), 201)
    for _ in range(2):
        with pytest.raises(ServiceFailed) as failed:
            interface.refund_capture(doorstep.access, payloads.CAPTURE, amount_cents=1200, reason="", key="refund-3")
        assert not failed.value.permanent
    interface.refund_capture(doorstep.access, payloads.CAPTURE, amount_cents=1200, reason="", key="refund-3")
    assert {(one.headers["PayPal-Request-Id"], one.body) for one in doorstep.calls()} == {
        ("refund-3", b'{"amount": {"currency_code": "EUR", "value": "12.00"}}')
    }


def test_nothing_is_left(doorstep: Doorstep) -> None:
    doorstep.answers(SENT, payloads.error("UNPROCESSABLE_ENTITY", "CAPTURE_FULLY_REFUNDED"), 422)
    with pytest.raises(ServiceFailed) as failed:
        interface.refund_capture(doorstep.access, payloads.CAPTURE, amount_cents=None, reason="", key="refund-3")
    assert (failed.value.code, failed.value.permanent) == ("CAPTURE_FULLY_REFUNDED", True)


@pytest.mark.parametrize("amount", [0, -1])
def test_no_amount(doorstep: Doorstep, amount: int) -> None:
    with pytest.raises(AssertionError):
        interface.refund_capture(doorstep.access, payloads.CAPTURE, amount_cents=amount, reason="", key="refund-3")


@pytest.mark.parametrize(
    ("status", "state"),
    [("COMPLETED", "completed"), ("PENDING", "pending"), ("FAILED", "failed"), ("CANCELLED", "failed")],
)
def test_show(doorstep: Doorstep, status: str, state: str) -> None:
    doorstep.answers(SHOWN, payloads.refund(status))
    assert interface.show_refund(doorstep.access, "1JU08902781691411").state == state


def test_the_fee_that_came_back(doorstep: Doorstep) -> None:
    breakdown = {"gross_amount": payloads.money("12.00"), "paypal_fee": payloads.money("0.35")}
    breakdown["net_amount"] = payloads.money("11.65")
    doorstep.answers(SHOWN, payloads.refund(seller_payable_breakdown=breakdown))
    shown = interface.show_refund(doorstep.access, "1JU08902781691411")
    assert (shown.amount_cents, shown.fee_cents, shown.net_cents) == (1200, 35, 1165)


def test_one_that_is_not_told_whole(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.refund("PENDING", seller_payable_breakdown={}))
    shown = interface.show_refund(doorstep.access, "1JU08902781691411")
    assert (shown.amount_cents, shown.fee_cents, shown.net_cents) == (1200, 0, None)


def test_one_of_no_capture(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.refund(links=[]))
    with pytest.raises(ServiceFailed, match="not_understood"):
        interface.show_refund(doorstep.access, "1JU08902781691411")
