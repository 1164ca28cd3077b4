"""bin/check_words refuses the words that docs/glossary.md has replaced, in the language where they are wrong."""

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

LOADER = SourceFileLoader("check_words", str(Path(__file__).resolve().parent.parent / "bin" / "check_words"))


@pytest.fixture(scope="module")
def check_words():
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_words", LOADER))
    LOADER.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Somebody of %(name)s waits for us.", ["waits for us", "Somebody"]),
        ("en", "An account holder can use it; holders can’t.", ["holders"]),
        ("en", "By e-mail, not by mail. See Outgoing mail.", ["mail"]),
        ("en", "%(units)s of `lot` $trial", []),
        ("fr", "Minutes d’essai\u202f: le plafond", ["Minutes d’essai", "plafond"]),
        ("fr", "Votre question : laquelle\u202f?", [":"]),
        ("fr", "Pour une bonne raison, %(pack)s, n°\u00a012", []),
        ("fr", "L’horloge de la démo avance.", []),
        ("fr", "L’horloge tourne.", ["horloge"]),
        ("en", "An unpaid cheque ends with a credit memo", ["unpaid cheque", "credit memo"]),
        ("fr", "Un chèque rejeté, une note de crédit, un chèque impayé", ["chèque rejeté", "note de crédit"]),
        ("es", "Una nota de abono por un cheque rechazado", ["nota de abono", "cheque rechazado"]),
        ("es", "Su pregunta, con su acuerdo", ["acuerdo", "Su pregunta"]),
        ("es", "Si no llegamos a un acuerdo, le haremos una pregunta.", []),
    ],
)
def test_case_W_words_that_were_replaced_are_found(check_words, language, text, words):
    found = [fault.split("»: ")[0].removeprefix("«") for fault in check_words.faults(language, text)]
    assert sorted(found) == sorted(words)


def test_case_W_texts_by_language_are_found_in_seeds(check_words, tmp_path):
    seed = tmp_path / "seed.py"
    seed.write_text('OFFER = {"fr": "Un plafond", "en": f"{1}", "code": "lot"}\n', "utf-8")
    assert check_words.said_in(seed) == [(1, "fr", "Un plafond")]
