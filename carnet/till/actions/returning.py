"""Credit in euros goes back to its customer, who asked for it (O4)."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.ledger.models import CustomerLedger
from carnet.orders.models import Order
from carnet.orders.queries import amounts
from carnet.payments.actions import credit
from carnet.payments.models import CreditAccount, Dispute, Payment
from carnet.people.models import Customer
from carnet.repayments import queries as repayments
from carnet.repayments.actions import owing
from carnet.repayments.models import Repayment
from carnet.repayments.rules import BankAccount
from carnet.till import mails


class NoCredit(Refused):
    """There is no credit that could go back: none, or what there is came of a payment that is disputed."""

    code = "till.no_credit"


@transaction.atomic
@gathered()
def return_credit(
    *, customer: Customer, account: BankAccount, by: Actor, at: datetime.datetime, key: str
) -> list[Repayment]:
    """O4: all credit of the customer goes back, by the means of the payments of which it came; what PayPal took by
    PayPal, the rest by transfer to this account. The same key again changes nothing, and gives no rows.

    Of a payment never more goes back than came in. Credit of which nobody knows any more where it came from goes back
    of the latest payments of which something is left. Refuses `NoCredit`; what came of a disputed payment stays (O7).
    """
    CustomerLedger.objects.lock(customer.pk)
    if once.was_done("return_credit", key=key, at=at, customer=customer, by=by.id):
        return []
    purse = CreditAccount.objects.lock(customer.pk)
    sent = []
    for payment, cents in _parts(customer, credit.credit_origins(purse)):
        place = Repayment.objects.filter(customer=customer, cause_kind="customer").count() + 1
        cause = Cause("customer", customer.pk)
        credit.take_back_credit(
            payment=payment, amount_cents=cents, reason="sent_back", cause=cause, by=by, at=at,
            key=f"customer:{customer.pk}:sent_back:{place}",
        )  # fmt: skip
        sent += owing.owe_repayment(
            payment=payment, amount_cents=cents, account=account, cause=cause, reference=_reference(payment), by=by,
            at=at, key=f"customer:{customer.pk}:sent_back:{place}",
        )  # fmt: skip
    if not sent:
        raise NoCredit
    audit.record(
        "credit.sent_back", by=by, at=at, subject=("customer", customer.pk), customer_id=customer.pk,
        amount_cents=sum(one.amount_cents for one in sent),
    )  # fmt: skip
    mails.credit_returned(customer, sent, at=at)
    return sent


def _parts(customer: Customer, origins: dict[int | None, int]) -> list[tuple[Payment, int]]:
    """What goes back of which payment: first of those that the credit came of, then, for the rest, of the latest ones,
    but nothing of what pays for an order: that goes back by its refund.
    """
    disputes = Dispute.objects.filter(payment__customer=customer, state__in=Dispute.LIVE)
    disputed = set(disputes.values_list("payment", flat=True))
    found = Payment.objects.filter(customer=customer, undone=None, bounce=None).exclude(pk__in=disputed)
    found = found.order_by("-id")
    left = {one.pk: one.amount_cents - repayments.gone_back_cents(one) for one in found}
    parts = {one.pk: min(origins.get(one.pk, 0), left[one.pk]) for one in found}
    # What a disputed payment brought is held by its dispute; the rest of unknown origin is still somebody's money.
    rest = sum(cents for pk, cents in origins.items() if pk not in disputed) - sum(parts.values())
    pays = _pay_for_orders(found) if rest else {}
    for one in found:
        more = max(0, min(rest, left[one.pk] - parts[one.pk] - pays.get(one.pk, 0)))
        parts[one.pk] += more
        rest -= more
    return [(one, parts[one.pk]) for one in found if parts[one.pk] > 0]


def _pay_for_orders(payments: Iterable[Payment]) -> dict[int, int]:
    """Which of these pay for an order now, by number, and how many cents of each do."""
    orders = Order.objects.in_bulk([one.cause_id for one in payments if one.cause_kind == "order"])
    return {payment.pk: cents for order in orders.values() for payment, cents in amounts.payments_left(order)}


def _reference(payment: Payment) -> str:
    """What the customer finds on their statement: of the order that the money was for, if there is one."""
    if payment.cause_kind == "order":
        return Order.objects.values_list("reference", flat=True).get(pk=payment.cause_id)
    return f"CREDIT-{payment.pk}"
