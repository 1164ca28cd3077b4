"""Whatever PayPal, or somebody in its place, says: it is understood, or told as not understood, and nothing else."""

import contextlib
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from carnet.payments.paypal import calls, interface, reading
from carnet.payments.paypal.calls import OnlineAnswer, OnlineCall
from carnet.payments.rules.online import NotANotice, NoticeFound, ServiceFailed
from tests.payments.paypal import payloads

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["", "-", "1.00", "T0006"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "value", "rel", "href"]), inner),
    max_leaves=5,
)
LISTED = {"items": [payloads.listed_dispute("PP-D-1")], "links": [payloads.link("next", "/?next_page_token=QQ")]}
WEBHOOKS = {"webhooks": [{"id": "1", "url": "https://carnet.example", "event_types": [{"name": "*"}]}]}
KNOWN: list[tuple[Callable[[dict[str, Any]], Any], dict[str, Any]]] = [
    (reading.checkout, payloads.order("COMPLETED", captures=(payloads.capture(),))),
    (reading.begun_checkout, payloads.order()),
    (reading.capture, payloads.shown_capture("PENDING", status_details={"reason": "ECHECK"})),
    (reading.refund, payloads.refund()),
    (reading.dispute, payloads.dispute(status="RESOLVED", dispute_outcome={"outcome_code": "RESOLVED_WITH_PAYOUT"})),
    (reading.dispute_ids, LISTED),
    (reading.transactions, payloads.page(payloads.line(), payloads.line("T0400", "-5.00"))),
    (reading.webhooks, WEBHOOKS),
    (reading.account, {"account_id": payloads.PAYEE}),
    (reading.is_verified, {"verification_status": "SUCCESS"}),
]


def places(found: Any, above: tuple = ()) -> list[tuple]:
    """Where something stands in it, from the outside to the inside."""
    pairs = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    return [place for name, inner in pairs for place in [(*above, name), *places(inner, (*above, name))]]


def changed(data: st.DataObject, found: dict[str, Any]) -> dict[str, Any]:
    """A copy with something else in one place."""
    found = deepcopy(found)
    *above, last = data.draw(st.sampled_from(places(found)))
    inner: Any = found
    for name in above:
        inner = inner[name]
    inner[last] = data.draw(ANYTHING)
    return found


@pytest.mark.parametrize(("read", "known"), KNOWN, ids=[read.__name__ for read, _ in KNOWN])
@hypothesis.given(data=st.data())
def test_an_answer(read: Callable[[dict[str, Any]], Any], known: dict[str, Any], data: st.DataObject) -> None:
    content = json.dumps(changed(data, known)).encode()
    answer = OnlineAnswer(data.draw(st.sampled_from([200, 201, 400, 500])), content, "application/json", "")
    code = ""
    try:
        calls._understood(answer, OnlineCall("GET", "/"), read)
    except ServiceFailed as failed:
        code = failed.code
    assert code in ("", "not_understood") or answer.status >= 400


@pytest.mark.parametrize(
    ("event", "resource"),
    [
        ("PAYMENT.CAPTURE.REFUNDED", payloads.refund()),
        ("PAYMENT.CAPTURE.COMPLETED", payloads.capture()),
        ("CUSTOMER.DISPUTE.CREATED", payloads.dispute()),
    ],
)
@hypothesis.given(data=st.data())
def test_a_notice(event: str, resource: dict[str, Any], data: st.DataObject) -> None:
    body = json.dumps(changed(data, payloads.notice(event, resource))).encode()
    with contextlib.suppress(NotANotice):
        assert isinstance(interface.read_notice(body), NoticeFound)


@hypothesis.given(st.binary())
def test_bytes(body: bytes) -> None:
    with pytest.raises(NotANotice):
        interface.read_notice(body)
