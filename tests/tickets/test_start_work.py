import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import work
from carnet.work.actions import clocks
from carnet.work.models import RunningWork
from tests.factories.people import signed_in
from tests.factories.tickets import close, form_key, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins)
    return make_ticket(claire)


def start(ticket, agent, at=None):
    return work.start_work(ticket=ticket, by=agent.as_actor(), at=at or moment(10))


def test_the_clock_runs(ticket, awa):
    running = start(ticket, awa)
    assert (running.agent, running.cover.ticket, running.started_at, running.last_sign_at) == (
        awa,
        ticket,
        moment(10),
        moment(10),
    )
    ticket.refresh_from_db()
    assert ticket.assigned_to == awa
    entry = Entry.objects.get(code="work.started")
    assert (entry.actor_id, entry.subject_id) == (awa.pk, ticket.pk)


def test_started_twice_it_is_the_same_clock(ticket, awa):
    assert start(ticket, awa) == start(ticket, awa, at=moment(12))
    assert RunningWork.objects.get().started_at == moment(10)


def test_two_agents_may_work_on_one_ticket(ticket, awa, odile):
    start(ticket, awa)
    start(ticket, odile)
    ticket.refresh_from_db()
    assert (RunningWork.objects.count(), ticket.assigned_to) == (2, awa)


def test_one_clock_for_each_agent(ticket, claire, awa):
    start(ticket, awa)
    other = make_ticket(claire)
    with pytest.raises(clocks.OtherWorkRuns) as refused:
        start(other, awa)
    assert refused.value.values == {"number": ticket.pk}


def test_the_reason_of_the_last_clock_comes_first(ticket, claire, awa):
    start(ticket, awa)
    work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(12))
    for wanted in (ticket, make_ticket(claire)):
        with pytest.raises(clocks.ReasonOwed):
            start(wanted, awa, at=moment(13))


def test_T15_not_while_it_waits_for_cover(martins, claire, awa):
    with pytest.raises(clocks.WaitsForCover):
        start(make_ticket(claire), awa)


def test_T4_not_once_the_paid_time_is_used_up(ticket, awa):
    work_on(ticket, awa, 30, since=moment(10))
    with pytest.raises(clocks.WaitsForCover):
        start(ticket, awa, at=moment(50))


def test_not_on_a_closed_ticket(ticket, awa):
    with pytest.raises(work.TicketClosed):
        start(close(ticket, at=moment(5)), awa)


def test_through_the_page(ticket, awa):
    browser = in_english(awa)
    for _click in range(2):
        response = browser.post(f"/desk/tickets/{ticket.pk}/start/", {"key": form_key()})
        assert response["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert RunningWork.objects.get().started_at == moment(60)
    assert "Stop the clock" in browser.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_starting_elsewhere_asks_to_stop_the_first(ticket, claire, awa):
    start(ticket, awa)
    browser = in_english(awa)
    response = browser.post(f"/desk/tickets/{make_ticket(claire).pk}/start/", follow=True)
    assert response.redirect_chain == [(f"/desk/tickets/{ticket.pk}/stop/", 302)]
    assert f"Your clock is running on ticket {ticket.pk}." in response.content.decode()


def test_what_waits_for_cover_says_so(claire, awa):
    ticket = make_ticket(claire)
    response = in_english(awa).post(f"/desk/tickets/{ticket.pk}/start/", follow=True)
    assert f"Ticket {ticket.pk} is not covered at the moment" in response.content.decode()


def test_who_may(ticket, claire, ines, odile, client):
    address = f"/desk/tickets/{ticket.pk}/start/"
    assert [signed_in(person).post(address).status_code for person in (claire, ines, odile)] == [404, 404, 302]
    assert client.post(address)["Location"].startswith("/")
    assert RunningWork.objects.count() == 1
    assert signed_in(odile).get(address).status_code == 302
