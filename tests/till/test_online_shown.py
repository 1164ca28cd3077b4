"""Money of PayPal as its order, the list of payments and its table show it: capture, fee, and what went back."""

import pytest

from carnet.payments.actions import receiving
from carnet.payments.models import Difference
from carnet.till.actions import undoing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.online import capture_told, pay_online, refund_told, send_back
from tests.factories.orders import open_shop, pay, place
from tests.factories.tickets import in_english

CAPTURE = "3C679366HH908993F"


@pytest.fixture
def order(claire):
    open_shop()
    return place(claire, put_on_sale())


@pytest.fixture
def payment(order):
    return pay_online(order)


def read(person, path):
    return " ".join(in_english(person).get(path).content.decode().split())


def test_the_list_tells_capture_fee_net_and_what_went_back(payment, awa):
    page = read(awa, "/desk/payments/")
    assert (CAPTURE in page, "fee €8.51, net €231.49" in page, "Refunded or taken back" in page) == (True, True, False)
    send_back(payment, refund_told(cents=1_000))
    assert "−€10.00 · Refunded through PayPal" in read(awa, "/desk/payments/")
    assert CAPTURE in read(awa, f"/desk/payments/?q={CAPTURE.lower()}")


def test_the_table_tells_the_same(payment, order, odile):
    send_back(payment, refund_told(cents=1_000))
    pay(order, 100)
    head, *rows = (
        line.split(";")
        for line in in_english(odile).get("/desk/payments/csv/").content.decode("utf-8-sig").splitlines()
    )
    assert head[-4:] == ["PayPal payment", "Fee", "Net", "Refunded or taken back"]
    assert [row[-4:] for row in rows] == [["", "", "", ""], [CAPTURE, "8.51", "231.49", "10.00"]]


@pytest.mark.parametrize(
    ("kind", "at_desk", "to_customer"),
    [
        ("refund", "Refunded by PayPal on 28 February 2027", "Refunded through PayPal"),
        (
            "reversal",
            "Taken back by PayPal on 28 February 2027 after a dispute",
            "Taken back by PayPal after a dispute",
        ),
    ],
)
def test_both_pages_of_the_order_tell_what_went_back(payment, order, odile, claire, kind, at_desk, to_customer):
    send_back(payment, refund_told(cents=1_000), kind)
    desk = read(odile, f"/desk/orders/{order.pk}/")
    assert (at_desk in desk, "fee €8.51, net €231.49" in desk, "Correct a mistake" in desk) == (True, True, False)
    page = read(claire, f"/my/orders/{order.reference}/")
    assert (to_customer in page, "−€10.00" in page, "credit note" in page, "fee" in page) == (True, True, False, False)


def test_an_order_paid_by_paypal_asks_the_database_no_more_often_for_more_refunds(
    payment, order, odile, django_assert_max_num_queries
):
    browser = in_english(odile)
    browser.get(f"/desk/orders/{order.pk}/")
    for number in range(3):
        send_back(payment, refund_told(f"refund {number}", 100))
    with django_assert_max_num_queries(24):
        browser.get(f"/desk/orders/{order.pk}/")


def test_the_way_to_the_comparison(payment, awa):
    assert "Comparison with PayPal" not in read(awa, "/desk/payments/")


def test_what_paypal_took_is_no_mistake_of_the_books(payment, order, odile):
    twice = pay_online(order, capture_told("another"), is_another=True)
    with pytest.raises(receiving.PaidOnline):
        undoing.undo_payment(payment=twice, reason="A slip.", by=TEST, at=moment("2027-02-27 10:00"))
    answer = in_english(odile).post(f"/desk/payments/{twice.pk}/undo/", {"reason": "A slip."})
    assert "PayPal has collected this payment" in answer.content.decode()
    assert not Difference.objects.exists()
