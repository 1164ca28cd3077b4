"""Invoices: numbers without a gap, contents and files as they were fixed, and the same sales in the books (O8)."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.invoices.models import Invoice, InvoiceLine, Series
from carnet.kernel import snapshot
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found

CHECK = "invoices"
PORTION = 500
SAID = ("sale", "document", "correction")  # kinds of lines that say a document's number
BUYER = ("name", "email", "is_company", "siren", "vat_number", "salt")
LINE = (
    "code", "names", "pack", "quantity", "unit_cents", "net_cents", "vat_cents", "gross_cents", "vat_permille",
    "vat_category", "exemption", "units_back",
)  # fmt: skip


class InvoicePosition(NamedTuple):
    """Where an invoice stands in its series."""

    year: int
    sequence: int
    on: datetime.date


def faults() -> Iterator[Found]:
    """All of them, in portions, each read as of one instant, the last one with the counters and the books."""
    last: dict[str, InvoicePosition] = {}
    first, is_last = 0, False
    while not is_last:
        with snapshot.at_rest():
            rows = Invoice.objects.filter(pk__gt=first).select_related("buyer", "corrects").order_by("pk")
            portion = list(rows.prefetch_related("lines", "documents__file")[:PORTION])
            is_last = len(portion) < PORTION
            booked = _booked(invoice.number for invoice in portion)
            emptied = _emptied(portion)
            counters = list(Series.objects.order_by("code")) if is_last else []
            unknown = _sales_without_invoice() if is_last else []
        found: list[Fault] = []
        for invoice in portion:
            position = InvoicePosition(invoice.year, invoice.sequence, invoice.issued_on)
            found += _number_faults(invoice, position, last.get(invoice.series))
            found += _book_faults(invoice, booked[invoice.number])
            found += _fact_faults(invoice, is_emptied=invoice.pk in emptied)
            found += _document_faults(invoice, booked[invoice.number], is_emptied=invoice.pk in emptied)
            first, last[invoice.series] = invoice.pk, position
        for series in counters:
            counted = (series.last_year, series.last_sequence, series.last_on)
            if counted != (last.get(series.code) or (None, 0, None)):
                found.append(Fault(CHECK, "series", series.code, "counter_differs"))
        found += [Fault(CHECK, "invoice", number, "invoice_missing") for number in unknown]
        yield len(portion), found


def _booked(numbers: Iterable[str]) -> dict[str, list[Line]]:
    """The lines of the books about these invoices."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(document__in=list(numbers), kind__in=SAID).order_by("sequence"):
        found[line.document].append(line)
    return found


def _sales_without_invoice() -> list[str]:
    """Numbers of invoices that only the books know."""
    lines = Line.objects.filter(kind__in=SAID).exclude(document="", kind="correction")
    lines = lines.exclude(document__in=Invoice.objects.values("number"))
    return list(lines.order_by("document").values_list("document", flat=True).distinct())


def _emptied(portion: Iterable[Invoice]) -> set[int | None]:
    """Which of these were emptied by the purge, as the audit knows."""
    numbers = [invoice.pk for invoice in portion]
    entries = Entry.objects.filter(code="invoice.emptied", subject_kind="invoice", subject_id__in=numbers)
    return set(entries.values_list("subject_id", flat=True))


def _number_faults(invoice: Invoice, position: InvoicePosition, before: InvoicePosition | None) -> Iterator[Fault]:
    """The next number of the year, or the first of a later one, not dated before the last."""
    if before is None or position.year > before.year:
        follows = position.sequence == 1 and (before is None or position.on >= before.on)
    else:
        follows = (position.year, position.sequence) == (before.year, before.sequence + 1) and position.on >= before.on
    if not follows or position.year != position.on.year:
        yield Fault(CHECK, "invoice", invoice.number, "does_not_follow")
    if invoice.number != f"{invoice.series}{position.year}-{position.sequence:06}":
        yield Fault(CHECK, "invoice", invoice.number, "number_differs")


