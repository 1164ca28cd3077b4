"""Every mail that tickets send, in the three languages: rendered, without a leftover, with the link that matters."""

import pytest

from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.tickets import mails
from carnet.tickets.models import Closure, FirstQuestion, Message
from tests.factories.people import make_person
from tests.factories.tickets import answer, close, contact_message, give_tokens, make_ticket, moment, work_on
from tests.tickets.test_ask_first_question import ask


@pytest.fixture(params=["fr", "en", "es"])
def language(request):
    return request.param


@pytest.fixture
def ticket(martins, claire, awa, language):
    Person.objects.filter(pk=claire.pk).update(language=language)
    claire.refresh_from_db()
    give_tokens(martins)
    ticket = make_ticket(claire, subject="L’écran & <le> son")
    work_on(ticket, awa, 12, since=moment(1))
    return ticket


def check(mail, language, link):
    assert mail.language == language
    for text in (mail.subject, mail.text, mail.html):
        assert text.strip()
        assert "{{" not in text
        assert "{%" not in text
        assert "None" not in text
    assert link in mail.text
    assert link in mail.html
    assert "\n" not in mail.subject


@pytest.mark.parametrize(
    "kind", ["received", "waiting_for_cover", "covered", "clock_warning", "clock_stopped", "passed_on"]
)
def test_about_a_ticket(ticket, claire, language, kind):
    more = {"clock_warning": {"stops_at": moment(30)}, "clock_stopped": {"stopped_at": moment(30)}}.get(kind, {})
    OutgoingMail.objects.all().delete()
    if kind == "passed_on":
        ticket.passed_to = claire
    getattr(mails, kind)(ticket, **more, at=moment(25))
    check(OutgoingMail.objects.get(), language, f"/my/tickets/{ticket.pk}/")


@pytest.mark.parametrize("wait", ["answered", "asked_back", "used_up"])
def test_reminders(ticket, language, wait):
    OutgoingMail.objects.all().delete()
    mails.reminded(ticket, wait=wait, since=moment(), closes_at=moment(0, days=8), at=moment(0, days=4))
    mail = OutgoingMail.objects.get()
    check(mail, language, f"/my/tickets/{ticket.pk}/")
    assert "2027" in mail.text


@pytest.mark.parametrize("ways", [{"should_solve": True}, {"asks": True}, {}])
def test_answers(ticket, awa, language, ways):
    answer(ticket, awa, at=moment(20), text="C’est <b>fait</b> & bien.\n\nمرحبا", **ways)
    mail = OutgoingMail.objects.latest("pk")
    check(mail, language, f"/my/tickets/{ticket.pk}/")
    assert "C’est <b>fait</b> & bien.\n\nمرحبا" in mail.text
    assert "C’est &lt;b&gt;fait&lt;/b&gt; &amp; bien." in mail.html
    assert "L’écran & <le> son" in mail.subject
    assert Message.objects.filter(kind="answer").count() == 1


@pytest.mark.parametrize("how", [how.value for how in Closure.How if how != "spam"])
def test_closed(ticket, awa, language, how):
    answer(ticket, awa, at=moment(20), should_solve=True)
    close(ticket, at=moment(30))
    closure = Closure.objects.get()
    OutgoingMail.objects.all().delete()
    closure.how = how
    mails.closed(ticket, closure, at=moment(30))
    check(OutgoingMail.objects.get(), language, f"/my/tickets/{ticket.pk}/")


def test_first_questions(db, language):
    make_person("Léa", email="lea@example.org")
    for email in ("zoe@example.org", "lea@example.org"):
        ask(email=email, language=language)
    for question in FirstQuestion.objects.all():
        check(OutgoingMail.objects.get(to=question.email), language, f"/{language}/try/{question.token}/")


def test_contact(db, language):
    contact_message("nora@example.org", language=language)
    mail = OutgoingMail.objects.get()
    assert mail.language == language
    assert "Nora" not in mail.text + mail.html
    assert "Août" not in mail.subject


def test_mails_of_one_ticket_hold_together(ticket, awa):
    answer(ticket, awa, at=moment(20), asks=True)
    first, second = OutgoingMail.objects.order_by("pk")
    assert first.headers["References"] == second.headers["References"]


def test_case_D4_only_what_nobody_wrote_calls_itself_automatic(ticket, awa):
    answer(ticket, awa, at=moment(20))
    written = OutgoingMail.objects.exclude(kind="tickets/received").get()
    assert "Auto-Submitted" not in written.headers
    assert OutgoingMail.objects.get(kind="tickets/received").headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("language", ["en"], indirect=True)
@pytest.mark.parametrize("asks", [True, False])
def test_case_D4_an_answer_goes_to_the_page_of_the_ticket(ticket, awa, asks):
    answer(ticket, awa, at=moment(20), asks=asks)
    mail = OutgoingMail.objects.exclude(kind="tickets/received").get()
    said = "Replies to this e-mail are not read. Please reply on the page of your ticket:"
    assert f"{said}\nhttp://127.0.0.1:8000/my/tickets/{ticket.pk}/" in mail.text
    assert said in mail.html


def test_case_D4_what_is_about_no_ticket_leads_to_the_contact_form(db, language):
    ask(language=language)
    mail = OutgoingMail.objects.get()
    assert f":\nhttp://127.0.0.1:8000/{language}/contact/\n" in mail.text
    assert f'href="http://127.0.0.1:8000/{language}/contact/"' in mail.html
