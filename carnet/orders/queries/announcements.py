"""Cheques that customers say are on their way."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from carnet.cheques.models import ChequeAnnouncement
from carnet.orders.models import Order
from carnet.orders.queries import bounces
from carnet.payments.models import Means, Payment


def last_of(order: Order) -> ChequeAnnouncement | None:
    """The last one for this order that no cheque has come for since."""
    return _expected().filter(cause_id=order.pk).order_by("-id").first()


def announced() -> QuerySet[ChequeAnnouncement]:
    """The last one of every order that still waits for its money, the oldest first."""
    waiting = Order.objects.filter(pk=OuterRef("cause_id"), state=Order.State.WAITING)
    bounced = bounces.open_bounces().filter(payment__cause_id=OuterRef("cause_id"))
    later = ChequeAnnouncement.objects.filter(cause_kind="order", cause_id=OuterRef("cause_id"), pk__gt=OuterRef("pk"))
    found = _expected().filter(Q(Exists(waiting)) | Q(Exists(bounced)), ~Exists(later))
    return found.select_related("customer").order_by("id")


def _expected() -> QuerySet[ChequeAnnouncement]:
    came = Payment.objects.filter(
        cause_kind="order", cause_id=OuterRef("cause_id"), means=Means.CHEQUE, at__gte=OuterRef("at"), undone=None
    )
    return ChequeAnnouncement.objects.filter(~Exists(came), cause_kind="order")
