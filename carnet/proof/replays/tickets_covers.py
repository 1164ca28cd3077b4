"""Follows what pays for one ticket line by line: each paid time is proved by the journal of units, each ending by the
work, each price by the rules (T2–T4, T8–T10, T14, H1–H5, F1–F3).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from carnet.ledger.models import Lot, Movement
from carnet.proof.replays import tickets_prices
from carnet.proof.replays.tickets_rows import (
    NONE,
    ClosureRow,
    LineRow,
    PaidRow,
    TicketFacts,
    UnitsByKind,
    Wrong,
    means_of,
    standing,
    stretches,
    was_indivisible_per_ticket,
    worked_seconds,
    wrong,
)
from carnet.tickets.models import Closure
from carnet.work.models import Cover, MergedTime, PaidTime
from carnet.work.rules import metering, prices, time_worked

# T9: such endings charge nothing of what was worked, or may charge nothing, which is the agent's to say.
FREE = {Closure.How.SPAM, Closure.How.DUPLICATE}
MAY_BE_FREE = {Closure.How.OUT_OF_SCOPE, Closure.How.UNSOLVABLE}


class CoverReplay:
    """What has paid for one ticket, from its first reservation to now."""

    def __init__(self, facts: TicketFacts, cover: Cover) -> None:
        self.facts, self.cover = facts, cover
        self.had = NONE
        self.seconds = 0
        self.free_seconds = 0
        self.token_minutes = 30
        # H1: the minutes taken first, of the first lot and in all; whether that lot was a pack of hours.
        self.first_minutes: tuple[int, int, bool] | None = None
        # What paid, and the free seconds, when the cover ended and before anything was released since.
        self.before_end: UnitsByKind | None = None
        self.free_before_end: int | None = None
        self.steps: list[tuple[datetime.datetime, bool, UnitsByKind]] = []  # `had` since then; whether by an ending
        self.corrections = 0  # how often its price was lowered (T14)
        self.released: dict[str, list[int]] = defaultdict(list)
        self.reserved: dict[str, list[LineRow]] = defaultdict(list)
        for line in facts.lines:
            if line.kind == Movement.Kind.RESERVED:
                self.reserved[line.key].append(line)

    def follow(self) -> Iterator[Wrong]:
        """What is wrong with its paid times, and with what the cover says of them."""
        paid = sorted(self.facts.paid, key=lambda time: time.sequence)
        for number, time in enumerate(paid, 1):
            if time.sequence != number:
                yield wrong("paid_time_missing", number=number)
                return
        for lines in _together(paid):
            match lines[0].kind:
                case PaidTime.Kind.LESS:
                    yield from self._end(lines)
                case PaidTime.Kind.MERGED:
                    yield from self._merge(lines[0])
                case _:
                    yield from self._pay(lines[0])
        if self.reserved:
            yield wrong("reserved_for_nothing")
        yield from self._release_faults()
        yield from self._cover_faults()

    def had_at(self, moment: datetime.datetime) -> UnitsByKind:
        """What paid at this moment, once what ended then had ended, as the paid times tell."""
        by_ending = [had for at, is_ending, had in self.steps if is_ending and at == moment]
        until = [had for at, _is_ending, had in self.steps if at <= moment]
        return next(iter(by_ending[-1:] or until[-1:]), NONE)

    def _pay(self, time: PaidRow) -> Iterator[Wrong]:
        lines = self.reserved.pop(time.key, [])
        if time.units != sum(line.quantity for line in lines) or not lines or any(
            means_of(line.unit, line.origin) != time.means for line in lines
        ):  # fmt: skip
            yield wrong("reserved_others", units=time.units, means=str(time.means))
            return
        if not self.cover.opened_at <= time.at <= lines[0].at:
            yield wrong("paid_at_wrong_time")
        if time.means == Cover.Means.TOKENS and not self.had.tokens:
            self.token_minutes = lines[0].token_minutes
        if time.means == Cover.Means.MINUTES and not self.had.minutes and not self.had.tokens:
            is_pack = lines[0].origin == Lot.Origin.PURCHASED
            self.first_minutes = (lines[0].quantity, time.units, is_pack)
        minutes = time.units * (self.token_minutes if time.means == Cover.Means.TOKENS else 1)
        if time.seconds != minutes * 60:
            yield wrong("paid_seconds_differ", seconds=time.seconds, minutes=minutes)
        if time.means == Cover.Means.TRIAL:
            self.free_seconds += minutes * 60
        self._step(time, is_ending=False)

    def _merge(self, time: PaidRow) -> Iterator[Wrong]:
        """T10: how long may be worked with what both have."""
        expected = max(worked_seconds(self.facts.sessions, time.at), self._payable(time.at, self.free_seconds))
        self._step(time, is_ending=False)
        if time.units or self.seconds != expected:
            yield wrong("merged_seconds_differ", seconds=self.seconds, expected=expected)

    def _end(self, lines: list[PaidRow]) -> Iterator[Wrong]:
        """T8: after an ending or a correction stays what was used, and what was spent pays for."""
        at, paid_before, had_before = lines[0].at, self.seconds, self.had
        if self.free_before_end is None and self.cover.ended_at and at >= self.cover.ended_at:
            self.free_before_end = self.free_seconds
        for time in lines:
            if time.units > 0 or time.seconds > 0:
                yield wrong("ending_pays_more")
            if time.units:
                self.released[time.means].append(-time.units)
            self._step(time, is_ending=True)
        if at == self.cover.ended_at:
            self.before_end = had_before
        totals = {used: min(paid_before, max(used, self._payable(at, used))) for used in self._used_at(at)}
        fitting = [min(self.free_seconds, used) for used, total in totals.items() if total == self.seconds]
        if not fitting:
            yield wrong("stayed_paid_differs", seconds=self.seconds, expected=min(totals.values()))
        self.free_seconds = self.cover.free_seconds if self.cover.free_seconds in fitting else min(fitting, default=0)

    def _payable(self, at: datetime.datetime, used: int) -> int:
        """T10: how long may be worked with what it has, and what those merged with it by then kept."""
        return tickets_prices.payable_seconds(
            [one for one in self.facts.merged if one.at <= at], tokens=self.had.tokens, minutes=self.had.minutes,
            token_minutes=self.token_minutes, free_seconds=min(self.free_seconds, used),
        )  # fmt: skip

    def _used_at(self, at: datetime.datetime) -> list[int]:
        """The charged seconds that an ending at this moment may have counted."""
        merged = self.facts.merged_into
        if merged and merged.at == at:
            return [merged.seconds]
        closure = next((one for one in self.facts.closures if one.at == at), None)
        if closure is None:  # a correction (T14), which is written down a moment after the closing at the earliest
            self.corrections += 1
            return [worked_seconds(self.facts.sessions, at + datetime.timedelta.resolution)]
        return _charged(closure)

    def _step(self, time: PaidRow, *, is_ending: bool) -> None:
        self.seconds += time.seconds
        if time.units:
            self.had = self.had.plus(time.means, time.units)
        self.steps.append((time.at, is_ending, self.had))

    def _release_faults(self) -> Iterator[Wrong]:
        """What paid times gave back, ending by ending, the journal released or corrected."""
        moved: dict[tuple[int, str], int] = defaultdict(int)
        for line in self.facts.lines:
            if line.kind in (Movement.Kind.RELEASED, Movement.Kind.CORRECTED):
                back = line.quantity if line.to_bucket == "available" else -line.quantity
                moved[_number(line.key), means_of(line.unit, line.origin)] += back
        by_means: dict[str, list[int]] = defaultdict(list)
        for (_number_of_ending, means), units in sorted(moved.items()):
            if units:
                by_means[means].append(units)
        for means in sorted({*by_means, *self.released}):
            if by_means[means] != self.released[means]:
                yield wrong("given_back_differs", told=self.released[means], means=str(means), journal=by_means[means])
        closings = sum(one.how != Closure.How.MERGED for one in self.facts.closures)
        # What was merged into a ticket that is open only to repair settles it once more.
        merged = len(self.facts.merged) + (self.facts.merged_into is not None)
        endings = closings + self.corrections + merged
        last = max((number for number, _ in moved), default=-1)
        if not last < self.cover.settled_count <= endings:
            yield wrong("endings_differ", settled=self.cover.settled_count, endings=endings)

    def _cover_faults(self) -> Iterator[Wrong]:
        cover = self.cover
        for name, stands, expected in (
            ("free minutes", cover.free_minutes, self.had.free_minutes),
            ("free seconds", cover.free_seconds, self.free_seconds),
            ("minutes of a token", cover.token_minutes, self.token_minutes),
        ):
            if stands != expected:
                yield wrong("cover_tells_otherwise", field=name, found=stands, expected=expected)
        of_lot, together, is_pack = self.first_minutes or (0, 0, False)
        # Of a pack, `replay_packs` decides which of the two it is. ⚙ indivisible_per ticket: what it could reserve.
        least = {min(prices.INDIVISIBLE_MINUTES, units) for units in (of_lot, together)}
        if cover.least_minutes not in least | {0} or (
            cover.least_minutes and not is_pack and not was_indivisible_per_ticket()
        ):
            yield wrong("least_differs_from_first", least=cover.least_minutes, first=together)


def price_faults(facts: TicketFacts, cover: Cover, replay: CoverReplay) -> Iterator[Wrong]:
    """What is wrong with what the ticket cost: at each closing, and now."""
    for closure in facts.closures:
        worked = worked_seconds(facts.sessions, closure.at)
        if closure.worked_seconds != worked:
            yield wrong("closure_work_differs", told=closure.worked_seconds, sessions=worked)
        if closure.told != replay.had_at(closure.at):
            yield wrong("closure_price_differs")
        if closure.waived and closure.how not in FREE | MAY_BE_FREE:
            yield wrong("closure_waives_wrongly")
    if not cover.has_ended:
        return
    stands = UnitsByKind(cover.price_tokens or 0, cover.price_minutes or 0, cover.free_minutes_spent or 0)
    if stands != replay.had:
        yield wrong("price_is_not_paid", price=list(stands), paid=list(replay.had))
    merged = facts.merged_into
    if merged:
        if stands.tokens > merged.kept_tokens or stands.minutes > merged.kept_minutes:
            yield wrong("kept_less_than_price", price=list(stands), kept=[merged.kept_tokens, merged.kept_minutes])
        return
    ending = next((one for one in facts.closures if one.at == cover.ended_at), None)
    if ending is None:
        yield wrong("ended_without_closure")
        return
    try:
        expected = _expected_prices(facts, cover, replay, ending)
    except ValueError as nothing_pays:
        yield wrong("nothing_pays", reason=str(nothing_pays))
        return
    if stands not in expected:
        yield wrong("price_differs", price=list(stands), expected=list(expected[0]))


def _charged(closure: ClosureRow) -> list[int]:
    """The seconds of its own work that a closing has charged (T9)."""
    return [0 if closure.waived or closure.how in FREE else closure.worked_seconds]


def _expected_prices(facts: TicketFacts, cover: Cover, replay: CoverReplay, ending: ClosureRow) -> list[UnitsByKind]:
    """What it may have cost at its end, and less if its time was lowered since (T14)."""
    merged = [one for one in facts.merged if one.at <= ending.at]
    before = ending.told if replay.before_end is None else replay.before_end
    then = [price_of(_as_it_ended(cover, replay), seconds, before, merged) for seconds in _charged(ending)]
    worked_now = worked_seconds(facts.sessions)
    if worked_now == ending.worked_seconds or ending.told == NONE:
        return then
    now = price_of(cover, worked_now, ending.told, facts.merged)
    return [UnitsByKind(*map(min, zip(one, now, strict=True))) for one in then]


def _as_it_ended(cover: Cover, replay: CoverReplay) -> Cover:
    """With the free seconds that it had then: a correction may have taken some (T14)."""
    if replay.free_before_end in (None, cover.free_seconds):
        return cover
    return Cover(
        token_minutes=cover.token_minutes, least_minutes=cover.least_minutes, free_seconds=replay.free_before_end
    )


def price_of(cover: Cover, seconds: int, had: UnitsByKind, merged: list[MergedTime]) -> UnitsByKind:
    """What a cover costs for `seconds` of charged work by what it had: tokens, minutes, free minutes (T2, H2, T10)."""
    price = tickets_prices.price(cover, seconds, tokens=had.tokens, minutes=had.minutes, merged=merged)
    return UnitsByKind(price.tokens, price.minutes, price.free_minutes)


def merge_faults(facts: TicketFacts, cover: Cover, replay: CoverReplay) -> Iterator[Wrong]:
    """T10: what the target took over of the price of this ticket."""
    merged = facts.merged_into
    if merged is None:
        return
    apart: list[UnitsByKind] = []
    if any(one.at < merged.at for one in facts.closures):  # it may have ended before, at a price that stood
        apart.append(replay.had_at(merged.at - datetime.timedelta.resolution))
    if any(one.at == merged.at for one in facts.closures):  # it was open, and ended by merging
        had = replay.had if replay.before_end is None else replay.before_end
        try:
            apart.append(price_of(_as_it_ended(cover, replay), merged.seconds, had, []))
        except ValueError as nothing_pays:
            if not apart:
                yield wrong("nothing_pays", reason=str(nothing_pays))
    told = (merged.price_tokens, merged.price_minutes)
    if apart and told not in [one[:2] for one in apart]:
        yield wrong("merged_price_differs", told=list(told), expected=list(apart[0][:2]))
    free = cover.free_seconds if replay.free_before_end is None else replay.free_before_end
    charged = prices.split_free(merged.seconds, free).seconds_left if any(told) else 0
    if (merged.charged_seconds, merged.least_minutes) != (charged, cover.least_minutes):
        yield wrong("merged_charge_differs", told=merged.charged_seconds, expected=charged)
    if merged.kept_tokens > merged.price_tokens or merged.kept_minutes > merged.price_minutes:
        yield wrong("kept_more_than_cost")


def has_unpaid_work(facts: TicketFacts) -> bool:
    """T4: whether work beyond what was paid for counts as charged. What was waived at the end is not charged (T9)."""
    charged = [one for one in stretches(standing(facts.sessions)) if one.is_charged]
    is_waived = facts.cover is not None and facts.cover.has_ended and any(one.waived for one in facts.closures[-1:])
    if not charged or is_waived:
        return False
    limits = metering.limits_of([(time.at, time.seconds) for time in facts.paid])
    spans = time_worked.spans_of(charged)
    worked = sum((end - start for start, end in spans), time_worked.NOTHING)
    steps = [seconds for at, seconds in limits if at < spans[-1][1]]
    if steps and limits[0][0] <= spans[0][0] and worked <= min(steps) * time_worked.SECOND:
        return False  # as nearly always; cutting the stretches takes longer
    return any(part.offered for part in metering.meter(charged, limits))


def _together(paid: list[PaidRow]) -> Iterator[list[PaidRow]]:
    """The lines one by one, but those of one ending together: it writes one of each means at most."""
    group: list[PaidRow] = []
    for time in paid:
        if group and (
            time.kind != PaidTime.Kind.LESS
            or group[-1].kind != PaidTime.Kind.LESS
            or time.at != group[-1].at
            or time.means in {one.means for one in group}
        ):
            yield group
            group = []
        group.append(time)
    if group:
        yield group


def _number(key: str) -> int:
    """`cover:7:settle:1:token:…` → 1; 0 for a key of something else."""
    parts = key.split(":")
    return int(parts[3]) if len(parts) > 3 and parts[3].isdecimal() else 0
