"""Random histories through the actions, against the reference: at month ends, leap days, days of 23 and 25 hours."""

import dataclasses
import datetime
import os
from zoneinfo import ZoneInfo

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carnet.audit.actors import system
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.ledger import queries
from carnet.ledger.actions import lots, movements, sharing
from carnet.ledger.models import Lot, Movement
from carnet.ledger.rules import FREE, Units
from carnet.people.models import Customer, Person
from tests.factories.people import make_customer, make_member
from tests.ledger.reference import Ledger
from tests.proofs import ledger_faults

TEST = system("test")
PARIS = ZoneInfo("Europe/Paris")
BEGINNINGS = [
    datetime.date(2027, 1, 31),
    datetime.date(2028, 2, 29),
    datetime.date(2027, 3, 27),
    datetime.date(2027, 10, 30),
]
EXAMPLES = int(os.environ.get("CARNET_EXAMPLES") or (100 if os.environ.get("CI") else 25))

people = st.sampled_from(["claire", "hugo"])
tickets = st.integers(1, 2)
some = st.integers(1, 4)
sales = st.tuples(st.just("sell"), some, st.sampled_from([6, 12]), st.sampled_from(["", "", "claire", "hugo"]))
gifts = st.tuples(st.just("give"), some, st.integers(0, 90), st.sampled_from(["", "", "hugo"]))
takings = st.tuples(st.just("take"), people, tickets, st.integers(1, 7))
spendings = st.tuples(st.just("spend"), tickets, st.integers(1, 3), st.sampled_from([False, False, True]))
quantities = st.sampled_from([None, 1, 1, 2])
releases = st.tuples(st.just("release"), tickets, quantities, st.booleans(), st.sampled_from([False, False, True]))
steps = st.one_of(
    sales,
    gifts,
    st.tuples(st.just("give_trial")),
    takings,
    takings,
    st.tuples(st.just("take_free"), people, tickets),
    spendings,
    releases,
    st.tuples(st.just("give_back"), st.integers(0, 5)),
    st.tuples(st.just("allow"), st.integers(0, 2), st.sampled_from([None, 0, 1, 2, 3])),
)
beginnings = st.tuples(sales, gifts, takings, steps, steps)
waits = st.sampled_from([0, 0, 0, 1, 28, 31, 200, 366])


