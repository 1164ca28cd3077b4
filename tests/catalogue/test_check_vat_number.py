"""VIES asked about a VAT number: the shapes that it really answers in, and what is kept as proof."""

import datetime
import json

import pytest
from django.db import transaction

from carnet.catalogue import actions, queries
from carnet.catalogue.models import VatCheck
from carnet.catalogue.vies import calls
from carnet.catalogue.vies import interface as vies_door
from carnet.provider import actions as provider
from demo.vies.server import CLOSED, ViesStandIn
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.people import BEGAN

pytestmark = pytest.mark.django_db
AT = "2027-02-26 12:00"
SPANISH, CLOSED_SPANISH, PORTUGUESE = "ESB58378431", "ESB64717838", "PT501964843"
MINUTE = datetime.timedelta(minutes=1)
# As VIES answered: a register that tells names, one that does not, an invalid number, and its errors.
AUSTRIAN = {
    "countryCode": "AT", "vatNumber": "U33864707", "requestDate": "2026-10-02T22:22:57.134Z", "valid": True,
    "requestIdentifier": "WAPIAAAAZ8Cq1x2b", "name": "Brauerei GmbH", "address": "Am Brunnen 1\nAT-5330 Fuschl/See",
    "traderName": "---", "traderNameMatch": "NOT_PROCESSED",
}  # fmt: skip
GERMAN = {
    "countryCode": "DE", "vatNumber": "811115368", "requestDate": "2026-10-02T22:22:57.134Z", "valid": True,
    "requestIdentifier": "", "name": "---", "address": "---",
}  # fmt: skip


def check(number=SPANISH, at=AT):
    return actions.check_vat_number(number=number, at=moment(at) if isinstance(at, str) else at)


def told(found):
    return (found.outcome, found.code)


def test_a_valid_number_is_kept_with_its_proof(vies):
    provider.change_company(fields={"vat_number": "FR11123456782"}, by=TEST, at=BEGAN)
    found = check()
    assert told(found) == ("valid", "")
    assert (found.requester, found.consultation[:8], found.at) == ("FR11123456782", "WAPIAAAA", moment(AT))
    assert found.details.number == SPANISH
    assert (found.details.name, found.details.address) == ("ROBLEDO CONSULTORES SL", "CALLE MAYOR 4\n28013 MADRID")
    assert vies.asked == [
        {"countryCode": "ES", "vatNumber": "B58378431", "requesterMemberStateCode": "FR",
         "requesterNumber": "11123456782"}
    ]  # fmt: skip
    assert str(found) == f"VAT check {found.pk}: valid"
    assert str(found.details) == f"details of VAT check {found.pk}"


def test_who_has_no_number_asks_without(vies):
    found = check()
    assert (found.outcome, found.consultation, found.requester) == ("valid", "", "")


def test_a_requester_that_vies_does_not_know_is_left_out(vies):
    provider.change_company(fields={"vat_number": "FR11123456782"}, by=TEST, at=BEGAN)
    vies.closed.add("FR11123456782")
    found = check()
    assert (found.outcome, found.consultation, len(vies.asked)) == ("valid", "", 2)


def test_a_firm_that_has_closed(vies):
    found = check(CLOSED_SPANISH)
    assert (told(found), found.details.name) == (("invalid", ""), "")


def test_greece_is_EL(vies):
    check("EL094259216")
    check("GR094259216")
    assert [one["countryCode"] for one in vies.asked] == ["EL", "EL"]


@pytest.mark.parametrize(
    "code",
    ["MS_UNAVAILABLE", "MS_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ", "TIMEOUT", "SERVICE_UNAVAILABLE",
     "VAT_BLOCKED", "IP_BLOCKED", "INVALID_REQUESTER_INFO"],
)  # fmt: skip
def test_an_error_of_vies_is_no_answer(vies, code):
    vies.error = code
    assert told(check()) == ("unreachable", code)


def test_a_country_whose_register_is_away(vies):
    assert told(check(PORTUGUESE)) == ("unreachable", "MS_UNAVAILABLE")


def test_a_number_that_vies_finds_malformed(vies):
    vies.error = "INVALID_INPUT"
    assert told(check()) == ("invalid", "INVALID_INPUT")


SPOKEN = {"countryCode": "ES", "vatNumber": "B58378431"}
GARBAGE = "not_understood"


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, b"<html>", ("unreachable", GARBAGE)),
        (502, b"<html>", ("unreachable", "http_502")),
        (200, b"[]", ("unreachable", GARBAGE)),
        (200, b"[" * 3_000, ("unreachable", GARBAGE)),
        (200, b"{}", ("unreachable", GARBAGE)),
        (200, json.dumps(SPOKEN | {"valid": "yes"}).encode(), ("unreachable", GARBAGE)),
        (500, json.dumps(SPOKEN | {"valid": True}).encode(), ("unreachable", "http_500")),
        (200, json.dumps(SPOKEN | {"vatNumber": "B64717838", "valid": True}).encode(), ("unreachable", GARBAGE)),
        (200, b'{"actionSucceed": false}', ("unreachable", GARBAGE)),
        (200, b'{"actionSucceed": false, "errorWrappers": [7]}', ("unreachable", GARBAGE)),
        (200, b'{"errorWrappers": [{"error": "<b>"}]}', ("unreachable", GARBAGE)),
        (200, json.dumps(SPOKEN | {"valid": False, "userError": "MS_UNAVAILABLE"}).encode(),
         ("unreachable", "MS_UNAVAILABLE")),
        (200, json.dumps(SPOKEN | {"valid": False, "userError": "INVALID"}).encode(), ("invalid", "")),
        (200, json.dumps(SPOKEN | {"valid": True, "userError": "VALID", "name": 7}).encode(), ("valid", "")),
        (200, b" " * 200_000, ("unreachable", GARBAGE)),
    ],
)  # fmt: skip
def test_what_is_not_understood_never_refuses_a_number(vies, status, body, answer):
    vies.raw = (status, body)
    assert told(check()) == answer


