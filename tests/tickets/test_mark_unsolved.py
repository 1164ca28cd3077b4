import pytest
import time_machine

from carnet.audit.models import Entry
from carnet.tickets.actions import closing
from carnet.tickets.models import Message
from tests.factories.people import signed_in
from tests.factories.tickets import answer, close, form_key, give_tokens, in_english, make_ticket, moment


@pytest.fixture
def ticket(martins, hugo, awa):
    give_tokens(martins)
    ticket = make_ticket(hugo, criticality="blocked")
    answer(ticket, awa, at=moment(20), should_solve=True)
    return ticket


def unsolved(ticket, person, key="", text="Still silent", at=None):
    by = person.as_actor()
    return closing.mark_unsolved(ticket=ticket, text=text, key=key or form_key(), by=by, at=at or moment(30))


def test_T13_it_is_back_in_the_queue(ticket, hugo):
    ticket = unsolved(ticket, hugo)
    assert (ticket.state, ticket.waits_since, ticket.due_at) == ("open", moment(30), moment(90))
    assert (ticket.answered_at, ticket.cover.state) == (None, "covered")
    assert Message.objects.latest("pk").text == "Still silent"
    assert Entry.objects.get(code="ticket.unsolved").actor_id == hugo.pk


def test_without_a_word(ticket, hugo):
    unsolved(ticket, hugo, text="")
    assert Message.objects.count() == 2


def test_the_same_key_changes_nothing_more(ticket, hugo):
    unsolved(ticket, hugo, key="a" * 32)
    unsolved(ticket, hugo, key="a" * 32)
    assert (Message.objects.count(), Entry.objects.filter(code="ticket.unsolved").count()) == (3, 1)


def test_nothing_was_answered(martins, claire):
    with pytest.raises(closing.NotAnswered):
        unsolved(make_ticket(claire), claire)


def test_T8_closed_too_long_ago(ticket, hugo):
    close(ticket, at=moment(25))
    with time_machine.travel(moment(days=8), tick=False):
        with pytest.raises(closing.ReopeningTooLate):
            unsolved(ticket, hugo, at=moment(days=8))
        form = {"key": form_key(), "text": "Still silent"}
        response = in_english(hugo).post(f"/my/tickets/{ticket.pk}/unsolved/", form)
    assert response.status_code == 422
    assert "Still silent</textarea>" in response.content.decode()
    assert "was closed too long ago" in response.content.decode()


@pytest.mark.parametrize("text", ["", "Still silent"])
def test_through_the_page(ticket, hugo, text):
    form, browser = {"key": form_key(), "text": text}, signed_in(hugo)
    for _click in range(2):
        response = browser.post(f"/my/tickets/{ticket.pk}/unsolved/", form)
        assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since) == ("open", moment(60))
    assert Entry.objects.filter(code="ticket.unsolved").count() == 1


def test_a_text_that_is_too_long_is_kept(ticket, hugo):
    response = signed_in(hugo).post(f"/my/tickets/{ticket.pk}/unsolved/", {"key": form_key(), "text": "x" * 50_001})
    assert response.status_code == 422
    assert "x" * 50_001 in response.content.decode()


def test_who_may(ticket, hugo, claire, ines, awa, client):
    address = f"/my/tickets/{ticket.pk}/unsolved/"
    form = {"key": form_key()}
    assert [signed_in(one).post(address, form).status_code for one in (claire, ines, awa)] == [404, 404, 404]
    assert client.post(address).status_code == 302
    assert signed_in(hugo).get(address).status_code == 302
