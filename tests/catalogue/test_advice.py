import pytest
from django.test import Client

from carnet.catalogue import rules
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment

TOKENS = [
    rules.PackOnSale("tokens-1", 1, 1_500, False), rules.PackOnSale("tokens-5", 5, 7_000, False),
    rules.PackOnSale("tokens-20", 20, 24_000, True),
]  # fmt: skip
HOURS = [rules.PackOnSale("hours-2", 120, 11_000, False), rules.PackOnSale("hours-5", 300, 26_000, True)]


def advice(questions, minutes, people=1, **changed):
    given = {"tokens": TOKENS, "hours": HOURS, "monthly_cents": 2_900}
    found = rules.advice(rules.Need(questions, minutes, people), **(given | changed))
    return [(one.kind, one.price_cents, one.units, one.packs) for one in found]


def test_one_person_with_few_questions():
    assert advice(6, 20) == [
        ("tokens", 8_500, 6, (("tokens-1", 1), ("tokens-5", 1))),
        ("hours", 22_000, 120, (("hours-2", 2),)),
        ("subscription", 34_800, 0, ()),
    ]


def test_T2_long_questions_take_several_tokens():
    assert advice(2, 61, hours=[]) == [
        ("tokens", 8_500, 6, (("tokens-1", 1), ("tokens-5", 1))),
        ("subscription", 34_800, 0, ()),
    ]


def test_L9_several_people_need_shared_packs():
    assert advice(3, 40, people=2) == [
        ("tokens", 24_000, 6, (("tokens-20", 1),)),
        ("hours", 26_000, 120, (("hours-5", 1),)),
        ("subscription", 34_800, 0, ()),
    ]


def test_who_asks_much_subscribes():
    assert advice(100, 20)[0] == ("subscription", 34_800, 0, ())


def test_what_is_not_sold_is_not_advised():
    assert advice(1, 1, tokens=[], hours=HOURS[1:], people=1, monthly_cents=None) == [
        ("hours", 26_000, 1, (("hours-5", 1),))
    ]
    assert advice(1, 1, tokens=TOKENS[:1], hours=[], people=2, monthly_cents=None) == []


@pytest.mark.django_db
def test_on_the_page():
    for code, quantity, kind, months, price in (
        ("tokens-20", 20, "tokens", 12, 24_000), ("subscription", None, "subscription", None, 2_900),
    ):  # fmt: skip
        put_on_sale(code, quantity, kind=kind, months=months, price_cents=price, at=moment("2026-01-05 12:00"))
    page = " ".join(Client().get("/en/offers/?questions=10&minutes=20&people=3").content.decode().split())
    assert "1 × tokens-20 (€240)" in page
    assert page.index("Carnets of tickets <span") < page.index("€348")
    page = Client().get("/en/offers/?questions=0&minutes=x&people=").content.decode()
    assert page.count('class="field with-error"') == 3
    assert "cheapest" not in page
