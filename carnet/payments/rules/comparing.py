"""The account's own list at the payment service compared with ours: where the two don't say the same.

On both sides amounts are signed by what they do to the account: money that left it, and what was kept, is negative.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from carnet.kernel import calendar, references
from carnet.payments.rules.online import CaptureFound, RefundFound, TransactionFound, TransactionKind

DifferenceKind = Literal[
    "missing_there", "missing_here", "unknown_order", "other_amount", "other_fee", "other_currency", "refunded_too_much"
]
Side = dict[str, str | int | None]

# What happened less than four hours ago may not be in the service's list yet.
LIST_IS_LATE = datetime.timedelta(hours=4)
# How long what Carnet asked for may stand there before the answer is written down here.
NOTED_WITHIN = datetime.timedelta(days=1)
DAYS_COMPARED = 7
DAYS_COMPARED_AT_MOST = 90


@dataclass(frozen=True, slots=True)
class Booked:
    """A capture or money sent back, as it stands in our books; `fee_cents` None: not known yet."""

    external_id: str
    kind: TransactionKind
    amount_cents: int
    fee_cents: int | None
    on: datetime.date
    payment_id: int

    @property
    def told(self) -> Side:
        """Our side of a difference."""
        return {
            "kind": self.kind, "amount_cents": self.amount_cents, "fee_cents": self.fee_cents, "currency": "EUR",
            "at": self.on.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Differing:
    """One difference, with both sides as they are kept: a side that has nothing of it is None."""

    external_id: str
    kind: DifferenceKind
    ours: Side | None = None
    theirs: Side | None = None
    payment_id: int | None = None


@dataclass(frozen=True, slots=True)
class ComparedPeriod:
    """From the beginning of a day to a moment after which the list may lack something."""

    since: datetime.datetime
    until: datetime.datetime

    def has_day(self, day: datetime.date, zone: ZoneInfo) -> bool:
        """Whether all of this day lies in it."""
        return self.since <= calendar.start_of(day, zone) and calendar.end_of(day, zone) <= self.until


@dataclass(slots=True)
class Compared:
    """What a comparison came to. `absent`: in our books, and not in the list; the service is asked for each before it
    counts. `gone_back`: money of our payments that went back, of which our books don't know yet. `others`: how many
    movements of the account are not Carnet's business.
    """

    differing: list[Differing] = field(default_factory=list)
    absent: list[Booked] = field(default_factory=list)
    gone_back: list[TransactionFound] = field(default_factory=list)
    others: int = 0


def period(
    now: datetime.datetime,
    zone: ZoneInfo,
    *,
    good_until: datetime.datetime | None,
    oldest_open: datetime.datetime | None,
) -> ComparedPeriod:
    """What is compared at `now`: seven days, and as far back as the last comparison that succeeded and the oldest
    difference that is not mended, though not beyond 90 days.
    """
    today = calendar.date_on(now, zone)
    days = [today - datetime.timedelta(days=DAYS_COMPARED)]
    # The last part of a day is compared again together with the rest of it.
    days += [calendar.date_on(moment, zone) for moment in (good_until, oldest_open) if moment is not None]
    first = max(min(days), today - datetime.timedelta(days=DAYS_COMPARED_AT_MOST))
    return ComparedPeriod(calendar.start_of(first, zone), now - LIST_IS_LATE)


def compare(
    booked: Iterable[Booked],
    listed: Iterable[TransactionFound],
    *,
    payments: Mapping[str, int],
    references_known: Collection[str],
) -> Compared:
    """Ours and theirs, matched by the id of capture or refund.

    `booked` is everything of the period, and everything else of ours that the list names. `payments` tells which
    payment each of our captures is, `references_known` for what was to be paid at the service. Whatever else the
    account does is no difference; a payment whose reference is made as ours, and unknown, is one (an older copy of the
    database).
    """
    lines: dict[str, list[TransactionFound]] = defaultdict(list)
    for line in listed:
        lines[line.external_id].append(line)
    found, known = Compared(), {one.external_id: one for one in booked}
    reversals: dict[int, list[TransactionFound]] = defaultdict(list)
    for external_id, same in lines.items():
        final = [line for line in same if line.is_final]
        ours = known.pop(external_id, None)
        if ours is not None and final:
            # One id may stand twice in the list: a line that moves the account, and one that only tells.
            found.differing += _least([list(_differences(ours, one)) for one in final])
        elif ours is not None:
            found.absent.append(ours)
        elif final and final[0].kind == "reversal" and final[0].related_id in payments:
            reversals[payments[final[0].related_id]].append(final[0])
        elif final:
            _take_unknown(found, final[0], payments, references_known)
    for payment_id, taken in reversals.items():
        under_disputes = [one for one in known.values() if (one.kind, one.payment_id) == ("reversal", payment_id)]
        _take_reversals(found, taken, [known.pop(one.external_id) for one in under_disputes])
    _take_accepted(found, known, payments)
    found.absent += known.values()
    return found


def _take_unknown(
    found: Compared, line: TransactionFound, payments: Mapping[str, int], references_known: Collection[str]
) -> None:
    """A final line that our books lack."""
    if line.kind == "refund" and line.related_id in payments:
        found.gone_back.append(line)
    elif line.kind == "capture" and references.read(line.reference) is not None:
        code: DifferenceKind = "missing_here" if line.reference in references_known else "unknown_order"
        found.differing.append(Differing(line.external_id, code, theirs=listed_told(line)))
    else:
        found.others += 1


def _take_reversals(found: Compared, lines: list[TransactionFound], booked: list[Booked]) -> None:
    """What was taken back by force of a payment, and given back again: in our books it stands under its dispute, so the
    sums are compared; what was given back in full is as if nothing had happened.
    """
    cents = sum(line.amount_cents for line in lines)
    if cents != sum(one.amount_cents for one in booked):
        found.gone_back += lines
        found.absent += booked
    elif not booked:
        found.others += len(lines)
    elif sum(line.fee_cents for line in lines) != sum(one.fee_cents or 0 for one in booked):
        ours, theirs = booked[0], listed_told(lines[-1]) | {"fee_cents": sum(line.fee_cents for line in lines)}
        found.differing.append(Differing(ours.external_id, "other_fee", ours.told, theirs, ours.payment_id))


def _take_accepted(found: Compared, known: dict[str, Booked], payments: Mapping[str, int]) -> None:
    """A claim that was accepted by sending its money back: a refund in the list, in our books a lost dispute."""
    for line in [one for one in found.gone_back if one.kind == "refund"]:
        about = ("reversal", payments[line.related_id], line.amount_cents)
        ours = next((one for one in known.values() if (one.kind, one.payment_id, one.amount_cents) == about), None)
        if ours is not None:
            found.gone_back.remove(line)
            found.differing += _differences(known.pop(ours.external_id), line)


def _least(found: Sequence[list[Differing]]) -> list[Differing]:
    return min(found, key=len)


def _differences(ours: Booked, line: TransactionFound) -> Iterator[Differing]:
    code: DifferenceKind | None = None
    if line.currency != "EUR":
        code = "other_currency"
    elif line.amount_cents != ours.amount_cents:
        code = "other_amount"
    elif line.fee_cents != (ours.fee_cents or 0):
        code = "other_fee"
    if code:
        yield Differing(ours.external_id, code, ours.told, listed_told(line), ours.payment_id)


def asked_about(ours: Booked, told: CaptureFound | RefundFound | None) -> Differing | None:
    """What the service says when it is asked for something of ours that its list lacks; None: it knows it as we do, and
    only the list is late or ends elsewhere. `told` None: it doesn't know it.
    """
    if told is None:
        return Differing(ours.external_id, "missing_there", ours.told, None, ours.payment_id)
    theirs = refund_told(told) if isinstance(told, RefundFound) else _capture_told(told)
    code: DifferenceKind
    if told.state not in ("completed", "refunded", "partly_refunded"):
        code = "missing_there"
    elif told.currency != "EUR":
        code = "other_currency"
    elif theirs["amount_cents"] != ours.amount_cents:
        code = "other_amount"
    else:
        return None
    return Differing(ours.external_id, code, ours.told, theirs, ours.payment_id)


def listed_told(line: TransactionFound) -> Side:
    """A line of the list as the service's side of a difference."""
    return {
        "kind": line.kind, "amount_cents": line.amount_cents, "fee_cents": line.fee_cents, "currency": line.currency,
        "at": line.at.isoformat(), "reference": line.reference,
    }  # fmt: skip


def refund_told(refund: RefundFound) -> Side:
    """A refund as the service's side of a difference."""
    return {
        "kind": "refund", "amount_cents": -refund.amount_cents, "fee_cents": refund.fee_cents,
        "currency": refund.currency, "at": refund.at.isoformat(), "state": refund.state,
    }  # fmt: skip


def _capture_told(capture: CaptureFound) -> Side:
    return {
        "kind": "capture", "amount_cents": capture.amount_cents,
        "fee_cents": None if capture.fee_cents is None else -capture.fee_cents, "currency": capture.currency,
        "at": capture.at.isoformat(), "state": capture.state,
    }  # fmt: skip
