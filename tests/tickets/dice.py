"""Two agents and a customer who do what the dice say. Each history opens with something that happened to go wrong once
(cases J1 to J8), its lengths and orders drawn, and goes on at random.
"""

import random
from collections.abc import Callable

from tests.tickets.told import Told
from tests.work.household import MINUTE, TICK

Way = tuple[str, str]  # what was chosen for a question, and what is agreed to after free minutes
Purse = dict[str, int]

LENGTHS = [5, 40, 540, 600, 905, 915, 1200, 1500, 1800, 1830]  # seconds, cut down to ticks
OFTEN = {
    "start": 9, "pass": 9, "stop": 7, "halt": 2, "go_on": 4, "agree": 3, "stop_at": 2, "correct": 5, "record": 2,
    "close": 3, "reopen": 5, "merge": 4, "open": 3, "split": 1, "buy": 2,
}  # fmt: skip
SAID = [("tokens", 1), ("tokens", 2), ("tokens", 3), ("minutes", 30), ("minutes", 75)]
WAYS: list[Way] = [
    ("tokens", ""), ("tokens", ""), ("minutes", ""), ("trial", ""), ("trial", "tokens"), ("trial", "minutes"),
    ("none", ""),
]  # fmt: skip
ONCE = {"tokens": 1, "minutes": 30, "": 0}
TWICE = {"tokens": 2, "minutes": 60, "": 0}


