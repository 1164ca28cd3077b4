"""Ordering: what is bought, at which price, by which terms, and how it will be paid (O1, O2)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from stdnum.eu import vat as vat_numbers
from stdnum.exceptions import ValidationError as NumberIsWrong
from stdnum.fr import siren as sirens
from stdnum.fr import siret as sirets

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.catalogue import queries as catalogue_queries
from carnet.catalogue import rules as catalogue
from carnet.catalogue.models import Edition, VatCheck
from carnet.documents import glyphs
from carnet.jobs import actions as jobs
from carnet.kernel import chain, company_numbers, keys, once, references, seals, text
from carnet.kernel.refused import Refused
from carnet.ledger import queries as ledger_queries
from carnet.ledger.actions import movements as ledger
from carnet.ledger.models import CustomerLedger
from carnet.orders import mails, rules
from carnet.orders.models import Order, OrderBuyer, OrderLine, OrderVatCheck
from carnet.orders.queries import sales, taxes
from carnet.payments import queries as payment_queries
from carnet.payments.actions import credit
from carnet.people.models import Customer, Membership, Person
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.schedule import queries as schedule


class PackNotOnSale(Refused):
    """The edition is not sold any more, and its offer has no other."""

    code = "orders.pack_not_on_sale"


class PriceChanged(Refused):
    """The offer has a new edition since the page was shown."""

    code = "orders.price_changed"


class VatDiffers(Refused):
    """What the order comes to with its buyer's VAT is not what the page showed. Values: price_cents."""

    code = "orders.vat_differs"


class TermsChanged(Refused):
    """The terms have a new version since the page was shown: nobody agrees to what they did not see."""

    code = "orders.terms_changed"


class MayNotOrder(Refused):
    """Only a holder or a buyer orders."""

    code = "orders.may_not_order"


class PersonMissing(Refused):
    """A pack that is not shared is for one person (L9)."""

    code = "orders.person_missing"
    field = "person"


class AddressMissing(Refused):
    """The invoice of a company names its address (CGI ann. II art. 242 nonies A)."""

    code = "orders.address_missing"
    field = "street"


class NotPrintable(Refused):
    """Name or address has characters that no font of our documents has: the invoice would not name its buyer."""

    code = "orders.not_printable"
    field = "name"


class SirenWrong(Refused):
    code = "orders.siren_wrong"
    field = "siren"


class SirenMissing(Refused):
    """The invoice of a company in France names its SIREN (legal mentions; e-invoicing)."""

    code = "orders.siren_missing"
    field = "siren"


class SiretGiven(Refused):
    """The number of a place of business, which begins with the SIREN. Values: siren."""

    code = "orders.siret_given"
    field = "siren"


class VatNumberOfAnotherCompany(Refused):
    """A French VAT number ends with the SIREN of its company. Values: siren."""

    code = "orders.vat_number_of_another_company"
    field = "vat_number"


class VatNumberOfAnotherCountry(Refused):
    """A VAT number begins with its country, and that is not the one of the address."""

    code = "orders.vat_number_of_another_country"
    field = "vat_number"


class VatNumberWrong(Refused):
    code = "orders.vat_number_wrong"
    field = "vat_number"


class CountryNotServed(Refused):
    """The VAT of a business outside the European Union is agreed with the provider first (⚙)."""

    code = "orders.country_not_served"
    field = "country"


class VatNumberInvalid(Refused):
    """VIES says that the number is not valid: the business has closed, or is not registered for trade within the EU. It
    can order with French VAT.
    """

    code = "orders.vat_number_invalid"
    field = "vat_number"


class VatNumberNotChecked(Refused):
    """Nobody asked VIES about the number lately: the caller does so before it opens a transaction."""

    code = "orders.vat_number_not_checked"
    field = "vat_number"


class NotOpenForSale(Refused):
    """The company's record or a legal text that every sale needs is missing."""

    code = "orders.not_open_for_sale"


class MeansNotOnOffer(Refused):
    """The provider has no account, or no address, to which this could be paid."""

    code = "orders.means_not_on_offer"
    field = "means"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be ordered; `person` is whose a personal pack is (L9), for a shared one it is left out."""

    edition: Edition
    person: Person | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is ordered and how, as the page showed it. `express_request` counts for a household alone: a company has no
    withdrawal period (O11). `shown_cents` is the price with its VAT; None if no page showed it.
    """

    items: tuple[Item, ...]
    means: str
    terms: TextVersion
    express_request: bool
    language: str
    shown_cents: int | None = None


