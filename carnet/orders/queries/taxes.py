"""The VAT of an order: what its buyer is charged, and the check of the VAT number by which they are charged none."""

import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from carnet.catalogue import queries as catalogue
from carnet.catalogue import rules as vat_rules
from carnet.catalogue.models import Edition, VatCheck
from carnet.orders.models import Order, OrderVatCheck
from carnet.provider import queries as provider


def number_to_check(*, is_company: bool, country: str, vat_number: str) -> str:
    """The VAT number that VIES has to confirm before this buyer is charged no VAT; empty: none. Who is in franchise
    charges nobody VAT, and asks for nobody's number.
    """
    may_owe = vat_rules.may_owe_vat(is_company=is_company, country=country, vat_number=vat_number)
    return vat_number if may_owe and provider.company().is_vat_charged else ""


def check_that_counts(*, is_company: bool, country: str, vat_number: str, at: datetime.datetime) -> VatCheck | None:
    """What VIES said of this buyer's VAT number, if it is needed and counts now."""
    number = number_to_check(is_company=is_company, country=country, vat_number=vat_number)
    return catalogue.vat_check_that_counts(number, at) if number else None


def vat_for(
    edition: Edition, *, is_company: bool, country: str, postcode: str, check: VatCheck | None
) -> vat_rules.Vat | None:
    """The VAT of this edition for a buyer with this check of their number; one that VIES could not answer counts on the
    buyer's word. None: to be agreed with the provider first.
    """
    owes_vat = check is not None and check.outcome != VatCheck.Outcome.INVALID
    return vat_rules.vat_of_sale(
        is_charged=provider.company().is_vat_charged, rate_permille=edition.vat_permille,
        buyer=vat_rules.TaxedBuyer(is_company=is_company, country=country, postcode=postcode, owes_vat=owes_vat),
        choices=catalogue.vat_choices(),
    )  # fmt: skip


def checks_of(order: Order) -> QuerySet[OrderVatCheck]:
    """The checks of the order's VAT number, the newest first."""
    return order.vat_checks.select_related("vat_check__details").order_by("-pk")


def last_check_of(order: Order) -> VatCheck | None:
    """The newest check of the number by which the order is charged no VAT; None if none was needed."""
    newest = checks_of(order).first()
    return newest.vat_check if newest else None


def orders_to_check() -> QuerySet[Order]:
    """Orders without VAT on their buyer's word alone, as VIES did not answer, the oldest first; each has `last_vat_at`,
    when it was asked last.
    """
    newest = OrderVatCheck.objects.filter(order=OuterRef("pk")).order_by("-pk")
    states = (Order.State.WAITING, Order.State.CHOOSING, Order.State.SETTLED)
    found = Order.objects.filter(state__in=states).annotate(
        last_vat_outcome=Subquery(newest.values("vat_check__outcome")[:1]),
        last_vat_at=Subquery(newest.values("at")[:1]),
    )
    found = found.filter(last_vat_outcome=VatCheck.Outcome.UNREACHABLE)
    return found.select_related("customer", "buyer").order_by("placed_at", "pk")


def orders_to_ask_about(at: datetime.datetime) -> list[Order]:
    """Of these, those whose number VIES is to be asked about again now: hourly on the first day, then daily."""
    found: Any = orders_to_check()  # each with `last_vat_at`
    return [one for one in found if vat_rules.next_check_at(one.placed_at, one.last_vat_at) <= at]


def orders_found_invalid() -> QuerySet[Order]:
    """Paid orders without VAT whose number VIES called invalid afterwards, and that no credit note corrects yet."""
    newest = OrderVatCheck.objects.filter(order=OuterRef("pk")).order_by("-pk")
    found = Order.objects.filter(state=Order.State.SETTLED, settlement__invoice__credit_notes=None)
    found = found.annotate(last_vat_outcome=Subquery(newest.values("vat_check__outcome")[:1]))
    return found.filter(last_vat_outcome=VatCheck.Outcome.INVALID).select_related("customer", "buyer").order_by("pk")
