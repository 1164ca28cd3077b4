"""Every page, as a checker of HTML reads it (case K1); public ones say what they are about (case K2)."""

from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from carnet.home.views.root import PAGES
from carnet.kernel import clock
from carnet.people.models import Customer, Person
from demo.year import catalogue, knowledge, texts
from tests import markup
from tests.addresses import EVERY, filled
from tests.factories.ledger import sell
from tests.factories.people import TEST, signed_in
from tests.markup import faults

pytestmark = pytest.mark.django_db
LANGUAGES = ("fr", "en", "es")
WHO = ("nobody", "holder", "owner")


@pytest.fixture
def full(db: None) -> None:
    """What the public pages show."""
    for part in (catalogue, knowledge, texts):
        part.build(by=TEST, at=clock.now())


@pytest.mark.parametrize("who", WHO)
def test_case_K1_pages_are_flawless_html(
    who: str, full: None, rows: dict[str, Any], browsers: dict[str, Client]
) -> None:
    wrong: dict[str, list[str]] = {}
    read = 0
    for name, route, _view, parameters in EVERY:
        if name == "web:choose_language":
            continue
        answer = browsers[who].get("/" + filled(route, parameters, rows))
        if isinstance(answer, FileResponse):
            for close in answer._resource_closers:  # not answer.close(), which would take the test's database away
                close()
        if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming or not answer.content:
            continue
        read += 1
        page = answer.content.decode()
        # A mail as its program shows it has a layout of its own.
        found = faults(page) if "mail_html" not in name else []
        if found:
            wrong[f"{name} {answer.status_code}"] = found
    assert wrong == {}
    assert read > 20


def test_case_K1_the_lines_of_a_statement_too(martins: Customer, claire: Person) -> None:
    sell(martins, 5, at="2025-01-11 12:00", months=6)
    sell(martins, 5, at="2027-01-10 12:00")
    page = signed_in(claire).get("/my/statement/?since=2025-01-01&until=2027-01-10").content.decode()
    assert "Carnet" in page
    assert faults(page) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<p id="a">x</p><p id="a">y</p>', "id a stands 2 times"),
        ('<input multiple multiple aria-label="x">', "duplicate-attribute"),
        ('<span aria-label="x">y</span>', "a name on a span without a role: x"),
        ('<span role="img" aria-label="x">y</span>', ""),
        ("<input autofocus><input autofocus>", "more than one autofocus"),
        ("<p>a<div>b</div></p>", "unexpected-end-tag"),
        ("<ul><p>x</p></ul>", "a p in a ul"),
        ('<label for="b">x</label>', "for=b of a label leads to nothing"),
        ('<a href="/"><button>x</button></a>', "a button in a"),
        ('<a href="/a b">x</a>', "href with a blank: /a b"),
        ("<form><input></form>", ""),
        ('<img src="/x.png">', "a picture without alt: /x.png"),
    ],
)
def test_the_checker_checks(body: str, found: str) -> None:
    page = (
        f"<!doctype html><html lang=en><head><title>T</title></head><body><main><h1>H</h1>{body}</main></body></html>"
    )
    assert found in "\n".join(faults(page))
    assert bool(faults(page)) is bool(found)


def addresses(language: str) -> list[str]:
    with translation.override(language):
        return [reverse(name) for name in PAGES] + [reverse("knowledge:faq_entry", args=["how-fast"])]


def test_case_K2_each_public_page_says_what_it_is_about_in_its_language(full: None, client: Client) -> None:
    said = {
        language: [markup.description(client.get(path).content.decode()) for path in addresses(language)]
        for language in LANGUAGES
    }
    for language in LANGUAGES:
        silent = [path for path, words in zip(addresses(language), said[language], strict=True) if len(words) < 50]
        assert silent == []
        assert len(set(said[language])) == len(said[language])
    for words in zip(*said.values(), strict=True):
        assert len(set(words)) == len(LANGUAGES)


# What a field about a person may say to browsers (WCAG 1.3.5); `off` where it is about somebody else.
TOKENS = {
    "name": {"name", "organization"},
    "customer_name": {"organization", "off"},
    "trade_name": {"organization"},
    "legal_name": {"organization"},
    "payer": {"off"},
    "email": {"email", "username", "off"},
    "privacy_email": {"email"},
    "login": {"username"},
    "phone": {"tel"},
    "street": {"address-line1"},
    "postcode": {"postal-code"},
    "city": {"address-level2"},
    "country": {"country"},
    "code": {"one-time-code"},
    "password": {"current-password", "new-password"},
    "oldpassword": {"current-password"},
    "password1": {"new-password"},
    "publication_director": {"name"},
}


def test_case_C19_every_form_about_a_person_says_what_its_fields_hold(
    full: None, rows: dict[str, Any], browsers: dict[str, Client]
) -> None:
    silent, asked = set(), set()
    for name, route, _view, parameters in EVERY:
        who = "holder" if name.startswith("my:") else "owner" if name.startswith("desk:") else "nobody"
        answer = browsers[who].get("/" + filled(route, parameters, rows))
        if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for field, token in markup.fields(answer.content.decode()):
            if field in TOKENS and (field != "code" or name.startswith("account_")):  # the desk searches for codes
                asked.add(field)
                if token not in TOKENS[field]:
                    silent.add((name, field, token))
    assert silent == set()
    assert asked >= {
        "name",
        "customer_name",
        "email",
        "login",
        "phone",
        "street",
        "postcode",
        "city",
        "country",
        "payer",
    }
