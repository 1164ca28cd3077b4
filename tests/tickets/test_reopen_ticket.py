import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import closing, work
from carnet.tickets.models import Closure
from carnet.work.models import WorkSession
from tests.factories.tickets import answer, close, form_key, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def lot(martins):
    return give_tokens(martins)


@pytest.fixture
def ticket(lot, claire, awa):
    """Closed at one token for 12 minutes."""
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(5))
    answer(ticket, awa, at=moment(18), should_solve=True)
    return close(ticket, at=moment(30))


def reopen(ticket, awa, at=None):
    return closing.reopen_ticket(ticket=ticket, by=awa.as_actor(), at=at or moment(90))


def left(lot):
    lot.refresh_from_db()
    return lot.available, lot.reserved, lot.spent


def test_T8_12_and_10_minutes_are_one_token(ticket, lot, claire, awa):
    by = claire.as_actor()
    ticket = closing.mark_unsolved(ticket=ticket, text="It is back.", key=form_key(), by=by, at=moment(60))
    assert (ticket.state, ticket.closed_at, ticket.cover.state, ticket.due_at is None) == (
        "open",
        None,
        "covered",
        False,
    )
    assert Entry.objects.get(code="ticket.reopened").details == {"only_repair": False}
    work_on(ticket, awa, 10, since=moment(70))
    ticket = close(ticket, at=moment(100))
    assert [one.price_tokens for one in Closure.objects.order_by("id")] == [1, 1]
    assert (ticket.closures.latest("id").worked_seconds, left(lot)) == (22 * 60, (2, 0, 1))


def test_T8_by_the_team_within_the_days(ticket, awa):
    assert reopen(ticket, awa).only_repair is False
    assert reopen(ticket, awa).state == "open"
    assert Entry.objects.filter(code="ticket.reopened").count() == 1


def test_T8_later_it_is_repair_and_never_charged(ticket, lot, awa):
    ticket = reopen(ticket, awa, at=moment(days=20))
    assert (ticket.state, ticket.only_repair, ticket.cover.state) == ("open", True, "ended")
    with pytest.raises(work.OnlyRepair):
        work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(days=20))
    work.start_work(ticket=ticket, kind="repair", by=awa.as_actor(), at=moment(days=20))
    work.stop_work(ticket=ticket, reason="Mended", by=awa.as_actor(), at=moment(40, days=20))
    ticket = close(ticket, at=moment(60, days=20))
    assert (ticket.only_repair, left(lot)) == (False, (2, 0, 1))
    assert [one.price_tokens for one in Closure.objects.order_by("id")] == [1, 1]


def test_T8_until_24_o_clock_of_the_seventh_day(ticket, claire):
    assert closing.may_reopen(ticket, at=moment(15 * 60 - 1, days=7))
    assert not closing.may_reopen(ticket, at=moment(15 * 60, days=7))


@pytest.mark.parametrize("how", ["spam", "duplicate"])
def test_T9_what_was_no_question_stays_closed(lot, claire, awa, how):
    ticket = make_ticket(claire)
    closing.close_ticket(ticket=ticket, how=how, reason="So it is", by=awa.as_actor(), at=moment(20))
    with pytest.raises(closing.ReopeningTooLate):
        reopen(ticket, awa)


def test_T9_what_was_waived_stays_free_of_charge(lot, claire, awa):
    ticket = make_ticket(claire)
    work_on(ticket, awa, 8, since=moment(5))
    closing.close_ticket(ticket=ticket, how="out_of_scope", reason="A fridge", by=awa.as_actor(), at=moment(20))
    assert left(lot) == (3, 0, 0)
    ticket = reopen(ticket, awa)
    assert [(one.kind, one.reason.text) for one in WorkSession.objects.standing()] == [("offered", "Looked into it")]
    work_on(ticket, awa, 29, since=moment(100))
    close(ticket, at=moment(140))
    assert left(lot) == (2, 0, 1)


def test_work_without_a_reason_that_was_waived(lot, claire, awa):
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(5))
    closing.close_ticket(ticket=ticket, how="out_of_scope", reason="A fridge", by=awa.as_actor(), at=moment(10))
    reopen(ticket, awa)
    assert [one.kind for one in WorkSession.objects.standing()] == ["offered"]


def test_through_the_pages(ticket, claire, awa):
    mine, desk = f"/my/tickets/{ticket.pk}/", f"/desk/tickets/{ticket.pk}/"
    page = in_english(claire).get(mine).content.decode()
    assert "It isn’t solved after all" in page
    assert "Reopen and continue counting" in in_english(awa).get(desk).content.decode()
    assert in_english(awa).post(f"{desk}reopen/")["Location"] == desk
    ticket.refresh_from_db()
    assert ticket.state == "open"
    page = in_english(claire).get(mine).content.decode()
    assert "Reopened: counting continues" in page
    assert "Closed: solved" in page


def test_T9_waived_work_without_a_reason_is_offered_too(ticket, awa):
    reopen(ticket, awa)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(300))
    closing.close_ticket(ticket=ticket, how="unsolvable", reason="No", waived=True, by=awa.as_actor(), at=moment(309))
    closing.reopen_ticket(ticket=ticket, by=awa.as_actor(), at=moment(400))
    assert {one.kind for one in WorkSession.objects.standing().filter(cover__ticket=ticket)} == {"offered"}
