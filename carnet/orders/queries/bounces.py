"""O7: what bounced cheques did not pay of orders that were paid, until when it can be paid again, and what was."""

import datetime
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from carnet.cheques.models import PaidAgain
from carnet.kernel import calendar
from carnet.orders.models import Order
from carnet.payments.models import Checkout, Dispute, Payment
from carnet.provider import queries as provider


def open_bounces() -> QuerySet[Dispute]:
    """Bounced cheques that paid for something and can still be paid again, each with `again_cents`, what was."""
    again = paid_again().filter(bounce=OuterRef("payment")).order_by().values("bounce")
    found = Dispute.objects.filter(kind=Dispute.Kind.BOUNCE, state=Dispute.State.OPEN, payment__cause_kind="order")
    sums = again.annotate(sum=Sum("amount_cents")).values("sum")
    return found.annotate(again_cents=Coalesce(Subquery(sums), 0)).order_by("id")


def paid_again() -> QuerySet[PaidAgain]:
    """What pays again, but for money that was undone, or is a cheque that bounced, too."""
    return PaidAgain.objects.filter(payment__undone=None, payment__bounce=None)


def to_pay_again(order: Order) -> list[tuple[Dispute, int]]:
    """Of an order that was paid, each bounce that waits to be paid again, and the cents that are missing; the earliest
    first.
    """
    found = open_bounces().filter(payment__cause_id=order.pk).select_related("payment__customer")
    return [(one, max(0, one.order_cents - one.again_cents)) for one in found]  # type: ignore[attr-defined]


def last_day_again(order: Order) -> datetime.date | None:
    """The last day, included, on which all of it can be paid again; None if nothing is to be."""
    return last_day_of([one for one, _cents in to_pay_again(order)])


def last_day_of(bounced: Collection[Dispute]) -> datetime.date | None:
    """The last day, included, on which the first of these can be paid again."""
    ends = [one.answer_by for one in bounced if one.answer_by]
    return calendar.date_on(min(ends) - datetime.timedelta(seconds=1), provider.time_zone()) if ends else None


def came_to_nothing(order: Order) -> bool:
    """Whether a cheque for it bounced and was not paid again in time: what comes now is too late."""
    of_order = Dispute.objects.filter(payment__cause_kind="order", payment__cause_id=order.pk)
    return of_order.filter(kind=Dispute.Kind.BOUNCE, state=Dispute.State.LOST, order_cents__gt=0).exists()


def bounces_over(at: datetime.datetime) -> QuerySet[Dispute]:
    """Those whose time is over; not while the payment service examines money for their order."""
    pending = Checkout.objects.filter(
        cause_kind="order", cause_id=OuterRef("payment__cause_id"), state=Checkout.State.PENDING
    )
    return open_bounces().filter(~Exists(pending), answer_by__lte=at).select_related("payment__customer")


def payments_of_bounce(dispute: Dispute) -> list[tuple[Payment, int]]:
    """The money that pays a bounced cheque again, each with so many cents."""
    found = paid_again().filter(bounce=dispute.payment_id).select_related("payment").order_by("id")
    return [(one.payment, one.amount_cents) for one in found]


def again_cents(payment: Payment) -> int:
    """How many cents of this payment pay again what still waits for the rest."""
    waits = open_bounces().filter(payment__cause_id=payment.cause_id).values("payment")
    return paid_again().filter(payment=payment, bounce__in=waits).aggregate(sum=Sum("amount_cents"))["sum"] or 0
