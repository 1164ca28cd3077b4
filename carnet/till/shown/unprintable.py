"""What an order's invoice can't show."""

from carnet.documents import glyphs
from carnet.orders.models import Order


def unknown_characters(order: Order) -> str:
    """What the invoice can't show of its buyer, each character once: the desk is told, before it is issued."""
    buyer = order.buyer
    return glyphs.unknown_characters(buyer.name, buyer.street, buyer.postcode, buyer.city)
