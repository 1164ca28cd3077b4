import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books import actions as books
from carnet.books.rules import Entry
from carnet.invoices import mails, queries, rules
from carnet.invoices.models import Content, Document, Invoice, Series
from carnet.invoices.queries import words
from carnet.jobs import actions as jobs
from carnet.kernel import calendar, chain, keys
from carnet.kernel.keys import Cause
from carnet.kernel.refused import KeyReused, Refused
from carnet.kernel.transactions import joined
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.web import formats

INVOICES = "F"


class SellerUnnamed(Refused):
    """The company's record lacks what every invoice must say of the seller."""

    code = "invoices.seller_unnamed"


@joined
def issue_invoice(
    *,
    customer: Customer,
    seller: rules.Seller,
    buyer: rules.Buyer,
    lines: Sequence[rules.Line],
    paid: Sequence[rules.Paid],
    cause: Cause,
    order_reference: str,
    language: str,
    delivered_on: datetime.date,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Invoice:
    """O8: number an invoice without a gap, fix what it says in French and in `language`, and write its sales into the
    books; the same key again gives the first one.

    It is dated today, or as the number before it if that is later; `at` is raised to that one's. A worker makes the PDF
    and sends it afterwards. Refuses `KeyReused` for the same key with other content, and `SellerUnnamed`.
    """
    facts = {
        "customer": customer.pk, "seller": asdict(seller), "buyer": asdict(buyer), "lines": list(map(asdict, lines)),
        "paid": list(map(asdict, paid)), "cause": [cause.kind, cause.id], "order": order_reference,
        "language": language, "delivered_on": delivered_on,
    }  # fmt: skip
    request = keys.digest(chain.canonical(facts))
    if not lines:
        raise ValueError("nothing to write on the invoice")
    # The books first, as whoever records money before has them already: in the other order two could wait for each
    # other.
    books.lock()
    series = Series.objects.lock(INVOICES)
    known = Invoice.objects.filter(key=key).first()
    if known is not None:
        if known.request != request:
            raise KeyReused
        return known
    if not rules.is_named(seller, lines):
        raise SellerUnnamed
    before = Invoice.objects.filter(series=INVOICES).order_by("-id").first()
    at = max(at, before.at) if before else at
    place = rules.next_place(series.last(), calendar.date_on(at, provider.time_zone()))
    series.take(place)
    number = rules.number(INVOICES, place)
    data = {
        one: words.in_words(
            one, number=number, place=place, seller=seller, buyer=buyer, lines=list(lines), paid=list(paid),
            order_reference=order_reference, delivered_on=formats.day(delivered_on, one),
        )
        for one in sorted({"fr", language})
    }  # fmt: skip
    sums = rules.totals(lines)
    net, vat = sum(one.net_cents for one in sums), sum(one.vat_cents for one in sums)
    invoice = Invoice.objects.create(
        number=number, series=INVOICES, year=place.year, sequence=place.sequence, kind=Invoice.Kind.INVOICE,
        issued_on=place.issued_on, at=at, customer=customer, net_cents=net, vat_cents=vat, gross_cents=net + vat,
        digest=keys.digest(chain.canonical(data)), **cause.columns, key=key, request=request,
        **by.columns,
    )  # fmt: skip
    Content.objects.create(invoice=invoice, language=language, email=buyer.email, data=data)
    books.write_lines(entries=[_sale(line, invoice, cause) for line in lines], by=by, at=at)
    audit.record(
        "invoice.issued", by=by, at=at, subject=("invoice", invoice.pk), customer_id=customer.pk, number=number,
        gross_cents=invoice.gross_cents,
    )  # fmt: skip
    jobs.enqueue("carnet.invoices.tasks.make_document", key=f"invoice:{invoice.pk}", at=at, invoice_id=invoice.pk)
    return invoice


def _sale(line: rules.Line, invoice: Invoice, cause: Cause) -> Entry:
    return Entry(
        kind="sale", on=invoice.issued_on, customer_id=invoice.customer_id, cause=cause, label=line.code,
        net_cents=line.split.net_cents, vat_permille=line.vat_permille, vat_cents=line.split.vat_cents,
        gross_cents=line.gross_cents, document=invoice.number, quantity=line.quantity,
    )  # fmt: skip


@transaction.atomic
def make_document(invoice_id: int, *, at: datetime.datetime) -> Document:
    """Make the PDF of an invoice in its customer's language, and send it; once: the next time gives the first one."""
    # Two at once: the second waits here, and finds the document of the first.
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("content").get(pk=invoice_id)
    known = Document.objects.filter(invoice=invoice).first()
    if known is not None:
        return known
    pdf = queries.pdf_in(invoice, invoice.content.language)
    document = Document.objects.create(invoice=invoice, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), made_at=at)
    mails.invoice_issued(invoice, pdf, at=at)
    return document
