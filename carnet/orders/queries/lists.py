"""Orders as lists show and find them, with their payments and invoices."""

import contextlib
from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from carnet.invoices import queries as invoice_queries
from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot, Movement
from carnet.orders.models import InvoiceRequest, Order, OrderQuerySet, Settlement
from carnet.payments import queries as payments
from carnet.payments.models import Dispute, Payment
from carnet.payments.rules import received as payment_rules
from carnet.people import queries as people
from carnet.people.models import Customer

PORTION = 500


def orders_of(customer: Customer) -> OrderQuerySet:
    """A customer's orders, newest first, with what stands beside them."""
    return _whole(Order.objects.filter(customer=customer))


def orders_found(*, words: str = "", only_open: bool = True) -> OrderQuerySet:
    """Orders for the desk, newest first; `words` are any part of reference or name, of an e-mail or postal address, of
    the number of an invoice or a cheque, blanks left out, or an amount: the price, or what is left of it after credit.
    """
    found = _whole(Order.objects.all())
    if only_open:
        found = found.open()
    if not words.strip():
        return found
    plain = "".join(words.split()).upper()
    matching = Q(reference__icontains=plain) | Q(customer__name__contains_folded=words)
    matching |= Q(buyer__name__contains_folded=words) | _about(words.strip(), plain)
    with contextlib.suppress(ValueError):
        amount = payment_rules.parse_amount(words)
        matching |= Q(price_cents=amount) | Q(price_cents=F("credit_used_cents") + amount)
    return found.filter(matching)


def _about(words: str, plain: str) -> Q:
    """Orders by a part of what is known of who ordered and who paid, and of the invoice's number."""
    paid = Payment.objects.filter(cause_kind="order").filter(
        Q(details__payer__contains_folded=words) | Q(details__document_number__icontains=plain)
    )
    invoices = Invoice.objects.filter(number__icontains=plain)
    invoiced = Invoice.objects.filter(Q(pk__in=invoices.values("pk")) | Q(pk__in=invoices.values("corrects"))).values(
        "pk"
    )
    return (
        Q(buyer__email__contains_folded=words)
        | Q(buyer__street__contains_folded=words)
        | Q(buyer__city__contains_folded=words)
        | Q(placed_by__in=people.persons_found(words).values("pk"))
        | Q(settlement__invoice__in=invoiced)
        | Q(pk__in=InvoiceRequest.objects.filter(invoice__in=invoiced).values("order"))
        | Q(pk__in=paid.values("cause_id"))
    )


def payments_found(words: str) -> QuerySet[Payment]:
    """Payments for the desk, the last first, each with what went back of it; by what their order is found by, too, its
    amount left out.
    """
    found = payments.payments(words, or_orders=_found_by_words(words).values("pk"))
    return found.select_related("bounce").prefetch_related("online_refunds")


def payments_of(customer: Customer) -> QuerySet[Payment]:
    """What came in from this customer, the last first."""
    return payments.payments_of(customer).select_related("bounce")


def invoices_found(words: str) -> QuerySet[Invoice]:
    """Invoices and credit notes for the desk, the last first; by their own total and by what their order is found by,
    its amount left out.
    """
    orders = _found_by_words(words).values("pk")
    settled = Settlement.objects.filter(order__in=orders).values("invoice")
    early = InvoiceRequest.objects.filter(order__in=orders).values("invoice")
    among = Q(pk__in=settled) | Q(pk__in=early) | Q(corrects__in=settled) | Q(corrects__in=early)
    with contextlib.suppress(payment_rules.NotAnAmount):
        among |= Q(gross_cents=payment_rules.parse_amount(words))
    return invoice_queries.invoices(words, or_among=Invoice.objects.filter(among).values("pk"))


def _found_by_words(words: str) -> OrderQuerySet:
    plain = "".join(words.split()).upper()
    matching = Q(reference__icontains=plain) | Q(buyer__name__contains_folded=words.strip())
    return Order.objects.filter(matching | _about(words.strip(), plain))


def with_orders(received: Iterable[Payment]) -> list[tuple[Payment, Order | None]]:
    """Each payment with the order that it was for; None if nobody knows what it was for."""
    received = list(received)
    found = Order.objects.in_bulk([one.cause_id for one in received if one.cause_kind == "order"])
    return [(one, found[one.cause_id] if one.cause_kind == "order" else None) for one in received]


def disputes_of(order: Order) -> list[Dispute]:
    """O7: every dispute over money for this order, the first one first, with its payment."""
    found = Dispute.objects.filter(payment__cause_kind="order", payment__cause_id=order.pk)
    return list(found.select_related("payment").order_by("id"))


def credit_notes_of(disputes: Iterable[Dispute]) -> dict[int, list[Invoice]]:
    """O7: what was credited because these are lost, by dispute, the first note first; no query if there is
    none.
    """
    found: dict[int, list[Invoice]] = {one.pk: [] for one in disputes}
    if not found:
        return found
    for note in Invoice.objects.filter(cause_kind__in=Dispute.CAUSES, cause_id__in=list(found)).order_by("id"):
        found[note.cause_id].append(note)
    return found


def _whole(orders: OrderQuerySet) -> OrderQuerySet:
    """With `disputed_as`, what the dispute or the bounced cheque over what it brought is (O7): its kind, and whether it
    is open or lost, as dispute:open; or none.
    """
    disputes = Dispute.objects.filter(payment__cause_kind="order", payment__cause_id=OuterRef("pk"))
    disputes = disputes.filter(state__in=Dispute.LIVE, order_cents__gt=0).order_by("-state")
    found = orders.select_related("customer", "buyer", "settlement__invoice").with_lines()
    found = found.prefetch_related("settlement__invoice__credit_notes", "invoice_requests__invoice__credit_notes")
    told = disputes.annotate(told=Concat("kind", Value(":"), "state")).values("told")
    return found.annotate(disputed_as=Subquery(told[:1])).order_by("-placed_at", "-id")


def effects_of(lot: Lot) -> list[Movement]:
    """L5, L6: the lines by which the activation of `lot` gave older lots a later last day, with these lots."""
    opening = Movement.objects.get(lot=lot, kind=Movement.Kind.OPENED)
    lines = Movement.objects.filter(customer=opening.customer_id, key=opening.key, kind=Movement.Kind.LAST_DAY)
    return list(lines.select_related("lot").order_by("part"))
