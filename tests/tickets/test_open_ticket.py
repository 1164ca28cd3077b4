import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.actions import customers
from carnet.tickets.actions import questions
from carnet.tickets.forms.form_marks import shown_mark
from carnet.tickets.models import FirstQuestion, Message, Ticket
from carnet.work.rules.ways_to_pay import Chosen
from tests.factories.people import make_customer, make_member, make_person, membership_of, signed_in
from tests.factories.tickets import form_key, give_tokens, make_ticket, moment
from tests.files.contents import PNG
from tests.tickets.test_ask_first_question import ask

PAGE = "/my/tickets/new/"


def typed(**changes):
    return {
        "key": form_key(),
        "subject": "The printer is silent",
        "text": "It does nothing.",
        "criticality": "blocked",
        "way": "tokens",
        **changes,
    }


def test_T1_a_token_is_reserved(martins, claire):
    lot = give_tokens(martins, 8)
    ticket = make_ticket(claire, criticality="blocked")
    lot.refresh_from_db()
    assert (lot.available, lot.reserved) == (7, 1)
    assert (ticket.state, ticket.waits_since, ticket.due_at) == ("open", moment(), moment(60))
    assert (ticket.customer, ticket.asked_by, ticket.language, ticket.origin) == (martins, claire, "fr", "web")
    message = ticket.messages.get()
    assert (message.kind, message.author, message.text) == ("question", claire, "It does nothing since this morning.")
    entry = Entry.objects.get(code="ticket.opened")
    assert (entry.actor_id, entry.subject_id, entry.customer_id) == (claire.pk, ticket.pk, martins.pk)
    assert entry.details == {"means": "tokens", "covered": True}
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("tickets/received", "claire@example.org")
    assert f"http://127.0.0.1:8000/my/tickets/{ticket.pk}/" in mail.text


@pytest.mark.parametrize(("criticality", "minutes"), [("blocked", 60), ("hindered", 240), ("question", 480)])
def test_M7_when_it_is_due(martins, claire, criticality, minutes):
    assert make_ticket(claire, criticality=criticality).due_at == moment(minutes)


def test_M7_a_question_out_of_hours_is_reckoned_from_the_opening(martins, claire):
    assert make_ticket(claire, criticality="blocked", at=moment(-60)).due_at == moment(60)


def test_T15_without_cover_it_is_kept_and_told_once(martins, claire):
    ticket = make_ticket(claire)
    assert (ticket.cover.state, ticket.cover.means) == ("waiting", "none")
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["tickets/waiting_for_cover"]
    assert list(Ticket.objects.in_queue()) == []


def test_L10_the_last_token(martins, claire, hugo):
    give_tokens(martins, 1)
    assert [make_ticket(person).cover.state for person in (claire, hugo)] == ["covered", "waiting"]


def test_the_same_key_is_the_same_ticket(martins, claire):
    give_tokens(martins, 3)
    assert make_ticket(claire, key="a" * 32) == make_ticket(claire, key="a" * 32)
    assert (Lot.objects.get().reserved, OutgoingMail.objects.count()) == (1, 1)


def test_a_stranger_a_buyer_and_a_removed_person_may_not(martins, claire, hugo, ines):
    buyer = make_person("Bea", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=moment())
    for person in (ines, buyer, hugo):
        with pytest.raises(questions.MayNotAsk):
            make_ticket(person, customer=martins)
    assert Ticket.objects.count() == 0


def test_through_the_form(martins, claire):
    give_tokens(martins)
    form = typed(files=[SimpleUploadedFile("screen.png", PNG)])
    response = signed_in(claire).post(PAGE, form)
    ticket = Ticket.objects.get()
    assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    assert (ticket.criticality, ticket.opened_at, ticket.cover.means) == ("blocked", moment(60), "tokens")
    assert [one.file.name for one in ticket.messages.get().attachments.all()] == ["screen.png"]


def test_a_double_click_opens_once(martins, claire):
    give_tokens(martins)
    form, browser = typed(), signed_in(claire)
    assert browser.post(PAGE, form)["Location"] == browser.post(PAGE, form)["Location"]
    assert Ticket.objects.count() == 1


def test_the_form_shows_what_pays(martins, claire):
    give_tokens(martins, 8)
    page = signed_in(claire).get(PAGE).content.decode()
    for code in ("trial", "trial_then_tokens", "tokens"):
        assert f'value="{code}"' in page
    assert "Famille Martin" in page


