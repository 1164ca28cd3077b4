import datetime
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.invoices import rules
from carnet.invoices.rules import Place
from carnet.invoices.shown import invoice_words
from tests.invoices.issuing import CLAIRE, FACTS, SELLER, TWENTY, issued, sold

PACKED = replace(TWENTY, pack=rules.PackSold("token", 20, 30, 12))
NEW_YEARS_EVE, NEW_YEAR = datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)


def line(cents, permille=200, category="S"):
    return sold("tokens-1", {"fr": "Un ticket"}, cents, permille, category)


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
    assert rules.totals([line(1_995)]) == [rules.VatTotal(200, "S", "", 1_662, 333, 1_995)]
    assert rules.totals([line(1_055, 55), line(1_995), line(1_995)]) == [
        rules.VatTotal(200, "S", "", 3_324, 666, 3_990),
        rules.VatTotal(55, "S", "", 1_000, 55, 1_055),
    ]


@given(st.lists(st.tuples(st.integers(1, 10_000_000), st.sampled_from([0, 21, 55, 100, 200])), min_size=1, max_size=8))
def test_totals_add_up_to_the_cent(lines):
    sums = rules.totals([line(*one) for one in lines])
    assert sum(one.gross_cents for one in sums) == sum(cents for cents, _ in lines)
    assert all(one.net_cents + one.vat_cents == one.gross_cents for one in sums)


def test_what_is_exempt_is_a_total_of_its_own():
    assert rules.totals([line(100, 0, "E"), line(1_995), line(200, 0, "E"), line(50, 0)]) == [
        rules.VatTotal(200, "S", "", 1_662, 333, 1_995),
        rules.VatTotal(0, "E", "VATEX-FR-FRANCHISE", 300, 0, 300),
        rules.VatTotal(0, "S", "", 50, 0, 50),
    ]


def test_what_is_said_to_whom():
    assert rules.terms(is_company=False, lines=[line(100)]) == ("services",)
    assert rules.terms(is_company=True, lines=[line(100)]) == (
        "services", "no_discount", "late_penalties", "forty_euros",
    )  # fmt: skip
    assert rules.terms(is_company=False, lines=[line(100, 0, "E")]) == ("services", "franchise")
    assert rules.terms(is_company=False, lines=[line(100)], on_debits=True) == ("services", "debits")
    assert rules.terms(is_company=False, lines=[line(100, 0, "E")], on_debits=True) == ("services", "franchise")


def test_O8_what_was_paid_and_what_is_left():
    half = replace(FACTS, paid=(rules.Paid("cheque", NEW_YEAR, 12_000), rules.Paid("credit", NEW_YEAR, 1)))
    assert (issued(half).gross_cents, issued(half).paid_cents, issued(half).left_cents) == (24_000, 12_001, 11_999)
    more = replace(FACTS, paid=(rules.Paid("cheque", NEW_YEAR, 24_001),))
    assert (issued(more).paid_cents, issued(more).left_cents) == (24_000, 0)


@pytest.mark.parametrize(
    ("category", "exemption", "said"),
    [("S", "", None), ("E", "VATEX-FR-FRANCHISE", "franchise"), ("AE", "VATEX-EU-AE", "reverse_charge"),
     ("O", "VATEX-EU-O", "outside_france"), ("G", "VATEX-EU-G", "export")],
)  # fmt: skip
def test_why_no_vat_is_charged(category, exemption, said):
    sold = line(100, 0, category)
    assert (sold.exemption, sold.net_cents) == (exemption, 100)
    assert rules.terms(is_company=False, lines=[sold]) == (("services", said) if said else ("services",))
    assert {said, "services"} - {None} <= invoice_words.MENTIONS["fr"].keys()


@pytest.mark.parametrize(
    "wrong",
    [{"vat_category": "AE"}, {"vat_category": "E"}, {"vat_category": "E", "exemption": rules.FRANCHISE},
     {"exemption": rules.FRANCHISE}, {"quantity": 0}, {"net_cents": 84}],
    ids=["unknown", "exempt without reason", "exempt with VAT", "a reason without exemption", "less than one",
         "does not add up"],
)  # fmt: skip
def test_a_line_that_makes_no_sense(wrong):
    with pytest.raises(ValueError, match="LineFacts"):
        replace(line(100), **wrong)


