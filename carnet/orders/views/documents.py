"""An invoice or a credit note as the answer of two pages."""

from django.http import Http404, HttpResponse

from carnet.invoices.models import Invoice
from carnet.invoices.shown import documents as invoices
from carnet.web import downloads


def invoice(found: Invoice, *, in_french: bool) -> HttpResponse:
    """The invoice as it was issued; made now if the worker has not come to it yet. One that was emptied after ten years
    is not found.
    """
    if found.is_emptied:
        raise Http404
    if in_french:
        return downloads.pdf(invoices.pdf_of(found, "fr"), f"{found.number}-fr.pdf")
    return downloads.pdf(invoices.pdf_of(found), f"{found.number}.pdf")


def invoice_xml(found: Invoice) -> HttpResponse:
    """The same for machines, as it is in the PDF."""
    if found.is_emptied:
        raise Http404
    return downloads.xml(invoices.xml_of(found), f"{found.number}.xml")
