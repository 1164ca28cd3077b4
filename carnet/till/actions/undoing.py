"""A payment that was recorded by mistake: wrong sum, wrong customer, or no money at all."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.cheques.models import Bounce, DepositedCheque
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.ledger.models import CustomerLedger
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts, bounces
from carnet.payments.actions import receiving
from carnet.payments.models import Payment, UndonePayment
from carnet.till import mails, rules
from carnet.till.actions import invoicing, recording


class PaymentSettledOrder(Refused):
    """The payment settled its order: invoice and units are there, and only a refund takes them back (O9)."""

    code = "till.payment_settled_order"


class ChequeOnSlip(Refused):
    """The cheque stands on a deposit slip, which does not change any more. Values: number."""

    code = "till.cheque_on_slip"


@transaction.atomic
@gathered()
def undo_payment(*, payment: Payment, reason: str, by: Actor, at: datetime.datetime) -> UndonePayment:
    """Undo a payment that was recorded by mistake, as long as its money is still there: as credit, or with an order
    that is not settled. The books get a counter-entry, and who was told of the money is told of the mistake.

    A second time gives the first. A cheque that bounced is not corrected, and what stands on a deposit slip stays as it
    is: if the bank does not pay it, it bounces. An order that waited goes on waiting; one that only asked what to do
    with late money has ended again. Refuses `ChequeBounced`, `ChequeOnSlip`, `PaymentSettledOrder`, and what
    `receiving.undo_payment` refuses.
    """
    CustomerLedger.objects.lock(payment.customer_id)
    known = UndonePayment.objects.filter(payment=payment).first()
    if known is not None:
        return known
    if Bounce.objects.filter(payment=payment).exists():
        raise recording.ChequeBounced
    deposit = DepositedCheque.objects.filter(payment=payment).select_related("slip").first()
    if deposit is not None:
        raise ChequeOnSlip(number=deposit.slip.number)
    if payment.cause_kind != "order":
        undone = receiving.undo_payment(payment=payment, reason=reason, by=by, at=at)
        mails.unallocated_undone(payment, at=at)
        return undone
    order = waiting.locked(Order.objects.get(pk=payment.cause_id))
    left = {one.pk: cents for one, cents in amounts.payments_left(order)}
    found = rules.undoing(
        pays_cents=left.pop(payment.pk, 0) - bounces.again_cents(payment), is_settled=order.is_settled,
        is_choosing=order.state == Order.State.CHOOSING, others_cents=sum(left.values()),
    )  # fmt: skip
    if not found.may or payment.repayments.exists():
        raise PaymentSettledOrder
    undone = receiving.undo_payment(payment=payment, reason=reason, by=by, at=at)
    if found.ends_order:
        waiting.end_unpaid(order, "too_late", by=by, at=at)
    else:
        invoicing.correct_paid(order, payment, by=by, at=at)
    mails.payment_undone(order, payment, at=at)
    return undone
