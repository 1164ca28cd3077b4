import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import assigning
from tests.factories.people import signed_in
from tests.factories.tickets import answer, close, give_tokens, in_english, make_ticket, moment


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins)
    return make_ticket(claire, criticality="question")


def change(ticket, agent, criticality="blocked"):
    return assigning.change_criticality(ticket=ticket, criticality=criticality, by=agent.as_actor(), at=moment(30))


def test_M7_the_due_time_is_reckoned_anew_and_the_customer_sees_it(ticket, claire, awa):
    assert change(ticket, awa).due_at == moment(60)
    entry = Entry.objects.get(code="ticket.criticality_changed")
    assert (entry.actor_id, entry.details) == (awa.pk, {"before": "question", "after": "blocked"})
    assert "Urgency changed to: blocked" in in_english(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()


def test_what_waits_for_the_customer_is_not_due(ticket, awa):
    answer(ticket, awa, at=moment(10), asks=True)
    changed = change(ticket, awa)
    assert (changed.criticality, changed.due_at) == ("blocked", None)


def test_the_same_again(ticket, awa):
    change(ticket, awa, "question")
    assert not Entry.objects.filter(code="ticket.criticality_changed").exists()


def test_a_closed_ticket_stays_as_it_was(ticket, awa):
    close(ticket, at=moment(4))
    with pytest.raises(assigning.TicketClosed):
        change(ticket, awa)


def test_through_the_page(ticket, awa):
    browser, address = signed_in(awa), f"/desk/tickets/{ticket.pk}/criticality/"
    for given, kept in (("hindered", "hindered"), ("urgent", "hindered")):
        assert browser.post(address, {"criticality": given})["Location"] == f"/desk/tickets/{ticket.pk}/"
        ticket.refresh_from_db()
        assert ticket.criticality == kept


def test_who_may(ticket, claire, ines, odile, client):
    address = f"/desk/tickets/{ticket.pk}/criticality/"
    assert [signed_in(one).post(address).status_code for one in (claire, ines, odile)] == [404, 404, 302]
    assert client.post(address).status_code == 302
    assert signed_in(odile).get(address).status_code == 302
