import pytest
from django.test import Client

from carnet.people.models import Person
from tests.people import *  # noqa: F403

ADDRESS = "/desk/style-guide/"


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_every_component_in_both_themes(client: Client, awa: Person, language: str) -> None:
    awa.language = language
    awa.save()
    client.force_login(awa)
    response = client.get(ADDRESS)
    assert response.status_code == 200
    page = response.content.decode()
    for theme in ("light", "dark"):
        assert page.count(f'class="guide-theme" data-theme="{theme}"') == 7
    for component in (
        "carnet-book",
        "tape",
        "ring",
        "timer",
        "message team",
        "choice",
        "rating",
        "upload",
        "chart",
        "stars",
        "notice",
    ):
        assert f'class="{component}' in page


def test_not_for_customers(client: Client, claire: Person) -> None:
    client.force_login(claire)
    assert client.get(ADDRESS).status_code == 404


def test_not_for_visitors(client: Client, db: None) -> None:
    assert client.get(ADDRESS).status_code == 302


def test_wrong_method(client: Client, awa: Person) -> None:
    client.force_login(awa)
    assert client.post(ADDRESS).status_code == 405
