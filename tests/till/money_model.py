"""What goes back, told step by step from docs/rules.md apart from the program (O3, O4, O7, O8, O9, O10, O11): refunds,
withdrawals, credit sent back, cheques that bounce and are paid again. Orders, lots and last days are those of
`paypal_model`; each order is of one pack.
"""

import contextlib
import datetime
from dataclasses import dataclass, field

from tests.till.paypal_model import (
    DAY,
    BoughtLot,
    Home,
    NotPossibleError,
    Purchase,
    Shop,
    Sum,
    end_of,
)

FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))


def easter(year: int) -> datetime.date:
    """Meeus, Jones, Butcher."""
    century, of_it = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leaps - shift + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_it // 4) - epact - of_it % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return datetime.date(year, month, day + 1)


def withdrawal_until(day: datetime.date) -> datetime.date:
    """O11: the buyers live in Alsace, where Good Friday and 26 December are holidays, too."""
    last = day + 14 * DAY
    while True:
        moving = {easter(last.year) + days * DAY for days in (-2, 1, 39, 50)}
        if last.weekday() < 5 and last not in moving and (last.month, last.day) not in FIXED:
            return last
        last += DAY


@dataclass(eq=False)
class Money(Sum):
    """Money that came in; `back` of it goes back, by refunds and as credit that was asked for."""

    back: int = 0
    is_bounced: bool = False


@dataclass(eq=False)
class Bounced:
    """A cheque that bounced; `again` paid what it had paid for."""

    money: Money
    order_cents: int
    ends: datetime.datetime
    known: str
    held: int = 0
    cancelled: int = 0
    again: list[tuple[Money, int]] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return max(0, self.order_cents - sum(cents for money, cents in self.again if not money.is_bounced))


@dataclass(eq=False)
class Back:
    """Money that has to go back."""

    money: Money
    cents: int
    means: str
    state: str


@dataclass(eq=False)
class More:
    """What becomes of an order once it is placed."""

    until: datetime.date | None  # the last day to withdraw, of a household
    is_express: bool
    credit_back: int = 0  # of the credit that it used
    credited: int = 0  # by credit notes
    refunds: list[tuple[int, int, int]] = field(default_factory=list)  # units, cents, of these as credit
    takes_rest: bool = False
    way: bool = False  # the refund that takes the rest: as credit
    is_withdrawn: bool = False


