"""What a pack would do to older ones is told before it is bought (L5, L6)."""

import re

import pytest
import time_machine

from carnet.orders.shown import effects
from carnet.provider import actions as provider
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import give, moment, sell, take
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.tickets import in_english
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()
    with time_machine.travel(moment(AT), tick=False):
        yield


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def page(reader, path: str) -> str:
    response = in_english(reader).get(path)
    assert response.status_code == 200
    return response.content.decode()


def told(customer, edition) -> list[str]:
    return [one.replace("\u00a0", " ") for one in effects.effects_expected(customer, edition, moment(AT))]


def test_case_C14_the_summary_says_what_it_revives(martins, claire):
    sell(martins, 15, months=6, at="2026-01-11 09:30")
    place_order = page(claire, f"/my/order/{put_on_sale().offer.code}/")
    assert "Older packs Carnet no. 1: revives 15 tickets, then valid until 26 February 2028" in words(place_order)
    order = place(claire, put_on_sale())
    waiting = words(page(claire, f"/my/orders/{order.reference}/"))
    assert "Once it is paid: Carnet no. 1: revives 15 tickets" in waiting
    pay(order)
    assert "revives" not in words(page(claire, f"/my/orders/{order.reference}/"))


def test_case_C14_what_is_told_is_what_happens(martins, claire):
    """L5, L6: of several packs, with units reserved, and those of another unit."""
    sell(martins, 300, unit="minute", months=6, at="2026-01-11 09:20")
    sell(martins, 15, months=6, at="2026-01-11 09:30")
    sell(martins, 3, months=6, at="2026-12-01 09:30")  # revives the carnet before it
    take(claire, martins, at="2026-12-02 09:30")
    give(martins, 2, until="2027-12-31", at="2026-12-03 09:30")
    edition = put_on_sale()
    assert told(martins, edition) == [
        "Carnet no. 2: 15 tickets valid until 26 February 2028, longer than before",
        "Carnet no. 3: 3 tickets valid until 26 February 2028, longer than before",
    ]
    pay(place(claire, edition))
    days = dict(martins.lots.values_list("number", "last_day"))
    assert {number for number, day in days.items() if str(day) == "2028-02-26"} == {2, 3, 5}
    hours = put_on_sale("hours-5", 300, kind="hours")
    assert told(martins, hours) == ["Hour pack no. 1: revives 5 h, then valid until 26 February 2028"]


def test_case_C14_as_the_settings_say(martins, claire):
    sell(martins, 15, months=12, at="2026-12-01 09:30")
    assert told(martins, put_on_sale(months=24)) != []
    provider.change_setting(name="early_renewal", value="keeps", by=TEST, at=moment(AT))
    assert told(martins, put_on_sale(months=24)) == []


def test_case_C14_a_dormant_carnet_leads_to_its_own_offer(martins, claire, awa):
    order = place(claire, put_on_sale(months=6), at="2027-01-12 09:00")
    pay(order, at="2027-01-12 09:00")
    with time_machine.travel("2027-08-01 12:00", tick=False):
        overview = tight(page(claire, "/my/"))
        assert re.search(r'href="/my/order/tokens-20/">.*?Buy again and revive 20\u00a0tickets</a>', overview, re.S)
        assert "Buy again" not in page(awa, f"/desk/customers/{martins.pk}/")


def test_case_C14_or_to_all_offers_of_its_unit(martins, claire):
    sell(martins, 15, months=6, at="2026-01-11 09:30")
    assert "Buy again" not in page(claire, "/my/")
    put_on_sale("hours-5", 300, kind="hours")
    assert "Buy again" not in page(claire, "/my/")
    put_on_sale()
    assert re.search(
        r'href="/en/offers/">.*?Buy again and revive 15\u00a0tickets</a>', tight(page(claire, "/my/")), re.S
    )
    assert signed_in(claire).get("/en/offers/").status_code == 200
