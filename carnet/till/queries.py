"""What the till has still to do."""

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from carnet.orders.models import Activation, Order, Settlement


def activations_due(at: datetime.datetime) -> QuerySet[Order]:
    """Settled orders whose lot may be active now and is not yet (L1)."""
    made = Activation.objects.filter(line__order=OuterRef("pk"))
    return Order.objects.filter(Exists(Settlement.objects.filter(order=OuterRef("pk"), activates_at__lte=at))).filter(
        ~Exists(made)
    )
