"""PayPal's doorstep: a server on this machine that answers as a test prepared it, and keeps what it was asked.

Every request is held against PayPal's contract. What has no prepared answer gets a token, or 404.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from carnet.payments.rules.online import Access
from tests import contract

TOKEN = "A21AAFEpH4PsADK7qSS7pSRsgzfENtu"


@dataclass(frozen=True)
class Prepared:
    status: int
    content: bytes
    headers: dict[str, str]
    waits_seconds: float = 0  # between the head and the body


@dataclass(frozen=True)
class AskedOfPayPal:
    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Doorstep(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _AtTheDoor)
        self.prepared: dict[str, list[Prepared]] = {}
        self.asked: list[AskedOfPayPal] = []
        self.broken: list[str] = []
        self.ended = threading.Event()
        self.expires_in = 32400

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def access(self) -> Access:
        return Access(
            client_id="client", secret="a very secret secret", environment="stand_in", base_url=self.url,
            webhook_id="1JE4291016473214C",
        )  # fmt: skip

    def answers(self, call: str, content: Any, status: int = 200, *, waits_seconds: float = 0, **headers: str) -> None:
        """The next answer to `GET /path`; one of JSON unless it is given as bytes. Several are given in turn."""
        given = {"Content-Type": "application/json", "Paypal-Debug-Id": "f00d5eed"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.prepared.setdefault(call, []).append(Prepared(status, body, given, waits_seconds))

    def calls(self, path: str = "") -> list[AskedOfPayPal]:
        """What was asked, without the asking for tokens."""
        return [one for one in self.asked if one.path != "/v1/oauth2/token" and path in one.path]

    @property
    def tokens(self) -> int:
        return sum(one.path == "/v1/oauth2/token" for one in self.asked)

    def answer_to(self, asked: AskedOfPayPal) -> Prepared:
        prepared = self.prepared.get(f"{asked.verb} {asked.path}")
        if prepared:
            return prepared.pop(0)
        given = {"Content-Type": "application/json"}
        if asked.path == "/v1/oauth2/token":
            token = {"access_token": f"{TOKEN}{self.tokens}", "token_type": "Bearer", "expires_in": self.expires_in}
            return Prepared(200, json.dumps(token).encode(), given)
        missing = {
            "name": "RESOURCE_NOT_FOUND",
            "message": "The specified resource does not exist.",
            "debug_id": "b0d1",
        }
        return Prepared(404, json.dumps(missing).encode(), given)


class _AtTheDoor(BaseHTTPRequestHandler):
    server: Doorstep
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent apart

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = AskedOfPayPal(self.command, path, query, dict(self.headers), body)
        self.server.asked.append(asked)
        if "/certs/" not in path:
            try:
                contract.check_request(self.command, path, query=query, headers=asked.headers, body=body)
            except Exception as error:  # noqa: BLE001 — told at the end of the test, whatever it is
                self.server.broken.append(f"{type(error).__name__}: {error}")
        prepared = self.server.answer_to(asked)
        self.send_response(prepared.status)
        for name, value in prepared.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(prepared.content)))
        self.end_headers()
        self.server.ended.wait(prepared.waits_seconds)
        try:
            self.wfile.write(prepared.content)
        except OSError:  # nobody waits for the rest
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def open_doorstep() -> Iterator[Doorstep]:
    with Doorstep() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
            assert not server.broken, server.broken
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
