import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.tickets.actions import questions
from carnet.tickets.forms.form_marks import shown_mark
from carnet.tickets.models import FirstQuestion, Ticket
from carnet.tickets.rules import Sender, Visit
from tests.factories.people import signed_in
from tests.factories.tickets import form_key, moment
from tests.files.contents import PNG

PAGE = "/en/try/"


def typed(**changes):
    return {
        "key": form_key(),
        "subject": "The mouse jumps",
        "text": "It jumps over the screen.",
        "criticality": "hindered",
        "name": "Zoé Garnier",
        "email": "zoe@example.org",
        "customer_kind": "household",
        "customer_name": "",
        **changes,
    }


def sent(**changes):
    """What the page sends: the same, and the mark of when it was shown."""
    return typed(shown=shown_mark(int(moment(59).timestamp())), **changes)


def ask(at=None, *, language="en", uploads=(), visitor="", **changes):
    said = typed(**changes)
    return questions.ask_first_question(
        sender=Sender(said["name"], said["email"], language), customer_kind=said["customer_kind"],
        customer_name=said["customer_name"],
        question=questions.Question(said["subject"], said["text"], said["criticality"], uploads), visit=Visit(visitor),
        key=said["key"], by=VISITOR, at=at or moment(),
    )  # fmt: skip


def test_the_question_is_kept_and_the_link_mailed(client, db):
    response = client.post(PAGE, sent(files=[SimpleUploadedFile("screen.png", PNG)]))
    assert (response.status_code, response["Location"]) == (302, "/en/try/sent/")
    question = FirstQuestion.objects.get()
    assert (question.email, question.subject, question.criticality) == (
        "zoe@example.org",
        "The mouse jumps",
        "hindered",
    )
    assert (question.created_at, question.expires_at) == (moment(60), moment(60, days=7))
    assert [one.file.name for one in question.files.all()] == ["screen.png"]
    assert (Ticket.objects.count(), Person.objects.count()) == (0, 0)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.language) == ("tickets/first_question", "zoe@example.org", "en")
    assert f"/en/try/{question.token}/" in mail.text
    entry = Entry.objects.get()
    assert (entry.code, entry.actor_kind, entry.subject_id) == ("first_question.asked", "visitor", question.pk)
    assert "zoe@example.org" in client.get("/en/try/sent/").content.decode()


def test_a_double_click_asks_once(client, db):
    form = sent()
    first, second = client.post(PAGE, form), client.post(PAGE, form)
    assert first["Location"] == second["Location"]
    assert (FirstQuestion.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_two_submits_at_once_ask_once(db):
    form = typed()
    assert ask(**form) == ask(**form)


def test_an_address_with_an_account_looks_the_same(client, claire):
    response = client.post(PAGE, sent(email="Claire@example.org"), follow=True)
    other = Client().post(PAGE, sent(email="zoe@example.org"), follow=True)
    assert response.redirect_chain == other.redirect_chain
    page, other_page = response.content.decode(), other.content.decode()
    assert page.replace("claire@", "zoe@").split("<main")[1].count("\n") == other_page.split("<main")[1].count("\n")
    mail = OutgoingMail.objects.get(to="claire@example.org")
    assert (mail.kind, mail.subject) == ("tickets/first_question_known", "Your question is waiting for you")


def test_five_in_an_hour_and_no_more(client, db):
    for minute in range(5):
        ask(at=moment(minute))
    with pytest.raises(questions.TooManyQuestions):
        ask(at=moment(59))
    ask(at=moment(60))
    page = client.post(PAGE, sent()).content.decode()
    assert "Too many questions have come from this address in the past hour." in page
    assert "It jumps over the screen." in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "", "This field is required."),
        ("text", "", "This field is required."),
        ("criticality", "urgent", "urgent"),
        ("email", "no address", "Enter a valid email address."),
        ("key", "", "This form was incomplete."),
    ],
)
def test_what_is_missing_or_wrong(client, db, field, value, sentence):
    response = client.post(PAGE, sent(**{field: value}))
    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in page
    assert "Zoé Garnier" in page
    assert FirstQuestion.objects.count() == 0


def test_a_company_has_a_name(client, db):
    page = client.post(PAGE, sent(customer_kind="company")).content.decode()
    assert "Please enter the name of the company or association." in page


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_mail_is_in_the_language_of_the_page(client, db, language):
    client.post(f"/{language}/try/", sent())
    assert OutgoingMail.objects.get().language == language


def test_the_page(client, db):
    with translation.override("en"):
        assert reverse("tickets:ask_first_question") == PAGE
    assert "Your first 15 minutes are free" in client.get(PAGE).content.decode()
    assert client.put(PAGE).status_code == 405


def test_who_has_an_account_asks_there(claire):
    assert signed_in(claire).get(PAGE)["Location"] == "/my/tickets/new/"


def test_the_page_of_what_was_sent_is_the_visitors_own(client, db):
    ask()
    assert client.get("/en/try/sent/")["Location"] == "/en/try/"
