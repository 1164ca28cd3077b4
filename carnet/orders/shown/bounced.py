"""A cheque that bounced, in words, for its customer and for the team (O7)."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from carnet.orders.models import Order
from carnet.orders.shown import what_continues
from carnet.payments.models import Dispute
from carnet.web import formats
from carnet.web.pictures import Tag


def state_of(state: str) -> Tag:
    """How it stands, in a word."""
    if state == Dispute.State.OPEN:
        return Tag(pgettext("cheque", "returned unpaid"), "warn")
    if state == Dispute.State.LOST:
        return Tag(pgettext("cheque", "not paid"), "bad")
    return Tag(pgettext("cheque", "paid again"), "good")


def is_told(dispute: Dispute, order: Order) -> bool:
    """Whether the page of the order still says something of it: of one that paid for nothing, as long as the order
    waits.
    """
    return bool(dispute.order_cents or dispute.credit_held_cents) or order.is_open


def title(dispute: Dispute) -> str:
    """The title of the notice on the page of the order."""
    if dispute.is_open:
        return _("Frozen: the bank returned your cheque unpaid")
    if dispute.cancelled_cents:
        return _("Cancelled: your cheque was not paid")
    return _("The bank returned your cheque unpaid")


def lines(dispute: Dispute, language: str) -> list[str]:
    """What the notice says."""
    found = [came_back(dispute, language)]
    if dispute.is_open:
        frozen = _("The rest of this purchase is frozen. Pay it again as shown below, and you lose no days.")
        return [*found, f"{frozen} {what_continues.still_works()}", *credit_gone(dispute.credit_held_cents, language)]
    if dispute.cancelled_cents:
        cancelled = _("It was not paid again in time: everything it paid for that has not been used is cancelled.")
        found.append(f"{cancelled} {what_continues.ends_with_tickets()}")
    if not dispute.order_cents and not dispute.credit_held_cents:
        found.append(_("It no longer counts towards this order."))
    return [*found, *credit_gone(dispute.credit_held_cents, language), what_continues.if_mistaken()]


def came_back(dispute: Dispute, language: str) -> str:
    """Which cheque."""
    return _("Your cheque for %(paid)s, received on %(day)s, was returned unpaid by the bank.") % {
        "paid": formats.money(dispute.payment.amount_cents, language),
        "day": formats.day(dispute.payment.received_on, language),
    }  # fmt: skip


def credit_gone(cents: int, language: str) -> list[str]:
    """What was credit of it."""
    if cents <= 0:
        return []
    amount = {"amount": formats.money(cents, language)}
    return [_("%(amount)s of your credit came from this cheque and can’t be used any more.") % amount]
