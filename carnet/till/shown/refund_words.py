"""What is said to customers of units that go back, and of how their money comes (O9, O11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from carnet.ledger.models import Lot
from carnet.payments.models import Dispute
from carnet.repayments.models import Repayment
from carnet.repayments.shown import repayment_words
from carnet.till.models import Refund
from carnet.till.queries.refunds import RefundPreview, WayBack
from carnet.till.shown import disputes
from carnet.web import formats


@dataclass(frozen=True, slots=True)
class RefundTold:
    """The sum that goes back, and one sentence each of units and of every way that money takes."""

    amount: str
    lines: list[str]
    has_note: bool


def told(refunds: Sequence[Refund], sent: Sequence[Repayment], language: str) -> RefundTold:
    """What goes back by these refunds, in the language that is active."""
    cents = sum(one.amount_cents for one in refunds)
    lines = [_units(one, language) for one in refunds if one.lot and one.unit_count]
    if any(one.takes_rest for one in refunds):
        lines.append(_("What an open ticket still holds is refunded as well if the ticket doesn’t use it."))
    lines += [repayment_words.way(one, language) for one in sent]
    credit_cents = sum(one.credit_cents for one in refunds)
    if credit_cents:
        amount = formats.money(credit_cents, language)
        lines.append(_("%(amount)s is credit for your next purchases.") % {"amount": amount})
    return RefundTold(formats.money(cents, language), lines, any(one.credit_note_id for one in refunds))


def _units(refund: Refund, language: str) -> str:
    assert refund.lot is not None
    units = formats.amount(refund.unit_count, refund.lot.unit, language)
    return _("%(lot)s: %(units)s refunded.") % {"lot": disputes.lot_name(refund.lot), "units": units}


@dataclass(frozen=True, slots=True)
class Hindered:
    """Why nothing can be refunded, as a notice."""

    kind: str
    title: str
    text: str


def hindered(preview: RefundPreview, found: Sequence[Dispute]) -> Hindered | None:
    """Of an order with these disputes and bounced cheques; None: something can go back."""
    waiting = [one for one in found if one.is_open]
    if preview.plan.is_disputed and not waiting:
        lost = _("PayPal took its payment back, or its cheque bounced and was not paid again.")
        return Hindered("info", _("Nothing is left to refund"), lost)
    if preview.plan.is_disputed and any(one.is_bounce for one in waiting):
        return Hindered("warn", _("Its cheque bounced"), _("Nothing can be refunded before it is paid again."))
    if preview.plan.is_disputed:
        return Hindered("warn", _("The payment is disputed"), _("Nothing can be refunded before that is settled."))
    if preview.plan.lines:
        return None
    over = _("The order is not paid, everything is used, or it was refunded before.")
    return Hindered("info", _("Nothing is left to refund"), over)


@dataclass(frozen=True, slots=True)
class RefundPreviewed:
    """What a refund would do, in sentences: its sum, what goes, how the money comes, what becomes of older packs."""

    amount: str
    units: list[str]
    money: list[str]
    days: list[str]


def previewed(preview: RefundPreview, language: str, *, wants_credit: bool) -> RefundPreviewed:
    """Before it is confirmed, in the language that is active."""
    units = [
        _("%(lot)s: refund of %(units)s.") % _of_lot(one.lot, one.units, language)
        for one in preview.plan.lines
        if one.lot and one.units
    ]
    units += [
        _("%(lot)s: %(units)s reserved for open tickets; what these don’t use is refunded afterwards.")
        % _of_lot(one.lot, one.reserved, language)
        for one in preview.plan.lines
        if one.lot and one.takes_rest
    ]
    if any(one.lot is None for one in preview.plan.lines):
        units.append(_("Nothing of it was active yet: the order will not become active."))
    days = [
        _("%(lot)s will be valid until %(after)s instead of %(before)s.")
        % {
            "lot": disputes.lot_name(one.lot), "after": formats.day(one.after, language),
            "before": formats.day(one.before, language),
        }
        for one in preview.days
    ]  # fmt: skip
    money = [_way(one, language, wants_credit=wants_credit) for one in preview.ways]
    return RefundPreviewed(formats.money(preview.cents, language), units, money, days)


def _of_lot(lot: Lot, count: int, language: str) -> dict[str, str]:
    return {"lot": disputes.lot_name(lot), "units": formats.amount(count, lot.unit, language)}


def _way(way: WayBack, language: str, *, wants_credit: bool) -> str:
    values = {
        "amount": formats.money(way.cents, language), "by_hand": formats.money(way.by_hand_cents, language),
    }  # fmt: skip
    if way.means == "credit" or wants_credit:
        return _("%(amount)s becomes the customer’s credit.") % values
    if way.by_hand_cents:
        return _("%(amount)s through PayPal, of which %(by_hand)s was sent back there already.") % values
    return {
        "paypal": _("%(amount)s through PayPal, automatically."),
        "transfer": _("%(amount)s by bank transfer, from the list “To send back”."),
        "cheque": _("%(amount)s by cheque or bank transfer, from the list “To send back”."),
    }[way.means] % values


def at_desk(refund: Refund, language: str) -> str:
    """What went back and why, in a few words."""
    why = _("withdrawal") if refund.reason == Refund.Reason.WITHDRAWAL else _("agreed by us")
    if refund.lot is None:
        return _("the whole order (%(why)s)") % {"why": why}
    return _("%(lot)s: %(units)s (%(why)s)") % (_of_lot(refund.lot, refund.unit_count, language) | {"why": why})
