"""Invoices as they are listed and shown."""

from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from carnet.documents import typesetting
from carnet.invoices.models import Document, Invoice
from carnet.people.models import Customer

TEMPLATE = Path(__file__).parents[1] / "templates" / "invoices" / "documents" / "invoice.typ"


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


def pdf_of(invoice: Invoice) -> bytes:
    """The document as it was made; set now if the worker has not come to it yet: that one will be the same."""
    kept = Document.objects.filter(invoice=invoice).first()
    return bytes(kept.pdf) if kept else pdf_in(invoice, invoice.content.language)


def pdf_in(invoice: Invoice, language: str) -> bytes:
    """The document set in French or in the customer's language, from what was fixed at issue; the same every time,
    because its date is the day of issue.
    """
    day = invoice.issued_on
    return typesetting.pdf(TEMPLATE, {**invoice.content.data[language], "day": [day.year, day.month, day.day]})