class History:
    """One customer, told to the actions and to the reference alike."""

    def __init__(self, customer: Customer, persons: dict[str, Person], first_day: datetime.date) -> None:
        self.customer, self.persons, self.day = customer, persons, first_day
        self.reference = Ledger(holder="claire")
        self.count = 0
        self.last_request = lambda: None
        self.remembered: list[tuple[datetime.datetime, list]] = []

    @property
    def at(self) -> datetime.datetime:
        """Each step a minute later, the last hour of the day first: the zone's date is not that of UTC."""
        return datetime.datetime.combine(self.day, datetime.time(0, self.count), PARIS).astimezone(datetime.UTC)

    def do(self, step: tuple) -> None:
        self.count += 1
        verb, *arguments = step
        getattr(self, verb)(*arguments)
        self.compare()

    def ask(self, action, expected: bool, /, **arguments) -> None:
        """The action does what the reference did, and its second coming nothing."""
        key = f"step:{self.count}"
        try:
            first = action(**arguments, by=TEST, at=self.at, key=key)
        except Refused:
            assert not expected, f"{action.__name__} refused"
            return
        assert expected, f"{action.__name__} not refused"
        before = Movement.objects.filter(customer=self.customer).count()
        again = action(**arguments, by=TEST, at=self.at, key=key)
        assert again == first
        assert Movement.objects.filter(customer=self.customer).count() == before

    def sell(self, quantity, months, person):
        days = dict(Lot.objects.filter(customer=self.customer).values_list("number", "last_day"))
        self.reference.sell(self.day, quantity, months, person)
        self.ask(
            lots.open_lot,
            True,
            customer=self.customer,
            content=lots.Pack("token", quantity, months, shared=not person, person=self.persons.get(person)),
        )
        # No activation makes any unit's last day earlier.
        now = dict(Lot.objects.filter(customer=self.customer).values_list("number", "last_day"))
        assert all(day is None or now[number] >= day for number, day in days.items())

    def give(self, quantity, days, person):
        last_day = self.day + datetime.timedelta(days=days)
        self.reference.open("goodwill", quantity, last_day, person)
        self.ask(
            lots.grant_goodwill,
            True,
            customer=self.customer,
            goodwill=lots.Goodwill("token", quantity, last_day, "For a test.", self.persons.get(person)),
        )

    def give_trial(self):
        is_first = all(pack.origin != "trial" for pack in self.reference.packs)
        if is_first:
            self.reference.open("trial", 5, None)
        self.ask(lots.open_lot, is_first, customer=self.customer, content=lots.Trial(5, validity_days=30))

    def take(self, person, ticket, quantity):
        taken = self.reference.take(self.day, person, ticket, quantity)
        self.ask(
            movements.reserve,
            taken is not None,
            account=self.customer,
            units=Units("token", quantity),
            person=self.persons[person],
            cause=Cause("ticket", ticket + 10 * self.customer.pk),
            rule="T1",
        )
        if taken is not None:
            lines = Movement.objects.filter(customer=self.customer, key=f"step:{self.count}").select_related("lot")
            assert {line.lot.number: line.quantity for line in lines} == taken

    def take_free(self, person, ticket):
        # F1: up to three of what is left.
        found = queries.drawable(self.customer, self.persons[person], "minute", self.at, FREE)
        quantity = min(3, sum(one.units for one in found))
        taken = self.reference.take(self.day, person, ticket, 3, free=True)
        assert sum((taken or {}).values()) == quantity
        self.ask(
            movements.reserve,
            taken is not None,
            account=self.customer,
            units=Units("minute", quantity or 1, FREE),
            person=self.persons[person],
            cause=Cause("ticket", ticket + 10 * self.customer.pk),
            rule="F1",
        )

    def spend(self, ticket, quantity, free):
        self.ask(
            movements.spend,
            self.reference.spend(ticket, quantity, free=free),
            account=self.customer,
            units=Units("minute", quantity, FREE) if free else Units("token", quantity),
            cause=Cause("ticket", ticket + 10 * self.customer.pk),
            rule="T2",
        )

    def release(self, ticket, quantity, by_us, free):
        quantity = len(self.reference.held(ticket, free)) if quantity is None else quantity
        if not quantity:
            return
        self.ask(
            movements.release,
            self.reference.release(self.day, ticket, quantity, by_us=by_us, free=free),
            account=self.customer,
            units=Units("minute", quantity, FREE) if free else Units("token", quantity),
            cause=Cause("ticket", ticket + 10 * self.customer.pk),
            provider_caused=by_us,
            rule="T12",
        )

    def give_back(self, index):
        lines = Movement.objects.filter(customer=self.customer, kind="spent").select_related("lot").order_by("sequence")
        if index >= len(lines):
            return
        line = lines[index]
        is_left = queries.not_corrected(line) > 0
        if is_left:
            person = next(name for name, one in self.persons.items() if one.pk == line.person_id)
            self.reference.give_back(line.cause_id - 10 * self.customer.pk, line.lot.number, person)
        self.ask(movements.correct, is_left, movement=line, quantity=1, rule="T14")

    def allow(self, index, units):
        shared = [pack for pack in self.reference.packs if not pack.for_person]
        if index >= len(shared):
            return
        lot = Lot.objects.get(customer=self.customer, number=shared[index].number)
        sharing.set_allowance(lot=lot, person=self.persons["hugo"], units=units, by=TEST, at=self.at)
        if units is None:
            shared[index].allowed.pop("hugo", None)
        else:
            shared[index].allowed["hugo"] = units

    def compare(self) -> None:
        lots = Lot.objects.filter(customer=self.customer).order_by("number")
        rows = [(lot.number, lot.last_day, lot.available, lot.reserved, lot.spent) for lot in lots]
        assert rows == self.reference.picture()
        self.remembered.append((self.at, self.balance(self.at)))

    def balance(self, at: datetime.datetime) -> list:
        found = queries.balance_at(self.customer, at)
        return [(lot.lot.number, lot.state, lot.last_day, dataclasses.astuple(lot.balance)) for lot in found.lots]


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first_day=st.sampled_from(BEGINNINGS),
    beginning=beginnings,
    plan=st.lists(st.tuples(waits, steps), min_size=4, max_size=20),
)
def test_random_histories(claire, hugo, first_day, beginning, plan):
    with transaction.atomic():
        customer = make_customer(claire, "Famille")
        make_member(customer, hugo)
        history = History(customer, {"claire": claire, "hugo": hugo}, first_day)
        for wait, step in [(0, step) for step in beginning] + plan:
            history.day += datetime.timedelta(days=wait)
            history.do(step)
        # For a past instant the balance never changes, and the journal replayed gives the rows.
        assert [balance for _, balance in history.remembered] == [history.balance(at) for at, _ in history.remembered]
        assert ledger_faults(customer) == []
        transaction.set_rollback(True)
