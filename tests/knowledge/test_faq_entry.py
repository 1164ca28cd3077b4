import pytest
from django.test import Client

from carnet.audit.actors import system
from carnet.kernel import clock
from demo.year import knowledge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _written() -> None:
    knowledge.build(by=system("demo"), at=clock.now())


@pytest.mark.parametrize(
    ("language", "question"),
    [("fr", "Qu’est-ce qu’un ticket\u202f?"), ("en", "What is a ticket?"), ("es", "¿Qué es un ticket?")],
)
def test_has_the_same_address_in_each_language(client: Client, language: str, question: str) -> None:
    page = client.get(f"/{language}/faq/one-ticket/").content.decode()
    assert f"<h1>{question}</h1>" in page
    assert f'href="/{language}/faq/counting/"' in page


def test_links_inside_answers_lead_somewhere(client: Client) -> None:
    for slug, there in (("one-ticket", "/fr/faq/after-thirty-minutes/"), ("safe", "/fr/privacy/")):
        assert f'href="{there}"' in client.get(f"/fr/faq/{slug}/").content.decode()
        assert client.get(there).status_code == 200


def test_an_unknown_answer_is_not_found(client: Client) -> None:
    assert client.get("/fr/faq/meaning-of-life/").status_code == 404
