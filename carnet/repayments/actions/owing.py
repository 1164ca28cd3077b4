"""Money has to go back: a row for it stands in the transaction that causes it (O4, O9, O11)."""

import datetime

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.payments.models import CreditAccount, Means, OnlineReceipt, OnlineRefund, Payment
from carnet.repayments import queries, rules
from carnet.repayments.models import Repayment, RepaymentAccount


class MoreThanPaid(Refused):
    """Never more of a payment goes back than came in (O9). Values: wanted, found, in cents."""

    code = "repayments.more_than_paid"


@joined
def owe_repayment(
    *,
    payment: Payment,
    amount_cents: int,
    account: rules.BankAccount,
    cause: Cause,
    reference: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> list[Repayment]:
    """O4, O9, O11: so many cents of a payment have to go back, by the means by which they came. What was sent in the
    service's own pages already, and accounts for nothing yet, is taken for it first: a row of its own that is sent.

    The caller has locked the customer's ledger, and sees to it that this happens once. Refuses `MoreThanPaid`.
    """
    if amount_cents <= 0:
        raise ValueError(f"no money: {amount_cents} cents")
    CreditAccount.objects.lock(payment.customer_id)
    found = payment.amount_cents - queries.gone_back_cents(payment)
    if amount_cents > found:
        raise MoreThanPaid(wanted=amount_cents, found=found)
    by_hand_cents = min(amount_cents, queries.sent_by_hand_cents(payment))
    made = []
    if by_hand_cents:
        made.append(_sent_by_hand(payment, by_hand_cents, cause, reference, by, at, f"{key}:by_hand"))
    if amount_cents > by_hand_cents:
        made.append(_owed(payment, amount_cents - by_hand_cents, account, cause, reference, by, at, key))
    for one in made:
        audit.record(
            "repayment.owed", by=by, at=at, subject=("repayment", one.pk), customer_id=payment.customer_id,
            payment=payment.pk, means=one.means, amount_cents=one.amount_cents, state=one.state,
        )  # fmt: skip
    return made


def _owed(
    payment: Payment,
    amount_cents: int,
    account: rules.BankAccount,
    cause: Cause,
    reference: str,
    by: Actor,
    at: datetime.datetime,
    key: str,
) -> Repayment:
    has_receipt = OnlineReceipt.objects.filter(payment=payment).exists()
    means = rules.means_back(payment.means, has_receipt=has_receipt, has_account=bool(account))
    is_asked = means == "paypal"
    repayment = Repayment.objects.create(
        customer=payment.customer, payment=payment, amount_cents=amount_cents, reference=reference, made_at=at, key=key,
        means=means, state=Repayment.State.ASKED if is_asked else Repayment.State.DUE, look_at=at if is_asked else None,
        **cause.columns, **by.columns,
    )  # fmt: skip
    if account:
        # Kept for what goes by the service, too: what it refuses is sent by transfer.
        RepaymentAccount.objects.create(repayment=repayment, holder=account.holder, iban=account.iban)
    return repayment


def _sent_by_hand(
    payment: Payment, amount_cents: int, cause: Cause, reference: str, by: Actor, at: datetime.datetime, key: str
) -> Repayment:
    """The books know it since it was seen."""
    seen = payment.online_refunds.filter(kind=OnlineRefund.Kind.REFUND).latest("id")
    return Repayment.objects.create(
        customer=payment.customer, payment=payment, amount_cents=amount_cents, reference=reference, made_at=at, key=key,
        means=Means.PAYPAL, state=Repayment.State.SENT, why="by_hand", sent_on=seen.refunded_on, sent_at=at,
        **cause.columns, **by.columns,
    )  # fmt: skip
