"""Tags of the pages about orders."""

from typing import Any

from django import template
from django.template.context import Context

from carnet.orders.models import Order
from carnet.orders.shown import states
from carnet.web.pictures import Tag

register = template.Library()


@register.simple_tag(takes_context=True)
def order_state(context: Context, order: Order) -> Tag:
    """{% order_state order as tag %}: what it waits for, or what became of it, in the reader's words."""
    request: Any = context.get("request")
    return states.state_of(order, at_desk=bool(request and request.user.is_authenticated and request.user.is_team))
