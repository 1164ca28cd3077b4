"""O3, O11: an order that money revives counts as ordered on that day."""

import pytest

from carnet.orders.actions import waiting
from carnet.orders.models import Order, Revival
from carnet.orders.queries import sales
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.orders import open_shop, pay, place
from tests.proofs import every_fault

ENDED = "2027-03-29 00:00"


@pytest.fixture
def ended(claire):
    """Ordered on 26 February without the express request, and not paid."""
    open_shop()
    order = place(claire, put_on_sale(), express_request=False)
    return waiting.expire_order(order=order, by=TEST, at=moment(ENDED))


def fresh(order):
    return Order.objects.with_lines().get(pk=order.pk)


def test_O3_O11_late_money_begins_the_period_anew(ended):
    assert sales.withdrawal_until(ended) == day("2027-03-12")
    pay(ended, at="2027-04-10 12:00")
    order = fresh(ended)
    assert sales.withdrawal_until(order) == day("2027-04-26")  # 24 April is a Saturday
    assert (order.is_settled, order.activations) == (True, [])
    assert order.settlement.activates_at == moment("2027-04-27 00:00")
    assert sales.can_withdraw(order, moment("2027-04-26 23:59"))
    assert not sales.can_withdraw(order, moment("2027-04-27 00:00"))
    assert every_fault() == []


def test_O3_O11_a_part_begins_it_and_the_rest_does_not(ended):
    pay(ended, 10_000, at="2027-04-10 12:00")
    pay(fresh(ended), 14_000, at="2027-04-20 12:00")
    assert list(Revival.objects.values_list("revived_on", "withdrawal_last_day")) == [
        (day("2027-04-10"), day("2027-04-26"))
    ]
    assert fresh(ended).settlement.activates_at == moment("2027-04-27 00:00")
    assert every_fault() == []


def test_O3_what_ends_again_is_revived_again(ended):
    pay(ended, 10_000, at="2027-04-10 12:00")
    waiting.expire_order(order=fresh(ended), by=TEST, at=moment("2027-05-11 00:00"))
    pay(fresh(ended), 24_000, at="2027-06-01 12:00")
    assert sales.withdrawal_until(fresh(ended)) == day("2027-06-15")
    assert Revival.objects.count() == 2
    assert every_fault() == []


def test_in_time_nothing_is_revived(claire):
    open_shop()
    order = place(claire, put_on_sale(), express_request=False)
    pay(order, at="2027-03-28 23:59")
    assert not Revival.objects.exists()


def test_a_company_has_no_period(ines):
    open_shop()
    order = place(ines, put_on_sale())
    waiting.expire_order(order=order, by=TEST, at=moment(ENDED))
    pay(order, at="2027-04-10 12:00")
    assert Revival.objects.get().withdrawal_last_day is None
    assert sales.withdrawal_until(fresh(order)) is None
    assert len(fresh(order).activations) == 1
