import pytest
from django.test import Client

from carnet.people.models import Person
from carnet.provider import rules

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_shows_the_company_and_every_setting(client: Client, odile: Person, language: str) -> None:
    odile.language = language
    odile.save()
    client.force_login(odile)
    page = client.get("/desk/settings/").content.decode()
    assert [name for name in rules.SETTINGS if f"/desk/settings/{name}/" not in page] == []


def test_only_the_owner_sees_it(client: Client, awa: Person) -> None:
    client.force_login(awa)
    assert client.get("/desk/settings/").status_code == 404
    client.logout()
    assert client.get("/desk/settings/").status_code == 302


def test_it_only_shows(client: Client, odile: Person) -> None:
    client.force_login(odile)
    assert client.post("/desk/settings/").status_code == 405
