"""Thousands of orders by several processes at once, as chance has it: paid in full, in parts, too much, twice, with
credit, or never, some of it broken off in the middle and tried again.

CARNET_ORDERS=10000 takes as many; without it there are fewer, on SQLite, where one writes at a time, fewer still.
"""

import os
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from carnet.books.models import Line
from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot
from carnet.orders.models import Order, Settlement
from carnet.payments.models import CreditAccount, CreditMovement, Payment
from carnet.proof import queries as proof
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import open_shop
from tests.factories.people import make_customer, make_person
from tests.factories.processes import answer_of, start

SELLERS = 4
USUAL = 2_000 if os.environ.get("CARNET_ALL") else 1_000 if connection.vendor == "postgresql" else 400
ORDERS = int(os.environ.get("CARNET_ORDERS", USUAL))
BUYERS = 12

SELL = """
import json, sys
from tests.till.many_orders import sell
print(json.dumps(sell(*map(int, sys.argv[1:]))))
"""


@pytest.mark.alone
@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True)
def test_O8_numbers_without_a_gap_and_books_equal_to_the_sum(tmp_path):
    open_shop()
    for quantity, price_cents in ((1, 1_500), (5, 7_000), (20, 24_000), (50, 55_000)):
        put_on_sale(f"tokens-{quantity}", quantity, shared=quantity >= 20, price_cents=price_cents)
    for number in range(BUYERS):
        make_customer(make_person(f"Buyer {number}"), f"Buyers {number}", kind=("household", "company")[number % 2])
    sellers = [start(SELL, tmp_path, seed, ORDERS // SELLERS) for seed in range(SELLERS)]
    told = [answer_of(seller, timeout=3000) for seller in sellers]
    placed, received_cents, settled = (
        sum(one[what] for one in told) for what in ("placed", "received_cents", "settled")
    )

    assert (Order.objects.count(), Settlement.objects.count(), Lot.objects.count()) == (placed, settled, settled)
    assert (placed, settled > placed * 0.9) == (ORDERS, True)
    numbers: dict[int, list[int]] = {}
    for year, sequence in Invoice.objects.order_by("year", "sequence").values_list("year", "sequence"):
        numbers.setdefault(year, []).append(sequence)
    assert list(numbers) == [2027, 2028]
    assert [len(of_year) for of_year in numbers.values()] == [max(of_year) for of_year in numbers.values()]
    assert sum(len(of_year) for of_year in numbers.values()) == settled

    # Every cent that came in was sold for, or is credit; and the books say the same as the invoices.
    lines = {kind: _sum(Line.objects.filter(kind=kind)) for kind in ("sale", "payment", "credit")}
    assert _sum(Payment.objects, "amount_cents") == lines["payment"] == received_cents
    assert _sum(CreditAccount.objects, "credit_cents") == received_cents - lines["sale"]
    # By chance, all of it may have been used in the end.
    assert CreditMovement.objects.filter(amount_cents__gt=0).exists()
    sold = Order.objects.filter(state=Order.State.SETTLED)
    for what in ("net_cents", "vat_cents"):
        assert _sum(Line.objects.filter(kind="sale"), what) == _sum(Invoice.objects, what) == _sum(sold, what)
    assert [fault for _name, _count, faults in proof.verification() for fault in faults] == []


def _sum(rows: Any, what: str = "gross_cents") -> int:
    return rows.aggregate(sum=Sum(what))["sum"]
