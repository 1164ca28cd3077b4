import pytest

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.ledger.actions import movements as ledger
from carnet.ledger.models import Lot
from carnet.tickets.actions import cover, work
from tests.factories.people import signed_in
from tests.factories.tickets import answer, close, form_key, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def ticket(martins, hugo, awa):
    """Its free minutes are used up, and its person has tokens that were there before."""
    give_tokens(martins)
    ticket = make_ticket(hugo, means="trial", criticality="blocked")
    work_on(ticket, awa, 15, since=moment(10))
    work.follow_clock(ticket=ticket, at=moment(26))
    return ticket


def agree(ticket, person):
    return cover.agree_to_more(ticket=ticket, means="tokens", ceiling=1, by=person.as_actor(), at=moment(30))


def test_T4_who_asked_agrees_and_it_goes_on(ticket, hugo, awa):
    agreed = agree(ticket, hugo)
    assert (agreed.cover.state, agreed.waits_since, agreed.due_at) == ("covered", moment(30), moment(90))
    assert Lot.objects.get(origin="goodwill").reserved == 1
    entry = Entry.objects.get(code="ticket.more_agreed")
    assert (entry.actor_id, entry.subject_id) == (hugo.pk, ticket.pk)
    work_on(ticket, awa, 22, since=moment(31))
    assert close(ticket, at=moment(60)).closures.get().price_tokens == 1


def test_T4_a_holder_agrees_too_and_twice_is_once(ticket, claire):
    agree(ticket, claire)
    agree(ticket, claire)
    assert Lot.objects.get(origin="goodwill").reserved == 1
    assert Entry.objects.filter(code="ticket.more_agreed").count() == 1


def test_nobody_else(ticket, ines, awa):
    for actor in (ines.as_actor(), awa.as_actor(), VISITOR):
        with pytest.raises(cover.MayNotAgree):
            cover.agree_to_more(ticket=ticket, means="tokens", ceiling=1, by=actor, at=moment(30))


def test_a_closed_ticket(ticket, hugo):
    close(ticket, at=moment(29))
    with pytest.raises(cover.TicketClosed):
        agree(ticket, hugo)


def test_without_a_token_it_goes_on_waiting(martins, claire):
    ticket = make_ticket(claire, means="none")
    with pytest.raises(ledger.NotEnoughUnits):
        agree(ticket, claire)


def test_what_waits_for_the_customer_keeps_its_turn(martins, claire, awa):
    ticket = make_ticket(claire, means="none")
    answer(ticket, awa, at=moment(5), asks=True)
    give_tokens(martins)
    agreed = agree(ticket, claire)
    assert (agreed.state, agreed.waits_since, agreed.cover.state) == ("asked_back", moment(5), "covered")


def test_through_the_page(ticket, hugo, claire):
    browser = in_english(hugo)
    page = browser.get(f"/my/tickets/{ticket.pk}/").content.decode()
    assert "1 more ticket from carnet no. 1" in page
    assert "Yes: 1 more ticket" in page
    assert "Yes: 1 more ticket" in in_english(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    for _click in range(2):
        response = browser.post(
            f"/my/tickets/{ticket.pk}/agree/", {"key": form_key(), "means": "tokens", "ceiling": "1"}
        )
        assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    assert Lot.objects.get(origin="goodwill").reserved == 1
    assert "Yes: 1 more ticket" not in browser.get(f"/my/tickets/{ticket.pk}/").content.decode()


def test_who_may(ticket, hugo, ines, awa, client):
    address = f"/my/tickets/{ticket.pk}/agree/"
    assert [signed_in(one).post(address).status_code for one in (ines, awa)] == [404, 404]
    assert client.post(address).status_code == 302
    assert signed_in(hugo).get(address).status_code == 302
