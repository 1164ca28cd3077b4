import pytest
from django.test import Client

from carnet.people.models import Person
from tests.people import *  # noqa: F403

pytestmark = pytest.mark.urls("tests.web.every_address")


def test_visitor_keeps_the_language_in_the_browser(client: Client, db: None) -> None:
    response = client.post("/look/language/", {"language": "es", "next": "/my/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/my/")
    assert client.cookies["django_language"].value == "es"


def test_person_keeps_it_in_the_profile(client: Client, claire: Person) -> None:
    client.force_login(claire)
    client.post("/look/language/", {"language": "en"})
    claire.refresh_from_db()
    assert claire.language == "en"


def test_unknown_language_changes_nothing(client: Client, claire: Person) -> None:
    client.force_login(claire)
    assert client.post("/look/language/", {"language": "de"}).status_code == 302
    claire.refresh_from_db()
    assert claire.language == "fr"
    assert "django_language" not in client.cookies


def test_wrong_method(client: Client, db: None) -> None:
    assert client.get("/look/language/").status_code == 302
