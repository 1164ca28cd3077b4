import datetime

import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import work
from carnet.work.actions import clocks
from carnet.work.models import RunningWork, WorkReason, WorkSession
from tests.factories.people import signed_in
from tests.factories.tickets import form_key, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins)
    return make_ticket(claire)


def start(ticket, agent, at=None):
    return work.start_work(ticket=ticket, by=agent.as_actor(), at=at or moment(10))


def stop(ticket, agent, at=None, reason="Cleaned the rollers", **kind):
    return work.stop_work(ticket=ticket, reason=reason, by=agent.as_actor(), at=at or moment(22), **kind)


def parts(ticket):
    return [(one.kind, one.duration_seconds) for one in ticket.cover.sessions.order_by("started_at", "pk")]


def test_the_time_becomes_a_session(ticket, awa):
    start(ticket, awa)
    (session,) = stop(ticket, awa)
    assert (session.agent, session.kind, session.started_at, session.ended_at) == (
        awa,
        "chargeable",
        moment(10),
        moment(22),
    )
    assert session.reason.text == "Cleaned the rollers"
    assert RunningWork.objects.count() == 0
    entry = Entry.objects.get(code="work.stopped")
    assert (entry.actor_id, entry.subject_id) == (awa.pk, ticket.pk)
    assert entry.details == {"agent": awa.pk, "sessions": [session.pk], "seconds": 720}


@pytest.mark.parametrize("kind", ["training", "reading", "repair"])
def test_T3_what_is_never_charged(ticket, awa, kind):
    start(ticket, awa)
    stop(ticket, awa, at=moment(50), kind=kind)
    # It ran as work that is charged, so it stood where the paid time ended; now none of that is used.
    assert parts(ticket) == [(kind, 1800)]
    ticket.refresh_from_db()
    assert ticket.cover.state == "covered"


def test_T3_what_was_started_free_of_charge_is_not_metered(martins, claire, awa):
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, kind="repair", by=awa.as_actor(), at=moment(10))
    work.follow_clock(ticket=ticket, at=moment(60))
    stop(ticket, awa, at=moment(70))
    assert parts(ticket) == [("repair", 3600)]


@pytest.mark.parametrize("kind", ["offered", "holiday"])
def test_other_kinds_can_t_be_chosen(ticket, awa, kind):
    start(ticket, awa)
    with pytest.raises(ValueError, match="no kind of work"):
        stop(ticket, awa, kind=kind)


def test_T4_what_was_worked_after_the_paid_time_is_offered(ticket, awa):
    """The worker was down: nobody stopped the clock."""
    start(ticket, awa)
    work.RunningWork.objects.update(stopped_at=moment(44))
    stop(ticket, awa)
    assert parts(ticket) == [("chargeable", 1800), ("offered", 240)]


def test_T4_the_clock_stops_where_the_paid_time_ended(ticket, awa):
    start(ticket, awa)
    stop(ticket, awa, at=moment(44))
    assert parts(ticket) == [("chargeable", 1800)]


def test_T3_what_turns_out_to_count_may_use_up_what_is_paid(ticket, awa):
    work.start_work(ticket=ticket, kind="reading", by=awa.as_actor(), at=moment(0))
    work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(40))
    stop(ticket, awa, at=moment(41), kind="chargeable")
    assert parts(ticket) == [("chargeable", 1800), ("offered", 600)]
    ticket.refresh_from_db()
    assert ticket.cover.state == "waiting"


def test_T2_two_agents_at_once_are_counted_once(ticket, awa, odile):
    start(ticket, awa, at=moment(0))
    start(ticket, odile, at=moment(10))
    stop(ticket, awa, at=moment(20))
    stop(ticket, odile, at=moment(29))
    assert parts(ticket) == [("chargeable", 1200), ("chargeable", 1140)]
    ticket.refresh_from_db()
    assert ticket.cover.state == "covered"


