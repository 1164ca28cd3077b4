"""Disputes, and the account's own list of what moved on it."""

import datetime

import pytest
import time_machine

from tests.demo.paypal.asking import PaypalAsked, issue, rels
from tests.paypal import CLIENT_ID

TRANSACTIONS, DISPUTES = "/v1/reporting/transactions", "/v1/customer/disputes"
BEGIN, END = "2027-03-01T00:00:00Z", "2027-03-31T00:00:00Z"


@pytest.fixture(autouse=True)
def moment(paypal):
    with time_machine.travel("2027-03-05T12:00:00Z", tick=False) as travelling:
        yield travelling


@pytest.fixture
def asked(moment, paypal) -> PaypalAsked:
    return PaypalAsked(paypal)


def listed(asked, **query):
    """Every line as (code, amount, fee, what it is about)."""
    told = asked.get(TRANSACTIONS, start_date=BEGIN, end_date=END, **query).json()
    infos = [entry["transaction_info"] for entry in told.get("transaction_details", [])]
    return [
        (
            info["transaction_event_code"],
            info["transaction_amount"]["value"],
            info.get("fee_amount", {}).get("value"),
            info.get("paypal_reference_id", ""),
        )
        for info in infos
    ]


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_ends_once(paypal, asked, moment, won):
    capture_id = asked.captured("100.00")
    dispute_id = paypal.dispute(capture_id)
    told = asked.get(f"{DISPUTES}/{dispute_id}").json()
    assert (told["status"], told["dispute_amount"]["value"], told["reason"]) == (
        "WAITING_FOR_SELLER_RESPONSE", "100.00", "UNAUTHORISED",
    )  # fmt: skip
    assert [one["seller_transaction_id"] for one in told["disputed_transactions"]] == [capture_id]
    part = {"amount": {"currency_code": "EUR", "value": "1.00"}}
    assert issue(asked.post(f"/v2/payments/captures/{capture_id}/refund", part, key="r")) == (
        422,
        "TRANSACTION_DISPUTED",
    )
    with pytest.raises(ValueError, match="can't be disputed now"):
        paypal.dispute(capture_id)
    moment.shift(datetime.timedelta(days=2))
    for again in (won, not won):
        paypal.end_dispute(dispute_id, won=again)
    asked = PaypalAsked(paypal)
    told = asked.get(f"{DISPUTES}/{dispute_id}").json()
    favour = "SELLER" if won else "BUYER"
    assert (told["status"], told["dispute_outcome"]["outcome_code"]) == ("RESOLVED", f"RESOLVED_{favour}_FAVOUR")
    assert told["update_time"] == "2027-03-07T12:00:00Z"
    capture = asked.get(f"/v2/payments/captures/{capture_id}").json()
    assert capture["status"] == ("COMPLETED" if won else "REFUNDED")
    reversals = paypal.notices("PAYMENT.CAPTURE.REVERSED")
    assert (len(reversals), len(paypal.notices("CUSTOMER.DISPUTE.RESOLVED"))) == (0 if won else 1, 1)
    lines = [("T0006", "100.00", "-3.25", "")] + ([] if won else [("T1106", "-100.00", None, capture_id)])
    assert listed(asked) == lines


def test_a_reversal_is_shown_as_a_refund(paypal, asked):
    capture_id = asked.captured("100.00")
    paypal.refund(capture_id, 3000)
    paypal.end_dispute(paypal.dispute(capture_id), won=False)
    reversal = list(paypal.account.refunds)[-1]
    told = asked.get(f"/v2/payments/refunds/{reversal}").json()
    assert (told["amount"]["value"], rels(told)["up"].rpartition("/")[2]) == ("70.00", capture_id)


def test_disputes_are_listed_by_pages_the_newest_first(paypal, asked, moment):
    assert asked.get(DISPUTES).json().get("items") is None
    ids = []
    for number in range(5):
        ids.append(paypal.dispute(asked.captured(key=f"k{number}")))
        moment.shift(datetime.timedelta(hours=1))
    first = asked.get(DISPUTES, page_size=2, update_time_after="2027-03-05T13:00:00Z").json()
    found = [one["dispute_id"] for one in first["items"]]
    while "next" in rels(first):
        first = asked.get(rels(first)["next"].removeprefix(paypal.url)).json()
        found += [one["dispute_id"] for one in first["items"]]
    assert found == ids[:0:-1]
    changed = {"update_time_after": "2027-03-05T14:00:00Z", "update_time_before": "2027-03-05T15:00:00Z"}
    assert [one["dispute_id"] for one in asked.get(DISPUTES, **changed).json()["items"]] == [ids[3], ids[2]]
    capture_id = paypal.account.disputes[ids[0]].capture_id
    (of_one,) = asked.get(DISPUTES, disputed_transaction_id=capture_id).json()["items"]
    assert of_one["dispute_id"] == ids[0]
    assert issue(asked.get(f"{DISPUTES}/0")) == (404, "INVALID_RESOURCE_ID")


def test_the_list_of_transactions_in_pages(paypal, asked):
    captures = [asked.captured(f"{number}0.00", key=f"k{number}", invoice_id=f"A-{number}") for number in range(1, 4)]
    paypal.pend_next()
    pending = asked.captured("40.00", key="k4")
    paypal.refund(captures[0], fee_cents=20)
    lines = [("T0006", f"{number}0.00", f"-{fee}", "") for number, fee in ((1, "0.64"), (2, "0.93"), (3, "1.22"))]
    lines.append(("T1107", "-10.00", "0.20", captures[0]))
    assert sorted(listed(asked)) == sorted(lines)
    told = asked.get(TRANSACTIONS, start_date=BEGIN, end_date=END, balance_affecting_records_only="N").json()
    states = {one["transaction_info"]["transaction_id"]: one["transaction_info"] for one in told["transaction_details"]}
    assert (states[pending]["transaction_status"], states[captures[0]]["invoice_id"]) == ("P", "A-1")
    assert states[captures[0]]["custom_field"] == "2027-0012"
    pages = [
        asked.get(TRANSACTIONS, start_date=BEGIN, end_date=END, page_size=3, page=page).json() for page in (1, 2, 3)
    ]
    assert [len(page.get("transaction_details", [])) for page in pages] == [3, 1, 0]
    assert [(page["total_items"], page["total_pages"], "next" in rels(page)) for page in pages] == [
        (4, 2, True), (4, 2, False), (4, 2, False),
    ]  # fmt: skip
    assert listed(asked, transaction_id=captures[2]) == [("T0006", "30.00", "-1.22", "")]


def test_a_span_over_31_days_is_refused(paypal, asked):
    given = {"start_date": BEGIN, "end_date": "2027-04-01T00:00:01Z"}
    assert asked.get(TRANSACTIONS, **given).status_code == 400
    given["end_date"] = "2027-04-01T00:00:00Z"
    assert asked.get(TRANSACTIONS, **given).status_code == 200


def test_the_balance_names_the_account(paypal, asked):
    paypal.refund(asked.captured("100.00"), 2000)
    told = asked.get("/v1/reporting/balances").json()
    assert told["account_id"] == paypal.access.account_id
    assert told["balances"][0]["total_balance"] == {"currency_code": "EUR", "value": "76.75"}
    assert paypal.access.client_id == CLIENT_ID
