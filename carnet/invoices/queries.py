"""Invoices as they are listed and shown, and what proves them."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet, Sum

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.invoices import rules
from carnet.invoices.models import DocumentFile, Invoice, InvoiceBuyer, InvoiceLine, Series
from carnet.invoices.rules import Place
from carnet.kernel import snapshot
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
    matching |= Q(buyer__email__contains_folded=words) | Q(pk__in=or_among)
    return found.filter(matching)


def invoices_of(customer: Customer) -> QuerySet[Invoice]:
    """A customer's invoices, the last first."""
    return invoices().filter(customer=customer)


def issued(invoice: Invoice) -> rules.Issued:
    """What the invoice fixes, read again from its rows; of one that was emptied the buyer is `rules.NOBODY`."""
    facts = invoice.facts
    seller = rules.SellerFacts(**facts["seller"] | {"address": rules.PostalAddress(**facts["seller"]["address"])})
    paid = (rules.Paid(**one | {"on": datetime.date.fromisoformat(one["on"])}) for one in facts["paid"])
    return rules.Issued(
        kind=invoice.kind, number=invoice.number, issued_on=invoice.issued_on, due_on=invoice.due_on,
        terms=tuple(facts["terms"]),
        facts=rules.InvoiceFacts(
            seller=seller, buyer=rules.NOBODY if invoice.is_emptied else invoice.buyer.as_facts(),
            lines=tuple(map(_line, sorted(invoice.lines.all(), key=lambda line: line.position))), paid=tuple(paid),
            order_reference=invoice.order_reference, delivered_on=invoice.delivered_on, language=invoice.language,
            currency=invoice.currency,
        ),
    )  # fmt: skip


def _line(row: InvoiceLine) -> rules.LineFacts:
    return rules.LineFacts(
        code=row.code, names=row.names, quantity=row.quantity, unit_cents=row.unit_cents, net_cents=row.net_cents,
        vat_cents=row.vat_cents, gross_cents=row.gross_cents, vat_permille=row.vat_permille,
        vat_category=row.vat_category, exemption=row.exemption, pack=rules.PackSold(**row.pack) if row.pack else None,
    )  # fmt: skip


def digest_of(invoice: Invoice, issued: rules.Issued) -> str:
    """The digest of this invoice, if these are its facts."""
    return rules.digest(
        issued, buyer_digest=invoice.buyer_digest, customer=invoice.customer_id, corrects=invoice.corrects_id,
        cause=[invoice.cause_kind, invoice.cause_id],
    )  # fmt: skip


def kept_pdf(invoice: Invoice, language: str) -> bytes | None:
    """The file as it was made; None if there is none, not yet or not any more."""
    found = DocumentFile.objects.filter(document__invoice=invoice, document__language=language).first()
    return bytes(found.pdf) if found else None


def named_before(day: datetime.date) -> QuerySet[InvoiceBuyer]:
    """Who bought what was invoiced before this day, as far as it was not emptied yet."""
    return InvoiceBuyer.objects.filter(invoice__issued_on__lt=day)


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
            invoices = Invoice.objects.filter(pk__gt=first).select_related("buyer").order_by("pk")
            portion = list(invoices.prefetch_related("lines", "documents__file")[:PORTION])
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
    yield from _wrong_facts(invoice, is_emptied=is_emptied)
    for document in invoice.documents.all():
        file = getattr(document, "file", None)
        if file is None and not is_emptied:
            yield f"its PDF ({document.language}) is missing"
        elif file is not None and hashlib.sha256(bytes(file.pdf)).hexdigest() != document.sha256:
            yield f"its PDF ({document.language}) was changed after it was made"


def _wrong_facts(invoice: Invoice, *, is_emptied: bool) -> Iterator[str]:
    """Ten years after its year the buyer's name is gone; number, facts, sums and books stay."""
    if invoice.is_emptied and not is_emptied:
        yield "who bought is missing"
    try:
        facts = issued(invoice)
    except (ValueError, TypeError, KeyError):
        yield "what it fixes makes no sense"
        return
    if digest_of(invoice, facts) != invoice.digest:
        yield "what it fixes was changed after it was issued"
    sums = rules.totals(facts.facts.lines)
    if (invoice.net_cents, invoice.vat_cents) != (
        sum(one.net_cents for one in sums),
        sum(one.vat_cents for one in sums),
    ):
        yield "its sums are not those of its lines"
    if not invoice.is_emptied and rules.buyer_digest(facts.facts.buyer, invoice.buyer.salt) != invoice.buyer_digest:
        yield "who bought was changed after it was issued"
