"""The desk's page of one customer: units, tickets, movements, people."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.people.actions import customers
from carnet.people.models import Customer, Person
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import give
from tests.factories.orders import open_shop, place
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


def test_case_C5_how_they_are_reached_comes_first(awa, martins, claire):
    Person.objects.filter(pk=claire.pk).update(phone="+33 6 12 34 56 78")
    give_tokens(martins)
    page = shown(awa, martins)
    assert 'href="tel:+33612345678"' in page
    assert 'href="mailto:claire@example.org"' in page
    found = words(page)
    order = ("Contact", "What is left", "Tickets", "Transactions", "Billing")
    places = [page.index(f"<h2>{heading}</h2>") for heading in order]
    assert places == sorted(places)
    assert "No address yet" in found
    Customer.objects.filter(pk=martins.pk).update(street="1 rue Haute", postcode="67000", city="Strasbourg")
    assert "Famille Martin 1 rue Haute 67000 Strasbourg Number" in words(shown(awa, martins))


def test_case_C5_the_address_of_the_last_order_if_there_is_no_other(awa, martins, claire):
    open_shop()
    place(claire, put_on_sale(), at="2027-01-11 09:30")
    assert "Claire Martin 1 rue Haute 67000 Strasbourg as on the last order" in words(shown(awa, martins))


def test_case_C5_only_the_last_of_everything_with_a_way_to_all(awa, martins, claire):
    open_shop()
    give_tokens(martins, 9)
    for minute in range(7):
        close(make_ticket(claire, subject=f"Question {minute}", at=moment(minute)), at=moment(minute + 1))
        place(claire, put_on_sale(), at=moment(minute + 1))
    page = shown(awa, martins)
    main = words(page.split("<main", 1)[1])
    tickets, transactions = main.split("Transactions", 1)[0], main.split("Transactions", 1)[1].split("Money", 1)[0]
    assert [number for number in range(7) if f"Question {number}" in tickets] == [2, 3, 4, 5, 6]
    assert [number for number in range(7) if f"Question {number}" in transactions] == [2, 3, 4, 5, 6]
    assert "All tickets (7)" in tickets
    assert main.count("waiting for payment") == 5
    everything = f"/desk/customers/{martins.pk}/"
    for part, name, count in (("tickets", "Question", 7), ("money", "waiting for payment", 7)):
        assert f'href="{everything}{part}/"' in page
        response = in_english(awa).get(f"{everything}{part}/")
        assert words(response.content.decode().split("<main", 1)[1]).count(name) == count


def test_case_C9_what_lapsed_is_not_left(awa, martins, claire):
    close(make_ticket(claire, means="trial"), at=moment(3))
    with time_machine.travel(moment(days=60), tick=False):
        assert "What is left Free minutes expired: 15 minutes ended on 10 February 2027" in words(shown(awa, martins))


def test_what_is_past_is_put_away(awa, martins, claire):
    give(martins, 2, until="2027-01-20", at="2027-01-11 09:10")
    with time_machine.travel("2027-01-21 12:00", tick=False):
        page = words(shown(awa, martins))
    assert "Carnet 1 expired: 2 tickets ended on 20 January 2027 Used or expired (1) Carnet no. 1 2 expired" in page


def test_nothing_yet(awa, martins):
    page = words(shown(awa, martins))
    assert "No tickets or minutes yet: no free minutes, no goodwill, no pack." in page
    assert "No tickets yet." in page
    assert "None yet." in page


def test_its_people_and_whom_they_invited(awa, martins, claire, hugo):
    Person.objects.filter(pk=claire.pk).update(phone="+33 6 12 34 56 78")
    gone = make_person("Gone Martin")
    make_member(martins, gone)
    customers.remove_member(membership_of(gone, martins), by=claire.as_actor(), at=moment(5))
    invited(martins, "lea@example.org", at=moment(10))
    page = words(shown(awa, martins))
    assert "Claire Martin account holder +33 6 12 34 56 78 claire@example.org" in page
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


@pytest.mark.parametrize("page", ["", "tickets/", "money/"])
def test_who_may(awa, odile, claire, martins, client, page):
    address = f"/desk/customers/{martins.pk}/{page}"
    assert [signed_in(one).get(address).status_code for one in (awa, odile, claire)] == [200, 200, 404]
    assert client.get(address).status_code == 302
    assert signed_in(awa).post(address).status_code == 405
    assert signed_in(awa).get(f"/desk/customers/999/{page}").status_code == 404
    assert signed_in(awa).get(f"/desk/customers/{'9' * 30}/").status_code == 404
