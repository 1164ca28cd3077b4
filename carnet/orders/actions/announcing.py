"""A customer says that a cheque is on its way."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.cheques.models import ChequeAnnouncement
from carnet.kernel import once
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts


@transaction.atomic
def announce_cheque(
    *, order: Order, cheque_number: str, by: Actor, at: datetime.datetime, key: str
) -> ChequeAnnouncement:
    """The desk expects this cheque; it counts for nothing before it is there (L1). Another one, with the number that
    was left out, stands beside it.

    The same key again gives the first one. Refuses `OrderNotWaiting` of an order that waits for no money, and
    `KeyReused`.
    """
    order = waiting.locked(order)
    number = cheque_number.strip()
    known = ChequeAnnouncement.objects.filter(key=key).first()
    if known is not None:
        once.refuse_unless_same((known.cause, known.cheque_number), (order.cause, number))
        return known
    if not order.takes_money or not amounts.missing_cents(order):
        raise waiting.OrderNotWaiting
    announced = ChequeAnnouncement.objects.create(
        customer=order.customer, cheque_number=number, at=at, key=key, **order.cause.columns, **by.columns
    )
    audit.record("cheque.announced", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id)
    return announced
