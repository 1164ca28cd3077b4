from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel import money

RATES = [0, 21, 55, 85, 100, 200, Decimal("10.5"), Decimal("17.5")]
cents = st.integers(-(10**12), 10**12)
rates = st.sampled_from(RATES)


@pytest.mark.parametrize(
    ("gross_cents", "rate_permille", "expected"),
    [
        # Prices whose VAT, computed from the net, would miss by a cent.
        (1995, 200, (1662, 333)),
        (2499, 200, (2082, 417)),
        (2997, 200, (2497, 500)),
        (4995, 200, (4162, 833)),
        (9999, 200, (8332, 1667)),
        (12000, 200, (10000, 2000)),
        (1500, 200, (1250, 250)),
        (1055, 55, (1000, 55)),
        (1021, 21, (1000, 21)),
        (10175, Decimal("17.5"), (10000, 175)),
        (4999, 0, (4999, 0)),
        (0, 200, (0, 0)),
        (-1995, 200, (-1662, -333)),
    ],
)
def test_split_gross(gross_cents: int, rate_permille: int | Decimal, expected: tuple[int, int]) -> None:
    assert money.split_gross(gross_cents, rate_permille) == expected


def test_split_gross_refuses_a_negative_rate() -> None:
    with pytest.raises(ValueError, match="not negative"):
        money.split_gross(100, -1)


@given(cents, rates)
def test_split_gross_loses_no_cent_and_is_within_half_a_cent(gross_cents: int, rate_permille: int | Decimal) -> None:
    split = money.split_gross(gross_cents, rate_permille)
    exact = Fraction(gross_cents) * 1000 / (1000 + Fraction(rate_permille))
    assert split.net_cents + split.vat_cents == gross_cents
    assert abs(split.net_cents - exact) <= Fraction(1, 2)
    assert split.vat_cents * gross_cents >= 0


@given(cents, rates)
def test_a_credit_note_mirrors_its_invoice(gross_cents: int, rate_permille: int | Decimal) -> None:
    split, mirrored = money.split_gross(gross_cents, rate_permille), money.split_gross(-gross_cents, rate_permille)
    assert mirrored == (-split.net_cents, -split.vat_cents)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.5", 1),
        ("0.49999999999999999999999999999999", 0),
        ("1.5", 2),
        ("2.5", 3),
        ("-0.5", -1),
        ("-2.5", -3),
        ("-2.4", -2),
        ("7", 7),
    ],
)
def test_half_up(amount: str, expected: int) -> None:
    assert money.half_up(Decimal(amount)) == expected


@given(cents, st.integers(1, 10**6))
def test_divide_half_up_is_the_nearest_whole_number(amount: int, divisor: int) -> None:
    exact = Fraction(amount, divisor)
    nearest = int(abs(exact) + Fraction(1, 2))
    assert money.divide_half_up(amount, divisor) == (nearest if amount >= 0 else -nearest)


def test_S2_the_first_month_is_rounded_down() -> None:
    assert money.divide_down(3000 * 13, 30) == 1300
    assert money.divide_down(2999 * 13, 30) == 1299
    assert money.divide_down(2999, 1) == 2999


def test_divide_down_refuses_nobody_to_share_with() -> None:
    with pytest.raises(ValueError, match="one or more"):
        money.divide_down(100, 0)


def test_O9_the_value_of_units_that_left_and_units_left_is_the_price() -> None:
    # 7 for 100.00 €, 3 used → 57.14 € back; 12 for 1.01 €, 6 used → 0.50 € back.
    assert 10000 - money.divide_half_up(10000 * 3, 7) == 5714
    assert 101 - money.divide_half_up(101 * 6, 12) == 50
