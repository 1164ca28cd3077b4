"""The permanent people of the tests: whoever does something in a test is one of them, so that it reads like a story.

Claire holds the household Martin, Hugo is a member of it. Inès holds a company and has nothing to do with the Martins.
Awa answers at the desk, Odile owns the business.
"""

import pytest

from carnet.people.models import Customer, Person
from tests.factories.people import make_customer, make_member, make_person


@pytest.fixture
def martins(db: None) -> Customer:
    """Claire's household."""
    return make_customer(make_person("Claire Martin", email="claire@example.org"), "Famille Martin")


@pytest.fixture
def claire(martins: Customer) -> Person:
    """The holder."""
    return Person.objects.get(email="claire@example.org")


@pytest.fixture
def hugo(martins: Customer) -> Person:
    """Claire's colleague in these tests: a member of her household."""
    person = make_person("Hugo Martin", email="hugo@example.org")
    make_member(martins, person)
    return person


@pytest.fixture
def robledo(db: None) -> Customer:
    """Inès' company."""
    return make_customer(
        make_person("Inès Robledo", email="ines@example.org", language="es"), "Atelier Robledo", kind="company"
    )


@pytest.fixture
def ines(robledo: Customer) -> Person:
    """The stranger: the holder of another customer."""
    return Person.objects.get(email="ines@example.org")


@pytest.fixture
def awa(db: None) -> Person:
    """The agent."""
    return make_person("Awa Diallo", email="awa@example.org", staff="agent")


@pytest.fixture
def odile(db: None) -> Person:
    """The owner."""
    return make_person("Odile Bernard", email="odile@example.org", staff="owner")
