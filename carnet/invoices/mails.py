"""The mails that bring an invoice or a credit note."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.invoices import queries
from carnet.invoices.models import Invoice
from carnet.mail import actions as mail
from carnet.mail.rules import Attached, Letter
from carnet.web import formats


def document_made(invoice: Invoice, pdf: bytes, *, at: datetime.datetime) -> None:
    """The invoice, and until when it is to be paid if that is later; or the credit note and what it corrects; with its
    PDF (O8).
    """
    language, original = invoice.language, invoice.corrects
    letter = Letter(
        "invoices/credited" if original else "invoices/issued",
        to=invoice.buyer.email,
        language=language,
        context={
            "customer": invoice.customer,
            "number": invoice.number,
            "amount": formats.money(invoice.gross_cents, language),
            "due": _due(invoice),
            "original": original and original.number,
            "original_day": original and formats.day(original.issued_on, language),
            "url": settings.SITE_URL + reverse("my:orders:purchases"),
        },
        attachments=[Attached(f"{invoice.number}.pdf", "application/pdf", pdf)],
    )
    mail.queue_mail(letter, key=f"invoice:{invoice.pk}", at=at)


def _due(invoice: Invoice) -> dict[str, str] | None:
    """What is left to pay, and until when, of an invoice that was asked for before it was paid."""
    left_cents = queries.issued(invoice).left_cents
    if invoice.is_credit_note or invoice.due_on == invoice.issued_on or not left_cents:
        return None
    language = invoice.language
    return {"amount": formats.money(left_cents, language), "day": formats.day(invoice.due_on, language)}
