import datetime
from dataclasses import dataclass

from carnet.catalogue import rules
from carnet.catalogue.models import Edition, Offer, VatCheck
from carnet.provider import queries as provider


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


def vat_check_that_counts(number: str, at: datetime.datetime) -> VatCheck | None:
    """What an order of now may rely on for this VAT number: the newest answer of VIES that is not too old, else that it
    was asked and did not answer; None: it has to be asked.
    """
    since = at - max(rules.COUNTS_FOR.values())
    checks = VatCheck.objects.filter(details__number=number, at__gte=since, at__lte=at).order_by("-at", "-pk")
    counting = [one for one in checks if rules.answer_counts(one.outcome, at - one.at)]  # type: ignore[arg-type]
    answered = (one for one in counting if one.outcome != VatCheck.Outcome.UNREACHABLE)
    return next(answered, None) or next(iter(counting), None)


def last_vat_check(number: str) -> VatCheck | None:
    """The newest check of this VAT number, answered or not."""
    return VatCheck.objects.filter(details__number=number).order_by("-at", "-pk").first()


def vat_check_just_made(number: str, at: datetime.datetime) -> VatCheck | None:
    """What VIES said of this VAT number a moment ago, so that it is not asked again; None: an order of now asks."""
    last = last_vat_check(number)
    return None if last is None or rules.is_asked_again(last.outcome, at - last.at) else last  # type: ignore[arg-type]


def vat_choices() -> rules.VatChoices:
    """⚙ What was chosen where the law leaves it open."""
    return rules.VatChoices(
        **provider.settings_for("vat_outside_eu_companies", "vat_outside_eu_consumers", "vat_overseas_consumers")
    )
