"""Orders, what is paid for them at PayPal and by transfer, and what that brings, told step by step from docs/rules.md
and docs/decisions/readings-of-the-rules.md (O1, O3–O10, L1, L2, L5–L7), apart from the program.

PayPal is told, too: what it knows, and what the shop knows of it, are different things until the shop has asked.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
LONG_AGO = datetime.datetime.min.replace(tzinfo=datetime.UTC)
HOLIDAYS = {
    (2027, 1, 1), (2027, 3, 29), (2027, 5, 1), (2027, 5, 6), (2027, 5, 8), (2027, 5, 17), (2027, 7, 14), (2027, 8, 15),
    (2027, 11, 1), (2027, 11, 11), (2027, 12, 25), (2028, 1, 1), (2028, 4, 17), (2028, 5, 1), (2028, 5, 8),
    (2028, 5, 25), (2028, 6, 5), (2028, 7, 14), (2028, 8, 15), (2028, 11, 1), (2028, 11, 11), (2028, 12, 25),
}  # fmt: skip
UNITS = ("available", "reserved", "spent", "frozen", "refunded")


class AwayError(Exception):
    """PayPal gives no answer."""


class NotPossibleError(Exception):
    """The shop refuses it."""


@dataclass(frozen=True)
class PackOnSale:
    unit: str
    quantity: int
    months: int
    price: int


@dataclass(eq=False)
class Home:
    """One customer. `credit`: the parts that its credit is made of, what came first in front."""

    number: int
    is_household: bool
    credit: list[tuple["Sum | None", int]] = field(default_factory=list)
    lots: list["BoughtLot"] = field(default_factory=list)
    holds: dict[int, list[list]] = field(default_factory=dict)  # by ticket: lot and units, as they were reserved
    books: list[tuple[str, int]] = field(default_factory=list)

    @property
    def cents(self) -> int:
        return sum(cents for _of, cents in self.credit)


@dataclass(eq=False)
class Purchase:
    """One order."""

    home: Home
    packs: tuple[int, ...]
    price: int
    at: datetime.datetime
    ends: datetime.datetime
    withdrawal: datetime.date | None  # the last day on which a household may withdraw that did not ask to start at once
    state: str = "waiting"
    credit_used: int = 0
    used: list[tuple["Sum | None", int]] = field(default_factory=list)
    sums: list["Sum"] = field(default_factory=list)
    active_from: datetime.datetime | None = None  # it is paid
    lots: list["BoughtLot"] = field(default_factory=list)

    @property
    def paid(self) -> int:
        return self.credit_used + sum(one.left for one in self.sums)

    @property
    def missing(self) -> int:
        return 0 if self.state in ("settled", "cancelled") else max(0, self.price - self.paid)


@dataclass(eq=False)
class Sum:
    """Money that came in; `left` of it pays for its order."""

    order: Purchase
    means: str
    cents: int
    left: int


@dataclass(eq=False)
class Step:
    """What moved the last day of a lot: the activation of a younger pack, which found units in it, or days (O7)."""

    pack: "BoughtLot | None" = None
    until: datetime.date = datetime.date.min
    days: datetime.timedelta = datetime.timedelta(0)


@dataclass(eq=False)
class BoughtLot:
    unit: str
    quantity: int
    price: int
    number: int
    at: datetime.datetime
    first: datetime.date
    last_day: datetime.date
    available: int
    reserved: int = 0
    spent: int = 0
    frozen: int = 0
    refunded: int = 0
    frozen_on: datetime.date | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def unused(self) -> int:
        return self.available + self.reserved + self.frozen

    @property
    def is_undone(self) -> bool:
        """O10: nothing of it is available because it is frozen or refunded."""
        return not self.available and (self.frozen_on is not None or self.refunded > 0)

    def worth(self, units: int) -> int:
        """O9: what the first `units` that left it are worth."""
        return int((2 * self.price * units + self.quantity) // (2 * self.quantity))

    def next_worth(self, units: int) -> int:
        gone = self.spent + self.refunded
        return self.worth(gone + units) - self.worth(gone)


@dataclass(eq=False)
class Attempt:
    """A payment that was begun at PayPal: what the shop knows of it, and what PayPal does."""

    number: int
    order: Purchase
    cents: int
    at: datetime.datetime
    look_at: datetime.datetime | None
    state: str = "made"
    done_at: datetime.datetime | None = None
    is_begun: bool = False  # the shop knows that PayPal knows of it
    is_told: bool = False  # the shop knows by which capture
    there: str = ""  # at PayPal: created, approved, captured; empty: it knows nothing of it
    there_at: datetime.datetime | None = None
    capture: "Capture | None" = None


@dataclass(eq=False)
class Capture:
    number: int
    attempt: Attempt
    status: str  # completed, pending, declined
    at: datetime.datetime
    refunds: list["Refund"] = field(default_factory=list)
    disputes: list["Case"] = field(default_factory=list)
    sum: Sum | None = None  # as the shop has it
    fee: int | None = None  # as the shop has it

    @property
    def cents(self) -> int:
        return self.attempt.cents

    @property
    def left(self) -> int:
        return self.cents - sum(one.cents for one in self.refunds)

    @property
    def open_case(self) -> "Case | None":
        return next((one for one in self.disputes if one.state == "open"), None)


@dataclass(eq=False)
class Refund:
    capture: Capture
    cents: int
    at: datetime.datetime
    case: "Case | None" = None  # taken back because this was lost
    is_known: bool = False


@dataclass(eq=False)
class Case:
    """A dispute: at PayPal, and behind it as the shop knows it; `known` is empty as long as it does not."""

    number: int
    capture: Capture
    cents: int
    changed_at: datetime.datetime
    state: str = "open"
    known: str = ""
    known_at: datetime.datetime = LONG_AGO
    order_cents: int = 0
    held: int = 0
    cancelled: int = 0

    @property
    def is_live(self) -> bool:
        return self.known in ("open", "lost")


@dataclass(eq=False)
class Event:
    """What PayPal sends a notice about."""

    about: str
    thing: Attempt | Capture | Refund | Case
    is_used: bool = False


def day_of(at: datetime.datetime) -> datetime.date:
    return at.astimezone(PARIS).date()


def end_of(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day + DAY, datetime.time(), PARIS).astimezone(datetime.UTC)


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day number, or the month's last day where it is missing."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return datetime.date(year, month, number)
        except ValueError:
            continue
    return datetime.date(year, month, day.day)


def withdrawal_until(day: datetime.date) -> datetime.date:
    """O11."""
    last = day + 14 * DAY
    while last.weekday() > 4 or (last.year, last.month, last.day) in HOLIDAYS:
        last += DAY
    return last


class Shop:
    def __init__(self, packs: list[PackOnSale], *, households: list[bool], at: datetime.datetime) -> None:
        self.packs, self.now = packs, at
        self.withdrawn: set[int] = set()
        self.homes = [Home(number, is_household) for number, is_household in enumerate(households)]
        self.orders: list[Purchase] = []
        self.sums: list[Sum] = []
        self.attempts: list[Attempt] = []
        self.captures: list[Capture] = []
        self.refunds: list[Refund] = []
        self.cases: list[Case] = []
        self.heard: list[Case] = []  # those that the shop knows, the first one first
        self.events: list[Event] = []
        self.proven: list[Event] = []  # as their notices came
        self.is_down = self.loses = False
        self.outcomes: list[str] = []

    @property
    def today(self) -> datetime.date:
        return day_of(self.now)

    # Orders

    def place(self, home: int, packs: tuple[int, ...], *, express: bool) -> None:
        if self.withdrawn & set(packs):
            raise NotPossibleError
        who = self.homes[home]
        withdrawal = withdrawal_until(self.today) if who.is_household and not express else None
        price = sum(self.packs[one].price for one in packs)
        order = Purchase(who, packs, price, self.now, end_of(self.today + 30 * DAY), withdrawal)
        self.orders.append(order)
        used = min(who.cents, price)
        if used:
            order.credit_used, order.used = used, self._first_of(who.credit, used)
            who.books.append(("credit", -used))
        if used == price:
            self._settle(order)

    def cancel(self, order: Purchase) -> None:
        if order.state == "cancelled":
            return
        if order.state != "waiting":
            raise NotPossibleError
        self._end(order, "cancelled")

    def expire(self) -> None:
        """O1, O3, O4: whose time is over."""
        for order in sorted(self.orders, key=lambda one: one.ends):
            if order.state in ("waiting", "choosing") and order.ends <= self.now:
                self._end(order, "expired")

    def choose_credit(self, order: Purchase) -> None:
        if order.state == "choosing":
            self._end(order, "expired")
        elif order.state != "expired":
            raise NotPossibleError

    def change_means(self, order: Purchase) -> None:
        if order.state != "waiting":
            raise NotPossibleError

    def _end(self, order: Purchase, state: str) -> None:
        for one in order.sums:
            if one.left:
                cents, one.left = one.left, 0
                self._credit(order.home, one, cents)
        used, order.used, order.credit_used = order.used, [], 0
        order.state = state
        if used:
            order.home.credit[:0] = used
            order.home.books.append(("credit", sum(cents for _of, cents in used)))
            self._hold(order.home)

    # Money

    def transfer(self, order: Purchase, cents: int) -> None:
        self._receive(order, "transfer", cents)

    def _receive(self, order: Purchase, means: str, cents: int) -> Sum:
        """O3–O5."""
        money = Sum(order, means, cents, cents)
        self.sums.append(money)
        order.sums.append(money)
        order.home.books.append(("payment", cents))
        if order.state in ("settled", "cancelled"):
            money.left = 0
            self._credit(order.home, money, cents)
        elif order.state == "choosing" or (order.state == "expired" and not self._is_on_sale(order)):
            self._wait(order, "choosing")
        elif order.paid < order.price:
            self._wait(order, "waiting")
        else:
            surplus = order.paid - order.price
            if surplus:
                money.left -= surplus
                self._credit(order.home, money, surplus)
            self._settle(order)
        return money

    def _is_on_sale(self, order: Purchase) -> bool:
        return not self.withdrawn & set(order.packs)

    def _wait(self, order: Purchase, state: str) -> None:
        order.state, order.ends = state, max(order.ends, end_of(self.today + 30 * DAY))

    def _settle(self, order: Purchase) -> None:
        """O8, L1; nothing is given for money that is disputed (O7)."""
        for pack in order.packs:
            order.home.books.append(("sale", self.packs[pack].price))
        order.state, order.active_from = "settled", self.now
        if order.withdrawal and self.now < end_of(order.withdrawal):
            order.active_from = end_of(order.withdrawal)
        elif not self._cases_of(order):
            self._give(order)

    def _give(self, order: Purchase) -> None:
        for number in order.packs:
            pack, lots = self.packs[number], order.home.lots
            last_day = months_after(self.today, pack.months)
            lot = BoughtLot(
                pack.unit, pack.quantity, pack.price, len(lots) + 1, self.now, last_day, last_day, pack.quantity
            )
            for older in lots:  # L5, L6
                if older.unit == lot.unit and older.unused:
                    older.steps.append(Step(lot, last_day))
                    older.last_day = max(older.last_day, last_day)
            lots.append(lot)
            order.lots.append(lot)

    def activate(self) -> None:
        """L1."""
        for order in self.orders:
            if order.active_from and order.active_from <= self.now and not order.lots and not self._cases_of(order):
                self._give(order)

    # Credit

    def _credit(self, home: Home, money: Sum, cents: int) -> None:
        home.credit.append((money, cents))
        home.books.append(("credit", cents))
        if money.means == "paypal":
            self._hold(home)

    @staticmethod
    def _first_of(parts: list[tuple[Sum | None, int]], cents: int) -> list[tuple[Sum | None, int]]:
        """So much of these, the first first; they lose it."""
        taken = []
        while cents:
            money, there = parts.pop(0)
            part = min(cents, there)
            taken.append((money, part))
            cents -= part
            if there > part:
                parts.insert(0, (money, there - part))
        return taken

    def _hold(self, home: Home) -> None:
        """O7: credit that came of money which is disputed, as far as it is there."""
        for case in self.heard:
            money = case.capture.sum
            if not case.is_live or money is None or money.order.home is not home:
                continue
            wanted = self._amount(case) - case.held
            found = 0
            for place, (of, cents) in enumerate(home.credit):
                if of is money and wanted > found:
                    part = min(cents, wanted - found)
                    home.credit[place] = (of, cents - part)
                    found += part
            home.credit[:] = [one for one in home.credit if one[1]]
            if found:
                case.held += found
                home.books.append(("credit", -found))

    @staticmethod
    def _amount(case: Case) -> int:
        return min(case.cents, case.capture.cents)

    # Tickets

    def reserve(self, home: int, ticket: int, unit: str, units: int) -> None:
        """T1, L7: earliest last day first, then earliest activation."""
        who = self.homes[home]
        live = [one for one in who.lots if one.unit == unit and one.available and one.last_day >= self.today]
        if sum(one.available for one in live) < units:
            raise NotPossibleError
        held = who.holds.setdefault(ticket, [])
        for lot in sorted(live, key=lambda one: (one.last_day, one.at, one.number)):
            part = min(units, lot.available)
            if part:
                lot.available, lot.reserved, units = lot.available - part, lot.reserved + part, units - part
                held.append([lot, part])

    def spend(self, home: int, ticket: int, units: int) -> None:
        for lot, part in self._taken(home, ticket, units, last_first=False):
            lot.reserved, lot.spent = lot.reserved - part, lot.spent + part

    def release(self, home: int, ticket: int, units: int) -> None:
        """T12; O7: one released while its lot is frozen is frozen."""
        for lot, part in self._taken(home, ticket, units, last_first=True):
            lot.reserved -= part
            if lot.frozen_on:
                lot.frozen += part
            else:
                lot.available += part

    def held(self, home: int, ticket: int) -> int:
        return sum(part for _lot, part in self.homes[home].holds.get(ticket, []))

    def _taken(self, home: int, ticket: int, units: int, *, last_first: bool) -> Iterator[tuple[BoughtLot, int]]:
        holds = self.homes[home].holds.get(ticket, [])
        if sum(part for _lot, part in holds) < units:
            raise NotPossibleError
        for hold in holds[::-1] if last_first else holds:
            part = min(units, hold[1])
            hold[1], units = hold[1] - part, units - part
            if part:
                yield hold[0], part

    # Paying at PayPal

    def begin(self, order: Purchase) -> None:
        if order.state != "waiting" or not order.missing:
            raise NotPossibleError
        mine = [one for one in self.attempts if one.order is order]
        if any(one.state == "pending" for one in mine):
            raise NotPossibleError
        usable = [
            one for one in mine
            if one.state in ("made", "open") and one.cents == order.missing and one.at > self.now - 2 * HOUR
        ]  # fmt: skip
        if usable:
            attempt = usable[-1]
        else:
            attempt = Attempt(len(self.attempts), order, order.missing, self.now, self.now + 2 * MINUTE)
            self.attempts.append(attempt)
        if attempt.state == "made":
            self._open(attempt)

    def _open(self, attempt: Attempt) -> None:
        self._answers()
        if not attempt.there:
            attempt.there, attempt.there_at = "created", self.now
        self._arrives()
        attempt.state, attempt.is_begun = "open", True

    def _answers(self) -> None:
        if self.is_down:
            raise AwayError

    def _arrives(self) -> None:
        """The answer to something that was done may be lost once."""
        if self.loses:
            self.loses = False
            raise AwayError

    def is_gone(self, attempt: Attempt) -> bool:
        return attempt.there == "created" and self.now >= (attempt.there_at or self.now) + 3 * HOUR

    def may_approve(self, attempt: Attempt) -> bool:
        return attempt.there == "created" and attempt.state != "made" and not self.is_gone(attempt)

    def approve(self, attempt: Attempt) -> None:
        attempt.there = "approved"
        self.events.append(Event("checkout", attempt))

    def look(self, attempt: Attempt) -> None:
        """O6."""
        if attempt.state == "paid":
            return
        if attempt.state == "made":
            if self.now - attempt.at > 6 * HOUR:
                self._move(attempt, "lapsed")
                return
            self._open(attempt)
        if not attempt.is_begun:
            return
        self._answers()
        if self.is_gone(attempt):
            self._move(attempt, "lapsed")
        elif attempt.capture:
            self._take_in(attempt, attempt.capture)
        elif attempt.there == "approved":
            self._capture(attempt)
        else:
            self._move(attempt, "waits")

    def _capture(self, attempt: Attempt) -> None:
        """O3, O5: taken only if the order still waits for just this sum, or has expired and is still sold."""
        order = attempt.order
        waits = order.state == "waiting" or (order.state == "expired" and self._is_on_sale(order))
        if not waits or order.missing != attempt.cents:
            self._move(attempt, "lapsed")
            return
        attempt.look_at = attempt.look_at or self.now + 2 * MINUTE
        outcome = self.outcomes.pop(0) if self.outcomes else "completed"
        if outcome == "declined":
            attempt.there = "created"
            self._arrives()
            self._move(attempt, "refused")
            return
        attempt.there = "captured"
        attempt.capture = Capture(len(self.captures), attempt, outcome, self.now)
        self.captures.append(attempt.capture)
        self.events.append(Event("capture", attempt.capture))
        self._arrives()
        self._take_in(attempt, attempt.capture)

    def _take_in(self, attempt: Attempt, capture: Capture) -> None:
        attempt.is_told = True
        if capture.status == "pending":
            self._move(attempt, "pending")
        elif capture.status == "declined" or not capture.left:
            self._move(attempt, "refused")
        else:
            self._move(attempt, "paid")
            capture.sum = self._receive(attempt.order, "paypal", capture.cents)
            capture.fee = min(capture.cents, (capture.cents * 29 + 500) // 1000 + 35)
            attempt.order.home.books.append(("fee", -capture.fee))

    def _move(self, attempt: Attempt, state: str) -> None:
        """When PayPal is asked next (O6)."""
        attempt.look_at = None
        if state == "waits":
            age = self.now - attempt.at
            if age < 7 * HOUR:
                attempt.look_at = self.now + (2 if age < HOUR / 2 else 10) * MINUTE
            else:
                attempt.state = "lapsed"
        else:
            attempt.state = state
        if state == "pending":
            age = self.now - (attempt.done_at or self.now)
            attempt.look_at = self.now + (HOUR / 4 if age < DAY else 6 * HOUR)
        if attempt.state not in ("made", "open"):
            attempt.done_at = attempt.done_at or self.now

    def come_back(self, order: Purchase) -> None:
        for attempt in [one for one in self.attempts if one.order is order and one.state != "paid"][::-1]:
            self.look(attempt)
            if attempt.state in ("paid", "pending"):
                break

    def look_at_due(self) -> None:
        due = [one for one in self.attempts if one.look_at and one.look_at <= self.now]
        for attempt in sorted(due, key=lambda one: (one.look_at, one.number)):
            try:
                self.look(attempt)
            except AwayError:
                young = self.now - attempt.at < HOUR
                attempt.look_at = self.now + (2 if young else 15) * MINUTE
                break

    # What happens at PayPal

    def end_pending(self, capture: Capture, *, well: bool) -> None:
        capture.status = "completed" if well else "declined"
        self.events.append(Event("capture", capture))

    def refund(self, capture: Capture, cents: int) -> None:
        refund = Refund(capture, cents, self.now)
        capture.refunds.append(refund)
        self.refunds.append(refund)
        self.events.append(Event("refund", refund))

    def dispute(self, capture: Capture, cents: int) -> None:
        case = Case(len(self.cases), capture, cents, self.now)
        capture.disputes.append(case)
        self.cases.append(case)
        self.events.append(Event("dispute", case))

    def end_dispute(self, case: Case, *, won: bool) -> None:
        case.state, case.changed_at = "won" if won else "lost", self.now
        if not won:
            taken = Refund(case.capture, min(case.cents, case.capture.left), self.now, case)
            case.capture.refunds.append(taken)
            self.refunds.append(taken)
            self.events.append(Event("refund", taken))
        self.events.append(Event("dispute", case))

    def reopen_dispute(self, case: Case) -> None:
        case.state, case.changed_at = "open", self.now
        self.events.append(Event("dispute", case))

    # Notices

    def deliver(self, event: Event) -> None:
        if event not in self.proven:
            self.proven.append(event)

    def use_notices(self) -> None:
        """O6: what was proven is a reason to ask; as often as PayPal is away, it is tried again."""
        for event in self.proven:
            if not event.is_used:
                try:
                    self._use(event)
                except AwayError:
                    continue
                event.is_used = True

    def _use(self, event: Event) -> None:
        match event.thing:
            case Attempt():
                self.look(event.thing)
            case Capture():
                if not event.thing.attempt.is_told:
                    self._answers()
                self.look(event.thing.attempt)
            case Refund():
                self._look_at_refund(event.thing)
            case Case():
                self._answers()
                self.hear(event.thing)

    def _look_at_refund(self, refund: Refund) -> None:
        """What a dispute took back is told by the dispute."""
        capture = refund.capture
        if capture.sum is None:
            return
        self._answers()
        for case in capture.disputes[::-1]:
            self.hear(case)
        if not any(case.state != "won" for case in capture.disputes):
            self._note(refund)

    def _note(self, refund: Refund) -> None:
        if not refund.is_known:
            refund.is_known = True
            refund.capture.attempt.order.home.books.append(("refund", -refund.cents))

    def night(self) -> None:
        """Money that went back is noted, whatever notices told; what PayPal took and the shop does not know is asked
        about. PayPal's list knows what is older than four hours.
        """
        self._answers()
        settled = self.now - 4 * HOUR
        for refund in self.refunds:
            if refund.at <= settled and refund.case is None and refund.capture.sum:
                self._note(refund)
        for capture in self.captures:
            if capture.status == "completed" and capture.at <= settled and capture.sum is None:
                for one in self.attempts:
                    if one.order is capture.attempt.order and one.state != "paid":
                        one.look_at = min(one.look_at or self.now, self.now)

    def is_unsettled(self, refund: Refund) -> bool:
        """Whether PayPal's list and the shop may differ about it now."""
        return not refund.is_known or refund.at > self.now - 4 * HOUR

    # Disputes, and what they do to units (O7, O10)

    def look_at_disputes(self, since: datetime.timedelta) -> None:
        """PayPal tells the newest first."""
        self._answers()
        recent = [one for one in self.cases if one.changed_at >= self.now - since][::-1]
        for case in recent:
            self.hear(case)
        for case in self.cases:
            if case.known == "open" and case not in recent:
                self.hear(case)

    def hear(self, case: Case) -> None:
        if case.capture.sum is None or (case.known and case.changed_at <= case.known_at):
            return
        if not case.known:
            self.heard.append(case)
        case.known, case.known_at = case.state, case.changed_at
        if case.known == "lost":
            for refund in self.refunds:
                if refund.case is case:
                    self._note(refund)
        self._follow(case)

    def follow_disputes(self) -> None:
        """What a ticket has released since is cancelled; what may be active only now is."""
        for case in self.heard:
            order = case.capture.attempt.order
            if case.known != "lost" or not case.order_cents:
                continue
            is_due = order.active_from and order.active_from <= self.now and not order.lots and not case.cancelled
            if is_due or any(lot.frozen for lot in order.lots):
                self._follow(case)

    def _cases_of(self, order: Purchase) -> list[Case]:
        return [one for one in self.heard if one.is_live and one.order_cents and one.capture.attempt.order is order]

    def _follow(self, case: Case) -> None:
        order, money = case.capture.attempt.order, case.capture.sum
        assert money
        home = order.home
        self._hold(home)
        most = self._amount(case) if case.is_live else 0
        if case.held > most:
            back, case.held = case.held - most, most
            self._credit(home, money, back)
        if case.is_live:
            case.order_cents = min(money.left, self._amount(case) - case.held)
        elif case.cancelled and not order.lots:
            case.cancelled = 0
        cases = self._cases_of(order)
        is_open = any(one.known == "open" for one in cases)
        lost = [one for one in cases if one.known == "lost"]
        all_lost = bool(lost) and sum(one.order_cents for one in lost) >= order.paid
        if order.active_from and not order.lots:
            if all_lost:
                for one in lost:
                    one.cancelled = one.order_cents
            elif not is_open and order.active_from <= self.now:
                self._give(order)
        for lot in order.lots:
            self._follow_lot(lot, home, is_open=is_open, lost=lost, all_lost=all_lost)

    def _follow_lot(self, lot: BoughtLot, home: Home, *, is_open: bool, lost: list[Case], all_lost: bool) -> None:
        def affordable(one: Case) -> int:
            """As many units as the lost sum pays for in full."""
            left, units = one.order_cents - one.cancelled, 0
            while units < lot.unused and lot.next_worth(units + 1) <= left:
                units += 1
            return units

        def must_freeze() -> bool:
            return is_open or all_lost or any(affordable(one) for one in lost)

        if must_freeze() and lot.frozen_on is None:
            lot.frozen, lot.available, lot.frozen_on = lot.frozen + lot.available, 0, self.today
            self._redate(lot, home)
        for one in lost:
            units = lot.frozen if all_lost else min(lot.frozen, affordable(one))
            if units:
                one.cancelled += lot.next_worth(units)
                lot.frozen, lot.refunded = lot.frozen - units, lot.refunded + units
                self._redate(lot, home)
        if lot.frozen_on and not must_freeze():
            days = self.today - lot.frozen_on
            lot.available, lot.frozen, lot.frozen_on = lot.available + lot.frozen, 0, None
            lot.last_day += days
            lot.steps.append(Step(days=days))
            self._redate(lot, home)

    @staticmethod
    def _redate(pack: BoughtLot, home: Home) -> None:
        """O10: each older lot gets the last day that it has without the packs that are undone."""
        for lot in home.lots:
            if lot.number < pack.number and lot.unused:
                last_day = lot.first
                for step in lot.steps:
                    if step.pack is None:
                        last_day += step.days
                    elif not step.pack.is_undone:
                        last_day = max(last_day, step.until)
                lot.last_day = last_day

    # How it stands

    def told(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for home in self.homes:
            name = f"customer {home.number}"
            orders = [one for one in self.orders if one.home is home]
            found[f"{name}, orders"] = [(one.state, one.credit_used, one.ends) for one in orders]
            found[f"{name}, lots"] = [
                (one.unit, one.quantity, *(getattr(one, name) for name in UNITS), one.last_day) for one in home.lots
            ]
            found[f"{name}, credit"] = home.cents
            found[f"{name}, money"] = [
                (one.means, one.cents, self.orders.index(one.order)) for one in self.sums if one.order.home is home
            ]
            found[f"{name}, invoices"] = sorted(one.price for one in orders if one.state == "settled")
            for kind in ("sale", "payment", "credit", "refund", "fee"):
                lines = [cents for one, cents in home.books if one == kind and cents]
                found[f"{name}, books, {kind}"] = (len(lines), sum(lines))
        found["attempts"] = [(one.state, one.cents, one.look_at) for one in self.attempts]
        found["disputes"] = [
            (one.known, self._amount(one), one.order_cents, one.held, one.cancelled) for one in self.heard
        ]
        found["sent back"] = sorted(one.cents for one in self.refunds if one.is_known)
        found["at PayPal"] = (len(self.captures), len(self.refunds), len(self.events))
        return found
