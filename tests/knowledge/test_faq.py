import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from carnet.audit.actors import system
from carnet.catalogue import actions as catalogue_actions
from carnet.catalogue.models import Edition
from carnet.kernel import clock
from carnet.knowledge.models import FaqEntry
from carnet.provider import actions as provider
from demo.year import catalogue, knowledge

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> None:
    for part in (catalogue, knowledge):
        part.build(by=system("demo"), at=clock.now())


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_every_answer_in_each_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/faq/").content.decode()
    entries = FaqEntry.objects.in_language(language)
    assert len(entries) == 27
    assert [entry.slug for entry in entries if f'href="/{language}/faq/{entry.slug}/"' not in page] == []


@pytest.mark.usefixtures("written")
def test_a_search_leads_on_to_the_contact_form_with_its_words(client: Client) -> None:
    page = client.get("/fr/faq/", {"q": "imprimante & cie"}).content.decode()
    assert 'href="/fr/contact/?q=imprimante%20%26%20cie"' in page
    assert 'value="imprimante &amp; cie"' in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.usefixtures("written")
def test_the_best_answer_stands_open(client: Client) -> None:
    response = client.get("/en/faq/", {"q": "expired tickets"})
    assert response.context["found"][0].slug == "what-comes-back"
    assert response.content.decode().count('<details class="answer" id="what-comes-back" open>') == 1


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("words", ["\0", "؟؟", "🙂" * 300, "x" * 100_000, "<script>", "%", "' OR 1=1 --", "   "])
def test_any_words_are_answered(client: Client, words: str) -> None:
    response = client.get("/fr/faq/", {"q": words})
    assert response.status_code == 200
    assert '<script>"' not in response.content.decode()


def test_before_anything_is_written(client: Client) -> None:
    assert client.get("/es/faq/").status_code == 200


@pytest.mark.usefixtures("written")
def test_two_queries_with_and_without_words(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/fr/faq/")
    with django_assert_num_queries(2):
        client.get("/fr/faq/")
    with django_assert_num_queries(2):
        client.get("/fr/faq/", {"q": "ticket"})


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_case_C20_figures_come_from_the_catalogue_and_the_settings(client: Client, language: str, odile: Any) -> None:
    page = _faq(client, language)
    assert re.findall(r"\{\w+\}|—", page.partition("<main")[2]) == []
    price = {"fr": "29\u00a0€", "en": "€29", "es": "29\u00a0€"}[language]
    assert price in page
    old = Edition.objects.get(offer__code="subscription")
    by, at = odile.as_actor(), clock.now()
    catalogue_actions.withdraw_edition(edition=old, by=by, at=at)
    catalogue.publish(replace(_subscription(), price_cents=31_00), by=by, at=at)
    provider.change_setting(name="close_after_days", value=9, by=by, at=at)
    page = _faq(client, language)
    assert price not in page
    assert {"fr": "31\u00a0€", "en": "€31", "es": "31\u00a0€"}[language] in page
    assert {"fr": "9\u00a0jours", "en": "9\u00a0days", "es": "9\u00a0días"}[language] in page


def _faq(client: Client, language: str) -> str:
    return client.get(f"/{language}/faq/").content.decode().replace("&nbsp;", "\u00a0")


def _subscription() -> catalogue.DemoOffer:
    return next(offer for offer in catalogue.OFFERS if offer.code == "subscription")


def test_before_anything_is_on_sale_figures_are_dashes(client: Client) -> None:
    knowledge.build(by=system("demo"), at=clock.now())
    page = client.get("/en/faq/why-one-subscription/").content.decode()
    assert "for — a month" in page


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "We aim to answer in 1 to 24 hours, within opening hours"),
        ("fr", "Nous visons une réponse en 1 à 24 heures"),
        ("es", "Procuramos responder en un plazo de 1 a 24 horas"),
    ],
)
@pytest.mark.parametrize("address", ["", "try/", "faq/", "faq/how-fast/"])
def test_case_C21_how_soon_we_answer_is_said(client: Client, language: str, sentence: str, address: str) -> None:
    assert sentence in client.get(f"/{language}/{address}").content.decode()
