"""What the till has still to do, and the facts that it puts on an invoice."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from carnet.catalogue.models import Edition
from carnet.invoices import rules as invoices
from carnet.kernel import money
from carnet.ledger.models import Lot
from carnet.orders.models import Activation, Order, OrderLine, Settlement
from carnet.orders.queries import sales
from carnet.payments.models import Checkout, Dispute, OnlineNotice, OnlineRefund, Payment
from carnet.people.models import Customer
from carnet.provider import queries as provider


def activations_due(at: datetime.datetime) -> QuerySet[Order]:
    """Settled orders whose lot may be active now and is not yet (L1); not while their payment is disputed, nor once
    that is lost (O7).
    """
    made = Activation.objects.filter(line__order=OuterRef("pk"))
    due = Exists(Settlement.objects.filter(order=OuterRef("pk"), activates_at__lte=at))
    disputed = Exists(_disputes_of_units().filter(payment__cause_id=OuterRef("pk")))
    return Order.objects.filter(due, ~Exists(made), ~disputed)


def disputes_of_units(order: Order) -> QuerySet[Dispute]:
    """O7: the disputes, open or lost, that concern the units of this order, the earliest first."""
    return _disputes_of_units().filter(payment__cause_id=order.pk).order_by("id")


def _disputes_of_units() -> QuerySet[Dispute]:
    return Dispute.objects.filter(state__in=Dispute.LIVE, order_cents__gt=0, payment__cause_kind="order")


def disputes_of_lots(lots: Iterable[Lot]) -> dict[int, Dispute]:
    """O7: of these lots that are frozen or cancelled, the dispute over what paid for it, the open one first; no query
    if there are none.
    """
    concerned = [lot.pk for lot in lots if lot.frozen_at or lot.refunded]
    if not concerned:
        return {}
    found = Activation.objects.filter(lot__in=concerned).values_list("line__order", "lot")
    disputes = _disputes_of_units().filter(payment__cause_id__in=[order_id for order_id, _lot in found])
    by_order = {one.payment.cause_id: one for one in disputes.select_related("payment").order_by("state")}
    return {lot_id: by_order[order_id] for order_id, lot_id in found if order_id in by_order}


def disputes_of_customer(customer: Customer) -> QuerySet[Dispute]:
    """Every dispute over money of this customer, as the desk's list has them."""
    return disputes_found().filter(payment__customer=customer)


def disputes_to_follow(at: datetime.datetime) -> QuerySet[Dispute]:
    """Lost ones of which something is still to be cancelled: units that a ticket has released meanwhile, or of a pack
    that may be active only now and was lost in part (O7).
    """
    of_order = Activation.objects.filter(line__order=OuterRef("payment__cause_id"))
    settled = Settlement.objects.filter(order=OuterRef("payment__cause_id"))
    due = Q(Exists(settled.filter(activates_at__lte=at)), ~Exists(of_order), cancelled_cents=0)
    released = Exists(of_order.filter(lot__frozen__gt=0))
    found = _disputes_of_units().filter(Q(released) | due, state=Dispute.State.LOST)
    return found.select_related("payment__customer").order_by("id")


def disputes_found() -> QuerySet[Dispute]:
    """Disputes for the desk: the open ones first, by the day until which an answer is wanted, then the last first."""
    found = Dispute.objects.select_related("payment__customer", "payment__online_receipt")
    rank = Case(When(state=Dispute.State.OPEN, then=0), default=1)
    return found.annotate(rank=rank).order_by("rank", F("answer_by").asc(nulls_last=True), "-changed_at", "-id")


def checkouts(state: str = "") -> QuerySet[Checkout]:
    """What was begun at the payment service, the newest first; of one state, if one is named."""
    found = Checkout.objects.select_related("customer").order_by("-pk")
    return found.filter(state=state) if state else found


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


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """An order that something is about."""

    pk: int
    reference_shown: str


def orders_of_notices(notices: Iterable[OnlineNotice]) -> dict[str, OrderNamed]:
    """The orders that the payment service's notices are about, by the ids that they name; in four statements."""
    named = {one.external_id for one in notices if one.external_id}
    found: dict[str | None, int] = {}
    if named:
        checkouts = Checkout.objects.filter(Q(external_id__in=named) | Q(capture_id__in=named), cause_kind="order")
        for external_id, capture_id, order_id in checkouts.values_list("external_id", "capture_id", "cause_id"):
            found |= {external_id: order_id, capture_id: order_id}
        for model in (OnlineRefund, Dispute):
            rows = model._default_manager.filter(external_id__in=named, payment__cause_kind="order")
            found |= dict(rows.values_list("external_id", "payment__cause_id"))
    orders = {one.pk: OrderNamed(one.pk, one.reference_shown) for one in Order.objects.filter(pk__in=found.values())}
    return {named: orders[order_id] for named, order_id in found.items() if named and order_id in orders}
