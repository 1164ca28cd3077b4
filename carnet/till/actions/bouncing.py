"""A cheque bounces (O7): its money counts no more, what it paid for is frozen until it is paid again, by whatever
means, and cancelled with a credit note if it is not in ⚙ bounced_days.

A bounce is not undone: a cheque that the bank pays after all, or that was marked by mistake, is recorded as the new
money that it is, which pays it again.
"""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.cheques.models import Bounce
from carnet.kernel import calendar
from carnet.kernel.gathering import gathered
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts, bounces
from carnet.payments import queries as payments
from carnet.payments.actions import credit, receiving
from carnet.payments.models import Dispute, Payment
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.till import mails, rules
from carnet.till.actions import disputing


@transaction.atomic
@gathered()
def bounce_cheque(*, payment: Payment, bounced_on: datetime.date, by: Actor, at: datetime.datetime) -> Bounce:
    """O7: the bank has not paid this cheque, or took its money back, also weeks after it was cleared: the books get a
    counter-entry on that day, and the payment counts no more.

    What it paid for is frozen, and can be paid again within ⚙ bounced_days; an order that was not settled waits again;
    credit that came of it is taken back as far as it is there. The holders are told. A second time gives the first
    bounce. Refuses what `receiving.reverse_cheque` refuses.
    """
    order = disputing.locked(payment)
    known = Bounce.objects.filter(payment=payment).first()
    if known is not None:
        return known
    pays_cents = dict(amounts.payments_left(order)).get(payment, 0) if order else 0
    receiving.reverse_cheque(payment=payment, bounced_on=bounced_on, by=by, at=at)
    dispute = _dispute_over(payment, order, pays_cents, at=at)
    bounce = Bounce.objects.create(payment=payment, bounced_on=bounced_on, at=at, **by.columns)
    followed = disputing.follow(dispute, order, by=by, at=at)
    if order is not None and order.is_open:
        _wait_again(order, pays_cents, by=by, at=at)
    audit.record(
        "cheque.bounced", by=by, at=at, subject=(dispute.cause.kind, dispute.pk), customer_id=payment.customer_id,
        payment=payment.pk, amount_cents=payment.amount_cents, order_cents=dispute.order_cents, state=dispute.state,
    )  # fmt: skip
    gone_cents = max(0, payments.turned_cents(payment))  # credit of it that was used before
    mails.cheque_bounced(dispute, order, followed, gone_cents=gone_cents, at=at)
    return bounce


def _dispute_over(payment: Payment, order: Order | None, pays_cents: int, *, at: datetime.datetime) -> Dispute:
    """What follows from the bounce: what it had paid for of a settled order waits to be paid again. One that paid for
    nothing, or should have paid another bounced cheque, is over at once.
    """
    order_cents = 0
    if order is not None and order.is_settled:
        order_cents = pays_cents - bounces.again_cents(payment)
    zone, today = provider.time_zone(), schedule.today(at)
    answer_by = calendar.within_days_end(today, provider.setting("bounced_days"), zone)
    return Dispute.objects.create(
        payment=payment, kind=Dispute.Kind.BOUNCE, external_id=f"bounce:{payment.pk}",
        state=Dispute.State.OPEN if order_cents else Dispute.State.LOST, amount_cents=payment.amount_cents,
        order_cents=order_cents, reason="bounced", opened_at=at, changed_at=at, looked_at=at,
        answer_by=answer_by if order_cents else None, closed_at=None if order_cents else at,
    )  # fmt: skip


def _wait_again(order: Order, pays_cents: int, *, by: Actor, at: datetime.datetime) -> None:
    """O1, O3: an order that waits for money waits as long as from a new order; one that asks what to do with money that
    came late has ended again once there is none.
    """
    others_cents = sum(cents for _payment, cents in amounts.payments_left(order))
    is_choosing = order.state == Order.State.CHOOSING
    found = rules.undoing(pays_cents=pays_cents, is_settled=False, is_choosing=is_choosing, others_cents=others_cents)
    if found.ends_order:
        waiting.end_unpaid(order, "too_late", by=by, at=at)
    elif not is_choosing:
        waiting.wait_on(order, state=Order.State.WAITING, days=order.order_days, at=at)


@transaction.atomic
@gathered()
def cancel_unpaid(*, dispute: Dispute, by: Actor, at: datetime.datetime) -> Dispute:
    """O7: a bounced cheque was not paid again in ⚙ bounced_days: unused units are cancelled with a credit note,
    reserved ones once they are released; what was not active yet is credited as a whole (L1); what was paid of it in
    part becomes credit. Holders and owners are told.

    One that was paid meanwhile, or has time left, is left alone. A second time changes nothing.
    """
    order = disputing.locked(dispute.payment)
    dispute = Dispute.objects.select_related("payment__customer").get(pk=dispute.pk)
    if not dispute.is_open or dispute.answer_by is None or at < dispute.answer_by:
        return dispute
    assert order is not None
    rest_cents = 0
    for payment, cents in bounces.payments_of_bounce(dispute):
        credit.add_credit(
            customer=order.customer, amount_cents=cents, reason="too_little", cause=order.cause, by=by, at=at,
            key=f"bounce:{dispute.pk}:part:{payment.pk}", payment=payment,
        )  # fmt: skip
        rest_cents += cents
    followed = disputing.end_bounce(dispute, order, state=Dispute.State.LOST, by=by, at=at)
    mails.bounce_cancelled(dispute, order, followed, rest_cents=rest_cents, at=at)
    return dispute
