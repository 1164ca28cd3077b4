"""A payment as the pages of an order show it: its amount, and whether its cheque has cleared."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from carnet.kernel import reading
from carnet.payments.models import Means, OnlineRefund, Payment
from carnet.web import formats
from carnet.web.templatetags.formats import day


@dataclass(frozen=True, slots=True)
class ClearingShown:
    """When a cheque cleared, or why there is nothing to tell. With `href`, where that is recorded."""

    words: SafeString | str
    href: str = ""


def amount_of(payment: Payment, language: str) -> SafeString | str:
    """What came in, crossed out if it never did, or not for long."""
    amount = formats.money(payment.amount_cents, language)
    if hasattr(payment, "bounce"):
        return format_html('<s>{}</s> <span class="tag bad">{}</span>', amount, pgettext("cheque", "returned unpaid"))
    if not hasattr(payment, "undone"):
        return amount
    return format_html('<s>{}</s> <span class="tag neutral">{}</span>', amount, _("recorded by mistake"))


def kept_of(payment: Payment, language: str) -> str:
    """What the payment service kept of it, and what is left; empty if it came another way or that isn't told yet."""
    if not hasattr(payment, "online_fee"):
        return ""
    fee = payment.online_fee
    return _("fee %(fee)s, net %(net)s") % {
        "fee": formats.money(fee.fee_cents, language), "net": formats.money(fee.net_cents, language),
    }  # fmt: skip


def gone_back(refund: OnlineRefund) -> str:
    """How money of a payment went back."""
    if refund.kind == OnlineRefund.Kind.REVERSAL:
        return _("Taken back by PayPal after a dispute")
    return _("Refunded through PayPal")


def gone_back_at_desk(refund: OnlineRefund) -> str:
    """The same for the team, with what is left to do."""
    how = _("Refunded by PayPal on %(day)s")
    if refund.kind == OnlineRefund.Kind.REVERSAL:
        how = _("Taken back by PayPal on %(day)s after a dispute")
    return how % {"day": formats.day(refund.refunded_on, reading.language())}


def clearing_of(payment: Payment, *, may_clear: bool) -> ClearingShown:
    if payment.means != Means.CHEQUE or hasattr(payment, "undone"):
        return ClearingShown("—")
    if hasattr(payment, "bounce"):
        bounced_on = {"day": formats.day(payment.bounce.bounced_on, reading.language())}
        return ClearingShown(_("returned unpaid on %(day)s") % bounced_on)
    if hasattr(payment, "clearing"):
        return ClearingShown(day(payment.clearing.cleared_on))
    if may_clear:
        return ClearingShown(_("Mark as cleared"), reverse("desk:till:clear_cheque", args=[payment.pk]))
    return ClearingShown(_("not yet"))
