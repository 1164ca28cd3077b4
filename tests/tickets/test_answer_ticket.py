import pytest

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import messages, work
from carnet.tickets.actions.messages import Answer
from carnet.tickets.models import Draft, Message
from carnet.work.actions import clocks
from carnet.work.models import RunningWork
from tests.factories.people import signed_in
from tests.factories.tickets import close, form_key, give_tokens, in_english, make_ticket, moment


@pytest.fixture
def ticket(martins, hugo):
    give_tokens(martins)
    return make_ticket(hugo, criticality="blocked")


def answer(ticket, agent, *, at=None, reason="", key="", **ways):
    return messages.answer_ticket(
        ticket=ticket, answer=Answer("Pull the plug.", **ways), reason=reason, key=key or form_key(),
        by=agent.as_actor(), at=at or moment(30),
    )  # fmt: skip


def test_T13_it_should_solve_it(ticket, awa, hugo):
    message = answer(ticket, awa, should_solve=True)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since, ticket.answered_at, ticket.due_at) == (
        "answered",
        moment(30),
        moment(30),
        None,
    )
    assert (message.kind, message.author, message.should_solve) == ("answer", awa, True)
    assert ticket.first_answer_at == moment(30)
    assert ticket.assigned_to == awa
    entry = Entry.objects.get(code="ticket.answered")
    assert (entry.actor_kind, entry.actor_id) == ("team", awa.pk)
    assert entry.details == {"message": message.pk, "should_solve": True, "asks": False}
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.kind, mail.to) == ("tickets/answered", "hugo@example.org")
    assert "Pull the plug." in mail.text
    assert "Pull the plug." in mail.html


LOG = "  PID   USER\n    1\troot  (see https://example.org/a_(b))"


def test_case_C3_a_pasted_log_is_kept_as_typed_on_pages_and_in_mails(ticket, awa, hugo):
    said = Answer(LOG, should_solve=True)
    messages.answer_ticket(ticket=ticket, answer=said, key=form_key(), by=awa.as_actor(), at=moment(30))
    mail = OutgoingMail.objects.latest("pk")
    assert LOG in mail.text
    html = mail.html.replace("&nbsp;", "\u00a0")
    assert "\u00a0\u00a0PID\u00a0\u00a0 USER<br>\u00a0\u00a0\u00a0\u00a01\u00a0\u00a0 root\u00a0 (see" in html
    assert 'href="https://example.org/a_(b)"' in mail.html
    for browser, page in ((hugo, "/my/tickets"), (awa, "/desk/tickets")):
        shown = signed_in(browser).get(f"{page}/{ticket.pk}/").content.decode()
        assert '<p class="columns" dir="auto">  PID   USER<br>    1\troot  (see <a href' in shown


def test_it_asks_back(ticket, awa):
    answer(ticket, awa, asks=True)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since, ticket.answered_at, ticket.due_at) == (
        "asked_back",
        moment(30),
        None,
        None,
    )
    assert OutgoingMail.objects.latest("pk").kind == "tickets/asked_back"


def test_more_follows(ticket, awa):
    answer(ticket, awa)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since, ticket.due_at) == ("open", moment(30), moment(90))
    assert OutgoingMail.objects.latest("pk").kind == "tickets/on_the_way"


def test_M1_the_first_answer_is_kept(ticket, awa):
    answer(ticket, awa, at=moment(10))
    answer(ticket, awa, at=moment(20), should_solve=True)
    ticket.refresh_from_db()
    assert ticket.first_answer_at == moment(10)


def test_who_has_a_ticket_keeps_it(ticket, awa, odile):
    answer(ticket, awa)
    answer(ticket, odile)
    ticket.refresh_from_db()
    assert ticket.assigned_to == awa


def test_it_can_t_do_both(ticket, awa):
    with pytest.raises(ValueError, match="either should solve"):
        answer(ticket, awa, should_solve=True, asks=True)


def test_the_same_key_is_the_same_answer(ticket, awa):
    assert answer(ticket, awa, key="a" * 32) == answer(ticket, awa, key="a" * 32)
    assert OutgoingMail.objects.filter(kind="tickets/on_the_way").count() == 1


def test_a_closed_ticket_is_not_answered(ticket, awa):
    close(ticket, at=moment(20))
    with pytest.raises(messages.TicketClosed):
        answer(ticket, awa)


@pytest.mark.parametrize(
    ("way", "state"), [("should_solve", "answered"), ("asks", "asked_back"), ("goes_on", "open"), ("", "asked_back")]
)
def test_the_button_says_what_becomes_of_it(ticket, awa, way, state):
    messages.save_draft(ticket=ticket, agent=awa, text="Pull", at=moment(59))
    form, browser = {"key": form_key(), "text": "Pull the plug.", "way": way}, signed_in(awa)
    for _click in range(2):
        assert browser.post(f"/desk/tickets/{ticket.pk}/answer/", form)["Location"] == f"/desk/tickets/{ticket.pk}/"
    ticket.refresh_from_db()
    assert ticket.state == state
    assert Message.objects.filter(kind="answer").count() == 1
    assert Draft.objects.count() == 0


