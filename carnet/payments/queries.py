"""Money as it is shown, what counts as paid, and what proves the credit."""

import contextlib
from typing import Any

from django.db.models import Q, QuerySet, Sum

from carnet.kernel.keys import Cause
from carnet.payments.models import Checkout, CreditAccount, CreditMovement, Payment
from carnet.payments.rules import received
from carnet.people.models import Customer

PORTION = 500


def credit_cents(customer: Customer) -> int:
    """The customer's credit now."""
    return CreditAccount.objects.filter(pk=customer.pk).values_list("credit_cents", flat=True).first() or 0


def credit_movements(customer: Customer) -> QuerySet[CreditMovement]:
    """Every change of the customer's credit, the last one first."""
    return CreditMovement.objects.filter(customer=customer).order_by("-sequence")


def payments(words: str = "", *, or_orders: QuerySet[Any] | tuple[()] = ()) -> QuerySet[Payment]:
    """Everything that came in, the last first; `words` are a part of a name, a bank, the number of a cheque or the note
    about it, or an amount. `or_orders` are numbers of orders whose payments are found, too.
    """
    found = Payment.objects.select_related("customer", "details", "clearing", "undone").order_by("-at", "-id")
    words = words.strip()
    if not words:
        return found
    matching = Q(customer__name__contains_folded=words) | Q(details__payer__contains_folded=words)
    matching |= Q(details__bank__contains_folded=words) | Q(details__note__contains_folded=words)
    matching |= Q(details__document_number__icontains="".join(words.split()))
    matching |= Q(cause_kind="order", cause_id__in=or_orders)
    with contextlib.suppress(received.NotAnAmount):
        matching |= Q(amount_cents=received.parse_amount(words))
    return found.filter(matching)


def payments_of(customer: Customer) -> QuerySet[Payment]:
    """What came in from this customer, the last first."""
    return payments().filter(customer=customer)


def turned_cents(payment: Payment) -> int:
    """How many cents of this payment became credit, less what was taken back of it."""
    found = CreditMovement.objects.filter(payment=payment).aggregate(sum=Sum("amount_cents"))["sum"]
    return found or 0


def checkouts_of(cause: Cause) -> QuerySet[Checkout]:
    """What was begun at the payment service to pay for this, the newest first."""
    return Checkout.objects.filter(**cause.columns).order_by("-pk")
