"""What the payment service sends by itself is stored as it came, proven, and never believed (O6)."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from carnet.audit.models import Entry
from carnet.jobs.models import Job
from carnet.kernel import clock
from carnet.payments.models import FailedCall, OnlineNotice
from carnet.payments.paypal import interface
from carnet.payments.rules import notices as rules
from carnet.provider import actions as settings_actions
from carnet.till.views import notices
from demo.paypal.signing import Signer, new_certificate, new_key
from tests.factories.processes import all_at_once

pytestmark = pytest.mark.django_db
ADDRESS = "/paypal/notices/"
EVENT = {
    "id": "WH-2WR32451HC0233532-67976317FL4543714", "event_version": "1.0", "event_type": "CHECKOUT.ORDER.APPROVED",
    "create_time": "2027-03-05T11:00:00.000Z", "resource_type": "checkout-order",
    "resource": {"id": "5O190127TN364715T", "status": "APPROVED"},
}  # fmt: skip
BODY = json.dumps(EVENT).encode()


def signed(paypal, body=BODY, **changed):
    headers = paypal.stand_in.signer.sign(body, webhook_id=paypal.webhook_id, at=clock.now())
    return {name: value for name, value in (headers | changed).items() if name != "Content-Type"}


def send(headers, body=BODY, content_type="application/json", **more):
    return Client().post(ADDRESS, body, content_type=content_type, headers=headers, **more).status_code


def posted(stream, length):
    """A request as a web server hands it over."""
    known = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "REMOTE_ADDR": "127.0.0.1"}
    return WSGIRequest(known | {"CONTENT_LENGTH": length, "wsgi.input": stream})


def states():
    return list(OnlineNotice.objects.order_by("id").values_list("state", "count"))


def jobs():
    return Job.objects.filter(name="carnet.till.tasks.use_notice").count()


def test_a_genuine_notice_is_kept_to_the_byte_and_a_worker_asks(paypal):
    headers = signed(paypal)
    assert send(headers | {"Cookie": "a=b", "Authorization": "Basic x"}) == 200
    notice = OnlineNotice.objects.get()
    assert bytes(notice.body) == BODY
    assert notice.headers["paypal-transmission-sig"] == headers["Paypal-Transmission-Sig"]
    assert not {"cookie", "authorization"} & set(notice.headers)
    assert (notice.state, notice.event, notice.about) == ("proven", "CHECKOUT.ORDER.APPROVED", "checkout")
    assert (notice.external_id, notice.event_id) == ("5O190127TN364715T", EVENT["id"])
    job = Job.objects.get(name="carnet.till.tasks.use_notice")
    assert (job.key, job.args) == (f"notice:{notice.pk}", {"number": notice.pk})


def test_the_same_again_is_only_counted(paypal):
    headers = signed(paypal)
    assert [send(headers), send(headers), send(signed(paypal))] == [200, 200, 200]
    assert (states(), jobs()) == ([("proven", 3)], 1)
    OnlineNotice.objects.update(state="used")
    assert send(headers) == 200
    assert states() == [("used", 4)]


def test_asked_instead_of_verified_offline(paypal, odile):
    settings_actions.change_setting(name="notices_proven_by", value="asked", by=odile.as_actor(), at=clock.now())
    assert send(signed(paypal)) == 200
    assert any(call.path.endswith("verify-webhook-signature") for call in paypal.calls)
    assert send(signed(paypal, **{"Paypal-Transmission-Sig": "AAAA"}), BODY + b" ") == 400


@pytest.mark.parametrize("signature", ["", "AAAA", "é", "A" * 5000])
def test_a_forged_notice_is_refused_and_only_its_beginning_is_kept(paypal, signature):
    body = json.dumps(EVENT | {"padding": "x" * 10_000}).encode()
    assert send(signed(paypal, body, **{"Paypal-Transmission-Sig": signature}), body) == 400
    notice = OnlineNotice.objects.get()
    assert (notice.state, len(notice.body), notice.about) == ("forged", rules.FORGED_BYTES, "")
    assert jobs() == 0


def test_without_any_header_of_the_service_it_is_forged(paypal):
    assert send({}) == 400
    assert states() == [("forged", 1)]


@pytest.mark.parametrize("place", [0, 20, len(BODY) // 2, len(BODY) - 1])
def test_one_byte_changed_is_refused(paypal, place):
    changed = bytearray(BODY)
    changed[place] ^= 1
    assert send(signed(paypal), bytes(changed)) == 400
    assert (jobs(), [state for state, _count in states() if state != "forged"]) == (0, [])


@pytest.mark.parametrize(
    "url",
    [
        "https://paypal.example.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.example.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@example.com/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1",  # live, and this site asks its stand-in only
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_from_elsewhere_proves_nothing_and_is_not_fetched(paypal, url):
    before = len(paypal.calls)
    assert send(signed(paypal, **{"Paypal-Cert-Url": url})) == 400
    assert states() == [("forged", 1)]
    assert len(paypal.calls) == before


def test_an_expired_certificate_proves_nothing(paypal, paypal_key):
    ended = datetime(2021, 1, 1, tzinfo=UTC)
    paypal.stand_in.signer = _with_certificate(paypal, paypal_key, valid_until=ended)
    assert send(signed(paypal)) == 400
    assert states() == [("forged", 1)]


def test_a_certificate_that_nobody_has_proves_nothing(paypal):
    unknown = f"{paypal.url}/v1/notifications/certs/CERT-unknown"
    assert send(signed(paypal, **{"Paypal-Cert-Url": unknown})) == 400


def test_a_key_of_somebody_else_proves_nothing(paypal):
    headers = signed(paypal)
    other = Signer(paypal.url, new_key()).sign(BODY, webhook_id=paypal.webhook_id, at=clock.now())
    assert send(headers | {"Paypal-Transmission-Sig": other["Paypal-Transmission-Sig"]}) == 400


def test_what_was_signed_for_another_webhook_proves_nothing(paypal, settings):
    headers = signed(paypal)
    settings.PAYPAL_WEBHOOK_ID = "another"
    assert send(headers) == 400


def test_what_was_sent_with_forged_headers_first_is_still_the_services_own(paypal):
    """Whoever has seen a notice can't keep the genuine one away by sending it before."""
    body = json.dumps(EVENT | {"padding": "x" * 10_000}).encode()
    assert send(signed(paypal, body, **{"Paypal-Transmission-Sig": "AAAA"}), body) == 400
    assert send(signed(paypal, body), body) == 200
    notice = OnlineNotice.objects.get()
    assert (notice.state, bytes(notice.body), notice.count) == ("proven", body, 2)
    assert send(signed(paypal, body, **{"Paypal-Transmission-Sig": "AAAA"}), body) == 200
    assert (states(), jobs()) == ([("proven", 3)], 1)


