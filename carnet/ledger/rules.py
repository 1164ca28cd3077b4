"""Decisions about lots (L2, L4–L9, T11, T12, F2): whose units, in which order, until when.

Pure: views of lots and dates come in, decisions go out. The ledger's actions read the lots under the lock of the
customer's ledger, ask here, and write the movements. Dates are the provider's calendar dates
(`kernel.calendar.date_on`).
"""

import bisect
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from carnet.kernel import calendar

Origin = Literal["purchased", "trial", "goodwill"]
Unit = Literal["token", "minute"]
State = Literal["live", "dormant", "lapsed"]
Effect = Literal["revived", "extended"]
ReviveBy = Literal["unit", "any"]  # ⚙ revive_by
EarlyRenewal = Literal["extends", "keeps"]  # ⚙ early_renewal
Obstacle = Literal["none_left", "not_theirs", "restricted", "allowance_used"]
GoodwillRefusal = Literal["reason_missing", "last_day_missing", "last_day_past"]

PAYING: tuple[Origin, ...] = ("purchased", "goodwill")
FREE: tuple[Origin, ...] = ("trial",)
# Whoever holds the units is told so many days before they end, and when no more than this is left.
NOTICE_DAYS = (30, 7)
LOW_MARKS: dict[Unit, int] = {"token": 1, "minute": 30}


@dataclass(frozen=True, slots=True)
class Units:
    """So many units of one kind, from lots of these origins; minutes to try stand apart from those that pay (F2)."""

    unit: Unit
    quantity: int
    origins: tuple[Origin, ...] = PAYING

    @property
    def are_free(self) -> bool:
        return self.origins == FREE


@dataclass(frozen=True, slots=True)
class LotView:
    """What the rules must know of a lot. `last_day` None: a trial that was not used yet (F2), no end so far.

    `allowances` and `used_by` (reserved + spent) are counted per person; `closed_to` are the persons a holder shut
    out (L9).
    """

    number: int
    origin: Origin
    unit: Unit
    activated_at: datetime.datetime
    activated_on: datetime.date
    last_day: datetime.date | None
    validity_months: int | None = None
    shared: bool = False
    person_id: int | None = None
    available: int = 0
    reserved: int = 0
    spent: int = 0
    frozen: int = 0
    refunded: int = 0
    allowances: Mapping[int, int] = field(default_factory=dict)
    used_by: Mapping[int, int] = field(default_factory=dict)
    closed_to: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Taker:
    """Who wants to draw units: a member or a holder of the customer. A buyer opens no tickets and is never one."""

    person_id: int
    is_holder: bool


class LastDayChange(NamedTuple):
    """That an activation gives the lot `number` another last day, and which rule does it (revived L5, extended L6)."""

    number: int
    last_day: datetime.date
    effect: Effect


@dataclass(frozen=True, slots=True)
class Balance:
    """The units of some lots on a date: what can be used, and what became of the rest."""

    available: int = 0
    reserved: int = 0
    spent: int = 0
    dormant: int = 0
    lapsed: int = 0
    frozen: int = 0
    refunded: int = 0


def last_day_of_pack(activated_on: datetime.date, validity_months: int) -> datetime.date:
    """L2: the last day, included, of a pack that runs `validity_months` from its activation."""
    return calendar.months_after(activated_on, validity_months)


def last_day_of_trial(first_used_on: datetime.date, trial_days: int) -> datetime.date:
    """F2: the last day, included, of free minutes first used on `first_used_on` (⚙ trial_days 30)."""
    return first_used_on + datetime.timedelta(days=trial_days)


def worth_cents(price_cents: int, quantity: int, units: int) -> int:
    """O9: what the first `units` units that left a lot of `quantity` for this price are worth, half up.

    Units leave by being spent or refunded. The k-th unit is worth r(k) − r(k−1), so that all of them together are
    worth the price, to the cent.
    """
    if not 0 <= units <= quantity:
        raise ValueError(f"a lot of {quantity} has no {units} units")
    return (2 * price_cents * units + quantity) // (2 * quantity)


