import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import partial

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER, Actor
from carnet.books import actions as books
from carnet.books import queries as books_queries
from carnet.books.rules import BookEntry
from carnet.invoices import mails, queries, rules
from carnet.invoices.models import Document, DocumentFile, Invoice, InvoiceBuyer, InvoiceLine, Series
from carnet.invoices.shown import documents, invoice_words
from carnet.jobs import actions as jobs
from carnet.kernel import calendar, keys, once
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.people.models import Customer
from carnet.provider import queries as provider

INVOICES = "F"
CREDIT_NOTES = "A"


class SellerUnnamed(Refused):
    """The company's record lacks what every invoice must say of the seller."""

    code = "invoices.seller_unnamed"


class CreditNoteBeyondInvoice(Refused):
    """A credit note never takes more off an invoice than is left of it. Values: wanted, found, in cents."""

    code = "invoices.credit_note_beyond_invoice"


class InvoiceEmptied(Refused):
    """The buyer's name was deleted after the legal period, so no credit note can name them."""

    code = "invoices.emptied"


@joined
@gathered()
def issue_invoice(
    *,
    customer: Customer,
    facts: rules.InvoiceFacts,
    cause: Cause,
    due_on: datetime.date | None = None,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Invoice:
    """O8: number an invoice without a gap, fix its facts, and write its sales into the books; the same key again gives
    the first one.

    It is dated today, or as the number before it if that is later, and due the same day, unless it is issued before it
    is paid (`due_on`). `at` is raised to that one's. A worker makes the PDF and sends it afterwards. Refuses
    `KeyReused` for the same key with other content, and `SellerUnnamed`.
    """
    # The books first, as whoever records money before has them already: in the other order two could wait for each
    # other.
    books.lock()
    series = Series.objects.lock(INVOICES)
    known = once.first(
        Invoice.objects.select_related("buyer").filter(key=key), key=key, content=(customer.pk, cause, facts),
        of=partial(_content, buyer=facts.buyer),
    )  # fmt: skip
    if known is not None:
        return known
    if not rules.is_named(facts):
        raise SellerUnnamed
    place, at = _next(series, at)
    worded = provider.mentions()
    terms = rules.terms(
        is_company=facts.buyer.is_company, lines=facts.lines, on_debits=provider.setting("vat_on_debits")
    )
    issued = rules.Issued(
        kind=Invoice.Kind.INVOICE, number=rules.number(INVOICES, place), issued_on=place.issued_on,
        due_on=max(place.issued_on, due_on or place.issued_on), terms=terms,
        mentions=invoice_words.mentions(terms, ("fr", facts.language), worded=worded), facts=facts,
    )  # fmt: skip
    invoice = Invoice(customer=customer, key=key, **cause.columns, **by.columns)
    _issue(invoice, issued, series, place, at)
    books.write_lines(entries=[_sale(line, invoice) for line in facts.lines], by=by, at=at)
    return _announced(invoice, by=by, at=at)


@joined
@gathered()
def issue_credit_note(
    *,
    invoice: Invoice,
    lines: Sequence[rules.CreditedLine],
    reason: rules.CreditReason,
    returned: Sequence[rules.Paid] = (),
    cause: Cause,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Invoice:
    """O8: correct an invoice, whole or in part, by a credit note with a number of its own that names it, at the same
    rates, and write it into the books; the same key again gives the first one.

    `returned` is the money that goes back, none if nothing was paid (O7). A worker makes its PDF and sends it
    afterwards. Refuses `KeyReused`, `CreditNoteBeyondInvoice`, and `InvoiceEmptied`.
    """
    books.lock()
    series = Series.objects.lock(CREDIT_NOTES)
    content = (invoice.pk, cause, tuple(lines), reason, tuple(returned))
    known = once.first(
        Invoice.objects.select_related("corrects", "buyer").filter(key=key),
        key=key,
        content=content,
        of=_credit_content,
    )
    if known is not None:
        return known
    if invoice.is_credit_note or not lines:
        raise ValueError(f"nothing to credit: {invoice} {lines}")
    if invoice.is_emptied:
        raise InvoiceEmptied
    positions, before = {line.position: line for line in invoice.lines.all()}, queries.credited_cents(invoice)
    for one in lines:
        found = positions[one.position].gross_cents - before.get(one.position, 0)
        if one.gross_cents > found:
            raise CreditNoteBeyondInvoice(wanted=one.gross_cents, found=found)
    place, at = _next(series, max(at, invoice.at))
    sold = queries.issued(invoice)
    facts = replace(
        sold.facts, delivered_on=place.issued_on, paid=tuple(returned),
        lines=tuple(
            rules.credited(
                queries.line_facts(positions[one.position]), one.gross_cents,
                before_cents=before.get(one.position, 0), units=one.units,
            )
            for one in lines
        ),
    )  # fmt: skip
    issued = rules.Issued(
        kind=Invoice.Kind.CREDIT_NOTE, number=rules.number(CREDIT_NOTES, place), issued_on=place.issued_on,
        due_on=place.issued_on, terms=sold.terms, mentions=sold.mentions, facts=facts,
        corrects=rules.Corrected(invoice.number, invoice.issued_on, reason),
    )  # fmt: skip
    note = Invoice(customer=invoice.customer, corrects=invoice, key=key, **cause.columns, **by.columns)
    _issue(note, issued, series, place, at, positions=[one.position for one in lines])
    sales = dict(zip(sorted(positions), books_queries.sale_lines(invoice.number), strict=True))
    entries = [
        _credit(line, note, corrects_id=sales[one.position].pk) for one, line in zip(lines, facts.lines, strict=True)
    ]
    books.write_lines(entries=entries, by=by, at=at)
    return _announced(note, by=by, at=at)


def _next(series: Series, at: datetime.datetime) -> tuple[rules.Place, datetime.datetime]:
    """The next place in the locked series, and the moment raised to that of the one before."""
    at = max(at, series.last_at or at)
    return rules.next_place(series.last(), calendar.date_on(at, provider.time_zone())), at


def _issue(
    invoice: Invoice,
    issued: rules.Issued,
    series: Series,
    place: rules.Place,
    at: datetime.datetime,
    positions: Sequence[int] = (),
) -> None:
    """Give the new document its place, fix its facts, and count the series on."""
    invoice.series, invoice.year, invoice.sequence, invoice.at = series.code, place.year, place.sequence, at
    _fix(invoice, issued, positions or range(1, len(issued.facts.lines) + 1))
    series.take(place, at)


def _announced(invoice: Invoice, *, by: Actor, at: datetime.datetime) -> Invoice:
    """Its entry in the audit, and the job that makes its documents."""
    audit.record(
        f"{invoice.kind}.issued", by=by, at=at, subject=("invoice", invoice.pk), customer_id=invoice.customer_id,
        number=invoice.number, gross_cents=invoice.gross_cents,
    )  # fmt: skip
    jobs.enqueue("carnet.invoices.tasks.make_document", key=f"invoice:{invoice.pk}", at=at, invoice_id=invoice.pk)
    return invoice


def _credit_content(
    note: Invoice,
) -> tuple[int | None, Cause, tuple[rules.CreditedLine, ...], str, tuple[rules.Paid, ...]]:
    """What the request of this credit note said."""
    lines = sorted(note.lines.all(), key=lambda line: line.position)
    credited = tuple(rules.CreditedLine(one.position, one.gross_cents, one.units_back) for one in lines)
    return note.corrects_id, note.cause, credited, note.facts["reason"], queries.issued(note).facts.paid


def _content(invoice: Invoice, buyer: rules.BuyerFacts) -> tuple[int, Cause, rules.InvoiceFacts]:
    """What the request of this invoice said; it was for this buyer if its own was emptied."""
    facts = queries.issued(invoice).facts
    return invoice.customer_id, invoice.cause, replace(facts, buyer=buyer) if invoice.is_emptied else facts


def _fix(invoice: Invoice, issued: rules.Issued, positions: Iterable[int]) -> None:
    """Store the facts in the rows of this new invoice, which knows its place, whose it is and why."""
    facts, salt = issued.facts, keys.new_key()
    buyer = facts.buyer
    sums = rules.totals(facts.lines)
    invoice.kind, invoice.number = issued.kind, issued.number
    invoice.issued_on, invoice.due_on, invoice.delivered_on = issued.issued_on, issued.due_on, facts.delivered_on
    invoice.language, invoice.currency, invoice.order_reference = facts.language, facts.currency, facts.order_reference
    invoice.net_cents, invoice.vat_cents = sum(one.net_cents for one in sums), sum(one.vat_cents for one in sums)
    invoice.gross_cents = invoice.net_cents + invoice.vat_cents
    invoice.facts = {
        "seller": asdict(facts.seller), "terms": list(issued.terms), "mentions": issued.mentions,
        "paid": [asdict(one) | {"on": one.on.isoformat()} for one in facts.paid],
    }  # fmt: skip
    if issued.corrects:
        invoice.facts["reason"] = issued.corrects.reason
    invoice.buyer_digest = rules.buyer_digest(buyer, salt)
    invoice.digest = queries.digest_of(invoice, issued)
    invoice.save(force_insert=True)
    named = asdict(buyer)
    InvoiceBuyer.objects.create(invoice=invoice, salt=salt, **named.pop("address"), **named)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, position=position, **asdict(line))
        for position, line in zip(positions, facts.lines, strict=True)
    )


