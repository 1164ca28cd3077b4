"""Several people at one ticket at the same moment, and a closing that breaks off between any two statements."""

import html
from functools import partial

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from carnet.ledger.models import Hold, Lot, Movement
from carnet.mail.models import OutgoingMail
from carnet.people.models import Membership, Person
from carnet.tickets.actions import closing, cover, work
from carnet.tickets.models import Closure, Message, RunningWork, Ticket, WorkSession
from carnet.work.models import Cover, PaidTime
from tests.factories.breaks import break_everywhere
from tests.factories.ledger import give
from tests.factories.people import signed_in
from tests.factories.processes import all_at_once, answer_of, start
from tests.factories.tickets import answer, close, give_tokens, make_ticket, moment, work_on
from tests.proofs import ledger_faults, ticket_faults

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = (Cover, PaidTime, Lot, Hold, Movement, Ticket, Message, Closure, WorkSession, RunningWork, OutgoingMail)


@pytest.fixture
def lot(martins):
    return give_tokens(martins, 5)


def left(lot):
    lot.refresh_from_db()
    return lot.available, lot.reserved, lot.spent


def test_L12_the_form_of_a_question_sent_ten_times_at_once_opens_one_ticket(lot, claire):
    opened = all_at_once([partial(make_ticket, claire, key="a" * 32) for _ in range(10)])
    assert {ticket.pk for ticket in opened} == {Ticket.objects.get().pk}
    assert (left(lot), Cover.objects.count(), Message.objects.count()) == ((4, 1, 0), 1, 1)
    assert OutgoingMail.objects.filter(kind="tickets/received").count() == 1


def test_L12_other_questions_under_one_key_at_once(lot, claire):
    asked = [partial(make_ticket, claire, key="a" * 32, subject=f"Question {number}") for number in range(5)]
    assert sorted(type(one).__name__ for one in all_at_once(asked)) == ["KeyReused"] * 4 + ["Ticket"]
    assert (left(lot), Ticket.objects.count()) == ((4, 1, 0), 1)


def test_case_J9_50_openings_on_one_token_and_49_pages_that_say_they_wait(martins, claire):
    """L10, T15: each says so in the reader's language, and where the offers are; one mail each, and nothing is owed."""
    lot = give_tokens(martins, 1)
    opened = all_at_once([partial(make_ticket, claire, subject=f"Question {number}") for number in range(50)])
    assert len({ticket.pk for ticket in opened}) == 50
    covered, waiting = (list(Ticket.objects.filter(cover__state=state)) for state in ("covered", "waiting"))
    assert (len(covered), len(waiting), left(lot), ledger_faults(martins)) == (1, 49, (0, 1, 0), [])
    assert OutgoingMail.objects.filter(kind="tickets/waiting_for_cover").count() == 49
    for language, tickets in zip(("en", "fr", "es"), (waiting[:16], waiting[16:32], waiting[32:]), strict=True):
        Person.objects.filter(pk=claire.pk).update(language=language)
        browser = signed_in(claire)
        with translation.override(language):
            words = [
                gettext("We have your question, but you have no tickets or minutes for it"),
                gettext("See the offers"),
            ]
            offers = reverse("catalogue:offers")
        for ticket in tickets:
            page = html.unescape(browser.get(f"/my/tickets/{ticket.pk}/").content.decode())
            assert [word for word in (*words, f'href="{offers}"', f'lang="{language}"') if word not in page] == []
        mine = html.unescape(browser.get(f"/my/tickets/{covered[0].pk}/").content.decode())
        assert words[0] not in mine


def test_opening_that_breaks_off_leaves_nothing_or_all(lot, claire):
    assert break_everywhere(partial(make_ticket, claire, key="a" * 32), picture) > 10
    assert (Message.objects.count(), left(lot)) == (1, (4, 1, 0))


def test_two_agents_stop_at_once(lot, martins, claire, awa, odile):
    ticket = make_ticket(claire)
    for agent in (awa, odile):
        work.start_work(ticket=ticket, by=agent.as_actor(), at=moment(5))
    stops = [
        partial(work.stop_work, ticket=ticket, reason="Looked", by=agent.as_actor(), at=moment(25))
        for agent in (awa, odile)
    ]
    assert [len(sessions) for sessions in all_at_once(stops)] == [1, 1]
    close(ticket, at=moment(30))
    assert (Closure.objects.get().worked_seconds, left(lot)) == (20 * 60, (4, 0, 1))
    assert (ledger_faults(martins), ticket_faults()) == ([], [])


