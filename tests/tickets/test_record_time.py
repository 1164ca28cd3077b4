import datetime

import pytest
import time_machine

from carnet.tickets.actions import correcting, work
from carnet.work.actions import clocks, sessions
from carnet.work.models import WorkSession
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, work_on
from tests.forms import forms_in


def form_in(html, page):
    return next(one for one in forms_in(html, page) if "seconds" in one.filled()).filled()


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins)
    return make_ticket(claire)


def record(ticket, agent, minutes, *, since=5, kind="chargeable", reason="Phoned them", at=120):
    return correcting.record_time(
        ticket=ticket, agent=agent, started_at=moment(since), seconds=int(minutes * 60), kind=kind, reason=reason,
        by=agent.as_actor(), at=moment(at),
    )  # fmt: skip


def kinds(sessions):
    return [(one.kind, one.duration_seconds) for one in sessions]


def test_it_counts_as_far_as_it_is_paid(ticket, awa):
    assert kinds(record(ticket, awa, 34)) == [("chargeable", 1800), ("offered", 240)]
    ticket.refresh_from_db()
    assert ticket.cover.state == "waiting"


def test_T14_after_closing_it_is_offered(ticket, awa):
    close(ticket, at=moment(60))
    assert kinds(record(ticket, awa, 10)) == [("offered", 600)]
    assert record(ticket, awa, 5, since=30)[0].recorded_at > moment(60)


def test_T3_free_work_stays_free(ticket, awa):
    assert kinds(record(ticket, awa, 40, kind="training")) == [("training", 2400)]


def test_the_same_again_is_what_was_written_before(ticket, awa):
    assert record(ticket, awa, 34) == record(ticket, awa, 34)
    assert WorkSession.objects.count() == 2


def test_case_V5_the_same_time_for_another_reason_is_taken(ticket, awa):
    record(ticket, awa, 34)
    with pytest.raises(sessions.TimeTaken):
        record(ticket, awa, 34, reason="Something else")


def test_case_V1_not_before_the_day_on_which_the_ticket_was_opened(ticket, awa):
    assert record(ticket, awa, 10, since=-500)
    for since in (-600, -60 * 24 * 400):
        with pytest.raises(correcting.BeforeTicket):
            record(ticket, awa, 10, since=since)


def test_refusals(ticket, awa):
    with pytest.raises(clocks.ReasonMissing):
        record(ticket, awa, 10, reason=" ")
    for minutes, at in ((0, 120), (25 * 60, 2000), (10, 14)):
        with pytest.raises(sessions.TimeOutOfRange):
            record(ticket, awa, minutes, at=at)
    with pytest.raises(ValueError, match="no kind of work"):
        record(ticket, awa, 10, kind="offered")


def test_each_moment_of_an_agent_is_written_down_once(ticket, awa, odile):
    work_on(ticket, awa, 20, since=moment(10))
    for since in (5, 15, 29):
        with pytest.raises(sessions.TimeTaken):
            record(ticket, awa, 10, since=since)
    assert kinds(record(ticket, odile, 5, since=12)) == [("chargeable", 300)]
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(60))
    with pytest.raises(sessions.TimeTaken):
        record(ticket, awa, 10, since=70)


def test_through_the_page_on_the_providers_clock(ticket, awa):
    page = f"/desk/tickets/{ticket.pk}/"
    browser = in_english(awa)
    sent = {"started_at": "2027-01-11T09:20", "seconds": "12 min 30 s", "kind": "chargeable", "reason": "Phoned them"}
    assert browser.post(f"{page}time/", {**sent, "started_at": "soon"}).status_code == 422
    assert browser.post(f"{page}time/", {**sent, "started_at": "2027-01-11T11:20"}).status_code == 422
    assert browser.post(f"{page}time/", sent)["Location"] == page
    session = WorkSession.objects.get()
    assert (session.started_at, session.ended_at - session.started_at) == (
        moment(20), datetime.timedelta(seconds=750),
    )  # fmt: skip


TYPED = {"started_at": "2027-01-11T09:20", "seconds": "12 min", "kind": "chargeable", "reason": "Phoned them"}


