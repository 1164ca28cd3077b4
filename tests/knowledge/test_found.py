from typing import Any

import pytest

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.knowledge.shown import faq
from demo.year import catalogue, knowledge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _written() -> None:
    for part in (catalogue, knowledge):
        part.build(by=system("demo"), at=clock.now())


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
    assert [entry.slug for entry in faq.found(words, language, clock.now())][:1] == [first]


@pytest.mark.parametrize("words", ["", "le la les", "zzzz", "?!", "photocopieuse laser couleur"])
def test_nothing_fits(words: str) -> None:
    assert faq.found(words, "fr", clock.now()) == []


def test_the_beginning_of_a_word_is_enough() -> None:
    assert [entry.slug for entry in faq.found("partag", "fr", clock.now())] == ["sharing", "when-tickets"]


def test_only_in_the_language_asked_for() -> None:
    assert {entry.language for entry in faq.found("ticket", "es", clock.now())} == {"es"}


def test_in_two_queries(django_assert_num_queries: Any) -> None:
    faq.found("ticket", "fr", clock.now())
    with django_assert_num_queries(2):
        faq.found("ticket minutes", "fr", clock.now())


@pytest.mark.parametrize(
    ("language", "searches"),
    [
        ("fr", {"facture": "invoice", "virement": "paying", "PayPal": "other-than-paypal", "résilier": "leave",
                "téléphone": "phone", "telephone": "phone", "chèque": "paying", "réabonner": "come-back",
                "langues": "languages", "divisible": "not-divisible", "validité valable": "what-comes-back",
                "rétractation": "change-my-mind", "me rétracter": "change-my-mind",
                "annuler commande": "change-my-mind",
                "remboursement": "refund", "être remboursé": "refund", "avoir": "refund",
                "chèque impayé": "unpaid-cheque", "crédit": "credit"}),
        ("en", {"invoice": "invoice", "bank transfer": "paying", "PayPal": "other-than-paypal", "cancel": "leave",
                "telephone": "phone", "call you": "phone", "come back": "come-back", "languages": "languages",
                "refund": "refund", "withdrawal": "change-my-mind", "withdraw": "change-my-mind",
                "credit note": "refund", "bounced cheque": "unpaid-cheque",
                "credit paid out": "credit"}),
        ("es", {"factura": "invoice", "transferencia": "paying", "PayPal": "other-than-paypal", "rescindir": "leave",
                "teléfono": "phone", "cheque": "paying", "idiomas": "languages",
                "reembolso": "refund", "desistimiento": "change-my-mind", "desistir": "change-my-mind",
                "anular pedido": "change-my-mind", "factura rectificativa": "refund", "abono": "refund",
                "cheque devuelto": "unpaid-cheque", "cheque impagado": "unpaid-cheque", "saldo a favor": "credit"}),
    ],
)  # fmt: skip
def test_case_C20_what_people_look_for_is_found(language: str, searches: dict[str, str]) -> None:
    first = {words: [one.slug for one in faq.found(words, language, clock.now())][:1] for words in searches}
    assert first == {words: [slug] for words, slug in searches.items()}
