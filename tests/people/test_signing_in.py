"""The pages of sign-in: by password, by code, with a new password, and out again."""

import json
import re

import pytest
from django.core.cache import cache
from django.test import Client

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.people import queries
from carnet.people.actions import persons
from carnet.people.models import Customer
from tests.factories.people import BEGAN, make_person, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/en/account/login/"
PASSWORD = "the tall garden gate"


@pytest.fixture(autouse=True)
def _no_limits_from_before():
    cache.clear()


@pytest.fixture
def lea():
    return make_person("Léa Morel", email="lea@example.org", password=PASSWORD)


def newest_code():
    found = re.search(r"^    (\S+)$", OutgoingMail.objects.latest("pk").text, re.MULTILINE)
    assert found
    return found.group(1)


def who(client):
    return int(client.session.get("_auth_user_id", 0))


def test_by_password(client, lea):
    response = client.post(PAGE, {"login": "LEA@example.org", "password": PASSWORD})
    assert (response.headers["Location"], who(client)) == ("/en/after-sign-in/", lea.pk)
    assert Entry.objects.latest("pk").details == {"method": "password"}


def test_to_where_one_wanted_to_go(client, lea):
    typed = {"login": lea.email, "password": PASSWORD}
    assert client.post(PAGE, {**typed, "next": "/my/profile/"}).headers["Location"] == "/my/profile/"
    assert Client().post(PAGE, {**typed, "next": "//evil.example.org/"}).headers["Location"] == "/en/after-sign-in/"


def test_wrong_passwords_say_nothing_about_the_address(client, lea):
    answers = [client.post(PAGE, {"login": login, "password": "wrong one"}) for login in (lea.email, "no@example.org")]
    for response in answers:
        assert response.context["form"].non_field_errors() == [
            "This address and password don’t match. Check both, or have a code sent to you instead."
        ]
    assert answers[0].context["form"]["login"].value() == lea.email


def test_guessing_is_stopped(client, lea):
    for _time in range(5):
        client.post(PAGE, {"login": lea.email, "password": "wrong one"})
    response = client.post(PAGE, {"login": lea.email, "password": PASSWORD})
    assert response.context["form"].non_field_errors() == ["Too many attempts. Wait five minutes, then try again."]


def test_by_code(client, lea):
    response = client.post("/en/account/login/code/", {"email": "LEA@example.org"})
    assert response.headers["Location"] == "/en/account/login/code/confirm/"
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.language) == ("people/login_code", lea.email, "fr")
    assert client.get("/en/account/login/code/confirm/").status_code == 200
    client.post("/en/account/login/code/confirm/", {"action": "verify", "code": newest_code().lower()})
    assert who(client) == lea.pk
    assert Entry.objects.latest("pk").details == {"method": "code"}
    lea.refresh_from_db()
    assert lea.check_password(PASSWORD)


def test_a_code_for_nobody_looks_the_same(client, lea):
    response = client.post("/en/account/login/code/", {"email": "nobody@example.org"})
    assert response.headers["Location"] == "/en/account/login/code/confirm/"
    assert OutgoingMail.objects.get().kind == "people/unknown_account"
    assert "/account/" not in OutgoingMail.objects.get().text  # no link for somebody who may not know us
    page = client.get("/en/account/login/code/confirm/")
    assert (page.status_code, "nobody@example.org" in page.content.decode()) == (200, True)


def test_a_first_sign_in_by_code_drops_the_password_of_the_sign_up(client):
    person = persons.sign_up(
        email="lea@example.org",
        name="Léa",
        kind="household",
        customer_name="",
        language="en",
        password="chosen by somebody",
        at=BEGAN,
    )
    client.post("/en/account/login/code/", {"email": person.email})
    client.post("/en/account/login/code/confirm/", {"action": "verify", "code": newest_code()})
    assert who(client) == person.pk
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert queries.holders_of(Customer.objects.get()) == [person]


