"""The demo's PayPal in a thread beside a test, with a hand on its switches.

Every request that Carnet sends to it, and every answer, is held against PayPal's own contract; what breaks it fails the
test at its end.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from carnet.kernel import clock
from carnet.payments.rules.online import Access
from demo.paypal import captures, disputes
from demo.paypal.account import MERCHANT_ID, PaypalCapture, PaypalOrder
from demo.paypal.server import PaypalCall, PaypalStandIn
from demo.paypal.signing import SignedNotice, new_key
from tests import contract

CLIENT_ID = "demo-carnet"
TOKEN = "/v1/oauth2/token"  # of which the contract knows the good answer only


class PaypalBeside:
    """What a test does at PayPal: as payer, as owner of the account, as the one who pulls its plug."""

    def __init__(self, stand_in: PaypalStandIn) -> None:
        self.stand_in = stand_in
        self.url = stand_in.url
        self.account = stand_in.account
        self.calls: list[PaypalCall] = []
        stand_in.on_call = self.calls.append
        self.register_webhook("http://testserver/paypal/")

    @property
    def access(self) -> Access:
        return Access(CLIENT_ID, self.stand_in.api.secret, "stand_in", self.url, self.webhook_id, MERCHANT_ID)

    @property
    def webhook_id(self) -> str:
        """Of the newest one."""
        return list(self.account.webhooks)[-1]

    def register_webhook(self, url: str) -> str:
        return self.account.register_webhook(url, ["*"]).id

    # The payer

    def approve(self, external_id: str) -> None:
        self.stand_in.approve(external_id)

    def decline_next(self) -> None:
        """The next capture is declined by the payer's bank."""
        self.account.next_outcomes.append("declined")

    def pend_next(self) -> None:
        """The next capture stays pending."""
        self.account.next_outcomes.append("pending")

    def dispute(self, capture_id: str, *, cents: int | None = None, reason: str = "UNAUTHORISED") -> str:
        """Gives the dispute's id."""
        with self.account.lock:
            return disputes.open_dispute(self.account, capture_id, clock.now(), cents=cents, reason=reason).id

    # PayPal and the account's owner

    def settle_pending(self, capture_id: str) -> None:
        with self.account.lock:
            captures.settle_pending(self.account, capture_id, clock.now())

    def refuse_pending(self, capture_id: str) -> None:
        with self.account.lock:
            captures.refuse_pending(self.account, capture_id, clock.now())

    def end_dispute(self, dispute_id: str, *, won: bool) -> None:
        with self.account.lock:
            disputes.end_dispute(self.account, dispute_id, clock.now(), won=won)

    def refund(self, capture_id: str, cents: int | None = None, *, fee_cents: int = 0) -> str:
        """Sent back by hand at PayPal; gives the refund's id. `fee_cents`: what PayPal gives back of its fee."""
        with self.account.lock:
            at = clock.now()
            return captures.refund_capture(self.account, capture_id, at, cents=cents, fee_cents=fee_cents).id

    def pend_next_refund(self) -> None:
        """The next refund is accepted, and stays pending."""
        self.account.next_refunds.append("PENDING")

    def refuse_next_refund(self, issue: str = "REFUND_TIME_LIMIT_EXCEEDED") -> None:
        self.account.next_refunds.append(issue)

    def end_refund(self, refund_id: str, *, comes: bool) -> None:
        with self.account.lock:
            captures.end_refund(self.account, refund_id, clock.now(), comes=comes)

    # Its plug

    def down(self, *, is_silent: bool = False) -> None:
        """503; with `is_silent` the connection is closed without an answer."""
        self.stand_in.down(is_silent=is_silent)

    def up(self) -> None:
        self.stand_in.up()

    def slow(self, seconds: float) -> None:
        """It does what it is asked at once and answers later; 0 ends it."""
        self.stand_in.slow(seconds)

    # What it knows

    def order(self, external_id: str) -> PaypalOrder:
        return self.account.orders[external_id]

    def capture(self, capture_id: str) -> PaypalCapture:
        return self.account.captures[capture_id]

    def capture_ids(self) -> list[str]:
        return list(self.account.captures)

    def notices(self, event: str = "") -> list[SignedNotice]:
        """All that happened so far as the newest webhook is told of it, or one kind of event; nothing is sent."""
        url = self.account.webhooks[self.webhook_id].url
        with self.account.lock:
            signed = [notice for one in self.account.events for notice in self.stand_in.signed(one)]
        return [notice for notice in signed if notice.url == url and event in ("", notice.event)]

    def violations(self) -> list[str]:
        """Where a request or an answer was not as PayPal's contract says."""
        return [told for call in self.calls for told in broken(call)]


def broken(call: PaypalCall) -> Iterator[str]:
    """What the contract has against a call and its answer."""
    given: dict[str, Any] = {"headers": call.headers, "body": call.body}
    try:
        contract.check_request(call.method, call.path, query=call.query_string, **given)
    except contract.ContractBroken as found:
        yield f"request: {found}"
    if call.status and (call.path != TOKEN or call.status == 200):
        try:
            contract.check_answer(
                call.method, call.path, status=call.status, headers=call.answer_headers, body=call.answer_body
            )
        except contract.ContractBroken as found:
            yield f"answer: {found}"


@pytest.fixture(scope="session")
def paypal_key() -> rsa.RSAPrivateKey:
    """Made once: it takes a tenth of a second."""
    return new_key()


@pytest.fixture
def paypal(settings: Any, paypal_key: rsa.RSAPrivateKey) -> Iterator[PaypalBeside]:
    """A PayPal of the test's own, by which Carnet is paid; its access stands in the settings."""
    stand_in = PaypalStandIn(now=clock.now, key=paypal_key, delivers=False)
    beside = PaypalBeside(stand_in)
    settings.PAYPAL_STAND_IN = stand_in.url
    settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET = CLIENT_ID, stand_in.api.secret
    settings.PAYPAL_WEBHOOK_ID = beside.webhook_id
    stand_in.start()
    try:
        yield beside
    finally:
        stand_in.stop()
    assert beside.violations() == []
