import pytest
from django.test import Client

from carnet.audit.models import Entry
from carnet.people.models import Person
from carnet.provider import queries

pytestmark = pytest.mark.django_db

TYPED = {
    "trade_name": "Assistance Exemple",
    "legal_name": "Exemple",
    "legal_form": "SARL",
    "capital": "5000,50",
    "country": "fr",
    "siren": "732 829 320",
    "siret": "732 829 320 00074",
    "vat_scheme": "standard",
    "mediator_url": "mediation.example.org",
}


@pytest.fixture
def desk(client: Client, odile: Person) -> Client:
    client.force_login(odile)
    return client


def test_stores_what_was_typed(desk: Client) -> None:
    response = desk.post("/desk/settings/company/", TYPED)
    company = queries.company()
    assert (response.status_code, company.name_with_form, company.country) == (302, "Exemple SARL", "FR")
    assert (company.capital_cents, company.siret, company.mediator_url) == (
        500_050,
        "73282932000074",
        "https://mediation.example.org",
    )


def test_twice_changes_nothing_more(desk: Client) -> None:
    for _ in range(2):
        desk.post("/desk/settings/company/", TYPED)
    assert Entry.objects.filter(code="company.changed").count() == 1


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("siren", "123"),
        ("siret", "55210055400054"),
        ("vat_number", "FR00732829320"),
        ("iban", "FR76 1234"),
        ("bic", "?"),
        ("country", "France"),
        ("trade_name", ""),
        ("capital", "-5"),
        ("email", "nobody"),
        ("mediator_url", "javascript:alert(1)"),
        ("legal_name", "x" * 161),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_the_rest_is_kept(desk: Client, name: str, typed: str) -> None:
    response = desk.post("/desk/settings/company/", {**TYPED, "city": "Strasbourg", name: typed})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'id="id_{name}_error"' in page
    assert 'value="Strasbourg"' in page
    assert queries.company().city == ""


def test_is_in_the_history(desk: Client) -> None:
    desk.post("/desk/settings/company/", TYPED)
    page = desk.get("/desk/settings/company/").content.decode()
    assert "legal_form" in page
    assert "Odile Bernard" in page


def test_an_agent_finds_nothing(client: Client, awa: Person) -> None:
    client.force_login(awa)
    assert client.get("/desk/settings/company/").status_code == 404
