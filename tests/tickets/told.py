"""A history told twice: to the program, and to `tests.work.household`, which knows only docs/rules.md."""

import datetime

from django.db import transaction

from carnet.audit.actors import WORKER
from carnet.kernel.refused import Refused
from carnet.ledger.actions import lots as ledger_actions
from carnet.ledger.models import Lot
from carnet.tickets import models
from carnet.tickets.actions import closing, correcting, cover, merging, questions, work
from carnet.work.actions import covers, trials
from carnet.work.models import WorkSession
from carnet.work.queries import covers as cover_queries
from carnet.work.queries import worked_time
from carnet.work.rules.ways_to_pay import Chosen
from tests.factories.people import BEGAN, TEST
from tests.factories.tickets import form_key
from tests.work.household import TICK, Household, Session, Ticket


class Told:
    """The same history told to both."""

    def __init__(self, customer, person, agents, *, free=0, tokens=0, minutes=0) -> None:
        self.customer, self.person, self.agents = customer, person, agents
        self.home = Household(free=free, tokens=tokens, minutes=minutes)
        self.tickets: list[models.Ticket] = []
        self.log: list[str] = []
        if free:
            trials.open_trial(customer=customer, person=person, by=TEST, at=BEGAN)
        for unit, quantity in (("token", tokens), ("minute", minutes)):
            if quantity:
                self._give(unit, quantity)

    @property
    def at(self) -> datetime.datetime:
        return BEGAN + datetime.timedelta(seconds=self.home.now * TICK)

    def _give(self, unit: str, quantity: int) -> None:
        pack = ledger_actions.Pack(unit, quantity, validity_months=6)
        ledger_actions.open_lot(customer=self.customer, content=pack, by=TEST, at=self.at, key=form_key())

    def tell(self, what: str, *args: object) -> bool:
        """Whether the program and the household could both do it; they must agree on that."""
        self.log.append(f"{self.home.now * TICK // 60}:{self.home.now * TICK % 60:02} {what}{args}")
        try:
            with transaction.atomic():
                could = getattr(self, f"_{what}")(*args)
        except Refused as refused:
            could, self.log[-1] = False, f"{self.log[-1]} refused {refused.code}"
        expected = getattr(self, f"_{what}_at_home")(*args)
        assert (could is not False) == (expected is not False), self.story(f"done {could}, at home {expected}")
        return could is not False

    def story(self, what: str) -> str:
        return "\n".join(["", *self.log, what])

    # Each thing that is done: to the program, and at home

    def _pass(self, ticks: int, looks: bool) -> None:
        at = self.at + datetime.timedelta(seconds=ticks * TICK)
        for agent in self.agents:
            work.sign_of_life(by=agent.as_actor(), at=at)
        if looks:
            self.follow(at)

    def _pass_at_home(self, ticks: int, looks: bool) -> None:
        self.home.pass_time(ticks)

    def follow(self, at: datetime.datetime) -> None:
        for ticket in self.tickets:
            work.follow_clock(ticket=ticket, at=at)

    def _buy(self, unit: str, quantity: int) -> None:
        self.follow(self.at)
        self._give(unit, quantity)
        covers.cover_waiting(customer=self.customer, by=WORKER, at=self.at)

    def _buy_at_home(self, unit: str, quantity: int) -> None:
        self.home.buy(f"{unit}s", quantity)

    def _open(self, kind: str, then: str, ceiling: int) -> None:
        self.tickets.append(
            questions.open_ticket(
                customer=self.customer, person=self.person, question=questions.Question("S", "T", "question"),
                chosen=Chosen(kind, then, ceiling or None), key=form_key(), by=self.person.as_actor(), at=self.at,
            )
        )  # fmt: skip

    def _open_at_home(self, kind: str, then: str, ceiling: int) -> None:
        self.home.open(kind, then, ceiling=ceiling)

    def _split(self, number: int) -> None:
        self.tickets.append(
            merging.split_ticket(
                ticket=self.tickets[number], subject="S", text="", key=form_key(), by=self.agents[0].as_actor(),
                at=self.at,
            )
        )  # fmt: skip

    def _split_at_home(self, number: int) -> bool:
        if self.home.tickets[number].state == "ended":
            return False
        return self.home.open("none", asked=True)

    def _start(self, agent: int, number: int, charges: bool) -> None:
        kind = "chargeable" if charges else "training"
        work.start_work(ticket=self.tickets[number], kind=kind, by=self.agents[agent].as_actor(), at=self.at)

    def _start_at_home(self, agent: int, number: int, charges: bool) -> bool:
        return self.home.start(agent, self.home.tickets[number], charges=charges)

    def _go_on(self, agent: int, number: int) -> None:
        work.go_on_offered(ticket=self.tickets[number], by=self.agents[agent].as_actor(), at=self.at)

    def _go_on_at_home(self, agent: int, number: int) -> None:
        self.home.go_on(agent)

    def _halt(self, agent: int, number: int) -> None:
        work.halt_work(ticket=self.tickets[number], by=self.agents[agent].as_actor(), at=self.at)

    def _halt_at_home(self, agent: int, number: int) -> None:
        self.home.halt(agent)

    def _stop(self, agent: int, number: int, kind: str) -> None:
        by = self.agents[agent].as_actor()
        work.stop_work(ticket=self.tickets[number], reason="R", kind=kind, by=by, at=self.at)

    def _stop_at_home(self, agent: int, number: int, kind: str) -> None:
        self.home.stop(agent, charges=None if not kind else kind == "chargeable")

    def _record(self, agent: int, number: int, first: int, ticks: int, charges: bool) -> None:
        correcting.record_time(
            ticket=self.tickets[number], agent=self.agents[agent], seconds=ticks * TICK, reason="R",
            started_at=BEGAN + datetime.timedelta(seconds=first * TICK), kind="chargeable" if charges else "training",
            by=self.agents[agent].as_actor(), at=self.at,
        )  # fmt: skip

    def _record_at_home(self, agent: int, number: int, first: int, ticks: int, charges: bool) -> None:
        self.home.record(self.home.tickets[number], list(range(first, first + ticks)), charges=charges)

    def _correct(self, number: int, first: int, last: int, kept: int, charges: bool) -> None:
        session = next(
            one
            for one in WorkSession.objects.standing().filter(cover__ticket=self.tickets[number])
            if (self._tick(one.started_at), self._tick(one.ended_at) - 1, one.kind != "mistaken") == (first, last, True)
        )
        correcting.correct_session(
            session=session, seconds=kept * TICK, kind=session.kind if charges else "training", why="W", by=TEST,
            at=self.at,
        )  # fmt: skip

    def _correct_at_home(self, number: int, first: int, last: int, kept: int, charges: bool) -> None:
        ticket = self.home.tickets[number]
        session = next(one for one in ticket.sessions if one.ticks and (one.ticks[0], one.ticks[-1]) == (first, last))
        self.home.correct(ticket, session, kept, charges=charges and session.charges)

    def _tick(self, at: datetime.datetime) -> int:
        return int((at - BEGAN).total_seconds()) // TICK

    def _agree(self, number: int, means: str, upto: int) -> None:
        by = self.person.as_actor()
        cover.agree_to_more(ticket=self.tickets[number], means=means, ceiling=upto, by=by, at=self.at)

    def _agree_at_home(self, number: int, means: str, upto: int) -> bool:
        return self.home.agree(self.home.tickets[number], means, upto)

    def _stop_at(self, number: int, means: str, upto: int) -> None:
        by = self.person.as_actor()
        cover.stop_at(ticket=self.tickets[number], means=means, ceiling=upto, by=by, at=self.at)

    def _stop_at_at_home(self, number: int, means: str, upto: int) -> bool:
        return self.home.stop_at(self.home.tickets[number], means, upto)

    def _close(self, number: int, waived: bool) -> None:
        how = "unsolvable" if waived else "solved"
        closing.close_ticket(
            ticket=self.tickets[number], how=how, reason="R", waived=waived, by=self.person.as_actor(), at=self.at
        )

    def _close_at_home(self, number: int, waived: bool) -> None:
        self.home.close(self.home.tickets[number], waived=waived)

    def _reopen(self, number: int) -> None:
        closing.reopen_ticket(ticket=self.tickets[number], by=self.agents[0].as_actor(), at=self.at)

    def _reopen_at_home(self, number: int) -> bool:
        ticket = self.home.tickets[number]
        return ticket.state != "ended" or self.home.reopen(ticket)

    def _merge(self, source: int, target: int) -> None:
        merging.merge_tickets(
            source=self.tickets[source], target=self.tickets[target], by=self.agents[0].as_actor(), at=self.at
        )

    def _merge_at_home(self, source: int, target: int) -> bool:
        return self.home.merge(self.home.tickets[source], self.home.tickets[target])

    # What must be the same

    def compare(self) -> None:
        self.follow(self.at)
        for number, (ticket, expected) in enumerate(zip(self.tickets, self.home.tickets, strict=True)):
            ticket = models.Ticket.objects.select_related("cover").get(pk=ticket.pk)
            found = self._found(ticket)
            assert found == self._expected(expected), self.story(
                f"ticket {number}: {found}, at home {self._expected(expected)}"
            )
        left = {unit: sum(one.available for one in self._lots(unit)) for unit in ("token", "minute")}
        home = self.home
        assert left == {"token": home.units["tokens"], "minute": home.units["minutes"] + home.free}, self.story("left")

    def _lots(self, unit: str) -> list[Lot]:
        return list(Lot.objects.filter(customer=self.customer, unit=unit))

    def _found(self, ticket: models.Ticket) -> dict[str, object]:
        sessions = WorkSession.objects.of(ticket.cover)
        clock = worked_time.clock_of(ticket.cover, sessions, at=self.at)
        had = cover_queries.units_had(ticket.cover)
        return {
            "charged": clock.worked_seconds, "offered": clock.offered_seconds, "state": ticket.cover.state,
            "had": {str(means): units for means, units in had.items()},
        }  # fmt: skip

    def _expected(self, ticket: Ticket) -> dict[str, object]:
        works: list[Session] = [*ticket.sessions, *(one for one in self.home.clocks.values() if one.ticket is ticket)]
        return {
            "charged": ticket.used * TICK, "offered": sum(len(one.offered) for one in works if one.charges) * TICK,
            "state": ticket.state, "had": {"trial": ticket.free_minutes, **ticket.had},
        }  # fmt: skip
