import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER, Actor
from carnet.books import actions as books
from carnet.books.rules import BookEntry
from carnet.invoices import mails, queries, rules, shown
from carnet.invoices.models import Document, DocumentFile, Invoice, InvoiceBuyer, InvoiceLine, Series
from carnet.jobs import actions as jobs
from carnet.kernel import calendar, keys, once
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.people.models import Customer
from carnet.provider import queries as provider

INVOICES = "F"


class SellerUnnamed(Refused):
    """The company's record lacks what every invoice must say of the seller."""

    code = "invoices.seller_unnamed"


@joined
@gathered()
def issue_invoice(
    *, customer: Customer, facts: rules.InvoiceFacts, cause: Cause, by: Actor, at: datetime.datetime, key: str
) -> Invoice:
    """O8: number an invoice without a gap, fix its facts, and write its sales into the books; the same key again gives
    the first one.

    It is dated today, or as the number before it if that is later, and due the same day: what is sold here is paid
    before. `at` is raised to that one's. A worker makes the PDF and sends it afterwards. Refuses `KeyReused` for the
    same key with other content, and `SellerUnnamed`.
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
    at = max(at, series.last_at or at)
    place = rules.next_place(series.last(), calendar.date_on(at, provider.time_zone()))
    issued = rules.Issued(
        kind=Invoice.Kind.INVOICE, number=rules.number(INVOICES, place), issued_on=place.issued_on,
        due_on=place.issued_on, terms=rules.terms(is_company=facts.buyer.is_company, lines=facts.lines), facts=facts,
    )  # fmt: skip
    invoice = Invoice(
        series=INVOICES, year=place.year, sequence=place.sequence, at=at, customer=customer, key=key, **cause.columns,
        **by.columns,
    )  # fmt: skip
    _fix(invoice, issued)
    series.take(place, at)
    books.write_lines(entries=[_sale(line, invoice) for line in facts.lines], by=by, at=at)
    audit.record(
        "invoice.issued", by=by, at=at, subject=("invoice", invoice.pk), customer_id=customer.pk,
        number=invoice.number, gross_cents=invoice.gross_cents,
    )  # fmt: skip
    jobs.enqueue("carnet.invoices.tasks.make_document", key=f"invoice:{invoice.pk}", at=at, invoice_id=invoice.pk)
    return invoice


def _content(invoice: Invoice, buyer: rules.BuyerFacts) -> tuple[int, Cause, rules.InvoiceFacts]:
    """What the request of this invoice said; it was for this buyer if its own was emptied."""
    facts = queries.issued(invoice).facts
    return invoice.customer_id, invoice.cause, replace(facts, buyer=buyer) if invoice.is_emptied else facts


def _fix(invoice: Invoice, issued: rules.Issued) -> None:
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
        "seller": asdict(facts.seller), "terms": list(issued.terms),
        "paid": [asdict(one) | {"on": one.on.isoformat()} for one in facts.paid],
    }  # fmt: skip
    invoice.buyer_digest = rules.buyer_digest(buyer, salt)
    invoice.digest = queries.digest_of(invoice, issued)
    invoice.save(force_insert=True)
    named = asdict(buyer)
    InvoiceBuyer.objects.create(invoice=invoice, salt=salt, **named.pop("address"), **named)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, position=position, **asdict(line))
        for position, line in enumerate(facts.lines, start=1)
    )


def _sale(line: rules.LineFacts, invoice: Invoice) -> BookEntry:
    return BookEntry(
        kind="sale", on=invoice.issued_on, customer_id=invoice.customer_id, cause=invoice.cause, label=line.code,
        net_cents=line.net_cents, vat_permille=line.vat_permille, vat_cents=line.vat_cents,
        gross_cents=line.gross_cents, document=invoice.number, quantity=line.quantity, digest=invoice.digest,
    )  # fmt: skip


@transaction.atomic
def make_document(invoice_id: int, *, at: datetime.datetime) -> list[Document]:
    """Make the PDFs of an invoice, in French and in its customer's language, write their digests into the books, and
    send the customer's; once: the next time gives the first ones.
    """
    # Two at once: the second waits here, and finds the documents of the first.
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("buyer").get(pk=invoice_id)
    known = list(invoice.documents.order_by("language"))
    if known:
        return known
    files = {language: shown.set_in(invoice, language) for language in sorted({"fr", invoice.language})}
    made = [
        Document.objects.create(
            invoice=invoice, language=language, sha256=hashlib.sha256(pdf).hexdigest(), byte_count=len(pdf), made_at=at
        )
        for language, pdf in files.items()
    ]
    DocumentFile.objects.bulk_create(DocumentFile(document=one, pdf=files[one.language]) for one in made)
    books.write_lines(entries=[_made(one) for one in made], by=WORKER, at=at)
    mails.invoice_issued(invoice, files[invoice.language], at=at)
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