def test_signing_in_before_the_address_is_confirmed_asks_for_the_code(client):
    persons.sign_up(
        email="lea@example.org",
        name="Léa",
        kind="household",
        customer_name="",
        language="en",
        password=PASSWORD,
        at=BEGAN,
    )
    response = client.post(PAGE, {"login": "lea@example.org", "password": PASSWORD})
    assert response.headers["Location"] == "/en/account/confirm-email/"
    client.post("/en/account/confirm-email/", {"action": "verify", "code": newest_code()})
    assert Customer.objects.count() == 1
    person = queries.person_with_address("lea@example.org")
    assert person is not None
    assert person.check_password(PASSWORD)


def test_a_new_password_by_code(client, lea):
    elsewhere = signed_in(lea)
    response = client.post("/en/account/password/reset/", {"email": lea.email})
    assert response.headers["Location"] == "/en/account/password/reset/confirm/"
    assert client.get("/en/account/password/reset/confirm/").status_code == 200
    wrong = client.post("/en/account/password/reset/confirm/", {"code": "wrong"})
    assert list(wrong.context["verify_form"].errors) == ["code"]
    response = client.post("/en/account/password/reset/confirm/", {"code": newest_code()})
    assert response.headers["Location"] == "/en/account/password/reset/complete/"
    assert client.get("/en/account/password/reset/complete/").status_code == 200
    short = client.post("/en/account/password/reset/complete/", {"password1": "short"})
    assert list(short.context["form"].errors) == ["password1"]
    response = client.post("/en/account/password/reset/complete/", {"password1": "another garden gate"})
    assert client.get(response.headers["Location"]).status_code == 200
    assert elsewhere.get("/my/profile/").status_code == 302
    assert OutgoingMail.objects.latest("pk").kind == "people/password_reset"
    client.post(PAGE, {"login": lea.email, "password": "another garden gate"})
    assert who(client) == lea.pk


def test_a_new_password_for_nobody_looks_the_same(client, lea):
    response = client.post("/en/account/password/reset/", {"email": "nobody@example.org"})
    assert response.headers["Location"] == "/en/account/password/reset/confirm/"
    assert OutgoingMail.objects.get().kind == "people/unknown_account"
    assert "/account/" not in OutgoingMail.objects.get().text  # no link for somebody who may not know us


def test_changing_the_password_ends_the_other_sessions(lea):
    here, elsewhere = signed_in(lea), signed_in(lea)
    page = "/en/account/password/change/"
    assert here.get(page).status_code == 200
    wrong = here.post(page, {"oldpassword": "wrong", "password1": "another garden gate"})
    assert wrong.context["form"].errors == {"oldpassword": ["This is not your current password. Please try again."]}
    assert here.post(page, {"oldpassword": PASSWORD, "password1": "another garden gate"}).status_code == 302
    assert (here.get("/my/profile/").status_code, elsewhere.get("/my/profile/").status_code) == (200, 302)
    assert OutgoingMail.objects.get().kind == "people/password_changed"
    assert Entry.objects.latest("pk").code == "person.password_changed"


def test_who_has_no_password_sets_one(hugo):
    browser = signed_in(hugo)
    assert browser.get("/fr/account/password/change/").headers["Location"] == "/fr/account/password/set/"
    assert browser.get("/fr/account/password/set/").status_code == 200
    assert browser.post("/fr/account/password/set/", {"password1": "another garden gate"}).status_code == 302
    hugo.refresh_from_db()
    assert hugo.check_password("another garden gate")
    assert OutgoingMail.objects.get().kind == "people/password_set"


def change_address(browser, email):
    response = browser.post("/en/account/email/", {"action_add": "yes", "email": email})
    if "/reauthenticate/" in response.headers.get("Location", ""):
        asked = response.headers["Location"]
        assert browser.get(asked).status_code == 200
        wrong = browser.post(asked, {"password": "wrong"})
        assert wrong.context["form"].errors == {"password": ["Wrong password. Please try again."]}
        response = browser.post(asked, {"password": PASSWORD})
    return response


