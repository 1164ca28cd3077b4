"""The confirmation of an order on a durable medium: its mail leaves with the terms as a document (CC L221-13)."""

import datetime
import hashlib

from django.db import transaction

from carnet.mail import actions as mail
from carnet.mail.models import OutgoingMail
from carnet.mail.rules import Attached
from carnet.orders.models import Order, TermsDocument
from carnet.orders.shown import confirmation, terms


def send_confirmation(order_id: int, *, at: datetime.datetime) -> OutgoingMail:
    """Make the document of the terms that the order agreed to, unless that was done for another order, and send the
    mail that waits for it. Once: the next time changes nothing.
    """
    order = Order.objects.select_related("terms").get(pk=order_id)
    document = terms_document(order, at=at)
    name = terms.file_name(order.terms, order.language)
    attached = Attached(name, "application/pdf", bytes(document.pdf))
    return mail.release_mail(confirmation.confirmation_key(order), attachments=[attached], at=at)


def terms_document(order: Order, *, at: datetime.datetime) -> TermsDocument:
    """The order's terms, and for a consumer the withdrawal conditions, as a PDF in the order's language; made once."""
    withdrawal = terms.withdrawal_of(order)
    key = terms.document_key(order.terms, withdrawal, order.language)
    known = TermsDocument.objects.filter(key=key).first()
    if known is not None:
        return known
    # Set before the transaction: nobody waits for it.
    pdf = terms.pdf_of(order.terms, withdrawal, order.language)
    with transaction.atomic():
        # Two at once set the same: the first one's stays.
        document, _is_new = TermsDocument.objects.get_or_create(
            key=key,
            defaults={
                "terms": order.terms, "withdrawal": withdrawal, "language": order.language, "pdf": pdf,
                "sha256": hashlib.sha256(pdf).hexdigest(), "made_at": at,
            },
        )  # fmt: skip
    return document
