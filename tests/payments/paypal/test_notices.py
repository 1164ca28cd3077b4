"""Which notices are believed to come from PayPal, and what they are about."""

import base64
import datetime
import json
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.db import transaction

from carnet.payments.paypal import calls, interface, reading, signing
from carnet.payments.rules.online import Access, NotANotice, NoticeFound, ServiceFailed
from tests.payments.paypal import payloads
from tests.payments.paypal.prepared import Doorstep

AT = datetime.datetime(2026, 11, 29, 10, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
CERT = "/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"
VERIFY = "POST /v1/notifications/verify-webhook-signature"
BODY = json.dumps(payloads.notice("PAYMENT.CAPTURE.COMPLETED", payloads.capture())).encode()
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NAME = "messageverificationcerts.paypal.example.org"


def certificate(key: Any = KEY, *, name: str = NAME, until: datetime.datetime = AT + DAY) -> bytes:
    of = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(of, of, key.public_key(), 1, AT - DAY, until)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signed(access: Access, body: bytes = BODY, *, key: rsa.RSAPrivateKey = KEY, **more: str) -> dict[str, str]:
    """The headers of a notice, as PayPal sends them."""
    given = {
        "PAYPAL-TRANSMISSION-ID": "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
        "PAYPAL-TRANSMISSION-TIME": "2026-11-29T09:00:00Z",
        "PAYPAL-CERT-URL": access.base_url + CERT,
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }
    given |= {f"PAYPAL-{name.replace('_', '-')}": value for name, value in more.items()}
    parts = (given["PAYPAL-TRANSMISSION-ID"], given["PAYPAL-TRANSMISSION-TIME"], access.webhook_id)
    text = "|".join([*parts, str(zlib.crc32(body))])
    signature = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    return {"PAYPAL-TRANSMISSION-SIG": signature, "Content-Type": "application/json", **given}


def is_genuine(doorstep: Doorstep, headers: dict[str, str], body: bytes = BODY, **more: Any) -> bool:
    return interface.is_genuine(doorstep.access, headers, body, **{"how": "offline", "at": AT, **more})


@pytest.fixture
def certified(doorstep: Doorstep) -> Doorstep:
    doorstep.answers(f"GET {CERT}", certificate(), Content_Type="application/x-pem-file")
    return doorstep


def test_genuine(certified: Doorstep) -> None:
    headers = signed(certified.access)
    assert is_genuine(certified, headers)
    assert is_genuine(certified, {name.title(): value for name, value in headers.items()})
    assert [one.path for one in certified.asked] == [CERT]  # once, and without a token
    assert "Authorization" not in certified.asked[0].headers


def test_days_late(certified: Doorstep) -> None:
    assert is_genuine(certified, signed(certified.access, TRANSMISSION_TIME="2026-11-01T09:00:00.123+02:00"))


def test_one_byte_changed(certified: Doorstep) -> None:
    headers = signed(certified.access)
    assert not is_genuine(certified, headers, BODY.replace(b"120.00", b"920.00"))
    assert not is_genuine(certified, headers, BODY + b"\n")
    assert is_genuine(certified, headers)


@pytest.mark.parametrize("name", ["TRANSMISSION-ID", "TRANSMISSION-TIME"])
def test_a_header_changed(certified: Doorstep, name: str) -> None:
    headers = signed(certified.access)
    headers[f"PAYPAL-{name}"] = headers[f"PAYPAL-{name}"].replace("0", "1")
    assert not is_genuine(certified, headers)


def test_forged(certified: Doorstep) -> None:
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert not is_genuine(certified, signed(certified.access, key=forger))


def test_of_another_webhook(certified: Doorstep) -> None:
    headers = signed(replace(certified.access, webhook_id="ANOTHER"))
    assert not is_genuine(certified, headers)


@pytest.mark.parametrize("how", ["offline", "asked"])
@pytest.mark.parametrize("name", ["TRANSMISSION-ID", "TRANSMISSION-TIME", "TRANSMISSION-SIG", "CERT-URL", "AUTH-ALGO"])
def test_a_header_missing(doorstep: Doorstep, name: str, how: str) -> None:
    headers = signed(doorstep.access)
    del headers[f"PAYPAL-{name}"]
    assert not is_genuine(doorstep, headers, how=how)
    assert doorstep.asked == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH-ALGO", "SHA1withRSA"),
        ("AUTH-ALGO", "SHA256withRSA "),
        ("TRANSMISSION-ID", "1|2"),
        ("TRANSMISSION-ID", "12345"),
        ("TRANSMISSION-ID", "a" * 51),
        ("TRANSMISSION-TIME", "yesterday"),
        ("TRANSMISSION-TIME", "2026-11-29T09:00:00Z|X"),
        ("TRANSMISSION-SIG", "ä"),
        ("TRANSMISSION-SIG", "a" * 501),
        ("TRANSMISSION-SIG", "abcde"),
    ],
)
def test_an_odd_header(doorstep: Doorstep, name: str, value: str) -> None:
    assert not is_genuine(doorstep, {**signed(doorstep.access), f"PAYPAL-{name}": value})
    assert doorstep.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example" + CERT,
        "http://api.paypal.com" + CERT,
        "https://api.paypal.com.evil.example" + CERT,
        "https://api.paypal.com@evil.example" + CERT,
        "https://evil.example/https://api.paypal.com" + CERT,
        "https://api.paypal.com:8443" + CERT,
        "https://api.paypal.com/v1/notifications/certs/../../../evil",
        "https://api.paypal.com/elsewhere",
        "https://api.paypal.com" + CERT + "?x=https://evil.example",
        "https://api.paypal.com" + CERT + "\n",
        "https://apixpaypal.com" + CERT,
        "file:///etc/passwd",
        "",
    ],
)
@pytest.mark.parametrize("environment", ["live", "sandbox", "stand_in"])
@pytest.mark.parametrize("how", ["offline", "asked"])
def test_an_address_that_is_not_paypal_s(doorstep: Doorstep, url: str, environment: str, how: str) -> None:
    base_url = doorstep.url if environment == "stand_in" else "https://api-m.paypal.com"
    access = replace(doorstep.access, environment=environment, base_url=base_url)
    headers = signed(access, CERT_URL=url)
    assert not interface.is_genuine(access, headers, BODY, how=how, at=AT)
    assert doorstep.asked == []


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ("live", "api.paypal.com"),
        ("live", "api-m.paypal.com"),
        ("sandbox", "api.sandbox.paypal.com"),
        ("sandbox", "api-m.sandbox.paypal.com"),
    ],
)
def test_paypal_s_own_addresses(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, environment: str, host: str
) -> None:
    """Fetched by a double here, since the network of tests is closed."""
    urls: list[str] = []
    content = certificate(name="messageverificationcerts.paypal.com")

    def fetch(_: Access, url: str) -> bytes:
        urls.append(url)
        return content

    monkeypatch.setattr(calls, "fetch", fetch)
    access = replace(doorstep.access, environment=environment, base_url=f"https://{host}")
    assert interface.is_genuine(access, signed(access), BODY, how="offline", at=AT)
    assert urls == [f"https://{host}{CERT}"]
    # That of the other environment is none of ours.
    other = replace(access, environment={"live": "sandbox", "sandbox": "live"}[environment])
    assert not interface.is_genuine(other, signed(access), BODY, how="offline", at=AT)
    assert len(urls) == 1


