"""The stand-in as a web server on loopback: PayPal's API, its certificate, and the pages for a browser."""

import http.server
import ipaddress
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from demo.paypal import browser, keeping, orders
from demo.paypal.account import PaypalAccount, PaypalEvent
from demo.paypal.answers import Answers
from demo.paypal.api import SECRET, Api, ApiRequest
from demo.paypal.delivery import Courier, Delivery
from demo.paypal.refusals import ApiRefusal
from demo.paypal.signing import CERTIFICATES, SignedNotice, Signer
from demo.paypal.web import WebAnswer

LONGEST_BODY = 1_000_000
LATE_SECONDS = 60
TWICE_SECONDS = 3
API = ("/v1/", "/v2/")


@dataclass(frozen=True)
class PaypalCall:
    """A request to the API and what was answered."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    status: int  # 0: the connection was closed without a word
    answer_body: bytes
    answer_headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def answer(self) -> Any:
        return json.loads(self.answer_body or b"null")


class PaypalStandIn:
    """Begins at `start` and ends at `stop`; `now` is its only clock. It listens on this machine alone."""

    def __init__(
        self,
        *,
        now: Callable[[], Any],
        port: int = 0,
        host: str = "127.0.0.1",
        secret: str = SECRET,
        key: rsa.RSAPrivateKey | None = None,
        file: Path | None = None,
        delivers: bool = True,
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"The stand-in of PayPal listens on this machine only, not on {host}.")
        self.server = LoopbackServer((host, port), self)
        self.host = f"[{host}]" if ":" in host else host
        self.port = int(self.server.server_address[1])
        self.url = f"http://{self.host}:{self.port}"
        self.now = now
        self.file = file
        answers = Answers(self.url)
        self.signer = Signer(self.url, key)
        self.account = PaypalAccount(tell=answers.tell, on_event=self.tell_of)
        if file is not None:
            keeping.load(self.account, file)
        self.api = Api(self.account, answers, self.signer, now, secret)
        self.courier = Courier(on_over=self.forget_notice) if delivers else None
        self.on_call: Callable[[PaypalCall], None] = lambda _call: None
        self.is_silent = False
        self._slow = (0.0, 0.0)
        self._down_until = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), name="paypal", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if self.courier:
            self.courier.start()
            # What was on its way when the last one stopped.
            for event in [one for one in self.account.events if one.is_due]:
                self.send(event)

    def stop(self) -> None:
        self._stopped.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(timeout=5)
        if self.courier:
            self.courier.stop()

    def keep_webhooks_of(self, url: str) -> list[str]:
        """Forget every other address; the ids that stay."""
        with self.account.lock:
            webhooks = self.account.webhooks
            for webhook in [one for one in webhooks.values() if one.url != url]:
                del webhooks[webhook.id]
            self.keep()
            return list(webhooks)

    def approve(self, order_id: str) -> None:
        """What the payer does on the page of approval."""
        with self.account.lock:
            orders.approve_order(self.account, order_id, self.now())

    # Switches

    def down(self, seconds: float = float("inf"), *, is_silent: bool = False) -> None:
        """The API answers 503, or with `is_silent` closes the connection without a word."""
        self.is_silent = is_silent
        self._down_until = time.monotonic() + seconds

    def up(self) -> None:
        self._down_until = 0.0

    @property
    def is_down(self) -> bool:
        return time.monotonic() < self._down_until

    def slow(self, seconds: float, *, lasting: float = float("inf")) -> None:
        """The API does what it is asked at once, and answers so much later; for `lasting` seconds."""
        self._slow = (seconds, time.monotonic() + lasting)

    @property
    def slow_seconds(self) -> float:
        seconds, until = self._slow
        return seconds if time.monotonic() < until else 0.0

    # Notices

    def tell_of(self, event: PaypalEvent) -> None:
        """Send it on its way, as the payer's page was told: once, twice, late or never."""
        if event.notices != "never":
            self.send(event, after=LATE_SECONDS if event.notices == "late" else 0)
        if event.notices == "twice":
            self.send(event, after=TWICE_SECONDS)

    def send_again(self, event_id: str) -> None:
        for event in self.account.events:
            if event.id == event_id:
                self.send(event)

    def send(self, event: PaypalEvent, *, after: float = 0) -> None:
        if self.courier:
            for notice in self.signed(event):
                event.is_due = True
                self.courier.send(notice, after=after)

    def forget_notice(self, delivery: Delivery) -> None:
        with self.account.lock:
            for event in self.account.events:
                if event.id == delivery.notice.event_id:
                    event.is_due = False
            self.keep()

    def signed(self, event: PaypalEvent) -> list[SignedNotice]:
        """One for each webhook that wants to know of it."""
        body = json.dumps(self.api.answers.event(event), separators=(",", ":"), ensure_ascii=False).encode()
        return [
            SignedNotice(
                webhook.url, self.signer.sign(body, webhook_id=webhook.id, at=self.now()), body, event.type, event.id
            )
            for webhook in self.account.webhooks.values()
            if {"*", event.type} & set(webhook.event_types)
        ]

    # Requests

    def answer(self, request: ApiRequest) -> WebAnswer | None:
        """None: the connection is closed without a word."""
        if request.headers.get("host", "") not in {f"{self.host}:{self.port}", f"localhost:{self.port}"}:
            return WebAnswer(421, b"Misdirected Request\n")
        if request.path.startswith(CERTIFICATES):
            is_known = request.path == self.signer.path
            return WebAnswer(200, self.signer.certificate, PEM) if is_known else WebAnswer(404, b"Not Found\n")
        if request.path.startswith(API):
            return self.answer_of_api(request)
        return browser.answer(self, request)

    def answer_of_api(self, request: ApiRequest) -> WebAnswer | None:
        if not self.is_down:
            answer = self.api.answer(request)
            if request.method != "GET":
                self.keep()
            self._stopped.wait(self.slow_seconds)
        else:
            answer = self.api.refused(ApiRefusal(503, "SERVICE_UNAVAILABLE"))
        is_silent = self.is_down and self.is_silent
        headers = {"Content-Type": "application/json", "Paypal-Debug-Id": answer.debug_id}
        given = WebAnswer(0, b"") if is_silent else WebAnswer(answer.status, json.dumps(answer.body).encode(), headers)
        self.on_call(
            PaypalCall(
                request.method,
                request.path,
                urlencode(request.query),
                dict(request.headers),
                request.body,
                given.status,
                given.body,
                given.headers,
            )
        )
        return None if is_silent else given

    def keep(self) -> None:
        """Write down what the account holds now, if there is a file for it."""
        if self.file is not None:
            with self.account.lock:
                keeping.save(self.account, self.file)


PEM = {"Content-Type": "application/x-pem-file"}


class LoopbackServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], stand_in: PaypalStandIn) -> None:
        self.stand_in = stand_in
        super().__init__(address, Handler)

    def tell_error(self, request: Any, client_address: Any) -> None:
        """Who asked may have gone before the answer; everything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    handle_error = tell_error


class Handler(http.server.BaseHTTPRequestHandler):
    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def answer(self) -> None:
        self.close_connection = True
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        if length > LONGEST_BODY:
            return self.send(WebAnswer(413, b"Content Too Large\n"))
        request = ApiRequest(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        answer = self.server.stand_in.answer(request)
        if answer is not None:
            self.send(answer)
        return None

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer  # noqa: N815

    def send(self, answer: WebAnswer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def version_string(self) -> str:
        return "stand-in"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing on the terminal: a token or a name may stand in an address."""