@pytest.mark.parametrize(
    ("typed", "shown"), [("1:10", "1 h 10 min"), ("12", "12 min"), ("1,25 h", "1 h 15 min"), ("90 s", "1 min 30 s")]
)
def test_case_A5_it_says_back_what_it_understood(ticket, awa, typed, shown):
    browser, page = in_english(awa), f"/desk/tickets/{ticket.pk}/time/"
    with time_machine.travel(moment(120), tick=False):
        answer = browser.post(page, {**TYPED, "seconds": typed})
        words = answer.content.decode().replace("\u00a0", " ")
        assert (answer.status_code, WorkSession.objects.count()) == (422, 0)
        assert f"We read this as {shown}. If that is right, send the form once more" in words
        assert 'class="error"' not in words  # it is a question, no mistake
        form = form_in(answer.content.decode(), page)
        assert form["seconds"].replace("\u00a0", " ") == shown
        assert browser.post(page, form).status_code == 302
    assert WorkSession.objects.exists()


@pytest.mark.parametrize("typed", ["1 h 10 min", "1h10", "1 h 10"])
def test_case_A5_what_the_product_itself_shows_is_taken_at_once(ticket, awa, typed):
    with time_machine.travel(moment(120), tick=False):
        page = f"/desk/tickets/{ticket.pk}/time/"
        assert in_english(awa).post(page, {**TYPED, "seconds": typed}).status_code == 302
    assert sum(one.duration_seconds for one in WorkSession.objects.all()) == 4200


@pytest.mark.parametrize("typed", ["1:75", "half an hour", "1,5", "", "200 h"])
def test_case_A5_what_can_not_be_read(ticket, awa, typed):
    page = in_english(awa).post(f"/desk/tickets/{ticket.pk}/time/", {**TYPED, "seconds": typed})
    assert page.status_code == 422
    assert WorkSession.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9999-12-31T23:59", "Choose a year between 2000 and 2100."),
        ("0001-01-01T00:00", "Choose a year between 2000 and 2100."),
        ("0026-01-11T09:00", "Choose a year between 2000 and 2100."),
        ("1899-01-11T09:00", "Choose a year between 2000 and 2100."),
        ("2027-01-10T23:00", "The ticket was opened on a later day."),
        ("2027-03-28T02:30", "This time did not exist: that night the clocks went forward over it."),
        ("2030-01-11T09:00", "Time worked must be between one second and 24 hours, and already over."),
        ("soon", "Choose a date and time."),
    ],
)
def test_case_V1_A6_a_moment_that_can_not_be_meant(ticket, awa, typed, sentence):
    answer = in_english(awa).post(f"/desk/tickets/{ticket.pk}/time/", {**TYPED, "started_at": typed})
    assert answer.status_code == 422
    assert f"{sentence}" in answer.content.decode().split('class="error"', 1)[1]
    assert typed in answer.content.decode()


def test_case_A6_the_doubled_hour_is_asked_for(ticket, awa):
    page = f"/desk/tickets/{ticket.pk}/time/"
    typed = {**TYPED, "started_at": "2027-10-31T02:30", "seconds": "10 min"}
    with time_machine.travel("2027-10-31 12:00", tick=False):
        browser = in_english(awa)
        asked = browser.post(page, typed)
        assert (asked.status_code, WorkSession.objects.count()) == (422, 0)
        assert "That night the clocks went back, so this time came twice." in asked.content.decode()
        for which, hour in (("first", 0), ("second", 1)):
            assert browser.post(page, {**typed, "started_at_which": which}).status_code == 302
            began = datetime.datetime(2027, 10, 31, hour, 30, tzinfo=datetime.UTC)
            assert WorkSession.objects.filter(started_at=began).exists()


def test_case_A5_no_beginning_is_proposed_that_would_end_in_the_future(ticket, awa):
    shown = in_english(awa).get(f"/desk/tickets/{ticket.pk}/time/").content.decode()
    assert form_in(shown, f"/desk/tickets/{ticket.pk}/time/").get("started_at", "") == ""
