"""A consumer withdraws from an order (O11; CC L221-18 to L221-28, D221-5): declared at a moment that counts, carried
out at once, or once it is certain that it came from the customer.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.mail import actions as mail
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.people.models import Person
from carnet.till import mails, rules
from carnet.till.actions import refunding
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund, Withdrawal, WithdrawalDetails
from carnet.till.queries import withdrawals


class ConsumersOnly(Refused):
    """The right to withdraw is a consumer's; a company writes to the provider."""

    code = "till.consumers_only"


class WithdrawalLate(Refused):
    """The last day to withdraw has passed (O11)."""

    code = "till.withdrawal_late"


class NothingToWithdrawFrom(Refused):
    """The order has ended, and nothing is owed."""

    code = "till.nothing_to_withdraw_from"


REFUSALS: dict[rules.WithdrawalStanding, type[Refused]] = {
    "company": ConsumersOnly,
    "late": WithdrawalLate,
    "ended": NothingToWithdrawFrom,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared: in whose name, where the receipt goes, in which language, and how the money shall come."""

    name: str
    email: str
    language: str
    to: SentTo


@transaction.atomic
@gathered()
def declare_withdrawal(
    *,
    order: Order,
    declared: Declared,
    person: Person | None,
    visitor: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Withdrawal:
    """O11: somebody declares that the order's consumer withdraws; the receipt goes out at once (CC L221-21).

    Declared by a holder or buyer of the customer who is signed in (`person`) it is carried out in the same transaction;
    else once the link in the receipt is used. What is disputed waits for the provider. The same key again gives the
    first one, and so does a second declaration once one was carried out.

    Refuses `ConsumersOnly`, `WithdrawalLate`, `NothingToWithdrawFrom`, `KeyReused`, and the mail's `TooManyMails`:
    receipts to addresses that anybody can type are limited. That the address belongs to the order is the caller's to
    see (`withdrawals.order_to_withdraw_from`).
    """
    content = once.content_of("declare_withdrawal", order=order, declared=declared, person=person)
    order = waiting.locked(order)
    known = once.first(Withdrawal.objects.filter(key=key), key=key, content=content)
    known = known or withdrawals.withdrawal_carried_out(order)
    if known is not None:
        return known
    refusal = REFUSALS.get(withdrawals.withdrawal_standing(order, at))
    if refusal is not None:
        raise refusal
    is_theirs = person is not None and withdrawals.may_withdraw(person, order)
    if person is None or person.email != declared.email:
        mail.count_asked(to=declared.email, visitor=f"person {person.pk}" if person else visitor, at=at)
    withdrawal = Withdrawal.objects.create(
        order=order, declared_at=at, language=declared.language, wants_credit=declared.to.wants_credit, key=key,
        content=content, **by.columns,
    )  # fmt: skip
    WithdrawalDetails.objects.create(
        withdrawal=withdrawal, name=declared.name, email=declared.email, account_holder=declared.to.account_holder,
        iban=declared.to.iban,
    )  # fmt: skip
    audit.record(
        "withdrawal.declared", by=by, at=at, subject=("withdrawal", withdrawal.pk), customer_id=order.customer_id,
        order=order.pk, is_signed_in=is_theirs,
    )  # fmt: skip
    if is_theirs:
        _carry_out(withdrawal, order, person, by=by, at=at)
    mails.withdrawal_received(withdrawal, order, is_theirs=is_theirs, at=at)
    return withdrawal


@transaction.atomic
@gathered()
def carry_out_withdrawal(
    *, withdrawal: Withdrawal, person: Person | None = None, by: Actor, at: datetime.datetime
) -> Withdrawal:
    """O11: a declaration that is now known to be the customer's is carried out, as of the moment when it was declared:
    by the link in its receipt, or by the owner (`person`). A second time, or if another one was carried out meanwhile,
    gives that one.

    Refuses `refunding.PaymentDisputed`: nothing goes back while the payment is disputed.
    """
    order = waiting.locked(withdrawal.order)
    known = withdrawals.withdrawal_carried_out(order)
    if known is not None:
        return known
    withdrawal = Withdrawal.objects.select_related("details", "order").get(pk=withdrawal.pk)
    if not _carry_out(withdrawal, order, person, by=by, at=at):
        raise refunding.PaymentDisputed
    return withdrawal


def _carry_out(
    withdrawal: Withdrawal, order: Order, person: Person | None, *, by: Actor, at: datetime.datetime
) -> bool:
    """Everything that follows, of the locked order; nothing while its payment is disputed."""
    key = f"withdrawal:{withdrawal.pk}"
    to = SentTo(withdrawal.wants_credit, *withdrawal.account)
    try:
        if order.is_open:
            refunding.cancel_paid_back(order, to=to, by=by, at=at, key=key)
        elif order.is_settled:
            reason = Refund.Reason.WITHDRAWAL
            refunding.refund(order, units=None, reason=reason, to=to, note="", by=by, at=at, key=key)
        elif order.state == Order.State.EXPIRED:
            # O3: money that comes late must not revive it; it is credit.
            waiting.end_unpaid(order, "cancelled", by=by, at=at, state=Order.State.CANCELLED)
    except refunding.PaymentDisputed:
        return False
    except refunding.NothingToRefund:
        pass  # all of it was provided, as was asked for (CC L221-28), or went back before
    withdrawal.carried_out_at, withdrawal.carried_out_by = at, person
    withdrawal.save(update_fields=["carried_out_at", "carried_out_by"])
    audit.record(
        "withdrawal.carried_out", by=by, at=at, subject=("withdrawal", withdrawal.pk), customer_id=order.customer_id,
        order=order.pk,
    )  # fmt: skip
    return True
