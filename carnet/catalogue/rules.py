"""What an edition may promise (L3, L9), and the VAT of its sale."""

import datetime
from dataclasses import dataclass
from typing import Literal

from carnet.kernel import money

LEAST_MONTHS = 6
LEAST_SHARED_TOKENS = 20
EUROPEAN_UNION = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"}
    | {"LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)


def may_publish_validity(validity_months: int | None) -> bool:
    """L3: whether a pack may be published with this validity: 6 months at least, and never without one."""
    return validity_months is not None and validity_months >= LEAST_MONTHS


def may_be_shared(*, tokens: int | None) -> bool:
    """L9: whether an edition may be shared: from 20 tokens on; one of hours (`tokens` None) as it says itself."""
    return tokens is None or tokens >= LEAST_SHARED_TOKENS


@dataclass(frozen=True, slots=True)
class Contents:
    """What an edition holds: how many units, for how long, and for whom.

    `quantity` is in tokens, or in minutes for a pack of hours and the trial; None: without limit (subscription).
    """

    quantity: int | None
    validity_months: int | None  # of a pack (L2, L3)
    shared: bool  # L9
    token_minutes: int = 30  # what one token pays for (T2)


VatCategory = Literal["S", "E", "AE", "O", "G"]
VatOutcome = Literal["valid", "invalid", "unreachable"]
Place = Literal["mainland", "overseas", "without_vat", "union", "outside"]
# The rates of Guadeloupe, Martinique and Réunion in place of the mainland's (CGI 296).
OVERSEAS_PERMILLE = {200: 85, 100: 21, 55: 21}
OVERSEAS = ("971", "972", "974")
WITHOUT_VAT = ("973", "976")  # Guyane and Mayotte (CGI 294-1)
# Saint-Barthélemy and Saint-Martin kept postcodes of Guadeloupe; the other collectivities have their own.
COLLECTIVITIES = ("97133", "97150", "975", "977", "978", "986", "987", "988")
# How long an answer about a VAT number spares asking again, and how long it still counts while nobody answers.
ASKED_AGAIN_AFTER: dict[VatOutcome, datetime.timedelta] = {
    "valid": datetime.timedelta(days=1), "invalid": datetime.timedelta(minutes=10),
    "unreachable": datetime.timedelta(minutes=1),
}  # fmt: skip
COUNTS_FOR: dict[VatOutcome, datetime.timedelta] = {
    "valid": datetime.timedelta(days=30), "invalid": datetime.timedelta(days=1),
    "unreachable": datetime.timedelta(hours=1),
}  # fmt: skip
HOURLY_FOR = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of a sale: its rate, and its category as invoices name it (EN 16931): S charged, E exempt, AE owed by the
    buyer, O outside French VAT, G export.
    """

    permille: int
    category: VatCategory


@dataclass(frozen=True, slots=True)
class TaxedBuyer:
    """What decides the VAT of a buyer. `owes_vat`: a business elsewhere in the EU whose VAT number counts."""

    is_company: bool
    country: str
    postcode: str = ""
    owes_vat: bool = False


@dataclass(frozen=True, slots=True)
class VatChoices:
    """⚙ What the provider's accountant chose where the law leaves it open."""

    vat_outside_eu_companies: str = "blocked"  # or outside_france (O), export (G)
    vat_outside_eu_consumers: str = "french"  # or outside_france
    vat_overseas_consumers: str = "overseas"  # or mainland: taxed where the provider is


@dataclass(frozen=True, slots=True)
class VatAnswer:
    """What VIES said of a VAT number: its holder as registered, if the country tells it, and the consultation number
    that proves the answer. `code` is why there is none.
    """

    outcome: VatOutcome
    code: str = ""
    name: str = ""
    address: str = ""
    consultation: str = ""


def place_of(country: str, postcode: str) -> Place:
    """Where a buyer is for French VAT; Monaco counts as France (convention of 1963)."""
    if country in ("FR", "MC"):
        plain = postcode.replace(" ", "")
        if plain.startswith(COLLECTIVITIES):
            return "outside"
        if plain.startswith(OVERSEAS):
            return "overseas"
        return "without_vat" if plain.startswith(WITHOUT_VAT) else "mainland"
    return "union" if country in EUROPEAN_UNION else "outside"


def may_owe_vat(*, is_company: bool, country: str, vat_number: str) -> bool:
    """Whether VIES is to be asked: a business elsewhere in the EU that gives a VAT number."""
    return is_company and bool(vat_number) and place_of(country, "") == "union"


NO_CHOICES = VatChoices()


def vat_of_sale(
    *, is_charged: bool, rate_permille: int, buyer: TaxedBuyer, choices: VatChoices = NO_CHOICES
) -> Vat | None:
    """The VAT of support given by people to this buyer; None: to be agreed with the provider first.

    Who is in franchise charges none (art. 293 B CGI). A business elsewhere in the EU owes the VAT itself once its
    number counts (art. 44 and 196 of directive 2006/112, CGI 283-2); without one, and for consumers, it is taxed where
    the provider is (art. 45). Overseas départements have their own rate, or none (CGI 294, 296). Beyond the EU the
    accountant decides (⚙).
    """
    if not is_charged:
        return Vat(0, "E")
    french = Vat(rate_permille, "S")
    place = place_of(buyer.country, buyer.postcode)
    if place in ("overseas", "without_vat"):
        if not buyer.is_company and choices.vat_overseas_consumers == "mainland":
            return french
        return Vat(OVERSEAS_PERMILLE.get(rate_permille, rate_permille), "S") if place == "overseas" else Vat(0, "O")
    if place == "union":
        return Vat(0, "AE") if buyer.is_company and buyer.owes_vat else french
    if place == "outside":
        return _vat_beyond(french, buyer, choices)
    return french


def _vat_beyond(french: Vat, buyer: TaxedBuyer, choices: VatChoices) -> Vat | None:
    if not buyer.is_company:
        return Vat(0, "O") if choices.vat_outside_eu_consumers == "outside_france" else french
    match choices.vat_outside_eu_companies:
        case "outside_france":
            return Vat(0, "O")
        case "export":
            return Vat(0, "G")
        case _:
            return None


def price_of(price_cents: int, own_permille: int, vat: Vat) -> money.Split:
    """What a buyer with this VAT pays of a price that includes the edition's own VAT. Another rate, or none, is
    reckoned from its net price, so that the provider earns the same; in franchise there is no VAT in it.
    """
    if vat.category == "E" or (vat.category == "S" and vat.permille == own_permille):
        return money.split_gross(price_cents, vat.permille)
    net_cents = money.split_gross(price_cents, own_permille).net_cents
    return money.Split(net_cents, money.divide_half_up(net_cents * vat.permille, 1000))


def is_asked_again(outcome: VatOutcome, age: datetime.timedelta) -> bool:
    """Whether an order of now asks VIES about a number that it answered so long ago."""
    return age >= ASKED_AGAIN_AFTER[outcome]


def answer_counts(outcome: VatOutcome, age: datetime.timedelta) -> bool:
    """Whether an order may rely on an answer that old."""
    return age <= COUNTS_FOR[outcome]


def next_check_at(ordered_at: datetime.datetime, last_at: datetime.datetime) -> datetime.datetime:
    """When VIES, which did not answer, is asked again about an order's number: hourly on the first day, then daily."""
    is_first_day = last_at - ordered_at < HOURLY_FOR
    return last_at + (datetime.timedelta(hours=1) if is_first_day else datetime.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class PackOnSale:
    """A pack on sale as the adviser reckons with it: tokens, or minutes."""

    code: str
    units: int
    price_cents: int
    shared: bool


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody expects of a year: how many questions, how long each takes, and how many people ask."""

    questions: int
    minutes: int
    people: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What one way of buying comes to in a year: how many units are needed, which packs hold them, and their price."""

    kind: Literal["subscription", "tokens", "hours"]
    price_cents: int
    units: int
    packs: tuple[tuple[str, int], ...]  # code and how many of it


def advice(
    need: Need, *, tokens: list[PackOnSale], hours: list[PackOnSale], monthly_cents: int | None, token_minutes: int = 30
) -> list[Advice]:
    """What a year costs by subscription (S1), by tokens (T2) and by hours (H1, H2), the cheapest first.

    Several people need shared packs (L9). Of each pack of hours the first 30 minutes are one subject's: what a shorter
    question leaves of them is not reckoned with.
    """
    found = []
    if monthly_cents is not None:
        found.append(Advice("subscription", monthly_cents * 12, 0, ()))
    in_tokens = need.questions * max(1, -(-need.minutes // token_minutes))
    in_minutes = need.questions * need.minutes
    lost = max(0, 30 - need.minutes)
    for kind, packs, units, lost_each in (("tokens", tokens, in_tokens, 0), ("hours", hours, in_minutes, lost)):
        usable = [pack for pack in packs if pack.shared or need.people == 1]
        if usable:
            price_cents, chosen = _cheapest(usable, units, lost_each)
            found.append(Advice(kind, price_cents, units, chosen))  # type: ignore[arg-type]
    return sorted(found, key=lambda one: one.price_cents)


def _cheapest(packs: list[PackOnSale], units: int, lost_each: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The cheapest packs that together hold at least so many units, each less what is lost of it."""
    best: list[tuple[int, PackOnSale | None]] = [(0, None)]
    for wanted in range(1, units + 1):
        best.append(
            min(
                ((best[max(0, wanted - (pack.units - lost_each))][0] + pack.price_cents, pack) for pack in packs),
                key=lambda one: one[0],
            )
        )
    counts: dict[str, int] = {}
    left = units
    while left > 0:
        pack = best[left][1]
        assert pack is not None
        counts[pack.code] = counts.get(pack.code, 0) + 1
        left -= pack.units - lost_each
    return best[units][0], tuple(sorted(counts.items()))
