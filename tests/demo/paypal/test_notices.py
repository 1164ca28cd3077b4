"""Notices: signed so that others can verify them, and carried until they are taken."""

import base64
import http.server
import json
import threading
import time
import zlib

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from carnet.kernel import clock
from demo.paypal import captures, delivery, orders
from demo.paypal.delivery import Courier
from demo.paypal.server import PaypalStandIn
from demo.paypal.signing import SignedNotice
from tests.demo.paypal.asking import PaypalAsked, issue, wanted

WEBHOOKS, VERIFY = "/v1/notifications/webhooks", "/v1/notifications/verify-webhook-signature"
URL = "https://help.example.org/paypal/"


@pytest.fixture
def notice(paypal, asked) -> SignedNotice:
    asked.captured(description="Carnet « été » – dix unités")
    return paypal.notices("PAYMENT.CAPTURE.COMPLETED")[0]


def question(notice: SignedNotice, webhook_id: str, body: bytes | None = None) -> bytes:
    """What PayPal is asked about a notice, with the very bytes of the event."""
    given = {name.lower().removeprefix("paypal-"): value for name, value in notice.headers.items()}
    told = {
        "auth_algo": given["auth-algo"],
        "cert_url": given["cert-url"],
        "transmission_id": given["transmission-id"],
        "transmission_sig": given["transmission-sig"],
        "transmission_time": given["transmission-time"],
        "webhook_id": webhook_id,
    }
    return json.dumps(told).encode()[:-1] + b', "webhook_event": ' + (body or notice.body) + b"}"


def test_anybody_can_verify_a_notice_by_the_certificate(paypal, notice):
    headers = notice.headers
    certificate = x509.load_pem_x509_certificate(requests.get(headers["Paypal-Cert-Url"], timeout=60).content)
    parts = [headers["Paypal-Transmission-Id"], headers["Paypal-Transmission-Time"], paypal.webhook_id]
    text = "|".join([*parts, str(zlib.crc32(notice.body))]).encode()
    signature = base64.b64decode(headers["Paypal-Transmission-Sig"])
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    told = json.loads(notice.body)
    assert (told["event_type"], told["resource_type"]) == ("PAYMENT.CAPTURE.COMPLETED", "capture")
    assert told["resource"]["id"] in paypal.capture_ids()
    assert requests.get(f"{paypal.url}/v1/notifications/certs/CERT-0", timeout=60).status_code == 404


def test_paypal_is_asked_whether_a_notice_is_its_own(paypal, asked, notice):
    def verdict(body: bytes) -> str:
        return asked.post(VERIFY, body).json()["verification_status"]

    assert verdict(question(notice, paypal.webhook_id)) == "SUCCESS"
    assert verdict(question(notice, "0UNKNOWN00WEBHOOK")) == "FAILURE"
    changed = notice.body.replace(b"49.90", b"49.91", 1)
    assert verdict(question(notice, paypal.webhook_id, changed)) == "FAILURE"
    # Parsed and written anew it is another event.
    anew = json.dumps(json.loads(notice.body)).encode()
    assert verdict(question(notice, paypal.webhook_id, anew)) == "FAILURE"
    other = SignedNotice(notice.url, {**notice.headers, "Paypal-Transmission-Sig": "c2lnbmVk"}, notice.body, "", "")
    assert verdict(question(other, paypal.webhook_id)) == "FAILURE"
    foreign = {**notice.headers, "Paypal-Cert-Url": "http://127.0.0.1:1/cert.pem"}
    assert verdict(question(SignedNotice(notice.url, foreign, notice.body, "", ""), paypal.webhook_id)) == "FAILURE"


def test_a_webhook_is_made_once_for_each_address(paypal, asked):
    given = {"url": URL, "event_types": [{"name": "PAYMENT.CAPTURE.COMPLETED"}]}
    made = asked.post(WEBHOOKS, given)
    assert (made.status_code, made.json()["id"]) == (201, paypal.webhook_id)
    assert issue(asked.post(WEBHOOKS, given)) == (400, "WEBHOOK_URL_ALREADY_EXISTS")
    assert [one["url"] for one in asked.get(WEBHOOKS).json()["webhooks"]][-1] == URL
    asked.captured()
    # It hears of nothing else.
    assert [notice.event for notice in paypal.notices()] == ["PAYMENT.CAPTURE.COMPLETED"]


