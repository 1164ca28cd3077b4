"""What of an order is paid, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Sum as SumOf
from django.db.models.functions import Coalesce

from carnet.invoices.models import Invoice
from carnet.orders.models import Order, OrderMeans
from carnet.orders.queries import bounces
from carnet.payments.models import CreditMovement, Payment
from carnet.repayments.models import Repayment


def accepted_payments(order: Order) -> QuerySet[Payment]:
    """L1: what counts as paid for the order, the earliest first: a cheque at once, or once it is cleared, as fixed on
    the order; never one that was undone or bounced.
    """
    found = Payment.objects.filter(cause_kind="order", cause_id=order.pk, undone=None, bounce=None).order_by("id")
    if order.cheque_activates_on == "clearing":
        found = found.filter(~Q(means=OrderMeans.CHEQUE) | Q(clearing__isnull=False))
    return found


def payments_left(order: Order) -> list[tuple[Payment, int]]:
    """What counts, the earliest first, each with the cents that neither became credit nor go back by a refund; those of
    which nothing is left are left out. One statement.
    """
    turned = _turned().filter(payment=OuterRef("pk")).order_by().values("payment")
    gone = _gone_back().filter(payment=OuterRef("pk")).order_by().values("payment")
    paid = accepted_payments(order).annotate(
        left_cents=F("amount_cents")
        - Coalesce(Subquery(turned.annotate(sum=SumOf("amount_cents")).values("sum")), 0)
        - Coalesce(Subquery(gone.annotate(sum=SumOf("amount_cents")).values("sum")), 0)
    )
    return [(payment, payment.left_cents) for payment in paid if payment.left_cents]


def _turned() -> QuerySet[CreditMovement]:
    """What money became credit, or was undone; credit that is held while its payment is disputed, as its cheque bounced
    (O7), or was sent back (O4), does not pay the order again.
    """
    return CreditMovement.objects.exclude(reason__in=("disputed", "undisputed", "bounced", "sent_back"))


def _gone_back() -> QuerySet[Repayment]:
    """O9, O11: money that was paid for something and goes back, sent already or not; not what was credit before."""
    return Repayment.objects.filter(cause_kind__in=("order", "refund"))


def invoice_requested(order: Order) -> Invoice | None:
    """O8: the invoice that was issued before its order is paid, if no credit note has corrected it; only a company
    (without a period to withdraw) asks for one.
    """
    if order.withdrawal_last_day is not None:
        return None
    found = Invoice.objects.filter(request__order=order, credit_notes=None)
    return found.order_by("-pk").first()


def credit_left_cents(order: Order) -> int:
    """What of the credit that the order used still pays for it: what its refunds made credit again is taken off."""
    if not order.credit_used_cents:
        return 0
    back = CreditMovement.objects.filter(**order.cause.columns, reason="refunded", payment=None)
    return order.credit_used_cents - (back.aggregate(sum=SumOf("amount_cents"))["sum"] or 0)


def paid_cents(order: Order) -> int:
    """What pays for it now: credit used, and money that did not become credit, less what went back (O9)."""
    return credit_left_cents(order) + sum(cents for _payment, cents in payments_left(order))


def missing_cents(order: Order) -> int:
    """What is still to be paid: of an order that was paid what its bounced cheques did not pay (O7), of a cancelled one
    nothing.
    """
    if order.is_settled:
        return sum(cents for _dispute, cents in bounces.to_pay_again(order))
    if order.state == Order.State.CANCELLED:
        return 0
    return max(0, order.price_cents - paid_cents(order))


def missing_of(orders: Iterable[Order]) -> dict[int, int]:
    """What orders that wait still miss, by order, in two queries for any number; of others nothing."""
    left = {order.pk: order.asked_cents if order.is_open else 0 for order in orders}
    once_cleared = [order.pk for order in orders if order.cheque_activates_on == "clearing"]
    uncleared = Q(means=OrderMeans.CHEQUE, cause_id__in=once_cleared, clearing=None)
    paid = Payment.objects.filter(
        ~uncleared, cause_kind="order", cause_id__in=[pk for pk in left if left[pk]], undone=None, bounce=None
    )
    for order_id, cents in paid.values_list("cause_id", "amount_cents"):
        left[order_id] -= cents
    turned = _turned().filter(payment__in=paid)
    for order_id, cents in turned.values_list("payment__cause_id", "amount_cents"):
        left[order_id] += cents
    return {pk: max(0, cents) for pk, cents in left.items()}


@dataclass(frozen=True, slots=True)
class Sum:
    """What an order costs and what is left of it to pay, as a subtraction."""

    price_cents: int
    credit_cents: int
    paid_cents: int
    due_cents: int

    @property
    def is_subtraction(self) -> bool:
        """Whether something is taken off the price at all."""
        return bool(self.credit_cents or self.paid_cents)


def sum_of(order: Order) -> Sum:
    """The price, the credit that it used, what was paid of the rest before anything of it went back, and what is due;
    of an order that nobody has to pay any more nothing is due.
    """
    return Sum(order.price_cents, order.credit_used_cents, _received_cents(order), missing_cents(order))


def _received_cents(order: Order) -> int:
    """What money paid for it; refunds of a settled order (O9) are told apart from that."""
    left = sum(cents for _payment, cents in payments_left(order))
    if not order.is_settled:
        return left
    of_order = {"payment__cause_kind": "order", "payment__cause_id": order.pk}
    sent = _gone_back().filter(**of_order).aggregate(sum=SumOf("amount_cents"))["sum"] or 0
    turned = CreditMovement.objects.filter(**of_order, reason="refunded").aggregate(sum=SumOf("amount_cents"))["sum"]
    return left + sent + (turned or 0)


def payments_shown(order: Order) -> list[Payment]:
    """Every payment for the order, the earliest first, with its details; cheques that do not count yet, and what was
    undone, included.
    """
    found = Payment.objects.filter(cause_kind="order", cause_id=order.pk)
    found = found.select_related("details", "clearing", "undone", "bounce", "online_receipt", "online_fee")
    return list(found.prefetch_related("online_refunds").order_by("id"))
