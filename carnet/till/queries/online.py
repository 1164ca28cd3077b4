"""What was begun at the payment service, and the orders that its notices are about."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from carnet.orders.models import Order
from carnet.payments.models import Checkout, Dispute, OnlineNotice, OnlineRefund


def checkouts(state: str = "") -> QuerySet[Checkout]:
    """What was begun at the payment service, the newest first; of one state, if one is named."""
    found = Checkout.objects.select_related("customer").order_by("-pk")
    return found.filter(state=state) if state else found


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """An order that something is about."""

    pk: int
    reference_shown: str


def orders_of_notices(notices: Iterable[OnlineNotice]) -> dict[str, OrderNamed]:
    """The orders that the payment service's notices are about, by the ids that they name; in four statements."""
    named = {one.external_id for one in notices if one.external_id}
    found: dict[str | None, int] = {}
    if named:
        checkouts = Checkout.objects.filter(Q(external_id__in=named) | Q(capture_id__in=named), cause_kind="order")
        for external_id, capture_id, order_id in checkouts.values_list("external_id", "capture_id", "cause_id"):
            found |= {external_id: order_id, capture_id: order_id}
        for model in (OnlineRefund, Dispute):
            rows = model._default_manager.filter(external_id__in=named, payment__cause_kind="order")
            found |= dict(rows.values_list("external_id", "payment__cause_id"))
    orders = {one.pk: OrderNamed(one.pk, one.reference_shown) for one in Order.objects.filter(pk__in=found.values())}
    return {named: orders[order_id] for named, order_id in found.items() if named and order_id in orders}
