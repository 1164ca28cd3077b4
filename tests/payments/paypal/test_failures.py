import logging
import socket
import traceback
from dataclasses import replace

import pytest
from django.db import transaction

from carnet.payments.paypal import calls, interface
from carnet.payments.rules.online import ServiceFailed
from tests.payments.paypal import payloads
from tests.payments.paypal.prepared import TOKEN, Doorstep

SHOWN = f"GET /v2/payments/captures/{payloads.CAPTURE}"


def failure(doorstep: Doorstep) -> ServiceFailed:
    with pytest.raises(ServiceFailed) as failed:
        interface.show_capture(doorstep.access, payloads.CAPTURE)
    words = "".join(traceback.format_exception(failed.value)) + repr(failed.value.__dict__)
    assert "secret secret" not in words
    assert TOKEN not in words
    return failed.value


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (403, True), (404, True), (422, True), (408, False), (409, False), (429, False), (500, False)],
)
def test_what_is_refused(doorstep: Doorstep, status: int, permanent: bool) -> None:
    doorstep.answers(SHOWN, payloads.error("SOME_NAME", "SOME_ISSUE", "ANOTHER"), status)
    failed = failure(doorstep)
    assert (failed.code, failed.permanent, failed.status) == ("SOME_ISSUE", permanent, status)
    assert (failed.debug_id, failed.call) == ("f00d5eed", SHOWN)
    assert str(failed) == f"{SHOWN}: {status} SOME_ISSUE (debug id f00d5eed)"


def test_the_debug_id_of_the_body(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.error("INTERNAL_SERVER_ERROR"), 500, Paypal_Debug_Id="")
    assert failure(doorstep).debug_id == "90957fca61718"


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b'{"name": "a b", "details": [1]}', b'{"name": 1, "details": {}}', b"[" * 100_000],
)
def test_a_refusal_without_words(doorstep: Doorstep, content: bytes) -> None:
    doorstep.answers(SHOWN, content, 503)
    failed = failure(doorstep)
    assert (failed.code, failed.permanent, failed.status) == ("http_503", False, 503)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"", {}),
        (b"<html>", {}),
        (b"<html>", {"Content_Type": "text/html"}),
        (b'{"id": "1"}', {"Content_Type": "text/html"}),
        (b"[]", {}),
        (b'"id"', {}),
        (b"{}", {}),
        (b"\xff{}", {}),
        (b"[" * 100_000, {}),
    ],
)
def test_garbage(doorstep: Doorstep, content: bytes, headers: dict) -> None:
    doorstep.answers(SHOWN, content, **headers)
    failed = failure(doorstep)
    assert (failed.code, failed.permanent, failed.status) == ("not_understood", False, 200)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(doorstep: Doorstep, status: int) -> None:
    doorstep.answers(SHOWN, b"", status, Location=f"{doorstep.url}/elsewhere")
    failed = failure(doorstep)
    assert (failed.code, failed.permanent, failed.status) == ("not_understood", False, status)
    assert len(doorstep.calls()) == 1


def test_a_huge_answer(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "LARGEST_ANSWER", 100_000)
    doorstep.answers(SHOWN, b" " * 100_001)
    assert failure(doorstep).code == "not_understood"
    interface.forget()


