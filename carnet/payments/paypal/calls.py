"""The only place that talks to PayPal: time limits, the access token, and one family of errors."""

import base64
import contextlib
import hashlib
import http.cookiejar
import ipaddress
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from carnet.kernel import transactions
from carnet.payments.rules.online import Access, ServiceFailed

Read = TypeVar("Read")

CONNECT_SECONDS, READ_SECONDS = 5, 15
WHOLE_SECONDS = 40  # for an answer that arrives byte by byte
LARGEST_ANSWER = 5_000_000
STRANGERS_AT_ONCE, STRANGERS_WAIT_SECONDS = 2, 1
ASK_TOKEN_EARLIER_SECONDS = 60

# In use by another call, too early, too many: what is wrong is not the call.
_TRY_LATER = {408, 409, 425, 429}
_BUSY = {"ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS"}
_TOKEN = re.compile(r"[\x21-\x7e]{1,4000}")  # of any other, an error of the HTTP library would print the header
_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_DEBUG_ID = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


@dataclass(frozen=True, slots=True)
class OnlineCall:
    """What is asked. `key` becomes the request id, by which PayPal knows a retry."""

    verb: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    content: Any = None  # a JSON value, or the bytes of one
    key: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


@dataclass(frozen=True, slots=True)
class OnlineAnswer:
    """What came back: bytes, as they came."""

    status: int
    content: bytes
    content_type: str
    debug_id: str


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    until: float  # by the monotonic clock


_tokens: dict[tuple[str, str, str], _Kept] = {}
_of_thread = threading.local()
_strangers = threading.BoundedSemaphore(STRANGERS_AT_ONCE)


def forget() -> None:
    """Close the connections of this thread and forget all tokens: the next call asks anew."""
    _tokens.clear()
    session = _of_thread.__dict__.pop("session", None)
    if session is not None:
        session.close()


def forget_token(access: Access) -> None:
    _tokens.pop(_whose(access), None)


def path(pattern: str, external_id: str) -> str:
    """A path with the id in it. What could be no id of PayPal's, as it may come from a browser, is not asked for: there
    is nothing of that name.
    """
    if not _ID.fullmatch(external_id):
        raise ServiceFailed("RESOURCE_NOT_FOUND", permanent=True, status=404, call=pattern)
    return pattern.format(external_id)


@contextlib.contextmanager
def because_of_a_stranger(call: str) -> Iterator[None]:
    """PayPal is asked because of a notice that anybody may have sent: few threads wait for it at once, since the same
    ones serve the pages. Raises ServiceFailed after a moment if they do already.
    """
    if not _strangers.acquire(timeout=STRANGERS_WAIT_SECONDS):
        raise ServiceFailed("busy", permanent=False, call=call)
    try:
        yield
    finally:
        _strangers.release()


def ask(access: Access, call: OnlineCall, read: Callable[[dict[str, Any]], Read]) -> Read:
    """Send the call with a token, and read the answer by a function of `reading`. Raises ServiceFailed.

    A token may be refused before its time, as when the secret was changed: then, once, with a new one.
    """
    answer = _send(access, call, f"Bearer {_token(access)}")
    if answer.status == 401:
        forget_token(access)
        answer = _send(access, call, f"Bearer {_token(access)}")
    return _understood(answer, call, read)


def fetch(access: Access, url: str) -> bytes | None:
    """What lies at an address that `signing` found to be PayPal's own, without a token; None if nothing does."""
    call = OnlineCall("GET", urlsplit(url).path)
    answer = _exchange(access, call, url=url, headers={})
    if answer.status == 200:
        return answer.content
    failed = _failure(answer, call)
    if failed.permanent:
        return None
    raise failed


def _token(access: Access) -> str:
    kept = _tokens.get(_whose(access))
    if kept is None or kept.until <= time.monotonic():
        kept = _new_token(access)
        _tokens[_whose(access)] = kept
    return kept.token


def _new_token(access: Access) -> _Kept:
    call = OnlineCall("POST", "/v1/oauth2/token", content=b"grant_type=client_credentials")
    asked_at = time.monotonic()
    pair = base64.b64encode(f"{access.client_id}:{access.secret}".encode()).decode()
    answer = _send(access, call, f"Basic {pair}", content_type="application/x-www-form-urlencoded")

    def read(found: dict[str, Any]) -> _Kept:
        token, seconds = found["access_token"], found["expires_in"]
        if not _TOKEN.fullmatch(token) or not isinstance(seconds, int):
            raise ValueError("token")
        return _Kept(token, asked_at + seconds - ASK_TOKEN_EARLIER_SECONDS)

    return _understood(answer, call, read)


