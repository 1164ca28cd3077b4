import pytest

from carnet.audit.models import Entry
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.actions import customers
from carnet.tickets.actions import assigning, closing, work
from carnet.tickets.models import Closure, Message
from carnet.work.models import RunningWork
from tests.factories.people import TEST, make_member, make_person, membership_of, signed_in
from tests.factories.tickets import answer, close, form_key, give_tokens, make_ticket, moment, work_on


@pytest.fixture
def ticket(martins, hugo):
    give_tokens(martins, 8)
    return make_ticket(hugo)


def dismiss(ticket, agent, how, **more):
    return closing.close_ticket(
        ticket=ticket, how=how, reason="Told by phone", by=agent.as_actor(), at=moment(50), **more
    )


def price():
    closure = Closure.objects.latest("pk")
    return closure.price_tokens, closure.free_minutes


def test_T1_closing_spends_what_was_reserved(ticket, hugo, awa):
    work_on(ticket, awa, 12, since=moment(10))
    answer(ticket, awa, at=moment(25), should_solve=True)
    closed = close(ticket, at=moment(50))
    assert (closed.state, closed.closed_at, closed.due_at) == ("closed", moment(50), None)
    closure = Closure.objects.get()
    assert (closure.how, closure.rule, closure.worked_seconds, closure.price_tokens) == ("solved", "T13", 720, 1)
    assert (closure.actor_kind, closure.actor_id) == ("person", hugo.pk)
    lot = Lot.objects.get()
    assert (lot.available, lot.reserved, lot.spent) == (7, 0, 1)
    entry = Entry.objects.get(code="ticket.closed")
    assert entry.details == {"how": "solved", "worked_seconds": 720, "tokens": 1, "minutes": 0, "free_minutes": 0}
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.kind, mail.to) == ("tickets/closed", "hugo@example.org")


def test_T2_without_work_it_costs_nothing(ticket):
    close(ticket, at=moment(50))
    assert price() == (0, 0)
    lot = Lot.objects.get()
    assert (lot.available, lot.spent) == (8, 0)


def test_F1_free_minutes_worked_are_spent(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    work_on(ticket, awa, 9.5, since=moment(10))
    close(ticket, at=moment(50))
    assert price() == (0, 9)
    assert Lot.objects.get().available == 6


def test_F2_six_free_then_a_token(martins, claire, awa):
    give_tokens(martins)
    first = make_ticket(claire, means="trial")
    work_on(first, awa, 9, since=moment(10))
    close(first, at=moment(20))
    second = make_ticket(claire, means="trial", then="tokens", at=moment(20))
    work_on(second, awa, 34, since=moment(20))
    close(second, at=moment(60))
    assert price() == (1, 6)


def test_closing_twice_changes_nothing(ticket):
    close(ticket, at=moment(50))
    close(ticket, at=moment(55))
    assert (Closure.objects.count(), OutgoingMail.objects.filter(kind="tickets/closed").count()) == (1, 1)


def test_a_clock_that_runs_stops_now(ticket, awa):
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(40))
    close(ticket, at=moment(50))
    assert RunningWork.objects.count() == 0
    session = ticket.cover.sessions.get()
    assert (session.duration_seconds, session.kind, hasattr(session, "reason")) == (600, "chargeable", False)
    assert price() == (1, 0)


@pytest.mark.parametrize("goes_on", [False, True])
def test_T4_a_clock_that_nobody_stopped_in_time_stood_where_the_paid_time_ended(martins, claire, awa, goes_on):
    """Or went on, and what it ran beyond is offered."""
    ticket = make_ticket(claire, means="trial")
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(0))
    if goes_on:
        work.go_on_offered(ticket=ticket, by=awa.as_actor(), at=moment(1))
    close(ticket, at=moment(60))
    beyond = [("offered", 2700)] if goes_on else []
    assert [(one.kind, one.duration_seconds) for one in ticket.cover.sessions.order_by("pk")] == [
        ("chargeable", 900),
        *beyond,
    ]
    assert price() == (0, 15)


