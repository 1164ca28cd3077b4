"""What the invoice of an order says: the seller, who bought what, and what pays for it (O8)."""

from collections.abc import Iterable

from carnet.catalogue.models import Edition
from carnet.documents import glyphs
from carnet.invoices import rules as invoices
from carnet.kernel.fields import LANGUAGES
from carnet.orders.models import Order
from carnet.orders.shown import confirmation
from carnet.payments.models import Payment
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.web import formats

# Fixed on invoices, so they are no translations that change with a release.
_SERVICE = {"fr": "assistance informatique", "en": "IT support", "es": "asistencia informática"}
_VALID = {"fr": "valables {months}", "en": "valid for {months}", "es": "con validez de {months}"}
_VALID_ONE = {"fr": "valable {months}", "en": "valid for {months}", "es": "con validez de {months}"}


def seller() -> invoices.Seller:
    """The provider as invoices name it."""
    company = provider.company()
    return invoices.Seller(
        name=company.name_with_form, address=tuple(company.address_lines), siren=company.siren,
        registry=company.registry, capital_cents=company.capital_cents, vat_number=company.vat_number,
        email=company.email, phone=company.phone,
    )  # fmt: skip


def buyer_of(order: Order) -> invoices.Buyer:
    """Who ordered, as the invoice names them."""
    buyer = order.buyer
    town = f"{buyer.postcode} {buyer.city}".strip()
    abroad = "" if buyer.country == provider.company().country else buyer.country
    return invoices.Buyer(
        name=buyer.name, address=tuple(line for line in (buyer.street, town) if line), email=buyer.email,
        is_company=order.customer.kind == Customer.Kind.COMPANY, siren=buyer.siren, vat_number=buyer.vat_number,
        country=abroad,
    )  # fmt: skip


def paid_for(order: Order, paid: Iterable[tuple[Payment, int]]) -> list[invoices.Paid]:
    """What pays for it: credit first, then the payments, each with so many cents."""
    found = [invoices.Paid(means=payment.means, on=payment.received_on, amount_cents=cents) for payment, cents in paid]
    if order.credit_used_cents:
        found.insert(0, invoices.Paid(means="credit", on=order.ordered_on, amount_cents=order.credit_used_cents))
    return found


def designations(edition: Edition) -> dict[str, str]:
    """What is sold, as an invoice must say it (CGI ann. II art. 242 nonies A), in each language: its name, the service,
    how much of it, and how long it is valid.
    """
    return {language: _designation(edition, language) for language in LANGUAGES}


def _designation(edition: Edition, language: str) -> str:
    valid = ""
    if edition.validity_months:
        words = _VALID_ONE if edition.quantity == 1 else _VALID
        valid = ", " + words[language].format(months=formats.units(edition.validity_months, "month", language))
    name = edition.offer.name.in_language(language)
    said = f"{name} : {_SERVICE[language]}" if language == "fr" else f"{name}: {_SERVICE[language]}"
    return formats.typography(f"{said}, {confirmation.holds(edition, language)}{valid}", language)


def unknown_characters(order: Order) -> str:
    """What the invoice can't show of its buyer, each character once: the desk is told, before it is issued."""
    buyer = order.buyer
    return glyphs.unknown_characters(buyer.name, buyer.street, buyer.postcode, buyer.city)


def lines_of(order: Order) -> list[invoices.Line]:
    """What was ordered."""
    return [
        invoices.Line(
            code=line.edition.offer.code, words=designations(line.edition), gross_cents=line.price_cents,
            vat_permille=line.vat_permille, category=line.vat_category, quantity=line.quantity,
        )
        for line in order.lines.all()
    ]  # fmt: skip
