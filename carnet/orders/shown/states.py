"""The state of an order in a word, for its customer and for the team."""

from django.utils.translation import gettext as _

from carnet.orders.models import Order
from carnet.orders.shown import disputes
from carnet.web.pictures import Tag


def state_of(order: Order, *, at_desk: bool = False) -> Tag:
    """What the order waits for, or what became of it (O1, O3)."""
    if order.state == Order.State.WAITING:
        return Tag(_("waiting for payment"), "warn")
    if disputed_as(order):
        kind, _colon, state = disputed_as(order).partition(":")
        return disputes.state_of(state, kind)
    if has_gone_back(order):
        return Tag(_("refunded"), "neutral")
    if order.state == Order.State.SETTLED:
        return Tag(_("paid"), "good")
    if order.state == Order.State.CHOOSING:
        return Tag(_("waiting for the customer’s choice") if at_desk else _("waiting for your choice"), "warn")
    if order.state == Order.State.CANCELLED:
        return Tag(_("cancelled"), "neutral")
    return Tag(_("expired"), "neutral")


def part_of(order: Order) -> str:
    """The part of its customer's page that says how to pay it, or what became of it: one for each state."""
    if order.is_settled and disputed_as(order) == "bounce:open":
        return "orders/customer/order/bounced.html"
    if order.is_settled and disputed_as(order):
        return "orders/customer/order/disputed.html"
    return (
        "orders/customer/order/refunded.html" if has_gone_back(order) else f"orders/customer/order/{order.state}.html"
    )


def has_gone_back(order: Order) -> bool:
    """O9, O11: whether it is refunded, and nothing of it can be used any more."""
    if not order.is_settled or not any(one.is_credit_note for one in order.documents):
        return False
    return not any(one.lot.available or one.lot.reserved for one in order.activations)


def disputed_as(order: Order) -> str:
    """O7: whether what it brought is frozen or cancelled, because its payment is disputed or its cheque bounced, as
    dispute:open or bounce:lost (`lists.orders_found`).
    """
    return getattr(order, "disputed_as", None) or ""
