"""What a ticket waits for is said in words, and what asks nobody for anything is calm."""

import re

import pytest
import time_machine
from django.core.cache import cache

from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import work
from carnet.tickets.models import Ticket
from carnet.tickets.queries import queue
from tests.factories.tickets import answer, close, give_tokens, in_english, make_ticket, moment, work_on

CONSENT = ("Waiting for your consent", "Waiting for the customer’s consent")
UNITS = ("No tickets or minutes available", "Waiting for tickets or minutes")


@pytest.fixture(autouse=True)
def _an_hour_later():
    cache.clear()
    queue.forget()
    with time_machine.travel(moment(60), tick=False):
        yield


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def page(reader, path):
    return words(in_english(reader).get(path).content.decode().split("<main", 1)[1].split("</main>", 1)[0])


def used_up(claire, awa) -> Ticket:
    """Thirty paid minutes are worked, and nobody has agreed to more."""
    ticket = make_ticket(claire, subject="The printer")
    work_on(ticket, awa, 30, since=moment(0))
    work.follow_clock(ticket=ticket, at=moment(31))
    ticket.refresh_from_db()
    return ticket


@pytest.mark.parametrize(("tokens", "said"), [(3, CONSENT), (1, UNITS)])
def test_case_C8_after_the_paid_time_it_says_what_it_waits_for(martins, claire, awa, tokens, said):
    give_tokens(martins, tokens)
    ticket = used_up(claire, awa)
    for path in ("/my/", "/my/tickets/", f"/my/tickets/{ticket.pk}/"):
        assert said[0] in page(claire, path), path
    for path in ("/desk/queue/for_cover/", f"/desk/tickets/{ticket.pk}/", f"/desk/customers/{martins.pk}/"):
        assert said[1] in page(awa, path), path
    assert "Carnet 1, used up" in page(awa, "/desk/queue/for_cover/")
    every = [page(claire, "/my/"), page(claire, f"/my/tickets/{ticket.pk}/"), page(awa, "/desk/queue/for_cover/")]
    assert [one for one in every if "othing pays" in one or "not covered yet" in one] == []


def test_case_C8_the_question_on_the_page_says_which(martins, claire, awa):
    give_tokens(martins, 3)
    assert "The paid time is used up: shall we continue?" in page(claire, f"/my/tickets/{used_up(claire, awa).pk}/")
    alone = make_ticket(claire, means="none", subject="Alone")
    assert "We have your question and are waiting for your consent" in page(claire, f"/my/tickets/{alone.pk}/")


def test_case_C8_without_units_the_question_says_so(martins, claire, awa):
    give_tokens(martins, 1)
    ticket = used_up(claire, awa)
    assert "you have no tickets or minutes left for it" in page(claire, f"/my/tickets/{ticket.pk}/")
    kept = make_ticket(claire, means="none")
    assert "We have your question, but you have no tickets or minutes for it" in page(claire, f"/my/tickets/{kept.pk}/")


@pytest.mark.parametrize(
    ("tokens", "said"), [(0, "You have no tickets or minutes for it yet"), (3, "It is waiting for your consent")]
)
def test_case_C8_the_mail_says_which(martins, claire, tokens, said):
    claire.language = "en"
    claire.save()
    if tokens:
        give_tokens(martins, tokens)
    make_ticket(claire, means="none")
    mail = OutgoingMail.objects.get(kind="tickets/waiting_for_cover")
    assert said in mail.text
    assert said in words(mail.html)


def test_case_C10_a_closed_ticket_is_calm(martins, claire, awa):
    give_tokens(martins, 1)
    ticket = used_up(claire, awa)
    readers = ((claire, f"/my/tickets/{ticket.pk}/"), (awa, f"/desk/tickets/{ticket.pk}/"))
    for reader, path in readers:  # somebody has to decide
        assert 'class="ring full ' in in_english(reader).get(path).content.decode()
    close(ticket, at=moment(40))
    for reader, path in readers:
        html = in_english(reader).get(path).content.decode()
        assert 'class="ring over ' in html
        assert "ring full" not in html


def test_case_C10_what_waits_for_a_word_about_the_answer_is_calm_too(martins, claire, awa):
    give_tokens(martins, 1)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 30, since=moment(0))
    answer(ticket, awa, at=moment(30), should_solve=True)
    assert 'class="ring over ' in in_english(awa).get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_case_C9_beside_a_ticket_what_is_over_is_not_left(martins, claire, awa):
    close(make_ticket(claire, means="trial"), at=moment(3))
    with time_machine.travel(moment(days=60), tick=False):
        kept = make_ticket(claire, means="none", at=moment(days=60))
        assert "Free minutes expired: 15 minutes ended on 10 February 2027" in page(awa, f"/desk/tickets/{kept.pk}/")


def test_case_C9_beside_a_ticket_what_is_reserved_is_named(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    assert "Free minutes reserved: 15 minutes until 10 February 2027" in page(awa, f"/desk/tickets/{ticket.pk}/")
