"""Orders, captures and refunds; that all of it is as PayPal's contract says is seen to by the fixture `paypal`."""

import datetime

import pytest
import time_machine

from tests.demo.paypal.asking import PaypalAsked, issue, rels, wanted

ORDERS = "/v2/checkout/orders"


def test_a_token_for_any_client_of_the_demo_with_the_right_secret(paypal):
    asked = PaypalAsked(paypal, with_token=False)
    told = asked.token("demo-anybody").json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 9 * 3600)
    for client_id, secret in [("demo-carnet", "wrong"), ("carnet", None), ("demo-carnet", "")]:
        refused = asked.token(client_id, secret)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_no_call_without_a_token_or_with_an_old_one(paypal):
    unknown = PaypalAsked(paypal, with_token=False)
    unknown.headers["Authorization"] = "Bearer A21AAunknown"
    answer = unknown.get(f"{ORDERS}/5O190127TN364715T")
    assert (answer.status_code, answer.json()["name"]) == (401, "AUTHENTICATION_FAILURE")
    with time_machine.travel("2027-03-05T12:00:00Z", tick=False) as moment:
        asked = PaypalAsked(paypal)
        moment.shift(datetime.timedelta(hours=9, seconds=-1))
        assert asked.get("/v1/notifications/webhooks").status_code == 200
        moment.shift(datetime.timedelta(seconds=1))
        assert asked.get("/v1/notifications/webhooks").status_code == 401


def test_an_order_from_its_beginning_to_its_capture(paypal, asked):
    made = asked.post(ORDERS, wanted("49.90", invoice_id="A-1"), key="k1")
    told = made.json()
    assert (made.status_code, told["status"], len(made.headers["Paypal-Debug-Id"])) == (
        201,
        "PAYER_ACTION_REQUIRED",
        13,
    )
    assert rels(told)["payer-action"] == f"{paypal.url}/checkoutnow?token={told['id']}"
    capture = f"{ORDERS}/{told['id']}/capture"
    assert issue(asked.post(capture, key="c1")) == (422, "ORDER_NOT_APPROVED")
    paypal.approve(told["id"])
    approved = asked.get(f"{ORDERS}/{told['id']}").json()
    assert (approved["status"], approved["payer"]["payer_id"]) == ("APPROVED", "PAYER2DEM2345")
    done = asked.post(capture, key="c1")
    assert (done.status_code, done.json()["status"]) == (201, "COMPLETED")
    unit = done.json()["purchase_units"][0]
    (found,) = unit["payments"]["captures"]
    assert unit["payee"]["merchant_id"] == paypal.access.account_id
    assert (found["status"], found["amount"]["value"], found["custom_id"], found["invoice_id"]) == (
        "COMPLETED",
        "49.90",
        "2027-0012",
        "A-1",
    )
    breakdown = found["seller_receivable_breakdown"]
    assert (breakdown["paypal_fee"]["value"], breakdown["net_amount"]["value"]) == ("1.80", "48.10")
    assert issue(asked.post(capture, key="another")) == (422, "ORDER_ALREADY_CAPTURED")
    shown = asked.get(f"/v2/payments/captures/{found['id']}").json()
    assert shown["supplementary_data"]["related_ids"]["order_id"] == told["id"]
    assert [notice.event for notice in paypal.notices()] == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]


def test_a_minimal_answer_tells_no_more_than_it_must(paypal, asked):
    made = asked.post(ORDERS, wanted(), key="k1", minimal=True).json()
    assert set(made) == {"id", "status", "links", "payment_source"}
    paypal.approve(made["id"])
    done = asked.post(f"{ORDERS}/{made['id']}/capture", key="c1", minimal=True).json()
    (unit,) = done["purchase_units"]
    assert set(unit) == {"reference_id", "payments"}
    refund = asked.post(f"/v2/payments/captures/{paypal.capture_ids()[0]}/refund", key="r1", minimal=True).json()
    assert set(refund) == {"id", "status", "links"}


def test_an_order_of_the_older_kind_is_approved_by_the_older_link(asked):
    older = wanted()
    older["application_context"] = older.pop("payment_source")["paypal"]["experience_context"]
    told = asked.post(ORDERS, older).json()
    assert told["status"] == "CREATED"
    assert set(rels(told)) == {"self", "approve", "capture"}


