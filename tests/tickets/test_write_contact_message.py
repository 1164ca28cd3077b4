import pytest

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets.forms import form_marks as forms
from carnet.tickets.models import ContactMessage
from tests.factories.people import signed_in
from tests.factories.tickets import contact_message, form_key, moment

PAGE = "/en/contact/"
TEN = int(moment(60).timestamp())


def typed(**changes):
    return {
        "key": form_key(),
        "shown": forms.shown_mark(TEN - 20),
        "name": "Nora Petit",
        "email": "Nora@example.org",
        "subject": "Your hours",
        "text": "Are you open in August?",
        "website": "",
        **changes,
    }


def write(at):
    return contact_message("nora@example.org", at=at)


def test_it_is_kept_and_acknowledged(client, db):
    response = client.post(PAGE, typed())
    assert response["Location"] == "/en/contact/sent/"
    message = ContactMessage.objects.get()
    assert (message.name, message.email, message.subject) == ("Nora Petit", "nora@example.org", "Your hours")
    assert (message.text, message.language, message.at) == ("Are you open in August?", "en", moment(60))
    assert (message.suspect, message.read_at) == (False, None)
    entry = Entry.objects.get()
    assert (entry.code, entry.subject_id, entry.details) == ("contact_message.written", message.pk, {"suspect": False})
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.subject) == (
        "tickets/contact_received",
        "nora@example.org",
        "We have your message",
    )
    assert "nora@example.org" in client.get("/en/contact/sent/").content.decode()


def test_a_double_click_writes_once(client, db):
    form = typed()
    assert client.post(PAGE, form)["Location"] == client.post(PAGE, form)["Location"]
    assert (ContactMessage.objects.count(), OutgoingMail.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "signs",
    [
        {"website": "https://casino.example.org"},
        {"shown": ""},
        {"shown": "123:forged"},
        {"shown": forms.shown_mark(TEN - 2)},
        {"text": "https://a.example.org http://b.example.org www.c.example.org"},
    ],
)
def test_probable_spam_is_held_back_and_looks_the_same(client, db, signs):
    response = client.post(PAGE, typed(**signs))
    assert response["Location"] == "/en/contact/sent/"
    assert ContactMessage.objects.get().suspect
    assert OutgoingMail.objects.count() == 0


def test_two_links_are_no_sign(client, db):
    client.post(PAGE, typed(text="Compare https://a.example.org with https://b.example.org."))
    assert not ContactMessage.objects.get().suspect


def test_after_five_in_an_hour_they_are_held_back(db):
    written = [write(moment(minute)) for minute in range(6)]
    assert [message.suspect for message in written] == [False] * 5 + [True]
    assert not write(moment(61)).suspect
    assert OutgoingMail.objects.count() == 6


def test_the_searched_words_are_carried_over(client, db):
    page = client.get(f"{PAGE}?q=mobile wifi").content.decode()
    assert 'value="mobile wifi"' in page


def test_who_is_signed_in_need_not_say_who_they_are(claire):
    page = signed_in(claire).get(PAGE).content.decode()
    assert 'value="Claire Martin"' in page
    assert 'value="claire@example.org"' in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("email", "nora", "Enter a valid email address."),
        ("text", "", "This field is required."),
        ("key", "short", "This form was incomplete."),
    ],
)
def test_what_is_missing_or_wrong(client, db, field, value, sentence):
    page = client.post(PAGE, typed(**{field: value})).content.decode()
    assert sentence in page
    assert "Your hours" in page
    assert ContactMessage.objects.count() == 0


def test_the_page_of_what_was_sent_is_the_visitors_own(client, db):
    assert client.get("/en/contact/sent/")["Location"] == PAGE
    assert client.delete(PAGE).status_code == 405
