"""What was ordered, by name."""

from carnet.kernel.fields import Texts
from carnet.orders.models import Order, OrderLine
from carnet.web import formats


def names_of(order: Order, language: str) -> str:
    """The names of everything that was ordered, in one line."""
    return ", ".join(name_of(line, language) for line in order.lines.all())


def name_of(line: OrderLine, language: str) -> str:
    """The name of its offer, and how many of it if there are several."""
    name = formats.typography(Texts(line.edition.offer.name).in_language(language), language)
    return name if line.quantity == 1 else f"{formats.number(line.quantity, language)} × {name}"
