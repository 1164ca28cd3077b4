"""Case E3: nothing is sold while the company's record or a legal text is missing, and the owner is told what."""

import pytest
import time_machine

from carnet.orders.actions import placing
from carnet.orders.models import Order
from carnet.provider import actions as provider
from carnet.provider import rules
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, place
from tests.factories.people import BEGAN, signed_in

pytestmark = pytest.mark.django_db
START, ORDER, OFFERS = "/en/order/tokens-20/", "/my/order/tokens-20/", "/en/offers/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(moment(AT), tick=False):
        yield


def in_english(person):
    person.language = "en"
    person.save()
    return signed_in(person)


@pytest.mark.parametrize("kind", rules.NEEDED_TEXTS)
def test_case_E3_a_legal_text_is_missing(claire, odile, kind):
    open_shop(without_text=kind)
    edition = put_on_sale()
    if kind != "terms":  # without terms there is not even something to agree to
        with pytest.raises(placing.NotOpenForSale):
            place(claire, edition)
    assert "Missing texts to publish:" in in_english(odile).get("/desk/settings/").content.decode()


def test_case_E3_pages_say_so_and_order_nothing(client, claire, odile):
    open_shop(siren="")
    put_on_sale()
    for browser, page in ((client, START), (in_english(claire), ORDER)):
        answer = browser.get(page)
        assert (answer.status_code, "Nothing can be ordered here at the moment" in answer.content.decode()) == (
            409,
            True,
        )
    offers = client.get(OFFERS).content.decode()
    assert ("Nothing can be ordered here at the moment" in offers, START in offers) == (True, False)
    desk = in_english(odile)
    assert "See what is missing" in desk.get("/desk/orders/").content.decode()
    settings = desk.get("/desk/settings/").content.decode()
    assert "Registration and VAT: SIREN" in settings
    assert "Missing texts" not in settings
    provider.change_company(fields={"siren": "123456782"}, by=TEST, at=BEGAN)
    assert START in client.get(OFFERS).content.decode()
    assert "Nothing can be sold yet" not in desk.get("/desk/settings/").content.decode()
    assert not Order.objects.exists()


def test_case_E3_agents_are_not_told(awa):
    assert "Nothing can be sold yet" not in in_english(awa).get("/desk/orders/").content.decode()


KNOWN = {**dict.fromkeys(rules.NEEDED_OF_COMPANY, "x"), "vat_number": "x", "capital_cents": 100}


@pytest.mark.parametrize(
    ("changed", "is_vat_charged", "missing"),
    [
        ({}, True, ()),
        ({"legal_name": " "}, True, ("legal_name",)),
        ({"vat_number": ""}, True, ("vat_number",)),
        ({"vat_number": ""}, False, ()),
        ({"legal_form": "S.A.R.L.", "capital_cents": None}, True, ("capital_cents",)),
        ({"legal_form": "EI", "capital_cents": None}, True, ()),
        ({"siren": "", "mediator_name": ""}, True, ("siren", "mediator_name")),
    ],
)
def test_case_E3_what_the_law_wants_of_a_seller(changed, is_vat_charged, missing):
    assert rules.missing_of_company(KNOWN | changed, is_vat_charged=is_vat_charged) == missing
