"""The desk's page of one customer: units, tickets, movements, people."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.people import actions as people
from carnet.people.models import Customer, Person
from tests.factories.ledger import give, sell
from tests.factories.people import invited, make_member, make_person, membership_of, signed_in
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, work_on

pytestmark = pytest.mark.usefixtures("_ten_o_clock")


def shown(agent: Person, customer: Customer) -> str:
    response = in_english(agent).get(f"/desk/customers/{customer.pk}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_team_reads_everything(awa, martins, claire, hugo):
    give_tokens(martins)
    used, kept = make_ticket(claire, subject="Hers"), make_ticket(hugo, subject="His")
    work_on(used, awa, 12, since=moment(5))
    close(used, at=moment(30))
    page = shown(awa, martins)
    assert re.findall(r'<a class="stub (\w+)" href="([^"]+)" title="([^"]+)"', page) == [
        ("spent", f"/desk/tickets/{used.pk}/", "Hers"),
        ("held", f"/desk/tickets/{kept.pk}/", "His"),
    ]
    assert f"His {kept.pk} · Hugo Martin" in words(page)


def test_movements_with_their_rule_and_cause(awa, martins, claire):
    sell(martins, 5, months=6, at="2027-01-11 09:10")
    ticket = make_ticket(claire, at=moment(20))
    sell(martins, 20, months=12, at="2027-01-11 09:30")
    page = shown(awa, martins)
    rows = [
        words(row)
        for row in re.findall(r"<tr>(.*?)</tr>", page.split("Latest ticket and minute transactions", 1)[1])[1:]
    ]
    assert rows == [
        "4 today 9:30 1 last day: 11 January 2028 L6 no. 2",
        "3 today 9:30 2 new: 11 January 2028 20 tickets L1 no. 2",
        f"2 today 9:20 1 reserved 1 ticket T1 ticket {ticket.pk}",
        "1 today 9:10 1 new: 11 July 2027 5 tickets L1 no. 1",
    ]


def test_what_is_past_is_put_away(awa, martins, claire):
    give(martins, 2, until="2027-01-20", at="2027-01-11 09:10")
    with time_machine.travel("2027-01-21 12:00", tick=False):
        page = words(shown(awa, martins))
    assert "Tickets and minutes Nothing left at the moment Used or expired (1) Carnet no. 1 2 expired" in page


def test_nothing_yet(awa, martins):
    page = words(shown(awa, martins))
    assert "No tickets or minutes yet: no free minutes, no goodwill, no pack." in page
    assert "No tickets yet." in page
    assert "None yet." in page


def test_its_people_and_whom_they_invited(awa, martins, claire, hugo):
    Person.objects.filter(pk=claire.pk).update(phone="+33 6 12 34 56 78")
    gone = make_person("Gone Martin")
    make_member(martins, gone)
    people.remove_member(membership_of(gone, martins), by=claire.as_actor(), at=moment(5))
    invited(martins, "lea@example.org", at=moment(10))
    page = words(shown(awa, martins))
    assert "Claire Martin account holder claire@example.org · +33 6 12 34 56 78" in page
    assert "Hugo Martin member hugo@example.org" in page
    assert "lea@example.org, invitation valid until" in page
    assert "Gone Martin" not in page


def test_an_invitation_that_ended_is_not_shown(awa, martins, claire):
    invited(martins, "lea@example.org", at=moment(10))
    with time_machine.travel("2027-01-25 12:00", tick=False):
        assert "lea@example.org" not in shown(awa, martins)


def test_only_the_owner_gives_units(awa, odile, martins):
    assert "Give goodwill tickets" not in shown(awa, martins)
    assert f"/desk/customers/{martins.pk}/goodwill/" in shown(odile, martins)


def test_the_same_queries_for_one_row_and_for_three(awa, martins, claire):
    browser = signed_in(awa)

    def add(minute: int) -> None:
        give_tokens(martins, 2, at=moment(minute))
        ticket = make_ticket(claire, at=moment(minute))
        work_on(ticket, awa, 2, since=moment(minute + 1))
        close(ticket, at=moment(minute + 4))
        make_ticket(claire, at=moment(minute))
        make_member(martins, make_person(f"Member {minute}"))
        invited(martins, f"guest{minute}@example.org", at=moment(minute))

    def queries() -> int:
        browser.get(f"/desk/customers/{martins.pk}/")
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"/desk/customers/{martins.pk}/")
        return len(captured)

    add(1)
    one = queries()
    add(11)
    add(21)
    assert queries() == one


def test_who_may(awa, odile, claire, martins, client):
    address = f"/desk/customers/{martins.pk}/"
    assert [signed_in(one).get(address).status_code for one in (awa, odile, claire)] == [200, 200, 404]
    assert client.get(address).status_code == 302
    assert signed_in(awa).post(address).status_code == 405
    assert signed_in(awa).get("/desk/customers/999/").status_code == 404
    assert signed_in(awa).get(f"/desk/customers/{'9' * 30}/").status_code == 404
