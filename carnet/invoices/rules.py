"""The facts that an invoice fixes, and its number (O8; CGI ann. II art. 242 nonies A; code de commerce L441-9,
L441-10). Its words, its PDF and its XML are made from these facts alone.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

from carnet.kernel import chain, keys, money

WhyNoVat = Literal["franchise", "reverse_charge", "outside_france", "export"]
Term = Literal["services", WhyNoVat, "debits", "no_discount", "late_penalties", "forty_euros"]
# What the law wants said, by language and code: as it was worded when the invoice was issued.
Mentions = dict[str, dict[Term, str]]
# Why an invoice is corrected: its consumer withdrew (O11), units go back (O9), or nobody paid it, or paid it in the end
# (O7, O8).
CreditReason = Literal["withdrawal", "refund", "unpaid", "disputed", "bounced"]
FRANCHISE = "VATEX-FR-FRANCHISE"
REVERSE_CHARGE = "VATEX-EU-AE"
OUTSIDE_FRANCE = "VATEX-EU-O"
EXPORT = "VATEX-EU-G"
# Categories of VAT of EN 16931 that an invoice can explain, each with the codes of why no VAT is charged.
EXEMPTIONS: dict[str, tuple[str, ...]] = {
    "S": ("",), "E": (FRANCHISE,), "AE": (REVERSE_CHARGE,), "O": (OUTSIDE_FRANCE,), "G": (EXPORT,),
}  # fmt: skip
EXPLAINED: dict[str, WhyNoVat] = {
    FRANCHISE: "franchise", REVERSE_CHARGE: "reverse_charge", OUTSIDE_FRANCE: "outside_france", EXPORT: "export",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where somebody is, in its parts; `country` is its code (ISO 3166)."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"

    @property
    def lines(self) -> list[str]:
        """As it is written on an envelope, without the country."""
        return [line for line in (self.street, f"{self.postcode} {self.city}".strip()) if line]


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """The provider as the law wants it named, and the account to pay to. The capital is in cents."""

    name: str
    address: PostalAddress
    siren: str = ""
    siret: str = ""
    registry: str = ""
    capital_cents: int | None = None
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    account_holder: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """Who bought. `email` is where the invoice is sent."""

    name: str
    address: PostalAddress
    email: str
    is_company: bool
    siren: str = ""
    vat_number: str = ""


# In place of a buyer whose name was emptied after the legal period.
NOBODY = BuyerFacts("", PostalAddress(country=""), "", is_company=False)


@dataclass(frozen=True, slots=True)
class PackSold:
    """What a pack of prepaid support holds: so many tickets of so many minutes, or so many minutes."""

    unit: str  # token, minute
    count: int
    token_minutes: int
    validity_months: int | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What was sold, and its amounts in cents: `unit_cents` is the net price of one, the others are of the whole line.

    `code` names it in the books, `names` on the document, in each language in which that can be asked for. On a credit
    note `units_back` is how many units of the pack are taken back, 0 if it is about money alone. A category or an
    exemption that an invoice could not explain is a programmer's mistake (ValueError), and so are VAT on what is exempt
    and amounts that do not add up.
    """

    code: str
    names: dict[str, str]
    quantity: int
    unit_cents: int
    net_cents: int
    vat_cents: int
    gross_cents: int
    vat_permille: int
    vat_category: str
    exemption: str = ""
    pack: PackSold | None = None
    units_back: int = 0

    def __post_init__(self) -> None:
        is_explained = self.exemption in EXEMPTIONS.get(self.vat_category, ())
        if not is_explained or (self.exemption and (self.vat_permille or self.vat_cents)):
            raise ValueError(f"no such VAT on an invoice: {self}")
        if self.quantity < 1:
            raise ValueError(f"less than one was sold: {self}")
        if self.net_cents + self.vat_cents != self.gross_cents:
            raise ValueError(f"net and VAT are not the gross amount: {self}")


