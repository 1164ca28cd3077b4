"""What an edition may promise (L3, L9), and the VAT of its sale."""

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of a sale: its rate, and its category as invoices name it (EN 16931): S charged, E exempt."""

    permille: int
    category: Literal["S", "E"]


def vat_of_sale(
    *, is_charged: bool, rate_permille: int, is_company: bool, country: str, vat_number: str = ""
) -> Vat | None:
    """The VAT of support given by people to a buyer of this country; None: to be agreed with the provider first.

    Who is in franchise charges none (art. 293 B CGI). Else it is French VAT for everybody in France, and for consumers
    anywhere, because it is taxed where the provider is (directive 2006/112, art. 45). A business elsewhere in the EU
    owes the VAT itself (art. 44 and 196, CGI 283-2), which can be told only once its number was checked; one that gives
    none may have one. A business outside the EU is outside French VAT.
    """
    is_elsewhere = country in EUROPEAN_UNION - {"FR"} or (vat_number and not vat_number.startswith("FR"))
    if is_company and is_elsewhere:
        return None
    if not is_charged:
        return Vat(0, "E")
    if is_company and country not in EUROPEAN_UNION:
        return None
    return Vat(rate_permille, "S")


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
