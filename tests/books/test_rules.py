import pytest

from carnet.books import queries, rules
from tests.books.entries import AT, mended, money, sale, write


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"kind": "sales"}, "no such kind"),
        ({"on": AT}, "a day, not a moment"),
        ({"label": ""}, "a label is missing"),
        ({"label": "x" * 61}, "too long"),
        ({"document": "F" * 36}, "too long"),
        ({"quantity": 0}, "less than one"),
        ({"vat_permille": -1}, "below zero"),
        ({"gross_cents": 24_001}, "not the gross amount"),
        ({"corrects_id": 3}, "names what it corrects"),
        ({"kind": "correction"}, "names what it corrects"),
        ({"means": "transfer"}, "has means"),
        ({"kind": "payment"}, "has means"),
        ({"kind": "credit"}, "has means"),
        ({"kind": "payment", "means": "transfer"}, "no VAT"),
        ({"kind": "correction", "corrects_id": 3, "means": "transfer"}, "no VAT"),
        ({"kind": "document", "digest": "d" * 64}, "moves nothing"),
        ({"kind": "document", "net_cents": 0, "vat_cents": 0, "gross_cents": 0}, "moves nothing"),
    ],
    ids=str,
)
def test_a_sale_that_makes_no_sense(wrong, what):
    with pytest.raises(ValueError, match=what):
        sale(**wrong)


def test_a_payment_has_a_number():
    with pytest.raises(ValueError, match="a payment has a number"):
        money(payment_id=None)


@pytest.mark.parametrize("wrong", [{"means": "cash"}, {"vat_permille": 200}, {"vat_cents": 1, "gross_cents": 24_001}])
def test_money_that_makes_no_sense(wrong):
    with pytest.raises(ValueError, match="known means and no VAT"):
        money(**wrong)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"kind": "refund"}, "takes money away"),
        ({"kind": "refund", "net_cents": 0, "gross_cents": 0}, "takes money away"),
        ({"kind": "fee", "net_cents": 0, "gross_cents": 0}, "a fee is money"),
        ({"kind": "refund", "net_cents": -1, "gross_cents": -1, "means": "credit"}, "has no fee"),
        ({"kind": "fee", "means": "credit"}, "has no fee"),
        ({"kind": "fee", "payment_id": None}, "has a number"),
        ({"kind": "refund", "net_cents": -1, "gross_cents": -1, "payment_id": None}, "has a number"),
        ({"kind": "fee", "means": ""}, "has means"),
        ({"kind": "refund", "means": "", "net_cents": -1, "gross_cents": -1}, "has means"),
    ],
    ids=str,
)
def test_a_fee_or_refund_that_makes_no_sense(wrong, what):
    with pytest.raises(ValueError, match=what):
        money(**({"means": "paypal"} | wrong))


def test_every_length_that_fits():
    assert sale(label="x" * 60, document="F" * 35).gross_cents == 24_000
    assert sale(document="").document == ""


def test_totals_by_rate_and_altogether():
    lines = [
        sale(),
        sale(1_055, net_cents=1_000, vat_cents=55, vat_permille=55),
        mended(1),
        sale(12_000, net_cents=8_000),
    ]
    assert rules.totals(lines) == rules.Totals(
        (rules.Total(200, 8_000, 4_000, 12_000), rules.Total(55, 1_000, 55, 1_055)), 9_000, 4_055, 13_055
    )


def test_money_and_what_mends_it_is_no_sale():
    lines = [
        money(),
        money(kind="credit", means="credit"),
        money(-24_000, kind="correction", corrects_id=2),
        money(means="paypal"),
        money(-851, kind="fee", means="paypal"),
        money(-24_000, kind="refund", means="paypal"),
        money(816, kind="fee", means="paypal"),
        sale(500, net_cents=500, vat_permille=0, vat_cents=0),
    ]
    assert rules.totals(lines) == rules.Totals((rules.Total(0, 500, 0, 500),), 500, 0, 500)


def test_nothing_sold():
    assert rules.totals([]) == rules.Totals((), 0, 0, 0)


@pytest.mark.django_db
def test_lines_that_were_written_add_up_alike():
    entries = [sale(), sale(12_000, net_cents=8_000), money()]
    write(*entries)
    assert rules.totals(queries.lines_of(7)) == rules.totals(entries)
