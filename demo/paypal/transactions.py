"""The account's own list of what moved on it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from demo.paypal.account import PaypalAccount, PaypalCapture


@dataclass(frozen=True)
class ListedTransaction:
    id: str
    code: str  # PayPal's event code
    status: str
    cents: int
    fee_cents: int
    currency: str
    at: datetime.datetime
    capture: PaypalCapture
    related_id: str = ""


def transactions(account: PaypalAccount) -> Iterator[ListedTransaction]:
    """Every line that PayPal's list of transactions has, in the order of time; what left the account is negative."""
    lines: list[ListedTransaction] = []
    for capture in account.captures.values():
        status = {"PENDING": "P", "DECLINED": "D"}.get(capture.status, "S")
        fee = -capture.fee_cents if status == "S" else 0
        lines.append(
            ListedTransaction(
                capture.id, "T0006", status, capture.cents, fee, capture.currency, capture.created_at, capture
            )
        )
    for refund in account.refunds.values():
        capture = account.captures[refund.capture_id]
        code = "T1106" if refund.is_reversal else "T1107"
        status = {"PENDING": "P", "FAILED": "D"}.get(refund.status, "S")
        lines.append(
            ListedTransaction(
                refund.id,
                code,
                status,
                -refund.cents,
                refund.fee_cents,
                capture.currency,
                refund.created_at,
                capture,
                capture.id,
            )
        )
    return iter(sorted(lines, key=lambda line: (line.at, line.id)))
