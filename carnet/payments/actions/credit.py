"""A customer's credit in euros (O3–O5): it changes only by a movement that says why, with its line in the books."""

import datetime

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books import actions as books
from carnet.kernel import calendar, once
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.payments.models import CreditAccount, CreditMovement, Payment
from carnet.payments.rules.entries import MoneyMoved, entry
from carnet.people.models import Customer
from carnet.provider import queries as provider


class NotEnoughCredit(Refused):
    """The customer has less credit than was to be used. Values: wanted, found, in cents."""

    code = "payments.not_enough_credit"


def add_credit(
    *,
    customer: Customer,
    amount_cents: int,
    reason: str,
    cause: Cause,
    by: Actor,
    at: datetime.datetime,
    key: str,
    payment: Payment | None = None,
) -> CreditMovement:
    """O3–O5: make euros the customer's credit; `payment` is the money that they are part of. Refuses `KeyReused`."""
    if amount_cents <= 0 or reason not in CreditMovement.Reason or reason in ("used", "undone"):
        raise ValueError(f"no credit: {amount_cents} cents, {reason}")
    if payment is not None and payment.customer_id != customer.pk:
        raise ValueError(f"payment {payment.pk} is not of customer {customer.pk}")
    return _move(customer, amount_cents, reason, cause, by, at, key, payment)


def use_credit(
    *, customer: Customer, amount_cents: int, cause: Cause, by: Actor, at: datetime.datetime, key: str
) -> CreditMovement:
    """Use credit for `cause`. Refuses `NotEnoughCredit`: it never goes below zero; and `KeyReused`."""
    if amount_cents <= 0:
        raise ValueError(f"no credit: {amount_cents} cents")
    return _move(customer, -amount_cents, CreditMovement.Reason.USED, cause, by, at, key, None)


def take_back_credit(
    *, payment: Payment, amount_cents: int, reason: str, cause: Cause, by: Actor, at: datetime.datetime, key: str
) -> CreditMovement:
    """Take back what became credit of this payment. Refuses `NotEnoughCredit`, and `KeyReused`."""
    if amount_cents <= 0:
        raise ValueError(f"no credit: {amount_cents} cents")
    return _move(payment.customer, -amount_cents, reason, cause, by, at, key, payment)


@joined
def _move(
    customer: Customer,
    amount_cents: int,
    reason: str,
    cause: Cause,
    by: Actor,
    at: datetime.datetime,
    key: str,
    payment: Payment | None,
) -> CreditMovement:
    account = CreditAccount.objects.lock(customer.pk)
    movement = CreditMovement(
        customer=customer, amount_cents=amount_cents, reason=reason, **cause.columns,
        payment=payment, at=max(at, account.last_at or at), **by.columns,
        key=key,
    )  # fmt: skip
    known = once.first(CreditMovement.objects.filter(key=key), key=key, content=movement.content)
    if known is not None:
        return known
    if account.credit_cents + amount_cents < 0:
        raise NotEnoughCredit(wanted=-amount_cents, found=account.credit_cents)
    account.credit_cents += amount_cents
    account.movement_count += 1
    account.last_at = movement.at
    account.save()
    movement.sequence, movement.balance_after_cents = account.movement_count, account.credit_cents
    movement.save(force_insert=True)
    day = calendar.date_on(movement.at, provider.time_zone())
    moved = MoneyMoved("credit", day, amount_cents, "credit", reason, movement.payment_id)
    books.write_lines(entries=[entry(moved, customer_id=customer.pk, cause=cause)], by=by, at=movement.at)
    audit.record(
        "credit.added" if amount_cents > 0 else "credit.used", by=by, at=movement.at, subject=(cause.kind, cause.id),
        customer_id=customer.pk, amount_cents=abs(amount_cents), reason=reason,
    )  # fmt: skip
    return movement
