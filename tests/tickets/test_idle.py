"""T17: a clock whose agent gives no sign of life stops at the last one."""

import pytest
import time_machine

from carnet.audit.models import Entry
from carnet.provider import actions as provider
from carnet.tickets.actions import work
from carnet.work.actions import clocks
from carnet.work.models import RunningWork, WorkSession
from tests.factories.people import BEGAN, TEST, signed_in
from tests.factories.tickets import give_tokens, in_english, make_ticket, moment


@pytest.fixture
def ticket(martins, claire, awa):
    provider.change_setting(name="idle_minutes", value=10, by=TEST, at=BEGAN)
    give_tokens(martins)
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(50))
    work.sign_of_life(by=awa.as_actor(), at=moment(55))
    return ticket


def stopped():
    running = RunningWork.objects.get()
    return running.stopped_at, running.stopped_by


def test_T17_the_clock_stops_at_the_last_sign(ticket, awa):
    work.follow_clock(ticket=ticket, at=moment(64.9))
    assert stopped() == (None, "")
    work.follow_clock(ticket=ticket, at=moment(65))
    work.follow_clock(ticket=ticket, at=moment(70))
    assert stopped() == (moment(55), "idle")
    assert Entry.objects.filter(code="work.idle").count() == 1


def test_T17_returns_at_10_40_stopped_at_10_00(ticket, awa):
    assert work.sign_of_life(by=awa.as_actor(), at=moment(95)).stopped_at == moment(55)
    (session,) = work.stop_work(ticket=ticket, reason="Looked", by=awa.as_actor(), at=moment(96))
    assert (session.kind, session.ended_at) == ("chargeable", moment(55))


def test_T17_time_after_it_is_recorded_with_a_reason(ticket, awa):
    (session,) = work.stop_work(
        ticket=ticket, reason="On the phone", worked_until=moment(75), by=awa.as_actor(), at=moment(75)
    )
    assert (session.started_at, session.ended_at, session.reason.text) == (moment(50), moment(75), "On the phone")
    assert Entry.objects.get(code="work.silence_recorded").details == {"seconds": 1200}


def test_T17_T4_and_is_offered_beyond_the_paid_time(ticket, awa):
    work.stop_work(ticket=ticket, reason="On the phone", worked_until=moment(95), by=awa.as_actor(), at=moment(95))
    (session,) = WorkSession.objects.all()
    assert (session.kind, session.duration_seconds) == ("chargeable", 1800)


def test_who_starts_elsewhere_owes_the_reason_first(ticket, claire, awa):
    with pytest.raises(clocks.ReasonOwed):
        work.start_work(ticket=make_ticket(claire), by=awa.as_actor(), at=moment(80))


def test_the_pages_ask_and_offer_to_write_it_down(ticket, awa):
    page, browser = f"/desk/tickets/{ticket.pk}/", in_english(awa)
    with time_machine.travel(moment(57), tick=False):
        assert 'data-asks-in="180"' in browser.get(page).content.decode()
        assert browser.post("/desk/clock/", {"still_here": "yes"})["Location"] == page
    with time_machine.travel(moment(80), tick=False):
        work.follow_clock(ticket=ticket, at=moment(80))
        shown = browser.get(page).content.decode()
        assert "for lack of activity" in shown
        assert 'name="worked_on"' in shown
        sent = {"reason": "On the phone", "kind": "chargeable", "worked_on": "on"}
        assert browser.post(f"{page}stop/", sent)["Location"] == page
    assert WorkSession.objects.get().ended_at == moment(80)


def test_a_sign_comes_too_late_for_a_clock_that_stands(ticket, awa):
    signed_in(awa)
    work.sign_of_life(by=awa.as_actor(), at=moment(70))
    assert stopped() == (moment(55), "idle")
    assert RunningWork.objects.get().last_sign_at == moment(55)
