import datetime

import pytest

from carnet.payments.paypal import interface, reading
from carnet.payments.rules.online import ServiceFailed
from tests.payments.paypal import payloads
from tests.payments.paypal.prepared import Doorstep

DISPUTES, TRANSACTIONS = "GET /v1/customer/disputes", "GET /v1/reporting/transactions"
SINCE = datetime.datetime(2026, 11, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
URL = "https://carnet.example/paypal/notices"


def test_show_dispute(doorstep: Doorstep) -> None:
    doorstep.answers(f"{DISPUTES}/PP-D-27803", payloads.dispute())
    assert interface.show_dispute(doorstep.access, "PP-D-27803").state == "open"


def test_disputes_of_several_pages(doorstep: Doorstep) -> None:
    following = payloads.link("next", "/v1/customer/disputes?page_size=50&next_page_token=QUJDRA%3D%3D")
    items = [payloads.listed_dispute("PP-D-1"), payloads.listed_dispute("PP-D-2")]
    doorstep.answers(DISPUTES, {"items": items, "links": [payloads.link("self", "/v1/customer/disputes"), following]})
    doorstep.answers(DISPUTES, {"items": [payloads.listed_dispute("PP-D-3")], "links": []})
    for number in (1, 2, 3):
        doorstep.answers(f"{DISPUTES}/PP-D-{number}", payloads.dispute(f"PP-D-{number}"))
    found = list(interface.disputes_since(doorstep.access, SINCE))
    assert [one.external_id for one in found] == ["PP-D-1", "PP-D-2", "PP-D-3"]
    lists = [one.query for one in doorstep.calls() if one.path.endswith("/disputes")]
    first = "update_time_after=2026-11-01T00%3A00%3A00Z&page_size=50"
    assert lists == [first, f"{first}&next_page_token=QUJDRA%3D%3D"]


def test_disputes_of_a_capture(doorstep: Doorstep) -> None:
    doorstep.answers(DISPUTES, {"items": [payloads.listed_dispute("PP-D-1")]})
    doorstep.answers(f"{DISPUTES}/PP-D-1", payloads.dispute("PP-D-1"))
    (found,) = interface.disputes_of(doorstep.access, payloads.CAPTURE)
    assert found.capture_ids == (payloads.CAPTURE,)
    assert doorstep.calls()[0].query == f"disputed_transaction_id={payloads.CAPTURE}&page_size=50"


def test_no_disputes(doorstep: Doorstep) -> None:
    doorstep.answers(DISPUTES, {"links": []})
    assert list(interface.disputes_since(doorstep.access, SINCE)) == []


def test_an_odd_dispute_does_not_hide_the_next(doorstep: Doorstep) -> None:
    items = [payloads.listed_dispute(f"PP-D-{number}") for number in (1, 2, 3)]
    doorstep.answers(DISPUTES, {"items": items})
    for number, more in ((1, {"dispute_amount": None}), (2, {}), (3, {"reason": None})):
        doorstep.answers(f"{DISPUTES}/PP-D-{number}", payloads.dispute(f"PP-D-{number}", **more))
    found = interface.disputes_since(doorstep.access, SINCE)
    assert next(found).external_id == "PP-D-2"
    with pytest.raises(ServiceFailed, match=f"{DISPUTES}/PP-D-1: 200 not_understood"):
        next(found)


def test_disputes_when_paypal_is_down(doorstep: Doorstep) -> None:
    doorstep.answers(DISPUTES, {"items": [payloads.listed_dispute("PP-D-1"), payloads.listed_dispute("PP-D-2")]})
    doorstep.answers(f"{DISPUTES}/PP-D-1", b"", 503)
    with pytest.raises(ServiceFailed, match="http_503"):
        list(interface.disputes_since(doorstep.access, SINCE))
    assert len(doorstep.calls()) == 2


def test_transactions_of_several_pages(doorstep: Doorstep) -> None:
    doorstep.answers(TRANSACTIONS, payloads.page(payloads.line(transaction_id="A1"), number=1, pages=2))
    doorstep.answers(
        TRANSACTIONS, payloads.page(payloads.line("T1107", "-5.00", transaction_id="A2"), number=2, pages=2)
    )
    found = list(interface.transactions(doorstep.access, SINCE, SINCE + datetime.timedelta(days=3)))
    assert [(one.external_id, one.kind, one.amount_cents) for one in found] == [
        ("A1", "capture", 12000),
        ("A2", "refund", -500),
    ]
    span = "start_date=2026-11-01T00%3A00%3A00Z&end_date=2026-11-04T00%3A00%3A00Z"
    assert [one.query for one in doorstep.calls()] == [
        f"{span}&fields=transaction_info&page_size=500&page=1",
        f"{span}&fields=transaction_info&page_size=500&page=2",
    ]


def test_transactions_of_a_long_time(doorstep: Doorstep) -> None:
    """PayPal tells 31 days at once; no second is asked twice or left out."""
    for _ in range(3):
        doorstep.answers(TRANSACTIONS, payloads.page())
    assert list(interface.transactions(doorstep.access, SINCE, SINCE + datetime.timedelta(days=63))) == []
    assert [one.query.partition("&fields")[0].replace("%3A", ":") for one in doorstep.calls()] == [
        "start_date=2026-11-01T00:00:00Z&end_date=2026-12-02T00:00:00Z",
        "start_date=2026-12-02T00:00:01Z&end_date=2027-01-02T00:00:01Z",
        "start_date=2027-01-02T00:00:02Z&end_date=2027-01-03T00:00:00Z",
    ]


def test_transactions_of_no_time(doorstep: Doorstep) -> None:
    assert list(interface.transactions(doorstep.access, SINCE, SINCE - datetime.timedelta(seconds=1))) == []
    assert doorstep.asked == []


def webhook(webhook_id: str, url: str, *events: str) -> dict:
    return {"id": webhook_id, "url": url, "event_types": [{"name": name} for name in events], "links": []}


def test_set_up_notices(doorstep: Doorstep) -> None:
    doorstep.answers("GET /v1/notifications/webhooks", {"webhooks": [webhook("1", f"{URL}/another", "*")]})
    doorstep.answers("POST /v1/notifications/webhooks", webhook("0EH40505U7160970P", URL, *reading.EVENTS), 201)
    assert interface.set_up_notices(doorstep.access, URL) == "0EH40505U7160970P"
    assert doorstep.calls()[-1].json == {"url": URL, "event_types": [{"name": name} for name in reading.EVENTS]}


@pytest.mark.parametrize("events", [("*",), (*reading.EVENTS, "BILLING.PLAN.CREATED")])
def test_notices_that_are_set_up(doorstep: Doorstep, events: tuple[str, ...]) -> None:
    doorstep.answers("GET /v1/notifications/webhooks", {"webhooks": [webhook("0EH40505U7160970P", URL, *events)]})
    assert interface.set_up_notices(doorstep.access, URL) == "0EH40505U7160970P"
    assert len(doorstep.calls()) == 1


def test_notices_that_are_set_up_in_part(doorstep: Doorstep) -> None:
    listed = {"webhooks": [webhook("0EH40505U7160970P", URL, *reading.EVENTS[1:])]}
    doorstep.answers("GET /v1/notifications/webhooks", listed)
    changed = webhook("0EH40505U7160970P", URL, *reading.EVENTS)
    doorstep.answers("PATCH /v1/notifications/webhooks/0EH40505U7160970P", changed)
    assert interface.set_up_notices(doorstep.access, URL) == "0EH40505U7160970P"
    (patch,) = doorstep.calls()[-1].json
    assert (patch["op"], patch["path"], len(patch["value"])) == ("replace", "/event_types", len(reading.EVENTS))


def test_notices_that_paypal_does_not_send_there(doorstep: Doorstep) -> None:
    doorstep.answers("GET /v1/notifications/webhooks", {"webhooks": []})
    doorstep.answers(
        "POST /v1/notifications/webhooks", payloads.error("VALIDATION_ERROR", "Not a valid webhook URL"), 400
    )
    with pytest.raises(ServiceFailed) as failed:
        interface.set_up_notices(doorstep.access, URL)
    assert (failed.value.code, failed.value.permanent) == ("VALIDATION_ERROR", True)


def test_a_list_of_disputes_that_never_ends(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interface, "_MOST_PAGES", 3)
    following = payloads.link("next", "/v1/customer/disputes?page_size=50&next_page_token=QUJD")
    for _ in range(9):
        doorstep.answers(DISPUTES, {"items": [], "links": [following]})
    with pytest.raises(ServiceFailed, match="not_understood"):
        list(interface.disputes_since(doorstep.access, SINCE))
    assert len(doorstep.calls()) == 3


def test_a_list_of_transactions_of_a_thousand_million_pages(doorstep: Doorstep) -> None:
    doorstep.answers(TRANSACTIONS, {"transaction_details": [], "total_pages": 10**9})
    with pytest.raises(ServiceFailed, match="not_understood"):
        list(interface.transactions(doorstep.access, SINCE, SINCE))
    assert len(doorstep.calls()) == 1


def test_a_dispute_that_was_not_asked_for(doorstep: Doorstep) -> None:
    doorstep.answers(f"{DISPUTES}/PP-D-27803", payloads.dispute("PP-D-1"))
    with pytest.raises(ServiceFailed, match="not_understood"):
        interface.show_dispute(doorstep.access, "PP-D-27803")
