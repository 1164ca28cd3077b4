"""The owner's page of PayPal: connected, tested, told where to send notices, removed; the secret stands on no page."""

import logging

import pytest
from django.test import Client

from carnet.audit.models import Entry
from carnet.payments.actions import access
from carnet.payments.models import FailedCall, OnlineAccess
from carnet.people.models import Person
from demo.paypal.account import MERCHANT_ID
from tests.factories.people import BEGAN, TEST, signed_in
from tests.paypal import CLIENT_ID

pytestmark = pytest.mark.django_db
PAGE = "/desk/settings/paypal/"
SECRET = "EJ-the-secret-of-nobody"


@pytest.fixture
def owner(odile: Person) -> Client:
    odile.language = "en"
    odile.save()
    return signed_in(odile)


@pytest.fixture
def beside(paypal, settings):
    """The stand-in, and no access from the environment."""
    secret = settings.PAYPAL_SECRET
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = settings.PAYPAL_WEBHOOK_ID = ""
    return paypal, secret


def page_of(owner: Client) -> str:
    return owner.get(PAGE).content.decode()


def send(owner: Client, secret: str = SECRET, **changed: str):
    given = {"client_id": "AY-client", "secret": secret, "environment": "sandbox"}
    return owner.post(PAGE, given | changed)


def test_from_nothing_to_notices(owner, beside):
    _paypal, secret = beside
    page = page_of(owner)
    assert "not connected" in page
    assert 'autocomplete="off"' in page
    assert send(owner, secret, client_id=CLIENT_ID, environment="stand_in").status_code == 302
    assert "not tested yet" in page_of(owner)
    assert owner.post(f"{PAGE}test/").status_code == 302
    page = page_of(owner)
    assert MERCHANT_ID in page
    assert "not set up" in page
    owner.post(f"{PAGE}notices/")
    page = page_of(owner)
    assert "http://127.0.0.1:8000/paypal/notices/" in page
    assert "Notifications set up" in page
    assert secret not in page
    owner.post(f"{PAGE}remove/")
    page = page_of(owner)
    assert "not connected" in page
    assert "Disconnected (demo stand-in" in page
    assert not OnlineAccess.objects.exists()


@pytest.mark.parametrize("language", ["fr", "es"])
def test_it_is_there_in_every_language(owner, odile, language):
    odile.language = language
    odile.save()
    send(owner)
    assert {"fr": "pas encore testé", "es": "aún sin probar"}[language] in page_of(owner)


def test_the_secret_stands_on_no_page_in_no_log_and_in_no_entry(owner, caplog):
    caplog.set_level(logging.DEBUG)
    wrong = send(owner, client_id="with blanks")
    assert wrong.status_code == 422
    assert SECRET not in wrong.content.decode()
    send(owner)
    for path in (PAGE, "/desk/settings/", "/desk/audit/"):
        assert SECRET not in owner.get(path).content.decode()
    assert SECRET not in caplog.text
    assert SECRET not in str(list(Entry.objects.values()))
    assert SECRET not in str(OnlineAccess.objects.values().get())


def test_what_is_wrong_is_told_beside_its_field(owner):
    page = send(owner, secret="", client_id="AY client").content.decode()
    assert "Copy it again" in page
    assert send(owner, secret="").status_code == 422
    assert "Copy it again" in send(owner, secret="with blank ").content.decode()
    assert send(owner, environment="live").status_code == 422
    assert not OnlineAccess.objects.exists()


def test_another_client_needs_its_own_secret(owner):
    send(owner)
    assert "Enter the secret that belongs" in send(owner, secret="", client_id="another").content.decode()
    assert OnlineAccess.objects.get().client_id == "AY-client"


def test_an_empty_secret_keeps_the_present_one(owner):
    send(owner)
    assert "Leave it empty" in page_of(owner)
    assert send(owner, secret="").status_code == 302


def test_what_paypal_refuses_is_told_with_its_debug_id(owner, beside):
    send(owner, "wrong", client_id=CLIENT_ID, environment="stand_in")
    answer = owner.post(f"{PAGE}test/", follow=True).content.decode()
    debug_id = FailedCall.objects.get().debug_id
    assert "does not accept this client ID" in answer
    assert debug_id in answer
    assert "POST /v1/oauth2/token" in answer


def test_an_access_from_the_environment_can_not_be_edited(owner, paypal):
    page = page_of(owner)
    assert "come from the server’s environment" in page
    assert 'name="secret"' not in page
    assert "can’t be changed here" in send(owner, environment="stand_in").content.decode()
    assert not OnlineAccess.objects.exists()
    answer = owner.post(f"{PAGE}remove/", follow=True).content.decode()
    assert "can’t be changed here" in answer


def test_a_secret_that_can_no_longer_be_read_is_asked_for(owner, settings):
    send(owner)
    settings.SECRET_KEY = "changed meanwhile"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    again = signed_in(Person.objects.get(staff="owner"))
    page = again.get(PAGE).content.decode()
    assert "can no longer be read" in page
    assert "can’t be used" in page


def test_a_connection_that_this_site_may_not_use_is_told(owner, settings):
    settings.MODE = "live"
    send(owner, environment="live")
    settings.MODE = "demo"
    assert "can’t be used on this site" in page_of(owner)


def test_only_the_owner_may(awa):
    agent = signed_in(awa)
    assert agent.get(PAGE).status_code == 404
    for part in ("", "test/", "notices/", "remove/"):
        assert agent.post(PAGE + part).status_code == 404
        assert Client().post(PAGE + part).status_code == 302
    assert not Entry.objects.filter(code__startswith="online_access").exists()


def test_buttons_are_pressed_and_not_visited(owner):
    for part in ("test/", "notices/", "remove/"):
        assert owner.get(PAGE + part).headers["Location"] == PAGE


def test_the_settings_lead_there(owner):
    access.set_online_access(client_id="AY", secret=SECRET, environment="sandbox", by=TEST, at=BEGAN)
    page = owner.get("/desk/settings/").content.decode()
    assert PAGE in page
    assert "not tested yet" in page
