"""The files of an invoice, made from its facts: a PDF in French and in the customer's language, each with the same XML
for machines in it. What was made of an issued invoice is kept, and shown as it was made.
"""

from pathlib import Path

from carnet.documents import facturx
from carnet.invoices import queries
from carnet.invoices.models import Invoice
from carnet.invoices.shown import cii, paper

TEMPLATE = Path(__file__).parents[1] / "templates" / "invoices" / "documents" / "invoice.typ"


def pdf_of(invoice: Invoice, language: str = "") -> bytes:
    """The document in French or in the customer's language (that one if nothing is said), as it was made; set now if
    the worker has not come to it yet: that one will be the same.
    """
    language = language or invoice.language
    return queries.kept_pdf(invoice, language) or set_in(invoice, language)


def xml_of(invoice: Invoice) -> bytes:
    """The XML alone, as it was embedded when the document was made; made now if that is still to come."""
    kept = queries.kept_pdf(invoice, "fr")
    return facturx.xml_in(kept) if kept else cii.xml_of(queries.issued(invoice))


def set_in(invoice: Invoice, language: str) -> bytes:
    """The document set from the facts; the same every time, because its date is the day of issue."""
    day, issued = invoice.issued_on, queries.issued(invoice)
    data = paper.in_words(language, issued) | {"day": [day.year, day.month, day.day]}
    return facturx.pdf(TEMPLATE, data, cii.xml_of(issued))
