"""What can pay for a ticket, and how much of its time is paid."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from carnet.kernel import calendar
from carnet.ledger import queries as ledger
from carnet.ledger.journal import Account
from carnet.ledger.models import Lot
from carnet.ledger.rules import FREE, Unit
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider
from carnet.work.models import Cover, IndivisiblePart, MergedTime, PaidTime
from carnet.work.queries import trials
from carnet.work.rules import consent, merging, metering, prices, time_worked, ways_to_pay
from carnet.work.rules import trials as trial_rules

UNITS: dict[Cover.Means, Unit] = {Cover.Means.TOKENS: "token", Cover.Means.MINUTES: "minute"}  # that pay (F1: apart)
PAID_MEANS = tuple(UNITS)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to pay for a ticket, as it is shown before sending: what it reserves, what it covers and costs at
    most, what is left.

    `lot` pays the first units, or is the trial; None for a trial that opening will make. `then` are the units that
    follow the free minutes. Units of `left` are those that this person may draw once the ticket is opened: of the lot
    itself, and of all of that kind.
    """

    means: Cover.Means
    then: str = ""
    lot: Lot | None = None
    last_day: datetime.date | None = None
    free_minutes: int = 0
    reserved: int = 0  # tokens or minutes, taken from what can be used now
    ceiling: int = 0  # T4, H4: as many at most without asking again, if nothing else is said
    least_minutes: int = 0  # H1
    token_minutes: int = 30
    lot_left: int = 0
    left: int = 0

    @property
    def code(self) -> str:
        """What a form sends: `trial`, `trial_then_tokens`, `trial_then_minutes`, `tokens`, `minutes`, `none`."""
        return f"{self.means}_then_{self.then}" if self.then else str(self.means)

    @property
    def unit_means(self) -> str:
        """Which units it takes beside free minutes: `tokens`, `minutes`, or none."""
        return self.then or (self.means if self.means in (Cover.Means.TOKENS, Cover.Means.MINUTES) else "")

    @property
    def minutes_covered(self) -> int:
        """How long can be worked before anybody is asked again."""
        units = min(self.ceiling, self.left + self.reserved)
        per_unit = self.token_minutes if self.unit_means == Cover.Means.TOKENS else 1
        return self.free_minutes + units * per_unit


@dataclass(frozen=True, slots=True)
class UnitsOffered:
    """Units that a ticket could take next, if somebody who may agrees (T4, H4): of which lot first, how many, and the
    ceiling to agree to. `is_other_kind`: it would mix tokens and minutes (H5).
    """

    means: str
    lot: Lot
    step: int
    ceiling: int
    left: int
    is_other_kind: bool


def choices(*, customer: Customer, person: Person, at: datetime.datetime) -> list[Choice]:
    """F2, H4, H5, L7: what this person may pay a ticket with, in proposed order, the first one preselected.

    Free minutes come first, alone and with consent to what comes after them; then tokens or minutes, what expires
    first. With nothing to draw there is one choice, `none`: the question is kept as waiting for cover (T15).
    """
    paying = [
        choice
        for means, unit in UNITS.items()
        if (choice := _paying_choice(means, ledger.drawable(customer, person, unit, at)))
    ]
    ways = {str(choice.means): choice for choice in paying}
    proposed = ways_to_pay.propose(ways_to_pay.UsableMeans(_means(choice), choice.last_day) for choice in paying)
    order = [ways[choice.means] for choice in proposed]
    free = _trial_choice(customer, person, at)
    if free:
        after = [
            replace(
                choice, means=free.means, then=choice.means, free_minutes=free.free_minutes, last_day=free.last_day,
                reserved=0, lot_left=choice.lot_left + choice.reserved, left=choice.left + choice.reserved,
            )
            for choice in order
        ]  # fmt: skip
        order = [free, *after, *order]
    return order or [Choice(means=Cover.Means.NONE)]


def _means(choice: Choice) -> ways_to_pay.Means:
    return "tokens" if choice.means == Cover.Means.TOKENS else "minutes"


def _paying_choice(means: Cover.Means, drawable: list[ledger.Drawable]) -> Choice | None:
    if not drawable:
        return None
    first, reachable, ceiling = drawable[0], sum(one.units for one in drawable), usual_ceiling(means)
    unit: Unit = "token" if means == Cover.Means.TOKENS else "minute"
    reserved = min(reachable, consent.units_to_reserve(unit, 0, ceiling))
    of_first = min(reserved, first.units)
    least = 0
    if unit == "minute":
        is_first = first.lot.origin == Lot.Origin.PURCHASED and not IndivisiblePart.objects.filter(lot=first.lot)
        least = prices.indivisible(
            reserved, of_first, is_first_on_lot=bool(is_first), per=provider.setting("indivisible_per")
        )
    return Choice(
        means=means, lot=first.lot, last_day=first.lot.last_day, reserved=reserved, ceiling=ceiling,
        least_minutes=least, token_minutes=first.lot.token_minutes, lot_left=first.units - of_first,
        left=reachable - reserved,
    )  # fmt: skip


