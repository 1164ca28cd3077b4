"""Money of which nobody knows what it was meant for: it is recorded all the same, and not lost."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.keys import Cause
from carnet.payments import actions as payments
from carnet.payments.models import CreditMovement, Payment
from carnet.people.models import Customer
from carnet.till import mails


@transaction.atomic
def record_unallocated_payment(
    *,
    customer: Customer,
    means: str,
    amount_cents: int,
    received_on: datetime.date,
    by: Actor,
    at: datetime.datetime,
    key: str,
    is_another: bool = False,
    is_old: bool = False,
    payer: str = "",
    bank: str = "",
    document_number: str = "",
) -> Payment:
    """Money came from this customer for no order that is known: it becomes credit, which pays their next order (O4),
    and the holders are told.

    The same key again gives the first payment. Refuses what `payments.receive_payment` refuses.
    """
    cause = Cause("customer", customer.pk)
    payment = payments.receive_payment(
        customer=customer, means=means, amount_cents=amount_cents, received_on=received_on, cause=cause, by=by, at=at,
        key=key, is_another=is_another, is_old=is_old, payer=payer, bank=bank, document_number=document_number,
    )  # fmt: skip
    payments.add_credit(
        customer=customer, amount_cents=amount_cents, reason=CreditMovement.Reason.NO_ORDER, cause=cause, by=by, at=at,
        key=f"payment:{payment.pk}:credit", payment=payment,
    )  # fmt: skip
    mails.payment_unallocated(payment, at=at)
    return payment
