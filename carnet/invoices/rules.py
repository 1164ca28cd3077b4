"""What stands on an invoice, and its number (O8; CGI ann. II art. 242 nonies A; code de commerce L441-9, L441-10)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from carnet.kernel import money

Mention = Literal["franchise", "no_discount", "late_penalties", "forty_euros"]
CATEGORIES = ("S", "E")  # of EN 16931: with VAT, exempt


@dataclass(frozen=True, slots=True)
class Seller:
    """The provider as law wants it named. The capital is in cents."""

    name: str
    address: tuple[str, ...]
    siren: str = ""
    registry: str = ""
    capital_cents: int | None = None
    vat_number: str = ""
    email: str = ""
    phone: str = ""


def is_named(seller: Seller, lines: Sequence["Line"]) -> bool:
    """Whether the seller is named as law wants it: name, address, SIREN, and the VAT number if VAT is charged."""
    charges_vat = any(line.vat_permille for line in lines)
    return bool(seller.name and seller.address and seller.siren and (seller.vat_number or not charges_vat))


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought. `email` is where the invoice is sent; `country` is the code of one abroad."""

    name: str
    address: tuple[str, ...]
    email: str
    is_company: bool
    siren: str = ""
    vat_number: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What was sold, in words of each language, with VAT in its price; `code` names it in the books.

    `gross_cents` is the price of all of `quantity`. A category of which an invoice could not say what law wants is a
    programmer's mistake (ValueError), and so is VAT on what is exempt.
    """

    code: str
    words: dict[str, str]
    gross_cents: int
    vat_permille: int
    category: str  # of CATEGORIES
    quantity: int = 1

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES or (self.category == "E" and self.vat_permille):
            raise ValueError(f"no such VAT on an invoice: {self}")
        if self.quantity < 1:
            raise ValueError(f"less than one was sold: {self}")

    @property
    def split(self) -> money.Split:
        return money.split_gross(self.gross_cents, self.vat_permille)

    @property
    def unit_cents(self) -> int:
        """The net price of one, to the nearest cent: what is charged is the line's."""
        return money.divide_half_up(self.split.net_cents, self.quantity)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that pays for it."""

    means: str  # transfer, cheque, credit
    on: datetime.date
    amount_cents: int


class Total(NamedTuple):
    """What lines of one rate of VAT come to."""

    vat_permille: int
    net_cents: int
    vat_cents: int
    gross_cents: int


class Place(NamedTuple):
    """Where a document stands in its series."""

    year: int
    sequence: int
    issued_on: datetime.date


def next_place(last: Place | None, today: datetime.date) -> Place:
    """O8: the next number, without a gap, from 1 in every year, never dated before the number before it."""
    if last is None:
        return Place(today.year, 1, today)
    issued_on = max(today, last.issued_on)
    sequence = last.sequence + 1 if issued_on.year == last.year else 1
    return Place(issued_on.year, sequence, issued_on)


def number(series: str, place: Place) -> str:
    """F2026-000123: at most 35 characters without blanks (BR-FR-01, BR-FR-02)."""
    return f"{series}{place.year}-{place.sequence:06d}"


def totals(lines: Sequence[Line]) -> list[Total]:
    """What the lines come to by rate of VAT, the highest first: what is charged is what is invoiced, to the cent."""
    sums: dict[int, list[int]] = {}
    for line in lines:
        rate = sums.setdefault(line.vat_permille, [0, 0, 0])
        for place, cents in enumerate((*line.split, line.gross_cents)):
            rate[place] += cents
    return [Total(rate, *sums[rate]) for rate in sorted(sums, reverse=True)]


def mentions(*, is_company: bool, lines: Sequence[Line]) -> list[Mention]:
    """What law wants said: that no VAT is charged (art. 293 B CGI), and to businesses what late payment costs (D441-5,
    L441-10), which is neither said to consumers nor asked of them.
    """
    found: list[Mention] = ["franchise"] if any(line.category == "E" for line in lines) else []
    return [*found, "no_discount", "late_penalties", "forty_euros"] if is_company else found
