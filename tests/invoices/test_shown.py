"""The words of an invoice, in the three languages."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from carnet.invoices import rules
from carnet.invoices.shown import invoice_words, paper
from carnet.till.forms import COUNTRIES
from tests.factories.ledger import day
from tests.invoices.issuing import ATELIER, FACTS, TWENTY, issued, sold

DAY = day("2027-03-05")


def said(language, permille=200, **changed):
    names = {"fr": "Un ticket", language: "Un ticket"}
    line = sold("tokens-1", names, 24_000, permille, "S")
    paid = tuple(rules.Paid(means, DAY, 6_000) for means in ("credit", "transfer", "cheque", "paypal"))
    facts = replace(FACTS, buyer=ATELIER, lines=(line,), paid=paid, language=language, **changed)
    terms = rules.terms(is_company=True, lines=facts.lines)
    return paper.in_words(language, issued(facts, terms=terms))


def test_every_language_has_every_word():
    assert sorted(invoice_words.WORDS) == ["en", "es", "fr"]
    assert invoice_words.WORDS["en"].keys() == invoice_words.WORDS["fr"].keys() == invoice_words.WORDS["es"].keys()


@pytest.mark.parametrize(("language", "country"), [("fr", "Espagne"), ("en", "Spain"), ("es", "España")])
def test_case_D6_the_country_abroad_is_named(language, country):
    assert said(language)["buyer"][3] == country


def test_case_D6_the_country_at_home_is_not_named():
    told = paper.in_words("fr", issued())
    assert told["buyer"] == ["Claire Martin", "1 rue Haute", "67000 Strasbourg"]


def test_case_D6_every_country_that_can_be_chosen_has_a_name():
    for names in invoice_words.COUNTRIES.values():
        assert {code for code, _name in COUNTRIES} <= names.keys()


def test_case_D6_credit_is_no_credit_note():
    assert [text for text in invoice_words.WORDS["fr"].values() if "avoir" in text] == []


@pytest.mark.parametrize(
    ("language", "permille", "rate"),
    [("fr", 200, "20 %"), ("fr", 55, "5,5 %"), ("en", 21, "2.1 %"), ("es", 85, "8,5 %"), ("fr", 0, "–")],
)
def test_a_rate_of_vat_is_shown_to_its_tenth(language, permille, rate):
    assert said(language, permille)["vat"][0][0].replace("\u00a0", " ") == rate


def test_french_marks_stand_after_no_break_spaces():
    texts = [text for text in said("fr")["mentions"] if text]
    assert [text for text in texts if re.search(r"(?<![\u00a0\u202f])[?!;:»]|[0-9] |'", text)] == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ["crédit client utilisé le 5 mars 2027", "virement du 5 mars 2027", "chèque reçu le 5 mars 2027",
                "PayPal le 5 mars 2027"]),
        ("en", ["credit used on 5 March 2027", "transfer of 5 March 2027", "cheque received on 5 March 2027",
                "PayPal on 5 March 2027"]),
        ("es", ["saldo a favor usado el 5 de marzo de 2027", "transferencia del 5 de marzo de 2027",
                "cheque recibido el 5 de marzo de 2027", "PayPal el 5 de marzo de 2027"]),
    ],
)  # fmt: skip
def test_how_it_was_paid(language, expected):
    rows = [row[0].replace("\u00a0", " ") for row in said(language)["totals"][3:-1]]
    assert [row.split(", ", 1)[1] for row in rows] == expected


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


SAID = ("fr", "en", "es")
OF_A_PACK = [
    (("token", 20, 30, 12), (
        "Nom : assistance informatique, 20 tickets de 30 min, valables 12 mois",
        "Nom: IT support, 20 tickets of 30 min, valid for 12 months",
        "Nom: asistencia informática, 20 tickets de 30 min, con validez de 12 meses",
    )),
    (("token", 1, 30, 6), (
        "Nom : assistance informatique, 1 ticket de 30 min, valable 6 mois",
        "Nom: IT support, 1 ticket of 30 min, valid for 6 months",
        "Nom: asistencia informática, 1 ticket de 30 min, con validez de 6 meses",
    )),
    (("minute", 630, 30, None), (
        "Nom : assistance informatique, 10 h 30", "Nom: IT support, 10 h 30 min",
        "Nom: asistencia informática, 10 h 30 min",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("pack", "expected"), OF_A_PACK)
def test_case_D6_the_facts_of_a_pack_in_words(pack, expected):
    line = sold("x", dict.fromkeys(SAID, "Nom"), 100, 200, "S", pack=rules.PackSold(*pack))
    assert tuple(plain(paper.designation(line, language)) for language in SAID) == expected


def test_what_is_no_pack_has_its_name_alone():
    assert paper.designation(sold("x", {"fr": "Un livre"}, 100, 55, "S"), "fr") == "Un livre"


def test_O8_every_term_has_its_words():
    for language, words in invoice_words.MENTIONS.items():
        free = [sold("x", {"fr": "x", language: "x"}, 100, 0, category) for category in ("E", "AE", "O", "G")]
        facts = replace(FACTS, lines=(*free, replace(TWENTY, names=dict.fromkeys(SAID, "x"))), language=language)
        terms = rules.terms(is_company=True, lines=facts.lines, on_debits=True)
        told = paper.in_words(language, issued(facts, terms=terms))["mentions"]
        assert list(map(plain, told)) == [plain(words[one]) for one in get_args(rules.Term)]


def test_O8_the_provider_words_a_mention():
    worded = {"export": {"fr": "Non taxé : export", "en": "Not taxed"}, "services": {}}
    assert invoice_words.mentions(("services", "export"), ("fr", "en", "fr"), worded=worded) == {
        "en": {"services": "Category of operation: supply of services", "export": "Not taxed"},
        "fr": {
            "services": "Catégorie d’opération\u202f: prestation de services", "export": "Non taxé\u202f: export",
        },
    }  # fmt: skip


def test_the_due_day_is_told_to_businesses():
    company = issued(replace(FACTS, buyer=ATELIER), due="2027-04-04")
    assert ["Échéance", "4\u00a0avril 2027"] in paper.in_words("fr", company)["facts"]
    household = paper.in_words("fr", replace(company, facts=FACTS))["facts"]
    assert "Échéance" not in [name for name, _said in household]