def refund_cents(lot: LotView, price_cents: int, units: int) -> int:
    """O9: what the next `units` units that leave the lot by a refund are worth, after those that were spent or
    refunded. Goodwill has no price and is worth 0.
    """
    quantity = lot.available + lot.reserved + lot.spent + lot.frozen + lot.refunded
    gone = lot.spent + lot.refunded
    return worth_cents(price_cents, quantity, gone + units) - worth_cents(price_cents, quantity, gone)


def units_worth(lot: LotView, price_cents: int, cents: int) -> int:
    """O9: how many units that leave the lot next `cents` pay for in full, of those that were not spent or refunded."""
    most = lot.available + lot.reserved + lot.frozen
    return bisect.bisect_right(range(1, most + 1), cents, key=lambda units: refund_cents(lot, price_cents, units))


def last_day_after_freeze(
    last_day: datetime.date, frozen_on: datetime.date, unfrozen_on: datetime.date
) -> datetime.date:
    """O7: a freeze that ends well makes the last day later by the days that it lasted."""
    return last_day + (unfrozen_on - frozen_on)


def state_on(lot: LotView, day: datetime.date) -> State:
    """L4: what available units of the lot are on `day`: live up to the last day, then dormant (purchased) or lapsed.

    Reserved units are not asked about here: a reservation outlives the last day (T11).
    """
    if lot.last_day is None or day <= lot.last_day:
        return "live"
    return "dormant" if lot.origin == "purchased" else "lapsed"


def balance_of(lots: Iterable[LotView], day: datetime.date) -> Balance:
    """L4: the sums of `lots` on `day`; give lots of one unit, for units are never converted into each other."""
    sums = {"available": 0, "reserved": 0, "spent": 0, "dormant": 0, "lapsed": 0, "frozen": 0, "refunded": 0}
    for lot in lots:
        state = state_on(lot, day)
        sums["available" if state == "live" else state] += lot.available
        for bucket in ("reserved", "spent", "frozen", "refunded"):
            sums[bucket] += getattr(lot, bucket)
    return Balance(**sums)


def effects_of_activation(
    lots: Iterable[LotView], new_lot: LotView, *, revive_by: ReviveBy = "unit", early_renewal: EarlyRenewal = "extends"
) -> list[LastDayChange]:
    """L5, L6: which older lots of the customer get a later last day because `new_lot` is activated; never an earlier.

    Decided where the rules leave room:

    - only a purchased lot changes others, and only purchased lots are changed: goodwill and trial revive nothing,
      extend nothing, and stay as they are;
    - older is what was activated before `new_lot`, at the same instant what has the lower number; `new_lot` itself
      may be among `lots` and is passed over;
    - a lot counts when it still has units that may be used: available, reserved, or frozen (a freeze that ends well
      should leave the customer as if it had not been, O7). A lot with nothing left is not touched;
    - *revived* is a lot whose last day is past, *extended* one whose last day is still to come. A past lot whose
      units are all reserved is revived too, so that what a ticket releases later finds the day that T12 promises,
      whatever ⚙ early_renewal;
    - ⚙ revive_by any lets a pack revive lots of the other unit; extending stays with the same unit.
    """
    if new_lot.origin != "purchased":
        return []
    if new_lot.last_day is None:
        raise ValueError(f"a purchased lot has a last day: {new_lot.number}")
    changes = []
    for lot in sorted(lots, key=lambda lot: lot.number):
        is_older = (lot.activated_at, lot.number) < (new_lot.activated_at, new_lot.number)
        has_units = lot.available + lot.reserved + lot.frozen > 0
        if (
            lot.origin != "purchased"
            or lot.last_day is None
            or not (is_older and has_units)
            or lot.last_day >= new_lot.last_day
        ):
            continue
        is_same_unit = lot.unit == new_lot.unit
        if lot.last_day < new_lot.activated_on:
            if is_same_unit or revive_by == "any":
                changes.append(LastDayChange(lot.number, new_lot.last_day, "revived"))
        elif is_same_unit and early_renewal == "extends":
            changes.append(LastDayChange(lot.number, new_lot.last_day, "extended"))
    return changes


