"""Money for an order is recorded, and what it does is decided at once (L1, O3–O5)."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.cheques.models import Bounce, DepositSlip
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.payments.actions import receiving
from carnet.payments.models import Clearing, Payment
from carnet.payments.rules.received import Received
from carnet.schedule import queries as schedule
from carnet.till.actions import disputing, matching


class ReceivedBeforeOrder(Refused):
    """Nobody pays an order that is not there yet: its reference is new with it."""

    code = "till.received_before_order"
    field = "received_on"


class ChequeBounced(Refused):
    """The cheque bounced: it is neither cleared nor corrected; money that comes after all is recorded as what it is."""

    code = "till.cheque_bounced"


class SlipNotDeposited(Refused):
    """The cheques of a slip clear after it was handed in."""

    code = "till.slip_not_deposited"


@transaction.atomic
@gathered()
def record_payment(*, order: Order, money: Received, by: Actor, at: datetime.datetime, key: str) -> Payment:
    """L1, O3, O4, O5: money came for this order; what it does is decided at once, and its customer is told.

    The same key again gives the first payment. Refuses `ReceivedBeforeOrder`, and what `receiving.receive_payment`
    refuses: the same money again, unless `is_another` says that it came twice, and money of a day to come or, without
    `is_old`, of more than a year ago.
    """
    return record(waiting.locked(order), money, by=by, at=at, key=key)


def record(order: Order, money: Received, *, by: Actor, at: datetime.datetime, key: str) -> Payment:
    """The same for an order that is locked."""
    if money.received_on < schedule.today(order.placed_at):
        raise ReceivedBeforeOrder
    payment, is_new = receiving.receive_payment(
        customer=order.customer, money=money, cause=order.cause, by=by, at=at, key=key
    )
    if is_new:
        matching.take_in(order, payment, by=by, at=at)
    return payment


@transaction.atomic
@gathered()
def clear_cheque(*, payment: Payment, cleared_on: datetime.date, by: Actor, at: datetime.datetime) -> Payment:
    """L1 with ⚙ cheque_activates_on «clearing»: the cheque's money is at the bank, and counts from now on.

    A second time changes nothing. Refuses `ChequeBounced`, and what `receiving.clear_cheque` refuses.
    """
    order = disputing.locked(payment)
    if Bounce.objects.filter(payment=payment).exists():
        raise ChequeBounced
    is_known = Clearing.objects.filter(payment=payment).exists()
    receiving.clear_cheque(payment=payment, cleared_on=cleared_on, by=by, at=at)
    if not is_known and order is not None and order.cheque_activates_on == "clearing":
        matching.take_in(order, payment, by=by, at=at)
    return payment


def clear_slip(*, slip: DepositSlip, cleared_on: datetime.date, by: Actor, at: datetime.datetime) -> list[Payment]:
    """The same for all cheques of a deposit slip that neither cleared nor bounced before; one transaction for each, so
    that no two customers are locked together: after a crash between them the same again does the rest.

    Refuses what `clear_cheque` refuses, and `SlipNotDeposited`.
    """
    if DepositSlip.objects.get(pk=slip.pk).deposited_on is None:
        raise SlipNotDeposited
    cheques = Payment.objects.filter(deposit__slip=slip, clearing=None, bounce=None).order_by("deposit__position")
    return [clear_cheque(payment=one, cleared_on=cleared_on, by=by, at=at) for one in cheques]
