"""A year of the demo: people come, buy, invite, ask, are helped, and say what they think of it."""

import datetime
import re
from contextlib import suppress
from dataclasses import replace

from carnet.audit.actors import WORKER
from carnet.kernel import calendar, keys
from carnet.ledger import queries as ledger_queries
from carnet.ledger.actions import lots, movements, notices
from carnet.mail.models import OutgoingMail
from carnet.people.actions import customers, invitations, persons
from carnet.people.models import Customer, Membership, Person
from carnet.schedule import queries as schedule
from carnet.tickets.actions import closing, correcting, cover, merging, messages, ratings, work
from carnet.tickets.models import FirstQuestion, Ticket
from carnet.tickets.queries import waiting
from carnet.work.actions import clocks, cover_endings, covers
from carnet.work.models import WorkSession
from carnet.work.queries import covers as work_queries
from demo.year import buying
from demo.year.people import (
    BUYERS,
    CUSTOMERS,
    INVITED,
    LET_HOLDERS_READ,
    REMOVED,
    TEAM,
    DemoCustomer,
    address_of,
)
from demo.year.scenes import ASKED_BACK, COMMENTS, CORRECTED, SCENES, STILL, Scene
from demo.year.story import DAY, DEMO, HOUR, MINUTE, TOKEN_MINUTES, Story

# What today brings stands in `today`: before that, new questions end, so that the desk finds what is told there.
LAST_QUESTION = DAY * 1.5
# How many minutes of opening time a question waits for an agent: on average, and at most.
PATIENCE = {"blocked": (25, 60), "hindered": (110, 260), "question": (260, 500)}
TRIAL_MINUTES = 14
# The worker looks each morning; in a story, now and then is enough, and it begins sooner.
DAYS_BETWEEN_NOTICES = 4
# From one question of a customer to the next, on average, by the size of their carnet.
DAYS_BETWEEN = {1: 6, 5: 30, 20: 19, 50: 10}
GOODWILL_REASONS = {
    "fr": "Avec nos excuses pour l’attente",
    "en": "With our apologies for the wait",
    "es": "Con nuestras disculpas por la espera",
}
# Nearly everybody is content, as in a demo; the figures come with what people rate.
SCORES = (5,) * 12 + (4,) * 6 + (3,) * 2 + (2,)


def arrange(story: Story) -> None:
    """Hire the team, and plan who comes, who leaves, and what the worker does every day."""
    _hire(story.begin, story)
    for place, customer in enumerate(CUSTOMERS):
        story.plan(story.daytime(_arrival(story, customer, place)), _arrive, story, customer)
    for holder, email, days_ago in INVITED:
        story.plan(story.until - DAY * days_ago, _leave_invited, story, holder, email)
    for name, days_ago in REMOVED.items():
        story.plan(story.until - DAY * days_ago, story.remove, name)
    day = story.begin
    while day < story.until:
        story.plan(day, _let_time_pass, story)
        day += DAY
    for days in range(0, (story.until - story.begin).days, DAYS_BETWEEN_NOTICES):
        story.plan(story.begin + DAY * days + HOUR * 9, _tell_of_units, story)
    story.plan(story.until - MINUTE, _let_time_pass, story)


# People


def _hire(at: datetime.datetime, story: Story) -> None:
    for member in TEAM:
        person = persons.create_person(
            email=member.email, name=member.name, language=member.language, by=DEMO, at=at, verified=True
        )
        story.let_sign_in(person)
        persons.set_staff_role(person, role=member.staff, by=DEMO, at=at)
        person.refresh_from_db()
        story.agents.append(person)


def _arrival(story: Story, customer: DemoCustomer, place: int) -> datetime.datetime:
    """Shortly before the first pack; those who bought nothing come one by one until some days ago."""
    if customer.buys and customer.buys[0].months_ago >= 1:
        return story.months_ago(customer.buys[0].months_ago) + DAY * story.random.randint(0, 4)
    return story.begin + (story.until - DAY * 5 - story.begin) * place / len(CUSTOMERS)


def _arrive(at: datetime.datetime, story: Story, customer: DemoCustomer) -> None:
    """Somebody asks a first question."""
    scene = story.scene(customer.language, asked=[], most_minutes=TRIAL_MINUTES)
    story.plan(at + story.minutes(2, 9), _confirm, story, customer, story.ask_first(at, customer, scene), scene)


