"""What a hostile visitor tries with the forms that need no account."""

import datetime
from contextlib import suppress

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from carnet.audit.actors import VISITOR
from carnet.files.models import StoredFile
from carnet.mail import actions as mail_actions
from carnet.mail.models import OutgoingMail
from carnet.tickets import rules, tasks
from carnet.tickets.actions import questions
from carnet.tickets.forms.form_marks import LASTS_SECONDS, shown_mark
from carnet.tickets.models import ContactMessage, FirstQuestion
from tests.factories.tickets import form_key, moment
from tests.files.contents import PNG
from tests.tickets.test_ask_first_question import ask, sent
from tests.tickets.test_confirm_first_question import page_of

pytestmark = pytest.mark.django_db
CONTACT, TRY = "/en/contact/", "/en/try/"


def contact(number, **changes):
    return {
        "key": form_key(), "shown": shown_mark(int(moment(59).timestamp())),
        "name": f"Win at casino{number}.example.com",
        "email": f"victim{number}@example.org", "subject": "Cheap loans at www.loans.example.com", "text": "Hello.",
        "website": "", **changes,
    }  # fmt: skip


def test_case_G1_one_page_is_sent_three_times_and_then_shown_anew(client):
    mark = shown_mark(int(moment(59).timestamp()))
    for number in range(60):
        client.post(CONTACT, contact(number, shown=mark))
        client.post(TRY, sent(email=f"other{number}@example.org") | {"shown": mark})
    assert (ContactMessage.objects.count() + FirstQuestion.objects.count(), OutgoingMail.objects.count()) == (3, 3)
    page = client.post(TRY, sent() | {"shown": mark})
    assert "This page was already sent several times" in page.content.decode()
    again = {**sent(), "shown": page.context["form"]["shown"].value()}
    assert client.post(TRY, again)["Location"] == "/en/try/sent/"


def test_case_G1_a_new_page_each_time_ends_at_ten_mails_an_hour(client):
    for number in range(60):
        client.post(CONTACT, contact(number))
    assert OutgoingMail.objects.count() == rules.MESSAGES_AN_HOUR.most
    assert ContactMessage.objects.count() == rules.MESSAGES_A_DAY.most
    assert ContactMessage.objects.filter(suspect=True).count() == 40
    assert "You have sent many messages today" in client.post(CONTACT, contact(99)).content.decode()
    for number in range(60):
        client.post(TRY, sent(email=f"other{number}@example.org"))
    assert FirstQuestion.objects.count() == rules.QUESTIONS_AN_HOUR.most
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(TRY, sent(email="zoe@example.org"))
    assert elsewhere["Location"] == "/en/try/sent/"


@pytest.mark.parametrize("mark", [lambda: "", lambda: "9.forged", lambda: shown_mark(0)])
def test_case_G1_the_trial_needs_a_page_that_was_shown_lately(client, mark):
    page = client.post(TRY, sent() | {"shown": mark()})
    assert "This page was open for too long" in page.content.decode()
    assert FirstQuestion.objects.count() == 0
    assert client.post(TRY, {**sent(), "shown": page.context["form"]["shown"].value()}).status_code == 302


def test_case_G1_a_contact_page_that_is_too_old_is_sent_once_more(client):
    old = shown_mark(int(moment(59).timestamp()) - LASTS_SECONDS)
    page = client.post(CONTACT, contact(1, shown=old))
    assert "This page was open for too long" in page.content.decode()
    client.post(CONTACT, contact(1, shown=page.context["form"]["shown"].value()))
    assert not ContactMessage.objects.get().suspect


def test_case_G1_no_word_of_strangers_reaches_an_address_that_nobody_confirmed(client, claire):
    client.post(CONTACT, contact(1))
    client.post(TRY, sent(name="casino.example.com", subject="www.loans.example.com", text="Buy!"))
    client.post(TRY, sent(name="casino.example.com", subject="www.loans.example.com", email=claire.email))
    mails = OutgoingMail.objects.all()
    assert len(mails) == 3
    for mail in mails:
        said = mail.subject + mail.text + mail.html
        assert not any(word in said for word in ("casino", "loans", "Buy!"))
    assert "http" not in mails.get(kind="tickets/contact_received").text.replace("http://127.0.0.1:8000", "")


