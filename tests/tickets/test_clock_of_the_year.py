"""A clock that is left running: over midnight, over both changes of the clocks, over the last day of a lot."""

import datetime

import pytest

from carnet.ledger.models import Lot
from carnet.provider import actions as provider
from carnet.tickets.actions import work
from carnet.work.models import RunningWork, WorkSession
from tests.factories.ledger import give, moment, sell
from tests.factories.people import BEGAN, TEST
from tests.factories.tickets import close, make_ticket


def run(ticket, agent, start, minutes):
    """The agent works so many real minutes from `start` in Paris; the ticket is closed then."""
    since = moment(start)
    until = since + datetime.timedelta(minutes=minutes)
    work.start_work(ticket=ticket, by=agent.as_actor(), at=since)
    RunningWork.objects.update(last_sign_at=until)
    work.stop_work(ticket=ticket, reason="Night shift", by=agent.as_actor(), at=until)
    return close(ticket, at=until + datetime.timedelta(minutes=5)).closures.get()


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        ("2027-01-11 23:50", 25),  # midnight
        ("2027-03-28 01:50", 25),  # 02:00 becomes 03:00
        ("2027-10-31 02:50", 25),  # 03:00 becomes 02:00
        ("2027-12-31 23:50", 25),
        ("2028-02-29 23:50", 25),
    ],
)
def test_T2_minutes_are_real_ones(martins, claire, awa, start, minutes):
    sell(martins, 300, unit="minute", months=24)
    # The first 30 minutes of the pack are another question's (H1).
    run(make_ticket(claire, means="minutes", at=moment("2027-01-11 12:20")), awa, "2027-01-11 12:30", 30)
    closure = run(make_ticket(claire, means="minutes", at=moment(start)), awa, start, minutes)
    assert (closure.worked_seconds, closure.price_minutes) == (minutes * 60, minutes)


def test_T11_over_the_last_day_of_its_lot(martins, claire, awa):
    lot = give(martins, 1, until="2027-01-11", at="2027-01-11 09:00")
    ticket = make_ticket(claire, at=moment("2027-01-11 23:50"))
    closure = run(ticket, awa, "2027-01-12 10:00", 25)
    lot.refresh_from_db()
    assert (closure.price_tokens, lot.spent) == (1, 1)


def test_T11_a_further_token_comes_from_a_live_lot(martins, claire, awa):
    give(martins, 2, until="2027-01-11", at="2027-01-11 09:00")
    live = give(martins, 2, until="2027-12-31", at="2027-01-11 09:00")
    ticket = make_ticket(claire, ceiling=2, at=moment("2027-01-11 23:40"))
    closure = run(ticket, awa, "2027-01-11 23:45", 40)
    live.refresh_from_db()
    assert (closure.price_tokens, live.spent) == (2, 1)
    assert Lot.objects.get(last_day="2027-01-11").available == 1


def test_T17_nobody_is_there_over_the_night(martins, claire, awa):
    provider.change_setting(name="idle_minutes", value=10, by=TEST, at=BEGAN)
    give(martins, 2, at="2027-01-11 09:00")
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment("2027-01-11 17:50"))
    work.sign_of_life(by=awa.as_actor(), at=moment("2027-01-11 17:58"))
    work.follow_clock(ticket=ticket, at=moment("2027-01-12 09:00"))
    work.stop_work(ticket=ticket, reason="Looked", by=awa.as_actor(), at=moment("2027-01-12 09:01"))
    assert WorkSession.objects.get().duration_seconds == 8 * 60
