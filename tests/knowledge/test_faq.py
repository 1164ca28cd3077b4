from typing import Any

import pytest
from django.test import Client

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.knowledge.models import FaqEntry
from carnet.operations.demo import knowledge

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> None:
    knowledge.build(by=system("demo"), at=clock.now())


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_every_answer_in_each_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/faq/").content.decode()
    entries = FaqEntry.objects.in_language(language)
    assert len(entries) == 8
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
def test_one_query_with_and_without_words(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/fr/faq/")
    with django_assert_num_queries(1):
        client.get("/fr/faq/")
    with django_assert_num_queries(1):
        client.get("/fr/faq/", {"q": "ticket"})
