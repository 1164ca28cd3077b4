"""A ledger told once more, slowly and unit by unit, without a line of the code that it checks."""

import calendar
import datetime
from dataclasses import dataclass, field

Day = datetime.date


def months_on(day: Day, months: int) -> Day:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return Day(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(eq=False)
class Unit:
    lot: "Pack"
    place: str = "available"
    ticket: int = 0
    person: str = ""


@dataclass(eq=False)
class Pack:
    number: int
    origin: str
    last_day: Day | None
    for_person: str  # empty: shared
    units: list[Unit] = field(default_factory=list)
    allowed: dict[str, int] = field(default_factory=dict)
    # The last day that it would have if it had never been empty: what T12 gives to units that come back.
    unspent_day: Day | None = None

    def count(self, place: str) -> int:
        return sum(unit.place == place for unit in self.units)

    def set_last_day(self, day: Day) -> None:
        self.last_day = day
        self.unspent_day = max(day, self.unspent_day or day)


class Ledger:
    """One customer; `holder` may draw from everything, everybody else from what is shared or theirs."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self.packs: list[Pack] = []
        self.first_held: dict[tuple[int, int, str], int] = {}  # ticket, lot, person → in which order

    def open(self, origin: str, quantity: int, last_day: Day | None, for_person: str = "") -> Pack:
        pack = Pack(len(self.packs) + 1, origin, last_day, for_person, unspent_day=last_day)
        pack.units = [Unit(pack) for _ in range(quantity)]
        self.packs.append(pack)
        return pack

    def sell(self, today: Day, quantity: int, months: int, for_person: str) -> Pack:
        until = months_on(today, months)
        for pack in self.packs:
            if pack.origin != "purchased":
                continue
            assert pack.last_day is not None
            assert pack.unspent_day is not None
            if pack.count("available") + pack.count("reserved") and pack.last_day < until:
                pack.set_last_day(until)
            pack.unspent_day = max(pack.unspent_day, until)
        return self.open("purchased", quantity, until, for_person)

    def take(self, today: Day, person: str, ticket: int, quantity: int, *, free: bool = False) -> dict[int, int] | None:
        """Units by lot, or None if there are too few; free minutes: whatever is there, at least one."""
        packs = [pack for pack in self.packs if (pack.origin == "trial") == free]
        packs = [pack for pack in packs if pack.last_day is None or today <= pack.last_day]
        packs.sort(key=lambda pack: (pack.last_day or Day.max, pack.origin == "purchased", pack.number))
        chosen: list[Unit] = []
        for pack in packs:
            for unit in pack.units:
                if unit.place == "available" and len(chosen) < quantity and self.may_draw(person, pack, chosen):
                    chosen.append(unit)
        if len(chosen) < (1 if free else quantity):
            return None
        taken: dict[int, int] = {}
        for unit in chosen:
            unit.place, unit.ticket, unit.person = "reserved", ticket, person
            taken[unit.lot.number] = taken.get(unit.lot.number, 0) + 1
            self.first_held.setdefault((ticket, unit.lot.number, person), len(self.first_held))
            if unit.lot.last_day is None:
                unit.lot.set_last_day(today + datetime.timedelta(days=30))
        return taken

    def may_draw(self, person: str, pack: Pack, chosen: list[Unit]) -> bool:
        if person == self.holder:
            return True
        if pack.for_person:
            return pack.for_person == person
        if person not in pack.allowed:
            return True
        drawn = sum(unit.person == person and unit.place in ("reserved", "spent") for unit in pack.units)
        return drawn + sum(unit.lot is pack for unit in chosen) < pack.allowed[person]

    def held(self, ticket: int, free: bool) -> list[Unit]:
        units = [
            unit
            for pack in self.packs
            if (pack.origin == "trial") == free
            for unit in pack.units
            if unit.place == "reserved" and unit.ticket == ticket
        ]
        return sorted(units, key=lambda unit: self.first_held[ticket, unit.lot.number, unit.person])

    def spend(self, ticket: int, quantity: int, *, free: bool = False) -> bool:
        units = self.held(ticket, free)
        if len(units) < quantity:
            return False
        for unit in units[:quantity]:
            unit.place = "spent"
        return True

    def release(self, today: Day, ticket: int, quantity: int | None, *, by_us: bool, free: bool = False) -> bool:
        units = self.held(ticket, free)[::-1]
        if quantity is not None and len(units) < quantity:
            return False
        for unit in units[:quantity]:
            unit.place = "available"
            if by_us and unit.lot.last_day is not None:
                unit.lot.set_last_day(max(unit.lot.last_day, today + datetime.timedelta(days=30)))
        return True

    def give_back(self, ticket: int, number: int, person: str) -> None:
        """One unit of this ticket, lot and person was spent by mistake."""
        pack = self.packs[number - 1]
        unit = next(u for u in pack.units if (u.place, u.ticket, u.person) == ("spent", ticket, person))
        unit.place = "available"
        if pack.unspent_day is not None:
            pack.last_day = pack.unspent_day

    def picture(self) -> list[tuple[int, Day | None, int, int, int]]:
        return [
            (pack.number, pack.last_day, pack.count("available"), pack.count("reserved"), pack.count("spent"))
            for pack in self.packs
        ]
