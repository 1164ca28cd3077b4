"""The clock while it runs: warned five minutes before its paid time ends, and stopped there."""

import pytest
import time_machine

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets import tasks
from carnet.tickets.actions import work
from carnet.tickets.models import RunningWork, Ticket
from tests.factories.people import signed_in
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, stay, work_on


def follow(minute):
    with time_machine.travel(moment(minute), tick=False):
        tasks.follow_clocks.call()


def kinds():
    return [mail.kind for mail in OutgoingMail.objects.order_by("pk")][1:]


@pytest.fixture
def trial(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(10))
    return ticket


def test_F3_warned_once_five_minutes_before(trial, claire):
    follow(19.9)
    assert kinds() == []
    follow(20)
    follow(22)
    assert kinds() == ["tickets/clock_warning"]
    mail = OutgoingMail.objects.latest("pk")
    assert mail.to == "claire@example.org"
    assert "9 h 25".replace(" ", "\u00a0") in mail.text


def test_F3_the_clock_stops_and_offers_are_shown(trial, claire, awa):
    follow(27)
    running = RunningWork.objects.get()
    assert running.stopped_at == moment(25)
    ticket = Ticket.objects.get()
    assert (ticket.cover.state, ticket.cover.waiting_since) == ("waiting", moment(25))
    assert list(Ticket.objects.in_queue()) == []
    assert kinds() == ["tickets/clock_stopped"]
    entry = Entry.objects.get(code="work.paid_time_ended")
    assert (entry.actor_kind, entry.details) == ("system", {"paid_seconds": 900})
    assert '/offers/"' in signed_in(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    page = in_english(awa).get("/desk/queue/").content.decode()
    assert "Stopped at 15:00: what did you do?" in page
    follow(28)
    assert kinds() == ["tickets/clock_stopped"]


def test_however_late_the_worker_comes(trial, awa):
    stay(awa, moment(10), moment(490))
    follow(500)
    work.stop_work(ticket=trial, reason="Looked", by=awa.as_actor(), at=moment(501))
    assert [(one.kind, one.duration_seconds) for one in trial.work_sessions.all()] == [("chargeable", 900)]


def test_a_page_shows_no_more_than_what_is_paid_while_the_worker_is_down(trial, claire):
    with time_machine.travel(moment(70), tick=False):
        page = signed_in(claire).get(f"/my/tickets/{trial.pk}/").content.decode()
    assert "15\u00a0min" in page
    assert "45:00" in page  # offered


def test_F2_who_consented_at_opening_is_not_asked(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire, means="trial", then="tokens")
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(10))
    follow(21)
    follow(27)
    assert kinds() == []
    assert (RunningWork.objects.get().stopped_at, Ticket.objects.get().cover.means) == (None, "tokens")
    follow(50)
    assert kinds() == ["tickets/clock_warning"]
    follow(56)
    assert RunningWork.objects.get().stopped_at == moment(55)


def test_T4_a_token_pays_for_30_minutes(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 17, since=moment(0))
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(30))
    follow(37.9)
    assert kinds() == []
    follow(38)
    follow(43)
    assert kinds() == ["tickets/clock_warning", "tickets/clock_stopped"]
    assert RunningWork.objects.get().stopped_at == moment(43)


def test_all_clocks_of_the_ticket_stop(martins, claire, awa, odile):
    give_tokens(martins)
    ticket = make_ticket(claire)
    for agent, minute in ((awa, 0), (odile, 10)):
        work.start_work(ticket=ticket, by=agent.as_actor(), at=moment(minute))
    follow(31)
    assert list(RunningWork.objects.values_list("stopped_at", flat=True)) == [moment(30)] * 2


def test_a_closed_ticket_has_no_clock(martins, claire, awa):
    ticket = close(make_ticket(claire, means="trial"), at=moment(5))
    assert work.follow_clock(ticket=ticket, at=moment(9)) == ticket


def test_the_page_of_a_running_clock_asks_again_every_minute(trial, claire, awa):
    for browser, address in (
        (signed_in(claire), f"/my/tickets/{trial.pk}/"),
        (signed_in(awa), f"/desk/tickets/{trial.pk}/"),
    ):
        version = browser.get(address).context["version"]
        again = {"headers": {"HX-Request": "true"}}
        assert browser.get(address, {"v": version}, **again).status_code == 204
        with time_machine.travel(moment(61), tick=False):
            response = browser.get(address, {"v": version}, **again)
        assert response.status_code == 200
        assert 'id="meter"' in response.content.decode()
        assert "<html" not in response.content.decode()


def test_F3_the_page_shows_offers_once_the_person_is_warned(trial, claire):
    for minute, are_shown in ((19, False), (20, True)):
        with time_machine.travel(moment(minute), tick=False):
            page = signed_in(claire).get(f"/my/tickets/{trial.pk}/").content.decode()
        assert ('/offers/"' in page) is are_shown
