import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.invoices import rules
from carnet.invoices.rules import Place

NEW_YEARS_EVE, NEW_YEAR = datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)


def line(cents, permille=200, category="S"):
    return rules.Line("tokens-1", {"fr": "Un ticket"}, cents, permille, category)


@pytest.mark.parametrize(
    ("last", "today", "place"),
    [
        (None, NEW_YEAR, Place(2027, 1, NEW_YEAR)),
        (Place(2026, 7, NEW_YEARS_EVE), NEW_YEARS_EVE, Place(2026, 8, NEW_YEARS_EVE)),
        (Place(2026, 7, NEW_YEARS_EVE), NEW_YEAR, Place(2027, 1, NEW_YEAR)),
        # Begun before midnight, numbered after it: never dated before the number before.
        (Place(2027, 1, NEW_YEAR), NEW_YEARS_EVE, Place(2027, 2, NEW_YEAR)),
    ],
)
def test_O8_numbers_follow_each_other(last, today, place):
    assert rules.next_place(last, today) == place


def test_O8_a_number_has_35_characters_at_most():
    assert rules.number("F", Place(2026, 123, NEW_YEARS_EVE)) == "F2026-000123"


def test_what_is_charged_is_what_is_invoiced():
    assert rules.totals([line(1_995)]) == [rules.Total(200, 1_662, 333, 1_995)]
    assert rules.totals([line(1_055, 55), line(1_995), line(1_995)]) == [
        rules.Total(200, 3_324, 666, 3_990),
        rules.Total(55, 1_000, 55, 1_055),
    ]


@given(st.lists(st.tuples(st.integers(1, 10_000_000), st.sampled_from([0, 21, 55, 100, 200])), min_size=1, max_size=8))
def test_totals_add_up_to_the_cent(lines):
    sums = rules.totals([line(*one) for one in lines])
    assert sum(one.gross_cents for one in sums) == sum(cents for cents, _ in lines)
    assert all(one.net_cents + one.vat_cents == one.gross_cents for one in sums)


def test_what_is_said_to_whom():
    assert rules.mentions(is_company=False, lines=[line(100)]) == []
    assert rules.mentions(is_company=True, lines=[line(100)]) == ["no_discount", "late_penalties", "forty_euros"]
    assert rules.mentions(is_company=False, lines=[line(100, 0, "E")]) == ["franchise"]


@pytest.mark.parametrize(
    "wrong",
    [{"category": "AE"}, {"category": "E"}, {"quantity": 0}],
    ids=["unknown", "exempt with VAT", "less than one"],
)
def test_a_line_that_makes_no_sense(wrong):
    given = {"code": "tokens-1", "words": {}, "gross_cents": 100, "vat_permille": 200, "category": "S"}
    with pytest.raises(ValueError, match="Line"):
        rules.Line(**(given | wrong))


def test_the_price_of_one():
    assert rules.Line("tokens-1", {}, 5_985, 200, "S", quantity=3).unit_cents == 1_662
    assert line(1_995).unit_cents == 1_662