def test_an_empty_answer_keeps_the_page(ticket, awa):
    response = in_english(awa).post(
        f"/desk/tickets/{ticket.pk}/answer/", {"key": form_key(), "text": "", "way": "asks"}
    )
    assert response.status_code == 422
    assert "One thing needs correcting." in response.content.decode()


def test_an_answer_to_what_was_closed_meanwhile_keeps_the_text(ticket, awa):
    close(ticket, at=moment(20))
    form = {"key": form_key(), "text": "Pull the plug.", "way": "asks"}
    response = signed_in(awa).post(f"/desk/tickets/{ticket.pk}/answer/", form)
    assert response.status_code == 422
    assert "Pull the plug." in response.content.decode()


def test_who_may_answer(ticket, claire, hugo, ines, odile, client):
    address = f"/desk/tickets/{ticket.pk}/answer/"

    def status(person):
        return signed_in(person).post(address, {"key": form_key(), "text": "Hello", "way": "goes_on"}).status_code

    assert [status(person) for person in (claire, hugo, ines, odile)] == [404, 404, 404, 302]
    assert client.post(address).status_code == 302
    assert signed_in(odile).get(address).status_code == 302
    assert signed_in(odile).post("/desk/tickets/999/answer/").status_code == 404


def test_case_B4_T13_an_answer_that_should_solve_it_stops_the_clock_with_its_reason(ticket, awa, odile):
    for agent in (awa, odile):
        work.start_work(ticket=ticket, by=agent.as_actor(), at=moment(10))
    key = form_key()
    for _click in range(2):
        answer(ticket, awa, key=key, should_solve=True, reason="Found the plug")
    (session,) = ticket.cover.sessions.all()
    assert (session.agent, session.duration_seconds, session.reason.text) == (awa, 1200, "Found the plug")
    other = RunningWork.objects.get()
    assert (other.agent, other.stopped_at, other.stopped_by) == (odile, moment(30), "agent")
    ticket.refresh_from_db()
    assert ticket.state == "answered"


@pytest.mark.parametrize("ways", [{"asks": True}, {}])
def test_other_answers_let_the_clock_run(ticket, awa, ways):
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(10))
    answer(ticket, awa, **ways)
    assert RunningWork.objects.get().stopped_at is None


def test_case_B4_without_a_reason_it_is_asked_for_and_what_was_typed_stays(ticket, awa):
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(40))
    browser, page = in_english(awa), f"/desk/tickets/{ticket.pk}/"
    asked = browser.get(page).content.decode()
    assert 'id="id_answer_reason"' in asked
    assert '<label for="id_answer_reason">What you did: needed for a proposed solution</label>' in asked
    sent = {"text": "Pull the plug.", "way": "should_solve", "key": form_key(), "reason": ""}
    response = browser.post(f"{page}answer/", sent)
    shown = response.content.decode()
    assert (response.status_code, Message.objects.filter(kind="answer").count()) == (422, 0)
    assert "Pull the plug." in shown
    assert "Say what you did. The clock is stopped in the meantime." in shown
    assert RunningWork.objects.get().stopped_at == moment(60)
    response = browser.post(f"{page}answer/", sent | {"reason": "Found the plug"})
    assert response["Location"] == page
    assert (ticket.cover.sessions.get().duration_seconds, RunningWork.objects.count()) == (1200, 0)
    assert 'id="id_answer_reason"' not in browser.get(page).content.decode()


def test_case_B4_where_no_clock_runs_nothing_is_asked(ticket, awa, odile):
    work.start_work(ticket=ticket, by=odile.as_actor(), at=moment(10))
    with pytest.raises(clocks.ReasonMissing):
        answer(ticket, odile, should_solve=True)
    answer(ticket, awa, should_solve=True)
    assert RunningWork.objects.get().stopped_at == moment(30)


def test_T13_a_clock_that_stands_already_stays_where_it_is(ticket, awa, odile):
    for agent in (awa, odile):
        work.start_work(ticket=ticket, by=agent.as_actor(), at=moment(60))
    work.halt_work(ticket=ticket, by=odile.as_actor(), at=moment(62))
    messages.answer_ticket(
        ticket=ticket,
        answer=Answer("Done.", should_solve=True),
        reason="Looked",
        key=form_key(),
        by=awa.as_actor(),
        at=moment(65),
    )
    assert odile.running_work.stopped_at == moment(62)