def usual_ceiling(means: str) -> int:
    """⚙ token_ceiling (T4), ⚙ minute_ceiling (H4): how much is taken without asking if nothing else was said."""
    ceiling: int = provider.setting("token_ceiling" if means == Cover.Means.TOKENS else "minute_ceiling")
    return ceiling


def ceiling(cover: Cover, means: str) -> int:
    """T4, H4: up to how many tokens, or minutes, this cover takes without asking; 0: none of that kind."""
    return cover.token_ceiling if means == Cover.Means.TOKENS else cover.minute_ceiling


def must_be_agreed_to(cover: Cover) -> bool:
    """T6: whether it takes no unit, neither one that is there nor one that comes, until somebody has agreed."""
    return cover.asks_first and not any(ceiling(cover, means) for means in PAID_MEANS)


def units_had(cover: Cover) -> dict[Cover.Means, int]:
    """The units that pay for it by now, reserved or spent: free minutes, tokens, minutes."""
    return had_by(PaidTime.objects.filter(cover=cover))


def had_by(paid: Iterable[PaidTime]) -> dict[Cover.Means, int]:
    """The same from the paid times of a cover, for who has them already."""
    had = dict.fromkeys((Cover.Means.TRIAL, Cover.Means.TOKENS, Cover.Means.MINUTES), 0)
    for time in paid:
        had[Cover.Means(time.means)] += time.units
    return had


def next_units(cover: Cover, had: Mapping[Cover.Means, int]) -> str:
    """What the cover takes without asking when its paid time ends: `tokens`, `minutes`, or nothing (T4, H4)."""
    minutes_first = cover.means == Cover.Means.MINUTES
    order = (Cover.Means.MINUTES, Cover.Means.TOKENS) if minutes_first else (Cover.Means.TOKENS, Cover.Means.MINUTES)
    return next((means.value for means in order if had[means] < ceiling(cover, means)), "")


def offers(
    cover: Cover,
    at: datetime.datetime,
    *,
    since: datetime.datetime | None = None,
    had: Mapping[Cover.Means, int] | None = None,
    account: Account | None = None,
) -> list[UnitsOffered]:
    """T4, H4, H5: what the cover's person could draw for it next, what expires first first; of the kind that pays
    already before the other.

    With `since`, only lots that came since then, and only of a kind that was agreed to, if any was (T15). `had` and the
    ledger's `account` spare what has been read.
    """
    had = units_had(cover) if had is None else had
    agreed = {means for means in PAID_MEANS if ceiling(cover, means)}
    found = []
    for means, other in (
        (Cover.Means.TOKENS, Cover.Means.MINUTES),
        (Cover.Means.MINUTES, Cover.Means.TOKENS),
    ):
        if since and agreed and means not in agreed:
            continue
        drawable = ledger.drawable(account or cover.customer, cover.person, UNITS[means], at)
        if since:
            drawable = [one for one in drawable if one.lot.activated_at >= since]
        if not drawable:
            continue
        left = sum(one.units for one in drawable)
        step = 1 if means == Cover.Means.TOKENS else min(left, 15 if had[means] else 30)
        upto = max(had[means] + step, 15 if means == Cover.Means.MINUTES else 1)
        mixes = had[other] > 0 and had[means] == 0
        found.append(UnitsOffered(means.value, drawable[0].lot, step, upto, left, mixes))
    return sorted(found, key=lambda one: (one.is_other_kind, one.lot.last_day or datetime.date.max))


def limits_by(paid: Iterable[PaidTime]) -> list[time_worked.Limit]:
    """T4: the steps of what is paid in all, for `metering.meter`, from the paid times of a cover."""
    return metering.limits_of((time.at, time.seconds) for time in paid)


def price(
    cover: Cover,
    used_seconds: int,
    *,
    had: Mapping[Cover.Means, int] | None = None,
    merged: Sequence[MergedTime] | None = None,
) -> prices.Price:
    """T2, H1–H5, F1–F3, T10: what the cover has to pay for so many charged seconds of its own work, that of merged
    tickets included as far as those do not pay for it. Who knows `had` and `merged` already spares two queries.
    """
    merged = list(MergedTime.objects.filter(cover=cover)) if merged is None else merged
    total = price_together(cover, used_seconds, merged, had=had)
    return prices.Price(
        total.free_minutes,
        max(0, total.tokens - sum(one.kept_tokens for one in merged)),
        max(0, total.minutes - sum(one.kept_minutes for one in merged)),
    )