def test_a_line_of_a_category_that_nothing_explains():
    with pytest.raises(ValueError, match="no such VAT"):
        line(100, 0, "Z")
    with pytest.raises(ValueError, match="less than one"):
        sold("tokens-1", {}, 100, 200, "S", quantity=0)


def test_the_price_of_one():
    assert sold("tokens-1", {}, 5_985, 200, "S", quantity=3).unit_cents == 1_662
    assert line(1_995).unit_cents == 1_662


NAMED = [
    ({}, True), ({"name": ""}, False), ({"address": rules.PostalAddress()}, False), ({"siren": ""}, False),
    ({"vat_number": ""}, False), ({"registry": "", "siret": ""}, True),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "is_named"), NAMED)
def test_the_seller_is_named(changed, is_named):
    assert rules.is_named(replace(FACTS, seller=replace(SELLER, **changed))) == is_named


def test_without_vat_no_number_of_it_is_needed():
    seller = replace(SELLER, vat_number="")
    assert rules.is_named(replace(FACTS, seller=seller, lines=(line(100, 0, "E"),)))
    assert not rules.is_named(replace(FACTS, seller=seller, lines=(line(100, 0, "AE"),)))


def test_an_address_in_lines():
    assert rules.PostalAddress("1 rue Haute", "67000", "Strasbourg").lines == ["1 rue Haute", "67000 Strasbourg"]
    assert rules.PostalAddress(city="Strasbourg").lines == ["Strasbourg"]


ISSUED = rules.Issued("invoice", "F2027-000001", NEW_YEAR, NEW_YEAR, (), {"fr": {"export": "x"}}, FACTS)


def leaves(value, path=()):
    """Every fact inside, with the way to it."""
    if is_dataclass(value):
        for one in fields(value):
            yield from leaves(getattr(value, one.name), (*path, one.name))
    elif isinstance(value, tuple) and value:
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    else:
        yield path, value


def changed(value, path, new):
    """The same with another value at the end of this way."""
    if not path:
        return new
    if isinstance(value, tuple):
        return tuple(changed(one, path[1:], new) if number == path[0] else one for number, one in enumerate(value))
    return replace(value, **{path[0]: changed(getattr(value, path[0]), path[1:], new)})


def other(path, value):
    """Another value in its place that makes sense."""
    if path[-1] in ("vat_cents", "gross_cents", "net_cents", "exemption", "vat_category"):
        return None  # they agree with each other: changed together, below
    if path[-1] == "language":
        return "en"
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case datetime.date():
            return value + datetime.timedelta(days=1)
        case dict():
            return value | {"fr": "Autre", "frx": "Autre"}
        case tuple():
            return ("franchise",)
    return rules.PackSold("token", 20, 30, 12)


def test_the_digest_changes_with_each_fact():
    salt, found, skipped = "salt", [], 0
    pairs = [ISSUED, replace(ISSUED, facts=replace(FACTS, lines=(PACKED,)))]
    for one in pairs:
        for path, value in leaves(one):
            new = other(path, value)
            if new is None:
                skipped += 1
                continue
            found.append(changed(one, path, new))
    cheaper = replace(TWENTY, net_cents=19_999, vat_cents=4_001)
    exempt = replace(TWENTY, net_cents=24_000, vat_cents=0, vat_permille=0, vat_category="E", exemption=rules.FRANCHISE)
    found += [replace(ISSUED, facts=replace(FACTS, lines=lines)) for lines in ((cheaper,), (exempt,), (TWENTY, TWENTY))]
    digests = {digest_with_buyer(one, salt) for one in (*pairs, *found)}
    # The second of the pairs differs from the first in the pack alone, so what was changed elsewhere is new as well.
    assert (len(digests), skipped) == (len({repr(one) for one in (*pairs, *found)}), 10)
    beside = {rules.digest(ISSUED, buyer_digest="x", customer=number) for number in (1, 2)}
    assert len(beside) == 2


def digest_with_buyer(issued, salt):
    return rules.digest(issued, buyer_digest=rules.buyer_digest(issued.facts.buyer, salt))


def test_the_digest_does_not_tell_who_bought_without_the_salt():
    assert rules.buyer_digest(CLAIRE, "a") != rules.buyer_digest(CLAIRE, "b")
    assert rules.digest(ISSUED, buyer_digest="x") == rules.digest(
        replace(ISSUED, facts=replace(FACTS, buyer=rules.NOBODY)), buyer_digest="x"
    )
