"""What a ticket costs and when its paid time ends (T2–T5, T8, T10, T14, T15, H1–H5, F1–F3, S9).

Pure: worked stretches, seconds and counts come in, prices, parts and instants go out. Instants are aware datetimes in
UTC. Time is measured exactly and only summed time is cut down: to whole seconds, then to whole minutes, both in the
customer's favour.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from carnet.kernel import calendar
from carnet.ledger.rules import Unit

Means = Literal["subscription", "trial", "tokens", "minutes"]
TrialRefusal = Literal["had_trial", "has_purchased", "email_not_verified", "contact_known"]
IndivisiblePer = Literal["lot", "ticket"]  # ⚙ indivisible_per

Span = tuple[datetime.datetime, datetime.datetime]
Limit = tuple[datetime.datetime, int]

SECOND = datetime.timedelta(seconds=1)
INDIVISIBLE_MINUTES = 30  # H1
# T4, H4: what may be agreed to in advance: at least the next step, at most what nobody types by mistake.
CEILINGS: dict[Unit, tuple[int, int]] = {"token": (1, 100), "minute": (15, 6000)}
NOTHING = datetime.timedelta(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work of one agent on the ticket from `start` to `end`, exclusive.

    Not `chargeable`: reading by others, training, repair (T3). `offered`: worked beyond what was paid (T4), stays so.
    `counted_until`: corrected away at that moment, after its end; until then it used up paid time (T4).
    """

    start: datetime.datetime
    end: datetime.datetime
    chargeable: bool
    agent_id: int
    offered: bool = False
    counted_until: datetime.datetime | None = None

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"work ends after it began: {self.start} to {self.end}")

    @property
    def is_charged(self) -> bool:
        """Whether it counts for W: chargeable, not offered, and it stands (T2)."""
        return self.chargeable and not self.offered and self.counted_until is None