def price_now(
    cover: Cover,
    used_seconds: int,
    *,
    had: Mapping[Cover.Means, int] | None = None,
    merged: Sequence[MergedTime] | None = None,
) -> prices.Price:
    """The price that stands on an ended cover; of another one, what it would be if it ended now."""
    if cover.has_ended:
        return prices.Price(cover.free_minutes_spent or 0, cover.price_tokens or 0, cover.price_minutes or 0)
    return price(cover, used_seconds, had=had, merged=merged)


def price_together(
    cover: Cover, used_seconds: int, merged: Sequence[MergedTime], *, had: Mapping[Cover.Means, int] | None = None
) -> prices.Price:
    """T10: the price of this cover's work and that of the merged ones together, whoever pays for it."""
    had = units_had(cover) if had is None else had
    tokens, minutes = had[Cover.Means.TOKENS], had[Cover.Means.MINUTES]
    works, unit = works_of(merged), _unit_of(merged)
    if not works:
        own: Unit | None = "minute" if minutes else "token" if tokens else None
        return prices.price_of_ticket(
            used_seconds, free_seconds=cover.free_seconds, unit=own, token_minutes=cover.token_minutes,
            tokens_held=tokens, minutes_held=minutes, least_minutes=cover.least_minutes,
        )  # fmt: skip
    free_minutes, rest = prices.split_free(used_seconds, cover.free_seconds)
    if minutes if unit == "token" else tokens:
        tokens, minutes = merging.price_mixed_and_merged(
            rest, works, unit, token_minutes=cover.token_minutes,
            tokens=tokens + sum(one.kept_tokens for one in merged),
            minutes=minutes + sum(one.kept_minutes for one in merged),
        )  # fmt: skip
        return prices.Price(free_minutes, tokens, minutes)
    together = merging.price_after_merging(
        [merging.Merged(rest, cover.least_minutes), *works], unit, cover.token_minutes
    )
    return prices.Price(free_minutes, *((together, 0) if unit == "token" else (0, together)))


def works_of(merged: Iterable[MergedTime]) -> list[merging.Merged]:
    """T10: merged work that units pay for, as the rules see it."""
    works = (merging.Merged(one.charged_seconds, one.least_minutes) for one in merged)
    return [work for work in works if work.seconds]


def _unit_of(merged: Iterable[MergedTime]) -> Unit:
    """Of what kind merged work costs: it is one kind, see `may_merge`."""
    return "minute" if any(one.price_minutes for one in merged) else "token"


def payable_with(
    merged: Sequence[MergedTime], *, tokens: int, minutes: int, token_minutes: int, free_seconds: int
) -> int:
    """T4, T8, T10: how long may be worked in all until the price passes what a cover with these units and those merged
    with it hold.
    """
    return free_seconds + merging.payable_seconds(
        works_of(merged),
        _unit_of(merged),
        tokens=tokens + sum(one.kept_tokens for one in merged),
        minutes=minutes + sum(one.kept_minutes for one in merged),
        token_minutes=token_minutes,
    )


def customers_to_cover(at: datetime.datetime) -> QuerySet[Customer]:
    """Customers with a question that waits for cover and units that came, came back or were opened to somebody since
    (T5, T15, L9).
    """
    day = calendar.date_on(at, provider.time_zone())
    ledger = "customer__ledger__"
    came = Q(waiting_since__lte=F(f"{ledger}last_at")) | Q(waiting_since__lte=F(f"{ledger}loosened_at"))
    waiting = Cover.objects.filter(came, customer=OuterRef("pk"), state=Cover.State.WAITING)
    units = Lot.objects.live_on(day).filter(customer=OuterRef("pk"), available__gt=0)
    return Customer.objects.filter(Exists(waiting), Exists(units)).order_by("pk")


def _trial_choice(customer: Customer, person: Person, at: datetime.datetime) -> Choice | None:
    """F1, F2: the free minutes that are left, or those that asking now would open."""
    left = ledger.drawable(customer, person, "minute", at, FREE)
    if left:
        lot = left[0].lot
        return Choice(means=Cover.Means.TRIAL, lot=lot, last_day=lot.last_day, free_minutes=left[0].units)
    if ledger.taker(customer, person) and trials.trial_refusal(customer=customer, person=person) is None:
        return Choice(means=Cover.Means.TRIAL, free_minutes=trial_rules.TRIAL_MINUTES)
    return None
