"""Money that came in is recorded, a cheque is cleared or bounces, and a mistake is undone (L1, O5, O7)."""

import datetime

from django.db import transaction
from django.db.models import Q

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books import actions as books
from carnet.books import queries as books_queries
from carnet.books.models import Line
from carnet.books.rules import BookEntry
from carnet.kernel import calendar, once
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.payments import queries
from carnet.payments.actions import credit
from carnet.payments.models import (
    Clearing,
    CreditAccount,
    Means,
    Payment,
    PaymentDetails,
    UndonePayment,
)
from carnet.payments.rules.entries import MoneyMoved, entry
from carnet.payments.rules.received import Received
from carnet.people.models import Customer
from carnet.provider import queries as provider


class ReceivedInFuture(Refused):
    """Money is recorded once it is there."""

    code = "payments.received_in_future"
    field = "received_on"


class ReceivedLongAgo(Refused):
    """Money of more than a year ago is mostly a slip; once it is in the books, it stays."""

    code = "payments.received_long_ago"
    field = "is_old"


class SameMoneyAgain(Refused):
    """Somebody has recorded the same sum of the same day for this cause already."""

    code = "payments.same_money_again"
    field = "is_another"


class NotACheque(Refused):
    """Only cheques are cleared."""

    code = "payments.not_a_cheque"


class ClearedBeforeReceived(Refused):
    """A cheque is cleared after it came, and not in the future."""

    code = "payments.cleared_before_received"
    field = "cleared_on"


class BouncedBeforeReceived(Refused):
    """A cheque bounces after it came, and not in the future."""

    code = "payments.bounced_before_received"
    field = "bounced_on"


class PaymentUndone(Refused):
    """The payment was recorded by mistake, and has been undone."""

    code = "payments.payment_undone"


class UndoingReasonMissing(Refused):
    """The books say why an entry was corrected."""

    code = "payments.undoing_reason_missing"
    field = "reason"


class PaidOnline(Refused):
    """The payment service has taken this money: it came, whatever was meant, and only goes back as a refund (O9)."""

    code = "payments.paid_online"


class MoneyUsedAlready(Refused):
    """What became credit of the payment was used meanwhile. Values: wanted, found, in cents."""

    code = "payments.money_used_already"


@joined
def receive_payment(
    *, customer: Customer, money: Received, cause: Cause, by: Actor, at: datetime.datetime, key: str
) -> tuple[Payment, bool]:
    """Record money that came in for `cause`, with its line in the books, and answer whether it is new: the same key
    again gives the first payment.

    What it does is for the caller to decide. Refuses `SameMoneyAgain` if the same sum of the same day by the same means
    stands there already, unless `is_another` says that it came twice (O5); `ReceivedInFuture`; `ReceivedLongAgo` for a
    day more than a year ago, unless `is_old` confirms it; and `KeyReused` for the same key with other content.
    """
    if money.amount_cents <= 0 or money.means not in Means:
        raise ValueError(f"no money: {money.amount_cents} cents by {money.means}")
    content = once.content_of("receive_payment", customer=customer, cause=[cause.kind, cause.id], money=money)
    # Of two with one key, the second waits here; and it is the lock of whoever moves credit, who takes it before the
    # books too.
    CreditAccount.objects.lock(customer.pk)
    alike = _alike(money, cause, key)
    known = once.first(alike, key=key, content=content)
    if known is not None:
        return known, False
    if not money.is_another and any(not hasattr(one, "undone") for one in alike):
        raise SameMoneyAgain
    today = calendar.date_on(at, provider.time_zone())
    if money.received_on > today:
        raise ReceivedInFuture
    if calendar.months_after(money.received_on, 12) < today and not money.is_old:
        raise ReceivedLongAgo
    payment = Payment.objects.create(
        customer=customer, means=money.means, amount_cents=money.amount_cents, received_on=money.received_on, at=at,
        **cause.columns, key=key, content=content, **by.columns,
    )  # fmt: skip
    PaymentDetails.objects.create(
        payment=payment, payer=money.payer.strip(), bank=money.bank.strip(),
        document_number=money.document_number.strip(), note=money.note.strip(),
    )  # fmt: skip
    moved = MoneyMoved(
        "payment", money.received_on, money.amount_cents, money.means, money.means, payment.pk, digest=content
    )
    books.write_lines(entries=[entry(moved, customer_id=customer.pk, cause=cause)], by=by, at=at)
    audit.record(
        "payment.received", by=by, at=at, subject=("payment", payment.pk), customer_id=customer.pk, means=money.means,
        amount_cents=money.amount_cents, cause_kind=cause.kind, cause_id=cause.id,
    )  # fmt: skip
    return payment, True


