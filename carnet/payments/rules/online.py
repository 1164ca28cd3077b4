"""Money that is paid at a payment service, in our own words: what is asked of it, and what it says (O5–O7)."""

import datetime
from dataclasses import dataclass, field
from typing import Literal

Environment = Literal["sandbox", "live", "stand_in"]
CheckoutState = Literal["waiting", "approved", "captured", "gone"]
CaptureState = Literal["completed", "pending", "refused", "refunded", "partly_refunded"]
RefundState = Literal["completed", "pending", "failed"]
DisputeState = Literal["open", "won", "lost"]
TransactionKind = Literal["capture", "refund", "reversal", "other"]
About = Literal["checkout", "capture", "refund", "dispute", "nothing"]
Proof = Literal["offline", "asked"]
BASE_URLS = {"sandbox": "https://api-m.sandbox.paypal.com", "live": "https://api-m.paypal.com"}


class ServiceFailed(Exception):
    """The payment service gave no answer, or refused.

    `permanent` says that the same call will be refused again; else it may be tried later. `code` is the service's word
    for it, or ours: timeout, unreachable, not_understood. `debug_id` is what its support asks for.
    """

    def __init__(self, code: str, *, permanent: bool, status: int = 0, debug_id: str = "", call: str = "") -> None:
        super().__init__(f"{call}: {status or ''} {code} (debug id {debug_id or 'none'})")
        self.code = code
        self.permanent = permanent
        self.status = status
        self.debug_id = debug_id
        self.call = call  # verb and path, without what is secret


# With what the number of a refund begins that Carnet asked for.
REFUND_PREFIX = "repayment-"


class NotANotice(ValueError):
    """What came is no notice of the payment service."""


@dataclass(frozen=True, slots=True)
class Access:
    """With what the payment service is asked. The secret shows in no log."""

    client_id: str
    secret: str = field(repr=False)
    environment: Environment
    base_url: str  # of its API, without a slash at the end
    webhook_id: str = ""
    account_id: str = ""  # whose money it is: the payee that every payment must name; empty: not known yet


@dataclass(frozen=True, slots=True)
class AccountFound:
    """Whose account the access opens; empty if the service doesn't say."""

    account_id: str


@dataclass(frozen=True, slots=True)
class CheckoutWanted:
    """What is to be paid. `key` tells the row that causes the call, and is the same on every retry."""

    key: str
    reference: str  # of our order
    number: str  # of this attempt, for the account's own list: it occurs once
    amount_cents: int
    description: str
    language: str  # fr, en, es
    return_url: str
    cancel_url: str
    name: str = ""  # of the provider


@dataclass(frozen=True, slots=True)
class CaptureFound:
    """Money that was taken, or is about to be."""

    external_id: str
    state: CaptureState
    amount_cents: int
    currency: str
    at: datetime.datetime
    fee_cents: int | None = None  # None: not told yet
    net_cents: int | None = None
    why: str = ""  # it is pending, or was refused
    reference: str = ""
    checkout_id: str = ""
    payee: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutFound:
    """A payment that was begun, as the service tells it."""

    external_id: str
    state: CheckoutState
    amount_cents: int
    currency: str
    payee: str
    reference: str
    approve_url: str = ""
    captures: tuple[CaptureFound, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundFound:
    """Money that was sent back. Amounts are positive; the fee is what the service gave back of its own."""

    external_id: str
    state: RefundState
    capture_id: str
    amount_cents: int
    currency: str
    at: datetime.datetime
    fee_cents: int = 0
    net_cents: int | None = None
    number: str = ""  # of ours, if we asked for it


@dataclass(frozen=True, slots=True)
class DisputeFound:
    """A payment that its payer disputes, or whose bank takes the money back (O7)."""

    external_id: str
    state: DisputeState
    capture_ids: tuple[str, ...]
    amount_cents: int
    currency: str
    reason: str  # the service's word
    opened_at: datetime.datetime
    changed_at: datetime.datetime
    answer_by: datetime.datetime | None = None  # until when the provider may answer
    lost_cents: int | None = None  # what went back to the payer; None: not told, or not lost
    fee_cents: int = 0  # what the service gave back of its fee; what it took beyond is negative


@dataclass(frozen=True, slots=True)
class TransactionFound:
    """One line of the account's own list. Amounts are signed: what left the account is negative."""

    external_id: str
    kind: TransactionKind
    amount_cents: int
    fee_cents: int
    currency: str
    at: datetime.datetime
    is_final: bool  # else it is pending, or was refused
    reference: str = ""
    related_id: str = ""  # of the capture that a refund is about


@dataclass(frozen=True, slots=True)
class NoticeFound:
    """What a notice says that it is about; whether that is so, the service is asked (O6)."""

    event_id: str
    event: str  # the service's word
    about: About
    external_id: str
    capture_id: str = ""  # of a refund or a dispute, if it says so
