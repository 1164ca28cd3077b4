"""Money that came in, as it is recorded, and amounts as people type them."""

import contextlib
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from babel import numbers

MOST_CENTS = 999_999_999
# More than any amount has; with more than 28 digits the default arithmetic gives up.
LONGEST = 25
_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR)$", re.IGNORECASE)
Problem = Literal["empty", "no_number", "negative", "zero", "too_many_decimals", "too_large", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in, as whoever records it says it. `received_on` is the day of the bank's booking, or on which
    the cheque came.
    """

    means: str  # transfer, cheque, paypal
    amount_cents: int
    received_on: datetime.date
    payer: str = ""
    bank: str = ""
    document_number: str = ""  # of the cheque, or the bank's own of a transfer
    note: str = ""
    is_another: bool = False  # the same sum of the same day came twice (O5)
    is_old: bool = False  # it really came more than a year ago


class NotAnAmount(ValueError):
    """What was typed is no amount that can have come in."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def parse_amount(text: str) -> int:
    """The cents of an amount that somebody typed: 1 234,50 € or 1234.5 or 1,234.50 or 1.234,50.

    It is read as every language of ours writes it, whatever the page's own; blanks and apostrophes part thousands, and
    nothing else: 12 50 is no amount. Raises `NotAnAmount`: also for 1,234, which could be either, and for more than
    9,999,999.99 €.
    """
    plain = re.sub(r"\s+|[’']", " ", _CURRENCY.sub("", text.strip()).strip())
    if not plain:
        raise NotAnAmount("empty")
    if plain[0] in "-\u2212":
        raise NotAnAmount("negative")
    if not re.fullmatch(r"[0-9]+([., ][0-9]+)*[.,]?", plain):
        raise NotAnAmount("no_number")
    if len(plain) > LONGEST:
        raise NotAnAmount("too_large")
    readings = set(_readings(plain + "0" if plain[-1] in ".," else plain))
    if not readings:
        raise NotAnAmount("no_number")
    if len(readings) > 1:
        raise NotAnAmount("ambiguous")
    amount = readings.pop()
    if len(f"{amount:f}".partition(".")[2]) > 2:
        raise NotAnAmount("too_many_decimals")
    cents = int(amount * 100)
    if cents > MOST_CENTS:
        raise NotAnAmount("too_large")
    if not cents:
        raise NotAnAmount("zero")
    return cents


def _readings(plain: str) -> Iterator[Decimal]:
    """What it says to those who write 1,234.50, 1.234,50 or 1 234,50; nothing if groups are not of three."""
    if " " in plain:  # whatever begins the decimals then
        ways = [("fr", plain.replace(" ", "\u202f").replace(".", ","))]
    else:
        ways = [("en", plain), ("es", plain)]
    for locale, written in ways:
        with contextlib.suppress(numbers.NumberFormatError):
            yield numbers.parse_decimal(written, locale, strict=True)
