"""The facts that an order's invoice fixes (O8)."""

import datetime
from collections.abc import Iterable

from carnet.catalogue.models import Edition
from carnet.invoices import rules as invoices
from carnet.kernel import money
from carnet.orders.models import Order, OrderLine
from carnet.orders.queries import sales
from carnet.payments.models import Payment
from carnet.people.models import Customer
from carnet.provider import queries as provider


def invoice_facts(
    order: Order, paid: Iterable[tuple[Payment, int]], *, delivered_on: datetime.date
) -> invoices.InvoiceFacts:
    """What an order's invoice fixes but for its number and dates of issue (O8), taken from order, lines, payments and
    company once, when it is settled; `paid` are the payments, each with the cents that pay for it, `delivered_on` is
    the day of the sale.
    """
    return invoices.InvoiceFacts(
        seller=_seller(), buyer=_buyer(order), lines=_lines(order), paid=paid_for(order, paid),
        order_reference=order.reference, delivered_on=delivered_on, language=order.language,
    )  # fmt: skip


def _seller() -> invoices.SellerFacts:
    """The provider as invoices name it."""
    company = provider.company()
    return invoices.SellerFacts(
        name=company.name_with_form,
        address=invoices.PostalAddress(company.street, company.postcode, company.city, company.country),
        siren=company.siren, siret=company.siret, registry=company.registry, capital_cents=company.capital_cents,
        vat_number=company.vat_number, email=company.email, phone=company.phone,
        account_holder=company.account_holder, iban=company.iban, bic=company.bic,
    )  # fmt: skip


def _buyer(order: Order) -> invoices.BuyerFacts:
    """Who ordered."""
    buyer = order.buyer
    return invoices.BuyerFacts(
        name=buyer.name, address=invoices.PostalAddress(buyer.street, buyer.postcode, buyer.city, buyer.country),
        email=buyer.email, is_company=order.customer.kind == Customer.Kind.COMPANY, siren=buyer.siren,
        vat_number=buyer.vat_number,
    )  # fmt: skip


def _lines(order: Order) -> tuple[invoices.LineFacts, ...]:
    """What was ordered, named in French and in the order's language."""
    return tuple(_line(line, sorted({"fr", order.language})) for line in order.lines.all())


def _line(line: OrderLine, languages: list[str]) -> invoices.LineFacts:
    offer = line.edition.offer
    return invoices.line(
        offer.code, {language: offer.name.in_language(language) for language in languages},
        money.Split(line.net_cents, line.vat_cents), line.vat_permille, line.vat_category, quantity=line.quantity,
        pack=pack_of(line.edition),
    )  # fmt: skip


def pack_of(edition: Edition) -> invoices.PackSold:
    """What a pack of this edition holds."""
    return invoices.PackSold(
        unit=sales.UNITS[edition.offer.kind], count=edition.quantity or 0, token_minutes=edition.token_minutes,
        validity_months=edition.validity_months,
    )  # fmt: skip


def paid_for(order: Order, paid: Iterable[tuple[Payment, int]]) -> tuple[invoices.Paid, ...]:
    """What pays for it: credit first, then the payments, each with so many cents."""
    money = [
        invoices.Paid(payment.means, payment.received_on, cents, f"payment:{payment.pk}") for payment, cents in paid
    ]
    if not order.credit_used_cents:
        return tuple(money)
    return (invoices.Paid("credit", order.ordered_on, order.credit_used_cents), *money)