@pytest.mark.parametrize("how", ["offline", "asked"])
def test_what_can_not_be_verified_now_is_to_be_sent_again(paypal, odile, how):
    settings_actions.change_setting(name="notices_proven_by", value=how, by=odile.as_actor(), at=clock.now())
    interface.forget()
    headers = signed(paypal)
    if how == "offline":
        paypal.stand_in.stop()
    else:
        paypal.down()
    assert send(headers) == 503
    assert (states(), jobs()) == ([("received", 1)], 0)
    assert FailedCall.objects.count() == 1
    assert bytes(OnlineNotice.objects.get().body) == BODY


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"no JSON", "application/json"),
        (b"\xff\xfe{}", "application/json"),
        (b"[1]", "application/json"),
        (b"null", "application/json"),
        (b"[" * 200_000, "application/json"),
        (BODY, "text/plain"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_json_object_is_not_kept(paypal, body, content_type):
    assert send(signed(paypal), body, content_type) == 400
    assert states() == []


def test_genuine_json_that_is_no_notice_is_kept_and_leads_to_nothing(paypal):
    body = b'{"hello": "world"}'
    assert send(signed(paypal, body), body) == 200
    notice = OnlineNotice.objects.get()
    assert (notice.state, notice.outcome) == ("useless", "not_understood")
    assert jobs() == 0


def test_json_of_5_mb_is_refused_without_being_read(paypal):
    body = b'{"x": "' + b"x" * 5_000_000 + b'"}'
    assert send(signed(paypal, body), body) == 413
    assert states() == []


@pytest.mark.parametrize("told", ["", "12", "9" * 5000, "-1", "x"])
def test_a_length_that_lies_does_not_help(paypal, told):
    """Whatever the header says, no more is read than what may be kept, and one byte."""
    stream = io.BytesIO(b"x" * 5_000_000)
    request = posted(stream, "6000000")
    request.META["CONTENT_LENGTH"] = told
    assert notices.receive_notice(request).status_code == 413
    assert stream.tell() <= rules.LONGEST_BYTES + 1


def test_the_longest_that_is_kept(paypal):
    body = b'{"x": "' + b"x" * (rules.LONGEST_BYTES - 9) + b'"}'
    assert len(body) == rules.LONGEST_BYTES
    assert send(signed(paypal, body), body) == 200
    assert send(signed(paypal, body + b" "), body + b" ") == 413


def test_a_body_that_breaks_off_is_not_kept(paypal):
    class Broken(io.BytesIO):
        def read(self, *_size):
            raise OSError("connection reset")

    assert notices.receive_notice(posted(Broken(), "9")).status_code == 400
    assert states() == []


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_another_method_is_refused(paypal, method):
    assert getattr(Client(), method)(ADDRESS).status_code == 405


def test_without_access_nothing_is_kept_and_it_is_to_be_sent_again(paypal, settings):
    headers = signed(paypal)
    settings.PAYPAL_WEBHOOK_ID = ""
    assert send(headers) == 503
    settings.PAYPAL_CLIENT_ID = ""
    assert send(headers) == 503
    assert states() == []


def test_forgeries_do_not_fill_the_disk(paypal, settings):
    settings.TRUSTED_PROXIES = []
    for number in range(rules.NOT_PROVEN_AN_HOUR.most):
        assert send({}, json.dumps({"n": number}).encode()) == 400
    assert send({}, b'{"n": "one more"}') == 429
    assert OnlineNotice.objects.count() == rules.NOT_PROVEN_AN_HOUR.most
    assert send({}, b'{"n": "from elsewhere"}', REMOTE_ADDR="192.0.2.7") == 400
    assert send(signed(paypal), REMOTE_ADDR="192.0.2.8") == 200


def test_all_visitors_together_have_a_limit_of_bytes(paypal, monkeypatch):
    monkeypatch.setattr(rules, "NOT_PROVEN_BYTES_A_DAY", rules.Limit("notices_not_proven_bytes", 5_000, rules.DAY))
    body = json.dumps({"padding": "x" * 4_000}).encode()
    assert send({}, body, REMOTE_ADDR="192.0.2.1") == 400
    assert send({}, b'{"n": 1}' + b" " * 4_000, REMOTE_ADDR="192.0.2.2") == 429


def test_headers_fill_the_disk_as_well_as_bodies_do(paypal, monkeypatch):
    monkeypatch.setattr(rules, "NOT_PROVEN_BYTES_A_DAY", rules.Limit("notices_not_proven_bytes", 60_000, rules.DAY))
    padding = {f"X-{number}": "\xe9" * 900 for number in range(10)}
    assert send(padding, b'{"n": 1}', REMOTE_ADDR="192.0.2.1") == 400
    assert send(padding, b'{"n": 2}', REMOTE_ADDR="192.0.2.2") == 429


def test_ever_so_small_forgeries_count_as_rows(paypal, monkeypatch):
    monkeypatch.setattr(rules, "NOT_PROVEN_BYTES_A_DAY", rules.Limit("notices_not_proven_bytes", 1_200, rules.DAY))
    assert send({}, b'{"n": 1}', REMOTE_ADDR="192.0.2.1") == 400
    assert send({}, b'{"n": 2}', REMOTE_ADDR="192.0.2.2") == 429


def test_a_genuine_notice_costs_nobody_their_limit(paypal):
    for number in range(rules.NOT_PROVEN_AN_HOUR.most + 5):
        body = json.dumps(EVENT | {"n": number}).encode()
        assert send(signed(paypal, body), body) == 200


def test_nothing_secret_stands_in_the_log(paypal, caplog, settings):
    caplog.set_level(logging.DEBUG)
    send(signed(paypal))
    send({}, b'{"n": 1}')
    assert settings.PAYPAL_SECRET not in caplog.text
    assert settings.PAYPAL_SECRET not in str(list(Entry.objects.values()))


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_O6_replayed_a_hundred_times_at_once_it_is_one_row_and_one_job(paypal):
    headers = signed(paypal)
    answers = all_at_once([lambda: send(headers)] * 100)
    assert answers == [200] * 100
    assert (states(), jobs()) == ([("proven", 100)], 1)


def _with_certificate(paypal, key, **validity):
    """The stand-in's signer with another certificate, at another address."""
    signer = Signer(paypal.url, key)
    signer.certificate = new_certificate(key, **validity)
    signer.path += "-other"
    signer.url += "-other"
    return signer