def png(megabytes: int):
    return SimpleUploadedFile("screen.png", PNG + b"\0" * megabytes * 1024 * 1024)


def test_case_G7_a_visitor_uploads_so_much_a_day(client):
    for number in range(3):
        files = [png(18), png(18), png(18)]
        page = client.post(TRY, sent(email=f"v{number}@example.org", files=files))
    assert (FirstQuestion.objects.count(), StoredFile.objects.count()) == (2, 6)
    assert "We can’t take more files without an account" in page.content.decode()
    assert client.post(TRY, sent(email="v9@example.org")).status_code == 302


def test_case_G7_all_that_waits_together_has_a_limit(monkeypatch):
    monkeypatch.setattr(rules, "UNCONFIRMED_BYTES", 2 * len(PNG))
    for number in range(2):
        ask(email=f"v{number}@example.org", uploads=[SimpleUploadedFile("a.png", PNG)], visitor=f"192.0.2.{number}")
    with pytest.raises(questions.NoRoomForFiles):
        ask(email="v3@example.org", uploads=[SimpleUploadedFile("a.png", PNG)], visitor="192.0.2.3")
    questions.confirm_first_question(question=FirstQuestion.objects.first(), key=form_key(), by=VISITOR, at=moment(1))
    ask(email="v3@example.org", uploads=[SimpleUploadedFile("a.png", PNG)], visitor="192.0.2.3")


def test_case_G7_what_nobody_confirms_goes_after_a_day(client, django_capture_on_commit_callbacks):
    question = ask(at=moment(60) - datetime.timedelta(days=1), uploads=[SimpleUploadedFile("a.png", PNG)])
    kept = ask(at=moment(61, days=-1), email="kept@example.org", uploads=[SimpleUploadedFile("b.png", PNG)])
    name = question.files.get().file.content.name
    with django_capture_on_commit_callbacks(execute=True):
        tasks.remove_unconfirmed_files.call()
    question.refresh_from_db()
    assert (question.files_removed, question.files.count(), kept.files.count()) == (1, 0, 1)
    assert not default_storage.exists(name)
    assert "Your files were kept for one day" in client.get(page_of(question)).content.decode()
    assert "Your files were kept" not in client.get(page_of(kept)).content.decode()


def test_case_G10_a_used_link_shows_nothing_and_no_page_of_a_link_is_kept(client):
    question = ask(at=moment(50))
    fresh = client.get(page_of(question))
    assert "The mouse jumps" in fresh.content.decode()
    for page in (fresh, client.get("/en/try/9.forged/"), client.get("/en/try/sent/"), client.get("/en/contact/sent/")):
        assert "no-store" in page["Cache-Control"]
    assert fresh["X-Robots-Tag"] == "noindex"
    ticket = questions.confirm_first_question(question=question, key=form_key(), by=VISITOR, at=moment(51))
    used = client.get(page_of(question))
    assert (used.status_code, used["Location"]) == (302, f"/my/tickets/{ticket.pk}/")
    assert ("no-store" in used["Cache-Control"], used["X-Robots-Tag"]) == (True, "noindex")
    assert client.get(used["Location"])["Location"].endswith(f"/account/login/?next=/my/tickets/{ticket.pk}/")


def test_case_G7_what_was_confirmed_meanwhile_stays(claire):
    question = ask(at=moment(1), uploads=[SimpleUploadedFile("a.png", PNG)])
    questions.confirm_first_question(question=question, key=form_key(), by=VISITOR, at=moment(2))
    assert questions.remove_unconfirmed_files(question=question, at=moment(3, days=2)).files_removed == 0


def test_case_G6_a_message_is_kept_though_its_address_gets_no_more_mail(client):
    with suppress(mail_actions.TooManyMails):
        for _ in range(1000):
            mail_actions.count_asked(to="victim1@example.org", visitor="192.0.2.1", at=moment(60))
    client.post(CONTACT, contact(1))
    assert (ContactMessage.objects.get().suspect, OutgoingMail.objects.count()) == (False, 0)