class Doorstep:
    """Takes notices on a free port; answers with the statuses that were laid out, then with 204."""

    def __init__(self, *statuses: int, port: int = 0) -> None:
        self.taken: list[bytes] = []
        self.statuses = list(statuses)
        outer = self

        class Taker(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 204)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", port), Taker)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> "Doorstep":
        self.thread.start()
        return self

    def __exit__(self, *_arguments: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def wait_for(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def courier():
    courier = Courier(again_after=(0.01, 0.02))
    courier.start()
    yield courier
    courier.stop()


def sent_to(url: str) -> SignedNotice:
    return SignedNotice(url, {"Content-Type": "application/json"}, b"{}", "PAYMENT.CAPTURE.COMPLETED", "WH-1")


def test_a_notice_is_carried_again_until_it_is_taken(courier):
    with Doorstep(500, 302) as door:
        courier.send(sent_to(door.url))
        wait_for(lambda: courier.deliveries[0].is_over)
        assert (len(door.taken), courier.deliveries[0].answer) == (3, "204")


def test_a_notice_that_nobody_takes_is_given_up(courier):
    with Doorstep() as door:
        closed = door.url
    courier.send(sent_to(closed))
    wait_for(lambda: courier.deliveries[0].is_over)
    assert (courier.deliveries[0].attempts, "refused" in courier.deliveries[0].answer) == (3, True)


def test_a_late_notice_lets_others_pass(courier):
    with Doorstep() as door:
        courier.send(sent_to(door.url), after=30)
        courier.send(sent_to(door.url))
        wait_for(lambda: courier.deliveries[1].is_over)
        assert not courier.deliveries[0].is_over


@pytest.mark.parametrize(("how", "expected"), [("once", 1), ("twice", 2), ("never", 0)])
def test_notices_as_the_payer_chose(paypal_key, monkeypatch, how, expected):
    monkeypatch.setattr("demo.paypal.server.TWICE_SECONDS", 0.01)
    stand_in = PaypalStandIn(now=clock.now, key=paypal_key)
    stand_in.start()
    try:
        with Doorstep() as door:
            stand_in.account.register_webhook(door.url, ["*"])
            with stand_in.account.lock:
                order = orders.create_order(stand_in.account, wanted(), clock.now())
                order.notices = how
                orders.approve_order(stand_in.account, order.id, clock.now())
            wait_for(lambda: len(door.taken) == expected)
            assert len(stand_in.courier.deliveries) == expected
    finally:
        stand_in.stop()


def test_what_was_on_its_way_goes_on_after_a_restart_and_once_only(paypal_key, tmp_path):
    def run(act) -> None:
        stand_in = PaypalStandIn(now=clock.now, key=paypal_key, file=tmp_path / "paypal.json")
        stand_in.start()
        try:
            act(stand_in)
        finally:
            stand_in.stop()

    def approve(stand_in: PaypalStandIn) -> None:
        stand_in.account.register_webhook(closed, ["*"])
        order = orders.create_order(stand_in.account, wanted(), clock.now())
        stand_in.approve(order.id)
        stand_in.keep()

    def wait(stand_in: PaypalStandIn) -> None:
        wait_for(lambda: door.taken and not any(event.is_due for event in stand_in.account.events))

    with Doorstep() as door:
        closed = door.url
    run(approve)
    with Doorstep(port=int(closed.split(":")[2].strip("/"))) as door:
        run(wait)
        run(wait)
        assert len(door.taken) == 1


def test_patience_is_shorter_than_paypals_and_ends():
    assert tuple(sorted(delivery.AGAIN_AFTER)) == delivery.AGAIN_AFTER
    assert captures.KEY_LIVES > orders.KEY_LIVES


def test_asked_without_a_notice(paypal):
    asked = PaypalAsked(paypal)
    assert issue(asked.post(VERIFY, {"webhook_id": "1"})) == (400, "INVALID_PARAMETER_VALUE")
    paypal.calls.clear()
