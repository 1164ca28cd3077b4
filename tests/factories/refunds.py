"""Orders that are refunded, in one line each."""

from typing import Any

from carnet.kernel.keys import Cause
from carnet.orders.models import Order
from carnet.payments.models import Payment
from carnet.repayments.actions import owing
from carnet.repayments.models import Repayment
from carnet.repayments.rules import BankAccount
from carnet.till.actions import refunding
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.orders import IBAN, lot_of

LATER = "2027-03-01 12:00"
TO = SentTo(account_holder="Claire Martin", iban=IBAN)


def refund(order: Order, count: int | None = None, *, at: str = LATER, **changed: Any) -> list[Refund]:
    """The provider agrees to take so many units back, or all that can go."""
    given = {
        "order": order, "units": {lot_of(order).pk: count} if count else None, "reason": Refund.Reason.OWNER, "to": TO,
        "note": "We agreed.", "by": TEST, "at": moment(at), "key": "k1",
    }  # fmt: skip
    return refunding.refund_order(**(given | changed))


def owe(payment: Payment, cents: int, *, at: str = LATER, account: BankAccount | None = None) -> Repayment:
    """So much of this payment has to go back."""
    (made,) = owing.owe_repayment(
        payment=payment, amount_cents=cents, account=account or BankAccount(), cause=Cause("refund", payment.pk),
        reference="RF33AB23CD45", by=TEST, at=moment(at), key=f"owed:{payment.pk}:{cents}",
    )  # fmt: skip
    return made
