import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.models import Customer, Membership, Person
from carnet.tickets.actions import questions
from carnet.tickets.models import FirstQuestion, Ticket
from tests.factories.people import make_person, signed_in
from tests.factories.tickets import form_key, moment
from tests.files.contents import PNG
from tests.tickets.test_ask_first_question import ask, typed


def page_of(question):
    return f"/en/try/{question.token}/"


def confirm(question, at=None, key=""):
    return questions.confirm_first_question(question=question, key=key or form_key(), by=VISITOR, at=at or moment(5))


def test_F1_person_customer_free_minutes_and_ticket(db):
    ticket = confirm(ask(customer_kind="company", customer_name="Garnier SARL"))
    person = Person.objects.get()
    assert (person.email, person.name, person.language) == ("zoe@example.org", "Zoé Garnier", "en")
    customer = Customer.objects.get()
    assert (customer.kind, customer.name) == ("company", "Garnier SARL")
    assert Membership.objects.get().role == "holder"
    assert (ticket.asked_by, ticket.customer, ticket.origin) == (person, customer, "trial")
    assert (ticket.subject, ticket.criticality, ticket.state, ticket.opened_at) == (
        "The mouse jumps",
        "hindered",
        "open",
        moment(5),
    )
    assert (ticket.cover.state, ticket.cover.means, ticket.cover.free_minutes) == ("covered", "trial", 15)
    lot = Lot.objects.get()
    assert (lot.origin, lot.reserved, lot.available) == ("trial", 15, 0)
    assert ticket.messages.get().text == "It jumps over the screen."
    assert [entry.code for entry in Entry.objects.filter(code__startswith="ticket.")] == ["ticket.opened"]
    assert [mail.kind for mail in OutgoingMail.objects.order_by("pk")] == ["tickets/first_question", "tickets/received"]


def test_a_household_without_a_name_has_the_persons(db):
    assert confirm(ask()).customer.name == "Zoé Garnier"


def test_its_files_move_to_the_ticket(client, db):
    client.post("/en/try/", typed(files=[SimpleUploadedFile("screen.png", PNG)]))
    ticket = confirm(FirstQuestion.objects.get(), at=moment(61))
    assert [one.file.name for one in ticket.messages.get().attachments.all()] == ["screen.png"]


def test_a_look_at_the_link_confirms_nothing(client, db):
    question = ask(at=moment(50))
    response = client.get(page_of(question))
    assert response.status_code == 200
    assert "Confirm and send" in response.content.decode()
    assert client.head(page_of(question)).status_code == 200
    assert (Person.objects.count(), Ticket.objects.count()) == (0, 0)


def test_the_click_signs_in_and_leads_to_the_ticket(client, db):
    question = ask(at=moment(50))
    key = client.get(page_of(question)).context["key"]
    response = client.post(page_of(question), {"key": key})
    ticket = Ticket.objects.get()
    assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    page = client.get(response["Location"]).content.decode()
    assert "The mouse jumps" in page
    assert "15 min" in page.replace("\u00a0", " ")


def test_a_double_click_leads_to_the_same_page_and_signs_in_too(db):
    question = ask(at=moment(50))
    key = form_key()
    first, second = Client(), Client()
    assert (
        first.post(page_of(question), {"key": key})["Location"]
        == second.post(page_of(question), {"key": key})["Location"]
    )
    assert (Person.objects.count(), Ticket.objects.count()) == (1, 1)
    assert second.get("/my/tickets/").status_code == 200


def test_a_used_link_signs_nobody_in(client, db):
    question = ask(at=moment(50))
    key = form_key()
    confirm(question, at=moment(55), key=key)
    response = client.post(page_of(question), {"key": form_key()})
    assert response.status_code == 409
    assert "This link has already been used" in response.content.decode()
    assert client.get("/my/tickets/").status_code == 302
    with pytest.raises(questions.LinkUsed):
        confirm(question, at=moment(65), key=key)
    assert "It jumps over the screen." not in client.get(page_of(question)).content.decode()


def test_a_used_link_leads_its_own_person_to_the_ticket(db):
    question = ask(at=moment(50))
    ticket = confirm(question, at=moment(55))
    assert signed_in(ticket.asked_by).get(page_of(question))["Location"] == f"/my/tickets/{ticket.pk}/"


def test_an_ended_link_keeps_the_question(client, db):
    question = ask(at=moment(0, days=-8))
    with pytest.raises(questions.LinkExpired):
        confirm(question, at=question.expires_at)
    page = client.get(page_of(question)).content.decode()
    assert "This link has expired" in page
    assert "We’ve kept your question" in page
    assert client.post(page_of(question), {"key": form_key()}).status_code == 409
    assert Ticket.objects.count() == 0


def test_an_address_that_got_an_account_meanwhile(client, db):
    question = ask(at=moment(50))
    zoe = make_person("Zoé Garnier", email="zoe@example.org")
    with pytest.raises(questions.AccountExists):
        confirm(question)
    page = client.get(page_of(question)).content.decode()
    assert "This address already has an account" in page
    assert client.post(page_of(question), {"key": form_key()}).status_code == 409
    assert signed_in(zoe).get(page_of(question))["Location"] == f"/my/tickets/new/?question={question.token}"


def test_another_person_who_is_signed_in_gets_no_question(claire, db):
    question = ask(at=moment(50))
    confirm(question, at=moment(51))
    response = signed_in(claire).get(page_of(question))
    assert response.status_code == 200
    assert "It jumps over the screen." not in response.content.decode()


def test_F4_the_same_mailbox_again_waits_for_cover(db):
    confirm(ask(email="z.garnier@gmail.com"))
    ticket = confirm(ask(email="zgarnier+x@gmail.com", at=moment(6)), at=moment(7))
    assert (ticket.cover.state, ticket.cover.means) == ("waiting", "none")
    assert OutgoingMail.objects.last().kind == "tickets/waiting_for_cover"


@pytest.mark.parametrize("token", ["1", "1.forged", "9.x", "💥"])
def test_a_link_that_is_none(client, db, token):
    ask()
    response = client.get(f"/en/try/{token}/")
    assert response.status_code == 404
    assert "This link doesn’t work" in response.content.decode()
    assert client.put(f"/en/try/{token}/").status_code == 405