@dataclass(frozen=True, slots=True)
class Step:
    """What moved the last day of a lot once: the activation of `pack`, with its settings, which finds units in the lot
    or not; or a day that it lasts until at least (T12), or days by which it lasts longer (O7).
    """

    pack: LotView | None = None
    revive_by: ReviveBy = "unit"
    early_renewal: EarlyRenewal = "extends"
    has_units: bool = True
    at_least: datetime.date | None = None
    later_by: datetime.timedelta = datetime.timedelta(0)


def last_day_by(lot: LotView, first: datetime.date, steps: Iterable[Step], *, without: Iterable[int]) -> datetime.date:
    """O10: the last day that `lot`, which began with `first`, has by these steps, had the packs with the numbers
    `without` never been activated.
    """
    undone, last_day = set(without), first
    for step in steps:
        if step.pack is None:
            last_day = max(last_day, step.at_least or last_day) + step.later_by
        elif step.has_units and step.pack.number not in undone:
            view = replace(lot, available=1, last_day=last_day)
            changes = effects_of_activation(
                [view], step.pack, revive_by=step.revive_by, early_renewal=step.early_renewal
            )
            last_day = changes[0].last_day if changes else last_day
    return last_day


def last_day_after_release(
    lot: LotView,
    released_on: datetime.date,
    *,
    by_provider: bool = False,
    later_last_days: Iterable[datetime.date] = (),
    grace_days: int = 30,
) -> datetime.date | None:
    """T12: the last day of `lot` once units are released into it, or given back (T10, T14); never earlier.

    If it is past, the units are dormant. If the provider caused the release it is at least `grace_days` after it, in
    lots of every origin. While a unit was reserved, activations already moved the lot's last day (L5, L6); while it
    was *spent* they may have passed over an empty lot: the caller gives their last days as `later_last_days`. A lot
    without a last day keeps none.
    """
    if lot.last_day is None:
        return None
    days = [lot.last_day, *later_last_days]
    if by_provider:
        days.append(released_on + datetime.timedelta(days=grace_days))
    return max(days)


def order_of_use(lots: Iterable[LotView]) -> list[LotView]:
    """L7: earliest last day first, then free before paid, then earliest activation, then lot number.

    A lot without a last day comes last: nothing of it is lost by waiting.
    """
    return sorted(
        lots,
        key=lambda lot: (lot.last_day or datetime.date.max, lot.origin == "purchased", lot.activated_at, lot.number),
    )


def units_within_reach(lot: LotView, taker: Taker, day: datetime.date) -> int:
    """L9: how many units of `lot` this person may draw on `day`; 0 once the last day is past (T11).

    Decided where the rules leave room:

    - a holder draws from every lot without limit, for a holder may do everything: restrictions and allowances bind
      members;
    - a lot that is not shared is used by the person it was bought for or given to and by holders; allowances don't
      concern it;
    - an allowance counts what the person has reserved and spent of this lot so far; 0 shuts out like a restriction.
    """
    if state_on(lot, day) != "live":
        return 0
    if taker.is_holder:
        return lot.available
    if not lot.shared:
        return lot.available if lot.person_id == taker.person_id else 0
    if taker.person_id in lot.closed_to:
        return 0
    allowance = lot.allowances.get(taker.person_id)
    if allowance is None:
        return lot.available
    return max(0, min(lot.available, allowance - lot.used_by.get(taker.person_id, 0)))