def _book_faults(invoice: Invoice, lines: list[Line]) -> Iterator[Fault]:
    """Its sales are in the books; of a credit note what it takes off them is."""
    is_sale = invoice.corrects_id is None
    sales = [line for line in lines if line.kind == ("sale" if is_sale else "correction")]
    sign = 1 if is_sale else -1
    sums = (
        sign * sum(line.net_cents for line in sales),
        sign * sum(line.vat_cents for line in sales),
        sign * sum(line.gross_cents for line in sales),
    )
    about = {(line.customer_id, line.digest, line.on, line.cause_kind, line.cause_id) for line in sales}
    facts = (invoice.customer_id, invoice.digest, invoice.issued_on, invoice.cause_kind, invoice.cause_id)
    if sums != (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) or about != {facts}:
        yield Fault(CHECK, "invoice", invoice.number, "books_differ")


def _fact_faults(invoice: Invoice, *, is_emptied: bool) -> Iterator[Fault]:
    """What it fixes. Ten years after its year the buyer's name is gone; number, facts, sums and books stay."""
    lines = sorted(invoice.lines.all(), key=lambda line: line.position)
    if calculating.sha256(calculating.text_of(_facts(invoice, lines))) != invoice.digest:
        yield Fault(CHECK, "invoice", invoice.number, "facts_changed")
    sums = (sum(line.net_cents for line in lines), sum(line.vat_cents for line in lines))
    if sums != (invoice.net_cents, invoice.vat_cents):
        yield Fault(CHECK, "invoice", invoice.number, "sums_differ")
    buyer = getattr(invoice, "buyer", None)
    if buyer is None:
        if not is_emptied:
            yield Fault(CHECK, "invoice", invoice.number, "buyer_missing")
        return
    named: dict[str, Any] = {name: getattr(buyer, name) for name in BUYER}
    named["address"] = {name: getattr(buyer, name) for name in ("street", "postcode", "city", "country")}
    if calculating.sha256(calculating.text_of(named)) != invoice.buyer_digest:
        yield Fault(CHECK, "invoice", invoice.number, "buyer_changed")


def _facts(invoice: Invoice, lines: list[InvoiceLine]) -> dict[str, Any]:
    """Everything that the digest of an invoice covers."""
    facts: dict[str, Any] = {
        name: getattr(invoice, name) for name in ("order_reference", "delivered_on", "language", "currency")
    }
    facts |= {"seller": invoice.facts.get("seller"), "paid": invoice.facts.get("paid"), "buyer": invoice.buyer_digest}
    facts["lines"] = [{name: getattr(line, name) for name in LINE} for line in lines]
    original = invoice.corrects
    corrects = original and {
        "number": original.number, "issued_on": original.issued_on, "reason": invoice.facts.get("reason")
    }  # fmt: skip
    return {
        "facts": facts, "terms": invoice.facts.get("terms"), "mentions": invoice.facts.get("mentions"),
        "kind": invoice.kind, "number": invoice.number,
        "issued_on": invoice.issued_on, "due_on": invoice.due_on, "customer": invoice.customer_id,
        "corrects": corrects, "corrects_id": invoice.corrects_id, "cause": [invoice.cause_kind, invoice.cause_id],
    }  # fmt: skip


def _document_faults(invoice: Invoice, lines: list[Line], *, is_emptied: bool) -> Iterator[Fault]:
    """Its files are those of which the books know the digests; they go with the buyer's name."""
    written = sorted((line.label, line.digest) for line in lines if line.kind == "document")
    documents = sorted(invoice.documents.all(), key=lambda one: one.language)
    if written != sorted((f"pdf-{one.language}", one.sha256) for one in documents):
        yield Fault(CHECK, "invoice", invoice.number, "pdf_not_in_books")
    for document in documents:
        file, values = getattr(document, "file", None), {"language": document.language}
        if file is None:
            if not is_emptied:
                yield Fault(CHECK, "invoice", invoice.number, "pdf_missing", values)
        elif hashlib.sha256(bytes(file.pdf)).hexdigest() != document.sha256:
            yield Fault(CHECK, "invoice", invoice.number, "pdf_changed", values)