@pytest.mark.parametrize("which", ["READ_SECONDS", "WHOLE_SECONDS"])
def test_an_answer_that_does_not_end(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    monkeypatch.setattr(calls, which, 0.05)
    doorstep.answers(SHOWN, payloads.shown_capture(), waits_seconds=0.3)
    failed = failure(doorstep)
    assert (failed.code, failed.permanent, failed.status) == ("timeout", False, 0)


def test_nobody_answers(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "READ_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = replace(doorstep.access, base_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ServiceFailed) as failed:
            interface.show_capture(access, payloads.CAPTURE)
    assert (failed.value.code, failed.value.permanent, failed.value.call) == ("timeout", False, "POST /v1/oauth2/token")


def test_nobody_is_there(doorstep: Doorstep) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    with pytest.raises(ServiceFailed) as failed:
        interface.show_capture(replace(doorstep.access, base_url=f"http://127.0.0.1:{free}"), payloads.CAPTURE)
    assert (failed.value.code, failed.value.permanent) == ("unreachable", False)


@pytest.mark.parametrize(
    ("environment", "base_url"),
    [
        ("live", "http://api-m.paypal.com"),
        ("sandbox", "http://127.0.0.1:1"),
        ("stand_in", "https://api-m.paypal.com"),
        ("stand_in", "http://192.0.2.1"),
        ("stand_in", "http://stand-in.example"),
    ],
)
def test_an_unsafe_address_is_never_asked(doorstep: Doorstep, environment: str, base_url: str) -> None:
    with pytest.raises(ValueError, match="PayPal is reached by https"):
        interface.show_capture(replace(doorstep.access, environment=environment, base_url=base_url), payloads.CAPTURE)


def test_the_stand_in_by_name(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.shown_capture())
    access = replace(doorstep.access, base_url=doorstep.url.replace("127.0.0.1", "localhost"))
    assert interface.show_capture(access, payloads.CAPTURE).state == "completed"


def test_a_token_is_kept(doorstep: Doorstep) -> None:
    for _ in range(3):
        doorstep.answers(SHOWN, payloads.shown_capture())
        interface.show_capture(doorstep.access, payloads.CAPTURE)
    assert doorstep.tokens == 1
    assert {one.headers["Authorization"] for one in doorstep.calls()} == {f"Bearer {TOKEN}1"}


def test_a_token_is_asked_anew_before_it_expires(doorstep: Doorstep) -> None:
    doorstep.expires_in = calls.ASK_TOKEN_EARLIER_SECONDS
    for _ in range(2):
        doorstep.answers(SHOWN, payloads.shown_capture())
        interface.show_capture(doorstep.access, payloads.CAPTURE)
    assert doorstep.tokens == 2


def test_another_secret_needs_another_token(doorstep: Doorstep) -> None:
    for secret in ("one", "two"):
        doorstep.answers(SHOWN, payloads.shown_capture())
        interface.show_capture(replace(doorstep.access, secret=secret), payloads.CAPTURE)
    assert doorstep.tokens == 2


def test_a_token_that_is_refused(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.shown_capture())
    interface.show_capture(doorstep.access, payloads.CAPTURE)
    doorstep.answers(SHOWN, {"error": "invalid_token", "error_description": "Token signature verification failed"}, 401)
    doorstep.answers(SHOWN, payloads.shown_capture())
    interface.show_capture(doorstep.access, payloads.CAPTURE)
    assert [one.headers["Authorization"][-1] for one in doorstep.calls()] == ["1", "1", "2"]


def test_two_tokens_that_are_refused(doorstep: Doorstep) -> None:
    for _ in range(2):
        doorstep.answers(SHOWN, {"error": "invalid_token"}, 401)
    failed = failure(doorstep)
    assert (failed.code, failed.permanent, failed.status) == ("invalid_token", True, 401)
    assert (len(doorstep.calls()), doorstep.tokens) == (2, 2)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"access_token": "a", "expires_in": "soon"},
        {"access_token": "a\r\nX: b", "expires_in": 9},
        {"access_token": 1, "expires_in": 9},
        {"access_token": "", "expires_in": 9},
    ],
)
def test_a_token_that_is_none(doorstep: Doorstep, found: dict) -> None:
    doorstep.answers("POST /v1/oauth2/token", found)
    assert failure(doorstep).code == "not_understood"


def test_nothing_secret_is_logged_or_shown(doorstep: Doorstep, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    doorstep.answers(SHOWN, payloads.shown_capture())
    interface.show_capture(doorstep.access, payloads.CAPTURE)
    shown = caplog.text + repr(doorstep.access) + repr(calls._tokens)
    assert "oauth2/token" in caplog.text
    assert "secret secret" not in shown
    assert TOKEN not in shown


def test_a_name_from_netrc_takes_no_token_s_place(doorstep: Doorstep, monkeypatch, tmp_path) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    doorstep.answers(SHOWN, payloads.shown_capture())
    interface.show_capture(doorstep.access, payloads.CAPTURE)
    assert doorstep.calls()[0].headers["Authorization"] == f"Bearer {TOKEN}1"


@pytest.mark.django_db
def test_in_a_test_s_own_transaction(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.shown_capture())
    assert interface.show_capture(doorstep.access, payloads.CAPTURE).state == "completed"


@pytest.mark.django_db
def test_never_in_a_transaction(doorstep: Doorstep) -> None:
    with transaction.atomic(), pytest.raises(AssertionError, match="outside transactions"):
        interface.show_capture(doorstep.access, payloads.CAPTURE)
    assert doorstep.asked == []


@pytest.mark.django_db(transaction=True)
def test_never_in_a_real_transaction(doorstep: Doorstep) -> None:
    doorstep.answers(SHOWN, payloads.shown_capture())
    interface.show_capture(doorstep.access, payloads.CAPTURE)
    with transaction.atomic(), pytest.raises(AssertionError, match="outside transactions"):
        interface.show_capture(doorstep.access, payloads.CAPTURE)


def test_no_cookie_is_kept(doorstep: Doorstep) -> None:
    for _ in range(2):
        doorstep.answers(SHOWN, payloads.shown_capture(), Set_Cookie="who=you; path=/")
        interface.show_capture(doorstep.access, payloads.CAPTURE)
    assert all("Cookie" not in one.headers for one in doorstep.asked)
