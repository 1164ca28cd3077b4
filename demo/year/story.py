"""A story told by calling the actions that pages call: one queue of events in order of time, and what its people do."""

import datetime
import heapq
import itertools
import random
from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from carnet.audit.actors import VISITOR, WORKER, system
from carnet.catalogue import queries as catalogue
from carnet.kernel import calendar, keys
from carnet.orders import rules
from carnet.orders.actions import placing as ordering
from carnet.orders.models import Order
from carnet.orders.queries import sales
from carnet.people import queries as people_queries
from carnet.people.actions import customers
from carnet.people.models import Customer, Membership, Person
from carnet.provider import queries as provider
from carnet.tickets.actions import assigning, messages, questions, work
from carnet.tickets.models import FirstQuestion, Ticket
from carnet.tickets.queries import waiting
from carnet.tickets.rules import Sender
from carnet.till.actions import placing
from carnet.work.models import RunningWork
from carnet.work.rules.ways_to_pay import Chosen
from demo.paypal.server import PaypalStandIn
from demo.year.people import ABROAD, PASSWORD, DemoCustomer, address_of, invented_siren
from demo.year.scenes import ASKED_BACK, HELLO, SCENES, Scene

DEMO = system("demo")
MONTHS = 12
MINUTE, HOUR, DAY = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1)
TOKEN_MINUTES = 30


