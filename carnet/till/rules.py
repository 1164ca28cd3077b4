"""What money does to its order, when what was bought becomes active, and what goes back (O3–O5, L1, O9)."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from carnet.kernel import calendar

# How long who paid may choose what becomes of money that came for something no longer sold (O3).
CHOICE_DAYS = 30

CreditReason = Literal["surplus", "paid_twice", "cancelled", "too_late"]
Outcome = Literal["settles", "waits", "credits", "asks"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What money does to its order: it settles it, waits for the rest (`missing_cents`), becomes credit, or asks who
    paid; and how much of it becomes credit at once.
    """

    outcome: Outcome
    missing_cents: int = 0
    credit_cents: int = 0
    credit_reason: CreditReason = "surplus"


def activates_at(
    *, withdrawal_last_day: datetime.date | None, express_request: bool, at: datetime.datetime, zone: ZoneInfo
) -> datetime.datetime | None:
    """L1: when a lot paid at `at` becomes active; None: at once. Without the express request of a consumer it is not
    before the withdrawal period has passed; a business (`withdrawal_last_day` None) has no such period.
    """
    if withdrawal_last_day is None or express_request:
        return None
    end = calendar.end_of(withdrawal_last_day, zone)
    return end if at < end else None


@dataclass(frozen=True, slots=True)
class Undoing:
    """Whether a payment recorded by mistake can be undone, and whether its order then waits for nothing any more."""

    may: bool
    ends_order: bool = False


def undoing(*, pays_cents: int, is_settled: bool, is_choosing: bool, others_cents: int) -> Undoing:
    """What undoing a payment does to its order, of which it pays `pays_cents`, and other money `others_cents`.

    An order that it settled stays: invoice and units are there, and only a refund with its credit note takes them back
    (O9). One that asks what to do with money that came late (O3) has ended again once there is none.
    """
    if is_settled and pays_cents:
        return Undoing(may=False)
    return Undoing(may=True, ends_order=is_choosing and not others_cents)


def receipt(
    *,
    price_cents: int,
    paid_cents: int,
    amount_cents: int,
    tolerance_cents: int,
    is_settled: bool,
    is_cancelled: bool,
    may_settle: bool,
    is_lost: bool = False,
) -> Receipt:
    """O3, O4, O5, O7: what `amount_cents` do to an order for which `paid_cents` came in all, this money and credit used
    included.

    A settled order takes no more, nor does one that its customer cancelled: all of it becomes credit; so does money
    that is too late for a cheque that bounced (`is_lost`). Too little waits for the rest, within ⚙ tolerance_cents. Too
    much settles, the surplus becomes credit. An order that ended while its edition was withdrawn can't be settled
    (`may_settle`): who paid chooses.
    """
    if is_settled:
        reason: CreditReason = "too_late" if is_lost else "paid_twice"
        return Receipt("credits", credit_cents=amount_cents, credit_reason=reason)
    if is_cancelled:
        return Receipt("credits", credit_cents=amount_cents, credit_reason="cancelled")
    if not may_settle:
        return Receipt("asks")
    missing = price_cents - paid_cents
    if missing > tolerance_cents:
        return Receipt("waits", missing_cents=missing)
    return Receipt("settles", credit_cents=max(0, -missing))


@dataclass(frozen=True, slots=True)
class MoneyPart:
    """Cents of a payment, or of the credit that an order used (`payment_id` None)."""

    payment_id: int | None
    cents: int


def refund_cents(*, worth_cents: int, line_left_cents: int, paid_left_cents: int) -> int:
    """O9: what goes back for units of this worth: never more than their line is invoiced for, credit notes taken off,
    nor more than pays for the order, what went back taken off.
    """
    return max(0, min(worth_cents, line_left_cents, paid_left_cents))


def split_refund(cents: int, paid: Sequence[MoneyPart]) -> list[MoneyPart]:
    """O9: what of each payment goes back, given what pays for the order, credit used first, then payments, the earliest
    first: the last money goes back first, credit last. More than pays for it is a programmer's mistake (ValueError).
    """
    parts = []
    for one in reversed(paid):
        part = min(cents, one.cents)
        if part > 0:
            parts.append(MoneyPart(one.payment_id, part))
            cents -= part
    if cents:
        raise ValueError(f"{cents} cents were never paid: {paid}")
    return parts


def left_after(paid: Sequence[MoneyPart], parts: Iterable[MoneyPart]) -> list[MoneyPart]:
    """What still pays for the order once these parts went back."""
    back = {one.payment_id: one.cents for one in parts}
    return [MoneyPart(one.payment_id, one.cents - back.get(one.payment_id, 0)) for one in paid]


WithdrawalStanding = Literal["open", "company", "late", "ended", "withdrawn"]


def withdrawal_standing(
    *, last_day: datetime.date | None, declared_on: datetime.date, is_there: bool, is_withdrawn: bool
) -> WithdrawalStanding:
    """O11: whether its consumer may withdraw from an order by a declaration of this day: it is there, paid or waiting,
    and the last day, included, has not passed; a company (`last_day` None) may not. One that was withdrawn from stays
    so.
    """
    if last_day is None:
        return "company"
    if is_withdrawn:
        return "withdrawn"
    if not is_there:
        return "ended"
    return "open" if declared_on <= last_day else "late"