@transaction.atomic
def place_order(
    *,
    customer: Customer,
    purchase: Purchase,
    buyer: rules.Buyer,
    placed_by: Person,
    ip: str | None,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Order:
    """O1: fix editions, prices, VAT and terms, use the customer's credit for it, and tell how to pay; the same key
    again gives the first order.

    What credit pays in full is for the caller to settle. Refuses `PackNotOnSale`, `PriceChanged`, `VatDiffers`,
    `TermsChanged`, `MayNotOrder`, `PersonMissing`, `ledger.NotAMember`, `KeyReused`, `AddressMissing`, `NotPrintable`,
    `SirenWrong`, `VatNumberWrong`, `VatNumberInvalid`, `VatNumberNotChecked` (see `checking_vat.ask_about_buyer`),
    `CountryNotServed`, `MeansNotOnOffer`, and `NotOpenForSale` while what the law wants of a seller is missing.
    """
    if once.was_done(
        "place_order", key=key, at=at, by=by.id, customer=customer, buyer=buyer, placed_by=placed_by,
        items=[[item.edition.pk, item.person and item.person.pk, item.quantity] for item in purchase.items],
        means=purchase.means, express_request=purchase.express_request, terms=purchase.terms,
    ):  # fmt: skip
        return Order.objects.with_lines().get(key=key)
    CustomerLedger.objects.lock(customer.pk)
    is_consumer = customer.kind == Customer.Kind.HOUSEHOLD
    _refuse_unless_on_sale(purchase, at)
    _refuse_unless_theirs(customer, purchase, placed_by)
    buyer = plain_buyer(buyer, is_consumer=is_consumer)
    check = _check_of(buyer, is_consumer=is_consumer, at=at)
    lines = [_line(one, place, buyer, check, is_consumer) for place, one in enumerate(purchase.items, start=1)]
    price_cents = sum(line.price_cents for line in lines)
    if purchase.shown_cents not in (None, price_cents):
        raise VatDiffers(price_cents=price_cents)
    zone = provider.time_zone()
    today = schedule.today(at)
    fixed = provider.settings_for("order_days", "tolerance_cents", "cheque_activates_on")
    named = {name: getattr(buyer, name) for name in rules.BUYER_NAMES} | {"salt": keys.new_key()}
    order = Order(
        reference=sales.free_reference(references.new_reference), customer=customer, placed_by=placed_by,
        placed_at=at, ordered_on=today, expires_at=rules.waits_until(today, fixed["order_days"], zone),
        means=purchase.means, language=purchase.language, price_cents=price_cents,
        net_cents=sum(line.net_cents for line in lines), vat_cents=sum(line.vat_cents for line in lines),
        terms=purchase.terms, express_request=is_consumer and purchase.express_request,
        withdrawal_last_day=(
            sales.last_day_to_withdraw(today, country=buyer.country, postcode=buyer.postcode) if is_consumer else None
        ),
        key=key, buyer_digest=keys.digest(chain.canonical(named)), key_version=seals.newest(), **fixed,
    )  # fmt: skip
    order.seal = seals.link(chain.START, order.sealed_facts(lines), version=order.key_version)
    order.save(force_insert=True)
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    OrderBuyer.objects.create(order=order, ip=ip, **named)
    if check:
        OrderVatCheck.objects.create(order=order, vat_check=check, at=at)
    audit.record(
        "order.placed", by=by, at=at, subject=("order", order.pk), customer_id=customer.pk,
        editions=[line.edition_id for line in lines], price_cents=order.price_cents, terms=purchase.terms.version,
        express_request=order.express_request,
    )  # fmt: skip
    _use_credit(order, by=by, at=at)
    mails.order_placed(order, at=at)
    jobs.enqueue("carnet.orders.tasks.send_confirmation", key=f"order:{order.pk}:placed", at=at, order_id=order.pk)
    return order


def _check_of(buyer: rules.Buyer, *, is_consumer: bool, at: datetime.datetime) -> VatCheck | None:
    """The check of the number by which this buyer is charged no VAT; None if none is needed."""
    if not taxes.number_to_check(is_company=not is_consumer, country=buyer.country, vat_number=buyer.vat_number):
        return None
    check = catalogue_queries.vat_check_that_counts(buyer.vat_number, at)
    if check is None:
        raise VatNumberNotChecked
    if check.outcome == VatCheck.Outcome.INVALID:
        raise VatNumberInvalid
    return check


def _line(item: Item, position: int, buyer: rules.Buyer, check: VatCheck | None, is_consumer: bool) -> OrderLine:
    """The line of an order, with its price and the VAT in it."""
    edition = item.edition
    vat = taxes.vat_for(
        edition, is_company=not is_consumer, country=buyer.country, postcode=buyer.postcode, check=check
    )  # fmt: skip
    if vat is None:
        raise CountryNotServed
    price = catalogue.price_of(edition.price_cents * item.quantity, edition.vat_permille, vat)
    return OrderLine(
        position=position, edition=edition, person=None if edition.shared else item.person, quantity=item.quantity,
        price_cents=price.net_cents + price.vat_cents, net_cents=price.net_cents, vat_cents=price.vat_cents,
        vat_permille=vat.permille, vat_category=vat.category,
    )  # fmt: skip


def _use_credit(order: Order, *, by: Actor, at: datetime.datetime) -> None:
    """Credit is used first, as far as it goes."""
    used_cents = min(payment_queries.credit_cents(order.customer), order.price_cents)
    if not used_cents:
        return
    credit.use_credit(
        customer=order.customer,
        amount_cents=used_cents,
        cause=order.cause,
        by=by,
        at=at,
        key=f"order:{order.pk}:credit",
    )
    order.credit_used_cents = used_cents
    order.save(update_fields=["credit_used_cents"])


def _refuse_unless_on_sale(purchase: Purchase, at: datetime.datetime) -> None:
    if provider.missing_for_sale():
        raise NotOpenForSale
    if not purchase.items or any(item.quantity < 1 for item in purchase.items):
        raise ValueError(f"nothing to order: {purchase}")
    packs = sales.packs_on_sale(at)
    for item in purchase.items:
        if not packs.filter(pk=item.edition.pk).exists():
            raise PriceChanged if packs.filter(offer=item.edition.offer_id).exists() else PackNotOnSale
    current = sales.terms_at(at)
    if current is None or current.pk != purchase.terms.pk:
        raise TermsChanged
    if purchase.means not in sales.means_on_offer():
        raise MeansNotOnOffer


def _refuse_unless_theirs(customer: Customer, purchase: Purchase, placed_by: Person) -> None:
    roles = (Membership.Role.HOLDER, Membership.Role.BUYER)
    if not Membership.objects.active().filter(customer=customer, person=placed_by, role__in=roles).exists():
        raise MayNotOrder
    for item in purchase.items:
        if item.edition.shared:
            continue
        if item.person is None:
            raise PersonMissing
        if ledger_queries.taker(customer, item.person) is None:
            raise ledger.NotAMember


def plain_buyer(buyer: rules.Buyer, *, is_consumer: bool) -> rules.Buyer:
    """The buyer with numbers in their plain form; a household has none of them. Refuses what `place_order` does."""
    plain: dict[str, Any] = {name: " ".join(text.one_line(getattr(buyer, name)).split()) for name in rules.BUYER_NAMES}
    unknown = glyphs.unknown_characters(*(plain[name] for name in ("name", "street", "postcode", "city")))
    if unknown:
        raise NotPrintable(characters=unknown)
    if is_consumer:
        return rules.Buyer(**plain | {"siren": "", "vat_number": ""})
    if not (plain["name"] and plain["street"] and plain["city"]):
        raise AddressMissing
    plain["siren"] = _checked_siren(plain["siren"])
    if not plain["siren"] and plain["country"] == "FR" and not buyer.has_no_siren:
        raise SirenMissing
    plain["vat_number"] = _checked_vat_number(plain["vat_number"], siren=plain["siren"], country=plain["country"])
    return rules.Buyer(**plain, has_no_siren=buyer.has_no_siren)


def _checked_siren(typed: str) -> str:
    if not typed:
        return ""
    if sirets.is_valid(typed):
        raise SiretGiven(siren=company_numbers.siren_of_siret(sirets.compact(typed)))
    try:
        return str(sirens.validate(typed))
    except NumberIsWrong:
        raise SirenWrong from None


def plain_vat_number(typed: str) -> str:
    """The VAT number without blanks, in capitals; empty if its check digits are wrong."""
    try:
        number = str(vat_numbers.validate(text.one_line(typed)))
    except NumberIsWrong:
        return ""
    return f"EL{number[2:]}" if number.startswith("GR") else number  # as Greece writes it


def _checked_vat_number(typed: str, *, siren: str, country: str) -> str:
    if not typed:
        return ""
    number = plain_vat_number(typed)
    if not number:
        raise VatNumberWrong
    if company_numbers.country_of_vat_number(number) != country:
        raise VatNumberOfAnotherCountry
    if siren and company_numbers.siren_of_vat_number(number) not in (None, siren):
        raise VatNumberOfAnotherCompany(siren=siren)
    return number
