import datetime
from dataclasses import dataclass

from carnet.catalogue import rules
from carnet.catalogue.models import Edition, Offer


@dataclass(frozen=True, slots=True)
class OffersOnSale:
    """What can be had at one moment; editions come with their offers, packs in the order in which they are shown."""

    trial: Edition | None
    subscription: Edition | None
    tokens: list[Edition]
    hours: list[Edition]

    @property
    def is_empty(self) -> bool:
        return not (self.trial or self.subscription or self.tokens or self.hours)


def offers_on_sale(at: datetime.datetime) -> OffersOnSale:
    """Everything on sale at `at`, in one query."""
    editions = list(Edition.objects.on_sale_at(at).select_related("offer").order_by("offer__position", "offer_id"))

    def of(kind: Offer.Kind) -> list[Edition]:
        return [edition for edition in editions if edition.offer.kind == kind]

    return OffersOnSale(
        trial=next(iter(of(Offer.Kind.TRIAL)), None),
        subscription=next(iter(of(Offer.Kind.SUBSCRIPTION)), None),
        tokens=of(Offer.Kind.TOKENS),
        hours=of(Offer.Kind.HOURS),
    )


def edition_on_sale(code: str, at: datetime.datetime) -> Edition | None:
    """The edition of the offer `code` that is sold at `at`."""
    return Edition.objects.on_sale_at(at).select_related("offer").filter(offer__code=code).first()


@dataclass(frozen=True, slots=True)
class AdviceShown:
    """One way to buy for a year, with the editions that it takes and how many of each."""

    advice: rules.Advice
    packs: list[tuple[int, Edition]]


def advice(on_sale: OffersOnSale, need: rules.Need) -> list[AdviceShown]:
    """What a year of such questions would cost with what is on sale, the cheapest way first."""
    editions = {edition.offer.code: edition for edition in (*on_sale.tokens, *on_sale.hours)}
    found = rules.advice(
        need,
        tokens=[_pack(edition) for edition in on_sale.tokens],
        hours=[_pack(edition) for edition in on_sale.hours],
        monthly_cents=on_sale.subscription.price_cents if on_sale.subscription else None,
    )
    return [AdviceShown(one, [(count, editions[code]) for code, count in one.packs]) for one in found]


def _pack(edition: Edition) -> rules.PackOnSale:
    return rules.PackOnSale(edition.offer.code, edition.quantity or 0, edition.price_cents, edition.shared)