def _confirm(
    at: datetime.datetime, story: Story, customer: DemoCustomer, question: FirstQuestion, scene: Scene
) -> None:
    """Packs and people follow once the address is confirmed."""
    ticket = story.confirm_first(at, question, scene)
    story.plan(_turn(ticket, at, story), _work_on, story, ticket, scene)
    moment = at + DAY * 2
    for name in customer.people[1:]:
        story.plan(moment, _invite, story, ticket.customer, ticket.asked_by, name)
        moment += HOUR
    for buy in customer.buys:
        usable = buying.plan_buy(story, ticket.customer, ticket.asked_by, buy, earliest=at + DAY)
        if usable:
            story.plan(usable, _use, story, ticket.customer, *buy.code.split("-"))
    if customer.goodwill:
        story.plan(story.daytime(at + DAY * 5), _give, story, ticket.customer, customer)


def _invite(at: datetime.datetime, story: Story, customer: Customer, holder: Person, name: str) -> None:
    person = persons.create_person(
        email=address_of(name), name=name, language=customer.language, by=DEMO, at=at, verified=True
    )
    story.let_sign_in(person)
    invitations.invite(
        customer=customer, email=person.email, role=Membership.Role.BUYER if name in BUYERS else Membership.Role.MEMBER,
        language=customer.language, by=holder.as_actor(), at=at, key=keys.new_key(),
    )  # fmt: skip
    membership = invitations.accept_invitation(secret=_invited_by_mail(person), person=person, at=at + MINUTE)
    if name in LET_HOLDERS_READ:
        customers.let_holder_read(membership, allowed=True, by=person.as_actor(), at=at + MINUTE)


def _invited_by_mail(person: Person) -> str:
    """The secret of the link in the invitation, which only its reader knows."""
    text = OutgoingMail.objects.filter(to=person.email).latest("pk").text
    found = re.search(r"/invitation/([\w-]+)", text)
    assert found, "an invitation carries its link"
    return found.group(1)


def _leave_invited(at: datetime.datetime, story: Story, holder: str, email: str) -> None:
    membership = story.membership_of(holder)
    invitations.invite(
        customer=membership.customer, email=email, role=Membership.Role.MEMBER, key=keys.new_key(),
        language=membership.customer.language, by=membership.person.as_actor(), at=at,
    )  # fmt: skip


# Units


def _use(at: datetime.datetime, story: Story, customer: Customer, unit: str, quantity: str) -> None:
    """The questions that a carnet will pay for; a pack of hours pays for some as long (H1, H2)."""
    pack, moment = int(quantity), at
    gap = DAY * (20 if unit == "hours" else DAYS_BETWEEN[pack])
    for _ in range(pack if unit == "hours" else round(pack * story.random.uniform(0.5, 0.8)) or 1):
        moment += story.some(gap)
        _plan_question(moment, story, customer)


def _give(at: datetime.datetime, story: Story, customer: Customer, planned: DemoCustomer) -> None:
    """The owner gives some; one of them is used soon."""
    last_day = calendar.months_after(calendar.date_on(at, story.zone), 6)
    if planned.goodwill_ends_in is not None:
        last_day = calendar.date_on(story.until, story.zone) + DAY * planned.goodwill_ends_in
    goodwill = lots.Goodwill("token", planned.goodwill, last_day, reason=GOODWILL_REASONS[customer.language])
    lots.grant_goodwill(customer=customer, goodwill=goodwill, by=story.owner.as_actor(), at=at, key=keys.new_key())
    _plan_question(at + DAY * 3, story, customer)


# Tickets


def _plan_question(at: datetime.datetime, story: Story, customer: Customer) -> None:
    at = story.daytime(at)
    if at < story.until - LAST_QUESTION:
        story.plan(at, _ask, story, customer)


def _ask(at: datetime.datetime, story: Story, customer: Customer) -> None:
    """Somebody who can reach a unit; where nobody can any more, few ask, and wait for something to pay for it (T15)."""
    members = Membership.objects.active().filter(customer=customer).exclude(role=Membership.Role.BUYER)
    askers = [one.person for one in members.select_related("person").order_by("id")]
    units = {one: _units_of(customer, one, at) for one in askers}
    able = [one for one in askers if units[one]]
    if not able and story.random.random() > 0.2:
        return
    asker = story.random.choice(able or askers)
    scene = story.scene(customer.language, asked=story.asked[customer.pk])
    ticket = story.open_ticket(at, customer, asker, scene, story.random.choice(units[asker] or ["tokens"]))
    if not ticket.cover.is_waiting:
        _plan_work(at, story, ticket, scene)
        if story.random.random() < 0.04:
            story.plan(at + MINUTE * 9, _ask_twice, story, ticket, scene)


