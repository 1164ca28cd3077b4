"""Every search of the desk finds names without minding case and accents, however they were typed (case A4)."""

from collections.abc import Callable

import pytest

from carnet.home import queries as home
from carnet.invoices import queries as invoices
from carnet.orders import queries as orders
from carnet.payments import queries as payments
from carnet.people.models import Customer
from carnet.tickets.queries import queue
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import open_shop, pay, place
from tests.factories.people import make_customer, make_person
from tests.factories.tickets import make_ticket, moment

pytestmark = pytest.mark.django_db
STORED = "Andre\u0301a Żółć"
SEARCHES: dict[str, Callable[[str], int]] = {
    "tickets": lambda words: len(queue.search(words)),
    "customers": lambda words: home.customers_found(words).count(),
    "orders": lambda words: orders.orders_found(words=words, only_open=False).count(),
    "invoices": lambda words: invoices.invoices(words).count(),
    "payments": lambda words: payments.payments(words).count(),
}


@pytest.fixture
def andrea(db) -> Customer:
    """Has one of everything, under a name that was typed on a Mac."""
    person = make_person("Andréa", email="andrea@example.org")
    customer = make_customer(person, "Andréa Żółć")
    Customer.objects.filter(pk=customer.pk).update(name=STORED)
    open_shop()
    order = place(person, put_on_sale(at=moment(0)), at=moment(0))
    pay(order, order.price_cents, at=moment(0))
    make_ticket(person, means="none")
    return customer


@pytest.mark.parametrize("search", SEARCHES)
def test_case_A4_searches_fold_case_and_accents(search: str, andrea: Customer) -> None:
    for words in ("Andréa", "andrea", "ANDRÉA", "Andre\u0301a", "zolc", "żółć", "Żółć", "ea Zo"):
        assert SEARCHES[search](words) == 1, words
    assert SEARCHES[search]("Andreas") == 0