def test_the_same_request_id_gives_the_same_answer(paypal, asked):
    first, again = (asked.post(ORDERS, wanted(), key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert asked.post(ORDERS, wanted(), key="k2").json()["id"] != first.json()["id"]
    order_id = first.json()["id"]
    paypal.approve(order_id)
    captures = [asked.post(f"{ORDERS}/{order_id}/capture", key="c1") for _ in range(3)]
    assert [answer.status_code for answer in captures] == [201, 200, 200]
    assert captures[0].json() == captures[2].json()
    (capture_id,) = paypal.capture_ids()
    half = {"amount": {"currency_code": "EUR", "value": "20.00"}}
    refunds = [asked.post(f"/v2/payments/captures/{capture_id}/refund", half, key="r1") for _ in range(2)]
    assert refunds[0].json() == refunds[1].json()
    assert len(paypal.account.refunds) == 1


def test_a_request_id_is_forgotten_after_six_hours(paypal):
    with time_machine.travel("2027-03-05T12:00:00Z", tick=False) as moment:
        asked = PaypalAsked(paypal)
        first = asked.order(key="k1")
        moment.shift(datetime.timedelta(hours=6, seconds=-1))
        assert asked.order(key="k1") == first
        moment.shift(datetime.timedelta(seconds=1))
        assert asked.order(key="k1") != first


def test_what_was_refused_may_be_tried_again_with_the_same_request_id(paypal, asked):
    order_id = asked.order()
    paypal.approve(order_id)
    paypal.decline_next()
    declined = asked.post(f"{ORDERS}/{order_id}/capture", key="c1")
    assert issue(declined) == (422, "INSTRUMENT_DECLINED")
    assert rels(declined.json())["redirect"] == f"{paypal.url}/checkoutnow?token={order_id}"
    assert asked.get(f"{ORDERS}/{order_id}").json()["status"] == "PAYER_ACTION_REQUIRED"
    paypal.approve(order_id)
    assert asked.post(f"{ORDERS}/{order_id}/capture", key="c1").status_code == 201


def test_an_order_that_nobody_approves_is_gone_after_three_hours(paypal):
    with time_machine.travel("2027-03-05T12:00:00Z", tick=False) as moment:
        asked = PaypalAsked(paypal)
        waits, approved = asked.order(key="k1"), asked.order(key="k2")
        paypal.approve(approved)
        moment.shift(datetime.timedelta(hours=3, seconds=-1))
        assert asked.get(f"{ORDERS}/{waits}").status_code == 200
        moment.shift(datetime.timedelta(seconds=1))
        assert issue(asked.get(f"{ORDERS}/{waits}")) == (404, "INVALID_RESOURCE_ID")
        assert issue(asked.post(f"{ORDERS}/{waits}/capture", key="c1")) == (404, "INVALID_RESOURCE_ID")
        assert asked.post(f"{ORDERS}/{approved}/capture", key="c2").status_code == 201


@pytest.mark.parametrize("settled", [True, False])
def test_a_pending_payment_comes_or_is_refused(paypal, asked, settled):
    paypal.pend_next()
    capture_id = asked.captured()
    told = asked.get(f"/v2/payments/captures/{capture_id}").json()
    assert (told["status"], told["status_details"]["reason"]) == ("PENDING", "PENDING_REVIEW")
    assert "seller_receivable_breakdown" not in told
    assert issue(asked.post(f"/v2/payments/captures/{capture_id}/refund", key="r")) == (422, "PENDING_CAPTURE")
    (paypal.settle_pending if settled else paypal.refuse_pending)(capture_id)
    told = asked.get(f"/v2/payments/captures/{capture_id}").json()
    assert told["status"] == ("COMPLETED" if settled else "DECLINED")
    # Once decided it stays so.
    (paypal.refuse_pending if settled else paypal.settle_pending)(capture_id)
    assert asked.get(f"/v2/payments/captures/{capture_id}").json() == told
    assert [notice.event for notice in paypal.notices()[1:]] == [
        "PAYMENT.CAPTURE.PENDING",
        f"PAYMENT.CAPTURE.{'COMPLETED' if settled else 'DENIED'}",
    ]
    if not settled:
        assert issue(asked.post(f"/v2/payments/captures/{capture_id}/refund", key="r")) == (422, "REFUND_NOT_ALLOWED")


def test_refunds_in_part_and_of_the_rest(paypal, asked):
    capture_id = asked.captured("100.00")
    path = f"/v2/payments/captures/{capture_id}/refund"

    def refund(value, key, currency="EUR"):
        return asked.post(
            path, {"amount": {"currency_code": currency, "value": value}, "note_to_payer": "Sorry"}, key=key
        )

    part = refund("30.00", "r1").json()
    assert rels(part)["up"].endswith(f"/v2/payments/captures/{capture_id}")
    assert part["seller_payable_breakdown"]["net_amount"]["value"] == "30.00"
    assert asked.get(f"/v2/payments/refunds/{part['id']}").json() == part
    assert asked.get(f"/v2/payments/captures/{capture_id}").json()["status"] == "PARTIALLY_REFUNDED"
    assert issue(refund("70.01", "r2")) == (422, "REFUND_AMOUNT_EXCEEDED")
    assert issue(refund("0.00", "r3"))[1] == "CANNOT_BE_ZERO_OR_NEGATIVE"
    assert issue(refund("1.00", "r4", "USD")) == (422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
    rest = asked.post(path, key="r5").json()
    assert (rest["amount"]["value"], rest["seller_payable_breakdown"]["total_refunded_amount"]["value"]) == (
        "70.00",
        "100.00",
    )
    assert asked.get(f"/v2/payments/captures/{capture_id}").json()["status"] == "REFUNDED"
    assert issue(asked.post(path, key="r6")) == (422, "CAPTURE_FULLY_REFUNDED")
    assert len(paypal.notices("PAYMENT.CAPTURE.REFUNDED")) == 2


def test_an_invoice_number_is_paid_once(paypal, asked):
    first, second = (asked.order(key=key, invoice_id="A-1") for key in ("k1", "k2"))
    for order_id in (first, second):
        paypal.approve(order_id)
    assert asked.post(f"{ORDERS}/{first}/capture", key="c1").status_code == 201
    assert issue(asked.post(f"{ORDERS}/{second}/capture", key="c2")) == (422, "DUPLICATE_INVOICE_ID")
    assert issue(asked.post(ORDERS, wanted(invoice_id="A-1"), key="k3")) == (422, "DUPLICATE_INVOICE_ID")


@pytest.mark.parametrize("path", [f"{ORDERS}/0", "/v2/payments/captures/0", "/v2/payments/refunds/0"])
def test_what_is_not_there_is_not_found(asked, path):
    assert issue(asked.get(path)) == (404, "INVALID_RESOURCE_ID")
