"""The desk's queue: what stands in it, in which order, and what it asks of the database."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.tickets.actions import assigning, work
from carnet.tickets.models import Ticket
from carnet.tickets.queries import queue
from tests.factories.ledger import sell
from tests.factories.people import make_customer, make_person, signed_in
from tests.factories.tickets import answer, close, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def tickets(martins, robledo, claire, ines, awa):
    """One of each kind, by what they are."""
    for customer in (martins, robledo):
        give_tokens(customer, 8)
    found = {
        "question": make_ticket(claire, criticality="question", subject="Photos", at=moment(0)),
        "hindered": make_ticket(ines, criticality="hindered", subject="Printer", at=moment(1)),
        "blocked": make_ticket(claire, criticality="blocked", subject="Nothing works", at=moment(2)),
        "asked_back": make_ticket(claire, subject="Asked back", at=moment(3)),
        "answered": make_ticket(claire, subject="Answered", at=moment(4)),
        "waiting": make_ticket(claire, means="none", subject="Uncovered", at=moment(5)),
        "closed": make_ticket(claire, subject="Closed", at=moment(6)),
    }
    answer(found["asked_back"], awa, at=moment(12), asks=True)
    answer(found["answered"], awa, at=moment(11), should_solve=True)
    close(found["closed"], at=moment(13))
    assigning.assign_ticket(ticket=found["hindered"], agent=awa, by=awa.as_actor(), at=moment(14))
    return found


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("for_us", ["blocked", "hindered", "question"]),
        ("unassigned", ["blocked", "question"]),
        ("mine", ["hindered"]),
        ("for_customer", ["answered", "asked_back"]),
        ("for_cover", ["waiting"]),
        ("all", ["question", "hindered", "blocked", "waiting", "answered", "asked_back"]),
    ],
)
def test_M7_each_view_in_its_order(tickets, awa, view, names):
    rows = queue.page_of(view, awa).rows
    assert [row.id for row in rows] == [tickets[name].pk for name in names]
    counts = queue.counts(awa, moment(60), queue.version(moment(60)))
    assert counts[view] == len(names)


def test_M7_a_blocked_one_passes_questions_less_than_seven_hours_old(martins, claire, awa):
    give_tokens(martins, 8)
    old = make_ticket(claire, criticality="question", at=moment(0))
    blocked = make_ticket(claire, criticality="blocked", at=moment(7 * 60 + 1))
    newer = make_ticket(claire, criticality="question", at=moment(2))
    assert [row.id for row in queue.page_of("for_us", awa).rows] == [old.pk, blocked.pk, newer.pk]


def test_page_after_page(tickets, awa):
    first = queue.page_of("all", awa, size=4)
    second = queue.page_of("all", awa, mark=first.next_mark, size=4)
    assert (len(first.rows), len(second.rows), second.next_mark) == (4, 2, "")
    seen = [row.id for row in (*first.rows, *second.rows)]
    assert seen == [row.id for row in queue.page_of("all", awa).rows]


@pytest.mark.parametrize("mark", ["x", "~", "2027-01-11~5", "2027-01-11T09:00:00+00:00~x"])
def test_a_mark_that_is_none_begins_anew(tickets, awa, mark):
    assert len(queue.page_of("all", awa, mark=mark).rows) == 6


def test_an_unknown_view(awa):
    with pytest.raises(ValueError, match="no view"):
        queue.tickets_in("other", awa)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("photos", ["question"]),
        ("robledo", ["hindered"]),
        ("ines@", ["hindered"]),
        ("INES@example.org", ["hindered"]),
        ("closed", ["closed"]),
        ("nothing at all", []),
        ("99999", []),
        ("9" * 30, []),
    ],
)
def test_search(tickets, awa, words, names):
    assert [row.id for row in queue.search(words)] == [tickets[name].pk for name in names]


def test_search_by_number(tickets, awa):
    number = tickets["closed"].pk
    assert [row.id for row in queue.search(f" #{number} ")] == [number]


def test_the_page(tickets, awa, odile):
    work.start_work(ticket=tickets["hindered"], by=odile.as_actor(), at=moment(59))
    page = in_english(awa).get("/desk/queue/").content.decode()
    for words in (
        "Nothing works",
        "Blocked",
        "in 2\u00a0min",
        "blocked, 1\u00a0h of opening hours",
        "Carnet 1",
        "Atelier Robledo",
        "Odile Bernard",
        "6 open",
    ):
        assert words in page
    assert "Uncovered" not in page


def test_how_it_is_paid_and_when_it_was_closed(tickets, martins, claire, awa):
    make_ticket(claire, means="trial", subject="Free of charge", at=moment(50))
    browser = in_english(awa)
    assert "Free minutes, 15\u00a0min" in browser.get("/desk/queue/?q=Free of").content.decode()
    assert "closed today 9:13" in browser.get("/desk/queue/?q=Closed").content.decode()
    assert "not covered yet" in browser.get("/desk/queue/for_cover/").content.decode()
    page = browser.get("/desk/queue/for_customer/").content.decode()
    assert "solution proposed today 9:11" in page
    assert "asked the customer today 9:12" in page


def test_what_is_late(tickets, awa):
    with time_machine.travel(moment(70), tick=False):
        page = in_english(awa).get("/desk/queue/").content.decode()
    assert "1 late" in page
    assert "8\u00a0min late" in page


@pytest.mark.parametrize("view", ["unassigned", "mine", "for_customer", "for_cover", "all", ""])
def test_each_view_has_an_address(tickets, awa, view):
    response = signed_in(awa).get(f"/desk/queue/{view}/" if view else "/desk/queue/")
    assert response.status_code == 200
    assert response.context["view"] == (view or "for_us")


def test_searching_through_the_page(tickets, awa):
    browser = in_english(awa)
    assert "1 ticket for “robledo”" in browser.get("/desk/queue/?q=robledo").content.decode()
    assert "Nothing found" in browser.get("/desk/queue/?q=%00'%3B--").content.decode()


def test_live_it_answers_204_while_nothing_changed(tickets, awa, claire):
    browser = signed_in(awa)
    version = browser.get("/desk/queue/").context["version"]
    live = {"headers": {"HX-Request": "true"}}
    assert browser.get("/desk/queue/", {"v": version}, **live).status_code == 204
    make_ticket(claire, at=moment(60))
    response = browser.get("/desk/queue/", {"v": version}, **live)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    version = queue.version(moment(60))
    assert browser.get("/desk/queue/", {"v": version}, **live).status_code == 204
    with time_machine.travel(moment(61), tick=False):
        assert browser.get("/desk/queue/", {"v": version}, **live).status_code == 200


def test_an_unchanged_queue_asks_the_database_little(tickets, awa):
    browser = signed_in(awa)
    version = browser.get("/desk/queue/").context["version"]
    with CaptureQueriesContext(connection) as few:
        browser.get("/desk/queue/", {"v": version}, headers={"HX-Request": "true"})
    assert len(few) == 3  # session, person, the last entry of the audit trail


def test_the_same_queries_for_one_and_for_three(martins, claire, awa):
    give_tokens(martins, 8)
    browser = signed_in(awa)
    make_ticket(claire)
    browser.get("/desk/queue/")
    queue.forget()
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/queue/")
    for number in range(2):
        person = make_person(f"Person {number}", email=f"person{number}@example.org")
        customer = make_customer(person)
        give_tokens(customer)
        work.start_work(
            ticket=make_ticket(person, customer=customer, at=moment(number)),
            by=make_person("Agent", email=f"agent{number}@example.org", staff="agent").as_actor(),
            at=moment(50),
        )
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/queue/")
    assert Ticket.objects.count() == 3
    assert len(three) == len(one)


def test_nothing_there(awa):
    browser = in_english(awa)
    assert "Everything is answered." in browser.get("/desk/queue/").content.decode()
    assert "No tickets in this view" in browser.get("/desk/queue/mine/").content.decode()


def test_who_may(claire, awa, client):
    assert signed_in(awa).get("/desk/")["Location"] == "/desk/queue/"
    assert [signed_in(claire).get(path).status_code for path in ("/desk/", "/desk/queue/", "/desk/queue/all/")] == [
        404
    ] * 3
    assert signed_in(awa).get("/desk/queue/other/").status_code == 404
    assert signed_in(awa).post("/desk/queue/").status_code == 405
    assert client.get("/desk/queue/").status_code == 302
    lost = client.get("/desk/queue/", headers={"HX-Request": "true"})
    assert lost.status_code == 401


def test_what_pays_after_the_free_minutes_is_the_carnet(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire, means="trial", then="tokens", subject="Long one")
    work_on(ticket, awa, 15, since=moment(10))
    work.follow_clock(ticket=ticket, at=moment(30))
    assert [row.lots for row in queue.search("Long one")] == [((1, "token"),)]


def test_H_a_question_paid_by_hours_names_them(martins, claire, awa):
    sell(martins, 300, unit="minute", at="2027-01-11 08:00")
    make_ticket(claire, means="minutes")
    assert "Hour pack 1" in in_english(awa).get("/desk/queue/").content.decode()
