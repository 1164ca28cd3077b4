"""What can be bought, by which means and for how much."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.db.models import QuerySet

from carnet.catalogue import rules as catalogue
from carnet.catalogue.models import Edition, Offer, VatCheck
from carnet.ledger.rules import Unit
from carnet.orders import rules
from carnet.orders.models import Order, OrderBuyer, OrderMeans
from carnet.orders.queries import taxes
from carnet.payments import queries as payments
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.schedule import queries as schedule

UNITS: dict[str, Unit] = {Offer.Kind.TOKENS: "token", Offer.Kind.HOURS: "minute"}


SATURDAY = 5


def packs_on_sale(at: datetime.datetime) -> QuerySet[Edition]:
    """Packs of tokens and of hours on sale at `at`, in the order in which they are shown, with their offers."""
    packs = Edition.objects.on_sale_at(at).filter(offer__kind__in=UNITS)
    return packs.select_related("offer").order_by("offer__position", "offer_id")


def terms_at(at: datetime.datetime) -> TextVersion | None:
    """The terms that an order of this moment agrees to."""
    versions = TextVersion.objects.filter(kind=TextVersion.Kind.TERMS, published_at__lte=at)
    return versions.order_by("-version").first()


def means_on_offer() -> list[str]:
    """How the provider can be paid, at once first: by PayPal once there is an access to its account, by transfer once
    the bank's is known, by cheque once the address is.
    """
    company = provider.company()
    found = []
    if payments.online_access() is not None:
        found.append(OrderMeans.PAYPAL.value)
    if company.iban and company.account_holder:
        found.append(OrderMeans.TRANSFER.value)
    if company.street and company.city:
        found.append(OrderMeans.CHEQUE.value)
    return found


def free_reference(make: Callable[[], str]) -> str:
    """A reference that no order has yet."""
    while True:
        reference = make()
        if not Order.objects.filter(reference=reference).exists():
            return reference


def last_day_to_withdraw(ordered_on: datetime.date, *, country: str, postcode: str) -> datetime.date:
    """O11: the last day on which a consumer with this address may withdraw from what counts as ordered on this day."""
    own, theirs = str(provider.setting("holidays_of")), rules.holidays_place(country, postcode)
    return rules.withdrawal_last_day(ordered_on, *(partial(_is_working_day, place) for place in {own, theirs}))


def _is_working_day(place: str, day: datetime.date) -> bool:
    return day.weekday() < SATURDAY and day not in schedule.public_holidays(place, day.year)


def are_on_sale(order: Order, at: datetime.datetime) -> bool:
    """Whether everything that was ordered is still on sale (O3)."""
    editions = {line.edition_id for line in order.lines.all()}
    return packs_on_sale(at).filter(pk__in=editions).count() == len(editions)


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would come to: the price with its VAT and why there is none, the credit that it uses, and what is
    left to pay. `is_on_word`: no VAT is charged on the buyer's word, as VIES could not answer.
    """

    price_cents: int
    net_cents: int
    vat_cents: int
    vat_permille: int
    credit_cents: int
    vat_category: str = "S"
    is_on_word: bool = False

    @property
    def asked_cents(self) -> int:
        return self.price_cents - self.credit_cents

    @property
    def vat_percent(self) -> Decimal:
        return Decimal(self.vat_permille) / 10


def quote(
    customer: Customer, edition: Edition, *, country: str, at: datetime.datetime, postcode: str = "",
    vat_number: str = "",
) -> Quote:  # fmt: skip
    """What this edition would cost the customer now, as it will be charged: by what VIES said of the VAT number (in its
    plain form) if it was asked. An order that is refused for its country shows French VAT.
    """
    is_company = customer.kind == Customer.Kind.COMPANY
    check = taxes.check_that_counts(is_company=is_company, country=country, vat_number=vat_number, at=at)
    vat = taxes.vat_for(edition, is_company=is_company, country=country, postcode=postcode, check=check)
    vat = vat or catalogue.Vat(edition.vat_permille, "S")
    price = catalogue.price_of(edition.price_cents, edition.vat_permille, vat)
    price_cents = price.net_cents + price.vat_cents
    credit = min(payments.credit_cents(customer), price_cents)
    is_on_word = check is not None and check.outcome == VatCheck.Outcome.UNREACHABLE
    return Quote(
        price_cents, price.net_cents, price.vat_cents, vat.permille, credit, vat_category=vat.category,
        is_on_word=is_on_word,
    )  # fmt: skip


def withdrawal_last_day(
    customer: Customer, at: datetime.datetime, *, country: str = "FR", postcode: str = ""
) -> datetime.date | None:
    """O11: until when a household at this address that orders at `at` may withdraw; None for a company."""
    if customer.kind != Customer.Kind.HOUSEHOLD:
        return None
    return last_day_to_withdraw(schedule.today(at), country=country, postcode=postcode)


def withdrawal_until(order: Order) -> datetime.date | None:
    """O3, O11: the last day on which the order's consumer may withdraw, from its revival on if there was one; None for
    a company.
    """
    if order.withdrawal_last_day is None:
        return None
    revival = order.revivals.order_by("-pk").first()
    return revival.withdrawal_last_day if revival else order.withdrawal_last_day


def can_withdraw(order: Order, at: datetime.datetime) -> bool:
    """O11: whether the order's consumer may still withdraw; there is nothing to withdraw from once it has ended."""
    is_there = order.state in (Order.State.WAITING, Order.State.CHOOSING, Order.State.SETTLED)
    last_day = withdrawal_until(order) if is_there else None
    return last_day is not None and schedule.today(at) <= last_day


def last_buyer(customer: Customer) -> OrderBuyer | None:
    """Who was named on the customer's last order."""
    return OrderBuyer.objects.filter(order__customer=customer).order_by("-order_id").first()
