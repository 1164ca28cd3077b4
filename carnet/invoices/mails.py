"""The mail that brings an invoice."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.invoices.models import Invoice
from carnet.mail import actions as mail
from carnet.mail.rules import Attached, Letter
from carnet.web import formats


def invoice_issued(invoice: Invoice, pdf: bytes, *, at: datetime.datetime) -> None:
    """The invoice, with its PDF (O8)."""
    language = invoice.language
    letter = Letter(
        "invoices/issued",
        to=invoice.buyer.email,
        language=language,
        context={
            "customer": invoice.customer,
            "number": invoice.number,
            "amount": formats.money(invoice.gross_cents, language),
            "url": settings.SITE_URL + reverse("my:orders:purchases"),
        },
        attachments=[Attached(f"{invoice.number}.pdf", "application/pdf", pdf)],
    )
    mail.queue_mail(letter, key=f"invoice:{invoice.pk}", at=at)
