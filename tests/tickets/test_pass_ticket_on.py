"""P3: what becomes of the open tickets of a person who was removed."""

import pytest

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.people.actions import customers
from carnet.people.models import Membership
from carnet.tickets import tasks
from carnet.tickets.actions import assigning
from carnet.tickets.models import Ticket
from tests.factories.people import TEST, make_member, make_person, membership_of, signed_in
from tests.factories.tickets import answer, close, give_tokens, make_ticket, moment


@pytest.fixture
def ticket(martins, hugo):
    give_tokens(martins)
    return make_ticket(hugo, subject="A secret", text="Hidden words")


def remove(person, customer, by):
    customers.remove_member(membership_of(person, customer), by=by.as_actor(), at=moment(10))


def test_to_a_holder_who_is_told_without_its_content(ticket, martins, claire, hugo):
    remove(hugo, martins, claire)
    tasks.pass_on.call()
    tasks.pass_on.call()
    ticket.refresh_from_db()
    assert (ticket.passed_to, ticket.asked_by) == (claire, hugo)
    assert Entry.objects.get(code="ticket.passed_on").details == {"holder": claire.pk}
    mail = OutgoingMail.objects.get(kind="tickets/passed_on")
    assert mail.to == "claire@example.org"
    for text in (mail.subject, mail.text, mail.html):
        assert "A secret" not in text


def test_what_is_answered_later_goes_to_the_holder_without_its_content(ticket, martins, claire, hugo, awa):
    remove(hugo, martins, claire)
    tasks.pass_on.call()
    answer(ticket, awa, at=moment(70), asks=True, text="Which secret?")
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.kind, mail.to) == ("tickets/asked_back", "claire@example.org")
    for text in (mail.subject, mail.text, mail.html):
        assert "secret" not in text
    page = signed_in(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    assert "ecret" not in page


def test_the_removed_person_sees_nothing_any_more(ticket, martins, claire, hugo):
    remove(hugo, martins, claire)
    assert signed_in(hugo).get(f"/my/tickets/{ticket.pk}/").status_code == 404
    assert list(Ticket.objects.visible_to(hugo)) == []


def test_contents_that_were_allowed_stay_readable(ticket, martins, claire, hugo):
    Membership.objects.filter(person=hugo).update(holder_reads=True)
    remove(hugo, martins, claire)
    tasks.pass_on.call()
    assert "Hidden words" in signed_in(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()


def test_when_that_holder_goes_too_it_passes_on(ticket, martins, claire, hugo):
    lea = make_person("Léa", email="lea@example.org")
    make_member(martins, lea, role="holder", at=moment(1))
    remove(hugo, martins, claire)
    tasks.pass_on.call()
    remove(claire, martins, lea)
    tasks.pass_on.call()
    ticket.refresh_from_db()
    assert ticket.passed_to == lea


def test_who_is_still_there_keeps_it_and_who_has_it_too(ticket, martins, claire, hugo):
    def pass_on():
        return assigning.pass_ticket_on(ticket=ticket, by=TEST, at=moment(20)).passed_to

    assert pass_on() is None
    remove(hugo, martins, claire)
    assert (pass_on(), pass_on()) == (claire, claire)
    assert OutgoingMail.objects.filter(kind="tickets/passed_on").count() == 1


def test_closed_tickets_and_those_of_members_stay(ticket, martins, claire, hugo):
    mine = make_ticket(claire)
    close(ticket, at=moment(5))
    remove(hugo, martins, claire)
    tasks.pass_on.call()
    assert list(Ticket.objects.order_by("pk").values_list("passed_to", flat=True)) == [None, None]
    assert mine.asked_by == claire
