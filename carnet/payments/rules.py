"""Money that came in, as it is recorded, and amounts as people type them."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MOST_CENTS = 999_999_999
_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR)$", re.IGNORECASE)
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:\.[0-9]{3})+|(?: [0-9]{3})+)")
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

    The last comma or point that one or two digits follow begins the decimals; others, blanks and apostrophes part
    thousands, and nothing else: 12 50 is no amount. Raises `NotAnAmount`: also for 1,234, which could be either, and
    for more than 9,999,999.99 €.
    """
    plain = re.sub(r"\s+|[’']", " ", _CURRENCY.sub("", text.strip()).strip())
    if not plain:
        raise NotAnAmount("empty")
    if plain[0] in "-\u2212":
        raise NotAnAmount("negative")
    if not re.fullmatch(r"[0-9]+([., ][0-9]+)*[.,]?", plain):
        raise NotAnAmount("no_number")
    whole, decimals = _parted(plain)
    cents = int(Decimal(f"{whole}.{decimals or 0}") * 100)
    if cents > MOST_CENTS:
        raise NotAnAmount("too_large")
    if not cents:
        raise NotAnAmount("zero")
    return cents


def _parted(plain: str) -> tuple[str, str]:
    """The digits before and after the sign that begins the decimals."""
    signs = [place for place, character in enumerate(plain) if character in ".,"]
    before, sign, decimals = (
        (plain[: signs[-1]], plain[signs[-1]], plain[signs[-1] + 1 :]) if signs else (plain, "", "")
    )
    if " " in decimals:
        raise NotAnAmount("no_number")
    if len(decimals) <= 2:
        if (sign and sign in before) or not (before.isdigit() or _GROUPS.fullmatch(before)):
            raise NotAnAmount("no_number")
        return re.sub("[., ]", "", before), decimals
    if not _GROUPS.fullmatch(plain):
        raise NotAnAmount("too_many_decimals")
    if len(signs) == 1:
        raise NotAnAmount("ambiguous")
    return re.sub("[.,]", "", plain), ""
