"""Money that was taken, or is about to be, and what was sent back of it."""

import datetime

from demo.paypal.account import PaypalAccount, PaypalCapture, PaypalRefund, event, money_value, new_id
from demo.paypal.refusals import refuse

# For how long the answer to a PayPal-Request-Id is kept, of a refund.
KEY_LIVES = datetime.timedelta(days=45)


def capture_of(account: PaypalAccount, capture_id: str) -> PaypalCapture:
    capture = account.captures.get(capture_id)
    if capture is None:
        refuse(404, "INVALID_RESOURCE_ID")
    return capture


def settle_pending(account: PaypalAccount, capture_id: str, at: datetime.datetime) -> PaypalCapture:
    """What was pending comes after all; a capture in another state is left as it is."""
    return end_pending(account, capture_id, "COMPLETED", "", at)


def refuse_pending(account: PaypalAccount, capture_id: str, at: datetime.datetime) -> PaypalCapture:
    return end_pending(account, capture_id, "DECLINED", "OTHER", at)


def end_pending(
    account: PaypalAccount, capture_id: str, status: str, reason: str, at: datetime.datetime
) -> PaypalCapture:
    capture = capture_of(account, capture_id)
    if capture.status == "PENDING":
        capture.status, capture.reason, capture.updated_at = status, reason, at
        tell_of_capture(account, capture, at)
    return capture


def refund_capture(
    account: PaypalAccount,
    capture_id: str,
    at: datetime.datetime,
    *,
    cents: int | None = None,
    note: str = "",
    invoice_id: str = "",
    fee_cents: int = 0,
) -> PaypalRefund:
    """All that is left of a capture, or a part. PayPal keeps its fee, unless `fee_cents` says what it gives back."""
    capture = capture_of(account, capture_id)
    if capture.status == "PENDING":
        refuse(422, "PENDING_CAPTURE")
    if capture.status == "REFUNDED":
        refuse(422, "CAPTURE_FULLY_REFUNDED")
    if not capture.has_money:
        refuse(422, "REFUND_NOT_ALLOWED")
    left = account.left_of(capture)
    cents = left if cents is None else cents
    if cents <= 0:
        refuse(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
    if cents > left:
        refuse(422, "REFUND_AMOUNT_EXCEEDED")
    if cents < left and account.open_dispute_of(capture_id):
        refuse(422, "TRANSACTION_DISPUTED")
    outcome = account.next_refunds.pop(0) if account.next_refunds else "COMPLETED"
    if outcome not in ("COMPLETED", "PENDING"):
        refuse(422, outcome)
    refund = PaypalRefund(new_id(), capture_id, cents, fee_cents, at, note, invoice_id, status=outcome)
    take_back(account, capture, refund)
    if outcome == "COMPLETED":
        _tell_of_refund(account, refund, at)
    return refund


def end_refund(account: PaypalAccount, refund_id: str, at: datetime.datetime, *, comes: bool) -> PaypalRefund:
    """What was pending comes, or fails: then its money is there again. One in another state is left as it is."""
    refund = refund_of(account, refund_id)
    if refund.status == "PENDING":
        refund.status = "COMPLETED" if comes else "FAILED"
        capture = capture_of(account, refund.capture_id)
        if account.left_of(capture) == capture.cents:
            capture.status = "COMPLETED"
        if comes:
            _tell_of_refund(account, refund, at)
    return refund


def _tell_of_refund(account: PaypalAccount, refund: PaypalRefund, at: datetime.datetime) -> None:
    capture, cents = account.captures[refund.capture_id], refund.cents
    event(account, "PAYMENT.CAPTURE.REFUNDED", refund, f"A {capture.currency} {money_value(cents)} refund", at)


def take_back(account: PaypalAccount, capture: PaypalCapture, refund: PaypalRefund) -> None:
    account.refunds[refund.id] = refund
    capture.status = "PARTIALLY_REFUNDED" if account.left_of(capture) else "REFUNDED"
    capture.updated_at = refund.created_at


def refund_of(account: PaypalAccount, refund_id: str) -> PaypalRefund:
    refund = account.refunds.get(refund_id)
    if refund is None:
        refuse(404, "INVALID_RESOURCE_ID")
    return refund


def tell_of_capture(account: PaypalAccount, capture: PaypalCapture, at: datetime.datetime) -> None:
    kind, done = {
        "COMPLETED": ("COMPLETED", "Payment completed"),
        "PENDING": ("PENDING", "Payment pending"),
        "DECLINED": ("DENIED", "Payment denied"),
    }[capture.status]
    summary = f"{done} for {capture.currency} {money_value(capture.cents)}"
    event(account, f"PAYMENT.CAPTURE.{kind}", capture, summary, at)
