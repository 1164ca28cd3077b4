"""A payment that its payer disputes, and how that ends."""

import datetime

from demo.paypal.account import PaypalAccount, PaypalDispute, PaypalRefund, event, money_value, new_id
from demo.paypal.captures import capture_of, take_back
from demo.paypal.refusals import refuse


def open_dispute(
    account: PaypalAccount,
    capture_id: str,
    at: datetime.datetime,
    *,
    cents: int | None = None,
    reason: str = "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
) -> PaypalDispute:
    """The payer disputes a payment; one case at a time."""
    capture = capture_of(account, capture_id)
    left = account.left_of(capture)
    is_open = account.open_dispute_of(capture_id) is not None
    if is_open or not capture.has_money or not left:
        raise ValueError("This payment can't be disputed now.")
    dispute = PaypalDispute(f"PP-D-{new_id(length=6)}", capture_id, left if cents is None else cents, reason, at, at)
    account.disputes[dispute.id] = dispute
    event(account, "CUSTOMER.DISPUTE.CREATED", dispute, "A new dispute opened", at)
    return dispute


def dispute_of(account: PaypalAccount, dispute_id: str) -> PaypalDispute:
    dispute = account.disputes.get(dispute_id)
    if dispute is None:
        refuse(404, "INVALID_RESOURCE_ID")
    return dispute


def end_dispute(account: PaypalAccount, dispute_id: str, at: datetime.datetime, *, won: bool) -> PaypalDispute:
    """Won by the account's owner, or lost: then PayPal takes the money back. An ended one stays as it is."""
    dispute = dispute_of(account, dispute_id)
    if dispute.is_resolved:
        return dispute
    dispute.is_resolved, dispute.updated_at = True, at
    dispute.outcome = "RESOLVED_SELLER_FAVOUR" if won else "RESOLVED_BUYER_FAVOUR"
    if not won:
        capture = account.captures[dispute.capture_id]
        left = account.left_of(capture)
        if cents := min(left, dispute.cents):
            reversal = PaypalRefund(new_id(), capture.id, cents, 0, at, is_reversal=True)
            take_back(account, capture, reversal)
            summary = f"A {capture.currency} {money_value(cents)} payment was reversed"
            event(account, "PAYMENT.CAPTURE.REVERSED", reversal, summary, at)
    event(account, "CUSTOMER.DISPUTE.RESOLVED", dispute, "A dispute was resolved", at)
    return dispute