@pytest.mark.parametrize("answer", [AUSTRIAN, GERMAN])
def test_what_vies_really_answered(vies, answer):
    vies.raw = (200, json.dumps(answer).encode())
    found = check(answer["countryCode"] + answer["vatNumber"])
    name = "" if answer["name"] == "---" else answer["name"]
    assert (found.outcome, found.consultation, found.details.name) == ("valid", answer["requestIdentifier"], name)


def test_slow_is_no_answer(vies, monkeypatch):
    monkeypatch.setattr(calls, "READ_SECONDS", 0.1)
    vies.slow_seconds = 0.5
    assert told(check()) == ("unreachable", "timeout")


def test_an_answer_byte_by_byte_is_none(vies, monkeypatch):
    monkeypatch.setattr(calls, "WHOLE_SECONDS", -1)
    assert told(check()) == ("unreachable", "timeout")


def test_down_is_no_answer(settings):
    stand_in = ViesStandIn(now=lambda: moment(AT))
    stand_in.server.server_close()
    settings.VIES_STAND_IN = stand_in.url
    assert told(check()) == ("unreachable", "unreachable")


def test_too_many_at_once_do_not_keep_the_pages_waiting(vies, monkeypatch):
    monkeypatch.setattr(calls, "WAIT_SECONDS", 0.01)
    for _ in range(calls.AT_ONCE):
        calls._places.acquire()
    try:
        assert told(check()) == ("unreachable", "busy")
    finally:
        calls._places.release(calls.AT_ONCE)


def test_without_a_stand_in_nothing_leaves_the_machine(settings):
    settings.VIES_STAND_IN = ""
    assert told(check()) == ("unreachable", "not_connected")


def test_a_live_site_asks_the_commission(settings, monkeypatch):
    settings.MODE = "live"
    asked = []

    def post(url, _content):
        asked.append(url)
        return calls.HttpAnswer(503, b"")

    monkeypatch.setattr(calls, "post", post)
    assert vies_door.ask_about(SPANISH, requester="").code == "http_503"
    assert asked == ["https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"]


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "http://example.org/", "ftp://127.0.0.1/"])
def test_only_https_or_this_machine(url):
    with pytest.raises(ValueError, match="https"):
        calls.post(url, {})


def test_addresses_of_this_machine_are_safe():
    assert calls._is_safe("https://example.org/")
    assert calls._is_safe("http://localhost:1/")


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_meanwhile(vies):
    with pytest.raises(AssertionError), transaction.atomic():
        check()


def test_what_was_said_a_moment_ago_is_not_asked_again(vies):
    assert check() == check(at=moment(AT) + MINUTE)
    check(CLOSED_SPANISH)
    assert check(CLOSED_SPANISH, moment(AT) + 9 * MINUTE).outcome == "invalid"
    assert len(vies.asked) == 2
    check(CLOSED_SPANISH, moment(AT) + 10 * MINUTE)
    check(at=moment(AT) + datetime.timedelta(days=1))
    assert len(vies.asked) == 4


def test_vies_is_not_asked_too_much(vies, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ASKED", 1)
    check()
    assert told(check(CLOSED_SPANISH)) == ("unreachable", "too_many")
    assert len(vies.asked) == 1


def test_an_old_answer_counts_while_vies_is_away(vies):
    valid = check()
    later = moment(AT) + datetime.timedelta(days=3)
    vies.error = "MS_UNAVAILABLE"
    assert check(at=later).outcome == "unreachable"
    assert queries.vat_check_that_counts(SPANISH, later) == valid
    after = moment(AT) + datetime.timedelta(days=31)
    away = check(at=after)
    assert queries.vat_check_that_counts(SPANISH, after) == away
    assert queries.vat_check_that_counts(SPANISH, after + 61 * MINUTE) is None
    assert VatCheck.objects.count() == 3


def test_the_stand_in_answers_to_its_own_machine_and_path_alone(vies):
    with pytest.raises(ValueError, match="this machine only"):
        ViesStandIn(now=lambda: moment(AT), host="0.0.0.0")
    assert calls.post(f"{vies.url}/other", {}).status == 404
    assert calls.post(f"{vies.url}/check-vat-number", []).status == 400
    assert all(len(number) > 9 for number in CLOSED)
