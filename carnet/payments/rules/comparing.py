"""The account's own list at the payment service compared with ours: where the two don't say the same."""

from dataclasses import dataclass
from typing import Literal

from carnet.payments.rules.online import RefundFound

DifferenceKind = Literal[
    "missing_there", "missing_here", "other_amount", "other_fee", "other_currency", "other_kind", "refunded_too_much"
]
Side = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Differing:
    """One difference, with both sides as they are kept: a side that has nothing of it is None."""

    external_id: str
    kind: DifferenceKind
    ours: Side | None = None
    theirs: Side | None = None
    payment_id: int | None = None


def refund_told(refund: RefundFound) -> Side:
    """A refund as the service's side of a difference."""
    return {
        "kind": "refund", "amount_cents": -refund.amount_cents, "fee_cents": refund.fee_cents,
        "currency": refund.currency, "at": refund.at.isoformat(),
    }  # fmt: skip
