from django.test import Client
from django.utils import translation

from carnet.people.models import Person
from tests.people import *  # noqa: F403

ADDRESS = "/desk/style-guide/"


def test_page_asks_to_sign_in_and_leads_back(client: Client, db: None) -> None:
    response = client.get(ADDRESS)
    assert response.status_code == 302
    assert response.headers["Location"].endswith("/account/login/?next=/desk/style-guide/")


def test_fragment_of_a_lost_session_says_so_in_its_place(client: Client, db: None) -> None:
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": "https://help.example.org/my/tickets/12/?page=2",
        "Accept-Language": "en",
    }
    response = client.get(ADDRESS, headers=headers)
    assert response.status_code == 401
    page = response.content.decode()
    assert "You were signed out. What you typed is kept in this browser." in page
    assert "/en/account/login/?next=%2Fmy%2Ftickets%2F12%2F" in page
    assert "<html" not in page


def test_fragment_that_names_no_address(client: Client, db: None) -> None:
    response = client.get(
        ADDRESS, headers={"HX-Request": "true", "HX-Current-URL": "http://[", "Accept-Language": "en"}
    )
    assert response.status_code == 401
    assert "/en/account/login/?next=%2F" in response.content.decode()


def test_stranger_does_not_learn_what_exists(client: Client, claire: Person) -> None:
    client.force_login(claire)
    with translation.override("fr"):
        assert client.get(ADDRESS).status_code == 404
