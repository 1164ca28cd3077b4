"""The mail that brings an invoice."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.invoices.models import Invoice
from carnet.mail import actions as mail
from carnet.web import formats


def invoice_issued(invoice: Invoice, pdf: bytes, *, at: datetime.datetime) -> None:
    """The invoice, with its PDF (O8)."""
    language = invoice.language
    mail.queue_mail(
        kind="invoices/issued",
        key=f"invoice:{invoice.pk}",
        to=invoice.buyer.email,
        language=language,
        context={
            "customer": invoice.customer,
            "number": invoice.number,
            "amount": formats.money(invoice.gross_cents, language),
            "url": settings.SITE_URL + reverse("my:orders:purchases"),
        },
        at=at,
        attachments=[mail.Attached(f"{invoice.number}.pdf", "application/pdf", pdf)],
    )
