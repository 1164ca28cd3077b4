import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import cover, work
from tests.factories.ledger import sell
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, stay


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins, 5)
    return make_ticket(claire)


def stop_at(ticket, person, ceiling, means="tokens", at=20):
    return cover.stop_at(ticket=ticket, means=means, ceiling=ceiling, by=person.as_actor(), at=moment(at))


def test_T4_stop_at_3_tickets_and_nobody_is_asked_before(ticket, claire, awa):
    assert stop_at(ticket, claire, 3).cover.token_ceiling == 3
    assert Entry.objects.get(code="ticket.more_agreed").details == {"means": "tokens", "before": 1, "ceiling": 3}
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(20))
    stay(awa, moment(20), moment(120))
    work.follow_clock(ticket=ticket, at=moment(120))
    ticket.refresh_from_db()
    assert (ticket.cover.state, ticket.cover.waiting_since) == ("waiting", moment(110))


def test_lower_and_never_below_what_was_taken(ticket, claire):
    stop_at(ticket, claire, 3)
    assert stop_at(ticket, claire, 1).cover.token_ceiling == 1


def test_agreeing_never_lowers_it(ticket, claire):
    stop_at(ticket, claire, 3)
    agreed = cover.agree_to_more(ticket=ticket, means="tokens", ceiling=2, by=claire.as_actor(), at=moment(21))
    assert agreed.cover.token_ceiling == 3


def test_refusals(ticket, claire, hugo, ines):
    for person in (hugo, ines):
        with pytest.raises(cover.MayNotAgree):
            stop_at(ticket, person, 2)
    close(ticket, at=moment(30))
    with pytest.raises(cover.TicketClosed):
        stop_at(ticket, claire, 2)


def test_through_the_page(ticket, martins, claire, hugo):
    page, browser = f"/my/tickets/{ticket.pk}/stop-at/", in_english(claire)
    sell(martins, 120, unit="minute", at="2027-01-11 09:30")
    assert 'name="stop_minutes"' in browser.get(page).content.decode()
    bad = browser.post(page, {"stop_tokens": "900"})
    assert (bad.status_code, "from 1 to 100" in bad.content.decode()) == (422, True)
    assert browser.post(page, {"stop_tokens": "4", "stop_minutes": ""})["Location"] == f"/my/tickets/{ticket.pk}/"
    ticket.cover.refresh_from_db()
    assert (ticket.cover.token_ceiling, ticket.cover.minute_ceiling) == (4, 0)
    close(ticket, at=moment(55))
    assert browser.get(page).status_code == 302
    assert in_english(hugo).get(page).status_code == 404


def test_without_units_the_page_shows_the_offers(martins, claire):
    ticket = make_ticket(claire, means="trial")
    page = in_english(claire).get(f"/my/tickets/{ticket.pk}/stop-at/").content.decode()
    assert "You have no tickets or minutes to set a limit for" in page
