"""Tags of the till's pages."""

from django import template

from carnet.catalogue.models import VatCheck
from carnet.kernel import reading
from carnet.payments.models import Checkout
from carnet.till.models import Refund
from carnet.till.queries.withdrawals import WithdrawalPreview
from carnet.till.shown import checkout_words, refund_words, vat_checks, withdrawal_words
from carnet.till.shown.withdrawal_words import WithdrawalCheck
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


@register.simple_tag
def vat_outcome(check: VatCheck) -> Tag:
    """{% vat_outcome check as tag %}: what VIES said of a VAT number."""
    return vat_checks.tag_of(check)


@register.simple_tag
def withdrawal_check(preview: WithdrawalPreview | None) -> WithdrawalCheck:
    """{% withdrawal_check preview as check %}: what is said of a withdrawal before it is confirmed."""
    return withdrawal_words.check_of(preview)


@register.filter
def refunded_units(refund: Refund) -> str:
    """`{{ one|refunded_units }}`: what of an order went back, for the team."""
    return refund_words.at_desk(refund, reading.language())
