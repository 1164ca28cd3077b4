"""Invoices as they are listed and shown, and what proves them."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet, Sum

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.invoices import rules
from carnet.invoices.models import Invoice, Series
from carnet.invoices.rules import Place
from carnet.kernel import chain, keys, snapshot
from carnet.people.models import Customer

PORTION = 500
Sale = tuple[int, int, int, int]  # customer; net, VAT and gross in cents


def invoices(words: str = "", *, or_among: QuerySet[Any] | tuple[()] = ()) -> QuerySet[Invoice]:
    """All invoices, the last first; `words` are a part of a number, of the customer's name, or of the e-mail address it
    was sent to. `or_among` are rows that are found, too.
    """
    found = Invoice.objects.select_related("customer").order_by("-issued_on", "-id")
    words = words.strip()
    if not words:
        return found
    matching = Q(number__contains_folded=words) | Q(customer__name__contains_folded=words)
    matching |= Q(content__email__contains_folded=words) | Q(pk__in=or_among)
    return found.filter(matching)


def invoices_of(customer: Customer) -> QuerySet[Invoice]:
    """A customer's invoices, the last first."""
    return invoices().filter(customer=customer)


def faults() -> Iterator[tuple[int, list[str]]]:
    """Read all documents again, in portions: how many were read, and what is wrong with them (O8).

    Numbers follow each other without a gap up to their series' counter, dates never go back, contents and PDFs are as
    they were fixed, and the books know the same sales. Others may go on issuing meanwhile: a portion is read as of one
    instant, the last one with the counters and the books.
    """
    last: dict[str, Place] = {}
    first, is_last = 0, False
    while not is_last:
        with snapshot.at_rest():
            invoices = Invoice.objects.filter(pk__gt=first).select_related("content", "document").order_by("pk")
            portion = list(invoices[:PORTION])
            is_last = len(portion) < PORTION
            booked = _booked(invoice.number for invoice in portion)
            emptied = _emptied(portion)
            counters = list(Series.objects.order_by("code")) if is_last else []
            unknown = _sales_without_invoice() if is_last else []
        found = []
        for invoice in portion:
            wrong = _wrong(
                invoice, last.get(invoice.series), booked.get(invoice.number, []), is_emptied=invoice.pk in emptied
            )
            found += [f"invoice {invoice.number}: {one}" for one in wrong]
            first, last[invoice.series] = invoice.pk, invoice.place
        found += [
            f"invoices: the counter of series {series} and its last number differ"
            for series in counters
            if series.last() != last.get(series.code)
        ]
        found += [f"invoices: the books know {number}, which is missing" for number in unknown]
        yield len(portion), found


def _booked(numbers: Iterable[str]) -> dict[str, list[Sale]]:
    """What the books say was sold by these invoices."""
    sales = Line.objects.filter(kind=Line.Kind.SALE, document__in=list(numbers)).order_by()
    names = ("net_cents", "vat_cents", "gross_cents")
    sums = sales.values_list("document", "customer_id").annotate(*(Sum(name) for name in names))
    found: dict[str, list[Sale]] = {}
    for number, *sale in sums:
        found.setdefault(number, []).append((sale[0], sale[1], sale[2], sale[3]))
    return found


def _sales_without_invoice() -> list[str]:
    """Numbers of invoices that only the books know."""
    sales = Line.objects.filter(kind=Line.Kind.SALE).exclude(document__in=Invoice.objects.values("number"))
    return list(sales.order_by("document").values_list("document", flat=True).distinct())


def _emptied(portion: Iterable[Invoice]) -> set[int | None]:
    """Which of these were emptied by the purge, as the audit knows."""
    numbers = [invoice.pk for invoice in portion]
    entries = Entry.objects.filter(code="invoice.emptied", subject_kind="invoice", subject_id__in=numbers)
    return set(entries.values_list("subject_id", flat=True))


def _wrong(invoice: Invoice, last: Place | None, booked: list[Sale], *, is_emptied: bool) -> Iterator[str]:
    if rules.next_place(last, invoice.issued_on) != invoice.place:
        yield "it does not follow the number before it"
    if invoice.number != rules.number(invoice.series, invoice.place):
        yield "its number is not that of its place"
    if booked != [(invoice.customer_id, invoice.net_cents, invoice.vat_cents, invoice.gross_cents)]:
        yield "the books say something else"
    content = getattr(invoice, "content", None)
    if content is None:
        yield "what it says is missing"
    elif not content.data and is_emptied:
        pass  # ten years after its year: number, sums and books stay
    elif keys.digest(chain.canonical(content.data)) != invoice.digest:
        yield "what it says was changed after it was issued"
    document = getattr(invoice, "document", None)
    if document is not None and hashlib.sha256(bytes(document.pdf)).hexdigest() != document.sha256:
        yield "its PDF was changed after it was made"
