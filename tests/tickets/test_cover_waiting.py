"""What waits for cover goes on by itself once there are units (T5, T15, F3)."""

import time_machine

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets import tasks
from carnet.tickets.actions import cover, work
from carnet.tickets.models import Closure, Ticket
from tests.factories.tickets import answer, close, give_tokens, make_ticket, moment, work_on


def run(minute):
    with time_machine.travel(moment(minute), tick=False):
        tasks.cover_waiting.call()
        tasks.cover_waiting.call()


def test_T15_covered_it_is_due_from_then_on(martins, claire):
    make_ticket(claire, criticality="blocked")
    run(5)
    assert Ticket.objects.get().cover.state == "waiting"
    give_tokens(martins, at=moment(20))
    run(30)
    ticket = Ticket.objects.get()
    assert (ticket.cover.state, ticket.waits_since, ticket.due_at) == ("covered", moment(30), moment(90))
    assert list(Ticket.objects.in_queue()) == [ticket]
    assert Entry.objects.get(code="ticket.covered").details == {"means": "tokens"}
    mails = OutgoingMail.objects.order_by("pk")
    assert [mail.kind for mail in mails] == ["tickets/waiting_for_cover", "tickets/covered"]


def test_F3_a_trial_goes_on_with_a_fresh_count(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    work_on(ticket, awa, 15, since=moment(0))
    work.follow_clock(ticket=ticket, at=moment(16))
    give_tokens(martins, at=moment(20))
    run(21)
    work_on(ticket, awa, 22, since=moment(30))
    close(ticket, at=moment(60))
    closure = Closure.objects.get()
    assert (closure.price_tokens, closure.free_minutes, closure.worked_seconds) == (1, 15, 37 * 60)


def test_what_waits_for_the_customer_is_not_taken_up(martins, claire, awa):
    ticket = make_ticket(claire)
    answer(ticket, awa, at=moment(5), asks=True)
    give_tokens(martins, at=moment(20))
    run(30)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since, ticket.cover.state) == ("asked_back", moment(5), "covered")
    assert cover.take_up_covered(ticket=ticket, at=moment(31)).waits_since == moment(5)


def test_what_was_never_without_cover_keeps_its_place(martins, claire):
    give_tokens(martins)
    ticket = make_ticket(claire)
    assert cover.take_up_covered(ticket=ticket, at=moment(31)).waits_since == moment()
    assert not OutgoingMail.objects.filter(kind="tickets/covered").exists()