def _units_of(customer: Customer, person: Person, at: datetime.datetime) -> list[str]:
    """What this person can pay with: tokens, minutes."""
    return [means for means, unit in work_queries.UNITS.items() if ledger_queries.drawable(customer, person, unit, at)]


def _ask_twice(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    """Nobody has answered yet, so it is asked once more; an agent merges both (T10)."""
    if not story.may_speak(ticket):
        return
    again = story.open_ticket(at, ticket.customer, ticket.asked_by, scene, ticket.cover.means)
    agent = story.agents_for(ticket)[0]
    with suppress(
        cover_endings.OtherKindOfCover
    ):  # the units ran out with the first one, so the second waits for its own
        merging.merge_tickets(source=again, target=ticket, by=agent.as_actor(), at=at + MINUTE * 4)


def _plan_work(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    """An agent takes it up, or asks something back first."""
    asks_back = scene.criticality != "question" and story.random.random() < 0.2
    story.plan(_turn(ticket, at, story), _ask_back if asks_back else _work_on, story, ticket, scene)


def _turn(ticket: Ticket, at: datetime.datetime, story: Story) -> datetime.datetime:
    """When an agent takes the ticket up: what is due sooner sooner, all within opening hours."""
    average, most = PATIENCE[ticket.criticality]
    patience = min(story.some(MINUTE * average), MINUTE * most) + MINUTE * 2
    return schedule.opening_hours(at).add_opening_time(at, int(patience.total_seconds()))


def _ask_back(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    story.ask_back(at, ticket)
    story.plan(story.daytime(at + story.some(HOUR * 5) + MINUTE * 3), _write_back, story, ticket, scene)


def _write_back(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    if not story.may_speak(ticket):
        return
    text, by = ASKED_BACK[ticket.language][1], ticket.asked_by.as_actor()
    messages.write_message(ticket=ticket, text=text, key=keys.new_key(), by=by, at=at)
    story.plan(_turn(ticket, at, story), _work_on, story, ticket, scene)


def _work_on(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    ticket.refresh_from_db()
    end = at + MINUTE * scene.minutes - datetime.timedelta(seconds=story.random.randint(0, 50))
    # What would not be done by now is left to the desk of today.
    if ticket.state != Ticket.State.OPEN or end + MINUTE * 3 >= story.until:
        return
    free = story.free_agents(ticket, at)
    if not free:
        story.plan(schedule.opening_hours(at).add_opening_time(at, 600), _work_on, story, ticket, scene)
        return
    agent = story.random.choice([one for one in free if one.language == ticket.language] or free)
    try:
        story.start_work(at, ticket, agent, end)
    except clocks.WaitsForCover:
        story.plan(story.daytime(at + story.some(HOUR)), _agree, story, ticket, scene)
        return
    if scene.minutes <= TOKEN_MINUTES or ticket.cover.means == "minutes":
        story.plan(end, _answer, story, ticket, scene, agent)
    elif story.random.random() < 0.5:
        story.plan(end, _answer_late, story, ticket, scene, agent)
    else:
        story.plan(at + MINUTE * TOKEN_MINUTES, _stop_and_ask, story, ticket, scene, agent)


def _answer(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, agent: Person) -> None:
    story.stop_work(at, ticket, scene.reason, agent)
    _tell(at + MINUTE, story, ticket, scene, agent)


def _answer_late(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, agent: Person) -> None:
    story.stop_late(at, ticket, scene.reason, agent)
    _tell(at + MINUTE, story, ticket, scene, agent)


def _stop_and_ask(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, agent: Person) -> None:
    """The clock stops where the paid time ends; to go on, the customer has to say so (T4)."""
    story.was_there(agent, at)
    work.follow_clock(ticket=ticket, at=at)
    story.stop_work(at, ticket, scene.reason, agent)
    rest = replace(scene, minutes=scene.minutes - TOKEN_MINUTES)
    story.plan(story.daytime(at + story.some(HOUR) + MINUTE), _agree, story, ticket, rest)


def _agree(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    """Another ticket of the carnet, if there is one."""
    if not story.may_speak(ticket):
        return
    try:
        cover.agree_to_more(ticket=ticket, means="tokens", ceiling=2, by=ticket.asked_by.as_actor(), at=at)
    except movements.NotEnoughUnits:
        return
    story.plan(_turn(ticket, at, story), _work_on, story, ticket, scene)


def _tell(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene, agent: Person) -> None:
    """The answer, and what comes of it: mostly «solved», sometimes not, and some say nothing (T13)."""
    story.answer(at, ticket, scene, agent)
    chance = story.random.random()
    later = story.daytime(at + story.some(HOUR * 9) + MINUTE * 3)
    if chance < 0.07:
        story.plan(later, _doubt, story, ticket, scene)
    elif chance < 0.9:
        story.plan(later, _accept, story, ticket)


def _doubt(at: datetime.datetime, story: Story, ticket: Ticket, scene: Scene) -> None:
    if not story.may_speak(ticket):
        return
    text, by = STILL[ticket.language], ticket.asked_by.as_actor()
    closing.mark_unsolved(ticket=ticket, text=text, key=keys.new_key(), by=by, at=at)
    story.plan(_turn(ticket, at, story), _work_on, story, ticket, replace(scene, minutes=4))


def _accept(at: datetime.datetime, story: Story, ticket: Ticket) -> None:
    if not story.may_speak(ticket):
        return
    closing.close_ticket(ticket=ticket, by=ticket.asked_by.as_actor(), at=at)
    chance = story.random.random()
    if chance < 0.7:
        story.plan(at + story.minutes(1, 40), _rate, story, ticket)
    elif chance < 0.76:
        story.plan(story.daytime(at + DAY * 2), _come_back, story, ticket)
    elif chance < 0.82:
        story.plan(at + HOUR * 20, _correct, story, ticket)


def _come_back(at: datetime.datetime, story: Story, ticket: Ticket) -> None:
    """It was not solved after all: the same count goes on (T8)."""
    members = Membership.objects.active().filter(customer=ticket.customer_id, person=ticket.asked_by_id)
    ticket.refresh_from_db()
    if not members.exists() or not ticket.is_closed or not closing.may_reopen(ticket, at=at):
        return
    text, by = STILL[ticket.language], ticket.asked_by.as_actor()
    closing.mark_unsolved(ticket=ticket, text=text, key=keys.new_key(), by=by, at=at)
    scene = next(scene for scene in SCENES if scene.subject == ticket.subject)
    story.plan(_turn(ticket, at, story), _work_on, story, ticket, replace(scene, minutes=5))


def _correct(at: datetime.datetime, story: Story, ticket: Ticket) -> None:
    """The agent notices that the clock had run on over a coffee (T14)."""
    session = (
        WorkSession.objects.standing().filter(cover=ticket.cover_id, kind="chargeable").order_by("-started_at").first()
    )
    if session is None or session.duration_seconds < 300:
        return
    correcting.correct_session(
        session=session, seconds=session.duration_seconds - 240, kind="chargeable",
        why=CORRECTED[ticket.language], by=session.agent.as_actor(), at=at,
    )  # fmt: skip


def _rate(at: datetime.datetime, story: Story, ticket: Ticket) -> None:
    score = story.random.choice(SCORES)
    comment = story.random.choice(COMMENTS[ticket.language]) if score >= 4 and story.random.random() < 0.4 else ""
    by = ticket.asked_by.as_actor()
    ratings.rate_ticket(ticket=ticket, score=score, comment=comment, may_publish=bool(comment), by=by, at=at)


def _let_time_pass(at: datetime.datetime, story: Story) -> None:
    """What the worker does: cover what waits, take it up, remind, close by time."""
    for customer in work_queries.customers_to_cover(at):
        covers.cover_waiting(customer=customer, by=WORKER, at=at)
    for ticket in waiting.newly_covered():
        cover.take_up_covered(ticket=ticket, at=at)
        _plan_work(at, story, ticket, next(scene for scene in SCENES if scene.subject == ticket.subject))
    for ticket in waiting.for_others(at):
        closing.remind_customer(ticket=ticket, at=at)
        closing.close_by_time(ticket=ticket, at=at)


def _tell_of_units(at: datetime.datetime, story: Story) -> None:
    """What the worker does in the morning: tell of units that end or run low."""
    today = calendar.date_on(at, story.zone)
    for ending in ledger_queries.endings_to_tell(today):
        notices.tell_of_ending(ending=ending, at=at)
    for portion in ledger_queries.low_units(today):
        notices.end_low_notices(notices=portion.over)
        for low in portion.to_tell:
            notices.tell_of_low_units(low=low, at=at)