@pytest.mark.parametrize("at", [AT - 2 * DAY, AT + 2 * DAY])
def test_a_certificate_that_is_not_valid(certified: Doorstep, at: datetime.datetime) -> None:
    assert not is_genuine(certified, signed(certified.access), at=at)


def test_a_kept_certificate_that_expires(certified: Doorstep) -> None:
    headers = signed(certified.access)
    assert is_genuine(certified, headers)
    certified.answers(f"GET {CERT}", certificate(), Content_Type="application/x-pem-file")
    assert not is_genuine(certified, headers, at=AT + 2 * DAY)
    certified.answers(f"GET {CERT}", certificate(until=AT + 9 * DAY), Content_Type="application/x-pem-file")
    assert is_genuine(certified, headers, at=AT + 2 * DAY)


@pytest.mark.parametrize("name", ["evilpaypal.example.org", "paypal.com", "paypal.example.org.evil.example", "x"])
def test_a_certificate_of_somebody_else(doorstep: Doorstep, name: str) -> None:
    doorstep.answers(f"GET {CERT}", certificate(name=name))
    assert not is_genuine(doorstep, signed(doorstep.access))


@pytest.mark.parametrize("name", [NAME, "evilpaypal.com", "paypal.com.evil.example"])
def test_the_stand_in_s_certificate_counts_there_only(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(calls, "fetch", lambda *_: certificate(name=name))
    access = replace(doorstep.access, environment="live", base_url="https://api.paypal.com")
    assert not interface.is_genuine(access, signed(access), BODY, how="offline", at=AT)


def test_a_certificate_of_another_kind(doorstep: Doorstep) -> None:
    doorstep.answers(f"GET {CERT}", certificate(ec.generate_private_key(ec.SECP256R1())))
    assert not is_genuine(doorstep, signed(doorstep.access))


def test_no_certificate(doorstep: Doorstep) -> None:
    assert not is_genuine(doorstep, signed(doorstep.access))


@pytest.mark.parametrize("content", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\n", b"a" * 100_001])
def test_garbage_in_place_of_a_certificate(doorstep: Doorstep, content: bytes) -> None:
    doorstep.answers(f"GET {CERT}", content)
    with pytest.raises(ServiceFailed) as failed:
        is_genuine(doorstep, signed(doorstep.access))
    assert (failed.value.code, failed.value.permanent) == ("not_understood", False)


@pytest.mark.parametrize("status", [302, 429, 503])
def test_a_certificate_that_can_not_be_had_now(doorstep: Doorstep, status: int) -> None:
    doorstep.answers(f"GET {CERT}", b"", status, Location=f"{doorstep.url}/v1/notifications/certs/CERT-1")
    with pytest.raises(ServiceFailed) as failed:
        is_genuine(doorstep, signed(doorstep.access))
    assert not failed.value.permanent
    assert len(doorstep.asked) == 1


def test_many_certificates_are_not_kept(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_MOST_CERTIFICATES", 2)
    for number in range(3):
        doorstep.answers(f"GET {CERT}{number}", certificate())
        assert is_genuine(doorstep, signed(doorstep.access, CERT_URL=f"{doorstep.url}{CERT}{number}"))
    assert list(signing._certificates) == [f"{doorstep.url}{CERT}2"]


@pytest.mark.parametrize("how", ["offline", "asked"])
def test_forgers_make_two_threads_wait_for_paypal_and_no_more(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The threads that read notices serve the pages, too: others give up soon, and PayPal sends again."""
    monkeypatch.setattr(calls, "STRANGERS_WAIT_SECONDS", 0.05)
    arrived, go_on = threading.Barrier(3), threading.Event()

    def slow(*args: Any, **more: Any) -> Any:
        arrived.wait(60)
        go_on.wait(60)
        raise ServiceFailed("timeout", permanent=False)

    monkeypatch.setattr(calls, "_exchange", slow)
    headers = signed(doorstep.access)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(is_genuine, doorstep, headers, how=how) for _ in range(2)]
        arrived.wait(60)
        with pytest.raises(ServiceFailed, match="busy"):
            is_genuine(doorstep, headers, how=how)
        go_on.set()
        assert [getattr(one.exception(), "code", "") for one in waiting] == ["timeout", "timeout"]


def test_without_a_webhook(doorstep: Doorstep) -> None:
    access = replace(doorstep.access, webhook_id="")
    with pytest.raises(ServiceFailed) as failed:
        interface.is_genuine(access, signed(access), BODY, how="offline", at=AT)
    assert (failed.value.code, failed.value.permanent) == ("no_webhook", False)


@pytest.mark.django_db
def test_never_in_a_transaction(certified: Doorstep) -> None:
    headers = signed(certified.access)
    assert is_genuine(certified, headers)
    with transaction.atomic(), pytest.raises(AssertionError):
        is_genuine(certified, headers)


@pytest.mark.parametrize(("word", "answer"), [("SUCCESS", True), ("FAILURE", False)])
def test_asked(doorstep: Doorstep, word: str, answer: bool) -> None:
    """The body stands in the question as it came: with its spaces, its order and its escapes."""
    body = b' {"id": "WH-1",\n "summary": "\\u00e9 \xc3\xa9", "resource": {"b": 1.10, "a": 1e2}, "id": "WH-1"} '
    doorstep.answers(VERIFY, {"verification_status": word})
    headers = signed(doorstep.access, body)
    assert is_genuine(doorstep, headers, body, how="asked") is answer
    (asked,) = doorstep.calls()
    assert asked.body.endswith(b'"webhook_event": ' + body + b"}")
    assert {name: value for name, value in asked.json.items() if name != "webhook_event"} == {
        "auth_algo": "SHA256withRSA",
        "cert_url": headers["PAYPAL-CERT-URL"],
        "transmission_id": headers["PAYPAL-TRANSMISSION-ID"],
        "transmission_sig": headers["PAYPAL-TRANSMISSION-SIG"],
        "transmission_time": headers["PAYPAL-TRANSMISSION-TIME"],
        "webhook_id": doorstep.access.webhook_id,
    }


NO_JSON = [
    b"",
    b"no JSON",
    b"[]",
    b'{"id": "WH-1"}, "webhook_id": "MINE"',
    b'{"id": NaN}',
    b'{"id": "\xff"}',
    '{"id": "WH-1"}'.encode("utf-16"),
    b"\xef\xbb\xbf{}",
    b'{"a":' * 100_000,
]


@pytest.mark.parametrize("body", NO_JSON)
def test_asked_about_no_json(doorstep: Doorstep, body: bytes) -> None:
    assert not is_genuine(doorstep, signed(doorstep.access, body), body, how="asked")
    assert doorstep.asked == []


@pytest.mark.parametrize("status", [400, 500])
def test_asked_when_paypal_does_not_say(doorstep: Doorstep, status: int) -> None:
    doorstep.answers(VERIFY, payloads.error("VALIDATION_ERROR"), status)
    with pytest.raises(ServiceFailed):
        is_genuine(doorstep, signed(doorstep.access), how="asked")


@pytest.mark.parametrize("word", ["", "success", None])
def test_asked_and_not_understood(doorstep: Doorstep, word: str | None) -> None:
    doorstep.answers(VERIFY, {"verification_status": word})
    with pytest.raises(ServiceFailed, match="not_understood"):
        is_genuine(doorstep, signed(doorstep.access), how="asked")


EVENT = "WH-58D329510W468432D-8HN650336L201105X"
DISPUTED = {"dispute_id": "PP-D-27803", "disputed_transactions": [{"seller_transaction_id": payloads.CAPTURE}]}


@pytest.mark.parametrize(
    ("event", "resource", "resource_type", "about"),
    [
        ("CHECKOUT.ORDER.APPROVED", payloads.order("APPROVED"), "checkout-order", ("checkout", payloads.ORDER, "")),
        ("CHECKOUT.ORDER.COMPLETED", payloads.order("COMPLETED"), "checkout-order", ("checkout", payloads.ORDER, "")),
        (
            "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
            {"order_id": payloads.ORDER, "purchase_units": []},
            "payment-approval",
            ("checkout", payloads.ORDER, ""),
        ),
        ("PAYMENT.CAPTURE.COMPLETED", payloads.capture(), "capture", ("capture", payloads.CAPTURE, "")),
        ("PAYMENT.CAPTURE.PENDING", payloads.capture("PENDING"), "capture", ("capture", payloads.CAPTURE, "")),
        ("PAYMENT.CAPTURE.DENIED", payloads.capture("DECLINED"), "capture", ("capture", payloads.CAPTURE, "")),
        ("PAYMENT.CAPTURE.DECLINED", payloads.capture("DECLINED"), "capture", ("capture", payloads.CAPTURE, "")),
        ("PAYMENT.CAPTURE.REFUNDED", payloads.refund(), "refund", ("refund", "1JU08902781691411", payloads.CAPTURE)),
        ("PAYMENT.CAPTURE.REVERSED", payloads.refund(), "capture", ("refund", "1JU08902781691411", payloads.CAPTURE)),
        ("PAYMENT.CAPTURE.REVERSED", {"id": payloads.CAPTURE}, "capture", ("capture", payloads.CAPTURE, "")),
        ("PAYMENT.REFUND.FAILED", {"id": "1JU0"}, "refund", ("refund", "1JU0", "")),
        ("CUSTOMER.DISPUTE.CREATED", DISPUTED, "dispute", ("dispute", "PP-D-27803", payloads.CAPTURE)),
        ("CUSTOMER.DISPUTE.UPDATED", {"dispute_id": "PP-D-27803"}, "dispute", ("dispute", "PP-D-27803", "")),
        ("CUSTOMER.DISPUTE.RESOLVED", {**DISPUTED, "disputed_transactions": [{}]}, "", ("dispute", "PP-D-27803", "")),
        ("BILLING.SUBSCRIPTION.CREATED", {"id": "I-1"}, "subscription", ("nothing", "", "")),
        ("SOMETHING.NEW", {}, "", ("nothing", "", "")),
    ],
)
def test_read(event: str, resource: dict, resource_type: str, about: tuple) -> None:
    body = json.dumps(payloads.notice(event, resource, resource_type)).encode()
    assert interface.read_notice(body) == NoticeFound(EVENT, event, *about)


def test_every_event_that_is_asked_for_is_about_something() -> None:
    resource = {"id": "1", "order_id": "1", "dispute_id": "1"}
    for event in reading.EVENTS:
        body = json.dumps(payloads.notice(event, resource)).encode()
        assert interface.read_notice(body).about != "nothing"


@pytest.mark.parametrize(
    "body",
    [
        *NO_JSON,
        b"{}",
        b'{"id": "WH-1"}',
        b'{"id": 1, "event_type": "A.B"}',
        b'{"id": "WH-1", "event_type": "a\\u0000"}',
        b'{"id": "WH-1", "event_type": ["A"]}',
        b'{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED"}',
        b'{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": null}',
        b'{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "../1"}}',
        b'{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "1", "links": [{}]}}',
        b'{"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED", "resource": {"disputed_transactions": 1}}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_no_notice(body: bytes) -> None:
    with pytest.raises(NotANotice):
        interface.read_notice(body)