def _sale(line: rules.LineFacts, invoice: Invoice) -> BookEntry:
    return BookEntry(
        kind="sale", on=invoice.issued_on, customer_id=invoice.customer_id, cause=invoice.cause, label=line.code,
        net_cents=line.net_cents, vat_permille=line.vat_permille, vat_cents=line.vat_cents,
        gross_cents=line.gross_cents, document=invoice.number, quantity=line.quantity, digest=invoice.digest,
    )  # fmt: skip


def _credit(line: rules.LineFacts, note: Invoice, *, corrects_id: int) -> BookEntry:
    """What a line of a credit note takes off the sale that it corrects."""
    return BookEntry(
        kind="correction", on=note.issued_on, customer_id=note.customer_id, cause=note.cause, label=line.code,
        net_cents=-line.net_cents, vat_permille=line.vat_permille, vat_cents=-line.vat_cents,
        gross_cents=-line.gross_cents, document=note.number, digest=note.digest, corrects_id=corrects_id,
    )  # fmt: skip


@transaction.atomic
def make_document(invoice_id: int, *, at: datetime.datetime) -> list[Document]:
    """Make the PDFs of an invoice or a credit note, in French and in its customer's language, each with the XML for
    machines in it, write their digests into the books, and send the customer's; once: the next time gives the first
    ones.
    """
    # Two at once: the second waits here, and finds the documents of the first. Who corrects it or settles by it has the
    # books already, and must not wait.
    locked = Invoice.objects.select_for_update(of=("self",), no_key=True)
    invoice = locked.select_related("buyer", "corrects").get(pk=invoice_id)
    known = list(invoice.documents.order_by("language"))
    if known:
        return known
    files = {language: documents.set_in(invoice, language) for language in sorted({"fr", invoice.language})}
    made = [
        Document.objects.create(
            invoice=invoice, language=language, sha256=hashlib.sha256(pdf).hexdigest(), byte_count=len(pdf), made_at=at
        )
        for language, pdf in files.items()
    ]
    DocumentFile.objects.bulk_create(DocumentFile(document=one, pdf=files[one.language]) for one in made)
    books.write_lines(entries=[_made(one) for one in made], by=WORKER, at=at)
    mails.document_made(invoice, files[invoice.language], at=at)
    return made


def _made(document: Document) -> BookEntry:
    invoice = document.invoice
    return BookEntry(
        kind="document", on=invoice.issued_on, customer_id=invoice.customer_id, cause=invoice.cause,
        label=f"pdf-{document.language}", net_cents=0, vat_permille=0, vat_cents=0, gross_cents=0,
        document=invoice.number, digest=document.sha256,
    )  # fmt: skip


@transaction.atomic
def empty_invoices(invoices: Sequence[int], *, by: Actor, at: datetime.datetime) -> None:
    """Delete who bought and the files that name them, once the law no longer wants them kept: number, lines, sums and
    books stay, and the audit says to the verification that nobody else did it.
    """
    DocumentFile.objects.filter(document__invoice__in=invoices).delete()
    InvoiceBuyer.objects.filter(invoice__in=invoices).delete()
    for invoice in invoices:
        audit.record("invoice.emptied", by=by, at=at, subject=("invoice", invoice))
