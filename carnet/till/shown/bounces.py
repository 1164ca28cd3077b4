"""A bounced cheque in words, for mails (O7): what it does to units and credit, and how it is paid again."""

from django.utils.translation import gettext as _

from carnet.ledger.models import Movement
from carnet.orders.models import Order
from carnet.orders.queries import amounts, bounces, overdue
from carnet.orders.shown import bounced, what_continues
from carnet.payments.models import Dispute, Payment
from carnet.till.shown import disputes
from carnet.till.shown.disputes import DisputeEffects
from carnet.web import formats


def subject(dispute: Dispute) -> str:
    """The subject of the mail to the holders."""
    if dispute.is_open or not dispute.order_cents:
        return _("Your cheque was returned unpaid")
    if dispute.is_lost:
        return _("Cancelled: your cheque was not paid")
    return _("Thank you: your returned cheque is paid")


def told_bounced(dispute: Dispute, order: Order | None, followed: DisputeEffects, language: str) -> list[str]:
    """The cheque has bounced: what is frozen, and how it is paid again."""
    lines = [bounced.came_back(dispute, language)]
    if order is not None and order.is_open:
        lines.append(_waits_again(order, language))
    lines += _effects(order, followed, language)
    lines += bounced.credit_gone(followed.credit_cents, language)
    if dispute.is_open and order is not None:
        if any(line.kind == Movement.Kind.FROZEN for line in followed.lines):
            lines.append(what_continues.still_works())
        lines.append(_how_to_pay(order, language))
    if dispute.order_cents or (order is not None and order.is_open):
        lines.append(_("We charge nothing extra for the returned cheque."))
    return [*lines, what_continues.if_mistaken()]


def told_paid(dispute: Dispute, order: Order, followed: DisputeEffects, language: str, *, rest_cents: int) -> list[str]:
    """It was paid again: what can be used again, and what is credit."""
    lines = [_("We have received your new payment in place of the cheque that your bank had not paid.")]
    lines += _effects(order, followed, language)
    if order.active_since is None and order.is_settled:
        lines.append(_("Your order %(reference)s becomes active as planned.") % {"reference": order.reference_shown})
    if rest_cents:
        amount = {"amount": formats.money(rest_cents, language)}
        lines.append(_("%(amount)s is credit for your next purchases.") % amount)
    return lines


def told_cancelled(
    dispute: Dispute, order: Order, followed: DisputeEffects, language: str, *, rest_cents: int
) -> list[str]:
    """It was not paid again in time: what is cancelled, and what becomes of money that came in part."""
    lines = [bounced.came_back(dispute, language), _("It was not paid again in time.")]
    lines += _effects(order, followed, language)
    if followed.keeps_waiting:
        never = _("Your order %(reference)s will not become active.")
        lines.append(never % {"reference": order.reference_shown})
    lines += [disputes.credited(note, language) for note in followed.notes]
    if any(line.kind == Movement.Kind.REFUNDED for line in followed.lines):
        lines.append(what_continues.ends_with_tickets())
    if rest_cents:
        amount = {"amount": formats.money(rest_cents, language)}
        lines.append(_("%(amount)s that you had paid of it is credit for your next purchases.") % amount)
    return [*lines, what_continues.if_mistaken()]


def told_rest_missing(order: Order, payment: Payment, missing_cents: int, language: str) -> list[str]:
    """Some of it was paid again."""
    came = _("We have received %(amount)s in place of the cheque that your bank had not paid. Thank you.")
    return [
        came % {"amount": formats.money(payment.amount_cents, language)},
        _("%(missing)s is still missing.") % {"missing": formats.money(missing_cents, language)},
        _how_to_pay(order, language),
    ]


def told_to_owners(dispute: Dispute, followed: DisputeEffects, language: str, *, rest_cents: int) -> list[str]:
    """What the owners are told when it was not paid in time."""
    named = {
        "customer": dispute.payment.customer.name, "paid": formats.money(dispute.payment.amount_cents, language),
        "day": formats.day(dispute.payment.received_on, language),
    }  # fmt: skip
    first = _("%(customer)s: the cheque for %(paid)s, received on %(day)s, bounced and was not paid again in time.")
    lines = [first % named, *_effects(None, followed, language)]
    lines += [disputes.credited(note, language) for note in followed.notes]
    if rest_cents:
        amount = {"amount": formats.money(rest_cents, language)}
        lines.append(_("%(amount)s that had been paid of it is now the customer’s credit.") % amount)
    return lines


def told_used(dispute: Dispute, gone_cents: int, language: str) -> list[str]:
    """What the owners are told of credit that nobody can take back."""
    named = {
        "customer": dispute.payment.customer.name, "paid": formats.money(dispute.payment.amount_cents, language),
        "amount": formats.money(gone_cents, language),
    }  # fmt: skip
    used = _("%(customer)s: the cheque for %(paid)s bounced, but %(amount)s of it had been used as credit before.")
    return [used % named, _("Carnet does not take that back: agree with the customer on how it will be paid.")]


def _waits_again(order: Order, language: str) -> str:
    values = {
        "reference": order.reference_shown, "amount": formats.money(amounts.missing_cents(order), language),
        "day": formats.day(overdue.last_day_to_pay(order), language),
    }  # fmt: skip
    return (
        _(
            "It no longer counts towards your order %(reference)s, which is waiting for %(amount)s until %(day)s. The"
            " page of the order shows how to pay."
        )
        % values
    )


def _how_to_pay(order: Order, language: str) -> str:
    last_day = bounces.last_day_again(order)
    assert last_day, f"nothing of order {order.pk} is to be paid again"
    values = {"amount": formats.money(amounts.missing_cents(order), language), "day": formats.day(last_day, language)}
    return (
        _(
            "Please pay %(amount)s by %(day)s, in any of the ways shown on the page of the order: then you can use"
            " everything again, and you lose no days. Otherwise, everything that has not been used by then is"
            " cancelled."
        )
        % values
    )


def _effects(order: Order | None, followed: DisputeEffects, language: str) -> list[str]:
    is_cancelled = any(line.kind == Movement.Kind.REFUNDED for line in followed.lines)
    found = []
    for line in followed.lines:
        named = {"lot": disputes.lot_name(line.lot), "units": disputes.units_of(line.quantity, line.lot, language)}
        if line.kind == Movement.Kind.FROZEN and not is_cancelled and line.quantity:
            found.append(_("%(lot)s: %(units)s frozen until the cheque is paid again.") % named)
        elif line.kind == Movement.Kind.FROZEN and not is_cancelled:
            found.append(_("%(lot)s: nothing more can be used until the cheque is paid again.") % named)
        elif line.kind == Movement.Kind.REFUNDED:
            found.append(_("%(lot)s: %(units)s cancelled.") % named)
        elif line.kind == Movement.Kind.UNFROZEN and line.quantity and line.lot.last_day:
            named["day"] = formats.day(line.lot.last_day, language)
            found.append(
                _("%(lot)s can be used again: %(units)s, until %(day)s. The frozen days have been added.") % named
            )
    if followed.keeps_waiting and order is not None and not followed.notes:
        number = {"reference": order.reference_shown}
        found.append(_("Your order %(reference)s will not become active until the cheque is paid again.") % number)
    return found