class Dice:
    """What comes next."""

    def __init__(self, dice: random.Random, told: Told) -> None:
        self.dice, self.told = dice, told

    def step(self) -> None:
        dice, told, home = self.dice, self.told, self.told.home
        what = dice.choices(list(OFTEN), list(OFTEN.values()))[0]
        agent, number = dice.randrange(2), dice.randrange(len(home.tickets)) if home.tickets else 0
        clock = home.clocks.get(agent)
        if not home.tickets and what not in ("pass", "buy"):
            what = "open"
        if what in ("stop", "halt", "go_on"):
            if clock is None:
                return
            number = home.tickets.index(clock.ticket)
        if what in ("close", "reopen", "correct", "merge"):
            told.tell("pass", 1, False)  # `verify` tells endings apart by their moment
        match what:
            case "pass":
                self.passes(dice.choice(LENGTHS))
            case "start" if agent not in home.clocks:
                told.tell("start", agent, number, dice.random() < 0.85)
            case "go_on" if not clock.stands:
                told.tell("go_on", agent, number)
            case "halt":
                told.tell("halt", agent, number)
            case "stop":
                told.tell("stop", agent, number, dice.choice(["", "", "", "", "training", "chargeable"]))
            case "agree" | "stop_at":
                self._say(what, number)
            case "correct":
                self._correct(number)
            case "record":
                self._record(agent, number)
            case "close":
                told.tell("close", number, dice.random() < 0.15)
            case "reopen" if home.tickets[number].state == "ended" and not home.tickets[number].is_merged:
                told.tell("reopen", number)
            case "merge":
                told.tell("merge", dice.randrange(len(home.tickets)), number)
            case "open" if len(home.tickets) < 4:
                kind, then = dice.choice(WAYS)
                ceilings = {"tokens": dice.choice([0, 2, 3]), "minutes": dice.choice([0, 45, 75])}
                told.tell("open", kind, then, ceilings.get(then or kind, 0))
            case "split" if len(home.tickets) < 4:
                told.tell("split", number)
            case "buy":
                told.tell("buy", *dice.choice([("token", 1), ("token", 3)]))

    def _say(self, what: str, number: int) -> None:
        means, upto = self.dice.choice(SAID)
        ticket = self.told.home.tickets[number]
        mixes = any(units for kind, units in ticket.had.items() if kind != means)
        if not (mixes and (ticket.merged or self.dice.random() < 0.5)):
            self.told.tell(what, number, means, upto)

    def _correct(self, number: int) -> None:
        ticket = self.told.home.tickets[number]
        sessions = [one for one in ticket.sessions if one.ticks]
        if ticket.is_merged or not sessions:
            return
        session = self.dice.choice(sessions)
        kept = self.dice.choice([0, len(session.ticks), len(session.ticks) // 2, max(1, len(session.ticks) - 7)])
        charges = self.dice.random() < 0.6
        self.told.tell("correct", number, session.ticks[0], session.ticks[-1], kept, charges)

    def _record(self, agent: int, number: int) -> None:
        home = self.told.home
        if agent in home.clocks or home.tickets[number].is_merged or home.tickets[number].state == "ended":
            return
        ticks = self.dice.choice([3, 20, 10 * MINUTE, 25 * MINUTE])
        first = home.now - ticks - self.dice.choice([0, 18, 90, 240])
        busy = {tick for ticket in home.tickets for one in ticket.sessions for tick in one.ticks}
        if first < home.tickets[number].opened or busy & set(range(first, first + ticks)):
            return
        self.told.tell("record", agent, number, first, ticks, self.dice.random() < 0.8)

    # What an opening is made of

    def opens(self, way: Way, ceilings: dict[str, int] | None = None) -> None:
        kind, then = way
        unit = then or (kind if kind in ("tokens", "minutes") else "")
        self.told.tell("open", kind, then, (ceilings or ONCE)[unit])

    def passes(self, seconds: float) -> None:
        self.told.tell("pass", int(seconds) // TICK, self.dice.random() < 0.5)

    def works(self, seconds: float, number: int = 0) -> None:
        if seconds >= TICK:
            self.told.tell("start", 0, number, True)
            self.passes(seconds)
            self.told.tell("stop", 0, number, "")

    def comes_back(self) -> None:
        """Closed and reopened."""
        for what in (("close", 0, False), ("reopen", 0)):
            self.told.tell("pass", 1, False)
            self.told.tell(*what)  # type: ignore[arg-type]

    def lessens(self, kept: int, *, charges: bool) -> None:
        """The first session becomes shorter, or free of charge."""
        session = self.told.home.tickets[0].sessions[0]
        self.told.tell("pass", 1, False)
        self.told.tell("correct", 0, session.ticks[0], session.ticks[-1], kept or len(session.ticks), charges)


def two_at_once(dice: Dice, way: Way) -> None:
    """Case J1: clocks that run beside each other, one of which may stand still, stopped in any order."""
    dice.opens(way, TWICE)
    dice.told.tell("start", 0, 0, True)
    dice.passes(60 * dice.dice.choice([20, 30]))
    if dice.dice.random() < 0.5:
        dice.told.tell("halt", 0, 0)
    dice.told.tell("start", 1, 0, True)
    dice.passes(60 * dice.dice.choice([20, 25]))
    for agent in dice.dice.sample([0, 1], 2):
        dice.told.tell("stop", agent, 0, "")


def both_go_on(dice: Dice, way: Way) -> None:
    """Case J1: both work beyond what is paid, and who came later stops first."""
    dice.opens(way)
    dice.told.tell("start", 0, 0, True)
    dice.passes(60 * dice.dice.choice([20, 25]))
    dice.told.tell("start", 1, 0, True)
    for agent in (0, 1):
        dice.told.tell("go_on", agent, 0)
    dice.passes(60 * dice.dice.choice([30, 40]))
    for agent in (1, 0):
        dice.told.tell("stop", agent, 0, "")


def written_down_late(dice: Dice, way: Way) -> None:
    """Case J1: more was taken than counts by now, and some of it is said only later."""
    dice.opens(way, TWICE)
    dice.works(60 * dice.dice.choice([40, 50]))
    dice.lessens(0, charges=False)
    dice.works(60 * dice.dice.choice([30, 40]))
    dice.told.tell("record", 1, 0, dice.dice.choice([5, 10]) * MINUTE, 10 * MINUTE, True)


def several_merge(dice: Dice, way: Way) -> None:
    """Case J2: two or three tickets end in another one, which is closed."""
    sources = dice.dice.choice([2, 3])
    lengths = [60 * dice.dice.choice([20, 30]) for _ in range(sources)]
    for number, length in enumerate([*lengths, dice.dice.choice([0, 600])]):
        dice.opens(way)
        dice.works(length, number)
    for source in dice.dice.sample(range(sources), sources):
        dice.told.tell("pass", 1, False)
        dice.told.tell("merge", source, sources)
    dice.told.tell("pass", 1, False)
    dice.told.tell("close", sources, False)


def no_more(dice: Dice, way: Way) -> None:
    """Case J3: more is taken than is said to be enough later."""
    unit = way[1] or way[0]
    dice.opens(way, TWICE)
    dice.works(dice.dice.choice([1830, 1860, 2400]) + (900 if way[0] == "trial" else 0))
    dice.told.tell("stop_at", 0, unit, ONCE[unit])
    dice.comes_back()


def nothing_used(dice: Dice, way: Way) -> None:
    """Case J4: no free minute was used, or none counts any more."""
    dice.opens(way)
    if dice.dice.random() < 0.5:
        dice.works(dice.dice.choice([300, 600]))
        dice.lessens(0, charges=False)
    dice.comes_back()


def split_off(dice: Dice, way: Way) -> None:
    """Case J5: nobody answers, and units are bought."""
    dice.opens(way)
    dice.told.tell("split", 0)
    dice.passes(dice.dice.choice(LENGTHS))
    dice.told.tell("buy", "token", dice.dice.choice([1, 3]))


def offered_before(dice: Dice, way: Way) -> None:
    """Case J6: the paid time has ended under a clock that goes on, and what used it up is found not to count."""
    dice.opens(way)
    first = dice.dice.choice([10, 15]) + (15 if way[0] == "trial" else 0)
    dice.works(60 * first)
    dice.told.tell("start", 0, 0, True)
    dice.told.tell("go_on", 0, 0)
    dice.passes(60 * dice.dice.choice([25, 35]))
    dice.lessens(0, charges=False)
    if dice.dice.random() < 0.5:
        dice.passes(300)
    dice.told.tell("stop", 0, 0, "")


def less_while_it_waits(dice: Dice, way: Way) -> None:
    """Case J7: all that was paid has been used, until it is found that it was less."""
    dice.opens(way)
    dice.works(60 * (30 + (15 if way[0] == "trial" else 0)))
    dice.passes(300)
    dice.lessens(dice.dice.choice([10, 20]) * MINUTE, charges=True)


def some_seconds(dice: Dice, way: Way) -> None:
    """Case J8: too little was worked to cost a minute."""
    dice.opens(way)
    dice.works(dice.dice.choice([10, 30, 50]))
    dice.comes_back()


TOKENS: tuple[Purse, Way] = ({"tokens": 5}, ("tokens", ""))
MINUTES: tuple[Purse, Way] = ({"minutes": 300}, ("minutes", ""))
FREE: tuple[Purse, Way] = ({"free": 15}, ("trial", ""))
FREE_THEN_TOKENS: tuple[Purse, Way] = ({"free": 15, "tokens": 5}, ("trial", "tokens"))
FREE_THEN_MINUTES: tuple[Purse, Way] = ({"free": 15, "minutes": 300}, ("trial", "minutes"))
PAID = [TOKENS, MINUTES, FREE_THEN_TOKENS, FREE_THEN_MINUTES]

OPENINGS: list[tuple[Callable[[Dice, Way], None], list[tuple[Purse, Way]]]] = [
    (two_at_once, PAID),
    (several_merge, [MINUTES, ({"tokens": 9}, ("tokens", ""))]),
    (no_more, PAID),
    (nothing_used, [FREE_THEN_TOKENS, FREE_THEN_MINUTES, ({"free": 15, "tokens": 2}, ("trial", ""))]),
    (split_off, [TOKENS, MINUTES]),
    (offered_before, PAID),
    (less_while_it_waits, PAID),
    (some_seconds, [FREE, FREE_THEN_TOKENS, FREE_THEN_MINUTES]),
    (written_down_late, PAID),
    (both_go_on, PAID),
]


def begin(seed: int, tells: Callable[..., Told]) -> Dice:
    """The openings take turns; each third time something random happens instead."""
    dice = random.Random(seed)
    opening, ways = OPENINGS[seed % len(OPENINGS)]
    if seed // len(OPENINGS) % 3 == 2:
        paid = {"tokens": dice.choice([0, 2, 5]), "minutes": dice.choice([0, 0, 60, 300])}
        history = Dice(dice, tells(free=dice.choice([0, 0, 15]), **paid))
        for _ in range(12):
            history.step()
            history.told.compare()
        return history
    purse, way = dice.choice(ways)
    history = Dice(dice, tells(**purse))
    opening(history, way)
    return history
