"""What a payment service keeps of a payment, and what it gives back or takes when money is sent back."""

from carnet.payments.rules.online import CaptureFound, RefundFound


def fee_of(capture: CaptureFound) -> int | None:
    """What did not arrive of a capture, in cents: the account counts, whatever the service calls it; None if neither
    the net amount nor the fee is told yet.
    """
    return capture.fee_cents if capture.net_cents is None else capture.amount_cents - capture.net_cents


def given_back(refund: RefundFound) -> int:
    """What the service gave back of its fee for a refund, in cents, so that the account fell by less than the amount;
    what it took beyond the amount is negative.
    """
    return refund.fee_cents if refund.net_cents is None else refund.amount_cents - refund.net_cents


def may_go_back(*, paid_cents: int, gone_cents: int, refund: RefundFound) -> bool:
    """O9: of a payment never more goes back than came in, and in no other currency."""
    return refund.currency == "EUR" and gone_cents + refund.amount_cents <= paid_cents