class Story:
    """What happens from `MONTHS` ago up to `until`; the same `until` and seed tell the same story."""

    def __init__(self, until: datetime.datetime, seed: int = 12) -> None:
        self.until, self.random = until, random.Random(seed)
        self.zone = provider.time_zone()
        self.begin = self.months_ago(MONTHS)
        self.events: list[tuple[datetime.datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self.count = itertools.count()
        self.asking: set[int] = set()  # the numbers of the events that wait for the network
        self.now = self.begin
        self.paypal: PaypalStandIn | None = None  # whom the story's people pay, if it runs
        self.has_vies = False  # whether VAT numbers can be asked about
        self.agents: list[Person] = []
        self.busy: dict[int, datetime.datetime] = {}
        self.asked: dict[int, list[Scene]] = {}
        # One hash for everybody: hashing sixty passwords apart would take longer than the whole story.
        self.password = make_password(PASSWORD)

    def plan(self, at: datetime.datetime, what: Callable[..., None], *args: Any, asks_network: bool = False) -> None:
        """Have `what(at, *args)` happen at `at`, unless that is still to come."""
        if at < self.until:
            number = next(self.count)
            heapq.heappush(self.events, (at, number, what, args))
            if asks_network:
                self.asking.add(number)

    def run(self) -> None:
        """Have everything happen that is planned, and what follows from it: in one transaction as far as nobody waits
        for the network.
        """
        while self.events:
            with transaction.atomic():
                while self.events and self.events[0][1] not in self.asking:
                    self._happen()
            if self.events:
                self._happen()

    def _happen(self) -> None:
        self.now, _number, what, args = heapq.heappop(self.events)
        what(self.now, *args)

    # People

    @property
    def owner(self) -> Person:
        return next(agent for agent in self.agents if agent.is_owner)

    def let_sign_in(self, person: Person) -> None:
        Person.objects.filter(pk=person.pk).update(password=self.password)

    def membership_of(self, name: str) -> Membership:
        """The demo's people belong to one customer each."""
        members = Membership.objects.active().select_related("customer", "person")
        return members.get(person__email=address_of(name))

    def remove(self, at: datetime.datetime, name: str) -> None:
        """A holder ends somebody's membership; their open tickets pass to the holder (P3)."""
        membership = self.membership_of(name)
        holder = people_queries.holders_of(membership.customer)[0]
        customers.remove_member(membership, by=holder.as_actor(), at=at)
        for ticket in waiting.of_removed_persons():
            assigning.pass_ticket_on(ticket=ticket, by=WORKER, at=at + MINUTE)

    def agents_for(self, ticket: Ticket) -> list[Person]:
        """Who speaks the customer's language comes first; the others of the team stand in."""
        able = [agent for agent in self.agents if agent.language == ticket.language and not agent.is_owner]
        others = [agent for agent in self.agents if agent.language == "fr" and agent not in able]
        return self.random.sample(able, len(able)) + others

    def free_agents(self, ticket: Ticket, at: datetime.datetime) -> list[Person]:
        """Who could take it up now: their clock runs nowhere else."""
        return [agent for agent in self.agents_for(ticket) if self.busy.get(agent.pk, self.begin) <= at]

    def may_speak(self, ticket: Ticket) -> bool:
        """Whether it is still open, and who asked still belongs to the customer (P3)."""
        ticket.refresh_from_db()
        members = Membership.objects.active().filter(customer=ticket.customer_id)
        return not ticket.is_closed and members.filter(person=ticket.asked_by_id).exists()

    # Orders

    def place_order(
        self, at: datetime.datetime, customer: Customer, buyer: Person, code: str, *, express_request: bool = True,
        means: str = "",
    ) -> Order:  # fmt: skip
        """Somebody orders a pack: a household to be paid by cheque, a company by transfer, unless `means` is given."""
        edition, terms = catalogue.edition_on_sale(code, at), sales.terms_at(at)
        assert edition, f"the demo sells {code}"
        assert terms, "the demo has terms"
        is_company = customer.kind == Customer.Kind.COMPANY
        named = self.buyer_of(customer, buyer)
        purchase = ordering.Purchase(
            items=(ordering.Item(edition, None if edition.shared else buyer),),
            means=means or ("transfer" if is_company else "cheque"), terms=terms, express_request=express_request,
            language=customer.language,
        )  # fmt: skip
        return placing.place_order(
            customer=customer, purchase=purchase, buyer=named, placed_by=buyer, ip=None, by=buyer.as_actor(), at=at,
            key=keys.new_key(),
        )  # fmt: skip

    def is_abroad(self, customer: Customer) -> bool:
        """Whether it owes the VAT itself, as VIES knows its number."""
        return self.has_vies and customer.name in ABROAD

    def buyer_of(self, customer: Customer, person: Person) -> rules.Buyer:
        """Who is named on order and invoice."""
        if self.is_abroad(customer):
            street, postcode, city, country, vat_number = ABROAD[customer.name]
            return rules.Buyer(customer.name, person.email, street, postcode, city, country, vat_number=vat_number)
        return rules.Buyer(
            name=customer.name, email=person.email, street="1 rue de l’Exemple", postcode="67000", city="Strasbourg",
            siren=invented_siren(customer.pk),
        )  # fmt: skip

    # Tickets

    def ask_first(self, at: datetime.datetime, customer: DemoCustomer, scene: Scene) -> FirstQuestion:
        """The holder asks a first question (F1)."""
        name = customer.people[0]
        return questions.ask_first_question(
            sender=Sender(name, address_of(name), customer.language), customer_kind=customer.kind,
            customer_name="" if customer.name == name else customer.name, question=_question(scene),
            key=keys.new_key(), by=VISITOR, at=at,
        )  # fmt: skip

    def confirm_first(self, at: datetime.datetime, question: FirstQuestion, scene: Scene) -> Ticket:
        """The address is confirmed: there are a person, a customer and a ticket."""
        ticket = questions.confirm_first_question(question=question, key=keys.new_key(), by=VISITOR, at=at)
        self.let_sign_in(ticket.asked_by)
        self.asked[ticket.customer_id] = [scene]
        return ticket

    def open_ticket(
        self, at: datetime.datetime, customer: Customer, asker: Person, scene: Scene, means: str = "tokens"
    ) -> Ticket:
        """Somebody asks what this scene tells."""
        self.asked[customer.pk].append(scene)
        return questions.open_ticket(
            customer=customer, person=asker, question=_question(scene), chosen=Chosen(means), key=keys.new_key(),
            by=asker.as_actor(), at=at,
        )  # fmt: skip

    def start_work(self, at: datetime.datetime, ticket: Ticket, agent: Person, until: datetime.datetime) -> None:
        """The agent's clock runs, and will until then."""
        work.start_work(ticket=ticket, by=agent.as_actor(), at=at)
        self.busy[agent.pk] = until + MINUTE * 2

    def stop_work(self, at: datetime.datetime, ticket: Ticket, reason: str, agent: Person) -> None:
        self.was_there(agent, at)
        work.stop_work(ticket=ticket, reason=reason, by=agent.as_actor(), at=at)

    def stop_late(self, at: datetime.datetime, ticket: Ticket, reason: str, agent: Person) -> None:
        """The agent went on beyond the paid time, and nobody had agreed to more: what lies beyond is offered (T4)."""
        self.was_there(agent, at)
        work.go_on_offered(ticket=ticket, by=agent.as_actor(), at=at)
        self.stop_work(at, ticket, reason, agent)

    def was_there(self, agent: Person, at: datetime.datetime) -> None:
        """The last of the signs of life that came from the agent's page all the time (T17)."""
        RunningWork.objects.filter(agent=agent).update(last_sign_at=at)

    def answer(self, at: datetime.datetime, ticket: Ticket, scene: Scene, agent: Person) -> None:
        """The answer that should solve it."""
        answer = messages.Answer(self._letter(ticket, scene.answer, agent), should_solve=True)
        messages.answer_ticket(ticket=ticket, answer=answer, key=keys.new_key(), by=agent.as_actor(), at=at)

    def ask_back(self, at: datetime.datetime, ticket: Ticket) -> None:
        """An agent needs the customer's word to go on (T16)."""
        agent = self.agents_for(ticket)[0]
        answer = messages.Answer(self._letter(ticket, ASKED_BACK[ticket.language][0], agent), asks=True)
        messages.answer_ticket(ticket=ticket, answer=answer, key=keys.new_key(), by=agent.as_actor(), at=at)

    def _letter(self, ticket: Ticket, text: str, agent: Person) -> str:
        hello = HELLO[ticket.language].format(name=ticket.asked_by.first_name)
        return f"{hello}\n\n{text}\n\n{agent.first_name}"

    # Chance

    def scene(self, language: str, *, asked: list[Scene], most_minutes: int = 60, criticality: str = "") -> Scene:
        """Something that was not asked there before, if possible, and as urgent as wanted, if possible."""
        subjects = {scene.subject for scene in asked}
        fitting = [scene for scene in SCENES if scene.language == language and scene.minutes <= most_minutes]
        unheard = [scene for scene in fitting if scene.subject not in subjects] or fitting
        return self.random.choice([scene for scene in unheard if scene.criticality == criticality] or unheard)

    def some(self, average: datetime.timedelta) -> datetime.timedelta:
        """A while: mostly shorter than the average, now and then much longer."""
        return average * self.random.expovariate(1)

    def minutes(self, least: int, most: int) -> datetime.timedelta:
        return MINUTE * self.random.randint(least, most)

    def months_ago(self, months: float) -> datetime.datetime:
        """The beginning of a day about so many months before now: thirty days a month are near enough for a demo."""
        return calendar.start_of(calendar.date_on(self.until - DAY * 30 * months, self.zone), self.zone)

    def daytime(self, at: datetime.datetime) -> datetime.datetime:
        """The same day at an hour when people write: mostly by day, some in the evening, fewer at the week-end."""
        local = at.astimezone(self.zone)
        hour = self.random.choice((8, 9, 9, 10, 10, 11, 11, 13, 14, 14, 15, 16, 17, 18, 20, 21))
        moment = local.replace(
            hour=hour, minute=self.random.randint(0, 59), second=self.random.randint(0, 59), microsecond=0
        )
        if moment.weekday() >= 5 and self.random.random() < 0.6:
            moment += DAY * (7 - moment.weekday())
        return max(moment.astimezone(datetime.UTC), at)


def _question(scene: Scene) -> questions.Question:
    return questions.Question(scene.subject, scene.question, scene.criticality)
