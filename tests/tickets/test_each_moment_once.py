"""Each moment of an agent is written down once, and each ticket is paid by one cover, whatever is corrected later."""

import pytest

from carnet.provider import actions as provider
from carnet.tickets.actions import closing, correcting, merging, work
from carnet.tickets.models import Ticket, WorkSession
from carnet.work.models import Cover
from tests.factories.people import TEST
from tests.factories.tickets import answer, close, form_key, give_tokens, make_ticket, moment, work_on
from tests.proofs import ledger_faults, ticket_faults

pytestmark = pytest.mark.django_db


def correct(session, seconds, agent, *, kind="", at=500):
    return correcting.correct_session(
        session=session, seconds=seconds, kind=kind or session.kind, why="W", by=agent.as_actor(), at=moment(at)
    )


def record(ticket, agent, *, start, minutes, at=500):
    return correcting.record_time(
        ticket=ticket, agent=agent, started_at=moment(start), seconds=minutes * 60, kind="training", reason="R",
        by=agent.as_actor(), at=moment(at),
    )  # fmt: skip


@pytest.fixture
def two(martins, claire, awa):
    """Ten minutes on one ticket, and ten on another right after."""
    give_tokens(martins, 5)
    one, other = make_ticket(claire), make_ticket(claire)
    work_on(one, awa, 10, since=moment(10))
    work_on(other, awa, 10, since=moment(22))
    return one.work_sessions.get(), other.work_sessions.get()


def test_a_longer_session_does_not_run_into_the_next_one(two, awa):
    first, second = two
    with pytest.raises(correcting.TimeTaken):
        correct(first, 13 * 60, awa)
    assert WorkSession.objects.count() == 2
    correct(first, 12 * 60, awa)
    correct(second, 13 * 60, awa)
    assert WorkSession.objects.standing().count() == 4
    assert ticket_faults() == []


def test_what_was_never_worked_is_not_worked_again_once_its_time_is_taken(two, awa):
    first, _second = two
    mistaken = correct(first, 0, awa)
    record(first.ticket, awa, start=15, minutes=5)
    with pytest.raises(correcting.TimeTaken):
        correct(mistaken, 600, awa, kind="training")
    assert correct(mistaken, 300, awa, kind="training").kind == "training"
    assert ticket_faults() == []


def test_a_clock_that_stands_still_may_still_go_on(martins, claire, awa):
    """T17: what its agent did after the last sign of life is not known yet."""
    provider.change_setting(name="idle_minutes", value=10, by=TEST, at=moment(0))
    give_tokens(martins)
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(10))
    work.stop_if_gone(by=awa.as_actor(), at=moment(30))
    with pytest.raises(correcting.TimeTaken):
        record(ticket, awa, start=12, minutes=5, at=30)
    work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(31))
    with pytest.raises(correcting.TimeTaken):
        record(ticket, awa, start=12, minutes=5, at=31)
    work.stop_work(ticket=ticket, reason="R", worked_until=moment(20), by=awa.as_actor(), at=moment(32))
    record(ticket, awa, start=20, minutes=5, at=32)
    assert ticket_faults() == []


def test_once_the_agent_has_stopped_it_the_time_after_is_free(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(10))
    work.halt_work(ticket=ticket, by=awa.as_actor(), at=moment(15))
    record(ticket, awa, start=15, minutes=5, at=30)
    work.stop_work(ticket=ticket, reason="R", by=awa.as_actor(), at=moment(31))
    assert ticket_faults() == []


def test_T10_what_was_merged_is_not_reopened(martins, claire, awa):
    give_tokens(martins)
    source, target = make_ticket(claire), make_ticket(claire)
    work_on(source, awa, 12, since=moment(10))
    answer(source, awa, at=moment(23), should_solve=True)
    close(source, at=moment(30))
    merging.merge_tickets(source=source, target=target, by=awa.as_actor(), at=moment(31))
    with pytest.raises(closing.ReopeningTooLate):
        closing.mark_unsolved(ticket=source, key=form_key(), by=claire.as_actor(), at=moment(40))
    with pytest.raises(closing.ReopeningTooLate):
        closing.reopen_ticket(ticket=source, by=awa.as_actor(), at=moment(40))
    assert ticket_faults() == []


def test_T14_what_was_waived_is_corrected_and_stays_free(martins, claire, awa):
    lot = give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(10))
    closing.close_ticket(ticket=ticket, how="unsolvable", reason="R", waived=True, by=awa.as_actor(), at=moment(30))
    assert correct(ticket.work_sessions.get(), 300, awa).duration_seconds == 300
    lot.refresh_from_db()
    assert (lot.available, ticket_faults(), ledger_faults(martins)) == (3, [], [])


def test_T10_what_was_waived_is_merged_with_what_waits(martins, claire, awa):
    """Neither has anything that pays."""
    give_tokens(martins, 1)
    source = make_ticket(claire)
    work_on(source, awa, 12, since=moment(10))
    closing.close_ticket(ticket=source, how="unsolvable", reason="R", waived=True, by=awa.as_actor(), at=moment(30))
    target = make_ticket(claire, means="none", at=moment(31))
    merging.merge_tickets(source=source, target=target, by=awa.as_actor(), at=moment(32))
    close(target, at=moment(40))
    assert (Ticket.objects.get(pk=target.pk).cover.price_tokens, ticket_faults()) == (0, [])


def test_T14_of_a_merged_ticket_only_the_free_minutes_come_back(martins, claire, awa):
    give_tokens(martins, 2)
    source = make_ticket(claire, means="trial", then="tokens")
    work_on(source, awa, 20, since=moment(10))
    target = make_ticket(claire, at=moment(31))
    merging.merge_tickets(source=source, target=target, by=awa.as_actor(), at=moment(32))
    source.refresh_from_db()
    assert (source.cover.free_minutes_spent, source.cover.price_tokens) == (15, 0)
    for session in source.work_sessions.order_by("-started_at"):
        correct(session, 0, awa)
    cover = Cover.objects.get(ticket=source)
    assert (cover.free_minutes_spent, cover.price_tokens, ticket_faults()) == (0, 0, [])


def test_T14_while_it_is_open_only_to_repair(martins, claire, awa):
    lot = give_tokens(martins)
    ticket = make_ticket(claire, ceiling=2)
    work_on(ticket, awa, 31, since=moment(10))
    close(ticket, at=moment(50))
    closing.reopen_ticket(ticket=ticket, by=awa.as_actor(), at=moment(days=20))
    correct(ticket.work_sessions.get(), 1200, awa, at=20 * 24 * 60 + 5)
    lot.refresh_from_db()
    assert (lot.available, ticket_faults()) == (2, [])
