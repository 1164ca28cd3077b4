"""What the payment service says of money that came or went through it: captures, its fees, and money sent back. Each is
a row that is written once, with its lines of the books; whoever calls has asked the service (O6).
"""

import datetime

from django.db.models import Q, Sum

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books import actions as books
from carnet.books.rules import BookEntry
from carnet.kernel import calendar, keys, once
from carnet.kernel.transactions import joined
from carnet.payments.actions import differences
from carnet.payments.models import (
    Checkout,
    CreditAccount,
    Means,
    OnlineFee,
    OnlineReceipt,
    OnlineRefund,
    Payment,
)
from carnet.payments.rules import fees
from carnet.payments.rules.comparing import DifferenceKind, Differing, refund_told
from carnet.payments.rules.entries import MoneyMoved, entry
from carnet.payments.rules.online import CaptureFound, RefundFound
from carnet.provider import queries as provider


@joined
def note_receipt(
    *, payment: Payment, checkout: Checkout, capture: CaptureFound, by: Actor, at: datetime.datetime
) -> OnlineReceipt:
    """This payment came by this capture, and the service kept its fee, if it says so by now; the same again gives the
    first row.

    The caller has found that capture and payment say the same. Refuses `KeyReused` if payment, checkout or capture
    belong to another receipt.
    """
    if payment.means != Means.PAYPAL or (capture.amount_cents, capture.currency) != (payment.amount_cents, "EUR"):
        raise ValueError(f"payment {payment.pk} didn't come by {capture}")
    # Of two at once, the second waits here.
    CreditAccount.objects.lock(payment.customer_id)
    known = OnlineReceipt.objects.filter(
        Q(payment=payment) | Q(checkout=checkout) | Q(capture_id=capture.external_id)
    ).first()
    if known is not None:
        once.refuse_unless_same(
            (known.payment_id, known.checkout_id, known.capture_id), (payment.pk, checkout.pk, capture.external_id)
        )
        note_fee(payment=payment, capture=capture, by=by, at=at)
        return known
    receipt = OnlineReceipt.objects.create(payment=payment, checkout=checkout, capture_id=capture.external_id, at=at)
    audit.record(
        "online_receipt.noted", by=by, at=at, subject=("payment", payment.pk), customer_id=payment.customer_id,
        checkout=checkout.pk, capture=capture.external_id,
    )  # fmt: skip
    fee_cents = fees.fee_of(capture)
    if fee_cents is not None:
        _new_fee(payment, capture, fee_cents, by, at)
    return receipt


@joined
def note_fee(*, payment: Payment, capture: CaptureFound, by: Actor, at: datetime.datetime) -> OnlineFee | None:
    """What the service kept of this payment, with its line in the books, on the day of the payment; None while it
    doesn't say. What it said first stays: another fee told later is found by the nightly comparison.
    """
    fee_cents = fees.fee_of(capture)
    if fee_cents is None:
        return None
    CreditAccount.objects.lock(payment.customer_id)
    known = OnlineFee.objects.filter(payment=payment).first()
    return known or _new_fee(payment, capture, fee_cents, by, at)


def _new_fee(payment: Payment, capture: CaptureFound, fee_cents: int, by: Actor, at: datetime.datetime) -> OnlineFee:
    net_cents = payment.amount_cents - fee_cents
    fee = OnlineFee.objects.create(payment=payment, fee_cents=fee_cents, net_cents=net_cents, at=at)
    moved = MoneyMoved(
        "fee", payment.received_on, -fee_cents, Means.PAYPAL, "capture", payment.pk, keys.digest(capture.external_id)
    )
    _write([moved], payment, by, at)
    audit.record(
        "online_fee.noted", by=by, at=at, subject=("payment", payment.pk), customer_id=payment.customer_id,
        fee_cents=fee_cents,
    )  # fmt: skip
    return fee


@joined
def note_refund(
    *, payment: Payment, refund: RefundFound, kind: OnlineRefund.Kind, by: Actor, at: datetime.datetime
) -> OnlineRefund | None:
    """Money of this payment went back, whoever sent it, with its lines in the books: what left, and what the service
    gave back of its fee, or took beyond it; the same again gives the first row.

    None if that is more than came in, or in another currency: it is kept as a difference for a person to look at, and
    the books don't change. Units and invoice are not touched here. Refuses `KeyReused` if this refund is known of
    another payment.
    """
    if refund.state != "completed" or refund.amount_cents <= 0:
        raise ValueError(f"no money went back: {refund}")
    CreditAccount.objects.lock(payment.customer_id)
    known = OnlineRefund.objects.filter(external_id=refund.external_id).first()
    if known is not None:
        once.refuse_unless_same(known.payment_id, payment.pk)
        return known
    gone_cents = payment.online_refunds.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    if not fees.may_go_back(paid_cents=payment.amount_cents, gone_cents=gone_cents, refund=refund):
        code: DifferenceKind = "refunded_too_much" if refund.currency == "EUR" else "other_currency"
        ours = {"amount_cents": payment.amount_cents, "refunded_cents": gone_cents, "currency": "EUR"}
        found = Differing(refund.external_id, code, ours=ours, theirs=refund_told(refund), payment_id=payment.pk)
        differences.note_differences(found=[found], by=by, at=at)
        return None
    return _new_refund(payment, refund, kind, by, at)


def _new_refund(
    payment: Payment, refund: RefundFound, kind: OnlineRefund.Kind, by: Actor, at: datetime.datetime
) -> OnlineRefund:
    fee_cents = fees.given_back(refund)
    row = OnlineRefund.objects.create(
        payment=payment, kind=kind, external_id=refund.external_id, amount_cents=refund.amount_cents,
        fee_cents=fee_cents, net_cents=refund.amount_cents - fee_cents,
        refunded_on=calendar.date_on(min(refund.at, at), provider.time_zone()), at=at,
    )  # fmt: skip
    digest = keys.digest(refund.external_id)
    moved = [
        MoneyMoved("refund", row.refunded_on, -row.amount_cents, Means.PAYPAL, kind, payment.pk, digest),
        MoneyMoved("fee", row.refunded_on, fee_cents, Means.PAYPAL, kind, payment.pk, digest),
    ]
    _write(moved, payment, by, at)
    audit.record(
        "online_refund.noted", by=by, at=at, subject=("payment", payment.pk), customer_id=payment.customer_id,
        refund=refund.external_id, kind=kind, amount_cents=row.amount_cents, fee_cents=fee_cents,
    )  # fmt: skip
    return row


def _write(moved: list[MoneyMoved], payment: Payment, by: Actor, at: datetime.datetime) -> None:
    """The lines of the books about this payment, but those of no money."""
    entries: list[BookEntry] = [
        entry(one, customer_id=payment.customer_id, cause=payment.cause) for one in moved if one.amount_cents
    ]
    if entries:
        books.write_lines(entries=entries, by=by, at=at)
