"""The page of a ticket, for the customer and at the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from carnet.tickets.actions import cover, messages, work
from carnet.tickets.models import Attachment
from carnet.work.actions import covers
from tests.factories.people import make_member, make_person, signed_in
from tests.factories.tickets import answer, close, form_key, give_tokens, in_english, make_ticket, moment, work_on
from tests.files.contents import PNG


@pytest.fixture
def ticket(martins, hugo):
    give_tokens(martins)
    return make_ticket(hugo, subject="The <b>printer</b> 🖨 الطابعة", text="It is silent.\n\nSee https://example.org/x.")


def attach(ticket, person, note=False):
    write = messages.write_note if note else messages.write_message
    upload = SimpleUploadedFile("screen.png", PNG)
    message = write(ticket=ticket, text="Look", uploads=[upload], key=form_key(), by=person.as_actor(), at=moment(5))
    return Attachment.objects.get(message=message).file


def test_the_customer_reads_it_all(ticket, hugo, awa):
    work_on(ticket, awa, 12, since=moment(10))
    answer(ticket, awa, at=moment(25), should_solve=True)
    page = in_english(hugo).get(f"/my/tickets/{ticket.pk}/").content.decode()
    for words in (
        "The &lt;b&gt;printer&lt;/b&gt; 🖨 الطابعة",
        '<a href="https://example.org/x" rel="noopener noreferrer nofollow">',
        "Restart it.",
        "12:00",
        "of 30\u00a0min paid for",
        "It’s solved: close the ticket",
        "It costs:",
        "Not solved",
        "closes automatically after",
    ):
        assert words in page


def paid_by(ticket, person, face="my"):
    page = in_english(person).get(f"/{face}/tickets/{ticket.pk}/").content.decode()
    return " ".join(strip_tags(page.split("<dt>Paid with</dt>")[1].split("</dd>")[0]).replace("\u00a0", " ").split())


@pytest.mark.parametrize("face", ["my", "desk"])
def test_T1_which_carnet_pays_and_what_is_left_in_it(ticket, hugo, awa, face):
    reader = hugo if face == "my" else awa
    assert paid_by(ticket, reader, face) == "1 ticket from carnet no. 1 2 left in it, valid until 31 December 2027"
    work_on(ticket, awa, 30, since=moment(10))
    work.follow_clock(ticket=ticket, at=moment(45))
    assert paid_by(ticket, reader, face).startswith("1 ticket from carnet no. 1 used up")
    cover.agree_to_more(ticket=ticket, means="tokens", ceiling=2, by=hugo.as_actor(), at=moment(50))
    assert paid_by(ticket, reader, face) == "2 tickets from carnet no. 1 1 left in it, valid until 31 December 2027"


def test_F3_free_minutes_and_the_carnet_after_them(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    assert paid_by(ticket, claire) == "15 minutes free"
    work_on(ticket, awa, 15, since=moment(10))
    work.follow_clock(ticket=ticket, at=moment(30))
    assert paid_by(ticket, claire) == "15 minutes free used up"
    give_tokens(martins, 1, at=moment(40))
    covers.cover_waiting(customer=martins, by=claire.as_actor(), at=moment(41))
    there = "15 minutes free, 1 ticket from carnet no. 2 0 left in it, valid until 31 December 2027"
    assert paid_by(ticket, claire) == there
    close(ticket, at=moment(50))
    assert paid_by(make_ticket(claire, means="none"), claire) == "not covered yet"


def test_P2_a_holder_sees_number_date_person_and_cost_of_others(ticket, claire, awa):
    work_on(ticket, awa, 12, since=moment(10), reason="The silent printer")
    page = in_english(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()
    for words in (f"Ticket {ticket.pk}", "Hugo Martin", "12:00", "Monday 11\u00a0January 2027"):
        assert words in page
    for words in ("printer", "It is silent."):
        assert words not in page


def test_P2_and_everything_if_it_is_allowed(ticket, claire, hugo):
    hugo.memberships.update(holder_reads=True)
    assert "It is silent." in signed_in(claire).get(f"/my/tickets/{ticket.pk}/").content.decode()


def test_who_may_see_it(ticket, martins, hugo, claire, ines, awa, client):
    buyer = make_person("Bea", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    address = f"/my/tickets/{ticket.pk}/"
    assert [signed_in(one).get(address).status_code for one in (hugo, claire, ines, buyer, awa)] == [
        200,
        200,
        404,
        404,
        404,
    ]
    assert client.get(address).status_code == 302
    assert signed_in(hugo).post(address).status_code == 405
    assert signed_in(hugo).get("/my/tickets/999/").status_code == 404


def test_who_may_see_it_at_the_desk(ticket, hugo, ines, odile, client):
    address = f"/desk/tickets/{ticket.pk}/"
    assert [signed_in(one).get(address).status_code for one in (hugo, ines, odile)] == [404, 404, 200]
    assert client.get(address).status_code == 302
    assert signed_in(odile).post(address).status_code == 405
    assert signed_in(odile).get("/desk/tickets/999/").status_code == 404


def test_the_desk_sees_customer_balance_and_history(ticket, hugo, claire, awa):
    earlier = make_ticket(claire, means="none", subject="Earlier", at=moment(-600))
    page = in_english(awa).get(f"/desk/tickets/{ticket.pk}/").content.decode()
    for words in (
        "Famille Martin",
        "2\u00a0tickets, reserved: 1\u00a0ticket",
        "Earlier",
        f"/desk/tickets/{earlier.pk}/",
        "Start the clock",
    ):
        assert words in page


def test_open_it_asks_again_and_gets_only_what_is_new(ticket, hugo, awa):
    browser, address = signed_in(hugo), f"/my/tickets/{ticket.pk}/"
    version = browser.get(address).context["version"]
    live = {"headers": {"HX-Request": "true"}}
    assert browser.get(address, {"v": version, "state": "open"}, **live).status_code == 204
    answer(ticket, awa, at=moment(60), should_solve=True)
    response = browser.get(address, {"v": version, "state": "open"}, **live)
    part = response.content.decode()
    assert "Restart it." in part
    assert "<form" not in part
    assert f'href="{address}"' in part  # the ticket waits for another word now: load the page again


def test_an_open_page_of_anothers_ticket_learns_nothing(ticket, claire):
    part = signed_in(claire).get(f"/my/tickets/{ticket.pk}/?v=x", headers={"HX-Request": "true"}).content.decode()
    assert "It is silent." not in part


def test_files_for_who_may_read_the_ticket(ticket, hugo, claire, ines, awa, client):
    address = f"/files/{attach(ticket, hugo).pk}/"
    assert address in signed_in(hugo).get(f"/my/tickets/{ticket.pk}/").content.decode()
    responses = [signed_in(one).get(address) for one in (hugo, claire, ines, awa)]
    assert [response.status_code for response in responses] == [200, 404, 404, 200]
    for response in responses:
        response.close()
    assert client.get(address).status_code == 302


def test_files_of_notes_for_the_team(ticket, hugo, awa):
    address = f"/files/{attach(ticket, awa, note=True).pk}/"
    responses = [signed_in(one).get(address) for one in (hugo, awa)]
    assert [response.status_code for response in responses] == [404, 200]
    for response in responses:
        response.close()


@pytest.mark.parametrize("face", ["my", "desk"])
def test_the_same_queries_for_one_and_for_three_messages(ticket, hugo, awa, face):
    browser = signed_in(hugo if face == "my" else awa)
    attach(ticket, hugo)
    work_on(ticket, awa, 1, since=moment(6))
    browser.get(f"/{face}/tickets/{ticket.pk}/")
    with CaptureQueriesContext(connection) as one:
        browser.get(f"/{face}/tickets/{ticket.pk}/")
    for minute in (10, 20):
        attach(ticket, hugo)
        work_on(ticket, awa, 1, since=moment(minute))
        answer(ticket, awa, at=moment(minute + 5))
    with CaptureQueriesContext(connection) as three:
        browser.get(f"/{face}/tickets/{ticket.pk}/")
    assert len(three) == len(one)
    assert len(three) <= {"my": 14, "desk": 12}[face]


def test_a_closed_ticket_says_what_it_cost_and_can_be_rated(ticket, hugo, awa):
    work_on(ticket, awa, 12, since=moment(10))
    answer(ticket, awa, at=moment(25), should_solve=True)
    close(ticket, at=moment(30))
    page = in_english(hugo).get(f"/my/tickets/{ticket.pk}/").content.decode()
    for words in ("Closed: solved", "1\u00a0ticket", "How did we do?"):
        assert words in page
    page = in_english(awa).get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Save as a note" in page
    assert "Send and wait for a reply" not in page
