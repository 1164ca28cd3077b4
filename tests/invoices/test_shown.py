"""The words of an invoice, in the three languages."""

import re

import pytest

from carnet.invoices import rules, shown
from carnet.orders.forms import COUNTRIES
from tests.factories.ledger import day
from tests.invoices.issuing import ATELIER, SELLER

DAY = day("2027-03-05")


def said(language, permille=200):
    line = rules.Line("tokens-1", {language: "Un ticket"}, 24_000, permille, "S")
    paid = [rules.Paid(means, DAY, 6_000) for means in ("credit", "transfer", "cheque", "paypal")]
    return shown.in_words(
        language, number="F2027-000001", place=rules.Place(2027, 1, DAY), seller=SELLER, buyer=ATELIER, lines=[line],
        paid=paid, order_reference="RF52AB23CD45", delivered_on="–",
    )  # fmt: skip


def test_every_language_has_every_word():
    assert sorted(shown.WORDS) == ["en", "es", "fr"]
    assert shown.WORDS["en"].keys() == shown.WORDS["fr"].keys() == shown.WORDS["es"].keys()


@pytest.mark.parametrize(("language", "country"), [("fr", "Espagne"), ("en", "Spain"), ("es", "España")])
def test_case_D6_the_country_abroad_is_named(language, country):
    assert said(language)["buyer"][3] == country


def test_case_D6_every_country_that_can_be_chosen_has_a_name():
    for names in shown.COUNTRIES.values():
        assert {code for code, _name in COUNTRIES} <= names.keys()


def test_case_D6_credit_is_no_credit_note():
    assert [text for text in shown.WORDS["fr"].values() if "avoir" in text] == []


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