def test_F2_the_token_follows_the_free_minutes_without_a_gap(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire, means="trial", then="tokens")
    start(ticket, awa)
    stop(ticket, awa, at=moment(35))
    assert parts(ticket) == [("chargeable", 1500)]
    ticket.refresh_from_db()
    assert (ticket.cover.state, ticket.cover.means) == ("covered", "tokens")


def test_a_clock_that_ran_for_no_second_leaves_no_session(ticket, awa):
    start(ticket, awa)
    assert stop(ticket, awa, at=moment(10) + datetime.timedelta(milliseconds=900)) == []
    assert (WorkSession.objects.count(), RunningWork.objects.count()) == (0, 0)


def test_a_clock_that_was_put_back_leaves_no_session(ticket, awa):
    start(ticket, awa)
    assert stop(ticket, awa, at=moment(9)) == []


def test_a_reason_is_needed(ticket, awa):
    start(ticket, awa)
    with pytest.raises(clocks.ReasonMissing):
        stop(ticket, awa, reason=" ")


def test_nothing_runs(ticket, awa, odile):
    start(ticket, odile)
    for action in (lambda: stop(ticket, awa), lambda: work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(9))):
        with pytest.raises(clocks.NothingRuns):
            action()


def test_halted_it_stands_still_until_the_reason_comes(ticket, awa):
    start(ticket, awa)
    for minute in (20, 30):
        work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(minute))
    assert RunningWork.objects.get().stopped_at == moment(20)
    assert Entry.objects.filter(code="work.halted").count() == 1
    stop(ticket, awa, at=moment(39))
    assert parts(ticket) == [("chargeable", 600)]


def test_the_button_of_every_page_stops_at_once_and_asks_what_for(ticket, awa):
    start(ticket, awa, at=moment(50))
    browser, address = in_english(awa), f"/desk/tickets/{ticket.pk}/stop/"
    assert browser.post(address)["Location"] == address
    assert RunningWork.objects.get().stopped_at == moment(60)
    page = browser.get(address).content.decode()
    assert "10:00" in page
    assert "What did you do?" in page
    response = browser.post(address, {"reason": "", "kind": "chargeable"})
    assert response.status_code == 422
    response = browser.post(address, {"reason": "Cleaned it", "kind": "reading"})
    assert response["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert parts(ticket) == [("reading", 600)]
    assert WorkReason.objects.get().text == "Cleaned it"


def test_a_double_click_keeps_the_time_once(ticket, awa):
    start(ticket, awa, at=moment(50))
    browser, form = signed_in(awa), {"reason": "Cleaned it", "kind": "chargeable", "key": form_key()}
    for _click in range(2):
        assert browser.post(f"/desk/tickets/{ticket.pk}/stop/", form)["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert parts(ticket) == [("chargeable", 600)]


def test_a_reason_that_is_too_long_keeps_time_and_text(ticket, awa):
    start(ticket, awa, at=moment(50))
    response = signed_in(awa).post(f"/desk/tickets/{ticket.pk}/stop/", {"reason": "x" * 201, "kind": "chargeable"})
    assert (response.status_code, RunningWork.objects.get().stopped_at) == (422, moment(60))
    assert "x" * 201 in response.content.decode()


def test_to_look_stops_nothing(ticket, awa):
    start(ticket, awa)
    assert "Stop the clock?" in in_english(awa).get(f"/desk/tickets/{ticket.pk}/stop/").content.decode()
    assert RunningWork.objects.get().stopped_at is None


def test_who_may(ticket, claire, ines, odile, client):
    address = f"/desk/tickets/{ticket.pk}/stop/"
    assert [signed_in(person).get(address).status_code for person in (claire, ines, odile)] == [404, 404, 302]
    assert client.post(address).status_code == 302
    assert signed_in(odile).delete(address).status_code == 405


def test_the_customer_sees_each_worked_minute(ticket, claire, awa):
    work_on(ticket, awa, 12, since=moment(10), reason="Cleaned the rollers")
    work_on(ticket, awa, 8, since=moment(30), kind="training", reason="Read the manual")
    page = in_english(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    for words in ("Awa Diallo", "12:00", "Cleaned the rollers", "8:00", "Read the manual", "training, free"):
        assert words in page
