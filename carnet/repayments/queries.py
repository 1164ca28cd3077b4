"""Money that goes back to customers, as lists show it."""

from typing import Any

from django.db.models import QuerySet, Sum

from carnet.payments.models import OnlineRefund, Payment
from carnet.repayments.models import Repayment


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


def _sum(rows: QuerySet[Any]) -> int:
    return rows.aggregate(sum=Sum("amount_cents"))["sum"] or 0