@pytest.mark.parametrize(
    ("how", "minutes", "tokens"),
    [("spam", 8, 0), ("duplicate", 8, 0), ("cancelled", 0, 0), ("cancelled", 8, 1), ("unsolvable", 8, 1)],
)
def test_T9_by_the_team(ticket, awa, how, minutes, tokens):
    if minutes:
        work_on(ticket, awa, minutes, since=moment(10))
    dismiss(ticket, awa, how)
    assert price() == (tokens, 0)
    assert (Closure.objects.get().how, Closure.objects.get().rule) == (how, "T9")
    note = Message.objects.get(kind="note")
    assert (note.text, note.author) == ("Told by phone", awa)


@pytest.mark.parametrize(("minutes", "tokens"), [(10, 0), (10.1, 1)])
def test_T9_out_of_scope_costs_nothing_if_seen_within_ten_minutes(ticket, awa, minutes, tokens):
    work_on(ticket, awa, minutes, since=moment(10))
    dismiss(ticket, awa, "out_of_scope")
    assert price() == (tokens, 0)


def test_T9_what_can_t_be_solved_is_waived_by_the_agent(ticket, awa):
    work_on(ticket, awa, 20, since=moment(10))
    dismiss(ticket, awa, "unsolvable", waived=True)
    assert price() == (0, 0)


def test_spam_gets_no_mail(ticket, awa):
    dismiss(ticket, awa, "spam")
    assert not OutgoingMail.objects.filter(kind="tickets/closed").exists()


def test_the_team_says_why(ticket, awa):
    with pytest.raises(closing.ClosingReasonMissing):
        closing.close_ticket(ticket=ticket, how="spam", reason=" ", by=awa.as_actor(), at=moment(50))


def test_a_look_closes_nothing_and_shows_the_price(ticket, hugo, awa):
    work_on(ticket, awa, 12, since=moment(10))
    page = signed_in(hugo).get(f"/my/tickets/{ticket.pk}/close/").content.decode()
    assert "1\u00a0ticket" in page
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_by_the_customer(ticket, hugo):
    browser = signed_in(hugo)
    for _click in range(2):
        response = browser.post(f"/my/tickets/{ticket.pk}/close/", {"key": form_key()})
        assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    assert Closure.objects.get().at == moment(60)
    assert browser.get(f"/my/tickets/{ticket.pk}/close/").status_code == 302


def test_by_the_desk(ticket, awa):
    browser = signed_in(awa)
    assert browser.get(f"/desk/tickets/{ticket.pk}/close/").status_code == 200
    response = browser.post(f"/desk/tickets/{ticket.pk}/close/", {"how": "spam", "reason": ""})
    assert response.status_code == 422
    response = browser.post(f"/desk/tickets/{ticket.pk}/close/", {"how": "solved", "reason": "x"})
    assert response.status_code == 422
    for _click in range(2):
        response = browser.post(f"/desk/tickets/{ticket.pk}/close/", {"how": "spam", "reason": "Casino"})
        assert response["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert Closure.objects.get().how == "spam"
    assert browser.get(f"/desk/tickets/{ticket.pk}/close/").status_code == 302


def test_P3_a_holder_closes_what_was_passed_on(ticket, martins, claire, hugo):
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=moment(20))
    assert signed_in(claire).post(f"/my/tickets/{ticket.pk}/close/").status_code == 404
    assigning.pass_ticket_on(ticket=ticket, by=TEST, at=moment(21))
    page = signed_in(claire).get(f"/my/tickets/{ticket.pk}/close/").content.decode()
    assert "The printer is silent" not in page
    assert signed_in(claire).post(f"/my/tickets/{ticket.pk}/close/").status_code == 302
    assert Closure.objects.get().actor_id == claire.pk


def test_who_may(ticket, martins, claire, ines, awa, odile, client):
    buyer = make_person("Bea", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    mine, desk = f"/my/tickets/{ticket.pk}/close/", f"/desk/tickets/{ticket.pk}/close/"
    assert [signed_in(one).post(mine).status_code for one in (claire, buyer, ines, awa)] == [404, 404, 404, 404]
    assert [signed_in(one).post(desk).status_code for one in (claire, ines, odile)] == [404, 404, 422]
    assert (client.post(mine).status_code, client.post(desk).status_code) == (302, 302)
    assert signed_in(odile).delete(desk).status_code == 405
    assert Closure.objects.count() == 0
