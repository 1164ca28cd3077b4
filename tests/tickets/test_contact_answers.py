"""A contact message is answered by mail, and becomes a ticket or a customer (case C15)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.mail.models import OutgoingMail
from carnet.people.actions import persons
from carnet.people.models import Customer, Person
from carnet.tickets.actions import contact_answers, questions
from carnet.tickets.actions.messages import MessageEmpty
from carnet.tickets.models import ContactMessage, ContactReply, FirstQuestion, Ticket
from tests.factories.people import make_customer, make_member, make_person, signed_in
from tests.factories.tickets import contact_message, form_key, give_tokens, in_english, moment

pytestmark = pytest.mark.django_db
LATER = moment(10)


@pytest.fixture
def write(db):
    def write(email="nora@example.org", *, suspect=False, language="es"):
        return contact_message(
            email, name="Nora Petit", language=language, subject="Presupuesto", text="Hola\n  ¿cuánto?", suspect=suspect
        )

    return write


def answer(message, agent, *, text="Depende.\n\tdos", key=None):
    return contact_answers.answer_contact_message(
        message=message, text=text, key=key or form_key(), by=agent.as_actor(), at=LATER
    )


def open_ticket(message, agent, customer):
    return contact_answers.open_ticket_for_sender(
        message=message, customer=customer, criticality="hindered", by=agent.as_actor(), at=LATER
    )


def send_link(message, agent, *, at=LATER):
    return contact_answers.send_link_to_sender(
        message=message, kind="company", customer_name="Petit SARL", criticality="question", by=agent.as_actor(), at=at
    )


def create_customer(message, agent):
    return contact_answers.create_customer_for_sender(
        message=message, kind="household", customer_name="", by=agent.as_actor(), at=LATER
    )


def last_mail(kind):
    return OutgoingMail.objects.filter(kind=f"tickets/{kind}").latest("pk")


# Answered


def test_case_C15_it_is_answered_by_mail_in_its_language(write, awa):
    message = write()
    reply = answer(message, awa)
    mail = last_mail("contact_answered")
    assert (mail.to, mail.language, mail.subject) == ("nora@example.org", "es", "Respuesta a su mensaje: Presupuesto")
    assert "Depende.\n\tdos" in mail.text
    assert "> Hola\n>   ¿cuánto?" in mail.text
    assert "/es/contact/" in mail.text
    assert (reply.author, reply.at) == (awa, LATER)
    message.refresh_from_db()
    assert message.read_at == LATER
    entry = Entry.objects.get(code="contact_message.answered")
    assert (entry.actor_id, entry.subject_id, entry.details) == (awa.pk, message.pk, {"reply": reply.pk})


def test_the_same_answer_twice_is_one(write, awa):
    message, key = write(), form_key()
    assert answer(message, awa, key=key) == answer(message, awa, key=key)
    assert OutgoingMail.objects.filter(kind="tickets/contact_answered").count() == 1
    with pytest.raises(KeyReused):
        answer(message, awa, text="Other", key=key)
    with pytest.raises(KeyReused):
        answer(write(), awa, key=key)


def test_nothing_is_no_answer(write, awa):
    with pytest.raises(MessageEmpty):
        answer(write(), awa, text=" ")


@pytest.mark.parametrize("act", [answer, send_link, create_customer])
def test_nothing_is_sent_to_who_may_be_a_stranger(write, awa, act):
    message = write(suspect=True)
    with pytest.raises(contact_answers.HeldBack):
        act(message, awa)
    assert OutgoingMail.objects.count() == 0


# A ticket of somebody known


def test_case_C15_it_becomes_a_ticket_of_somebody_known(write, awa, martins, claire):
    give_tokens(martins)
    message = write("claire@example.org")
    ticket = open_ticket(message, awa, martins)
    assert (ticket.asked_by, ticket.customer, ticket.origin) == (claire, martins, "team")
    assert (ticket.subject, ticket.criticality) == ("Presupuesto", "hindered")
    assert ticket.cover.is_waiting  # nothing is reserved before they say so
    (first,) = ticket.messages.all()
    assert (first.kind, first.author, first.text) == ("question", claire, "Hola\n  ¿cuánto?")
    assert last_mail("waiting_for_cover").to == "claire@example.org"
    assert Entry.objects.get(code="ticket.opened").actor_id == awa.pk
    assert Entry.objects.get(code="contact_message.became_ticket").details == {"ticket": ticket.pk}
    assert open_ticket(message, awa, martins) == ticket
    assert Ticket.objects.count() == 1


def test_a_ticket_needs_somebody_who_may_ask(write, awa, martins, robledo):
    with pytest.raises(contact_answers.SenderUnknown):
        open_ticket(write(), awa, martins)
    with pytest.raises(questions.MayNotAsk):
        open_ticket(write("claire@example.org"), awa, robledo)
    make_member(martins, make_person("Bea", email="bea@example.org"), role="buyer")
    with pytest.raises(questions.MayNotAsk):
        open_ticket(write("bea@example.org"), awa, martins)


# A question that its sender confirms


def test_case_C15_somebody_unknown_confirms_it_and_is_a_customer(write, awa):
    message = write()
    question = send_link(message, awa)
    assert (question.email, question.subject, question.language) == ("nora@example.org", "Presupuesto", "es")
    assert last_mail("first_question").language == "es"
    ticket = questions.confirm_first_question(question=question, key=form_key(), by=VISITOR, at=moment(20))
    assert (ticket.customer.name, ticket.customer.kind) == ("Petit SARL", "company")
    page = in_english(awa).get(f"/desk/contact/{message.pk}/").content.decode()
    assert f'href="/desk/tickets/{ticket.pk}/"' in page


def test_the_link_once_more_is_the_same_question(write, awa):
    message = write()
    first = send_link(message, awa)
    assert send_link(message, awa) == first
    assert OutgoingMail.objects.filter(kind="tickets/first_question").count() == 1
    send_link(message, awa, at=moment(12))
    assert OutgoingMail.objects.filter(kind="tickets/first_question").count() == 2
    assert FirstQuestion.objects.count() == 1


# A customer


def test_case_C15_its_sender_becomes_a_customer(write, awa):
    message = write()
    customer = create_customer(message, awa)
    assert (customer.name, customer.language) == ("Nora Petit", "es")
    assert customer.memberships.get().person.email == "nora@example.org"
    mail = last_mail("customer_created")
    assert (mail.to, mail.language) == ("nora@example.org", "es")
    assert "/es/account/login/code/" in mail.text
    assert create_customer(message, awa) == customer
    assert Customer.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="tickets/customer_created").count() == 1


def test_no_second_account_for_one_address(write, awa, claire):
    with pytest.raises(persons.AddressTaken):
        create_customer(write("claire@example.org"), awa)


# The page


def test_the_page_offers_what_fits_its_sender(write, awa, martins):
    browser = in_english(awa)
    unknown = browser.get(f"/desk/contact/{write().pk}/").content.decode()
    assert "We don’t know this address." in unknown
    assert "Create an account for the sender" in unknown
    known = browser.get(f"/desk/contact/{write('claire@example.org').pk}/").content.decode()
    assert "Nothing is reserved" in known
    assert "Create an account for the sender" not in known
    assert "Famille Martin" in known
    held = browser.get(f"/desk/contact/{write(suspect=True).pk}/").content.decode()
    assert "Answer by e-mail" not in held
    assert "Turn it into a ticket" not in held


def test_through_the_page(write, awa, martins):
    browser = in_english(awa)
    message = write("claire@example.org")
    address = f"/desk/contact/{message.pk}/"
    assert browser.post(f"{address}answer/", {"key": form_key(), "text": "Sí"})["Location"] == address
    assert (
        browser.post(f"{address}ticket/", {"ticket-customer": martins.pk, "ticket-criticality": "blocked"})["Location"]
        == address
    )
    page = browser.get(address).content.decode()
    assert "Sí" in page
    assert "Turn it into a ticket" not in page
    assert "answered" in browser.get("/desk/contact/").content.decode()
    unknown = f"/desk/contact/{write().pk}/"
    assert (
        browser.post(f"{unknown}link/", {"link-kind": "household", "link-criticality": "question"}).status_code == 302
    )
    assert browser.post(f"{unknown}customer/", {"customer-kind": "household"}).status_code == 302
    assert (ContactReply.objects.count(), Ticket.objects.count(), Customer.objects.count()) == (1, 1, 2)


def test_what_is_wrong_comes_back_with_the_page(write, awa, ines):
    browser = in_english(awa)
    address = f"/desk/contact/{write().pk}/"
    assert browser.post(f"{address}answer/", {"key": form_key(), "text": ""}).status_code == 422
    assert browser.post(f"{address}customer/", {"customer-kind": "company"}).status_code == 422
    # Somebody known meanwhile, or never: a form that the page does not show any more.
    refused = browser.post(f"{address}ticket/", {"ticket-criticality": "question"})
    assert refused.status_code == 422
    held = f"/desk/contact/{write(suspect=True).pk}/"
    answered = browser.post(f"{held}answer/", {"key": form_key(), "text": "Sí"})
    assert answered.status_code == 422
    assert "held back as probable spam" in answered.content.decode()


@pytest.mark.parametrize("verb", ["answer", "ticket", "link", "customer"])
def test_who_may_and_how(write, awa, claire, verb):
    address = f"/desk/contact/{write().pk}/{verb}/"
    assert signed_in(claire).post(address).status_code == 404
    assert signed_in(awa).get(address)["Location"] == f"/desk/contact/{ContactMessage.objects.get().pk}/"


def test_the_list_asks_as_much_for_three_as_for_one(write, awa):
    browser = signed_in(awa)
    answer(write(), awa)
    browser.get("/desk/contact/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/contact/")
    for number in range(2):
        answer(write(f"other{number}@example.org"), awa)
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/contact/")
    assert len(one) == len(three)


def test_a_customer_with_several_accounts_is_asked_for_which(write, awa, claire, martins):
    make_customer(claire, "Bureau Martin", kind="company")
    page = in_english(awa).get(f"/desk/contact/{write('claire@example.org').pk}/").content.decode()
    assert "Bureau Martin</option>" in page
    assert "Famille Martin</option>" in page
    assert Person.objects.filter(email="claire@example.org").count() == 1


def test_case_G1_the_mails_repeat_no_link_to_an_address_that_nobody_proved(write, awa):
    message = write()
    ContactMessage.objects.filter(pk=message.pk).update(
        subject="Look at casino.example.com", text="https://loans.example.com/x", name="www.pills.example.com"
    )
    message.refresh_from_db()
    answer(message, awa)
    create_customer(message, awa)
    for kind in ("contact_answered", "customer_created"):
        sent = last_mail(kind)
        written = sent.subject + sent.text + sent.html
        assert not any(word in written for word in ("casino.example", "loans.example", "pills.example"))
    assert "casino[.]example[.]com" in last_mail("contact_answered").subject


def test_case_G1_somebody_who_is_known_reads_what_they_wrote(write, awa, claire):
    message = write(claire.email)
    ContactMessage.objects.filter(pk=message.pk).update(text="https://fine.example.com/x")
    message.refresh_from_db()
    answer(message, awa)
    assert "> https://fine.example.com/x" in last_mail("contact_answered").text
