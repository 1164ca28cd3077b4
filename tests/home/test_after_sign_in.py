import pytest
from django.test import Client

from carnet.people.models import Person
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def goes_to(client: Client, person: Person) -> str:
    client.force_login(person)
    response = client.get("/fr/after-sign-in/")
    assert response.status_code == 302
    return str(response.headers["Location"])


def test_the_team_goes_to_the_desk(client: Client, awa: Person, odile: Person) -> None:
    assert goes_to(client, awa) == "/desk/queue/"
    assert goes_to(client, odile) == "/desk/queue/"


def test_who_belongs_to_a_customer_goes_to_the_overview(client: Client, claire: Person, hugo: Person) -> None:
    assert goes_to(client, claire) == "/my/"
    assert goes_to(client, hugo) == "/my/"


def test_who_belongs_to_nobody_sets_up_a_customer(client: Client) -> None:
    assert goes_to(client, make_person("Nora Petit", email="nora@example.org")) == "/my/new/"


def test_nobody_is_asked_to_sign_in(client: Client) -> None:
    response = client.get("/fr/after-sign-in/")
    assert response.headers["Location"].startswith("/fr/account/login/")
