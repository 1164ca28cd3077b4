"""Payers, PayPal and the desk do what the dice say. Each history opens with something that could go wrong once, and
goes on at random.
"""

import random
from collections.abc import Callable
from typing import Any

from tests.till.paypal_model import Capture, Case
from tests.till.paypal_told import PaypalTold

HOUR, DAY = 60, 24 * 60  # minutes
OFTEN = {
    "place": 5, "begin": 9, "approve": 9, "come_back": 8, "work": 8, "passes": 6, "deliver": 8, "forge": 1,
    "use_notices": 6, "transfer": 4, "cancel": 1, "choose_credit": 1, "change_means": 1, "withdraw": 1, "lose": 2,
    "down": 2, "up": 4, "outcome": 2, "end_pending": 4, "refund": 2, "dispute": 4, "end_dispute": 4,
    "reopen_dispute": 1, "ask_for_disputes": 2, "night": 2, "reserve": 5, "spend": 3, "release": 3,
}  # fmt: skip
LENGTHS = [1, 2, 5, 15, 31, HOUR, 2 * HOUR, 3 * HOUR, 7 * HOUR, DAY, 3 * DAY, 15 * DAY, 31 * DAY]


class PaypalDice:
    """What comes next."""

    def __init__(self, dice: random.Random, told: PaypalTold) -> None:
        self.dice, self.told, self.shop = dice, told, told.shop

    def tell(self, what: str, *args: Any) -> str:
        """Sometimes it breaks off. Not where a second try finds something else: an answer that is lost only once, and
        a payer whose bank declines, who is asked by PayPal to approve again.
        """
        repeats_the_same = not self.shop.loses and "declined" not in self.shop.outcomes
        breaks = self.dice.randrange(60) if repeats_the_same and self.dice.random() < 0.12 else None
        return self.told.tell(what, *args, breaks=breaks)

    def step(self) -> None:
        what = self.dice.choices(list(OFTEN), list(OFTEN.values()))[0]
        getattr(self, what)()

    # Each draws what it is about, and does nothing if there is nothing of the kind

    def place(self) -> None:
        packs = [one for one in range(len(self.shop.packs)) if one not in self.shop.withdrawn]
        if len(self.shop.orders) < 7 and packs:
            chosen = tuple(self.dice.sample(packs, self.dice.choice([1, 1, 1, min(2, len(packs))])))
            self.tell("place", self.dice.randrange(len(self.shop.homes)), chosen, self.dice.random() < 0.6)

    def _order(self) -> int | None:
        newest = list(range(len(self.shop.orders)))[-4:]
        return self.dice.choice(newest) if newest else None

    def begin(self) -> None:
        order = self._order()
        if order is not None:
            for _ in range(self.dice.choice([1, 1, 2])):
                self.tell("begin", order)

    def approve(self) -> None:
        attempt = self._one(self.shop.attempts, self.shop.may_approve)
        if attempt is not None:
            self.told.tell("approve", attempt)

    def come_back(self) -> None:
        order = self._order()
        if order is not None:
            for _ in range(self.dice.choice([1, 1, 2, 3])):
                self.tell("come_back", order)

    def work(self) -> None:
        self.tell("work")

    def passes(self, minutes: int | None = None) -> None:
        self.told.tell("pass", minutes or self.dice.choice(LENGTHS))

    def deliver(self) -> None:
        if self.shop.events:
            number = self.dice.randrange(max(0, len(self.shop.events) - 6), len(self.shop.events))
            self.tell("deliver", number, self.dice.choice([1, 1, 2, 3]))
            if self.dice.random() < 0.6:
                self.tell("use_notices")

    def forge(self) -> None:
        if self.shop.events:
            self.tell("forge", self.dice.randrange(len(self.shop.events)), self.dice.randrange(2000))

    def use_notices(self) -> None:
        self.tell("use_notices")

    def transfer(self) -> None:
        order = self._order()
        if order is not None:
            asked = self.shop.orders[order].missing or self.shop.orders[order].price
            cents = self.dice.choice([asked, asked, asked // 3, asked + 1_500, asked - 1])
            self.tell("transfer", order, max(1, cents))

    def cancel(self) -> None:
        self._to_order("cancel")

    def choose_credit(self) -> None:
        self._to_order("choose_credit")

    def change_means(self) -> None:
        self._to_order("change_means", self.dice.choice(["transfer", "paypal"]))

    def _to_order(self, what: str, *args: Any) -> None:
        order = self._order()
        if order is not None:
            self.tell(what, order, *args)

    def withdraw(self) -> None:
        if self.dice.random() < 0.4:
            self._alone("withdraw", self.dice.randrange(len(self.shop.packs)))

    def lose(self) -> None:
        self.told.tell("lose")

    def down(self) -> None:
        self.told.tell("down")

    def up(self) -> None:
        if self.shop.is_down:
            self.told.tell("up")

    def outcome(self) -> None:
        if not self.shop.outcomes:
            self.told.tell("next", self.dice.choice(["pending", "declined"]))

    def end_pending(self) -> None:
        capture = self._one(self.shop.captures, lambda one: one.status == "pending")
        if capture is not None:
            self.told.tell("end_pending", capture, self.dice.random() < 0.7)

    def refund(self) -> None:
        """By hand, at PayPal; not in part while it is disputed."""
        capture = self._one(self.shop.captures, lambda one: _has_money(one) and not one.open_case)
        if capture is not None:
            left = self.shop.captures[capture].left
            self.told.tell("refund", capture, self.dice.choice([left, max(1, left // 3), 1]))

    def dispute(self) -> None:
        capture = self._one(self.shop.captures, lambda one: _has_money(one) and not one.open_case)
        if capture is not None:
            left = self.shop.captures[capture].left
            self._alone("dispute", capture, self.dice.choice([left, left, max(1, left // 3), max(1, left - 1)]))

    def end_dispute(self) -> None:
        case = self._one(self.shop.cases, lambda one: one.state == "open")
        if case is not None:
            self._alone("end_dispute", case, self.dice.random() < 0.5)

    def reopen_dispute(self) -> None:
        case = self._one(self.shop.cases, _may_be_reopened)
        if case is not None:
            self._alone("reopen_dispute", case)

    def _alone(self, what: str, *args: Any) -> None:
        """At a moment of its own: of two things of one moment nobody can say which came first."""
        self.told.tell("pass", 1)
        self.told.tell(what, *args)

    def ask_for_disputes(self) -> None:
        self.tell("ask_for_disputes")

    def night(self) -> None:
        self.tell("night")

    def reserve(self) -> None:
        home = self.dice.randrange(len(self.shop.homes))
        unit, units = self.dice.choice([("token", 1), ("token", 3), ("token", 18), ("minute", 30), ("minute", 110)])
        ticket = 1 + home + len(self.shop.homes) * (2 * len(self.shop.homes[home].holds) + (unit == "minute"))
        self.tell("reserve", home, ticket, unit, units)

    def spend(self) -> None:
        self._of_ticket("spend")

    def release(self) -> None:
        self._of_ticket("release")

    def _of_ticket(self, what: str) -> None:
        held = [
            (home.number, ticket) for home in self.shop.homes for ticket in home.holds
            if self.shop.held(home.number, ticket)
        ]  # fmt: skip
        if held:
            home, ticket = self.dice.choice(held)
            units = self.dice.randint(1, self.shop.held(home, ticket))
            self.tell(what, home, ticket, self.shop.homes[home].holds[ticket][0][0].unit, units)

    def _one(self, things: list[Any], may: Callable[[Any], bool]) -> int | None:
        found = [number for number, one in enumerate(things) if may(one)]
        return self.dice.choice(found) if found else None

    # What an opening is made of

    def orders(self, *packs: int, home: int = 0, express: bool = True) -> int:
        """An order whose payment is begun."""
        self.tell("place", home, packs, express)
        order = len(self.shop.orders) - 1
        if self.shop.orders[order].missing:
            self.tell("begin", order)
        return order

    def approves(self) -> None:
        """Whoever was led to PayPal last."""
        if self.shop.may_approve(self.shop.attempts[-1]):
            self.told.tell("approve", len(self.shop.attempts) - 1)

    def pays(self, *packs: int, home: int = 0, express: bool = True) -> int:
        order = self.orders(*packs, home=home, express=express)
        self.approves()
        self.tell("come_back", order)
        return order

    def hears(self) -> None:
        """Every notice that was not used yet comes, in any order, some of them twice."""
        numbers = [number for number, one in enumerate(self.shop.events) if not one.is_used]
        for number in self.dice.sample(numbers, len(numbers)):
            self.tell("deliver", number, self.dice.choice([1, 1, 2]))
        self.tell("use_notices")


def _has_money(capture: Capture) -> bool:
    return capture.status == "completed" and capture.left > 0


def _may_be_reopened(case: Case) -> bool:
    return case.state == "won" and case.capture.left >= case.cents and not case.capture.open_case


def notices_again(dice: PaypalDice) -> None:
    """Paid at once, before or after its notices, which come twice, and with a byte changed."""
    order = dice.orders(dice.dice.randrange(3))
    dice.approves()
    for what in dice.dice.sample(["hears", "come_back", "hears", "work"], 4):
        if what == "come_back":
            dice.tell(what, order)
        else:
            getattr(dice, what)()
    dice.forge()
    dice.hears()


def an_answer_is_lost(dice: PaypalDice) -> None:
    """PayPal was down until what was begun had lapsed. Then it has begun the payment, and later taken it, and nobody
    was told; its payer clicks again, and the worker asks.
    """
    dice.tell("place", 0, (0,), True)
    dice.down()
    dice.tell("begin", 0)
    dice.up()
    dice.passes(dice.dice.choice([7 * HOUR, DAY]))
    dice.work()
    dice.tell("come_back", 0)
    dice.lose()
    dice.tell("begin", 0)
    dice.tell("begin", 0)
    dice.approves()
    dice.lose()
    dice.tell("come_back", 0)
    dice.passes(2)
    dice.work()


def paid_at_the_same_moment(dice: PaypalDice) -> None:
    """PayPal's answer is lost, a transfer comes meanwhile: the second sum is credit and is disputed."""
    dice.orders(0)
    dice.approves()
    dice.lose()
    dice.tell("come_back", 0)
    dice.tell("transfer", 0, dice.dice.choice([24_000, 25_500]))
    dice.tell("come_back", 0)
    dice.dispute()
    dice.hears()
    dice.pays(dice.dice.choice([0, 1, 2]))
    dice.passes(12 * DAY)
    dice.end_dispute()
    dice.hears()
    dice.passes(5 * HOUR)
    dice.night()
    dice.dispute()
    dice.hears()


def pending(dice: PaypalDice) -> None:
    """PayPal examines the money, for minutes or days; a transfer may come before it is through."""
    dice.told.tell("next", "pending")
    order = dice.pays(dice.dice.randrange(3))
    dice.tell("begin", order)
    dice.passes(dice.dice.choice([15, 2 * HOUR, 2 * DAY]))
    dice.work()
    if dice.dice.random() < 0.5:
        dice.tell("transfer", order, dice.shop.orders[order].missing)
    dice.end_pending()
    dice.passes(dice.dice.choice([15, 6 * HOUR]))
    dice.work()


def declined(dice: PaypalDice) -> None:
    """Declined, its payer approves again by the same link; or begins anew."""
    dice.told.tell("next", "declined")
    order = dice.pays(dice.dice.randrange(3))
    if dice.dice.random() < 0.3:
        dice.tell("begin", order)
    dice.approves()
    dice.lose()
    dice.tell("come_back", order)
    if dice.dice.random() < 0.3:
        dice.hears()


def two_tabs(dice: PaypalDice) -> None:
    """The payment is begun twice, as two hours passed or a part was paid meanwhile, and both are approved."""
    order = dice.orders(0)
    if dice.dice.random() < 0.5:
        dice.tell("transfer", order, dice.dice.choice([4_000, 23_999]))
    else:
        dice.passes(dice.dice.choice([119, 120]))
    dice.tell("begin", order)
    for attempt in dice.dice.sample(range(len(dice.shop.attempts)), len(dice.shop.attempts)):
        dice.told.tell("approve", attempt)
    dice.dice.choice([dice.work, dice.hears])()
    dice.tell("come_back", order)
    dice.passes(10)
    dice.work()


def not_active_yet(dice: PaypalDice) -> None:
    """A household that did not ask to start at once waits; its payment is disputed before or after that."""
    dice.pays(*dice.dice.choice([(0,), (0, 1)]), express=False)
    dice.passes(dice.dice.choice([3, 13, 16]) * DAY)
    dice.dispute()
    dice.hears()
    dice.passes(15 * DAY)
    dice.work()
    dice.end_dispute()
    dice.hears()
    dice.work()


def extended_and_undone(dice: PaypalDice) -> None:
    """A second pack extends or revives the first; then it is disputed while some of it is reserved (O7, O10)."""
    home = dice.dice.randrange(3)
    dice.pays(1, home=home)
    dice.passes(dice.dice.choice([2, 190]) * DAY)
    dice.pays(dice.dice.choice([0, 1]), home=home)
    dice.tell("reserve", home, 100 + home, "token", dice.dice.choice([1, 5]))
    dice.passes(1)
    capture = dice.dice.choice(dice.shop.captures)
    dice.told.tell("dispute", capture.number, dice.dice.choice([capture.cents, capture.cents // 2]))
    dice.hears()
    dice.release()
    dice.passes(12 * DAY)
    dice.end_dispute()
    dice.hears()
    dice.release()
    dice.work()
    dice.passes(5 * HOUR)
    dice.night()


def sent_back(dice: PaypalDice) -> None:
    """Money goes back by hand at PayPal, before the shop knows that it came, and after that; notices may be lost."""
    for home, part in enumerate(dice.dice.sample([1, 2, 3], 2)):
        order = dice.orders(0, home=home)
        dice.approves()
        dice.lose()
        dice.tell("come_back", order)
        dice.told.tell("refund", home, dice.shop.captures[home].cents // part)
    if dice.dice.random() < 0.5:
        dice.hears()
    dice.passes(5 * HOUR)
    dice.dice.choice([dice.work, dice.night])()
    dice.refund()
    dice.passes(DAY)
    dice.night()
    dice.work()


def too_late(dice: PaypalDice) -> None:
    """Approved, and nobody came back until the order had expired; its pack may be sold no more (O3)."""
    order = dice.orders(0)
    dice.approves()
    if dice.dice.random() < 0.5:
        dice.tell("transfer", order, 4_000)
    dice.passes(31 * DAY)
    if dice.dice.random() < 0.5:
        dice._alone("withdraw", 0)
    for what in dice.dice.sample(["work", "come_back", "transfer"], 3):
        dice._to_order(what, *([24_000] if what == "transfer" else [])) if what != "work" else dice.work()
    dice.tell("choose_credit", order)
    dice.pays(1)


OPENINGS = (
    notices_again, an_answer_is_lost, paid_at_the_same_moment, pending, declined, two_tabs, not_active_yet,
    extended_and_undone, sent_back, too_late,
)  # fmt: skip
