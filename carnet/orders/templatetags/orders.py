"""Tags of the pages about orders."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from carnet.kernel import reading
from carnet.orders.models import Order, OrderLine
from carnet.orders.queries import sales
from carnet.orders.shown import names, payments, states, taxes
from carnet.orders.shown.tables import MEANS
from carnet.payments import shown as payments_shown
from carnet.payments.models import OnlineRefund, Payment
from carnet.web.pictures import Tag

register = template.Library()


@register.simple_tag(takes_context=True)
def order_state(context: Context, order: Order) -> Tag:
    """{% order_state order as tag %}: what it waits for, or what became of it, in the reader's words."""
    request: Any = context.get("request")
    return states.state_of(order, at_desk=bool(request and request.user.is_authenticated and request.user.is_team))


@register.filter
def ordered(order: Order) -> str:
    """`{{ order|ordered }}`: what was ordered, by name, in the page's language."""
    return names.names_of(order, reading.language())


@register.filter
def ordered_line(line: OrderLine) -> str:
    """`{{ line|ordered_line }}`: one thing that was ordered, by name, in the page's language."""
    return names.name_of(line, reading.language())


@register.filter
def why_no_vat(quote: sales.Quote) -> str:
    """`{{ quote|why_no_vat }}`: why no VAT is charged."""
    return str(taxes.WHY_NO_VAT[quote.vat_category])


@register.filter
def credit_reason(reason: str) -> str:
    """`{{ movement.reason|credit_reason }}`: why credit came or went."""
    return payments_shown.credit_reason(reason)


@register.filter
def means_in_words(means: str) -> str:
    """`{{ payment.means|means_in_words }}`: how somebody paid, or is going to."""
    return str(MEANS[means])


@register.filter
def amount_received(payment: Payment) -> SafeString | str:
    """`{{ payment|amount_received }}`: crossed out if it was recorded by mistake."""
    return payments.amount_of(payment, reading.language())


@register.filter
def kept_of(payment: Payment) -> str:
    """`{{ payment|kept_of }}`: what a payment service kept of it, and the net amount."""
    return payments.kept_of(payment, reading.language())


@register.filter
def gone_back(refund: OnlineRefund) -> str:
    """`{{ refund|gone_back }}`: how money of a payment went back."""
    return payments.gone_back(refund)


@register.filter
def gone_back_at_desk(refund: OnlineRefund) -> str:
    """`{{ refund|gone_back_at_desk }}`: the same for the team, with what is left to do."""
    return payments.gone_back_at_desk(refund)


@register.simple_tag
def clearing(payment: Payment, may_clear: bool) -> payments.ClearingShown:
    """{% clearing payment user.is_owner as cleared %}: when its cheque cleared, with a way to record it."""
    return payments.clearing_of(payment, may_clear=may_clear)
