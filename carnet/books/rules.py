"""What a line of the sales journal says, and what lines come to (CGI art. 286 I 3° bis)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from carnet.kernel.keys import Cause

Kind = Literal["sale", "payment", "credit", "refund", "fee", "correction", "document"]
MONEY = ("payment", "credit", "refund", "fee")  # how it came or went is said by `means`
MEANS = ("transfer", "cheque", "paypal", "credit")
DOCUMENT_LENGTH = 35
LABEL_LENGTH = 60


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One line as its caller gives it: plain values, no names. Amounts are in cents and signed.

    A sale says its `document` (the invoice) and its VAT; a payment, and a change of a customer's credit, how it came
    (`means`), without VAT. A refund is money that went back, so it is negative; a fee is what a payment service kept
    or, if positive, gave back: both are money, and no sale. A correction names the line that it corrects, and has
    `means` if that line has. A document says by `digest` which file was made of an invoice, and moves nothing. Anything
    else is a programmer's mistake (ValueError).
    """

    kind: Kind
    on: datetime.date  # of the sale, or of the receipt
    customer_id: int
    cause: Cause
    label: str  # a code, e.g. tokens-20
    net_cents: int
    vat_permille: int
    vat_cents: int
    gross_cents: int
    document: str = ""
    means: str = ""
    quantity: int = 1
    corrects_id: int | None = None
    payment_id: int | None = None
    digest: str = ""  # SHA-256 of what the line vouches for

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"no such kind of line: {self}")
        # A moment would be hashed as one, and read again as a day.
        if isinstance(self.on, datetime.datetime):
            raise ValueError(f"a line has a day, not a moment: {self}")
        if not 0 < len(self.label) <= LABEL_LENGTH or len(self.document) > DOCUMENT_LENGTH:
            raise ValueError(f"a label is missing, or it or the document is too long: {self}")
        if self.quantity < 1 or self.vat_permille < 0:
            raise ValueError(f"less than one, or a rate below zero: {self}")
        if self.net_cents + self.vat_cents != self.gross_cents:
            raise ValueError(f"net and VAT are not the gross amount: {self}")
        if (self.kind == "correction") != (self.corrects_id is not None):
            raise ValueError(f"a correction, and only that, names what it corrects: {self}")
        if self.kind != "correction" and (self.kind in MONEY) != bool(self.means):
            raise ValueError(f"money, and only that, has means: {self}")
        if self.means and (self.means not in MEANS or self.vat_cents or self.vat_permille):
            raise ValueError(f"money has known means and no VAT: {self}")
        if self.kind in ("payment", "refund", "fee") and self.payment_id is None:
            raise ValueError(f"a payment has a number: {self}")
        if (self.kind == "refund" and self.gross_cents >= 0) or (self.kind == "fee" and not self.gross_cents):
            raise ValueError(f"a refund takes money away, and a fee is money: {self}")
        if self.kind in ("refund", "fee") and self.means == "credit":
            raise ValueError(f"credit that goes back is credit, and has no fee: {self}")
        if self.kind == "document" and (self.gross_cents or self.vat_cents or not (self.document and self.digest)):
            raise ValueError(f"a document has a number and a digest, and moves nothing: {self}")


class Amounts(Protocol):
    """What is added up: a `BookEntry`, or a line as it was written."""

    @property
    def kind(self) -> str: ...
    @property
    def means(self) -> str: ...
    @property
    def vat_permille(self) -> int: ...
    @property
    def net_cents(self) -> int: ...
    @property
    def vat_cents(self) -> int: ...
    @property
    def gross_cents(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Total:
    """What lines of one rate of VAT come to."""

    vat_permille: int
    net_cents: int
    vat_cents: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What was sold, by rate of VAT, the highest first, and altogether."""

    by_rate: tuple[Total, ...]
    net_cents: int
    vat_cents: int
    gross_cents: int


def totals(lines: Iterable[Amounts]) -> Totals:
    """The sums of sales and of their corrections, in cents; money, corrections of money, and documents are not
    counted.
    """
    sums: dict[int, list[int]] = {}
    for line in lines:
        if not line.means and line.kind != "document":
            rate = sums.setdefault(line.vat_permille, [0, 0, 0])
            for place, cents in enumerate((line.net_cents, line.vat_cents, line.gross_cents)):
                rate[place] += cents
    by_rate = tuple(Total(rate, *sums[rate]) for rate in sorted(sums, reverse=True))
    return Totals(
        by_rate,
        sum(total.net_cents for total in by_rate),
        sum(total.vat_cents for total in by_rate),
        sum(total.gross_cents for total in by_rate),
    )
