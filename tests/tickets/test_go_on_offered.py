import pytest

from carnet.tickets.actions import cover, work
from carnet.work.actions import clocks
from carnet.work.models import RunningWork, WorkSession
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment


@pytest.fixture
def ticket(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(0))
    return ticket


def go_on(ticket, awa, minute):
    return work.go_on_offered(ticket=ticket, by=awa.as_actor(), at=moment(minute))


def parts():
    return [(one.kind, one.duration_seconds // 60) for one in WorkSession.objects.order_by("started_at")]


def test_T4_34_minutes_without_consent_are_one_token_and_4_offered(ticket, awa):
    go_on(ticket, awa, 31)
    work.stop_work(ticket=ticket, reason="Looked", by=awa.as_actor(), at=moment(34))
    assert parts() == [("chargeable", 30), ("offered", 4)]
    assert close(ticket, at=moment(40)).closures.get().price_tokens == 1


def test_T4_consent_at_minute_36_then_10_more(ticket, claire, awa):
    go_on(ticket, awa, 28)
    work.follow_clock(ticket=ticket, at=moment(33))
    assert RunningWork.objects.get().stopped_at is None
    ticket.refresh_from_db()
    cover.agree_to_more(ticket=ticket, means="tokens", ceiling=2, by=claire.as_actor(), at=moment(36))
    work.follow_clock(ticket=ticket, at=moment(40))
    work.stop_work(ticket=ticket, reason="Looked", by=awa.as_actor(), at=moment(46))
    assert parts() == [("chargeable", 30), ("offered", 6), ("chargeable", 10)]
    assert close(ticket, at=moment(50)).closures.get().price_tokens == 2


def test_T4_the_second_token_ends_after_30_further_minutes(ticket, claire, awa):
    go_on(ticket, awa, 28)
    work.follow_clock(ticket=ticket, at=moment(30))
    cover.agree_to_more(ticket=ticket, means="tokens", ceiling=2, by=claire.as_actor(), at=moment(36))
    work.stop_work(ticket=ticket, reason="Looked", by=awa.as_actor(), at=moment(70))
    assert parts() == [("chargeable", 30), ("offered", 6), ("chargeable", 30), ("offered", 4)]


def test_twice_is_once_and_who_stopped_does_not_go_on(ticket, awa, odile):
    for _ in range(2):
        assert go_on(ticket, awa, 31).goes_on
    work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(35))
    with pytest.raises(clocks.NothingRuns):
        go_on(ticket, awa, 36)
    with pytest.raises(clocks.NothingRuns):
        go_on(ticket, odile, 36)


def test_the_page_tells_who_has_no_clock(ticket, odile):
    page = f"/desk/tickets/{ticket.pk}/"
    response = in_english(odile).post(f"{page}go-on/", follow=True)
    assert f"You have no clock running on ticket {ticket.pk}." in response.content.decode()
