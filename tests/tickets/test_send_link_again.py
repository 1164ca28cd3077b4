import pytest
from django.test import Client

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import questions
from carnet.tickets.models import FirstQuestion
from tests.factories.tickets import form_key, moment
from tests.tickets.test_ask_first_question import ask


def again(question, at):
    return questions.send_link_again(question=question, by=VISITOR, at=at)


def test_the_same_link_once_more_and_for_seven_days(db):
    question = again(ask(), moment(2))
    assert question.expires_at == moment(2, days=7)
    first, second = OutgoingMail.objects.order_by("pk")
    assert (first.kind, second.kind) == ("tickets/first_question", "tickets/first_question")
    assert question.token in first.text
    assert question.token in second.text
    assert Entry.objects.last().code == "first_question.sent_again"


def test_within_a_minute_nothing_is_sent(db):
    again(ask(), moment(0.9))
    assert OutgoingMail.objects.count() == 1


def test_a_used_link_is_not_sent_again(db):
    question = ask()
    questions.confirm_first_question(question=question, key=form_key(), by=VISITOR, at=moment(1))
    with pytest.raises(questions.LinkUsed):
        again(question, moment(2))


def test_by_the_visitor_who_asked(client, db):
    question = ask(at=moment(50))
    session = client.session
    session["first_question"] = question.pk
    session.save()
    assert client.post("/en/try/again/")["Location"] == "/en/try/sent/"
    assert FirstQuestion.objects.get().sent_at == moment(60)


def test_by_whoever_holds_the_ended_link(client, db):
    question = ask(at=moment(0, days=-8))
    assert client.post("/en/try/again/", {"token": question.token})["Location"] == "/en/try/sent/"
    assert FirstQuestion.objects.get().expires_at == moment(60, days=7)


@pytest.mark.parametrize("token", ["", "1", "1.forged"])
def test_by_anybody_else_nothing_happens(db, token):
    ask()
    assert Client().post("/en/try/again/", {"token": token})["Location"] == "/en/try/"
    assert OutgoingMail.objects.count() == 1
    assert Client().get("/en/try/again/").status_code == 302
