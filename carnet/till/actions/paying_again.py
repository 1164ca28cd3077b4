"""Money for an order whose cheque bounced pays it again (O7), by whatever means it comes."""

import datetime
from collections.abc import Sequence

from carnet.audit.actors import Actor
from carnet.cheques.models import PaidAgain
from carnet.orders.models import Order
from carnet.payments.actions import credit
from carnet.payments.models import Dispute, Payment
from carnet.till import mails
from carnet.till.actions import disputing
from carnet.till.shown.disputes import DisputeEffects


def take_in_again(
    order: Order, payment: Payment, *, asked: Sequence[tuple[Dispute, int]], by: Actor, at: datetime.datetime
) -> None:
    """O4, O7: this payment pays what the bounced cheques of the locked order did not pay, the earliest first; `asked`
    says which, each with the cents that are missing. What is paid again can be used again, its last day later by the
    days frozen; too little waits for the rest, too much is credit. The holders are told.
    """
    rest_cents, missing_cents = payment.amount_cents, 0
    done: list[tuple[Dispute, DisputeEffects]] = []
    for dispute, cents in asked:
        part_cents = min(rest_cents, cents)
        if part_cents:
            PaidAgain.objects.create(
                payment=payment, bounce_id=dispute.payment_id, amount_cents=part_cents, at=at, **by.columns
            )
            rest_cents -= part_cents
        if cents - part_cents > order.tolerance_cents:
            missing_cents += cents - part_cents
        else:
            done.append((dispute, disputing.end_bounce(dispute, order, state=Dispute.State.WON, by=by, at=at)))
    if rest_cents:
        credit.add_credit(
            customer=order.customer, amount_cents=rest_cents, reason="surplus", cause=order.cause, by=by, at=at,
            key=f"payment:{payment.pk}:credit", payment=payment,
        )  # fmt: skip
    for dispute, followed in done:
        mails.bounce_paid(dispute, order, followed, rest_cents=rest_cents, at=at)
    if missing_cents:
        mails.rest_missing_again(order, payment, missing_cents, [one for one, _cents in asked], at=at)
