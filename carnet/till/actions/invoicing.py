"""A company asks for its invoice before it pays (O8)."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.orders import rules as ordering
from carnet.orders.actions import waiting
from carnet.orders.models import InvoiceRequest, Order
from carnet.orders.queries import amounts
from carnet.payments.models import Payment
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.till.queries import invoicing


class InvoiceForCompanies(Refused):
    """Only a company gets its invoice before it pays."""

    code = "till.invoice_for_companies"


@transaction.atomic
@gathered()
def request_invoice(*, order: Order, by: Actor, at: datetime.datetime) -> Invoice:
    """O8: issue the invoice of a company's waiting order now, due in ⚙ invoice_due_days; the order waits at least as
    long. Credit used and parts paid so far stand on it as paid.

    Once it is paid, this is its invoice; if it never is, a credit note corrects it. Asked again, or just paid: the
    invoice that is there. Refuses `InvoiceForCompanies`, `waiting.OrderNotWaiting`, and `invoices.SellerUnnamed`.
    """
    return request(waiting.locked(order), by=by, at=at)


def request(order: Order, *, by: Actor, at: datetime.datetime) -> Invoice:
    """The same for an order that is locked."""
    if order.customer.kind != Customer.Kind.COMPANY:
        raise InvoiceForCompanies
    if order.is_settled:
        return order.settlement.invoice
    known = amounts.invoice_requested(order)
    if known is not None:
        return known
    if order.state != Order.State.WAITING:
        raise waiting.OrderNotWaiting
    today, days = schedule.today(at), int(provider.setting("invoice_due_days"))
    facts = invoicing.invoice_facts(order, amounts.payments_left(order), delivered_on=today)
    count = order.invoice_requests.count()
    invoice = invoices.issue_invoice(
        customer=order.customer, facts=facts, cause=order.cause, due_on=today + datetime.timedelta(days=days), by=by,
        at=at, key=f"order:{order.pk}:requested:{count + 1}",
    )  # fmt: skip
    InvoiceRequest.objects.create(invoice=invoice, order=order, at=at)
    due_days = (invoice.due_on - today).days
    order.expires_at = max(order.expires_at, ordering.waits_until(today, due_days, provider.time_zone()))
    order.save(update_fields=["expires_at"])
    audit.record(
        "invoice.requested", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id,
        invoice=invoice.number,
    )  # fmt: skip
    return invoice


def correct_paid(order: Order, payment: Payment, *, by: Actor, at: datetime.datetime) -> None:
    """O8: the invoice of this locked order says that a payment came which was recorded by mistake: it is corrected, and
    another one issued.
    """
    invoice = amounts.invoice_requested(order)
    if invoice is None or f"payment:{payment.pk}" not in {one["reference"] for one in invoice.facts["paid"]}:
        return
    waiting.correct_invoice(order=order, invoice=invoice, paid_cents=0, by=by, at=at)
    request(order, by=by, at=at)
