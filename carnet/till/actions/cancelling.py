"""What is cancelled because its money is lost (O7) is credited: the credit note in the same transaction."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace

from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.invoices import queries as invoice_queries
from carnet.invoices.models import Invoice
from carnet.invoices.rules import CreditedLine, CreditReason
from carnet.orders.models import Order
from carnet.payments.models import Dispute

REASONS: dict[str, CreditReason] = {Dispute.Kind.DISPUTE: "disputed", Dispute.Kind.BOUNCE: "bounced"}


def credit_cancelled(
    order: Order, credited: Mapping[Dispute, Sequence[CreditedLine]], *, by: Actor, at: datetime.datetime
) -> list[Invoice]:
    """O7, O8: a credit note for what each dispute has just cancelled of the locked order, line by line: what the units
    are worth, but never more than is left of their line. No money goes back.
    """
    notes = []
    for dispute, lines in credited.items():
        left = _left(order)
        capped = [replace(one, gross_cents=min(one.gross_cents, left.get(one.position, 0))) for one in lines]
        notes += _issue(order, dispute, capped, by=by, at=at)
    return notes


def credit_whole(order: Order, dispute: Dispute, *, by: Actor, at: datetime.datetime) -> list[Invoice]:
    """O7, L1: the same for all that is left of an order that has brought nothing yet; a second time changes nothing."""
    units = {line.position: line.unit_count for line in order.lines.all()}
    lines = [CreditedLine(position, cents, units[position]) for position, cents in _left(order).items()]
    return _issue(order, dispute, lines, by=by, at=at)


def _left(order: Order) -> dict[int, int]:
    """What is not credited of each line yet."""
    credited = invoice_queries.credited_cents(order.settlement.invoice)
    return {line.position: line.price_cents - credited.get(line.position, 0) for line in order.lines.all()}


def _issue(
    order: Order, dispute: Dispute, lines: Sequence[CreditedLine], *, by: Actor, at: datetime.datetime
) -> list[Invoice]:
    lines = [one for one in lines if one.gross_cents > 0]
    if not lines:
        return []
    # Numbered under the lock: what a ticket releases later is cancelled later.
    count = Invoice.objects.filter(**dispute.cause.columns).count()
    note = invoices.issue_credit_note(
        invoice=order.settlement.invoice, lines=lines, reason=REASONS[dispute.kind], cause=dispute.cause, by=by, at=at,
        key=f"{dispute.cause.kind}:{dispute.pk}:credit_note:{count + 1}",
    )  # fmt: skip
    return [note]
