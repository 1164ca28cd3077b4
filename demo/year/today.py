"""What the demo's desk finds when it opens: open questions in every state, at whatever hour the demo is started.

Questions are told by how many minutes of opening time ago they came, so that one is late, and only one, also on a
Monday morning. Out of hours some more have come since the desk closed.
"""

import datetime
from dataclasses import dataclass, replace
from typing import Literal

from carnet.kernel import keys
from carnet.people.models import Person
from carnet.schedule import queries as schedule
from carnet.schedule.rules import OpeningHours
from carnet.tickets.actions import assigning, messages, work
from carnet.tickets.models import FirstQuestion, Ticket
from demo.year.people import NEWCOMERS, DemoCustomer
from demo.year.scenes import Criticality, Scene
from demo.year.story import MINUTE, TOKEN_MINUTES, Story

Since = Literal["", "taken", "asked_back", "answered", "worked_on", "passed_on"]
FREE_MINUTES = 15


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question of `person`, so many minutes of opening time ago, and what has happened to it since."""

    person: str
    criticality: Criticality
    minutes_ago: int
    since: Since = ""
    means: str = "tokens"


QUESTIONS = (
    DemoQuestion("Bernard Lacroix", "question", 1900, means="none"),  # nothing pays for it
    DemoQuestion("Émile Roy", "question", 215, "passed_on"),
    DemoQuestion("Loïc Weber", "question", 190),
    DemoQuestion("Hugo Morel", "hindered", 170, "asked_back"),
    DemoQuestion("Gilles Aubert", "hindered", 150, "taken"),
    DemoQuestion("Grace Hartley", "question", 131),
    DemoQuestion("Pau Ferrer", "blocked", 95),  # should have been answered within an hour
    DemoQuestion("Jean Duval", "hindered", 75),
    DemoQuestion("Claire Morel", "hindered", 64, "worked_on"),
    DemoQuestion("Léa Morel", "question", 48, "answered"),
    DemoQuestion("Mia Sorensen", "hindered", 30),
    DemoQuestion("Paul Lenoir", "blocked", 12),
)
OUT_OF_HOURS = (DemoQuestion("Oliver Hartley", "hindered", 85), DemoQuestion("Adèle Picard", "question", 25))
NOTE = {
    "fr": "Même modèle que chez Garage Lenoir en août : voir d’abord le port WSD.",
    "en": "Same model as at Garage Lenoir in August: look at the WSD port first.",
    "es": "El mismo modelo que en Garage Lenoir en agosto: mirar primero el puerto WSD.",
}
DRAFT = {
    "fr": "Bonjour, je viens de relire le journal de l’appareil. Pouvez-vous",
    "en": "Hello, I have just read the log of the device. Could you",
    "es": "Hola, acabo de leer el registro del aparato. ¿Podría",
}


def arrange(story: Story) -> None:
    """Plan today's questions, and what happens to them."""
    hours = schedule.opening_hours(story.until)
    used: list[Scene] = []  # nobody asks today what somebody else asks as well
    for question in QUESTIONS:
        story.plan(opened_before(hours, story.until, question.minutes_ago), _ask, story, question, used)
    for question in () if hours.is_open(story.until) else OUT_OF_HOURS:
        story.plan(story.until - MINUTE * question.minutes_ago, _ask, story, question, used)
    # One of them has used the free minutes up.
    for newcomer, minutes_ago in zip(NEWCOMERS, (110, 22), strict=True):
        is_helped = minutes_ago > 60
        story.plan(opened_before(hours, story.until, minutes_ago), _come, story, newcomer, is_helped, used)


def opened_before(hours: OpeningHours, until: datetime.datetime, minutes: int) -> datetime.datetime:
    """The latest instant since which so many minutes of opening time have passed."""
    late, early = until, until - datetime.timedelta(days=30)
    while late - early > datetime.timedelta(seconds=1):
        middle = early + (late - early) / 2
        if hours.opening_seconds(middle, until) >= minutes * 60:
            early = middle
        else:
            late = middle
    return early


def _ask(at: datetime.datetime, story: Story, question: DemoQuestion, used: list[Scene]) -> None:
    membership = story.membership_of(question.person)
    customer = membership.customer
    scene = _scene(story, membership.person.language, question.criticality, [*story.asked[customer.pk], *used])
    used.append(scene)
    ticket = story.open_ticket(at, customer, membership.person, scene, question.means)
    match question.since:
        case "taken":
            story.plan(at + MINUTE * 3, _take, story, ticket)
        case "asked_back":
            story.plan(at + MINUTE * 5, story.ask_back, ticket)
        case "answered":
            story.plan(at + MINUTE * 8, _work, story, ticket, scene, 12)
        case "worked_on":
            story.plan(story.until - MINUTE * 6, _work, story, ticket, scene, None)
        case "passed_on":
            story.plan(at + MINUTE * 30, story.remove, question.person)


def _come(at: datetime.datetime, story: Story, newcomer: DemoCustomer, is_helped: bool, used: list[Scene]) -> None:
    """A visitor asks a first question (F1)."""
    scene = _scene(story, newcomer.language, "hindered", used)
    used.append(scene)
    story.plan(at + MINUTE * 3, _confirm, story, story.ask_first(at, newcomer, scene), scene, is_helped)


def _confirm(at: datetime.datetime, story: Story, question: FirstQuestion, scene: Scene, is_helped: bool) -> None:
    ticket = story.confirm_first(at, question, scene)
    if is_helped:
        story.plan(at + MINUTE * 20, _work, story, ticket, scene, FREE_MINUTES)


def _take(at: datetime.datetime, story: Story, ticket: Ticket) -> None:
    """An agent takes it, notes something for the others and has begun to write."""
    agent = story.agents_for(ticket)[0]
    by = agent.as_actor()
    assigning.assign_ticket(ticket=ticket, agent=agent, by=by, at=at)
    messages.write_note(ticket=ticket, text=NOTE[ticket.language], key=keys.new_key(), by=by, at=at)
    messages.save_draft(ticket=ticket, agent=agent, text=DRAFT[ticket.language], at=at)


def _work(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, minutes: int | None) -> None:
    """An agent works on it for so many minutes, or still does."""
    agents = story.free_agents(ticket, at)
    if not agents:
        story.plan(at + MINUTE, _work, story, ticket, scene, minutes)
        return
    end = story.until if minutes is None else at + MINUTE * minutes
    story.start_work(at, ticket, agents[0], end)
    if minutes is None:
        story.was_there(agents[0], story.until)
    if ticket.origin == Ticket.Origin.TRIAL:
        story.plan(end, _use_up, story, ticket, scene, agents[0])
    else:
        story.plan(end, _answer, story, ticket, scene, agents[0])


def _use_up(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, agent: Person) -> None:
    """The clock stops where the free minutes end; to go on, the customer has to say so (F3)."""
    story.was_there(agent, at)
    work.follow_clock(ticket=ticket, at=at)
    story.stop_work(at, ticket, scene.reason, agent)


def _answer(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, agent: Person) -> None:
    story.stop_work(at, ticket, scene.reason, agent)
    story.answer(at + MINUTE, ticket, scene, agent)


def _scene(story: Story, language: str, criticality: Criticality, asked: list[Scene]) -> Scene:
    scene = story.scene(language, asked=asked, most_minutes=TOKEN_MINUTES, criticality=criticality)
    return replace(scene, criticality=criticality)
