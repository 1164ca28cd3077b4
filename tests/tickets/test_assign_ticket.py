import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import assigning
from tests.factories.people import signed_in
from tests.factories.tickets import close, give_tokens, make_ticket, moment


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins)
    return make_ticket(claire)


def assign(ticket, agent, by):
    return assigning.assign_ticket(ticket=ticket, agent=agent, by=by.as_actor(), at=moment(5))


def test_to_an_agent_and_to_nobody(ticket, awa, odile):
    assert assign(ticket, awa, odile).assigned_to == awa
    assert assign(ticket, None, odile).assigned_to is None
    entries = Entry.objects.filter(code="ticket.assigned").order_by("pk")
    assert [(entry.actor_id, entry.details["agent"]) for entry in entries] == [(odile.pk, awa.pk), (odile.pk, None)]


def test_as_it_is_already(ticket, awa):
    assign(ticket, awa, awa)
    assign(ticket, awa, awa)
    assert Entry.objects.filter(code="ticket.assigned").count() == 1


def test_only_to_the_team(ticket, claire, awa):
    with pytest.raises(assigning.NotOfTheTeam):
        assign(ticket, claire, awa)


def test_a_closed_ticket_is_nobodys(ticket, awa):
    close(ticket, at=moment(4))
    with pytest.raises(assigning.TicketClosed):
        assign(ticket, awa, awa)


def test_through_the_page(ticket, claire, awa):
    browser, address = signed_in(awa), f"/desk/tickets/{ticket.pk}/assign/"
    for given, kept in ((awa.pk, awa), (claire.pk, awa), ("x", awa), ("", None)):
        assert browser.post(address, {"agent": given})["Location"] == f"/desk/tickets/{ticket.pk}/"
        ticket.refresh_from_db()
        assert ticket.assigned_to == kept


def test_who_may(ticket, claire, ines, odile, client):
    address = f"/desk/tickets/{ticket.pk}/assign/"
    assert [signed_in(one).post(address).status_code for one in (claire, ines, odile)] == [404, 404, 302]
    assert client.post(address).status_code == 302
    assert signed_in(odile).get(address).status_code == 302
