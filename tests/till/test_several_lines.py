"""An order of several lines: each is fixed, given and invoiced apart, and together they are what is paid."""

import re

import pytest
from django.db import IntegrityError, transaction

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.invoices.models import Invoice
from carnet.kernel import append_only
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.orders.actions.placing import Item
from carnet.orders.models import Order, OrderLine
from carnet.proof import queries as proof
from carnet.till.actions import fulfilling
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.tickets import in_english
from tests.proofs import every_fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(claire):
    open_shop()
    five = put_on_sale("tokens-5", 5, price_cents=7_001, shared=False)
    hours = put_on_sale("hours-2", 120, kind="hours", price_cents=12_000, shared=False)
    return place(claire, put_on_sale(), AT, Item(five, claire, quantity=2), Item(hours, claire))


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\u00a0", " ").split())


def faults():
    return [fault for _name, _count, found in proof.verification() for fault in found]


def test_its_sums_are_those_of_its_lines(order):
    fixed = order.lines.order_by("position").values_list("position", "quantity", "price_cents", "net_cents")
    assert list(fixed) == [(1, 1, 24_000, 20_000), (2, 2, 14_002, 11_668), (3, 1, 12_000, 10_000)]
    assert (order.price_cents, order.net_cents, order.vat_cents) == (50_002, 41_668, 8_334)
    assert faults() == []


def test_each_line_brings_a_lot_once(order, claire):
    pay(order)
    lots = list(Lot.objects.order_by("number").values_list("unit", "quantity", "price_cents", "person"))
    assert lots == [("token", 20, 24_000, None), ("token", 10, 14_002, claire.pk), ("minute", 120, 12_000, claire.pk)]
    assert Entry.objects.filter(code="order.activated").count() == 3
    assert len(fulfilling.activate_order(order=order, by=TEST, at=moment(AT))) == 3
    assert Lot.objects.count() == 3
    assert faults() == []


def test_the_invoice_and_the_books_name_each_line(order):
    pay(order)
    assert Invoice.objects.get().gross_cents == 50_002
    sales = Line.objects.filter(kind="sale").order_by("id").values_list("label", "quantity", "gross_cents")
    assert list(sales) == [("tokens-20", 1, 24_000), ("tokens-5", 2, 14_002), ("hours-2", 1, 12_000)]


def test_mails_and_pages_name_each_line(order, claire, odile):
    said = words(OutgoingMail.objects.get(kind="orders/placed").text)
    for name in ("Offer: tokens-20", "Offer: 2 × tokens-5", "Offer: hours-2", "VAT at 20 %: €83.34", "€500.02"):
        assert name in said
    for reader, path in ((claire, f"/my/orders/{order.reference}/"), (claire, "/my/orders/"),
                         (odile, "/desk/orders/"), (odile, "/desk/orders/csv/")):  # fmt: skip
        assert "tokens-20, 2 × tokens-5, hours-2" in words(in_english(reader).get(path).content.decode()), path
    assert "2 × tokens-5" in words(in_english(odile).get(f"/desk/orders/{order.pk}/").content.decode())


def test_a_line_stays_as_it_was_and_a_changed_one_is_found(order):
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(position=2).update(price_cents=1)
    append_only.remove()
    try:
        OrderLine.objects.filter(position=2).update(price_cents=12_002, net_cents=9_668)
    finally:
        append_only.install()
    assert every_fault("orders")[0] == f"order {order.pk}: what it fixed was changed after it was placed"
    assert str(Order.objects.get().lines.first()) == f"line 1 of order {order.pk}"


def test_no_order_of_nothing(claire):
    open_shop()
    twenty = put_on_sale()
    with pytest.raises(ValueError, match="nothing to order"):
        place(claire, twenty, AT, Item(twenty, quantity=0))
