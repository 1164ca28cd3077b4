"""An order is paid: its invoice is issued, and what was bought is given, at once or once it may (O8, L1)."""

import datetime
from collections.abc import Sequence

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.kernel.gathering import gathered
from carnet.orders.actions import waiting
from carnet.orders.models import Order, Settlement
from carnet.orders.queries import amounts, sales
from carnet.payments.models import Means, Payment
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.till import mails, rules
from carnet.till.actions import fulfilling
from carnet.till.queries import disputed, invoicing


@transaction.atomic
@gathered()
def settle_order(*, order: Order, by: Actor, at: datetime.datetime) -> Settlement:
    """O8, L1: the order is paid: number and fix its invoice, and make its lots, at once or once it may; the same again
    gives the first settlement.

    All of it or nothing. What waits for cover takes up the new units. The caller knows that enough was paid.
    """
    order = waiting.locked(order)
    known = Settlement.objects.filter(order=order).first()
    return known or settle(order, amounts.payments_left(order), by=by, at=at)


def settle(order: Order, paid: Sequence[tuple[Payment, int]], *, by: Actor, at: datetime.datetime) -> Settlement:
    """Settle the locked order; `paid` are the payments that pay for it, each with so many cents."""
    # O8: a company may have had its invoice before; else it gets it now.
    invoice = amounts.invoice_requested(order) or invoices.issue_invoice(
        customer=order.customer, facts=invoicing.invoice_facts(order, paid, delivered_on=schedule.today(at)),
        cause=order.cause, by=by, at=at, key=f"order:{order.pk}",
    )  # fmt: skip
    # What counts only without the express request is asked only then.
    last_day = None if order.express_request else sales.withdrawal_until(order)
    later = rules.activates_at(
        withdrawal_last_day=last_day, express_request=order.express_request, at=at,
        zone=provider.time_zone(),
    )  # fmt: skip
    settlement = Settlement.objects.create(order=order, at=at, invoice=invoice, activates_at=later or at)
    order.state = Order.State.SETTLED
    order.save(update_fields=["state"])
    audit.record(
        "order.settled", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id,
        invoice=invoice.number,
    )  # fmt: skip
    # O7: money that is disputed already gives nothing; what follows from the dispute gives it later.
    is_disputed = any(one.means == Means.PAYPAL for one, _cents in paid) and disputed.disputes_of_units(order).exists()
    if not later and not is_disputed:
        fulfilling.fulfil(order, by=by, at=at)
    mails.order_settled(order, settlement, at=at)
    return settlement
