"""The customer's list of tickets."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.tickets.actions import work
from tests.factories.people import make_member, make_person, signed_in
from tests.factories.tickets import answer, close, give_tokens, in_english, make_ticket, moment, work_on


def test_their_own_open_ones(martins, claire, hugo, awa):
    give_tokens(martins)
    ticket = make_ticket(hugo, subject="Mine")
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(50))
    make_ticket(claire, subject="Not mine")
    page = in_english(hugo).get("/my/tickets/").content.decode()
    assert "Mine" in page
    assert "We are working on it" in page
    assert "10\u00a0min" in page
    assert "Not mine" not in page


def test_a_clock_that_stands_still_counts(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(10))
    work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(22))
    page = in_english(claire).get("/my/tickets/").content.decode()
    assert "12\u00a0min" in page
    assert "We are working on it" not in page


def test_P2_a_holder_sees_number_date_person_and_cost(martins, claire, hugo, awa):
    give_tokens(martins)
    ticket = make_ticket(hugo, subject="A secret")
    work_on(ticket, awa, 12, since=moment(10))
    close(ticket, at=moment(30))
    page = in_english(claire).get("/my/tickets/?state=closed").content.decode()
    for words in (f"Ticket {ticket.pk}", "Hugo Martin", "12\u00a0min", "1\u00a0ticket", "today 9:00"):
        assert words in page
    assert "A secret" not in page


def test_P2_and_the_subject_if_it_is_allowed(martins, claire, hugo):
    hugo.memberships.update(holder_reads=True)
    make_ticket(hugo, subject="No secret")
    assert "No secret" in signed_in(claire).get("/my/tickets/").content.decode()


def test_every_state_in_plain_words(martins, claire, awa):
    give_tokens(martins, 8)
    answer(make_ticket(claire), awa, at=moment(5), asks=True)
    answer(make_ticket(claire), awa, at=moment(5), should_solve=True)
    make_ticket(claire, means="none")
    make_ticket(claire)
    page = in_english(claire).get("/my/tickets/").content.decode()
    for words in (
        "Waiting for your reply",
        "Solution proposed: is it solved?",
        "Waiting for your consent",
        "Waiting for us",
    ):
        assert words in page


def test_nothing_there(martins, claire):
    browser = in_english(claire)
    assert "No open tickets" in browser.get("/my/tickets/").content.decode()
    assert "No closed tickets yet" in browser.get("/my/tickets/?state=closed").content.decode()
    assert "No open tickets" in browser.get("/my/tickets/?state=x&page=99").content.decode()


def test_the_same_queries_for_one_and_for_three(martins, claire, hugo, awa):
    give_tokens(martins, 8)
    browser = signed_in(claire)
    work_on(make_ticket(hugo), awa, 5, since=moment(1))
    browser.get("/my/tickets/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/my/tickets/")
    for minute, person in ((10, claire), (20, hugo)):
        work_on(make_ticket(person), awa, 5, since=moment(minute))
    with CaptureQueriesContext(connection) as three:
        browser.get("/my/tickets/")
    assert len(three) == len(one)


def test_who_may(martins, claire, ines, awa, client):
    buyer = make_person("Bea", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    make_ticket(claire, subject="Mine")
    assert [signed_in(one).get("/my/tickets/").status_code for one in (claire, buyer, ines, awa)] == [
        200,
        200,
        200,
        404,
    ]
    assert "Mine" not in signed_in(buyer).get("/my/tickets/").content.decode()
    assert "Mine" not in signed_in(ines).get("/my/tickets/").content.decode()
    assert client.get("/my/tickets/").status_code == 302
    assert signed_in(claire).post("/my/tickets/").status_code == 405
