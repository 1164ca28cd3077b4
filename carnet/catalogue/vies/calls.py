"""The only place that talks to VIES: its time limits, and one error."""

import http.cookiejar
import ipaddress
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from carnet.kernel import transactions

CONNECT_SECONDS, READ_SECONDS = 3, 6
WHOLE_SECONDS = 10  # for an answer that arrives byte by byte; somebody waits for the page
LARGEST_ANSWER = 100_000
AT_ONCE, WAIT_SECONDS = 2, 1


class NoAnswer(Exception):
    """Why VIES gave none: unreachable, timeout, busy, not_understood."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: bytes, as they came."""

    status: int
    content: bytes


# Few threads wait for it at once, since the same ones serve the pages.
_places = threading.BoundedSemaphore(AT_ONCE)


def post(url: str, content: dict[str, str]) -> HttpAnswer:
    """One request and its answer. Raises NoAnswer."""
    assert not transactions.is_open(), "the network is waited for outside transactions"
    if not _is_safe(url):
        raise ValueError("VIES is reached by https, the stand-in on this machine only")
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise NoAnswer("busy")
    try:
        return _exchange(url, content)
    except requests.RequestException as error:
        raise NoAnswer("timeout" if _is_timeout(error) else "unreachable") from None
    finally:
        _places.release()


def _exchange(url: str, content: dict[str, str]) -> HttpAnswer:
    end = time.monotonic() + WHOLE_SECONDS
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Carnet"}
    with requests.Session() as session:
        # No proxy and no password of ~/.netrc; no cookies either.
        session.trust_env = False
        session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        with session.post(
            url, json=content, headers=headers, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False,
            stream=True,
        ) as response:  # fmt: skip
            body = bytearray()
            for piece in response.iter_content(8192):
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise NoAnswer("not_understood")
                if time.monotonic() > end:
                    raise NoAnswer("timeout")
            return HttpAnswer(response.status_code, bytes(body))


def _is_timeout(error: Any) -> bool:
    """While the body is read, requests tells a time limit as a lost connection."""
    return isinstance(error, requests.Timeout) or any(
        isinstance(one, urllib3.exceptions.ReadTimeoutError) for one in error.args
    )


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"
