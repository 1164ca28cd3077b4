"""Money: whole cents of one currency, reckoned in `Decimal`, half up unless a rule says otherwise."""

import decimal
from decimal import Decimal
from typing import NamedTuple

# Exact for every sum that fits a database column: the default of 28 digits could round twice.
EXACT = decimal.Context(
    prec=60, rounding=decimal.ROUND_HALF_UP, traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
)


class Split(NamedTuple):
    """A price with VAT taken apart: `net_cents + vat_cents` is the gross price, to the cent."""

    net_cents: int
    vat_cents: int


def half_up(amount: Decimal) -> int:
    """The whole number nearest to `amount`; a half goes away from zero, so that a credit note mirrors its invoice."""
    return int(EXACT.quantize(amount, Decimal(1)))


def divide_half_up(amount: int | Decimal, divisor: int | Decimal) -> int:
    """`amount / divisor`, half up. Multiply before dividing: `divide_half_up(price_cents * k, quantity)`."""
    return half_up(EXACT.divide(Decimal(amount), Decimal(divisor)))


def divide_down(amount: int, divisor: int) -> int:
    """`amount / divisor`, rounded down to the whole cent, for rules that say so (S2)."""
    if divisor <= 0:
        raise ValueError(f"money is shared among one or more: {divisor}")
    return amount // divisor


def split_gross(gross_cents: int, rate_permille: int | Decimal) -> Split:
    """A gross price as net and VAT: net = gross / (1 + rate) to the nearest cent, VAT = gross − net.

    Half up is said of the tax: an exact half cent goes to the VAT, 19.95 € at 20 % = 16.62 € + 3.33 €. Never the
    other way round, VAT from the rounded net: with prices that include it, that would miss a cent for one price in
    six. `rate_permille` is 200 for 20 %, 55 for 5.5 %, 0 without VAT.
    """
    if rate_permille < 0:
        raise ValueError(f"a rate of VAT is not negative: {rate_permille}")
    rate = Decimal(rate_permille)
    vat_cents = divide_half_up(EXACT.multiply(Decimal(gross_cents), rate), EXACT.add(Decimal(1000), rate))
    return Split(gross_cents - vat_cents, vat_cents)
