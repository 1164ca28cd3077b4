"""A disputed payment in words, for its customer and for the team (O7)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from carnet.invoices.models import Invoice
from carnet.kernel import calendar
from carnet.orders.models import Order
from carnet.orders.queries import lists
from carnet.orders.shown import bounced, what_continues
from carnet.payments.models import Dispute
from carnet.provider import queries as provider
from carnet.web import formats
from carnet.web.pictures import Tag

# Where buyers and sellers answer each other at the service; it is shown as text.
RESOLUTION_CENTRE = "https://www.paypal.com/resolutioncenter"


@dataclass(frozen=True, slots=True)
class DisputeTold:
    """What the page of an order says of a dispute: the kind of the notice, its title, and its paragraphs."""

    kind: str
    title: str
    lines: list[str]
    credit_notes: list[Invoice] = field(default_factory=list)


def state_of(state: str, kind: str = Dispute.Kind.DISPUTE) -> Tag:
    """How a dispute, or a bounced cheque, stands, in a word."""
    if kind == Dispute.Kind.BOUNCE:
        return bounced.state_of(state)
    if state == Dispute.State.OPEN:
        return Tag(_("disputed"), "warn")
    if state == Dispute.State.LOST:
        return Tag(_("taken back"), "bad")
    return Tag(_("dispute won"), "good")


def reason_of(dispute: Dispute) -> str:
    """The service's word for why, as a person reads it; it has English words only."""
    return dispute.reason.replace("_", " ").capitalize()


def day_of(moment: datetime.datetime, language: str) -> str:
    return formats.day(calendar.date_on(moment, provider.time_zone()), language)


def told(order: Order, disputes: Sequence[Dispute], language: str) -> list[DisputeTold]:
    """What the customer reads on the page of the order, of what is open or lost, or bounced; one query."""
    live = [one for one in disputes if one.is_live and (bounced.is_told(one, order) if one.is_bounce else True)]
    credit_notes = lists.credit_notes_of(live) if live else {}
    return [replace(_told(one, language), credit_notes=credit_notes[one.pk]) for one in live]


def _told(dispute: Dispute, language: str) -> DisputeTold:
    if dispute.is_bounce:
        return DisputeTold(
            "warn" if dispute.is_open else "bad", bounced.title(dispute), bounced.lines(dispute, language)
        )
    named = {
        "paid": formats.money(dispute.payment.amount_cents, language),
        "day": formats.day(dispute.payment.received_on, language),
        "since": day_of(dispute.opened_at, language),
        "amount": formats.money(dispute.amount_cents, language),
    }
    if dispute.is_open:
        title = _("Frozen: the payment is disputed")
        lines = [_("Your PayPal payment of %(paid)s on %(day)s has been disputed since %(since)s.") % named]
        if dispute.order_cents:
            frozen = _(
                "The rest of this purchase is frozen until the dispute is settled; if the payment stands, you lose no"
                " days."
            )
            lines.append(f"{frozen} {what_continues.still_works()}")
        if dispute.credit_held_cents:
            lines.append(credit_held(dispute.credit_held_cents, language))
        return DisputeTold("warn", title, [*lines, to_do()])
    title = _("Cancelled: the payment was taken back")
    taken = _("Your PayPal payment of %(paid)s on %(day)s was disputed, and PayPal returned %(amount)s to the payer.")
    lines = [taken % named]
    if dispute.cancelled_cents:
        cancelled = _("Everything it paid for that has not been used is cancelled.")
        lines.append(f"{cancelled} {what_continues.ends_with_tickets()}")
    if dispute.credit_held_cents:
        lines.append(credit_gone(dispute.credit_held_cents, language))
    return DisputeTold("bad", title, [*lines, what_continues.if_mistaken()])


def credit_held(cents: int, language: str) -> str:
    amount = {"amount": formats.money(cents, language)}
    return _("%(amount)s of your credit came from this payment and can’t be used for now.") % amount


def credit_gone(cents: int, language: str) -> str:
    amount = {"amount": formats.money(cents, language)}
    return _("%(amount)s of your credit came from this payment and can’t be used any more.") % amount


def to_do() -> str:
    """What whoever disputed can do."""
    return _(
        "If the dispute was opened by mistake or has been resolved, close it in PayPal’s Resolution Centre:"
        " %(address)s. If you are not happy with our service, write to us: we will find a solution."
    ) % {"address": RESOLUTION_CENTRE}