def test_a_new_address_counts_once_its_code_was_typed(lea):
    browser = signed_in(lea)
    assert browser.get("/en/account/email/").status_code == 200
    assert change_address(browser, "Lea.Morel@example.org").headers["Location"] == "/en/account/confirm-email/"
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("people/email_confirmation", "lea.morel@example.org")
    lea.refresh_from_db()
    assert lea.email == "lea@example.org"
    assert browser.get("/en/account/confirm-email/").status_code == 200
    browser.post("/en/account/confirm-email/", {"action": "verify", "code": newest_code()})
    lea.refresh_from_db()
    assert lea.email == "lea.morel@example.org"
    assert queries.person_with_address("lea@example.org") is None
    told = OutgoingMail.objects.latest("pk")
    assert (told.kind, told.to) == ("people/email_changed", "lea@example.org")


def test_somebody_elses_address_is_refused_by_its_code(lea, claire):
    browser = signed_in(lea)
    change_address(browser, claire.email)
    response = browser.post("/en/account/confirm-email/", {"action": "verify", "code": newest_code()})
    assert list(response.context["verify_form"].errors) == ["code"]
    lea.refresh_from_db()
    assert lea.email == "lea@example.org"


@pytest.mark.parametrize("email", ["", "lea", "LEA@example.org", "l" * 300 + "@example.org"])
def test_a_new_address_that_is_none(lea, email):
    response = signed_in(lea).post("/en/account/email/", {"action_add": "yes", "email": email})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["email"])


def test_signing_out_is_a_post(claire):
    browser = signed_in(claire)
    assert browser.get("/en/account/logout/").status_code == 200
    assert who(browser) == claire.pk
    assert browser.post("/en/account/logout/").status_code == 302
    assert who(browser) == 0


def test_a_closed_account(client, lea):
    browser = signed_in(lea)
    lea.is_active = False
    lea.save()
    assert browser.get("/my/profile/").status_code == 302
    response = client.post(PAGE, {"login": lea.email, "password": PASSWORD})
    assert response.headers["Location"] == "/en/account/inactive/"
    assert "This account is closed" in client.get("/en/account/inactive/").content.decode()
    client.post("/en/account/login/code/", {"email": lea.email})
    assert not OutgoingMail.objects.filter(kind="people/login_code").exists()


ENTRANCES = ["login", "signup", "login/code", "password/reset", "inactive"]


@pytest.mark.parametrize("page", ENTRANCES)
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_every_entrance_is_ours(client, page, language):
    words = client.get(f"/{language}/account/{page}/").content.decode()
    assert f'<html lang="{language}"' in words
    assert "/static/css/main.css" in words
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", words)


def test_fields_say_what_browsers_may_fill_in(client):
    words = client.get(PAGE).content.decode()
    assert re.findall(r'autocomplete="([^"]+)"', words) == ["username", "current-password"]
    words = client.get("/en/account/signup/").content.decode()
    assert re.findall(r'autocomplete="([^"]+)"', words) == ["name", "organization", "username", "new-password"]


# The demo


def test_the_people_of_the_demo_stand_on_its_sign_in_page_only(client, settings, tmp_path, lea):
    settings.VAR_DIR = tmp_path
    account = {"name": "Léa Morel", "email": lea.email, "password": PASSWORD, "role": "holder"}
    (tmp_path / "sign-in.json").write_text(json.dumps([account]), "utf-8")
    assert PASSWORD not in client.get(PAGE).content.decode()
    settings.IS_DEMO = True
    words = client.get(PAGE).content.decode()
    assert (PASSWORD in words, "account holder" in words) == (True, True)
    assert PASSWORD not in client.get("/en/account/signup/").content.decode()


def test_a_demo_without_people_shows_none(client, settings, tmp_path):
    settings.VAR_DIR, settings.IS_DEMO = tmp_path, True
    assert "People in this demo" not in client.get(PAGE).content.decode()