class FreeSplit(NamedTuple):
    """What free minutes pay of a ticket (F2), and the seconds that are left for tokens or minutes."""

    free_minutes_spent: int
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Price:
    """What a ticket costs, in whole units of each kind."""

    free_minutes: int = 0
    tokens: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to pay for a ticket; `last_day` is that of the lot which would be used first, None if nothing expires."""

    means: Means
    last_day: datetime.date | None = None


# Worked time


def spans_of(stretches: Iterable[Stretch]) -> list[Span]:
    """T2: the charged stretches laid together in order of time, overlapping and touching ones as one."""
    return _laid_together((stretch.start, stretch.end) for stretch in stretches if stretch.is_charged)


def worked_seconds(stretches: Iterable[Stretch]) -> int:
    """T2, T3: W in whole seconds, the charged time of all agents together, overlapping work counted once."""
    return _length_of(spans_of(stretches)) // SECOND


def _laid_together(spans: Iterable[Span]) -> list[Span]:
    together: list[Span] = []
    for start, end in sorted(spans):
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        else:
            together.append((start, end))
    return together


def _length_of(spans: Iterable[Span]) -> datetime.timedelta:
    return sum((end - start for start, end in spans), NOTHING)


def whole_minutes(seconds: int) -> int:
    """T2, H2: seconds cut down to whole minutes; 8:59 → 8."""
    if seconds < 0:
        raise ValueError(f"no time is negative: {seconds}")
    return seconds // 60


# Prices


def price_in_tokens(seconds: int, token_minutes: int = 30) -> int:
    """T2: the price of so many charged seconds: 0 for none, else ⌈whole minutes / token_minutes⌉ and at least 1."""
    minutes = whole_minutes(seconds)
    return max(1, -(-minutes // token_minutes)) if seconds else 0


def price_in_minutes(seconds: int) -> int:
    """H2: the price of `seconds` of charged work in minutes, before the indivisible part of a lot (H1) is looked at."""
    return whole_minutes(seconds)


def split_free(seconds: int, free_seconds: int) -> FreeSplit:
    """F1–F3: how much of `seconds` the free time of this ticket pays, and the rest.

    Free time is reserved in whole minutes and is used up to its last second before anything else is; what is spent of
    it is cut down to whole minutes, the started one is released. So 9:40 of 15:00 spend 9; 6:40 of 6:00 spend 6 and
    leave 40 seconds, which are a chargeable rest and cost a token (T2). The rest is a fresh count (F3): nothing of the
    free time counts towards the token.
    """
    whole_minutes(seconds)
    free = min(seconds, free_seconds)
    return FreeSplit(whole_minutes(free), seconds - free)


def price_of_ticket(
    seconds: int,
    *,
    free_seconds: int = 0,
    unit: Unit | None = None,
    token_minutes: int = 30,
    tokens_held: int = 0,
    minutes_held: int = 0,
    least_minutes: int = 0,
) -> Price:
    """T2, H1, H2, H5, F1–F3: the price of a ticket of W = `seconds`: its free time first, the rest in `unit`.

    `unit` minute: to the minute, and `least_minutes` at least once a second was charged (H1, see `indivisible`). With
    `tokens_held` as well units are mixed by consent, see `price_mixed`. `unit` None: nothing but free time pays. Then
    more work than it covers is a mistake, ValueError, because `meter` would have offered it. A ticket under a
    subscription has no price and is not asked about here (S1).
    """
    free_minutes_spent, rest = split_free(seconds, free_seconds)
    if unit == "token":
        return Price(free_minutes_spent, tokens=price_in_tokens(rest, token_minutes))
    if unit == "minute" and tokens_held:
        tokens, minutes = price_mixed(rest, tokens_held, minutes_held, token_minutes)
        return Price(free_minutes_spent, tokens, minutes)
    if unit == "minute":
        return Price(free_minutes_spent, minutes=max(least_minutes, price_in_minutes(rest)) if rest else 0)
    if rest:
        raise ValueError(f"nothing pays for {rest} seconds")
    return Price(free_minutes_spent)


def price_mixed(seconds: int, tokens_held: int, minutes_held: int, token_minutes: int = 30) -> tuple[int, int]:
    """H5: tokens and minutes for `seconds`, whatever was reserved first: tokens cover their minutes in full, the rest
    runs in minutes if there are as many, else one more token covers it. H1 is considered used.
    """
    tokens = min(tokens_held, whole_minutes(seconds) // token_minutes)
    minutes = whole_minutes(seconds) - tokens * token_minutes
    return (tokens, minutes) if minutes <= minutes_held else (tokens + 1, 0)


def indivisible(first_reserved: int, of_first_lot: int, *, is_first_on_lot: bool, per: IndivisiblePer = "lot") -> int:
    """H1: the minutes that a ticket costs at least, from what its first reservation took: 30, or what it could.

    ⚙ indivisible_per lot: only the first ticket on a pack of hours, and at most what that pack gave it
    (`of_first_lot`); whether it is first (`is_first_on_lot`) is decided when it reserves, so that the price of one that
    is open already never changes. ⚙ ticket: every ticket.
    """
    if per == "ticket":
        return min(INDIVISIBLE_MINUTES, first_reserved)
    return min(INDIVISIBLE_MINUTES, of_first_lot) if is_first_on_lot else 0


def price_after_correction(price_at_closing: int, price_now: int) -> int:
    """T14: the price once time of a closed ticket was changed: more is offered, less is given back."""
    return min(price_at_closing, price_now)


# Paid time


def paid_seconds(*, free_minutes: int = 0, tokens: int = 0, minutes: int = 0, token_minutes: int = 30) -> int:
    """T4, F2, H4: the seconds of work that these reserved units pay for."""
    return (free_minutes + tokens * token_minutes + minutes) * 60


def limits_of(paid_times: Iterable[Limit]) -> list[Limit]:
    """T4: the steps of what is paid in all, for `meter`, from grants of (at, seconds *more*) in any order.

    What a closed ticket released is a grant of less: after a reopening (T8) the count goes on with what it has used.
    """
    grants = sorted(paid_times)
    return list(zip((at for at, _ in grants), accumulate(seconds for _, seconds in grants), strict=True))


def meter(stretches: Sequence[Stretch], limits: Sequence[Limit], *, already: Iterable[Stretch] = ()) -> list[Stretch]:
    """T4: cuts worked stretches exactly where paid time ends; what lies beyond is *offered* and stays so.

    `limits` are steps (at, seconds paid in all from then on), growing with each consent and falling where a closed
    ticket released what it had not used; before the first nothing is paid. A moment is paid if at every later one the
    charged time so far is at most what was paid so far; so the order in which time is recorded changes nothing. Time
    runs once however many agents work (T2): at a paid moment the work of all of them is charged, at an unpaid one the
    work of all is offered. Consent pays for what is worked after it, never for what was offered before.

    Comes back: the parts, in the order of the stretches and of time. Stretches that are not chargeable (T3) or
    offered before pass through whole and use up nothing.

    `already`: parts stored by earlier calls. They stay as they are, and work beside a charged moment is charged with
    it at no further cost. One that was corrected away has used up paid time until then (`counted_until`): what was
    offered meanwhile is not charged because of the correction.
    """
    if any(after < before for (before, _), (after, _) in pairwise(limits)):
        raise ValueError("what is paid is told in order of time")
    already = list(already)
    counted, working = spans_of(already), spans_of(stretches)
    gone = [one for one in already if one.counted_until and one.chargeable and not one.offered]
    moments = {moment for span in (*counted, *working) for moment in span} | {at for at, _ in limits}
    moments |= {moment for one in gone for moment in (one.start, one.end, one.counted_until or one.end)}
    pieces = list(pairwise(sorted(moments)))
    # From which moment on another charged second of each piece costs something; None: never, it is charged already.
    costs_from = [
        None if _lies_in(start, counted) else max((start, *_until(start, gone))) for start, _end in pieces
    ]  # fmt: skip
    room = _room(pieces, costs_from, limits)
    unpaid: list[Span] = []
    for (start, end), since in zip(pieces, costs_from, strict=True):
        if since is None or not _lies_in(start, working):
            continue
        later = [place for place, (begins, _) in enumerate(pieces) if begins >= since] + [len(pieces)]
        paid = max(NOTHING, min(end - start, *(room[place] for place in later)))
        for place in later:
            room[place] -= paid
        if paid < end - start:
            unpaid.append((start + paid, end))
    return [part for stretch in stretches for part in _parts_of(stretch, _laid_together(unpaid))]


def _room(
    pieces: Sequence[Span], costs_from: Sequence[datetime.datetime | None], limits: Sequence[Limit]
) -> list[datetime.timedelta]:
    """What was paid and not used at the end of each piece, and now."""
    room = []
    for begins, _end in (*pieces, (datetime.datetime.max.replace(tzinfo=datetime.UTC), None)):
        used = (
            end - start
            for (start, end), since in zip(pieces, costs_from, strict=True)
            if start <= begins and (since is None or begins < since)
        )
        room.append(_paid_at(begins, limits) - sum(used, NOTHING))
    return room


def _until(moment: datetime.datetime, gone: Iterable[Stretch]) -> Iterator[datetime.datetime]:
    """Until when the stretches of this moment counted that were corrected away since."""
    return (one.counted_until for one in gone if one.counted_until and one.start <= moment < one.end)


def _lies_in(moment: datetime.datetime, spans: Iterable[Span]) -> bool:
    return any(start <= moment < end for start, end in spans)


def _paid_at(moment: datetime.datetime, limits: Sequence[Limit]) -> datetime.timedelta:
    return next((seconds * SECOND for at, seconds in reversed(limits) if at <= moment), NOTHING)


def _parts_of(stretch: Stretch, unpaid: Iterable[Span]) -> Iterator[Stretch]:
    """The stretch, if it is charged, cut into charged and offered parts; `unpaid` is in order of time."""
    charged_from = stretch.start
    for start, end in unpaid if stretch.is_charged else ():
        offered_from, offered_to = max(start, stretch.start), min(end, stretch.end)
        if offered_from >= offered_to:
            continue
        if charged_from < offered_from:
            yield replace(stretch, start=charged_from, end=offered_from)
        yield replace(stretch, start=offered_from, end=offered_to, offered=True)
        charged_from = offered_to
    if charged_from < stretch.end or stretch.start == stretch.end:
        yield replace(stretch, start=charged_from)


def clock_stops_at(used_seconds: int, paid: int, running_since: datetime.datetime) -> datetime.datetime:
    """T4, F3: when the chargeable clock that runs since then stops; `used_seconds` of `paid` were used before.

    At once if nothing is left. With several agents at work give the instant since which anybody has worked without a
    break.
    """
    return running_since + max(0, paid - used_seconds) * SECOND


def warning_at(
    used_seconds: int, paid: int, running_since: datetime.datetime, *, warn_seconds: int = 300
) -> datetime.datetime:
    """T4, F3: when agent and customer are warned, 5 min before the clock stops (25, 55, …); at once if less is left."""
    return max(running_since, clock_stops_at(used_seconds, paid, running_since) - warn_seconds * SECOND)


# Reserving and consent


def units_to_reserve(unit: Unit, reserved: int, ceiling: int) -> int:
    """T1, T4, H4: how many more units are reserved now without asking, beside `reserved`; 0 at the ceiling.

    Tokens: one at a time. Minutes: 30 at opening, then 15 at a time, never past the ceiling. Where the lots have
    less, what they have is taken.
    """
    step = 1 if unit == "token" else 15 if reserved else 30
    return max(0, min(step, ceiling - reserved))


def may_consent(person_id: int, *, asked_by: int, is_holder: bool) -> bool:
    """T4: a further token, or more minutes (H4), are consented to by the person who asked, or by a holder."""
    return is_holder or person_id == asked_by


def waits_until(
    waiting_since: datetime.datetime,
    zone: ZoneInfo,
    *,
    was_covered: bool,
    wait_for_cover_days: int = 7,
    wait_without_cover_days: int = 30,
) -> datetime.datetime:
    """T5, T15: when a ticket that waits for cover closes, that many days later, exclusive.

    ⚙ wait_for_cover_days if it had cover that is used up (T5: at what it has cost), else ⚙ wait_without_cover_days
    (T15: at 0). The days count from the date since which it waits, not from the reminder.
    """
    days = wait_for_cover_days if was_covered else wait_without_cover_days
    return calendar.within_days_end(calendar.date_on(waiting_since, zone), days, zone)


def propose(choices: Iterable[Choice]) -> list[Choice]:
    """S9, F2, H5: the ways to pay in the order in which they are proposed; the person may take another.

    The subscription, then free minutes, then what expires first; of two that expire on the same day tokens, which are
    counted in fewer and dearer units, and what never expires last.
    """
    first = {"subscription": 0, "trial": 1}
    return sorted(
        choices,
        key=lambda choice: (first.get(choice.means, 2), choice.last_day or datetime.date.max, choice.means != "tokens"),
    )


def means_of_mail(*, is_known: bool, customers: int, ways: Sequence[Means]) -> Means | None:
    """T15, P4: what a question that came by mail reserves: something only if nobody has to be asked. None: ask.

    `is_known`: the sender's address is that of a person and was not forged; `customers`: how many they may ask for;
    `ways`: what could pay for it there. With two ways the person chooses (H5, F2), with none it waits for cover.
    """
    return ways[0] if is_known and customers == 1 and len(ways) == 1 else None


def trial_refusal(
    *, had_trial: bool, has_purchased: bool, email_verified: bool, contact_known: bool, granted_by_desk: bool = False
) -> TrialRefusal | None:
    """F1, F4: why a customer gets no free minutes, None if they do.

    Once per customer, before the first purchase, with a verified e-mail address, and not if the same address or phone
    (`people.rules`) had a trial for another customer. The desk may grant it by hand over the last reason only. That a
    contact is known is told to nobody who has not shown that the address is theirs.
    """
    if had_trial:
        return "had_trial"
    if has_purchased:
        return "has_purchased"
    if not email_verified:
        return "email_not_verified"
    return "contact_known" if contact_known and not granted_by_desk else None
