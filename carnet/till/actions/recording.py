"""Money for an order is recorded, and what it does is decided at once (L1, O3–O5)."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.payments.actions import receiving
from carnet.payments.models import Clearing, Payment
from carnet.payments.rules.received import Received
from carnet.schedule import queries as schedule
from carnet.till.actions import matching


class ReceivedBeforeOrder(Refused):
    """Nobody pays an order that is not there yet: its reference is new with it."""

    code = "till.received_before_order"
    field = "received_on"


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

    A second time changes nothing. Refuses what `receiving.clear_cheque` refuses.
    """
    order = waiting.locked(Order.objects.get(pk=payment.cause_id))
    is_known = Clearing.objects.filter(payment=payment).exists()
    receiving.clear_cheque(payment=payment, cleared_on=cleared_on, by=by, at=at)
    if not is_known and order.cheque_activates_on == "clearing":
        matching.take_in(order, payment, by=by, at=at)
    return payment
