"""What of the settled orders has still to be given."""

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from carnet.orders.models import Activation, Order, Settlement
from carnet.till.models import Refund
from carnet.till.queries import disputed


def activations_due(at: datetime.datetime) -> QuerySet[Order]:
    """Settled orders whose lot may be active now and is not yet (L1); not while their payment is disputed, nor once
    that is lost (O7), nor what went back (O11) or was cancelled before.
    """
    made = Activation.objects.filter(line__order=OuterRef("pk"))
    due = Exists(Settlement.objects.filter(order=OuterRef("pk"), activates_at__lte=at))
    is_disputed = Exists(disputed.disputes_over_units().filter(payment__cause_id=OuterRef("pk")))
    refunded = Exists(Refund.objects.filter(order=OuterRef("pk")))
    cancelled = Exists(disputed.cancelled_of(OuterRef("pk")))
    return Order.objects.filter(due, ~Exists(made), ~is_disputed, ~refunded, ~cancelled)


def is_taken_back(order: Order) -> bool:
    """Whether what the order bought went back (O11), or was cancelled with a credit note (O7): it brings no lot any
    more, even if the dispute is won after all.
    """
    return order.refunds.exists() or disputed.cancelled_of(order.pk).exists()
