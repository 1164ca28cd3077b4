"""Money that has to go back, by the means by which it came (O4, O9)."""

import datetime
from dataclasses import dataclass
from typing import Literal

ByMeans = Literal["transfer", "cheque", "paypal"]


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where money goes by transfer; empty: nobody knows yet."""

    holder: str = ""
    iban: str = ""

    def __bool__(self) -> bool:
        return bool(self.iban)


def means_back(means: str, *, has_receipt: bool, has_account: bool) -> ByMeans:
    """O9: by which means money goes back that came by `means`: through the payment service if it took it; what came by
    cheque goes by cheque as long as no account is known.
    """
    if means == "paypal" and has_receipt:
        return "paypal"
    return "cheque" if means == "cheque" and not has_account else "transfer"


# The service answers the same to the same request for 45 days: after that, what became of it is looked up.
REPEATABLE_FOR = datetime.timedelta(days=40)
# So long after the money was owed, the service is asked so often.
_PAUSES = (
    (datetime.timedelta(hours=1), datetime.timedelta(minutes=2)),
    (datetime.timedelta(days=1), datetime.timedelta(minutes=15)),
    (datetime.timedelta.max, datetime.timedelta(hours=6)),
)
# Refused, though not for good: money is missing in the account, a dispute must end first, the capture is still pending.
_LATER = ("REFUND_FAILED_INSUFFICIENT_FUNDS", "TRANSACTION_DISPUTED", "PENDING_CAPTURE")
# Somebody has sent back more there than is known here: it is noted within a day, and then taken for it.
_SENT_THERE = ("CAPTURE_FULLY_REFUNDED", "REFUND_AMOUNT_EXCEEDED")
_UNPROCESSABLE = 422
ASKED = "asked"  # in place of the service's word, while no answer is known


def next_look(*, since: datetime.datetime, at: datetime.datetime) -> datetime.datetime:
    """When the service is asked again about money that was owed since `since`."""
    return at + next(pause for age, pause in _PAUSES if at - since < age)


def is_refused_for_good(*, code: str, status: int) -> bool:
    """Whether the service will never send it: too old, above a limit. Not if its account or access only needs mending,
    nor while it may have been sent there by hand.
    """
    return status == _UNPROCESSABLE and code not in (*_LATER, *_SENT_THERE)


def may_be_sent_otherwise(why: str) -> bool:
    """Whether a person may decide to send it by transfer: the service has said no, whatever comes later."""
    return why in (*_LATER, *_SENT_THERE)
