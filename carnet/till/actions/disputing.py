"""A payment that its payer disputes (O7): its units are frozen and its credit is held; won, they can be used again;
lost, they are cancelled. The service is asked, a notice is only a reason to ask (O6). What follows (`follow`) is the
same for a bounced cheque.

What must be follows from the disputes as they were told last, whatever came before: so the same news twice, late, or
from two workers at once does nothing twice, and what was reserved, or became credit, is dealt with when it comes.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices.rules import CreditedLine
from carnet.kernel import calendar
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.ledger import rules as ledger_rules
from carnet.ledger.actions import freezing
from carnet.ledger.models import CustomerLedger, Lot, Movement
from carnet.orders.actions import waiting
from carnet.orders.models import Order, OrderLine
from carnet.orders.queries import amounts
from carnet.payments import queries as payments
from carnet.payments.actions import credit, online_facts
from carnet.payments.actions.asking import ask
from carnet.payments.models import Dispute, OnlineReceipt, OnlineRefund, Payment
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules import disputes as rules
from carnet.payments.rules.online import Access, DisputeFound, RefundFound, ServiceFailed
from carnet.provider import queries as provider
from carnet.till import mails
from carnet.till.actions import cancelling, fulfilling
from carnet.till.queries import disputed, due, refunds
from carnet.till.shown.disputes import DisputeEffects
from carnet.work.actions import covers
from carnet.work.models import Cover


@dataclass(frozen=True, slots=True)
class OrderDisputes:
    """The disputes of an order that are open or lost and concern its units, and what was paid for it."""

    disputes: list[Dispute]
    paid_cents: int

    @classmethod
    def of(cls, order: Order) -> "OrderDisputes":
        disputes = list(disputed.disputes_of_units(order).select_related("payment"))
        # What bounced counts no more, but it had paid.
        bounced = sum(one.order_cents for one in disputes if one.is_bounce)
        return cls(disputes, amounts.paid_cents(order) + bounced)

    @property
    def is_open(self) -> bool:
        return any(one.is_open for one in self.disputes)

    @property
    def lost(self) -> list[Dispute]:
        return [one for one in self.disputes if one.is_lost]

    @property
    def is_all_lost(self) -> bool:
        """Nothing of what was paid is left."""
        return bool(self.lost) and sum(one.order_cents for one in self.lost) >= self.paid_cents

    def units_lost(self, lot: Lot, dispute: Dispute) -> int:
        """How many frozen units of the lot are cancelled now because this dispute is lost: all, or those that the lost
        sum pays for in full.
        """
        return lot.frozen if self.is_all_lost else min(lot.frozen, self._worth_left(lot, dispute))

    def freezes(self, lot: Lot) -> bool:
        """Whether no unit of the lot may be used: something is open, or lost and not yet cancelled."""
        return self.is_open or self.is_all_lost or any(self._worth_left(lot, one) for one in self.lost)

    def _worth_left(self, lot: Lot, dispute: Dispute) -> int:
        left_cents = dispute.order_cents - dispute.cancelled_cents
        return ledger_rules.units_worth(lot.as_view(), lot.price_cents, left_cents)


def look_at_dispute(*, external_id: str, by: Actor, at: datetime.datetime) -> list[Dispute]:
    """O6, O7: ask the service for this dispute and take in what it says: one row for each payment of ours that it is
    about, none if we know of none (yet: a later look finds it again).

    No transaction may be open. Raises `ServiceFailed`.
    """
    return take_in_dispute(found=ask(paypal.show_dispute, _access(), external_id), by=by, at=at)


def look_at_disputes_of(*, capture_id: str, by: Actor, at: datetime.datetime) -> list[Dispute]:
    """The same for all disputes about a capture: money of it was taken back, and nothing says why. Raises
    `ServiceFailed`.
    """
    found = list(ask(paypal.disputes_of, _access(), capture_id))
    return [row for one in found for row in take_in_dispute(found=one, by=by, at=at)]


def look_at_disputes(*, since: datetime.datetime, by: Actor, at: datetime.datetime) -> None:
    """The same for everything that has changed since then, whatever notices have told, and for what we know as open.

    What was disputed before its payment was recorded here is found by this. Raises `ServiceFailed` after the rest, if
    one of them can't be asked.
    """
    access, seen, failed = _access(), set(), None
    for found in ask(paypal.disputes_since, access, since):
        seen.add(found.external_id)
        take_in_dispute(found=found, by=by, at=at)
    known = Dispute.objects.filter(
        state=Dispute.State.OPEN, payment__online_receipt__checkout__environment=access.environment
    ).exclude(external_id__in=seen).order_by("external_id")  # fmt: skip
    for external_id in known.values_list("external_id", flat=True).distinct():
        try:
            look_at_dispute(external_id=external_id, by=by, at=at)
        except ServiceFailed as one:
            failed = failed or one
    if failed:
        raise failed


def _access() -> Access:
    access = payments.online_access()
    if access is None:
        raise ServiceFailed("no_access", permanent=False, call="look at disputes")
    return access


def take_in_dispute(*, found: DisputeFound, by: Actor, at: datetime.datetime) -> list[Dispute]:
    """O7: write down what is new of this dispute, and do to units and credit what follows.

    One transaction for each payment, so that no two customers are locked together: after a crash between them, the next
    look does the rest.
    """
    receipts = OnlineReceipt.objects.filter(capture_id__in=found.capture_ids).order_by("payment_id")
    paid = [one.payment for one in receipts.select_related("payment__customer")]
    shares = rules.disputed_cents(found, [payment.amount_cents for payment in paid])
    return [
        _take_in(payment, found, cents, by=by, at=at)
        for payment, cents in zip(paid, shares, strict=True)
        if cents or Dispute.objects.filter(external_id=found.external_id, payment=payment).exists()
    ]


@transaction.atomic
@gathered()
def follow_dispute(*, dispute: Dispute, by: Actor, at: datetime.datetime) -> Dispute:
    """O7: do again what follows from the dispute: what a ticket has released meanwhile is cancelled if it is lost, and
    what may be active now is activated. A second time changes nothing.
    """
    order = locked(dispute.payment)
    dispute = Dispute.objects.select_related("payment__customer").get(pk=dispute.pk)
    follow(dispute, order, by=by, at=at)
    return dispute


@transaction.atomic
@gathered()
def _take_in(payment: Payment, found: DisputeFound, cents: int, *, by: Actor, at: datetime.datetime) -> Dispute:
    order = locked(payment)
    known = Dispute.objects.filter(external_id=found.external_id, payment=payment).first()
    if known and not rules.is_news(found, known_state=known.state, known_changed_at=known.changed_at):
        known.looked_at = max(known.looked_at, at)
        known.save(update_fields=["looked_at"])
        return known
    before = known.state if known else None
    dispute = known or Dispute(payment=payment, external_id=found.external_id)
    dispute.state, dispute.amount_cents, dispute.reason = found.state, cents, found.reason
    dispute.opened_at, dispute.changed_at, dispute.answer_by = found.opened_at, found.changed_at, found.answer_by
    dispute.closed_at = None if dispute.is_open else found.changed_at
    dispute.looked_at = at
    dispute.save()
    if dispute.is_lost and cents:
        _note_money_lost(dispute, found, by=by, at=at)
    followed = follow(dispute, order, by=by, at=at)
    if dispute.state != before:
        audit.record(
            f"dispute.{dispute.state}", by=by, at=at, subject=("dispute", dispute.pk), customer_id=payment.customer_id,
            payment=payment.pk, external_id=dispute.external_id, amount_cents=cents,
        )  # fmt: skip
        _tell(dispute, order, followed, at=at)
    return dispute


def _tell(dispute: Dispute, order: Order | None, followed: DisputeEffects, *, at: datetime.datetime) -> None:
    """The holders, if anything of theirs changed, and the owners, who can answer at the service."""
    if followed.has_changed or followed.keeps_waiting:
        mails.dispute_told(dispute, order, followed, at=at)
    mails.dispute_told_to_owners(dispute, order, followed, at=at)


def locked(payment: Payment) -> Order | None:
    """The order that the payment is about, locked after its customer's ledger; None: it is about none."""
    if payment.cause_kind == "order":
        return waiting.locked_by_number(payment.cause_id, customer_id=payment.customer_id)
    CustomerLedger.objects.lock(payment.customer_id)
    return None


