import pytest

from carnet.search import rules


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Œuvre Été", "oeuvre ete"),
        ("CONTRASEÑA", "contrasena"),
        ("Straße", "strasse"),
        ("ﬁchier n° 1", "fichier n° 1"),
        ("e\u0301cran", "ecran"),
        ("日本 🙂", "日本 🙂"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert rules.fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’écran d'Éva, jusqu’à aujourd'hui", ["ecran", "eva", "a", "aujourd", "hui"]),
        ("¿Qué es un ticket?", ["que", "es", "un", "ticket"]),
        ("HP_Envy-6020", ["hp", "envy", "6020"]),
        ("x" * 100, ["x" * 60]),
        ("?!", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert rules.words(text) == words


@pytest.mark.parametrize(
    ("text", "language", "stems"),
    [
        ("Mes imprimantes", "fr", ["imprim"]),
        ("l’imprimante", "fr", ["imprim"]),
        ("How do tickets expire?", "en", ["ticket", "expir"]),
        ("las contraseñas", "es", ["contrasen"]),
        ("das Ticket", "de", ["das", "ticket"]),
    ],
)
def test_stems(text: str, language: str, stems: list[str]) -> None:
    assert rules.stems(text, language) == stems


@pytest.mark.parametrize(
    ("typed", "meant"), [("reponse", "réponse"), ("abonnement", "abonnements"), ("coeur", "cœurs")]
)
def test_without_accents_or_plural_the_same_is_found(typed: str, meant: str) -> None:
    assert rules.stems(typed, "fr") == rules.stems(meant, "fr")
