import pytest

from carnet.audit.models import Entry
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import correcting
from carnet.tickets.models import Closure
from carnet.work.actions import sessions
from carnet.work.models import WorkSession
from tests.factories.tickets import answer, close, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def lot(martins):
    return give_tokens(martins)


@pytest.fixture
def ticket(lot, claire, awa):
    """31 minutes of work, two tokens."""
    ticket = make_ticket(claire, ceiling=2)
    work_on(ticket, awa, 31, since=moment(5))
    return ticket


def correct(ticket, awa, seconds, *, kind="chargeable", why="I had lunch", at=None):
    session = WorkSession.objects.standing().get(cover__ticket=ticket)
    return correcting.correct_session(
        session=session, seconds=seconds, kind=kind, why=why, by=awa.as_actor(), at=at or moment(120)
    )


def left(lot):
    lot.refresh_from_db()
    return lot.available, lot.reserved, lot.spent


def standing(ticket):
    return [
        (one.kind, one.duration_seconds)
        for one in WorkSession.objects.standing().filter(cover__ticket=ticket).order_by("id")
    ]


def test_T14_31_to_29_minutes_after_closing_gives_one_token_back(ticket, lot, awa):
    close(ticket, at=moment(60))
    assert left(lot) == (1, 0, 2)
    corrected = correct(ticket, awa, 29 * 60)
    assert (corrected.duration_seconds, corrected.reason.correction, corrected.replaces.duration_seconds) == (
        1740, "I had lunch", 1860,
    )  # fmt: skip
    assert (left(lot), standing(ticket)) == ((2, 0, 1), [("chargeable", 1740)])
    assert Closure.objects.get().price_tokens == 2
    assert Entry.objects.get(code="ticket.price_lowered").details == {"tokens": 1, "minutes": 0, "free_minutes": 0}


def test_T14_29_to_31_minutes_after_closing_costs_nothing(lot, claire, awa):
    ticket = make_ticket(claire, ceiling=2)
    work_on(ticket, awa, 29, since=moment(5))
    close(ticket, at=moment(60))
    correct(ticket, awa, 31 * 60)
    assert (left(lot), standing(ticket)) == ((2, 0, 1), [("chargeable", 1740), ("offered", 120)])
    assert not Entry.objects.filter(code="ticket.price_lowered").exists()


def test_T14_before_closing_the_count_goes_on_with_what_stands(ticket, lot, awa):
    correct(ticket, awa, 29 * 60, at=moment(50))
    close(ticket, at=moment(60))
    assert left(lot) == (2, 0, 1)


def test_T3_another_kind(ticket, lot, awa):
    close(ticket, at=moment(60))
    correct(ticket, awa, 31 * 60, kind="repair")
    assert (left(lot), standing(ticket)) == ((3, 0, 0), [("repair", 1860)])


def test_what_was_never_worked(ticket, lot, awa):
    close(ticket, at=moment(60))
    correct(ticket, awa, 0)
    assert (left(lot), standing(ticket)) == ((3, 0, 0), [("mistaken", 1860)])


def test_free_work_never_becomes_chargeable(lot, claire, awa):
    ticket = make_ticket(claire)
    work_on(ticket, awa, 10, since=moment(5), kind="training")
    correct(ticket, awa, 300)
    assert standing(ticket) == [("training", 300)]


def test_the_same_again_changes_nothing(ticket, awa):
    assert correct(ticket, awa, 31 * 60).replaces is None
    assert WorkSession.objects.count() == 1


def test_refusals(ticket, awa, odile):
    with pytest.raises(sessions.CorrectionReasonMissing):
        correct(ticket, awa, 600, why=" ")
    for seconds in (25 * 3600, 3 * 3600):
        with pytest.raises(sessions.TimeOutOfRange):
            correct(ticket, awa, seconds)
    old = WorkSession.objects.get()
    correct(ticket, awa, 600)
    with pytest.raises(sessions.CorrectedAlready):
        correcting.correct_session(
            session=old, seconds=300, kind="chargeable", why="Again", by=awa.as_actor(), at=moment(121)
        )


def test_through_the_page_and_the_customer_reads_why(ticket, claire, awa):
    session, page = WorkSession.objects.get(), f"/desk/tickets/{ticket.pk}/"
    browser = in_english(awa)
    assert f"{page}time/{session.pk}/" in browser.get(page).content.decode()
    bad = browser.post(f"{page}time/{session.pk}/", {"seconds": "half an hour", "kind": "chargeable", "why": "x"})
    assert (bad.status_code, "half an hour" in bad.content.decode()) == (422, True)
    sent = {"seconds": "1 h", "kind": "chargeable", "why": "The clock is right"}
    assert browser.post(f"{page}time/{session.pk}/", sent).status_code == 422
    sent = {"seconds": "12 min 30 s", "kind": "chargeable", "why": "I had lunch"}
    assert browser.post(f"{page}time/{session.pk}/", sent)["Location"] == page
    assert standing(ticket) == [("chargeable", 750)]
    read = in_english(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    assert "corrected from 31:00: I had lunch" in read
    assert Lot.objects.get().reserved == 2


def test_case_J7_an_answered_ticket_stays_the_customers_turn(martins, claire, awa):
    give_tokens(martins, 1)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 30, since=moment(5))
    answer(ticket, awa, at=moment(40), should_solve=True)
    session = ticket.cover.sessions.get()
    correcting.correct_session(
        session=session, seconds=600, kind="chargeable", why="Lunch", by=awa.as_actor(), at=moment(50)
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since, ticket.cover.state) == ("answered", moment(40), "covered")
    assert OutgoingMail.objects.filter(kind="tickets/covered").count() == 1
