"""Orders, payments by all means, refunds, withdrawals, credit sent back and cheques that bounce as the dice say, told
to the program and to a model kept apart: units and euros are equal (O3, O4, O7–O11). CARNET_EXAMPLES=N asks for more.
"""

import os
import random

import pytest
import time_machine

from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import open_shop
from tests.factories.people import make_customer, make_person
from tests.proofs import every_fault
from tests.till.money_model import MoneyShop
from tests.till.money_told import MoneyTold
from tests.till.paypal_model import PackOnSale

pytestmark = pytest.mark.django_db

FIRST = int(os.environ.get("CARNET_FIRST") or 0)
EXAMPLES = int(os.environ.get("CARNET_EXAMPLES") or (40 if os.environ.get("CI") else 12))
STEPS = int(os.environ.get("CARNET_STEPS") or 35)
STARTS = ("2027-02-26 12:00", "2027-03-27 23:50", "2027-10-30 23:50", "2027-12-20 12:00", "2028-02-28 12:00")
PACKS = [PackOnSale("token", 20, 12, 24_000), PackOnSale("token", 7, 6, 10_000), PackOnSale("minute", 120, 6, 9_001)]
HOUR, DAY = 60, 24 * 60
LENGTHS = (5, HOUR, 12 * HOUR, DAY, 3 * DAY, 12 * DAY, 15 * DAY, 31 * DAY, 200 * DAY)
OFTEN = {
    "place": 5, "receive": 9, "passes": 7, "work": 6, "reserve": 6, "spend": 4, "release": 4, "refund": 6,
    "withdraw": 4, "return_credit": 2, "bounce": 4, "send": 3, "answer": 3, "cancel": 1, "off_sale": 1,
}  # fmt: skip


@pytest.fixture
def people(claire, ines, odile):
    make_customer(make_person("Noé Petit", email="noe@example.org"))
    return [claire, ines, type(claire).objects.get(email="noe@example.org")]


class MoneyDice:
    """What comes next."""

    def __init__(self, dice: random.Random, told: MoneyTold) -> None:
        self.dice, self.told, self.shop = dice, told, told.shop

    def step(self) -> None:
        getattr(self, self.dice.choices(list(OFTEN), list(OFTEN.values()))[0])()

    def place(self) -> None:
        packs = [one for one in range(len(PACKS)) if one not in self.shop.withdrawn]
        if len(self.shop.orders) < 8 and packs:
            home = self.dice.choice([0, 0, 1, 2])
            self.told.tell("place", home, self.dice.choice(packs), self.dice.random() < 0.6)
            if self.dice.random() < 0.7 and self.shop.orders[-1].missing:
                self._pay(len(self.shop.orders) - 1)

    def _order(self) -> int | None:
        newest = range(len(self.shop.orders))[-4:]
        return self.dice.choice(newest) if newest else None

    def _pay(self, order: int) -> None:
        one = self.shop.orders[order]
        asked = one.missing or sum(bounced.missing for bounced in self.shop._open_bounces(one)) or 1_000
        cents = self.dice.choice([asked, asked, asked, asked // 3, asked + 1_500, asked - 1])
        self.told.tell("receive", order, self.dice.choice(["transfer", "cheque", "cheque", "paypal"]), max(1, cents))

    def receive(self) -> None:
        order = self._order()
        if order is not None:
            self._pay(order)

    def passes(self) -> None:
        self.told.tell("pass", self.dice.choice(LENGTHS))
        if self.dice.random() < 0.6:
            self.told.tell("work")

    def work(self) -> None:
        self.told.tell("work")

    def reserve(self) -> None:
        home = self.dice.choice([0, 0, 1, 2])
        unit, units = self.dice.choice([("token", 1), ("token", 3), ("token", 18), ("minute", 30), ("minute", 110)])
        ticket = 1 + home + 3 * (2 * len(self.shop.homes[home].holds) + (unit == "minute"))
        self.told.tell("reserve", home, ticket, unit, units)

    def spend(self) -> None:
        self._of_ticket("spend")

    def release(self) -> None:
        self._of_ticket("release")

    def _of_ticket(self, what: str) -> None:
        held = [(home, ticket) for home in self.shop.homes for ticket in home.holds
                if self.shop.held(home.number, ticket)]  # fmt: skip
        if held:
            home, ticket = self.dice.choice(held)
            units = self.dice.randint(1, self.shop.held(home.number, ticket))
            self.told.tell(what, home.number, ticket, home.holds[ticket][0][0].unit, units)

    def refund(self) -> None:
        order = self._order()
        if order is not None:
            self.told.tell("refund", order, self.dice.choice([None, None, 1, 2, 5, 100]), self.dice.random() < 0.3)

    def withdraw(self) -> None:
        order = self._order()
        if order is not None:
            self.told.tell("withdraw", order, self.dice.random() < 0.3)

    def return_credit(self) -> None:
        self.told.tell("return_credit", self.dice.choice([0, 0, 1, 2]))

    def bounce(self) -> None:
        cheques = [place for place, one in enumerate(self.shop.sums) if one.means == "cheque"]
        if cheques:
            self.told.tell("bounce", self.dice.choice(cheques[-4:]))

    def send(self) -> None:
        if self.shop.backs:
            self.told.tell("send", self.dice.randrange(len(self.shop.backs)))

    def answer(self) -> None:
        online = [place for place, one in enumerate(self.shop.backs) if one.means == "paypal"]
        if online:
            outcome = self.dice.choice(["completed", "completed", "pending", "failed"])
            self.told.tell("answer", self.dice.choice(online), outcome)

    def cancel(self) -> None:
        order = self._order()
        if order is not None:
            self.told.tell("cancel", order)

    def off_sale(self) -> None:
        """At a moment of its own: of two things of one moment nobody can say which came first."""
        if self.dice.random() < 0.3:
            self.told.tell("pass", 1)
            self.told.tell("off_sale", self.dice.randrange(len(PACKS)))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + EXAMPLES))
def test_the_program_tells_what_the_model_tells(seed, people):
    open_shop()
    editions = [
        put_on_sale(f"pack-{place}", pack.quantity, kind="tokens" if pack.unit == "token" else "hours",
                    months=pack.months, shared=pack.quantity >= 20, price_cents=pack.price)
        for place, pack in enumerate(PACKS)
    ]  # fmt: skip
    starts = moment(STARTS[seed % len(STARTS)])
    with time_machine.travel(starts, tick=False) as clock:
        told = MoneyTold(MoneyShop(PACKS, households=[True, False, True], at=starts), people, editions, clock)
        dice = MoneyDice(random.Random(seed), told)
        for number in range(STEPS):
            dice.step()
            if number % 12 == 11:
                assert every_fault() == [], told.story("verify")
        told.tell("pass", 31 * DAY)
        told.tell("work")
        assert every_fault() == [], told.story("verify")