def test_F2_free_minutes_then_a_token(martins, claire):
    give_tokens(martins)
    signed_in(claire).post(PAGE, typed(way="trial_then_tokens"))
    cover = Ticket.objects.get().cover
    assert (cover.means, cover.token_ceiling, cover.minute_ceiling) == ("trial", 1, 0)


def test_without_anything_to_pay_it_is_said_before_and_kept(martins, claire):
    make_ticket(claire, means="trial")
    page = signed_in(claire).get(PAGE).content.decode()
    assert 'name="way" value="none"' in page
    signed_in(claire).post(PAGE, typed(way="none"))
    assert Ticket.objects.latest("pk").cover.state == "waiting"


def test_a_way_that_is_not_offered(martins, claire):
    response = signed_in(claire).post(PAGE, typed(way="cash"))
    assert response.status_code == 200
    assert "It does nothing." in response.content.decode()
    assert Ticket.objects.count() == 0


def test_P4_for_the_customer_that_is_chosen(martins, claire):
    other = make_customer(claire, "Association Martin")
    browser = signed_in(claire)
    session = browser.session
    session["membership"] = membership_of(claire, other).pk
    session.save()
    browser.post(PAGE, typed(way="trial"))
    assert Ticket.objects.get().customer == other


def test_a_kept_first_question_is_sent_from_the_account(martins, claire, client):
    give_tokens(martins)
    client.post(
        "/en/try/",
        {
            **typed(text="The kept words."),
            "name": "Claire",
            "email": "claire@example.org",
            "customer_kind": "household",
            "shown": shown_mark(int(moment(59).timestamp())),
            "files": [SimpleUploadedFile("screen.png", PNG)],
        },
    )
    question = FirstQuestion.objects.get()
    browser = signed_in(claire)
    address = browser.get(f"/en/try/{question.token}/")["Location"]
    page = browser.get(address).content.decode()
    assert "The kept words." in page
    browser.post(address, typed(text="The kept words."))
    ticket = Ticket.objects.get()
    question.refresh_from_db()
    assert question.ticket == ticket
    assert [one.file.name for one in Message.objects.get().attachments.all()] == ["screen.png"]
    assert browser.get(f"/en/try/{question.token}/")["Location"] == f"/my/tickets/{ticket.pk}/"


def test_a_first_question_becomes_one_ticket(martins, claire):
    question = ask(email="claire@example.org")
    common = {
        "customer": martins,
        "person": claire,
        "question": questions.Question("One", "Text", "question", kept_as=question),
        "chosen": Chosen("none"),
        "by": claire.as_actor(),
        "at": moment(5),
    }
    questions.open_ticket(**common, key=form_key())
    with pytest.raises(questions.LinkUsed):
        questions.open_ticket(**common, key=form_key())
    assert Ticket.objects.count() == 1


def test_anothers_first_question_is_not_shown(martins, claire, ines):
    question = ask(email="claire@example.org", text="The kept words.")
    page = signed_in(ines).get(f"{PAGE}?question={question.token}").content.decode()
    assert "The kept words." not in page


def test_who_may_open_the_page(martins, claire, hugo, awa, client):
    buyer = make_person("Bea", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    assert [signed_in(person).get(PAGE).status_code for person in (claire, hugo, buyer, awa)] == [200, 200, 404, 404]
    assert client.get(PAGE).status_code == 302
    assert signed_in(claire).delete(PAGE).status_code == 405


def test_the_subject_carried_over_from_a_search(martins, claire):
    assert 'value="wifi &amp; co"' in signed_in(claire).get(f"{PAGE}?q=wifi %26 co").content.decode()


def test_opening_by_a_visitor_stands_in_the_audit_trail_of_the_person(db):
    question = ask()
    ticket = questions.confirm_first_question(question=question, key=form_key(), by=VISITOR, at=moment(5))
    assert Entry.objects.get(code="ticket.opened").actor_id == ticket.asked_by_id


def test_a_first_question_that_was_sent_meanwhile(martins, claire):
    question = ask(email="claire@example.org", text="The kept words.")
    browser = signed_in(claire)
    address = f"{PAGE}?question={question.token}"
    browser.post(address, typed(way="trial"))
    response = browser.post(address, typed(way="none"))
    assert response.status_code == 302  # a question of its own by now
    question.refresh_from_db()
    assert question.ticket == Ticket.objects.earliest("pk")
