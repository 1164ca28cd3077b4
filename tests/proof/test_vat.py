"""Orders without VAT are judged by their price, their buyer and the check of the number (O1)."""

import pytest

from carnet.kernel import append_only
from carnet.orders.actions import checking_vat
from carnet.orders.models import OrderBuyer, OrderLine, OrderVatCheck
from carnet.proof.replays import orders as replay
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, buyer, open_shop, pay, place

pytestmark = pytest.mark.django_db
SPANISH = {"siren": "", "country": "ES", "postcode": "28013", "city": "Madrid", "vat_number": "ESB58378431"}


@pytest.fixture
def order(ines, vies):
    """Of a business in Spain, paid."""
    open_shop()
    return order_of(ines, put_on_sale(), **SPANISH)


def order_of(person, edition, **said):
    said_of = buyer("Robledo SL", **said)
    checking_vat.ask_about_buyer(customer=person.memberships.get().customer, buyer=said_of, at=moment(AT))
    order = place(person, edition, buyer=said_of)
    pay(order)
    return order


def codes():
    return {fault.code for _count, faults in replay.faults() for fault in faults}


def test_every_kind_of_vat_is_proven(order, ines):
    edition = order.lines.get().edition
    for postcode in ("97110", "97300", "67000"):
        order_of(ines, edition, postcode=postcode)
    order_of(ines, edition, **SPANISH | {"vat_number": ""})
    assert codes() == set()


def test_an_order_without_the_check_of_its_number(order):
    append_only.remove("default")
    OrderVatCheck.objects.all().delete()
    append_only.install("default")
    assert codes() == {"vat_differs"}


def test_a_buyer_in_france_owes_no_vat_instead(order):
    OrderBuyer.objects.update(country="FR")
    assert "vat_differs" in codes()


@pytest.mark.parametrize("changed", [{"vat_category": "O"}, {"vat_permille": 55}])
def test_another_category_or_rate(order, changed):
    append_only.remove("default")
    OrderLine.objects.update(**changed)
    append_only.install("default")
    assert "vat_differs" in codes()


def test_a_price_that_is_not_the_net_one(order):
    append_only.remove("default")
    OrderLine.objects.update(price_cents=24_000, net_cents=24_000)
    append_only.install("default")
    assert "line_differs" in codes()