def choose_units(
    lots: Sequence[LotView], quantity: int, person: Taker, day: datetime.date, *, trial: bool = False
) -> list[tuple[int, int]]:
    """L7, L9, T11: from which lots `quantity` units are reserved, as (lot number, units), in the order of use.

    Give lots of one unit: two in one call raise ValueError. Trial minutes stand apart (F2): without `trial` they are
    passed over, with it only they are taken. The sum may be less than `quantity` when the person can't reach more;
    whether that will do is the caller's to say (a token: no; minutes: «what they have, at least 1», H4; free minutes:
    «all that is left», F1).
    """
    if quantity < 1:
        raise ValueError(f"one unit or more: {quantity}")
    if len({lot.unit for lot in lots}) > 1:
        raise ValueError("tokens and minutes are never mixed in one choice")
    chosen = []
    for lot in order_of_use(lot for lot in lots if (lot.origin == "trial") == trial):
        units = min(quantity, units_within_reach(lot, person, day))
        if units:
            chosen.append((lot.number, units))
            quantity -= units
    return chosen


def obstacle_to(lots: Iterable[LotView], person: Taker, day: datetime.date) -> Obstacle | None:
    """L9, L10: why this person can draw nothing at all from `lots` on `day`; None if they can.

    The most specific reason among the live lots that still have units is told: an allowance used up, then a
    restriction, then lots of other persons; with no such lot, none are left.
    """
    found: set[Obstacle] = set()
    for lot in lots:
        if units_within_reach(lot, person, day):
            return None
        if state_on(lot, day) != "live" or not lot.available:
            continue
        if not lot.shared:
            found.add("not_theirs")
        elif person.person_id in lot.closed_to or lot.allowances.get(person.person_id) == 0:
            found.add("restricted")
        else:
            found.add("allowance_used")
    order: tuple[Obstacle, ...] = ("allowance_used", "restricted", "not_theirs")
    return next((obstacle for obstacle in order if obstacle in found), "none_left")


def goodwill_refusal(reason: str, last_day: datetime.date | None, today: datetime.date) -> GoodwillRefusal | None:
    """L8: goodwill units need a reason and a last day, which is not past; None when both are there."""
    if not reason.strip():
        return "reason_missing"
    if last_day is None:
        return "last_day_missing"
    return "last_day_past" if last_day < today else None


def notice_days(lot: LotView, day: datetime.date) -> int | None:
    """Which notice is due on `day` that available units of the lot end (L4): that of 30 or of 7 days before; None for
    none.

    Decided where the rules are silent:

    - from the day itself on, so that a stop of the worker delays a notice; once the later one is due, the earlier one
      is past;
    - what was activated with so few days to go that its end was plain then has no such notice: goodwill for a week,
      the 30 days of free minutes;
    - nothing is told of a lot with nothing available, and of one that is past.
    """
    if lot.last_day is None or not lot.available or day > lot.last_day:
        return None
    begins = {days: lot.last_day - datetime.timedelta(days=days) for days in NOTICE_DAYS}
    return min((days for days, first in begins.items() if lot.activated_on < first <= day), default=None)


def is_low(unit: Unit, lots: Iterable[LotView], day: datetime.date) -> bool:
    """Whether a customer's units of this kind run low on `day`: no more than the last token, or than 30 minutes, can be
    used in all live lots together, trial minutes apart (F2).

    Only where units are bought and used: a pack must be live, and something of the live lots reserved or spent. Who
    buys a single token is not told at once that it is the last one; what falls asleep is told by its last day.
    """
    live = [lot for lot in lots if lot.unit == unit and lot.origin != "trial" and state_on(lot, day) == "live"]
    return (
        any(lot.origin == "purchased" for lot in live)
        and any(lot.reserved + lot.spent for lot in live)
        and sum(lot.available for lot in live) <= LOW_MARKS[unit]
    )


def has_risen(unit: Unit, lots: Iterable[LotView], since: datetime.datetime) -> bool:
    """Whether units of this kind came since then that were more than a little, though they may run low again by now."""
    return any(
        lot.unit == unit and lot.origin != "trial" and lot.activated_at > since
        and lot.available + lot.reserved + lot.spent + lot.frozen + lot.refunded > LOW_MARKS[unit]
        for lot in lots
    )  # fmt: skip
