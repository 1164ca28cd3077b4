"""The clock in the head of every page of the desk."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.tickets.actions import work
from carnet.tickets.queries import work as queries
from tests.factories.people import signed_in
from tests.factories.tickets import give_tokens, in_english, make_ticket, moment


def test_it_shows_on_every_page_of_the_desk(martins, claire, awa, odile):
    give_tokens(martins)
    ticket = make_ticket(claire, subject="The printer")
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(48))
    for page in ("/desk/queue/", "/desk/contact/", f"/desk/tickets/{ticket.pk}/"):
        assert 'data-seconds="720"' in in_english(awa).get(page).content.decode()
        assert "data-seconds" not in signed_in(odile).get(page).content.decode()


def test_seconds_and_limit_of_this_clock(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire, subject="The printer")
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(48))
    shown = queries.shown_clock(awa, at=moment(60))
    assert (shown.ticket_id, shown.subject, shown.seconds, shown.limit_seconds) == (ticket.pk, "The printer", 720, 1800)
    late = queries.shown_clock(awa, at=moment(100))
    assert (late.seconds, late.stopped_at) == (1800, None)
    work.start_work(ticket=make_ticket(claire, means="none"), kind="repair", by=claire.as_actor(), at=moment(50))
    assert queries.shown_clock(claire, at=moment(60)).limit_seconds is None


def test_none_runs(awa):
    assert queries.shown_clock(awa, at=moment()) is None


def test_visitors_and_customers_are_asked_nothing(client, martins, claire):
    with CaptureQueriesContext(connection) as queries_:
        client.get("/en/contact/")
        signed_in(claire).get("/my/tickets/new/")
    assert not [query for query in queries_ if "tickets_runningwork" in query["sql"]]
