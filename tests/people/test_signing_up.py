"""The pages of sign-up: a visitor becomes a person with a customer of their own."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.people import queries
from carnet.people.models import Customer, Person

pytestmark = pytest.mark.django_db
PAGE = "/en/account/signup/"
CODE_PAGE = "/en/account/confirm-email/"
TYPED = {
    "name": "Léa Morel",
    "kind": "household",
    "customer_name": "Famille Morel",
    "email": "Lea@Example.org",
    "password1": "the tall garden gate",
}


@pytest.fixture(autouse=True)
def _no_limits_from_before():
    cache.clear()


def newest_code():
    mail = OutgoingMail.objects.latest("pk")
    found = re.search(r"^    (\S+)$", mail.text, re.MULTILINE)
    assert found, mail.text
    return found.group(1)


def test_a_visitor_opens_an_account(client):
    response = client.post(PAGE, TYPED)
    assert (response.status_code, response.headers["Location"]) == (302, CODE_PAGE)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.language) == ("people/email_confirmation_signup", "lea@example.org", "en")
    assert Customer.objects.count() == 0
    assert client.get(CODE_PAGE).status_code == 200
    response = client.post(CODE_PAGE, {"action": "verify", "code": newest_code()})
    assert response.headers["Location"] == "/en/after-sign-in/"
    person = queries.person_with_address("lea@example.org")
    assert person is not None
    assert (person.name, person.language) == ("Léa Morel", "en")
    [membership] = queries.active_memberships(person)
    assert (membership.customer.name, membership.customer.kind, membership.role) == (
        "Famille Morel",
        "household",
        "holder",
    )
    assert int(client.session["_auth_user_id"]) == person.pk
    assert list(Entry.objects.order_by("pk").values_list("code", flat=True)) == [
        "person.created",
        "person.address_confirmed",
        "customer.created",
        "member.joined",
        "person.signed_in",
    ]


def test_nobody_gets_in_before_the_code(client):
    client.post(PAGE, TYPED)
    assert client.get("/my/profile/").status_code == 302


def test_a_wrong_code_three_times(client):
    client.post(PAGE, TYPED)
    first = client.post(CODE_PAGE, {"action": "verify", "code": "WRONG"})
    assert first.context["verify_form"].errors == {
        "code": ["This code is not correct. Check the latest e-mail we sent you and enter the code again."]
    }
    assert first.context["verify_form"]["code"].value() == "WRONG"
    client.post(CODE_PAGE, {"action": "verify", "code": "WRONG"})
    third = client.post(CODE_PAGE, {"action": "verify", "code": "WRONG"})
    assert third.headers["Location"] == "/en/account/login/"
    assert not EmailAddress.objects.get().verified


def test_a_new_code(client):
    client.post(PAGE, TYPED)
    old = newest_code()
    cache.clear()
    assert client.post(CODE_PAGE, {"action": "resend"}).status_code == 302
    assert OutgoingMail.objects.count() == 2
    assert client.post(CODE_PAGE, {"action": "verify", "code": old}).status_code == 200
    assert client.post(CODE_PAGE, {"action": "verify", "code": newest_code()}).status_code == 302


def test_who_mistyped_the_address_starts_again(client):
    client.post(PAGE, {**TYPED, "email": "lae@example.org"})
    assert client.get(PAGE).headers["Location"] == CODE_PAGE
    assert client.post("/en/account/logout/", {"next": PAGE}).headers["Location"] == PAGE
    assert client.get(PAGE).status_code == 200
    client.post(PAGE, TYPED)
    assert client.post(CODE_PAGE, {"action": "verify", "code": newest_code()}).status_code == 302
    assert queries.person_with_address("lae@example.org") is None


def without_secrets(response):
    return re.sub(r'value="[\w-]{64}"|[\w.]+@example.org', "", response.content.decode())


def test_the_page_after_it_looks_the_same_for_an_address_in_use(client, claire):
    other = Client()
    client.post(PAGE, {**TYPED, "email": claire.email})
    other.post(PAGE, TYPED)
    assert without_secrets(client.get(CODE_PAGE)) == without_secrets(other.get(CODE_PAGE))


def test_an_address_in_use_is_told_to_nobody_but_itself(client, claire):
    response = client.post(PAGE, {**TYPED, "email": "CLAIRE@example.org"})
    assert response.headers["Location"] == CODE_PAGE
    assert (client.get(CODE_PAGE).status_code, Person.objects.count()) == (200, 1)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.language) == ("people/account_already_exists", "claire@example.org", "fr")


def test_the_button_pressed_twice(client):
    client.post(PAGE, TYPED)
    second = client.post(PAGE, TYPED)
    assert second.headers["Location"] == CODE_PAGE
    assert (Person.objects.count(), OutgoingMail.objects.count()) == (1, 1)
    assert client.post(CODE_PAGE, {"action": "verify", "code": newest_code()}).status_code == 302


def test_a_company_has_a_name(client):
    response = client.post(PAGE, {**TYPED, "kind": "company", "customer_name": ""})
    assert response.context["form"].errors == {
        "customer_name": ["Enter the company name: it appears on your invoices."]
    }


def test_a_household_without_a_name_gets_the_persons(client):
    client.post(PAGE, {**TYPED, "customer_name": ""})
    client.post(CODE_PAGE, {"action": "verify", "code": newest_code()})
    assert Customer.objects.get().name == "Léa Morel"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "L" * 100_000),
        ("customer_name", "F" * 121),
        ("kind", "club"),
        ("email", "lea"),
        ("email", "l" * 100_000 + "@example.org"),
        ("email", "l" * 250 + "@example.org"),
        ("password1", ""),
        ("password1", "short"),
        ("password1", "lea@example.org"),
        ("password1", "password123"),
    ],
)
def test_what_was_typed_is_kept(client, field, typed):
    response = client.post(PAGE, {**TYPED, field: typed})
    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (200, [field])
    for name in ("name", "customer_name", "email"):
        assert form[name].value() == {**TYPED, field: typed}[name]
    assert Person.objects.count() == 0


@pytest.mark.parametrize("name", ["\u202eaeL", "🙂🙂", "Léa\0Morel", "Ле́я", "<b>Léa</b>"])
def test_names_of_all_kinds(client, name):
    client.post(PAGE, {**TYPED, "name": name})
    assert Person.objects.get().name == name.replace("\0", "")


def test_too_many_in_a_minute(client):
    for number in range(20):
        client.post(PAGE, {**TYPED, "email": f"lea{number}@", "name": ""})
    response = client.post(PAGE, TYPED)
    assert (response.status_code, "Too many attempts" in response.content.decode()) == (429, True)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_language_is_that_of_the_page(client, language):
    client.post(f"/{language}/account/signup/", TYPED)
    assert (Person.objects.get().language, OutgoingMail.objects.get().language) == (language, language)
