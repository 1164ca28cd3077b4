"""Amounts as people type them, and what the QR code of a transfer says."""

import re
from decimal import Decimal
from typing import Literal

MOST_CENTS = 999_999_999
_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR)$", re.IGNORECASE)
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:\.[0-9]{3})+|(?: [0-9]{3})+)")
EPC_MOST_BYTES = 331
Problem = Literal["empty", "no_number", "negative", "zero", "too_many_decimals", "too_large", "ambiguous"]


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


def epc_payload(*, name: str, iban: str, bic: str, amount_cents: int, reference: str) -> str:
    """What the QR code of a transfer says, by EPC069-12: account, amount and structured reference.

    `ValueError` beyond its limits: a name of 70 characters, 0.01 to 999,999,999.99 €, 331 bytes in all, and for
    anything with a line break, which would make one line two.
    """
    if not 1 <= len(name) <= 70 or not 1 <= amount_cents <= 99_999_999_999 or not 1 <= len(reference) <= 35:
        raise ValueError(f"no transfer of this kind: {len(name)} characters, {amount_cents} cents, {reference}")
    if re.search(r"[\r\n]", f"{name}{iban}{bic}{reference}"):
        raise ValueError("no transfer of this kind: a line break in what it says")
    amount = f"EUR{amount_cents // 100}.{amount_cents % 100:02d}"
    payload = f"BCD\n002\n1\nSCT\n{bic}\n{name}\n{iban}\n{amount}\n\n{reference}"
    if len(payload.encode()) > EPC_MOST_BYTES:
        raise ValueError(f"{len(payload.encode())} bytes are too many for this code")
    return payload
