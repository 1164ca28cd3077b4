"""Tags of pages about money that goes back."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from carnet.kernel import reading
from carnet.repayments import queries
from carnet.repayments.models import Repayment
from carnet.repayments.shown import repayment_words
from carnet.web.pictures import Tag

register = template.Library()


@register.simple_tag
def due_count() -> SafeString | str:
    """{% due_count %}: how many somebody has to send, behind the way to their list; nothing if there are none."""
    count = queries.due_count()
    return format_html(' <span class="count">{}</span>', count) if count else ""


@register.simple_tag
def repayment_state(repayment: Repayment) -> Tag:
    """{% repayment_state one as tag %}: how far it is."""
    return repayment_words.state_of(repayment)


@register.filter
def repayment_way(repayment: Repayment) -> str:
    """`{{ one|repayment_way }}`: how it comes or came, in a sentence for its customer."""
    return repayment_words.way(repayment, reading.language())


@register.filter
def repayment_why(repayment: Repayment) -> str:
    """`{{ one|repayment_why }}`: why the payment service has not sent it, for the team."""
    return repayment_words.why(repayment)


@register.filter
def repayment_reference(repayment: Repayment) -> str:
    """`{{ one|repayment_reference }}`: what the customer finds on their statement."""
    return repayment_words.reference_shown(repayment)