def _note_money_lost(dispute: Dispute, found: DisputeFound, *, by: Actor, at: datetime.datetime) -> None:
    """The service has taken the money back: a fact of the books, whatever becomes of the units."""
    payment = dispute.payment
    ids = rules.reversal_ids(found, payment.online_receipt.capture_id)
    if payment.online_refunds.filter(external_id__in=ids).exists() or _is_sent_back(dispute):
        return
    reversal = RefundFound(
        external_id=ids[0], state="completed", capture_id=payment.online_receipt.capture_id,
        amount_cents=dispute.amount_cents, currency="EUR", at=found.changed_at, fee_cents=found.fee_cents,
    )  # fmt: skip
    online_facts.note_refund(payment=payment, refund=reversal, kind=OnlineRefund.Kind.REVERSAL, by=by, at=at)


def _is_sent_back(dispute: Dispute) -> bool:
    """Whether the claim was accepted by sending just that back: a refund that stands in the books already."""
    opened_on = calendar.date_on(dispute.opened_at, provider.time_zone())
    sent_back = dispute.payment.online_refunds.filter(kind=OnlineRefund.Kind.REFUND, refunded_on__gte=opened_on)
    return sent_back.filter(amount_cents=dispute.amount_cents).exists()


def follow(dispute: Dispute, order: Order | None, *, by: Actor, at: datetime.datetime) -> DisputeEffects:
    """What follows from the disputes and bounced cheques of this payment and its order, as they stand now. The order
    is locked.

    What a bounced cheque had paid for is fixed when it bounces, and credit that came of it never comes back.
    """
    held_cents = dispute.credit_held_cents
    credit.hold_disputed_credit(customer=dispute.payment.customer, by=by, at=at)
    most_cents = dispute.amount_cents if dispute.is_live or dispute.is_bounce else 0
    credit.give_back_held_credit(dispute=dispute, most_cents=most_cents, by=by, at=at)
    dispute.refresh_from_db(fields=["credit_held_cents"])
    followed = DisputeEffects(credit_cents=dispute.credit_held_cents - held_cents)
    if order is None:
        return followed
    if dispute.is_live and not dispute.is_bounce:
        pays_cents = dict(amounts.payments_left(order)).get(dispute.payment, 0)
        dispute.order_cents = min(pays_cents, dispute.amount_cents - dispute.credit_held_cents)
        dispute.save(update_fields=["order_cents"])
    standing = OrderDisputes.of(order)
    if order.is_settled and not order.activations:
        order = _follow_waiting(order, dispute, standing, followed, by=by, at=at)
        followed.keeps_waiting = bool(standing.disputes) and not order.activations
    credited: dict[Dispute, list[CreditedLine]] = {}
    for line in order.lines.all():
        if hasattr(line, "activation"):
            followed.lines += _follow_lot(line, dispute, standing, credited, by=by, at=at)
    followed.notes += cancelling.credit_cancelled(order, credited, by=by, at=at)
    dispute.refresh_from_db(fields=["cancelled_cents"])
    is_back = any(line.kind == Movement.Kind.UNFROZEN for line in followed.lines)
    if is_back and Cover.objects.waiting().filter(customer=order.customer).exists():
        covers.cover_waiting(customer=order.customer, by=by, at=at)
    return followed


