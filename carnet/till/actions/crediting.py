"""Money that becomes credit because nobody knows what it was meant for, or because its customer chooses so."""

import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.payments.actions import credit, receiving
from carnet.payments.models import CreditMovement, Payment
from carnet.payments.rules.received import Received
from carnet.people.models import Customer
from carnet.till import mails


class NothingToChoose(Refused):
    """The order does not wait for its customer's choice."""

    code = "till.nothing_to_choose"


@transaction.atomic
@gathered()
def record_unallocated_payment(
    *, customer: Customer, money: Received, by: Actor, at: datetime.datetime, key: str
) -> Payment:
    """Money came from this customer for no order that is known: it becomes credit, which pays their next order (O4),
    and the holders are told.

    The same key again gives the first payment. Refuses what `receiving.receive_payment` refuses.
    """
    cause = Cause("customer", customer.pk)
    payment, is_new = receiving.receive_payment(customer=customer, money=money, cause=cause, by=by, at=at, key=key)
    if is_new:
        credit.add_credit(
            customer=customer, amount_cents=money.amount_cents, reason=CreditMovement.Reason.NO_ORDER, cause=cause,
            by=by, at=at, key=f"payment:{payment.pk}:credit", payment=payment,
        )  # fmt: skip
        mails.payment_unallocated(payment, at=at)
    return payment


@transaction.atomic
@gathered()
def choose_credit(*, order: Order, by: Actor, at: datetime.datetime) -> Order:
    """O3: money that came late for something no longer sold becomes credit, as its customer wishes, or after 30 days.

    A second time changes nothing. Refuses `NothingToChoose` for an order that is paid or waits for money.
    """
    order = waiting.locked(order)
    if order.state == Order.State.CHOOSING:
        waiting.end_unpaid(order, "too_late", by=by, at=at)
    elif order.state != Order.State.EXPIRED:
        raise NothingToChoose
    return order
