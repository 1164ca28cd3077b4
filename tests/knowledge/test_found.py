from typing import Any

import pytest

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.knowledge import queries
from carnet.operations.demo import knowledge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _written() -> None:
    knowledge.build(by=system("demo"), at=clock.now())


@pytest.mark.parametrize(
    ("words", "language", "first"),
    [
        ("expire", "fr", "what-comes-back"),
        ("tickets perimes ou expires", "fr", "what-comes-back"),
        ("partager avec mes collegues", "fr", "sharing"),
        ("PRISE EN MAIN", "fr", "safe"),
        ("gratuit essai minutes offertes", "fr", "free-minutes"),
        ("delai de reponse", "fr", "how-fast"),
        ("how quickly do you answer", "en", "how-fast"),
        ("share with family", "en", "sharing"),
        ("password", "en", "safe"),
        ("what happens when the 30 minutes end", "en", "after-thirty-minutes"),
        ("contrasena", "es", "safe"),
        ("cuando caduca", "es", "what-comes-back"),
        ("compartir con la familia", "es", "sharing"),
    ],
)
def test_the_best_one_comes_first(words: str, language: str, first: str) -> None:
    assert [entry.slug for entry in queries.found(words, language)][:1] == [first]


@pytest.mark.parametrize("words", ["", "le la les", "zzzz", "?!", "photocopieuse laser couleur"])
def test_nothing_fits(words: str) -> None:
    assert queries.found(words, "fr") == []


def test_the_beginning_of_a_word_is_enough() -> None:
    assert [entry.slug for entry in queries.found("partag", "fr")] == ["sharing"]


def test_only_in_the_language_asked_for() -> None:
    assert {entry.language for entry in queries.found("ticket", "es")} == {"es"}


def test_in_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        queries.found("ticket minutes", "fr")
