"""A customer's credit in euros (O3–O5): it changes only by a movement that says why, with its line in the books."""

import datetime

from django.db.models import Q

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books import actions as books
from carnet.kernel import calendar, once
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.payments.models import CreditAccount, CreditMovement, Dispute, Means, Payment
from carnet.payments.rules import disputes
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
    """O3–O5: make euros the customer's credit; `payment` is the money that they are part of. Refuses `KeyReused`.

    O7: what came of a payment that is disputed is held at once.
    """
    if amount_cents <= 0 or reason not in CreditMovement.Reason or reason in ("used", "undone", "bounced"):
        raise ValueError(f"no credit: {amount_cents} cents, {reason}")
    if payment is not None and payment.customer_id != customer.pk:
        raise ValueError(f"payment {payment.pk} is not of customer {customer.pk}")
    movement = _move(customer, amount_cents, reason, cause, by, at, key, payment)
    if payment is None or payment.means == Means.PAYPAL:
        hold_disputed_credit(customer=customer, by=by, at=at)
    return movement


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
def hold_disputed_credit(*, customer: Customer, by: Actor, at: datetime.datetime) -> None:
    """O7: take back the credit that came of disputed payments and bounced cheques, as far as it is there, so that
    nobody uses it; a second time changes nothing. What is lost stays taken back, and so does what came of a cheque that
    was paid again: other money did that.
    """
    account = CreditAccount.objects.lock(customer.pk)
    live = Dispute.objects.filter(Q(state__in=Dispute.LIVE) | Q(kind=Dispute.Kind.BOUNCE), payment__customer=customer)
    for dispute in live.order_by("id").select_related("payment__customer"):
        wanted_cents = dispute.amount_cents - dispute.credit_held_cents
        there_cents = disputes.credit_left(_moved(account), dispute.payment_id) if wanted_cents > 0 else 0
        if there_cents:
            held_cents = min(wanted_cents, there_cents)
            take_back_credit(
                payment=dispute.payment, amount_cents=held_cents, reason="bounced" if dispute.is_bounce else "disputed",
                cause=dispute.cause, by=by, at=at, key=_key(dispute),
            )  # fmt: skip
            Dispute.objects.filter(pk=dispute.pk).update(credit_held_cents=dispute.credit_held_cents + held_cents)


@joined
def give_back_held_credit(*, dispute: Dispute, most_cents: int = 0, by: Actor, at: datetime.datetime) -> None:
    """O7: what was held beyond `most_cents` is the customer's credit again: the dispute is won, or about less."""
    CreditAccount.objects.lock(dispute.payment.customer_id)
    held_cents = Dispute.objects.values_list("credit_held_cents", flat=True).get(pk=dispute.pk)
    if held_cents <= most_cents:
        return
    Dispute.objects.filter(pk=dispute.pk).update(credit_held_cents=most_cents)
    add_credit(
        customer=dispute.payment.customer, amount_cents=held_cents - most_cents, reason="undisputed",
        cause=dispute.cause, by=by, at=at, key=_key(dispute), payment=dispute.payment,
    )  # fmt: skip


def _key(dispute: Dispute) -> str:
    """Numbered under the lock: a dispute may be opened again, and what it holds may become more."""
    moved = CreditMovement.objects.filter(**dispute.cause.columns).count()
    return f"{dispute.cause.kind}:{dispute.pk}:credit:{moved + 1}"


def credit_origins(account: CreditAccount) -> dict[int | None, int]:
    """Of which payments the credit of this locked account came, each with its cents; None: nobody knows any more."""
    return {whose: cents for whose, cents in disputes.credit_origins(_moved(account)).items() if cents}


def _moved(account: CreditAccount) -> list[disputes.CreditMoved]:
    found = CreditMovement.objects.filter(customer=account.pk).order_by("sequence")
    return [disputes.CreditMoved(one.amount_cents, one.payment_id, (one.cause_kind, one.cause_id)) for one in found]


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
