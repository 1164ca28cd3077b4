"""Money that goes back to customers, as lists show it."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum

from carnet.payments.models import Dispute, OnlineRefund, Payment
from carnet.people.models import Customer
from carnet.repayments.models import Repayment

UNDER_WAY = (Repayment.State.ASKED, Repayment.State.PENDING)


def sent_by_hand_cents(payment: Payment) -> int:
    """What of this payment somebody sent back in the service's own pages, and no repayment accounts for yet.

    The service's refund of each repayment that it was asked for is noted together with it, so what is beyond is what
    was sent by hand.
    """
    if payment.means != "paypal":
        return 0
    refunds = payment.online_refunds.filter(kind=OnlineRefund.Kind.REFUND)
    ours = Repayment.objects.filter(payment=payment, means="paypal", state=Repayment.State.SENT)
    return max(0, _sum(refunds) - _sum(ours))


def gone_back_cents(payment: Payment) -> int:
    """All of this payment that goes back or was taken back by the service (O7)."""
    reversals = payment.online_refunds.filter(kind=OnlineRefund.Kind.REVERSAL)
    return _sum(Repayment.objects.filter(payment=payment)) + _sum(reversals)


def repayments(state: str = "") -> QuerySet[Repayment]:
    """What goes back to customers: what is due first come first served, else the newest first; of one state if it is
    named, «asked» with what the payment service still holds.
    """
    found = Repayment.objects.select_related("customer", "payment__clearing", "account")
    if state == Repayment.State.DUE:
        return found.filter(state=state).order_by("id")
    if state == Repayment.State.ASKED:
        return found.filter(state__in=UNDER_WAY).order_by("-id")
    return (found.filter(state=state) if state else found).order_by("-id")


def repayments_of(customer: Customer) -> QuerySet[Repayment]:
    """What goes back to this customer, the newest first."""
    return repayments().filter(customer=customer)


def repayments_of_payments(payments: Iterable[Payment]) -> list[Repayment]:
    """What goes back of these payments, the first one first."""
    return list(repayments().filter(payment__in=list(payments)).order_by("id"))


def is_disputed(repayment: Repayment) -> bool:
    """O7: whether the payment is disputed, bounced or lost: then nothing of it should be sent."""
    return Dispute.objects.filter(payment=repayment.payment_id, state__in=Dispute.LIVE).exists()


def due_count() -> int:
    """How many somebody has to send."""
    return Repayment.objects.filter(state=Repayment.State.DUE).count()


def repayments_to_look_at(at: datetime.datetime) -> QuerySet[Repayment]:
    """Those of which the payment service is to be asked now, the longest due first."""
    return Repayment.objects.filter(look_at__lte=at).order_by("look_at", "pk")


def _sum(rows: QuerySet[Any]) -> int:
    return rows.aggregate(sum=Sum("amount_cents"))["sum"] or 0
