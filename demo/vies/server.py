"""The stand-in of VIES as a web server on loopback: the shapes and errors of the Commission's REST service.

A number with right digits is valid unless it is among the closed ones; the register of a country can be away.
"""

import datetime
import http.server
import ipaddress
import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

PATH = "/check-vat-number"
# Right check digits, but the firm has closed, or never traded within the EU.
CLOSED = {"ESB64717838", "DE129273398", "IT00159560366"}
AWAY_COUNTRY = "PT"  # whose own register never answers here
NAMES = {
    "ESB58378431": ("ROBLEDO CONSULTORES SL", "CALLE MAYOR 4\n28013 MADRID"),
    "ESB61238945": ("CLINICA SOLANA SL", "CALLE MAYOR 4\n28013 MADRID"),
    "BE0428759497": ("BRASSERIE DU CANAL SRL", "QUAI AU BOIS 12\n1000 BRUXELLES"),
}
TOLD_NOTHING = "---"
LONGEST_BODY = 10_000
MATCHES = ("traderNameMatch", "traderStreetMatch", "traderPostalCodeMatch", "traderCityMatch", "traderCompanyTypeMatch")
TRADER = ("traderName", "traderStreet", "traderPostalCode", "traderCity", "traderCompanyType")

Json = dict[str, Any]


class ViesStandIn:
    """Begins at `start` and ends at `stop`; `now` is its only clock. It listens on this machine alone."""

    def __init__(self, *, now: Callable[[], datetime.datetime], port: int = 0, host: str = "127.0.0.1") -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"The stand-in of VIES listens on this machine only, not on {host}.")
        self.now = now
        self.closed = set(CLOSED)
        self.error = ""  # what it answers to everything, e.g. MS_UNAVAILABLE
        self.raw: tuple[int, bytes] | None = None  # an answer of any shape
        self.slow_seconds = 0.0
        self.asked: list[Json] = []
        self.server = ViesServer((host, port), self)
        self.url = f"http://{host}:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), name="vies", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(timeout=5)

    def answer(self, asked: Json) -> tuple[int, bytes]:
        """Status and body."""
        self.asked.append(asked)
        time.sleep(self.slow_seconds)
        if self.raw is not None:
            return self.raw
        country, number = str(asked.get("countryCode", "")), str(asked.get("vatNumber", ""))
        error = self.error or ("MS_UNAVAILABLE" if country == AWAY_COUNTRY else "")
        if not error and not (len(country) == 2 and number.isalnum()):
            error = "INVALID_INPUT"
        requester = str(asked.get("requesterMemberStateCode", "")) + str(asked.get("requesterNumber", ""))
        if not error and requester in self.closed:
            error = "INVALID_REQUESTER_INFO"
        if error:
            return 200, _bytes({"actionSucceed": False, "errorWrappers": [{"error": error}]})
        is_valid = country + number not in self.closed
        name, address = NAMES.get(country + number, (TOLD_NOTHING, TOLD_NOTHING))
        found: Json = {
            "countryCode": country,
            "vatNumber": number,
            "requestDate": self.now().astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "valid": is_valid,
            "requestIdentifier": f"WAPIAAAA{secrets.token_hex(4)}" if is_valid and requester else "",
            "name": name if is_valid else TOLD_NOTHING,
            "address": address if is_valid else TOLD_NOTHING,
        }
        found |= dict.fromkeys(TRADER, TOLD_NOTHING) | dict.fromkeys(MATCHES, "NOT_PROCESSED")
        return 200, _bytes(found)


def _bytes(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


class ViesServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], stand_in: ViesStandIn) -> None:
        self.stand_in = stand_in
        super().__init__(address, ViesHandler)

    def tell_nothing(self, request: Any, client_address: Any) -> None:
        """Who asked may have gone before the answer."""

    handle_error = tell_nothing


class ViesHandler(http.server.BaseHTTPRequestHandler):
    server: ViesServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def answer(self) -> None:
        self.close_connection = True
        length = min(LONGEST_BODY, int(self.headers.get("Content-Length") or 0))
        try:
            asked = json.loads(self.rfile.read(length))
        except ValueError:
            asked = None
        if self.path != PATH or not isinstance(asked, dict):
            return self.send(404 if self.path != PATH else 400, b"{}")
        return self.send(*self.server.stand_in.answer(asked))

    do_POST = answer  # noqa: N815

    def send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing on the terminal."""
