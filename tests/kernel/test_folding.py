"""Searching without minding case and accents: what a database folds is what Python folds, on both of them."""

import pytest
from django.db.models import Q, Value

from carnet.kernel import text
from carnet.kernel.folding import ALPHABETS, Folded
from carnet.people.models import Customer
from tests.factories.people import make_customer

pytestmark = pytest.mark.django_db

STORED = [
    "Andréa",
    "Andre\u0301a",
    "Żółć",
    "LÉA Œuvre",
    "Đorđe Ðuro Ħal Ŧam Ŋa",
    "STRASSE Straße STRAẞE",
    "Κωνσταντίνος ΚΑΛΛΑΣ",
    "Ёлка ЙОГУРТ Ћирић Ґанок",
    "İstanbul Isparta ığdır",
    "Nguyễn Thị Hương",
    "l’écran d‘Éva",
    "ﬁchier\u00a0n°\u202f1 ½",
    "a%b_c\\d'e\"f",
    "日本 🙂 한글",
    "שָׁלוֹם مُحَمَّد",
    "\u00c5 \u212b \u0041\u030a",
    "",
]


@pytest.mark.parametrize("stored", STORED)
def test_case_A4_a_database_folds_as_python_does(stored: str, martins: Customer) -> None:
    Customer.objects.filter(pk=martins.pk).update(name=stored)
    folded = Customer.objects.annotate(folded=Folded("name")).values_list("folded", flat=True).get(pk=martins.pk)
    assert folded == text.fold(stored)


def test_every_letter_of_our_alphabets(martins: Customer) -> None:
    named = Customer.objects.annotate(folded=Folded(Value(ALPHABETS.upper())))
    assert named.values_list("folded", flat=True).first() == text.fold(ALPHABETS)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("Andre\u0301a", "Andréa"),
        ("Andréa", "andre\u0301a"),
        ("Żółć", "Zolc"),
        ("Żółć", "żółć"),
        ("Léa", "LÉA"),
        ("Société Œuvre", "societe oe"),
        ("100 %", "0 %"),
        ("100\u202f%", "0 %"),
        ("a_b\\c", "_b\\"),
        ("anything", ""),
    ],
)
def test_case_A4_what_is_found(stored: str, words: str, martins: Customer) -> None:
    Customer.objects.filter(pk=martins.pk).update(name=stored)
    assert Customer.objects.filter(name__contains_folded=words).get() == martins
    assert Customer.objects.filter(Q(memberships__customer__name__contains_folded=words)).first() == martins


@pytest.mark.parametrize("words", ["%", "_", "Zolc ", "nothing"])
def test_what_is_not_found(words: str, martins: Customer) -> None:
    Customer.objects.filter(pk=martins.pk).update(name="Żółć")
    assert not Customer.objects.filter(name__contains_folded=words).exists()


def test_null_is_not_found(claire, martins: Customer) -> None:
    other = make_customer(claire, "Tennis")
    assert not Customer.objects.filter(pk=other.pk, tickets__subject__contains_folded="a").exists()