def line(
    code: str,
    names: dict[str, str],
    price: money.Split,
    vat_permille: int,
    vat_category: str,
    *,
    quantity: int = 1,
    pack: PackSold | None = None,
) -> LineFacts:
    """The line of what is sold at this price, net and VAT, for all of `quantity`. The net price of one is to the
    nearest cent; what is charged is the line's.
    """
    return LineFacts(
        code=code, names=names, quantity=quantity, unit_cents=money.divide_half_up(price.net_cents, max(1, quantity)),
        net_cents=price.net_cents, vat_cents=price.vat_cents, gross_cents=price.net_cents + price.vat_cents,
        vat_permille=vat_permille, vat_category=vat_category, exemption=EXEMPTIONS.get(vat_category, ("",))[0],
        pack=pack,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that pays for it, or that goes back on a credit note. `reference` names it, e.g. payment:12; credit has
    none.
    """

    means: str  # transfer, cheque, paypal, credit
    on: datetime.date
    amount_cents: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What whoever sells knows of a sale: all that its invoice fixes, but for number and dates of issue.

    Every line is named in French and in `language`. `delivered_on` is the day of the sale. Less than one line, or a
    name that is missing, is a programmer's mistake (ValueError).
    """

    seller: SellerFacts
    buyer: BuyerFacts
    lines: tuple[LineFacts, ...]
    paid: tuple[Paid, ...]
    order_reference: str
    delivered_on: datetime.date
    language: str
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if not self.lines or any({"fr", self.language} - one.names.keys() for one in self.lines):
            raise ValueError(f"nothing was sold, or it has no name: {self.lines}")


@dataclass(frozen=True, slots=True)
class Corrected:
    """The invoice that a credit note corrects, and why."""

    number: str
    issued_on: datetime.date
    reason: CreditReason


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """How much of a line of an invoice is credited, in gross cents; of a pack, for how many units."""

    position: int  # of the line on the invoice
    gross_cents: int
    units: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """The facts with what issuing added: all that a document shows. A credit note says what it `corrects`.

    `mentions` has a text for each of the `terms`, in French and in the customer's language.
    """

    kind: str  # invoice, credit_note
    number: str
    issued_on: datetime.date
    due_on: datetime.date
    terms: tuple[Term, ...]
    mentions: Mentions
    facts: InvoiceFacts
    corrects: Corrected | None = None

    @property
    def gross_cents(self) -> int:
        return sum(line.gross_cents for line in self.facts.lines)

    @property
    def paid_cents(self) -> int:
        """What was paid of it, or went back on a credit note."""
        return min(self.gross_cents, sum(one.amount_cents for one in self.facts.paid))

    @property
    def left_cents(self) -> int:
        return self.gross_cents - self.paid_cents


class VatTotal(NamedTuple):
    """What lines of one rate and category of VAT come to."""

    vat_permille: int
    vat_category: str
    exemption: str
    net_cents: int
    vat_cents: int
    gross_cents: int


class Place(NamedTuple):
    """Where a document stands in its series."""

    year: int
    sequence: int
    issued_on: datetime.date


def is_named(facts: InvoiceFacts) -> bool:
    """Whether the seller is named as the law wants it: name, address, SIREN, and the VAT number if VAT is charged, or
    owed by the buyer (art. 242 nonies A).
    """
    seller, is_of_vat = facts.seller, any(one.vat_permille or one.vat_category == "AE" for one in facts.lines)
    return bool(seller.name and seller.address.lines and seller.siren and (seller.vat_number or not is_of_vat))


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


def credited(line: LineFacts, gross_cents: int, *, before_cents: int, units: int = 0) -> LineFacts:
    """The line of a credit note that takes `gross_cents` off this line of an invoice, of which `before_cents` are
    credited already: at the same rate, and so that all credit notes together are the line, to the cent. More than is
    left of it, or nothing, is a programmer's mistake (ValueError).
    """
    if not 0 < gross_cents <= line.gross_cents - before_cents:
        raise ValueError(f"{gross_cents} cents of {line}, after {before_cents}")

    def vat_of(cents: int) -> int:
        return money.divide_half_up(line.vat_cents * cents, line.gross_cents)

    vat_cents = vat_of(before_cents + gross_cents) - vat_of(before_cents)
    net_cents = gross_cents - vat_cents
    # One line of all that was sold: three packs of 20 hold 60.
    pack = replace(line.pack, count=line.pack.count * line.quantity) if line.pack else None
    return replace(
        line, quantity=1, unit_cents=net_cents, net_cents=net_cents, vat_cents=vat_cents, gross_cents=gross_cents,
        pack=pack, units_back=units,
    )  # fmt: skip


def totals(lines: Iterable[LineFacts]) -> list[VatTotal]:
    """What the lines come to by rate, category and exemption, the highest rate first: what is charged is what is
    invoiced, to the cent.
    """
    sums: dict[tuple[int, str, str], list[int]] = {}
    for one in lines:
        of_rate = sums.setdefault((one.vat_permille, one.vat_category, one.exemption), [0, 0, 0])
        for place, cents in enumerate((one.net_cents, one.vat_cents, one.gross_cents)):
            of_rate[place] += cents
    return [VatTotal(*of, *sums[of]) for of in sorted(sums, key=lambda of: (-of[0], *of[1:]))]


def terms(*, is_company: bool, lines: Sequence[LineFacts], on_debits: bool = False) -> tuple[Term, ...]:
    """What the law wants said, as codes: that services are sold, why no VAT is charged, or that it falls due with the
    invoice (`on_debits`, CGI 269-2 c; art. 242 nonies A), and to businesses what late payment costs (D441-5, L441-10),
    which is neither said to consumers nor asked of them.
    """
    found: list[Term] = ["services"]
    found += [term for exemption, term in EXPLAINED.items() if any(one.exemption == exemption for one in lines)]
    if on_debits and any(one.vat_permille for one in lines):
        found.append("debits")
    if is_company:
        found += ["no_discount", "late_penalties", "forty_euros"]
    return tuple(found)


def buyer_digest(buyer: BuyerFacts, salt: str) -> str:
    """What fixes the buyer. The salt lies beside the name and goes with it: the digest alone then tells nobody."""
    return keys.digest(chain.canonical({"salt": salt, **asdict(buyer)}))


def digest(issued: Issued, *, buyer_digest: str, **beside: Any) -> str:
    """What fixes everything else, and the buyer by their digest, so that it still proves the invoice when the name is
    gone. `beside` is what the row knows more: whose it is, and why.
    """
    facts = asdict(issued)
    facts["facts"]["buyer"] = buyer_digest
    return keys.digest(chain.canonical(facts | beside))
