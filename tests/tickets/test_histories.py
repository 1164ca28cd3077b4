"""Whatever people do, in whatever order: `verify` finds nothing wrong with it, and no unit is lost."""

import datetime
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from carnet.audit.actors import WORKER
from carnet.kernel.refused import Refused
from carnet.ledger.actions import lots as ledger_actions
from carnet.people.models import Customer, Person
from carnet.provider import actions as provider
from carnet.tickets.actions import closing, correcting, cover, merging, questions, ratings, work
from carnet.tickets.models import Ticket
from carnet.work.actions import covers
from carnet.work.models import RunningWork, WorkSession
from carnet.work.rules.ways_to_pay import Chosen
from tests.factories.people import BEGAN, TEST
from tests.factories.tickets import answer, form_key
from tests.proofs import ledger_faults, ticket_faults

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
KINDS = ("chargeable", "chargeable", "chargeable", "training", "repair")


class History:
    """One customer whose people, and two agents, do what the dice say."""

    def __init__(self, seed: int, customer: Customer, people: list[Person], agents: list[Person]) -> None:
        self.dice, self.at = random.Random(seed), BEGAN
        self.customer, self.people, self.agents = customer, people, agents
        self.verbs: list[Callable[[], object]] = [
            self.buy, self.give, self.open, self.open, self.open, self.work, self.work, self.work, self.work, self.work,
            self.vanish, self.agree, self.agree, self.stop_at, self.answer, self.close, self.close, self.end_as,
            self.unsolved, self.reopen, self.correct, self.correct, self.record, self.split, self.merge, self.merge,
            self.rate, self.cover_waiting, self.by_time, self.go_on,
        ]  # fmt: skip

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.at += self.dice.choice([1, 2, 5, 31, 90]) * MINUTE
            if self.dice.random() < 0.05:
                self.at += datetime.timedelta(days=self.dice.choice([1, 5, 9, 31]))
            with suppress(Refused):
                self.dice.choice(self.verbs)()

    def ticket(self, **where: object) -> Ticket:
        found = list(Ticket.objects.filter(**where).order_by("-pk")[:6])
        if not found:
            raise Refused
        return self.dice.choice(found)

    def agent(self) -> Person:
        return self.dice.choice(self.agents)

    def session(self) -> WorkSession:
        found = list(WorkSession.objects.standing().order_by("-pk")[:5])
        if not found:
            raise Refused
        return self.dice.choice(found)

    # What happens

    def buy(self) -> None:
        unit, quantity = self.dice.choice([("token", 2), ("token", 5), ("minute", 60), ("minute", 120)])
        pack = ledger_actions.Pack(unit, quantity, validity_months=6)
        ledger_actions.open_lot(customer=self.customer, content=pack, by=TEST, at=self.at, key=form_key())

    def give(self) -> None:
        unit, quantity = self.dice.choice(["token", "minute"]), self.dice.choice([1, 12])
        goodwill = ledger_actions.Goodwill(unit, quantity, self.at.date() + datetime.timedelta(days=20), reason="Sorry")
        ledger_actions.grant_goodwill(customer=self.customer, goodwill=goodwill, by=TEST, at=self.at, key=form_key())

    def open(self) -> None:
        means, then = self.dice.choice(
            [("tokens", ""), ("minutes", ""), ("trial", ""), ("trial", "tokens"), ("trial", "minutes"), ("none", "")]
        )
        paying = then or means
        ceiling = {"tokens": self.dice.choice([None, 2, 3]), "minutes": self.dice.choice([None, 45, 90])}.get(paying)
        person = self.dice.choice(self.people)
        questions.open_ticket(
            customer=self.customer, person=person, question=questions.Question("S", "T", "question"),
            chosen=Chosen(means, then, ceiling), key=form_key(), by=person.as_actor(), at=self.at,
        )  # fmt: skip

    def work(self) -> None:
        agent, ticket = self.agent(), self.ticket(state="open")
        kind = self.dice.choice(KINDS)
        work.start_work(ticket=ticket, kind=kind, by=agent.as_actor(), at=self.at)
        self.stay(agent, self.dice.choice([1, 4, 9, 12, 29, 31, 47]))
        for other in self.agents:
            if self.dice.random() < 0.2:
                work.follow_clock(ticket=ticket, at=self.at)
            if other != agent and self.dice.random() < 0.3:
                work.start_work(ticket=ticket, by=other.as_actor(), at=self.at)
        self.stop(agent)

    def stay(self, agent: Person, minutes: int) -> None:
        end = self.at + minutes * MINUTE + self.dice.choice([0, 7, 30.5]) * datetime.timedelta(seconds=1)
        while self.at < end:
            self.at = min(end, self.at + 9 * MINUTE)
            work.sign_of_life(by=agent.as_actor(), at=self.at)

    def stop(self, agent: Person) -> None:
        running = RunningWork.objects.filter(agent=agent).select_related("cover__ticket").first()
        if running is None:
            raise Refused
        until = self.at if self.dice.random() < 0.5 else None
        kind = self.dice.choice(["", "", *KINDS])
        work.stop_work(
            ticket=running.cover.ticket, reason="R", kind=kind, worked_until=until, by=agent.as_actor(), at=self.at
        )

    def vanish(self) -> None:
        """A clock is forgotten, and stopped long after (T17)."""
        agent = self.agent()
        work.start_work(ticket=self.ticket(state="open"), by=agent.as_actor(), at=self.at)
        self.at += self.dice.choice([11, 40]) * MINUTE
        if self.dice.random() < 0.5:
            self.record()
        self.stop(agent)

    def go_on(self) -> None:
        agent = self.agent()
        ticket = self.ticket(state="open")
        work.start_work(ticket=ticket, by=agent.as_actor(), at=self.at)
        self.stay(agent, 32)
        work.go_on_offered(ticket=ticket, by=agent.as_actor(), at=self.at)
        self.stay(agent, 6)
        with suppress(Refused):
            self.agree(ticket)
        self.stay(agent, 8)
        self.stop(agent)

    def agree(self, ticket: Ticket | None = None) -> None:
        ticket = ticket or self.ticket()
        ceilings = [("tokens", 1), ("tokens", 2), ("tokens", 3), ("minutes", 45), ("minutes", 75)]
        means, ceiling = self.dice.choice(ceilings)
        cover.agree_to_more(ticket=ticket, means=means, ceiling=ceiling, by=ticket.asked_by.as_actor(), at=self.at)

    def stop_at(self) -> None:
        ticket = self.ticket(state="open")
        means, ceiling = self.dice.choice([("tokens", 1), ("minutes", 15)])
        cover.stop_at(ticket=ticket, means=means, ceiling=ceiling, by=ticket.asked_by.as_actor(), at=self.at)

    def answer(self) -> None:
        answer(self.ticket(), self.agent(), at=self.at, should_solve=self.dice.random() < 0.7)

    def close(self) -> None:
        ticket = self.ticket()
        closing.close_ticket(ticket=ticket, by=ticket.asked_by.as_actor(), at=self.at)

    def end_as(self) -> None:
        how = self.dice.choice(["cancelled", "spam", "duplicate", "out_of_scope", "unsolvable"])
        closing.close_ticket(
            ticket=self.ticket(), how=how, reason="R", waived=self.dice.random() < 0.5, by=self.agent().as_actor(),
            at=self.at,
        )  # fmt: skip

    def unsolved(self) -> None:
        ticket = self.ticket(state="closed")
        closing.mark_unsolved(ticket=ticket, key=form_key(), by=ticket.asked_by.as_actor(), at=self.at)

    def reopen(self) -> None:
        closing.reopen_ticket(ticket=self.ticket(state="closed"), by=self.agent().as_actor(), at=self.at)

    def correct(self) -> None:
        session = self.session()
        seconds = self.dice.choice([0, 60, 600, session.duration_seconds - 61, session.duration_seconds + 300])
        correcting.correct_session(
            session=session, seconds=max(0, seconds), kind=self.dice.choice([*KINDS, session.kind]), why="W",
            by=self.agent().as_actor(), at=self.at,
        )  # fmt: skip

    def record(self) -> None:
        agent, minutes = self.agent(), self.dice.choice([3, 10, 25])
        correcting.record_time(
            ticket=self.ticket(), agent=agent, started_at=self.at - (minutes + self.dice.choice([0, 3, 60])) * MINUTE,
            seconds=minutes * 60, kind=self.dice.choice(KINDS), reason="R", by=agent.as_actor(), at=self.at,
        )  # fmt: skip

    def split(self) -> None:
        merging.split_ticket(
            ticket=self.ticket(), subject="Another", text="", key=form_key(), by=self.agent().as_actor(), at=self.at
        )

    def merge(self) -> None:
        merging.merge_tickets(source=self.ticket(), target=self.ticket(), by=self.agent().as_actor(), at=self.at)

    def rate(self) -> None:
        ticket = self.ticket(state="closed")
        ratings.rate_ticket(
            ticket=ticket, score=self.dice.randint(1, 5), comment="", may_publish=False, by=ticket.asked_by.as_actor(),
            at=self.at,
        )  # fmt: skip

    def cover_waiting(self) -> None:
        covers.cover_waiting(customer=self.customer, by=WORKER, at=self.at)
        for ticket in Ticket.objects.filter(state="open"):
            cover.take_up_covered(ticket=ticket, at=self.at)

    def by_time(self) -> None:
        for ticket in Ticket.objects.exclude(state="closed"):
            closing.remind_customer(ticket=ticket, at=self.at)
            closing.close_by_time(ticket=ticket, at=self.at)


@pytest.mark.parametrize("seed", range(8))
def test_verify_finds_nothing_wrong(seed, martins, claire, hugo, awa, odile):
    provider.change_setting(name="idle_minutes", value=10, by=TEST, at=BEGAN)
    history = History(seed, martins, [claire, hugo], [awa, odile])
    history.run(120)
    assert (ticket_faults(), ledger_faults(martins)) == ([], [])
    assert Ticket.objects.filter(state="closed").exists()