def end_bounce(
    dispute: Dispute, order: Order, *, state: Dispute.State, by: Actor, at: datetime.datetime
) -> DisputeEffects:
    """O7: a bounced cheque was paid again (won), or was not in time (lost), and what follows."""
    dispute.state, dispute.changed_at, dispute.looked_at, dispute.closed_at = state, at, at, at
    dispute.save(update_fields=["state", "changed_at", "looked_at", "closed_at"])
    followed = follow(dispute, order, by=by, at=at)
    audit.record(
        "bounce.paid" if state == Dispute.State.WON else "bounce.cancelled", by=by, at=at,
        subject=(dispute.cause.kind, dispute.pk), customer_id=order.customer_id, payment=dispute.payment_id,
        amount_cents=dispute.order_cents,
    )  # fmt: skip
    return followed


def _follow_waiting(
    order: Order,
    dispute: Dispute,
    standing: OrderDisputes,
    followed: DisputeEffects,
    *,
    by: Actor,
    at: datetime.datetime,
) -> Order:
    """L1: what is paid and not active yet is not activated while its payment is disputed, nor once all of it is lost
    and credited; else it is, as soon as it may be.
    """
    if standing.is_all_lost:
        for one in standing.lost:
            one.cancelled_cents = one.order_cents
            one.save(update_fields=["cancelled_cents"])
        followed.notes += cancelling.credit_whole(order, dispute, by=by, at=at)
    elif not standing.is_open and order.settlement.activates_at <= at and not due.is_taken_back(order):
        fulfilling.fulfil(order, by=by, at=at)
        return waiting.locked(order)
    return order


def _follow_lot(
    line: OrderLine,
    dispute: Dispute,
    standing: OrderDisputes,
    credited: dict[Dispute, list[CreditedLine]],
    *,
    by: Actor,
    at: datetime.datetime,
) -> list[Movement]:
    """Freeze the lot of this line, cancel what is lost of it, or let it be used again; the lines of the journal. What
    is cancelled, and what it is worth, is put into `credited`.
    """
    lines, lot = [], Lot.objects.get(pk=line.activation.lot_id)
    if standing.freezes(lot) and lot.frozen_at is None:
        cause = standing.disputes[0].cause
        lines += freezing.freeze(lot=lot, cause=cause, by=by, at=at, key=_key(cause, lot))
    for one in standing.lost:
        lot.refresh_from_db()
        units = standing.units_lost(lot, one)
        if units:
            cents = ledger_rules.refund_cents(lot.as_view(), lot.price_cents, units)
            lines += freezing.refund(lot=lot, quantity=units, cause=one.cause, by=by, at=at, key=_key(one.cause, lot))
            one.cancelled_cents += cents
            one.save(update_fields=["cancelled_cents"])
            credited.setdefault(one, []).append(CreditedLine(line.position, cents, units))
    lot.refresh_from_db()
    if lot.frozen_at and not standing.freezes(lot) and not refunds.are_going_back(lot):
        cause = dispute.cause
        lines += freezing.unfreeze(lot=lot, cause=cause, by=by, at=at, key=_key(cause, lot))
    return lines


def _key(cause: Cause, lot: Lot) -> str:
    """Numbered under the lock: a dispute may be opened again, and units are released one after the other."""
    return f"{cause.kind}:{cause.id}:{lot.pk}:{Movement.objects.filter(lot=lot, **cause.columns).count() + 1}"