def _alike(money: Received, cause: Cause, key: str) -> list[Payment]:
    """The payment that has this key, if there is one, and those that say the same."""
    same = {"means": money.means, "amount_cents": money.amount_cents, "received_on": money.received_on}
    return list(Payment.objects.select_related("undone").filter(Q(key=key) | Q(**cause.columns, **same)))


@transaction.atomic
def clear_cheque(*, payment: Payment, cleared_on: datetime.date, by: Actor, at: datetime.datetime) -> Clearing:
    """L1: the cheque's money is at the bank; a second time gives the first clearing.

    Refuses `NotACheque`, `PaymentUndone`, and `ClearedBeforeReceived`, which is also said of a day to come.
    """
    if payment.means != Means.CHEQUE:
        raise NotACheque
    if UndonePayment.objects.filter(payment=payment).exists():
        raise PaymentUndone
    if not payment.received_on <= cleared_on <= calendar.date_on(at, provider.time_zone()):
        raise ClearedBeforeReceived
    clearing, is_new = Clearing.objects.get_or_create(
        payment=payment,
        defaults={
            "cleared_on": cleared_on, "at": at, "actor_kind": by.kind, "actor_id": by.id, "actor_label": by.label,
        },
    )  # fmt: skip
    if is_new:
        audit.record("cheque.cleared", by=by, at=at, subject=("payment", payment.pk), customer_id=payment.customer_id)
    return clearing


@joined
def reverse_cheque(*, payment: Payment, bounced_on: datetime.date, by: Actor, at: datetime.datetime) -> None:
    """O7: the bank has not paid this cheque, or took its money back: write the counter-entry into the books, on the day
    that the bank says. What it paid for is the caller's to see, and that it happens once.

    Refuses `NotACheque`, `PaymentUndone`, and `BouncedBeforeReceived`, which is also said of a day to come.
    """
    CreditAccount.objects.lock(payment.customer_id)
    if payment.means != Means.CHEQUE:
        raise NotACheque
    if UndonePayment.objects.filter(payment=payment).exists():
        raise PaymentUndone
    if not payment.received_on <= bounced_on <= calendar.date_on(at, provider.time_zone()):
        raise BouncedBeforeReceived
    _write_correction(payment, "bounced", bounced_on, by=by, at=at)


@transaction.atomic
def undo_payment(*, payment: Payment, reason: str, by: Actor, at: datetime.datetime) -> UndonePayment:
    """A payment was recorded by mistake: write its counter-entry into the books, take back the credit that came of it,
    and keep the reason; a second time gives the first.

    The payment stays, and counts for nothing. What it paid for is the caller's to see. Refuses `PaidOnline`,
    `UndoingReasonMissing`, and `MoneyUsedAlready` if the credit is not there any more.
    """
    account = CreditAccount.objects.lock(payment.customer_id)
    known = UndonePayment.objects.filter(payment=payment).first()
    if known is not None:
        return known
    if payment.means == Means.PAYPAL:
        raise PaidOnline
    if not reason.strip():
        raise UndoingReasonMissing
    turned_cents = queries.turned_cents(payment)
    if turned_cents > account.credit_cents:
        raise MoneyUsedAlready(wanted=turned_cents, found=account.credit_cents)
    if turned_cents:
        credit.take_back_credit(
            payment=payment, amount_cents=turned_cents, reason="undone", cause=payment.cause, by=by, at=at,
            key=f"payment:{payment.pk}:undone",
        )  # fmt: skip
    undone = UndonePayment.objects.create(payment=payment, at=at, **by.columns)
    PaymentDetails.objects.filter(payment=payment).update(undone_reason=reason.strip())
    line = _write_correction(payment, "undone", calendar.date_on(at, provider.time_zone()), by=by, at=at)
    audit.record(
        "payment.undone", by=by, at=at, subject=("payment", payment.pk), customer_id=payment.customer_id,
        amount_cents=payment.amount_cents, credit_cents=turned_cents, line=line.sequence,
    )  # fmt: skip
    return undone


def _write_correction(payment: Payment, label: str, on: datetime.date, *, by: Actor, at: datetime.datetime) -> Line:
    """The counter-entry of this money in the books; answers with the line that it corrects."""
    line = books_queries.payment_line(payment.pk)
    correction = BookEntry(
        kind="correction", on=on, customer_id=payment.customer_id, cause=payment.cause, label=label,
        net_cents=-payment.amount_cents, vat_permille=0, vat_cents=0, gross_cents=-payment.amount_cents,
        means=payment.means, corrects_id=line.pk, payment_id=payment.pk,
    )  # fmt: skip
    books.write_lines(entries=[correction], by=by, at=at)
    return line