def _whose(access: Access) -> tuple[str, str, str]:
    """With another secret a token is asked anew, so that a wrong one is noticed."""
    return access.base_url, access.client_id, hashlib.sha256(access.secret.encode()).hexdigest()


def _send(access: Access, call: OnlineCall, authorization: str, content_type: str = "application/json") -> OnlineAnswer:
    headers = {"Authorization": authorization, "Accept": "application/json"}
    if call.verb != "GET":
        headers["Content-Type"] = content_type
    if call.key:  # it makes something, and all of it is to be told
        headers |= {"PayPal-Request-Id": call.key, "Prefer": "return=representation"}
    return _exchange(access, call, url=access.base_url + call.path, headers=headers)


def _exchange(access: Access, call: OnlineCall, *, url: str, headers: Mapping[str, str]) -> OnlineAnswer:
    """One request and its answer. Errors of the HTTP library stay here: they carry the request, with what is secret."""
    assert not transactions.is_open(), "the network is waited for outside transactions"
    if not _is_safe(access, url):
        raise ValueError("PayPal is reached by https, the stand-in on this machine only")
    body = call.content
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False).encode()
    end = time.monotonic() + WHOLE_SECONDS
    try:
        with _session().request(
            call.verb,
            url,
            params=call.query,
            data=body,
            headers={**headers, "Accept-Encoding": "identity", "User-Agent": "Carnet"},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            content = bytearray()
            for piece in response.iter_content(65536):
                content += piece
                if len(content) > LARGEST_ANSWER:
                    raise ServiceFailed("not_understood", permanent=False, status=response.status_code, call=str(call))
                if time.monotonic() > end:
                    raise requests.Timeout
            return OnlineAnswer(
                response.status_code,
                bytes(content),
                response.headers.get("Content-Type", ""),
                _plain(response.headers.get("Paypal-Debug-Id"), _DEBUG_ID),
            )
    except requests.RequestException as error:
        code = "timeout" if _is_timeout(error) else "unreachable"
        raise ServiceFailed(code, permanent=False, call=str(call)) from None


def _session() -> requests.Session:
    """This thread's own, which keeps its connections open: a session is not made for several threads."""
    session = getattr(_of_thread, "session", None)
    if session is None:
        session = _of_thread.session = requests.Session()
        # No proxy, no authority and above all no password of ~/.netrc in place of the token. No cookies either.
        session.trust_env = False
        session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return session


def _is_timeout(error: requests.RequestException) -> bool:
    """While the body is read, requests tells a time limit as a lost connection."""
    return isinstance(error, requests.Timeout) or any(
        isinstance(one, urllib3.exceptions.ReadTimeoutError) for one in error.args
    )


def _is_safe(access: Access, url: str) -> bool:
    parts = urlsplit(url)
    if access.environment != "stand_in":
        return parts.scheme == "https"
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"


def _understood(answer: OnlineAnswer, call: OnlineCall, read: Callable[[dict[str, Any]], Read]) -> Read:
    if not 200 <= answer.status < 300:
        raise _failure(answer, call)
    try:
        return read(_json(answer))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        raise ServiceFailed(
            "not_understood", permanent=False, status=answer.status, debug_id=answer.debug_id, call=str(call)
        ) from None


def _json(answer: OnlineAnswer) -> dict[str, Any]:
    if answer.content_type.partition(";")[0].strip().lower() != "application/json":
        raise ValueError("no JSON")
    found = json.loads(answer.content)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _failure(answer: OnlineAnswer, call: OnlineCall) -> ServiceFailed:
    """The error that an answer tells: its most exact word, and whether the same call would be refused again."""
    try:
        found = _json(answer)
    except (ValueError, RecursionError):
        found = {}
    details = found.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    words = (first.get("issue"), found.get("name"), found.get("error"))
    code = next(filter(None, (_plain(word, _CODE) for word in words)), f"http_{answer.status}")
    return ServiceFailed(
        code if answer.status >= 400 else "not_understood",
        permanent=400 <= answer.status < 500 and answer.status not in _TRY_LATER and code not in _BUSY,
        status=answer.status,
        debug_id=answer.debug_id or _plain(found.get("debug_id"), _DEBUG_ID),
        call=str(call),
    )


def _plain(word: Any, pattern: re.Pattern[str]) -> str:
    """A word of PayPal's if it is one, for logs and columns."""
    return word if isinstance(word, str) and pattern.fullmatch(word) else ""
