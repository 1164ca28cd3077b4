"""The desk finds a customer by whatever somebody has at hand."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.people.models import Person
from tests.factories.people import make_customer, make_member, make_person, signed_in
from tests.factories.tickets import close, in_english, make_ticket, moment

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/customers/"


def found(agent: Person, words: str) -> list[str]:
    """The names of the customers found, in order."""
    response = signed_in(agent).get(ADDRESS, {"q": words})
    assert response.status_code == 200
    return [customer.name for customer in response.context["page"]]


@pytest.fixture
def petits(db):
    """A third household, between the two others by name."""
    return make_customer(make_person("Noé Petit", email="noe@example.org"), "Famille Petit")


def test_all_in_order_of_name(awa, martins, robledo, petits):
    assert found(awa, "") == ["Atelier Robledo", "Famille Martin", "Famille Petit"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("martin", ["Famille Martin"]),
        ("  Martin ", ["Famille Martin"]),
        ("FAMILLE", ["Famille Martin", "Famille Petit"]),
        ("Hugo", ["Famille Martin"]),
        ("hugo@example.org", ["Famille Martin"]),
        ("NOE@", ["Famille Petit"]),
        ("example.org", ["Atelier Robledo", "Famille Martin", "Famille Petit"]),
        ("nobody", []),
        ("pétit", ["Famille Petit"]),
        ("noe petit", ["Famille Petit"]),
        ("NOÉ", ["Famille Petit"]),
        ("Noe\u0301", ["Famille Petit"]),
    ],
)
def test_case_A4_by_name_and_address(awa, martins, hugo, robledo, petits, words, names):
    assert found(awa, words) == names


@pytest.mark.parametrize("kept", ["+33 6 12 34 56 78", "06.12.34.56.78", "0612345678", "(06) 12-34-56/78"])
@pytest.mark.parametrize("typed", ["0612345678", "06 12 34 56 78", "+33612345678", "+33 (0)6 12.34.56.78", "345678"])
def test_by_phone_however_it_is_written(awa, claire, robledo, kept, typed):
    Person.objects.filter(pk=claire.pk).update(phone=kept)
    assert found(awa, typed) == ["Famille Martin"]
    assert found(awa, "0698765432") == []


def test_few_digits_are_no_phone(awa, claire):
    Person.objects.filter(pk=claire.pk).update(phone="0612345678")
    assert found(awa, "12345") == []


def test_by_the_number_of_a_customer_or_a_ticket(awa, martins, robledo, petits, claire):
    for _ in range(6):
        ticket = make_ticket(claire, means="none")
    assert ticket.pk not in {martins.pk, robledo.pk, petits.pk}
    assert found(awa, str(ticket.pk)) == found(awa, f"#{ticket.pk}") == ["Famille Martin"]
    assert "Famille Petit" in found(awa, str(petits.pk))


def test_a_removed_member_still_leads_there(awa, martins, hugo):
    hugo.memberships.update(ended_at=moment(5))
    assert found(awa, "Hugo") == ["Famille Martin"]


@pytest.mark.parametrize(
    "words",
    [
        "9" * 18,
        "9" * 200,
        "%",
        "_",
        "\\",
        "'; --",
        "١٢٣",
        "²",
        "😀",
        "א",
        "+",
        "-./()",
        "#",
        "1e9",
        "a\tb",
    ],
)
def test_absurd_words_find_nothing(awa, martins, words):
    assert found(awa, words) == []


def test_what_was_typed_stands_in_the_field(awa, martins):
    page = signed_in(awa).get(ADDRESS, {"q": '"><b>'}).content.decode()
    assert 'value="&quot;&gt;&lt;b&gt;"' in page


def test_more_than_fits_the_field_is_not_looked_for(awa, martins):
    assert found(awa, "x" * 201) == ["Famille Martin"]


def test_NUL_is_left_out(awa, martins, robledo):
    assert found(awa, "mar\0tin") == ["Famille Martin"]


def test_says_what_to_try_when_nothing_is_found(awa, martins):
    page = in_english(awa).get(ADDRESS, {"q": "nobody"}).content.decode()
    assert "No customers found" in page
    assert "Try a part of a name or address" in page


def test_before_the_first_customer(awa):
    assert "Customers appear here with their first question" in in_english(awa).get(ADDRESS).content.decode()


def test_how_many_tickets_are_open(awa, martins, hugo, claire, robledo):
    make_member(robledo, hugo)
    for person in (claire, claire):
        make_ticket(person, means="none")
    close(make_ticket(claire, means="none"), at=moment(5))
    rows = signed_in(awa).get(ADDRESS).context["page"].object_list
    assert [(row.name, row.open_tickets) for row in rows] == [("Atelier Robledo", 0), ("Famille Martin", 2)]


def test_page_by_page(awa, claire):
    for number in range(120):
        make_customer(claire, f"Famille {number:03}", at=moment(days=number))
    browser = in_english(awa)

    def names(**query: object) -> list[str]:
        return [one.name for one in browser.get(ADDRESS, query).context["page"]]

    assert names()[0] == "Famille 000"
    assert (len(names()), len(names(page=2)), len(names(page=3))) == (50, 50, 21)
    assert names(page=99) == names(page=3)
    assert names(page="x") == names()
    page = browser.get(ADDRESS, {"q": "Famille", "page": "2"}).content.decode()
    assert re.findall(r'href="(\?[^"]*page=3)"', page)[0] == "?q=Famille&amp;page=3"


def test_the_same_queries_for_one_and_for_three(awa, claire):
    browser = signed_in(awa)
    browser.get(ADDRESS)
    with CaptureQueriesContext(connection) as one:
        browser.get(ADDRESS, {"q": "Famille"})
    for number in range(2):
        make_customer(claire, f"Famille {number}")
    with CaptureQueriesContext(connection) as three:
        browser.get(ADDRESS, {"q": "Famille"})
    assert len(three) == len(one)


def test_who_may(awa, odile, claire, client):
    assert [signed_in(one).get(ADDRESS).status_code for one in (awa, odile, claire)] == [200, 200, 404]
    assert client.get(ADDRESS).status_code == 302
    assert signed_in(awa).post(ADDRESS).status_code == 405
