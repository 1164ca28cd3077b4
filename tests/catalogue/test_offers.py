from typing import Any

import pytest
from django.test import Client

from carnet.audit.actors import system
from carnet.catalogue import actions
from carnet.catalogue.models import Edition
from carnet.kernel import clock
from carnet.provider import actions as provider
from demo.year import catalogue

pytestmark = pytest.mark.django_db

DEMO = system("demo")


def plain(page: bytes) -> str:
    return page.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def on_sale() -> None:
    catalogue.build(by=DEMO, at=clock.now())


@pytest.mark.usefixtures("on_sale")
@pytest.mark.parametrize(
    ("language", "name"), [("fr", "Carnet de 20"), ("en", "Carnet of 20"), ("es", "Talonario de 20")]
)
def test_in_each_language(client: Client, language: str, name: str) -> None:
    page = plain(client.get(f"/{language}/offers/").content)
    assert name in page
    assert ("€240" if language == "en" else "240 €") in page
    assert ("€200.00" if language == "en" else "200,00 €") in page


@pytest.mark.usefixtures("on_sale")
def test_prices_without_vat_for_companies(client: Client) -> None:
    page = plain(client.get("/en/offers/?prices=net").content)
    for price in ("€24.17", "€12.50", "€58.33", "€200.00", "€458.33", "€91.67", "€216.67", "€408.33"):
        assert price in page


@pytest.mark.usefixtures("on_sale")
def test_who_charges_no_vat_has_one_price(client: Client) -> None:
    provider.change_company(fields={"vat_scheme": "franchise"}, by=DEMO, at=clock.now())
    page = plain(client.get("/en/offers/").content)
    assert "Excluding VAT, for companies" not in page
    assert "293 B" in page


@pytest.mark.usefixtures("on_sale")
def test_what_was_withdrawn_is_gone(client: Client) -> None:
    edition = Edition.objects.get(offer__code="tokens-50")
    actions.withdraw_edition(edition=edition, by=DEMO, at=clock.now())
    page = client.get("/en/offers/").content.decode()
    assert "Carnet of 50" not in page
    assert "Carnet of 20" in page


def test_before_anything_is_on_sale(client: Client) -> None:
    response = client.get("/en/offers/")
    assert response.status_code == 200
    assert "Nothing is on sale yet" in response.content.decode()


@pytest.mark.usefixtures("on_sale")
def test_one_query_for_all_offers(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/fr/offers/")
    with django_assert_num_queries(2):  # and which legal texts are published (case E3)
        client.get("/fr/offers/")


@pytest.mark.usefixtures("on_sale")
@pytest.mark.parametrize("prices", ["", "gross", "<script>", "net%00"])
def test_any_other_word_shows_prices_with_vat(client: Client, prices: str) -> None:
    response = client.get("/fr/offers/", {"prices": prices} if "%" not in prices else None)
    assert (response.status_code, response.context["is_net"]) == (200, False)


@pytest.mark.parametrize(
    ("address", "first", "then"),
    [
        ("/en/", "Not yet available online", "<h3>Subscription</h3>"),
        ("/en/offers/", "The subscription can’t be ordered online yet", 'class="figure"'),
        ("/en/offers/?questions=30&minutes=20&people=1", "Not yet available online", "12 months at"),
    ],
)
def test_case_C16_what_cannot_be_bought_yet_says_so_first(client, address, first, then):
    catalogue.build(by=DEMO, at=clock.now())
    page = client.get(address).content.decode().partition("<main")[2]
    about = page[page.index('id="advice"') :] if "questions" in address else page
    assert first in about
    assert about.index(first) < about.index(then)
    assert page.count("can’t be ordered online yet") == (0 if address == "/en/" else 1)
