import datetime

import pytest

from carnet.tickets.actions import correcting, work
from carnet.tickets.models import WorkSession
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, work_on


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


def test_refusals(ticket, awa):
    with pytest.raises(work.ReasonMissing):
        record(ticket, awa, 10, reason=" ")
    for minutes, at in ((0, 120), (25 * 60, 2000), (10, 14)):
        with pytest.raises(correcting.TimeOutOfRange):
            record(ticket, awa, minutes, at=at)
    with pytest.raises(ValueError, match="no kind of work"):
        record(ticket, awa, 10, kind="offered")


def test_each_moment_of_an_agent_is_written_down_once(ticket, awa, odile):
    work_on(ticket, awa, 20, since=moment(10))
    for since in (5, 15, 29):
        with pytest.raises(correcting.TimeTaken):
            record(ticket, awa, 10, since=since)
    assert kinds(record(ticket, odile, 5, since=12)) == [("chargeable", 300)]
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(60))
    with pytest.raises(correcting.TimeTaken):
        record(ticket, awa, 10, since=70)


def test_through_the_page_on_the_providers_clock(ticket, awa):
    page = f"/desk/tickets/{ticket.pk}/"
    browser = in_english(awa)
    sent = {"started_at": "2027-01-11T09:20", "seconds": "12:30", "kind": "chargeable", "reason": "Phoned them"}
    assert browser.post(f"{page}time/", {**sent, "started_at": "soon"}).status_code == 422
    assert browser.post(f"{page}time/", {**sent, "started_at": "2027-01-11T11:20"}).status_code == 422
    assert browser.post(f"{page}time/", sent)["Location"] == page
    session = WorkSession.objects.get()
    assert (session.started_at, session.ended_at - session.started_at) == (
        moment(20), datetime.timedelta(seconds=750),
    )  # fmt: skip
