"""Tags of the till's pages."""

from django import template

from carnet.payments.models import Checkout
from carnet.till.shown import checkout_words
from carnet.web.pictures import Tag

register = template.Library()


@register.simple_tag
def checkout_state(checkout: Checkout) -> Tag:
    """{% checkout_state one as tag %}: how far a payment at PayPal is."""
    return checkout_words.state_of(checkout)


@register.filter
def checkout_why(checkout: Checkout) -> str:
    """`{{ one|checkout_why }}`: why it is pending, was refused, or is wrong."""
    return str(checkout_words.why(checkout))
