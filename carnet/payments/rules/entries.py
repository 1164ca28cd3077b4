"""What the books say of money: lines without VAT."""

import datetime
from dataclasses import dataclass

from carnet.books.rules import BookEntry, Kind
from carnet.kernel.keys import Cause


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """Money that came, went, or became a customer's credit, in signed cents. `label` is a code; `payment_id` the money
    that it is about.
    """

    kind: Kind
    on: datetime.date
    amount_cents: int
    means: str
    label: str
    payment_id: int | None = None
    digest: str = ""


def entry(moved: MoneyMoved, *, customer_id: int, cause: Cause) -> BookEntry:
    """The line of the books for it."""
    return BookEntry(
        kind=moved.kind, on=moved.on, customer_id=customer_id, cause=cause, label=moved.label,
        net_cents=moved.amount_cents, vat_permille=0, vat_cents=0, gross_cents=moved.amount_cents, means=moved.means,
        digest=moved.digest, payment_id=moved.payment_id,
    )  # fmt: skip
