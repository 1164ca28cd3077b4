"""What becomes of a payment at the payment service: what it says, held against what was asked of it (O5, O6)."""

import datetime
from dataclasses import dataclass
from typing import Literal

from carnet.payments.rules.online import CaptureFound, CheckoutFound

Step = Literal["wait", "capture", "paid", "pending", "lapsed", "refused", "wrong"]
CURRENCY = "EUR"
# The service keeps what nobody approved for three hours, and answers the same to the same request for six.
LAPSES_AFTER = datetime.timedelta(hours=7)
REPEATABLE_FOR = datetime.timedelta(hours=6)
# Of a payment that is begun: until then a second click leads to the same page of the service.
REUSABLE_FOR = datetime.timedelta(hours=2)
# So long after it was begun or taken, the service is asked so often.
_WHILE_OPEN = (
    (datetime.timedelta(minutes=30), datetime.timedelta(minutes=2)),
    (LAPSES_AFTER, datetime.timedelta(minutes=10)),
)
_WHILE_PENDING = (
    (datetime.timedelta(days=1), datetime.timedelta(minutes=15)),
    (datetime.timedelta.max, datetime.timedelta(hours=6)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the service was asked to take, and for whom. A payee that is not known yet is empty."""

    external_id: str
    reference: str
    amount_cents: int
    payees: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to be done; with a code why, and with the money that was taken, if any was."""

    step: Step
    why: str = ""
    capture: CaptureFound | None = None


def fate_of(found: CheckoutFound, asked: Asked) -> Fate:
    """What to do about a payment of which the service says `found`.

    Amount, currency, payee and order must be those that were asked, to the cent, before anything is taken and after:
    else it is wrong, and nothing is credited; what was taken for another payment is not claimed for this one, either.
    Money that was sent back whole before we knew of it was never paid.
    """
    captures = sorted(found.captures, key=_soundest)
    if found.state == "gone" and not captures:
        return Fate("lapsed")
    why = _difference(found, asked, captures)
    if why:
        is_ours = why not in ("other_checkout", "other_order")
        return Fate("wrong", why, captures[0] if captures and is_ours else None)
    if captures:
        return _of_capture(captures[0])
    return Fate("capture" if found.state == "approved" else "wait")


def _soundest(capture: CaptureFound) -> int:
    """Of several attempts to take the money the one that did."""
    return ("completed", "partly_refunded", "pending", "refunded", "refused").index(capture.state)


def _difference(found: CheckoutFound, asked: Asked, captures: list[CaptureFound]) -> str:
    """The first thing that is not as it was asked."""
    taken = [one for one in captures if one.state in ("completed", "partly_refunded", "pending")]
    if found.external_id != asked.external_id:
        return "other_checkout"
    if found.reference != asked.reference:
        return "other_order"
    if {found.currency, *(one.currency for one in captures)} != {CURRENCY}:
        return "other_currency"
    if {found.amount_cents, *(one.amount_cents for one in taken)} != {asked.amount_cents}:
        return "other_amount"
    if any(payee and payee != found.payee for payee in asked.payees):
        return "other_payee"
    if len(taken) > 1:
        return "taken_twice"
    if found.state == "captured" and not captures:
        return "nothing_taken"
    return ""


def _of_capture(capture: CaptureFound) -> Fate:
    if capture.state in ("completed", "partly_refunded"):
        return Fate("paid", capture=capture)
    if capture.state == "pending":
        return Fate("pending", capture.why, capture)
    return Fate("refused", "refunded" if capture.state == "refunded" else capture.why or "declined", capture)


def may_be_gone(*, is_pending: bool, is_same_access: bool, made_at: datetime.datetime, at: datetime.datetime) -> bool:
    """Whether to believe that the service knows of no such payment. Not of money that it was examining; and another
    access than the one by which it was begun may simply not see it: then not before nobody can pay by it any more.
    """
    return not is_pending and (is_same_access or at - made_at >= LAPSES_AFTER)


def next_look(*, is_pending: bool, since: datetime.datetime, at: datetime.datetime) -> datetime.datetime | None:
    """When the service is asked again about a payment that it has been keeping since `since`; None: nobody can pay by
    it any more. Pending money is asked for until its fate is known, however long that takes.
    """
    for age, pause in _WHILE_PENDING if is_pending else _WHILE_OPEN:
        if at - since < age:
            return at + pause
    return None
