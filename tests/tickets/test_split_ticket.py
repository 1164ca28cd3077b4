import pytest

from carnet.kernel.refused import KeyReused
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import cover, merging
from carnet.tickets.actions.messages import TicketClosed
from carnet.tickets.models import Ticket
from tests.factories.tickets import close, form_key, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def ticket(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(5))
    return ticket


def split(ticket, awa, subject="The second printer", key="", text="It is silent too."):
    return merging.split_ticket(
        ticket=ticket, subject=subject, text=text, key=key or form_key(), by=awa.as_actor(), at=moment(30)
    )


def test_T6_the_new_one_begins_at_0_and_the_first_keeps_its_12_minutes(ticket, claire, awa):
    new = split(ticket, awa)
    assert (new.split_from, new.asked_by, new.origin, new.state) == (ticket, claire, "team", "open")
    assert (new.cover.state, new.cover.waits_for, new.cover.sessions.count()) == ("waiting", "consent", 0)
    assert (ticket.cover.sessions.get().duration_seconds, new.messages.get().text) == (720, "It is silent too.")
    mail = OutgoingMail.objects.get(kind="tickets/split_off")
    assert mail.to == "claire@example.org"


def test_T6_with_consent_it_is_worked_on(ticket, claire, awa):
    new = split(ticket, awa)
    cover.agree_to_more(ticket=new, means="tokens", ceiling=1, by=claire.as_actor(), at=moment(40))
    new.refresh_from_db()
    assert (new.cover.state, new.due_at is None) == ("covered", False)


def test_the_same_key_again(ticket, awa):
    assert split(ticket, awa, key="a" * 32) == split(ticket, awa, key="a" * 32)
    with pytest.raises(KeyReused):
        split(ticket, awa, key="a" * 32, subject="Something else")
    assert Ticket.objects.count() == 2


def test_refusals(ticket, awa):
    with pytest.raises(merging.SubjectMissing):
        split(ticket, awa, subject=" ")
    close(ticket, at=moment(25))
    with pytest.raises(TicketClosed):
        split(ticket, awa)


def test_through_the_page(ticket, awa, claire):
    page, browser = f"/desk/tickets/{ticket.pk}/split/", in_english(awa)
    assert browser.post(page, {"subject": "", "text": "It too", "key": form_key()}).status_code == 422
    response = browser.post(page, {"subject": "The second printer", "text": "", "key": form_key()})
    new = Ticket.objects.latest("pk")
    assert response["Location"] == f"/desk/tickets/{new.pk}/"
    assert "Yes: 1 more ticket" in in_english(claire).get(f"/my/tickets/{new.pk}/").content.decode()
