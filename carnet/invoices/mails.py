"""The mails that bring an invoice or a credit note."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.invoices.models import Invoice
from carnet.mail import actions as mail
from carnet.mail.rules import Attached, Letter
from carnet.web import formats


def document_made(invoice: Invoice, pdf: bytes, *, at: datetime.datetime) -> None:
    """The invoice, or the credit note and what it corrects, with its PDF (O8)."""
    language, original = invoice.language, invoice.corrects
    letter = Letter(
        "invoices/credited" if original else "invoices/issued",
        to=invoice.buyer.email,
        language=language,
        context={
            "customer": invoice.customer,
            "number": invoice.number,
            "amount": formats.money(invoice.gross_cents, language),
            "original": original and original.number,
            "original_day": original and formats.day(original.issued_on, language),
            "url": settings.SITE_URL + reverse("my:orders:purchases"),
        },
        attachments=[Attached(f"{invoice.number}.pdf", "application/pdf", pdf)],
    )
    mail.queue_mail(letter, key=f"invoice:{invoice.pk}", at=at)