def test_T4_two_agree_at_once_and_one_token_is_taken(lot, martins, claire, hugo, awa):
    ticket = make_ticket(hugo)
    work_on(ticket, awa, 30, since=moment(5))
    work.follow_clock(ticket=ticket, at=moment(40))
    agree = [
        partial(cover.agree_to_more, ticket=ticket, means="tokens", ceiling=2, by=one.as_actor(), at=moment(41))
        for one in (claire, hugo, claire, hugo)
    ]
    assert {agreed.cover.token_ceiling for agreed in all_at_once(agree)} == {2}
    assert (left(lot), PaidTime.objects.count(), ledger_faults(martins)) == ((3, 2, 0), 2, [])


def test_closed_by_the_customer_by_time_and_by_the_team_at_once(lot, martins, claire, awa):
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(5))
    answer(ticket, awa, at=moment(20), should_solve=True)
    closing.remind_customer(ticket=ticket, at=moment(days=5))
    at = moment(days=9)
    all_at_once(
        [
            partial(closing.close_ticket, ticket=ticket, by=claire.as_actor(), at=at),
            partial(closing.close_by_time, ticket=ticket, at=at),
            partial(closing.close_ticket, ticket=ticket, how="unsolvable", reason="No", by=awa.as_actor(), at=at),
        ]
    )
    assert (Closure.objects.count(), left(lot), ledger_faults(martins)) == (1, (4, 0, 1), [])


def test_T4_consent_that_comes_with_the_closing(lot, martins, claire, awa):
    ticket = make_ticket(claire)
    work_on(ticket, awa, 30, since=moment(5))
    work.follow_clock(ticket=ticket, at=moment(40))
    agree = partial(cover.agree_to_more, ticket=ticket, means="tokens", ceiling=2, by=claire.as_actor(), at=moment(41))
    results = all_at_once([agree, partial(closing.close_ticket, ticket=ticket, by=claire.as_actor(), at=moment(41))])
    assert {type(result).__name__ for result in results} <= {"Ticket", "TicketClosed"}
    assert (left(lot), ledger_faults(martins), ticket_faults()) == ((4, 0, 1), [], [])


def test_T4_a_removed_member_agrees_to_nothing(lot, martins, claire, hugo, awa):
    ticket = make_ticket(hugo)
    Membership.objects.filter(person=hugo).update(ended_at=moment(10))
    with pytest.raises(cover.MayNotAgree):
        cover.agree_to_more(ticket=ticket, means="tokens", ceiling=2, by=hugo.as_actor(), at=moment(11))


def picture():
    return [list(model.objects.order_by("pk").values()) for model in ROWS]


@pytest.fixture(params=["tokens", "minutes", "trial"])
def open_ticket(request, martins, claire, awa):
    """8 minutes are written down, and a clock runs since minute 20."""
    give_tokens(martins, 5)
    if request.param == "minutes":
        give(martins, 60, unit="minute", at="2027-01-11 08:30")
    ticket = make_ticket(claire, means=request.param)
    work_on(ticket, awa, 8, since=moment(5))
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(20))
    return ticket


def closed(ticket):
    return closing.close_ticket(ticket=ticket, by=ticket.asked_by.as_actor(), at=moment(24))


def is_right(ticket, martins):
    closure = Closure.objects.get()
    price = {"tokens": (1, 0, 0), "minutes": (0, 12, 0), "trial": (0, 0, 12)}[ticket.cover.means]
    told = (closure.worked_seconds, closure.price_tokens, closure.price_minutes, closure.free_minutes)
    return told == (12 * 60, *price) and not ledger_faults(martins) and not ticket_faults()


def test_a_closing_that_breaks_off_leaves_nothing_or_all(open_ticket, martins):
    assert break_everywhere(partial(closed, open_ticket), picture) > 15
    assert is_right(open_ticket, martins)


KILLED = """
import json, sys
from carnet.tickets.models import Ticket
from tests.factories.breaks import kill_everywhere
from tests.tickets.test_simultaneous import closed, picture
ticket = Ticket.objects.select_related("asked_by").get(pk=sys.argv[1])
print(json.dumps(kill_everywhere(lambda: closed(ticket), picture)))
"""


def test_a_process_killed_between_any_two_statements_of_closing(open_ticket, martins, tmp_path):
    """Then somebody closes once more: it is closed, or it was and nothing changes."""
    statements, changed_nothing_more = answer_of(start(KILLED, tmp_path, open_ticket.pk))
    assert (statements > 15, changed_nothing_more, is_right(open_ticket, martins)) == (True, True, True)
