"""Invoices as they are listed and shown."""

import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from carnet.invoices import rules
from carnet.invoices.models import DocumentFile, Invoice, InvoiceBuyer, InvoiceLine
from carnet.people.models import Customer


def invoices(words: str = "", *, or_among: QuerySet[Any] | tuple[()] = ()) -> QuerySet[Invoice]:
    """All invoices and credit notes, the last first; `words` are a part of a number, its own or that of what it
    corrects, of the customer's name, or of the e-mail address it was sent to. `or_among` are rows that are found, too.
    """
    found = Invoice.objects.select_related("customer", "corrects").order_by("-issued_on", "-id")
    words = words.strip()
    if not words:
        return found
    matching = Q(number__contains_folded=words) | Q(customer__name__contains_folded=words)
    matching |= Q(corrects__number__contains_folded=words)
    matching |= Q(buyer__email__contains_folded=words) | Q(pk__in=or_among)
    return found.filter(matching)


def invoices_of(customer: Customer) -> QuerySet[Invoice]:
    """A customer's invoices and credit notes, the last first."""
    return invoices().filter(customer=customer)


def issued(invoice: Invoice) -> rules.Issued:
    """What the invoice fixes, read again from its rows; of one that was emptied the buyer is `rules.NOBODY`."""
    facts = invoice.facts
    seller = rules.SellerFacts(**facts["seller"] | {"address": rules.PostalAddress(**facts["seller"]["address"])})
    paid = (rules.Paid(**one | {"on": datetime.date.fromisoformat(one["on"])}) for one in facts["paid"])
    original = invoice.corrects
    corrects = rules.Corrected(original.number, original.issued_on, facts["reason"]) if original else None
    return rules.Issued(
        kind=invoice.kind, number=invoice.number, issued_on=invoice.issued_on, due_on=invoice.due_on,
        terms=tuple(facts["terms"]), mentions=facts["mentions"], corrects=corrects,
        facts=rules.InvoiceFacts(
            seller=seller, buyer=rules.NOBODY if invoice.is_emptied else invoice.buyer.as_facts(),
            lines=tuple(map(line_facts, sorted(invoice.lines.all(), key=lambda line: line.position))), paid=tuple(paid),
            order_reference=invoice.order_reference, delivered_on=invoice.delivered_on, language=invoice.language,
            currency=invoice.currency,
        ),
    )  # fmt: skip


def line_facts(row: InvoiceLine) -> rules.LineFacts:
    """A line as it was fixed."""
    return rules.LineFacts(
        code=row.code, names=row.names, quantity=row.quantity, unit_cents=row.unit_cents, net_cents=row.net_cents,
        vat_cents=row.vat_cents, gross_cents=row.gross_cents, vat_permille=row.vat_permille,
        vat_category=row.vat_category, exemption=row.exemption, pack=rules.PackSold(**row.pack) if row.pack else None,
        units_back=row.units_back,
    )  # fmt: skip


def digest_of(invoice: Invoice, issued: rules.Issued) -> str:
    """The digest of this invoice, if these are its facts."""
    return rules.digest(
        issued, buyer_digest=invoice.buyer_digest, customer=invoice.customer_id, corrects_id=invoice.corrects_id,
        cause=[invoice.cause_kind, invoice.cause_id],
    )  # fmt: skip


def credited_cents(invoice: Invoice) -> dict[int, int]:
    """How many cents of each line of an invoice its credit notes have taken off, by the line's position."""
    lines = InvoiceLine.objects.filter(invoice__corrects=invoice).order_by().values_list("position")
    return dict(lines.annotate(Sum("gross_cents")))


def kept_pdf(invoice: Invoice, language: str) -> bytes | None:
    """The file as it was made; None if there is none, not yet or not any more."""
    found = DocumentFile.objects.filter(document__invoice=invoice, document__language=language).first()
    return bytes(found.pdf) if found else None


def named_before(day: datetime.date) -> QuerySet[InvoiceBuyer]:
    """Who bought what was invoiced before this day, as far as it was not emptied yet."""
    return InvoiceBuyer.objects.filter(invoice__issued_on__lt=day)
