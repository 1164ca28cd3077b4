import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from carnet.audit.models import Entry
from carnet.tickets.actions import messages
from carnet.tickets.models import Message
from tests.factories.people import signed_in
from tests.factories.tickets import answer, close, form_key, give_tokens, in_english, make_ticket, moment
from tests.files.contents import PNG


@pytest.fixture
def ticket(martins, hugo):
    give_tokens(martins)
    return make_ticket(hugo, criticality="blocked")


def write(ticket, person, *, at=None, text="One thing more.", key=""):
    return messages.write_message(
        ticket=ticket, text=text, key=key or form_key(), by=person.as_actor(), at=at or moment(30)
    )


def test_the_message_is_there(ticket, hugo):
    message = write(ticket, hugo)
    assert (message.kind, message.author, message.text, message.at) == ("question", hugo, "One thing more.", moment(30))
    entry = Entry.objects.get(code="ticket.message_written")
    assert (entry.actor_id, entry.subject_id, entry.details) == (hugo.pk, ticket.pk, {"message": message.pk})


def test_M7_what_waits_for_us_keeps_its_place(ticket, hugo):
    write(ticket, hugo)
    ticket.refresh_from_db()
    assert (ticket.waits_since, ticket.due_at) == (moment(), moment(60))


@pytest.mark.parametrize("way", ["asks", "should_solve"])
def test_M7_what_waited_for_the_customer_waits_for_us_from_the_message_on(ticket, hugo, awa, way):
    answer(ticket, awa, at=moment(10), **{way: True})
    write(ticket, hugo)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_since, ticket.due_at) == ("open", moment(30), moment(90))
    assert (ticket.answered_at, ticket.first_answer_at) == (None, moment(10))


def test_the_same_key_is_the_same_message(ticket, hugo):
    assert write(ticket, hugo, key="a" * 32) == write(ticket, hugo, key="a" * 32, at=moment(40))
    assert Message.objects.count() == 2


def test_nothing_written(ticket, hugo):
    with pytest.raises(messages.MessageEmpty):
        write(ticket, hugo, text=" \n")


def test_a_closed_ticket_takes_no_message(ticket, hugo):
    close(ticket, at=moment(20))
    with pytest.raises(messages.TicketClosed):
        write(ticket, hugo)
    response = in_english(hugo).post(f"/my/tickets/{ticket.pk}/message/", {"key": form_key(), "text": "Hello?"})
    page = response.content.decode()
    assert response.status_code == 422
    assert f"Ticket {ticket.pk} is closed." in page
    assert "Hello?</textarea>" in page


def test_through_the_form_with_a_file(ticket, hugo):
    form, browser = {"key": form_key(), "text": "See the picture."}, signed_in(hugo)
    for _click in range(2):
        files = {"files": [SimpleUploadedFile("screen.png", PNG)]}
        response = browser.post(f"/my/tickets/{ticket.pk}/message/", form | files)
        assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    message = Message.objects.latest("pk")
    assert [one.file.name for one in message.attachments.all()] == ["screen.png"]
    assert Message.objects.count() == 2


def test_who_may_write(ticket, hugo, claire, ines, awa, client):
    address = f"/my/tickets/{ticket.pk}/message/"

    def status(person):
        return signed_in(person).post(address, {"key": form_key(), "text": "Hello"}).status_code

    assert [status(person) for person in (hugo, claire, ines, awa)] == [302, 404, 404, 404]
    assert client.post(address).status_code == 302
    assert signed_in(hugo).get(address).status_code == 302


def test_P2_a_holder_writes_if_the_person_allows_it_to_read(ticket, hugo, claire):
    hugo.memberships.update(holder_reads=True)
    response = signed_in(claire).post(f"/my/tickets/{ticket.pk}/message/", {"key": form_key(), "text": "Hello"})
    assert response.status_code == 302
    assert Message.objects.latest("pk").author == claire


def test_a_buyer_who_asked_before_still_writes(martins, ticket, hugo):
    hugo.memberships.update(role="buyer")
    assert (
        signed_in(hugo).post(f"/my/tickets/{ticket.pk}/message/", {"key": form_key(), "text": "Hi"}).status_code == 302
    )
