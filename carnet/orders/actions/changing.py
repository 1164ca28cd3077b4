"""What of a waiting order may still change: how it will be paid (O1)."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.orders.actions import placing, waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts, sales


@transaction.atomic
def change_means(*, order: Order, means: str, by: Actor, at: datetime.datetime) -> Order:
    """O1, O7: a waiting order, or one whose cheque bounced, will be paid otherwise; price, terms and time stay. The
    same again changes nothing.

    Refuses `waiting.OrderNotWaiting`, and `placing.MeansNotOnOffer`.
    """
    order = waiting.locked(order)
    if order.state != Order.State.WAITING and not (order.is_settled and amounts.missing_cents(order)):
        raise waiting.OrderNotWaiting
    if means not in sales.means_on_offer():
        raise placing.MeansNotOnOffer
    if order.means != means:
        before, order.means = order.means, means
        order.save(update_fields=["means"])
        audit.record(
            "order.means_changed", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id,
            before=before, means=means,
        )  # fmt: skip
    return order
