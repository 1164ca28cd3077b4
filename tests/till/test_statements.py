"""How often the database is asked when money is recorded, on SQLite, where every statement counts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import open_shop, pay, place

MOST = 30


@pytest.mark.django_db(transaction=True)
def test_a_payment_that_settles_with_invoice_and_lot(claire):
    """Of a customer who has paid before: the first time their account is opened, and with the first sale the books."""
    open_shop()
    twenty = put_on_sale()
    pay(place(claire, twenty))
    for _ in range(2):  # with 1 and 2 older lots
        order = place(claire, twenty)
        with CaptureQueriesContext(connection) as asked:
            pay(order)
        statements = [one["sql"][:100] for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT"))]
        assert len(statements) <= MOST, "\n".join(statements)
    assert (Invoice.objects.count(), Lot.objects.count()) == (3, 3)
