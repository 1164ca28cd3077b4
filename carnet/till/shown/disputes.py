"""A disputed payment in words (O7): what it does to units and credit, what still works, and what to do."""

import datetime
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot, Movement
from carnet.orders.models import Order
from carnet.orders.shown import disputes, what_continues
from carnet.payments.models import Dispute
from carnet.web import formats


@dataclass(slots=True)
class DisputeEffects:
    """What a dispute has just done: lines of the journal, credit notes, and how many more cents of credit are held
    (fewer: negative).

    `keeps_waiting`: what was ordered is not active yet, and is not activated for now, or ever.
    """

    credit_cents: int = 0
    lines: list[Movement] = field(default_factory=list)
    notes: list[Invoice] = field(default_factory=list)  # credit notes
    keeps_waiting: bool = False

    @property
    def has_changed(self) -> bool:
        return bool(self.credit_cents or self.lines or self.notes)


def subject(dispute: Dispute) -> str:
    """The subject of the mail to the holders."""
    if dispute.is_open:
        return _("Your PayPal payment is disputed")
    if dispute.is_lost:
        return _("Your PayPal payment was taken back")
    return _("The dispute over your PayPal payment is settled")


def until(dispute: Dispute, language: str) -> str:
    """Until when an answer is wanted; of a bounced cheque, which can be paid until midnight, the last day."""
    assert dispute.answer_by
    return disputes.day_of(dispute.answer_by - datetime.timedelta(seconds=1 if dispute.is_bounce else 0), language)


def told(dispute: Dispute, order: Order | None, followed: DisputeEffects, language: str) -> list[str]:
    """What the holders are told, a sentence or two for each thing."""
    return [_what(dispute, language), *_effects(dispute, order, followed, language), *_advice(dispute, followed)]


def told_to_owners(dispute: Dispute, order: Order | None, followed: DisputeEffects, language: str) -> list[str]:
    """What the owners are told: whose payment it is, how it stands, and until when to answer."""
    named = {
        "customer": dispute.payment.customer.name,
        "amount": formats.money(dispute.amount_cents, language),
        "day": formats.day(dispute.payment.received_on, language),
        "reason": disputes.reason_of(dispute),
    }
    if dispute.is_open:
        first = _("%(customer)s: the payment made on %(day)s is disputed (%(amount)s). Reason at PayPal: %(reason)s.")
    elif dispute.is_lost:
        first = _("%(customer)s: the dispute over the payment made on %(day)s is lost. PayPal took back %(amount)s.")
    else:
        first = _("%(customer)s: the dispute over the payment made on %(day)s is won (%(amount)s).")
    return [first % named, *_effects(dispute, order, followed, language), *_to_do(dispute, language)]


def _to_do(dispute: Dispute, language: str) -> list[str]:
    if dispute.is_open and dispute.answer_by:
        day = {"day": disputes.day_of(dispute.answer_by, language)}
        return [_("Answer by %(day)s in PayPal’s Resolution Centre.") % day]
    if dispute.is_open:
        return [_("Answer in PayPal’s Resolution Centre.")]
    if dispute.cancelled_cents and not dispute.is_lost:
        cents = {"amount": formats.money(dispute.cancelled_cents, language)}
        return [
            _(
                "Tickets or minutes worth %(amount)s had been cancelled when the dispute was lost at first. Return"
                " them as goodwill if appropriate."
            )
            % cents
        ]
    return []


def _what(dispute: Dispute, language: str) -> str:
    named = {
        "paid": formats.money(dispute.payment.amount_cents, language),
        "day": formats.day(dispute.payment.received_on, language),
        "amount": formats.money(dispute.amount_cents, language),
    }
    is_part = dispute.amount_cents < dispute.payment.amount_cents
    if dispute.is_open and is_part:
        return _("PayPal tells us that %(amount)s of your payment of %(paid)s on %(day)s is disputed.") % named
    if dispute.is_open:
        return _("PayPal tells us that your payment of %(paid)s on %(day)s is disputed.") % named
    if dispute.is_lost:
        return (
            _("Your PayPal payment of %(paid)s on %(day)s was disputed, and PayPal returned %(amount)s to the payer.")
            % named
        )
    return _("The dispute over your payment of %(paid)s on %(day)s is settled.") % named


def _effects(dispute: Dispute, order: Order | None, followed: DisputeEffects, language: str) -> list[str]:
    # Lost, what was frozen a moment ago is cancelled with it; nothing that can be used again is not worth telling.
    sentences = [
        _moved(line, language)
        for line in followed.lines
        if (line.kind == Movement.Kind.FROZEN and not dispute.is_lost)
        or line.kind == Movement.Kind.REFUNDED
        or (line.kind == Movement.Kind.UNFROZEN and line.quantity)
    ]
    if followed.keeps_waiting and order is not None:
        number = {"reference": order.reference_shown}
        if dispute.is_lost:
            sentences.append(_("Your order %(reference)s will not become active.") % number)
        else:
            for_now = _("Your order %(reference)s will not become active until the dispute is settled.")
            sentences.append(for_now % number)
    sentences += [credited(note, language) for note in followed.notes]
    if followed.credit_cents > 0:
        words = disputes.credit_gone if dispute.is_lost else disputes.credit_held
        sentences.append(words(followed.credit_cents, language))
    if followed.credit_cents < 0:
        amount = {"amount": formats.money(-followed.credit_cents, language)}
        sentences.append(_("%(amount)s of credit can be used again.") % amount)
    return sentences


def credited(note: Invoice, language: str) -> str:
    assert note.corrects
    return _("Credit note %(note)s for %(amount)s corrects invoice %(invoice)s.") % {
        "note": note.number, "amount": formats.money(note.gross_cents, language), "invoice": note.corrects.number,
    }  # fmt: skip


def _moved(line: Movement, language: str) -> str:
    lot = line.lot
    named = {"lot": lot_name(lot), "units": units_of(line.quantity, lot, language)}
    if line.kind == Movement.Kind.REFUNDED:
        return _("%(lot)s: %(units)s cancelled.") % named
    if line.kind == Movement.Kind.UNFROZEN:
        assert lot.last_day
        named["day"] = formats.day(lot.last_day, language)
        words = _("%(lot)s can be used again: %(units)s, until %(day)s. The days of the dispute have been added.")
        return words % named
    if not line.quantity:
        return _("%(lot)s: nothing more can be used until the dispute is settled.") % named
    return _("%(lot)s: %(units)s frozen until the dispute is settled.") % named


def _advice(dispute: Dispute, followed: DisputeEffects) -> list[str]:
    """What still works, if units are concerned, and what to do."""
    moved = {line.kind for line in followed.lines}
    if dispute.is_open:
        return [*([what_continues.still_works()] if Movement.Kind.FROZEN in moved else []), disputes.to_do()]
    if dispute.is_lost:
        cancels = Movement.Kind.REFUNDED in moved
        return [*([what_continues.ends_with_tickets()] if cancels else []), what_continues.if_mistaken()]
    return []


def lot_name(lot: Lot) -> str:
    """What people call it; only packs are bought."""
    if lot.unit == Lot.Unit.MINUTE:
        return _("Hour pack no. %(number)s") % {"number": lot.number}
    return _("Carnet no. %(number)s") % {"number": lot.number}


def units_of(count: int, lot: Lot, language: str) -> str:
    return formats.amount(count, lot.unit, language)
