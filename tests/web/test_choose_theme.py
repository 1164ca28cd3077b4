import pytest
from django.test import Client

from carnet.people.models import Person
from tests.people import *  # noqa: F403

pytestmark = pytest.mark.urls("tests.web.every_address")


def test_visitor_keeps_the_theme_in_the_browser(client: Client, db: None) -> None:
    response = client.post("/look/theme/", {"theme": "dark", "next": "/en/offers/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/en/offers/")
    assert client.cookies["theme"].value == "dark"
    client.post("/look/theme/", {"theme": ""})
    assert client.cookies["theme"].value == ""


def test_person_keeps_it_in_the_profile(client: Client, claire: Person) -> None:
    client.force_login(claire)
    client.post("/look/theme/", {"theme": "light"})
    claire.refresh_from_db()
    assert claire.theme == "light"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_never_leads_to_another_site(client: Client, db: None, elsewhere: str) -> None:
    assert client.post("/look/theme/", {"theme": "dark", "next": elsewhere}).headers["Location"] == "/"


def test_unknown_theme_is_none(client: Client, claire: Person) -> None:
    client.force_login(claire)
    client.post("/look/theme/", {"theme": "<script>"})
    claire.refresh_from_db()
    assert claire.theme == ""


def test_wrong_method(client: Client, db: None) -> None:
    assert client.get("/look/theme/").status_code == 302
