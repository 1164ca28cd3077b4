"""Several tickets of one customer and two agents, told moment by moment from docs/rules.md, apart from the program.

Time passes in ticks. What is worked in a tick is charged when it comes, or it is offered for ever; who writes it down,
and when, changes nothing. Whatever is taken from a ticket later (a correction, a kind said anew) is taken from then on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

TICK = 10  # seconds
MINUTE = 60 // TICK
TOKEN = 30 * MINUTE


@dataclass
class Session:
    """Worked ticks of one agent on one ticket, each with whether it was offered; `charges` unless of a free kind."""

    ticks: list[int]
    offered: set[int]
    charges: bool

    def charged(self) -> set[int]:
        return {tick for tick in self.ticks if tick not in self.offered} if self.charges else set()


@dataclass
class Clock(Session):
    ticket: "Ticket"
    stands: bool = False
    goes_on: bool = False


@dataclass
class Ticket:
    """One question, with what pays for it. Times are ticks, units are units."""

    opened: int
    kind: str  # that was chosen: tokens, minutes, or nothing
    wants_free: bool = False
    asked: bool = False  # split off: only the answer covers it (T6)
    ceiling: dict[str, int] = field(default_factory=lambda: {"tokens": 0, "minutes": 0})
    had: dict[str, int] = field(default_factory=lambda: {"tokens": 0, "minutes": 0})
    last: str = ""
    free: int = 0  # ticks of its work that free minutes pay
    free_minutes: int = 0  # reserved or spent
    ever_free: bool = False
    least: int = 0
    paid: int = 0
    state: str = "waiting"
    for_units: bool = False
    since: int = 0
    charged: set[int] = field(default_factory=set)
    gone: dict[int, int] = field(default_factory=dict)  # ticks that counted once, and until when they did
    sessions: list[Session] = field(default_factory=list)
    paid_at: list[int] = field(default_factory=list)  # of each tick since it was opened: what was paid, what was used
    used_at: list[int] = field(default_factory=list)
    merged: list["Merged"] = field(default_factory=list)
    is_merged: bool = False
    merged_into: "Ticket | None" = None
    was_waived: bool = False
    price: tuple[int, int, int] = (0, 0, 0)  # free minutes, tokens, minutes

    @property
    def used(self) -> int:
        return len(self.charged)

    def paid_at_all(self) -> bool:
        """Whether anything ever paid for it."""
        return self.ever_free or bool(self.last)


@dataclass(frozen=True)
class Merged:
    """Work of another ticket: its ticks beyond free ones, what it costs at least (H1), what it still pays."""

    ticks: int
    least: int
    kept: int


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for parts in partitions(rest):
        yield [[first], *parts]
        for place, part in enumerate(parts):
            yield [*parts[:place], [first, *part], *parts[place + 1 :]]


def price_of(ticks: int, unit: str, least: int) -> int:
    """T2, H1, H2."""
    minutes = ticks * TICK // 60
    if not ticks:
        return 0
    return max(1, -(-minutes // 30)) if unit == "tokens" else max(least, minutes)


@cache
def price_together(items: tuple[tuple[int, int], ...], unit: str) -> int:
    """T10: merging never costs more, in whichever order: the lowest sum over all ways to lay them together. Of each its
    ticks, and what it costs at least by itself (H1).
    """
    worked = [one for one in items if one[0]]
    ways = partitions(list(range(len(worked))))
    return min(sum(_summed([worked[place] for place in part], unit) for part in parts) for parts in ways)


def _summed(part: list[tuple[int, int]], unit: str) -> int:
    return price_of(sum(ticks for ticks, _ in part), unit, max(least for _, least in part))


class Household:
    def __init__(self, *, free: int = 0, tokens: int = 0, minutes: int = 0) -> None:
        self.now = 0
        # F1: free minutes are there for who asks before the first purchase.
        self.may_try = not (free or tokens or minutes)
        self.free, self.units = free, {"tokens": tokens, "minutes": minutes}
        self.tickets: list[Ticket] = []
        self.clocks: dict[int, Clock] = {}
        self.bearer: Ticket | None = None  # of the first minutes of the pack (H1)

    # What pays

    def take(self, ticket: Ticket) -> bool:
        first = ticket.last or ticket.kind or "tokens"
        order = ("minutes", "tokens") if first == "minutes" else ("tokens", "minutes")
        return any(self._take(ticket, unit) for unit in order)

    def _take(self, ticket: Ticket, unit: str) -> bool:
        step = 1 if unit == "tokens" else 15 if ticket.had["minutes"] else 30
        wanted = min(step, ticket.ceiling[unit] - ticket.had[unit], self.units[unit])
        if wanted <= 0:
            return False
        if unit == "minutes" and not ticket.had["minutes"]:
            ticket.least = 0 if ticket.had["tokens"] or self.bearer not in (None, ticket) else min(30, wanted)
        if unit == "minutes":
            self.bearer = self.bearer or ticket
        self.units[unit] -= wanted
        ticket.had[unit] += wanted
        ticket.last = unit
        ticket.paid += wanted * (TOKEN if unit == "tokens" else MINUTE)
        return True

    def take_free(self, ticket: Ticket) -> bool:
        if not self.free:
            return False
        ticket.ever_free = True
        ticket.free_minutes, ticket.free, ticket.paid = (
            ticket.free_minutes + self.free, ticket.free + self.free * MINUTE, ticket.paid + self.free * MINUTE,
        )  # fmt: skip
        self.free = 0
        return True

    def cover(self, ticket: Ticket, *, is_covered: bool) -> None:
        if is_covered:
            ticket.state = "covered"
        else:
            if ticket.state != "waiting":
                ticket.since = self.now
            ticket.state = "waiting"
            ticket.for_units = not any(self.units.values()) and not ticket.asked
            for clock in self.clocks.values():
                clock.stands |= clock.ticket is ticket and clock.charges and not clock.goes_on

    def settle(self, ticket: Ticket) -> None:
        """What is paid has been used up: what was agreed to is taken, else it waits; or what was used is less (T14)."""
        while ticket.state == "covered" and ticket.used >= ticket.paid:
            self.cover(ticket, is_covered=self.take(ticket))
        if ticket.state == "waiting" and ticket.used < ticket.paid:
            self.cover(ticket, is_covered=True)

    # Time

    def pass_time(self, ticks: int) -> None:
        for _ in range(ticks):
            for ticket in self.tickets:
                works = [one for one in self.clocks.values() if one.ticket is ticket and one.charges and not one.stands]
                if works and ticket.state == "covered":
                    ticket.charged.add(self.now)
                for clock in works:
                    clock.ticks.append(self.now)
                    if self.now not in ticket.charged:
                        clock.offered.add(self.now)
                ticket.paid_at.append(ticket.paid)
                ticket.used_at.append(ticket.used)
            for clock in self.clocks.values():
                if not clock.charges:
                    clock.ticks.append(self.now)
            self.now += 1
            for ticket in self.tickets:
                self.settle(ticket)

    def late(self, ticket: Ticket, ticks: list[int]) -> set[int]:
        """T4: which of these are paid: as far as at every later moment what was used by then was paid by then."""
        found = set()
        for tick in ticks:
            index = tick - ticket.opened
            if tick in ticket.charged:
                found.add(tick)
                continue
            since = max(index, ticket.gone.get(tick, 0) - ticket.opened)
            room = [paid - used for paid, used in zip(ticket.paid_at[since:], ticket.used_at[since:], strict=True)]
            if index >= 0 and min([*room, ticket.paid - ticket.used]) > 0:
                ticket.charged.add(tick)
                found.add(tick)
                for later in range(since, len(ticket.used_at)):
                    ticket.used_at[later] += 1
        return found

    def recount(self, ticket: Ticket) -> None:
        """Something was taken from its work: from now on it counts no more."""
        works = [*ticket.sessions, *(clock for clock in self.clocks.values() if clock.ticket is ticket)]
        charged: set[int] = set().union(*(one.charged() for one in works))
        ticket.gone.update(dict.fromkeys(ticket.charged - charged, self.now))
        ticket.charged = charged

    # What people do; each says whether it could be done

    def open(self, kind: str, then: str = "", *, ceiling: int = 0, asked: bool = False) -> bool:
        unit = then or (kind if kind != "trial" else "")
        ticket = Ticket(
            self.now,
            "" if unit == "none" else unit,
            wants_free=kind == "trial" or (kind == "none" and not asked),
            asked=asked,
        )
        if ticket.kind:
            ticket.ceiling[unit] = ceiling or (1 if unit == "tokens" else 60)
        ticket.since = self.now
        self.tickets.append(ticket)
        if kind == "trial" and self.may_try:
            self.free, self.may_try = 15, False
        self.cover(ticket, is_covered=(kind == "trial" and self.take_free(ticket)) or self.take(ticket))
        return True

    def start(self, agent: int, ticket: Ticket, *, charges: bool = True) -> bool:
        if agent in self.clocks or ticket.state == "ended" or (charges and ticket.state == "waiting"):
            return False
        self.clocks[agent] = Clock([], set(), charges, ticket)
        return True

    def go_on(self, agent: int) -> None:
        self.clocks[agent].goes_on = True

    def halt(self, agent: int) -> None:
        self.clocks[agent].stands = True

    def stop(self, agent: int, *, charges: bool | None = None) -> None:
        clock = self.clocks.pop(agent)
        self._keep(clock, clock.charges if charges is None else charges)
        self.settle(clock.ticket)

    def _keep(self, clock: Clock, charges: bool) -> None:
        if not clock.ticks:
            return
        offered = set(clock.offered)
        if charges and not clock.charges:
            offered = set(clock.ticks) - self.late(clock.ticket, clock.ticks)
        ticket = clock.ticket
        runs = _runs(clock.ticks, offered if charges else set())
        ticket.sessions += [Session(run, set(run) & offered if charges else set(), charges) for run in runs]
        self.recount(ticket)

    def record(self, ticket: Ticket, ticks: list[int], *, charges: bool) -> None:
        offered: set[int] = set()
        if charges:
            offered = set(ticks) - (self.late(ticket, ticks) if ticket.state != "ended" else set())
        ticket.sessions += [Session(run, set(run) & offered, charges) for run in _runs(ticks, offered)]
        self.settle(ticket)

    def correct(self, ticket: Ticket, session: Session, kept: int, *, charges: bool) -> None:
        """T14: shorter, or free of charge."""
        place = ticket.sessions.index(session)
        session = Session(session.ticks[:kept], session.offered & set(session.ticks[:kept]), charges)
        ticket.sessions[place] = session
        self.recount(ticket)
        if ticket.state == "ended":
            self._lower(ticket)
        else:
            self.settle(ticket)

    def agree(self, ticket: Ticket, unit: str, upto: int) -> bool:
        return self._say(ticket, unit, max(upto, ticket.ceiling[unit]))

    def stop_at(self, ticket: Ticket, unit: str, upto: int) -> bool:
        return self._say(ticket, unit, upto)

    def _say(self, ticket: Ticket, unit: str, upto: int) -> bool:
        if ticket.state == "ended":
            return False
        if ticket.state == "covered":
            ticket.ceiling[unit] = upto
            return True
        before, last = ticket.ceiling[unit], ticket.last
        ticket.ceiling[unit] = upto
        if upto > ticket.had[unit]:
            ticket.last = unit
            if not self.take(ticket):
                ticket.last = last
                if upto >= before:
                    ticket.ceiling[unit] = before
                    return False
            else:
                self.cover(ticket, is_covered=True)
        if ticket.state == "waiting":
            self.cover(ticket, is_covered=False)
        self.settle(ticket)
        return True

    def buy(self, unit: str, quantity: int) -> None:
        """T5, T15, T6: what waits because there was nothing takes what came, in the kind that was agreed to."""
        self.units[unit] += quantity
        self.may_try = False
        waiting = [one for one in self.tickets if one.state == "waiting"]
        for ticket in sorted(waiting, key=lambda one: one.since):
            is_fresh = not ticket.paid_at_all()
            if is_fresh and ticket.wants_free and self.take_free(ticket):
                self.cover(ticket, is_covered=True)
                continue
            agreed = [kind for kind, upto in ticket.ceiling.items() if upto]
            if ticket.asked and not agreed:
                continue
            came = unit if self.units[unit] else ""
            if (ticket.for_units or is_fresh) and came and (not agreed or unit in agreed) and not (is_fresh and agreed):
                step = 1 if unit == "tokens" else min(15 if ticket.had[unit] else 30, self.units[unit])
                usual = 1 if unit == "tokens" else 60
                if not ticket.had[unit]:
                    ticket.ceiling[unit] = max(ticket.ceiling[unit], usual)
                elif ticket.ceiling[unit] <= ticket.had[unit]:
                    ticket.ceiling[unit] = ticket.had[unit] + step
            if self.take(ticket):
                self.cover(ticket, is_covered=True)
                self.settle(ticket)

    def close(self, ticket: Ticket, *, waived: bool = False) -> bool:
        if ticket.state == "ended":
            return False
        self._record_clocks(ticket)
        ticket.was_waived = waived and ticket.used > 0
        worked = 0 if waived else ticket.used
        price = self.price_now(ticket, worked)
        self._end(ticket, price, worked)
        return True

    def reopen(self, ticket: Ticket) -> bool:
        if ticket.state != "ended" or ticket.is_merged:
            return False
        if ticket.was_waived:
            for session in ticket.sessions:
                session.offered = set(session.ticks) if session.charges else set()
            self.recount(ticket)
        if ticket.ever_free or (ticket.wants_free and not ticket.paid_at_all()):
            self.take_free(ticket)
        ticket.since = self.now
        is_covered = ticket.used < ticket.paid or self.take(ticket)
        self.cover(ticket, is_covered=is_covered)
        self.settle(ticket)
        return True

    def merge(self, source: Ticket, target: Ticket) -> bool:
        """T10. Merged with it already: nothing changes."""
        if source.merged_into is target and source is not target:
            return True
        if source is target or source.is_merged or target.is_merged or source.merged or target.state == "ended":
            return False
        kinds = [
            {kind for kind, units in one.had.items() if units} or ({"trial"} if one.free else set())
            for one in (source, target)
        ]
        if kinds[0] and (kinds[0] != kinds[1] or len(kinds[0]) > 1):
            return False
        self._record_clocks(source)
        was = source.price if source.state == "ended" else self.price_now(source, source.used)
        unit = "minutes" if target.had["minutes"] else "tokens"
        ticks = max(0, source.used - source.free) if was[1] or was[2] else 0
        held = target.had[unit] + sum(one.kept for one in target.merged)
        both = [*target.merged, Merged(ticks, source.least, 0)]
        kept = max(0, self._together(target, target.used, both, unit) - held)
        target.merged.append(Merged(ticks, source.least, kept))
        bears = self.bearer is source
        price = (was[0], kept if unit == "tokens" else 0, kept if unit == "minutes" else 0)
        self._end(source, price, source.used)
        if bears and self.bearer is None and target.had["minutes"]:
            self.bearer = target
        source.is_merged, source.merged_into = True, target
        target.paid = max(target.used, self._payable(target))
        self.settle(target)
        return True

    # Prices

    def _together(self, ticket: Ticket, used: int, merged: list[Merged], unit: str) -> int:
        rest = max(0, used - ticket.free)
        return price_together(((rest, ticket.least), *((one.ticks, one.least) for one in merged)), unit)

    def _payable(self, ticket: Ticket) -> int:
        """How long may be worked on it with what it and those merged with it hold."""
        unit = "minutes" if ticket.had["minutes"] else "tokens"
        length = MINUTE if unit == "minutes" else TOKEN
        held = ticket.had[unit] + sum(one.kept for one in ticket.merged)
        if ticket.had["minutes"] and ticket.had["tokens"]:
            return ticket.free + ticket.had["minutes"] * MINUTE + ticket.had["tokens"] * TOKEN
        best = 0
        for which in range(2 ** len(ticket.merged)):
            beside = [one for place, one in enumerate(ticket.merged) if which >> place & 1]
            apart = [one for place, one in enumerate(ticket.merged) if not which >> place & 1]
            rest = price_together(tuple((one.ticks, one.least) for one in apart), unit) if apart else 0
            best = max(best, (held - rest) * length - sum(one.ticks for one in beside))
        return ticket.free + best

    def price_now(self, ticket: Ticket, used: int) -> tuple[int, int, int]:
        free = min(used, ticket.free) * TICK // 60
        rest = max(0, used - ticket.free)
        tokens, minutes = ticket.had["tokens"], ticket.had["minutes"]
        if tokens and minutes:
            full = min(tokens, rest // TOKEN)
            left = (rest - full * TOKEN) * TICK // 60
            return (free, full, left) if left <= minutes else (free, full + 1, 0)
        unit = "minutes" if minutes else "tokens"
        own = 0
        if tokens or minutes:
            own = self._together(ticket, used, ticket.merged, unit) - sum(one.kept for one in ticket.merged)
        return (free, 0, max(0, own)) if minutes else (free, max(0, own), 0)

    def _end(self, ticket: Ticket, price: tuple[int, int, int], used: int) -> None:
        self.free += ticket.free_minutes - price[0]
        for unit, spent in (("tokens", price[1]), ("minutes", price[2])):
            self.units[unit] += ticket.had[unit] - spent
            ticket.had[unit] = spent
        ticket.free_minutes, ticket.free = price[0], min(used, ticket.free)
        if self.bearer is ticket and not ticket.had["minutes"]:
            self.bearer = None
        ticket.paid = min(ticket.paid, max(used, self._payable(ticket)))
        ticket.price, ticket.state = price, "ended"

    def _lower(self, ticket: Ticket) -> None:
        """T14."""
        if ticket.price == (0, 0, 0):
            return
        has_units = any(ticket.had.values())
        now = self.price_now(ticket, ticket.used if has_units else min(ticket.used, ticket.free))
        price = (min(ticket.price[0], now[0]), min(ticket.price[1], now[1]), min(ticket.price[2], now[2]))
        if price != ticket.price:
            self._end(ticket, price, ticket.used)

    def _record_clocks(self, ticket: Ticket) -> None:
        for agent, clock in list(self.clocks.items()):
            if clock.ticket is ticket:
                self.stop(agent)


def _runs(ticks: list[int], offered: set[int]) -> list[list[int]]:
    """Consecutive ticks that are offered, or are not."""
    runs: list[list[int]] = []
    for tick in ticks:
        if runs and runs[-1][-1] == tick - 1 and (tick in offered) == (tick - 1 in offered):
            runs[-1].append(tick)
        else:
            runs.append([tick])
    return runs
