"""Units that were bought go back, and their money with them (O9, O10, O11): ledger, credit note, books and the way of
the money in one transaction.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.invoices.rules import CreditedLine, Paid
from carnet.kernel import once
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.ledger.actions import freezing
from carnet.ledger.actions.movements import NotEnoughUnits
from carnet.ledger.models import Lot
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts
from carnet.payments.actions import credit
from carnet.payments.models import CreditAccount, Dispute, Payment
from carnet.repayments.actions import owing
from carnet.repayments.models import Repayment
from carnet.repayments.rules import BankAccount
from carnet.schedule import queries as schedule
from carnet.till import mails, rules
from carnet.till.models import Refund, RefundNote
from carnet.till.queries import refunds


class NothingToRefund(Refused):
    """Nothing of the order can go back: it isn't paid, all of it is used, or went back before."""

    code = "till.nothing_to_refund"


class PaymentDisputed(Refused):
    """The payment is disputed, or its money is lost (O7): nothing more of it can go back."""

    code = "till.payment_disputed"


class RefundReasonMissing(Refused):
    """What the provider agrees to has a reason (O9)."""

    code = "till.refund_reason_missing"
    field = "note"


@dataclass(frozen=True, slots=True)
class SentTo:
    """How the customer wants the money: as credit; or to which account, as far as it goes by transfer (what came by
    transfer or cheque); without one the desk asks for it.
    """

    wants_credit: bool = False
    account_holder: str = ""
    iban: str = ""

    @property
    def account(self) -> BankAccount:
        return BankAccount(self.account_holder, self.iban)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked of a refund, apart from its units."""

    reason: Refund.Reason
    to: SentTo
    note: str
    by: Actor
    at: datetime.datetime
    key: str
    content: str


@transaction.atomic
@gathered()
def refund_order(
    *,
    order: Order,
    units: Mapping[int, int] | None,
    reason: Refund.Reason,
    to: SentTo,
    note: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> list[Refund]:
    """O9, O10, O11: these units, by the number of their lot, go back, dormant ones too, and what they are worth, with a
    credit note for each line of the order; None: all that can, and what is reserved as soon as it is released.

    Of a settled order that has brought no lot yet all of it goes back, and it brings none. Money goes back by the means
    by which it came, the last payment first, credit used last, as credit; with `to.wants_credit` all becomes credit.
    What was sent back by hand before is taken for it. The same key again gives the first refunds.

    Refuses `NothingToRefund`, `PaymentDisputed`, `RefundReasonMissing` of the provider, the ledger's `NotEnoughUnits`,
    and `KeyReused`.
    """
    return refund(waiting.locked(order), units=units, reason=reason, to=to, note=note, by=by, at=at, key=key)


def refund(
    order: Order,
    *,
    units: Mapping[int, int] | None,
    reason: Refund.Reason,
    to: SentTo,
    note: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> list[Refund]:
    """The same for an order that is locked."""
    content = once.content_of(
        "refund_order", order=order, units=units and sorted([*one] for one in units.items()), reason=str(reason), to=to,
        note=note,
    )  # fmt: skip
    known = _known(order, key, content)
    if known:
        return known
    if reason == Refund.Reason.OWNER and not note.strip():
        raise RefundReasonMissing
    _refuse_more_than_unused(order, units)
    plan = refunds.refund_plan(order, units)
    if plan.is_disputed:
        raise PaymentDisputed
    if not plan.lines:
        raise NothingToRefund
    return _carry_out(order, plan, _Wish(reason, to, note.strip(), by, at, key, content))


@transaction.atomic
@gathered()
def refund_released(*, refund: Refund, by: Actor, at: datetime.datetime) -> list[Refund]:
    """O9: what a ticket has released since all of its order went back goes back likewise, for the same reason and the
    same way. A second time changes nothing.
    """
    order = waiting.locked(refund.order)
    assert refund.lot is not None
    refund.lot.refresh_from_db()
    if not refund.lot.frozen:
        return []
    plan = refunds.refund_plan(order, {refund.lot.pk: refund.lot.frozen})
    if plan.is_disputed:
        return []
    count = Refund.objects.filter(lot=refund.lot).count()
    key = f"refund:{refund.pk}:released:{count}"
    holder, iban = refund.account
    to = SentTo(refund.wants_credit, holder, iban)
    wish = _Wish(Refund.Reason(refund.reason), to, "", by, at, key, once.content_of("refund_released", refund=refund))
    return _carry_out(order, plan, wish)


@transaction.atomic
@gathered()
def return_payments(*, order: Order, to: SentTo, by: Actor, at: datetime.datetime, key: str) -> Order:
    """O11: a consumer withdraws from an order that is not paid, or only in part: it is cancelled, credit used comes
    back as credit, and money paid so far goes back by its means, or becomes credit if that is wanted. A cheque that
    does not count before it is cleared becomes credit then (L1).

    A second time changes nothing. Refuses `OrderNotWaiting` for an order that is paid or has ended, and
    `PaymentDisputed`.
    """
    return cancel_paid_back(waiting.locked(order), to=to, by=by, at=at, key=key)


def cancel_paid_back(order: Order, *, to: SentTo, by: Actor, at: datetime.datetime, key: str) -> Order:
    """The same for an order that is locked."""
    if order.state == Order.State.CANCELLED:
        return order
    if not order.is_open:
        raise waiting.OrderNotWaiting
    CreditAccount.objects.lock(order.customer_id)
    paid = amounts.payments_left(order)
    if Dispute.objects.filter(payment__in=[one for one, _cents in paid], state__in=Dispute.LIVE).exists():
        raise PaymentDisputed
    sent = []
    if not to.wants_credit:
        for payment, cents in reversed(paid):
            sent += owing.owe_repayment(
                payment=payment, amount_cents=cents, account=to.account, cause=order.cause, reference=order.reference,
                by=by, at=at, key=f"order:{order.pk}:returned:{payment.pk}",
            )  # fmt: skip
    # What is left of them now becomes credit: all, or nothing.
    waiting.end_unpaid(order, "cancelled", by=by, at=at, state=Order.State.CANCELLED)
    audit.record(
        "order.payments_returned", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id, key=key,
        amount_cents=sum(one.amount_cents for one in sent),
    )  # fmt: skip
    return order


def _refuse_more_than_unused(order: Order, units: Mapping[int, int] | None) -> None:
    unused = refunds.units_unused(order) if units else {}
    for lot_id, count in (units or {}).items():
        if count < 1 or lot_id not in unused:
            raise ValueError(f"no {count} units of lot {lot_id} of order {order.pk}")
        if count > unused[lot_id]:
            unit = Lot.objects.get(pk=lot_id).unit
            raise NotEnoughUnits(unit=unit, wanted=count, found=unused[lot_id])


def _known(order: Order, key: str, content: str) -> list[Refund]:
    """The refunds that this very request made when it came before."""
    found = once.first(Refund.objects.filter(order=order, key=key), key=key, content=content)
    if found is None:
        return []
    return list(Refund.objects.filter(order=order, content=content, key__startswith=key).order_by("id"))


def _carry_out(order: Order, plan: refunds.RefundPlan, wish: _Wish) -> list[Refund]:
    """Write everything that the plan says, of the locked order, and tell its customer."""
    CreditAccount.objects.lock(order.customer_id)
    refunds, sent = [], []
    for place, line in enumerate(plan.lines):
        key = wish.key if not place else f"{wish.key}:{place + 1}"
        refund, repayments = _refund_line(order, line, plan.payments, replace(wish, key=key))
        refunds.append(refund)
        sent += repayments
    mails.refund_made(order, refunds, sent, at=wish.at)
    return refunds


def _refund_line(
    order: Order, line: refunds.LineRefund, payments: Mapping[int, Payment], wish: _Wish
) -> tuple[Refund, list[Repayment]]:
    as_credit = [one for one in line.parts if one.payment_id is None or wish.to.wants_credit]
    note = _issue_note(order, line, payments, wish)
    refund = Refund.objects.create(
        order=order, lot=line.lot, reason=wish.reason, unit_count=line.units, amount_cents=line.cents,
        credit_cents=sum(one.cents for one in as_credit), wants_credit=wish.to.wants_credit, takes_rest=line.takes_rest,
        credit_note=note, at=wish.at, key=wish.key, content=wish.content, **wish.by.columns,
    )  # fmt: skip
    if wish.note or wish.to.account:
        RefundNote.objects.create(
            refund=refund, text=wish.note, account_holder=wish.to.account_holder, iban=wish.to.iban
        )
    _move_units(refund, line, wish)
    sent = []
    for part in line.parts:
        payment = payments[part.payment_id] if part.payment_id else None
        if payment is None or wish.to.wants_credit:
            _make_credit(order, refund, part, payment, wish)
        else:
            sent += owing.owe_repayment(
                payment=payment, amount_cents=part.cents, account=wish.to.account, cause=refund.cause,
                reference=order.reference, by=wish.by, at=wish.at,
                key=f"refund:{refund.pk}:{payment.pk}",
            )  # fmt: skip
    audit.record(
        "refund.made", by=wish.by, at=wish.at, subject=("refund", refund.pk), customer_id=order.customer_id,
        order=order.pk, lot=refund.lot_id, units=refund.unit_count, amount_cents=refund.amount_cents,
        credit_cents=refund.credit_cents, reason=refund.reason,
    )  # fmt: skip
    return refund, sent


def _issue_note(order: Order, line: refunds.LineRefund, payments: Mapping[int, Payment], wish: _Wish) -> Invoice | None:
    """O8, O9: the credit note of the same sum; None if nothing is worth money."""
    if not line.cents:
        return None
    day = schedule.today(wish.at)
    returned = [_returned(one, payments, day, wants_credit=wish.to.wants_credit) for one in line.parts]
    return invoices.issue_credit_note(
        invoice=order.settlement.invoice, lines=[CreditedLine(line.line.position, line.cents, line.units)],
        reason="withdrawal" if wish.reason == Refund.Reason.WITHDRAWAL else "refund", returned=returned,
        cause=order.cause, by=wish.by, at=wish.at, key=f"refund:{wish.key}",
    )  # fmt: skip


def _returned(
    part: rules.MoneyPart, payments: Mapping[int, Payment], day: datetime.date, *, wants_credit: bool
) -> Paid:
    if part.payment_id is None or wants_credit:
        return Paid("credit", day, part.cents)
    return Paid(payments[part.payment_id].means, day, part.cents, f"payment:{part.payment_id}")


def _move_units(refund: Refund, line: refunds.LineRefund, wish: _Wish) -> None:
    """O9, O10: take the units out of their lot. A lot of which something is still reserved is frozen, so that nobody
    draws what is released.
    """
    lot = line.lot
    if lot is None:
        return
    cause, key = refund.cause, f"refund:{refund.pk}"
    if line.units:
        freezing.refund(lot=lot, quantity=line.units, cause=cause, by=wish.by, at=wish.at, key=key)
    if line.takes_rest and not lot.frozen_at:
        freezing.freeze(lot=lot, cause=cause, by=wish.by, at=wish.at, key=f"{key}:rest")


def _make_credit(order: Order, refund: Refund, part: rules.MoneyPart, payment: Payment | None, wish: _Wish) -> None:
    """Credit that the order used is credit again; money of a payment becomes credit, as wished."""
    cause: Cause = refund.cause if payment else order.cause
    credit.add_credit(
        customer=order.customer, amount_cents=part.cents, reason="refunded", cause=cause, by=wish.by, at=wish.at,
        key=f"refund:{refund.pk}:credit:{part.payment_id or 0}", payment=payment,
    )  # fmt: skip
