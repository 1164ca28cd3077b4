"""What time does to what waits for the customer or for cover. The instants of rules.md, read in Paris."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from carnet.mail.models import OutgoingMail
from carnet.provider import actions as provider
from carnet.tickets import tasks
from carnet.tickets.actions import closing, work
from carnet.tickets.models import Closure, Ticket
from tests.factories.tickets import answer, close, give_tokens, make_ticket, moment, work_on

PARIS = ZoneInfo("Europe/Paris")
SECOND = datetime.timedelta(seconds=1)


def midnight(day, month=1):
    return datetime.datetime(2027, month, day, tzinfo=PARIS)


def run(at):
    """The task, run twice: the second time changes nothing."""
    with time_machine.travel(at, tick=False):
        tasks.remind_and_close.call()
        tasks.remind_and_close.call()


def kinds():
    return [mail.kind.removeprefix("tickets/") for mail in OutgoingMail.objects.order_by("pk")]


def state():
    return Ticket.objects.get().state


def test_T13_reminded_on_the_fourth_day_closed_when_the_seventh_has_ended(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(10))
    answer(ticket, awa, at=moment(30), should_solve=True)
    run(midnight(15) - SECOND)
    assert kinds() == ["received", "answered"]
    run(midnight(15))
    assert kinds() == ["received", "answered", "reminder_answered"]
    assert "18\u00a0janvier 2027" in OutgoingMail.objects.latest("pk").text
    run(midnight(19) - SECOND)
    assert state() == "answered"
    run(midnight(19))
    assert (state(), kinds()[-1]) == ("closed", "closed")
    closure = Closure.objects.get()
    assert (closure.how, closure.rule, closure.price_tokens, closure.actor_kind) == ("silence", "T13", 1, "system")


def test_T13_after_a_stop_of_the_worker_the_reminder_still_comes_first(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    answer(ticket, awa, at=moment(30), should_solve=True)
    run(midnight(25))
    assert (state(), kinds()[-1]) == ("answered", "reminder_answered")
    run(midnight(29) - SECOND)
    assert state() == "answered"
    run(midnight(29))
    assert state() == "closed"


def test_T16_silent_for_thirty_days_reminded_at_fifteen(martins, claire, awa):
    give_tokens(martins)
    answer(make_ticket(claire), awa, at=moment(30), asks=True)
    run(midnight(26) - SECOND)
    assert kinds() == ["received", "asked_back"]
    run(midnight(26))
    assert kinds()[-1] == "reminder_asked_back"
    run(midnight(11, 2) - SECOND)
    assert state() == "asked_back"
    run(midnight(11, 2))
    closure = Closure.objects.get()
    assert (closure.how, closure.rule, closure.price_tokens) == ("silence", "T16", 0)


def test_T15_never_covered_thirty_days_and_no_reminder(martins, claire):
    make_ticket(claire)
    run(midnight(11, 2) - SECOND)
    assert kinds() == ["waiting_for_cover"]
    run(midnight(11, 2))
    closure = Closure.objects.get()
    assert (closure.how, closure.rule, closure.price_tokens) == ("no_cover", "T15", 0)


def test_T5_used_up_seven_days_at_what_it_has_cost(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    work_on(ticket, awa, 15, since=moment(10))
    work.follow_clock(ticket=ticket, at=moment(30))
    run(midnight(14) - SECOND)
    assert kinds() == ["received", "clock_stopped"]
    run(midnight(14))
    assert kinds()[-1] == "reminder_cover"
    run(midnight(19) - SECOND)
    assert state() == "open"
    run(midnight(19))
    closure = Closure.objects.get()
    assert (closure.how, closure.rule, closure.price_tokens, closure.free_minutes) == ("no_cover", "T5", 0, 15)


def test_the_settings_say_how_long(martins, claire, awa, odile):
    give_tokens(martins)
    answer(make_ticket(claire), awa, at=moment(30), should_solve=True)
    for name, value in (("remind_after_days", 1), ("close_after_days", 2)):
        provider.change_setting(name=name, value=value, by=odile.as_actor(), at=moment(31))
    run(midnight(12))
    run(midnight(14))
    assert state() == "closed"


def test_a_word_of_the_customer_begins_the_wait_anew(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    answer(ticket, awa, at=moment(30), should_solve=True)
    run(midnight(15))
    closing.mark_unsolved(ticket=ticket, text="No", key="a" * 32, by=claire.as_actor(), at=moment(0, days=5))
    answer(ticket, awa, at=moment(30, days=5), should_solve=True)
    run(midnight(20))
    assert kinds().count("reminder_answered") == 2
    run(midnight(24))
    assert state() == "closed"


@pytest.mark.parametrize("action", [closing.remind_customer, closing.close_by_time])
def test_what_waits_for_us_or_is_closed_is_left_alone(martins, claire, action):
    give_tokens(martins)
    ticket = make_ticket(claire)
    assert action(ticket=ticket, at=midnight(1, 6)).state == "open"
    close(ticket, at=moment(5))
    assert action(ticket=ticket, at=midnight(1, 6)).state == "closed"