class MoneyShop(Shop):
    """The shop, with what goes back."""

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)  # type: ignore[arg-type]
        self.more: dict[Purchase, More] = {}
        self.bounces: list[Bounced] = []
        self.backs: list[Back] = []

    # Orders and money

    def place(self, home: int, packs: tuple[int, ...], *, express: bool) -> None:
        before = len(self.orders)
        settle, self._settle = self._settle, lambda order: None  # type: ignore[method-assign,assignment]
        try:
            super().place(home, packs, express=express)
        finally:
            self._settle = settle  # type: ignore[method-assign]
        (order,) = self.orders[before:]
        is_household = order.home.is_household
        until = withdrawal_until(self.today) if is_household else None
        self.more[order] = More(until, express or not is_household)
        if not order.missing:
            self._settle(order)

    def pays(self, order: Purchase) -> int:
        """What pays for it now."""
        return order.paid - self.more[order].credit_back

    def receive(self, order: Purchase, means: str, cents: int) -> None:
        """O3–O5; O7: what a cheque that bounced did not pay is paid first."""
        money = Money(order, means, cents, cents)
        self.sums.append(money)
        order.sums.append(money)
        order.home.books.append(("payment", cents))
        asked = self._open_bounces(order) if order.state == "settled" else []
        if asked:
            self._pay_again(order, money, asked)
        elif order.state in ("settled", "cancelled"):
            money.left = 0
            self._credit(order.home, money, cents)
        elif order.state == "choosing" or (order.state == "expired" and not self._is_on_sale(order)):
            self._wait(order, "choosing")
        else:
            if order.state == "expired":
                self._revive(order)
            if order.paid < order.price:
                self._wait(order, "waiting")
                return
            surplus = order.paid - order.price
            if surplus:
                money.left -= surplus
                self._credit(order.home, money, surplus)
            self._settle(order)

    def _revive(self, order: Purchase) -> None:
        """O3, O11: it counts as ordered today."""
        if order.home.is_household:
            self.more[order].until = withdrawal_until(self.today)
            if not self.more[order].is_express:
                order.withdrawal = self.more[order].until

    def _pay_again(self, order: Purchase, money: Money, asked: list[Bounced]) -> None:
        rest = money.cents
        for one in asked:
            part = min(rest, one.missing)
            if part:
                one.again.append((money, part))
                rest -= part
            if not one.missing:
                one.known = "won"
                self._follow_order(order)
        money.left -= rest
        if rest:
            self._credit(order.home, money, rest)

    def _open_bounces(self, order: Purchase) -> list[Bounced]:
        return [one for one in self._live(order) if one.known == "open"]

    def _live(self, order: Purchase) -> list[Bounced]:
        live = [one for one in self.bounces if one.money.order is order and one.order_cents]
        return [one for one in live if one.known in ("open", "lost")]

    def _cases_of(self, order: Purchase) -> list:  # type: ignore[type-arg]
        """L1: what is not paid any more brings nothing; nor what went back, or was cancelled."""
        return [*self._live(order), *([True] if self._is_taken_back(order) else [])]

    def _is_taken_back(self, order: Purchase) -> bool:
        cancelled = any(one.cancelled for one in self.bounces if one.money.order is order)
        return bool(self.more[order].refunds) or cancelled

    # Cheques that bounce (O7)

    def bounce(self, money: Money) -> None:
        if money.means != "cheque":
            raise NotPossibleError
        if money.is_bounced:
            return
        order, pays, cents = money.order, money.left, 0
        if order.state == "settled":
            again = [part for one in self._open_bounces(order) for paid, part in one.again if paid is money]
            cents = pays - sum(again)
        money.left, money.is_bounced = 0, True
        order.home.books.append(("correction", -money.cents))
        ends = end_of(self.today + 30 * DAY)
        self.bounces.append(Bounced(money, cents, ends, "open" if cents else "lost"))
        self._hold(order.home)
        if order.state == "choosing":
            if not any(one.left for one in order.sums):
                self._end(order, "expired")
        elif order.state == "waiting":
            self._wait(order, "waiting")
        self._follow_order(order)

    def _hold(self, home: Home) -> None:
        """Credit that came of it is gone as far as it is there."""
        for one in self.bounces:
            if one.money.order.home is home:
                taken = sum(self._of(home, one.money, one.money.cents - one.held))
                one.held += taken
                if taken:
                    home.books.append(("credit", -taken))

    @staticmethod
    def _of(home: Home, money: Sum | None, most: int) -> list[int]:
        """Take credit that came of this money, the first first."""
        found: list[int] = []
        for place, (of, cents) in enumerate(home.credit):
            part = min(cents, most - sum(found)) if of is money else 0
            if part:
                home.credit[place] = (of, cents - part)
                found.append(part)
        home.credit[:] = [one for one in home.credit if one[1]]
        return found

    def end_bounces(self) -> None:
        """Not paid again within 30 days."""
        for one in self.bounces:
            if one.known == "open" and one.ends <= self.now:
                for money, cents in one.again:
                    if not money.is_bounced:
                        money.left -= cents
                        self._credit(one.money.order.home, money, cents)
                one.known = "lost"
                self._follow_order(one.money.order)

    def follow_lost(self) -> None:
        """What a ticket has released since is cancelled; what may be active only now is."""
        for one in self.bounces:
            order = one.money.order
            if one.known != "lost" or not one.order_cents:
                continue
            is_due = order.active_from and order.active_from <= self.now and not order.lots and not one.cancelled
            if is_due or any(lot.frozen for lot in order.lots):
                self._follow_order(order)

    def _follow_order(self, order: Purchase) -> None:
        live, more = self._live(order), self.more[order]
        is_open, lost = any(one.known == "open" for one in live), [one for one in live if one.known == "lost"]
        paid = self.pays(order) + sum(one.order_cents for one in live)
        all_lost = bool(lost) and sum(one.order_cents for one in lost) >= paid
        if order.active_from and not order.lots:
            if all_lost:
                for one in lost:
                    one.cancelled = one.order_cents
                more.credited = order.price
            elif not is_open and order.active_from <= self.now and not self._is_taken_back(order):
                self._give(order)
        for lot in order.lots:
            before = {one: one.cancelled for one in lost}
            frozen_on, days = lot.frozen_on, len(lot.steps)
            self._follow_lot(lot, order.home, is_open=is_open, lost=lost, all_lost=all_lost)  # type: ignore[arg-type]
            if more.takes_rest and frozen_on and not lot.frozen_on:  # it stays: all of it goes back
                lot.frozen, lot.available, lot.frozen_on = lot.available, 0, frozen_on
                for step in lot.steps[days:]:
                    lot.last_day -= step.days
                del lot.steps[days:]
                self._redate(lot, order.home)
            for one in lost:
                more.credited += min(one.cancelled - before[one], order.price - more.credited)

    # Refunds (O9, O10), withdrawals (O11), credit that is asked back (O4)

    def refund(self, order: Purchase, units: int | None, *, as_credit: bool) -> None:  # type: ignore[override]
        more = self.more[order]
        if order.state != "settled" or self._open_bounces(order) or (self._live(order) and not self.pays(order)):
            raise NotPossibleError
        if not order.lots:
            if units is not None or more.refunds:
                raise NotPossibleError
            self._give_back(order, self.packs[order.packs[0]].quantity, order.price - more.credited, as_credit)
            return
        (lot,) = order.lots
        there = lot.frozen if lot.frozen_on else lot.available
        waits = units is None and lot.reserved > 0 and not more.takes_rest
        if (units or 1) > there and not waits:
            raise NotPossibleError
        self._refund_lot(order, lot, there if units is None else units, as_credit)
        if waits or (units is None and lot.reserved):
            more.takes_rest, more.way = True, as_credit
            if lot.frozen_on is None:
                lot.frozen, lot.available, lot.frozen_on = lot.available, 0, self.today
            self._redate(lot, order.home)

    def follow_refunds(self) -> None:
        """O9: what was reserved goes back once it is released."""
        for order, more in self.more.items():
            for lot in order.lots:
                open_now = self._open_bounces(order) or (self._live(order) and not self.pays(order))
                if more.takes_rest and lot.frozen and not open_now:
                    self._refund_lot(order, lot, lot.frozen, more.way)

    def _refund_lot(self, order: Purchase, lot: BoughtLot, units: int, as_credit: bool) -> None:
        cents = lot.next_worth(units)
        if lot.frozen_on:
            lot.frozen -= units
        else:
            lot.available -= units
        lot.refunded += units
        if units:
            self._redate(lot, order.home)
        self._give_back(order, units, cents, as_credit)

    def _give_back(self, order: Purchase, units: int, worth: int, as_credit: bool) -> None:
        """O9: never more than was paid less credit notes; the last money first, credit that was used last."""
        more, home = self.more[order], order.home
        cents = left = min(worth, order.price - more.credited, self.pays(order))
        more.credited += cents
        became = 0
        for money in order.sums[::-1]:
            part = min(left, money.left)
            if part:
                left, money.left = left - part, money.left - part
                became += self._return(home, money, part, as_credit)
        if left:
            more.credit_back += left
            became += left
            self._credit_again(order, left)
        more.refunds.append((units, cents, became))

    def _return(self, home: Home, money: Sum, cents: int, as_credit: bool) -> int:
        if as_credit:
            self._credit(home, money, cents)
            return cents
        self._owe(money, cents)
        return 0

    def _owe(self, money: Sum, cents: int) -> None:
        assert isinstance(money, Money)
        money.back += cents
        is_online = money.means == "paypal"
        self.backs.append(Back(money, cents, money.means if is_online else "transfer", "asked" if is_online else "due"))

    def _credit_again(self, order: Purchase, cents: int) -> None:
        """Credit that an order used is there again, as what it was."""
        back = self._first_of(order.used, cents)
        order.home.credit[:0] = back
        order.home.books.append(("credit", sum(part for _money, part in back)))
        self._hold(order.home)

    def withdraw(self, order: Purchase, *, as_credit: bool) -> None:
        """O11, declared by its customer."""
        more = self.more[order]
        if more.is_withdrawn:
            return
        if more.until is None or order.state not in ("waiting", "choosing", "settled") or self.today > more.until:
            raise NotPossibleError
        if order.state != "settled":
            if not as_credit:
                for money in order.sums[::-1]:
                    if money.left:
                        cents, money.left = money.left, 0
                        self._owe(money, cents)
            self._end(order, "cancelled")
        else:
            live = self._live(order)
            if self._open_bounces(order) or (live and not self.pays(order)):
                return  # it waits for the provider
            with contextlib.suppress(NotPossibleError):  # all of it was provided, or went back before
                self.refund(order, None, as_credit=as_credit)
        more.is_withdrawn = True

    def return_credit(self, home: Home) -> None:
        """O4: all of it, by the means by which it came, and of no money more than came."""
        left = {money: money.cents - money.back for money in self.sums if isinstance(money, Money)}
        mine = [money for money in left if money.order.home is home and not money.is_bounced][::-1]
        origins = {money: sum(cents for of, cents in home.credit if of is money) for money in mine}
        parts = {money: min(origins[money], left[money]) for money in mine}
        rest = home.cents - sum(parts.values())
        for money in mine:
            more = min(rest, left[money] - parts[money])
            parts[money], rest = parts[money] + more, rest - more
        if not any(parts.values()):
            raise NotPossibleError
        for money, cents in parts.items():
            if cents:
                found = sum(self._of(home, money, cents))
                self._first_of(home.credit, cents - found)
                home.books.append(("credit", -cents))
                self._owe(money, cents)

    # Money that goes back

    def send(self, back: Back) -> None:
        if back.state == "sent":
            return
        if back.state != "due":
            raise NotPossibleError
        self._sent(back)

    def answer(self, back: Back, outcome: str) -> None:
        """What PayPal says of it."""
        if back.state not in ("asked", "pending"):
            return
        if outcome == "completed":
            self._sent(back)
        elif outcome == "failed":
            back.means, back.state = "transfer", "due"
        else:
            back.state = "pending"

    def _sent(self, back: Back) -> None:
        back.state = "sent"
        back.money.order.home.books.append(("refund", -back.cents))

    # How it stands

    def told(self) -> dict[str, object]:
        kept = ("lots", "credit", "books, sale", "books, payment", "books, credit", "books, refund")
        found = {name: value for name, value in super().told().items() if name.split(", ", 1)[-1] in kept}
        found["orders"] = [(one.state, one.credit_used, one.ends) for one in self.orders]
        found["pays"] = [self.pays(one) if one.state == "settled" else one.paid for one in self.orders]
        found["credited"] = [self.more[one].credited for one in self.orders]
        found["refunds"] = [self.more[one].refunds for one in self.orders]
        found["until"] = [self.more[one].until for one in self.orders]
        found["withdrawn"] = [self.more[one].is_withdrawn for one in self.orders]
        found["back"] = [(self.sums.index(one.money), one.cents, one.means, one.state) for one in self.backs]
        found["bounces"] = [(one.known, one.order_cents, one.held, one.cancelled) for one in self.bounces]
        found["corrections"] = sum(cents for home in self.homes for kind, cents in home.books if kind == "correction")
        return found

    def is_sound(self) -> bool:
        """Nothing below zero, and never more back than came or was sold."""
        lots = [lot for home in self.homes for lot in home.lots]
        buckets = all(
            min(lot.available, lot.reserved, lot.spent, lot.frozen, lot.refunded) >= 0
            and lot.available + lot.reserved + lot.spent + lot.frozen + lot.refunded == lot.quantity
            for lot in lots
        )
        money = all(one.left >= 0 and one.back <= one.cents for one in self.sums if isinstance(one, Money))
        return buckets and money and all(0 <= more.credited <= one.price for one, more in self.more.items())
