"""What the payment service says of money becomes rows and lines of the books, once."""

from functools import partial

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.books.rules import totals
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import KeyReused
from carnet.payments.actions import credit, online_facts
from carnet.payments.models import Difference, OnlineFee, OnlineReceipt, OnlineRefund
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.online import capture_told, checkout_of, note_receipt, pay_online, refund_told, send_back
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.processes import all_at_once
from tests.proofs import every_fault


@pytest.fixture
def order(claire):
    open_shop()
    return place(claire, put_on_sale())


@pytest.fixture
def payment(order):
    return pay(order, means="paypal", key="paypal:3C679366HH908993F")


def lines(*kinds):
    found = Line.objects.filter(kind__in=kinds or ("fee", "refund")).order_by("sequence")
    return [(line.kind, line.label, line.gross_cents, line.on) for line in found]


def codes(*begins):
    return [entry.code for entry in Entry.objects.order_by("id") if entry.code.startswith(begins)]


def test_a_receipt_with_its_fee(order, payment):
    checkout = checkout_of(order)
    receipt = note_receipt(payment, checkout, capture_told())
    assert (receipt.payment, receipt.checkout, receipt.capture_id) == (payment, checkout, "3C679366HH908993F")
    fee = OnlineFee.objects.get()
    assert (fee.payment, fee.fee_cents, fee.net_cents) == (payment, 851, 23_149)
    assert lines() == [("fee", "capture", -851, day("2027-02-26"))]
    line = Line.objects.get(kind="fee")
    assert (line.payment_id, line.means, line.cause, line.customer_id) == (
        payment.pk, "paypal", order.cause, order.customer_id,
    )  # fmt: skip
    assert len(line.digest) == 64
    assert codes("online_") == ["online_receipt.noted", "online_fee.noted"]
    assert every_fault() == []
    for row in (OnlineReceipt, OnlineFee):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.objects.update(at=moment(AT))


def test_the_same_receipt_again_is_the_first(order, payment):
    checkout = checkout_of(order)
    first = note_receipt(payment, checkout, capture_told())
    assert note_receipt(payment, checkout, capture_told(), "2027-03-01 12:00") == first
    assert (len(lines()), codes("online_")) == (1, ["online_receipt.noted", "online_fee.noted"])


def test_a_receipt_stands_for_one_payment_one_checkout_and_one_capture(order, payment):
    checkout = checkout_of(order)
    note_receipt(payment, checkout, capture_told())
    another = pay(order, means="paypal", key="paypal:another", is_another=True)
    with pytest.raises(KeyReused):
        note_receipt(payment, checkout, capture_told("another"))
    with pytest.raises(KeyReused):
        note_receipt(payment, checkout_of(order, "another"), capture_told())
    with pytest.raises(KeyReused):
        note_receipt(another, checkout, capture_told())


@pytest.mark.parametrize("wrong", [{"cents": 24_001}, {"currency": "USD"}])
def test_a_capture_of_something_else_is_a_mistake_of_the_caller(order, payment, wrong):
    with pytest.raises(ValueError, match="didn't come by"):
        note_receipt(payment, checkout_of(order), capture_told(**wrong))


def test_a_transfer_has_no_receipt_of_a_service(order):
    with pytest.raises(ValueError, match="didn't come by"):
        note_receipt(pay(order, means="transfer"), checkout_of(order), capture_told())


def test_a_fee_that_is_told_later_is_noted_once(order, payment):
    note_receipt(payment, checkout_of(order), capture_told(fee_cents=None, net_cents=None))
    assert (lines(), OnlineFee.objects.count()) == ([], 0)
    note = partial(online_facts.note_fee, payment=payment, by=TEST, at=moment("2027-03-01 12:00"))
    assert note(capture=capture_told(fee_cents=None, net_cents=None)) is None
    assert note_receipt(payment, payment.online_receipt.checkout, capture_told(fee_cents=None, net_cents=None))
    assert OnlineFee.objects.count() == 0
    fee = note(capture=capture_told())
    assert note(capture=capture_told(fee_cents=900, net_cents=None)) == fee
    assert lines() == [("fee", "capture", -851, day("2027-02-26"))]


def test_no_fee_is_a_row_without_a_line(order, payment):
    note_receipt(payment, checkout_of(order), capture_told(fee_cents=0, net_cents=24_000))
    assert (OnlineFee.objects.get().net_cents, lines()) == (24_000, [])


def test_money_that_went_back_with_a_part_of_the_fee(order, martins):
    payment = pay_online(order)
    refund = send_back(payment, refund_told(fee_cents=816))
    assert (refund.kind, refund.amount_cents, refund.fee_cents, refund.net_cents) == ("refund", 24_000, 816, 23_184)
    assert refund.refunded_on == day("2027-02-28")
    assert lines() == [
        ("fee", "capture", -851, day("2027-02-26")),
        ("refund", "refund", -24_000, day("2027-02-28")),
        ("fee", "refund", 816, day("2027-02-28")),
    ]
    assert len({line.digest for line in Line.objects.filter(kind__in=("fee", "refund"))}) == 2
    assert codes("online_refund") == ["online_refund.noted"]
    assert totals(Line.objects.all()).gross_cents == 24_000
    assert every_fault() == []
    with pytest.raises(DatabaseError), transaction.atomic():
        OnlineRefund.objects.update(amount_cents=1)


def test_the_same_refund_again_is_the_first(order):
    payment = pay_online(order)
    first = send_back(payment, refund_told(cents=100))
    assert send_back(payment, refund_told(cents=100), at="2027-03-02 12:00") == first
    assert len(lines("refund")) == 1


def test_a_refund_belongs_to_one_payment(order):
    payment = pay_online(order)
    send_back(payment, refund_told(cents=100))
    another = pay_online(order, capture_told("another"), is_another=True)
    with pytest.raises(KeyReused):
        send_back(another, refund_told(cents=100))


def test_a_reversal_may_cost_more_than_it_takes_back(order):
    payment = pay_online(order)
    row = send_back(payment, refund_told(net_cents=25_600), "reversal")
    assert (row.fee_cents, row.net_cents) == (-1_600, 25_600)
    assert lines()[1:] == [
        ("refund", "reversal", -24_000, day("2027-02-28")),
        ("fee", "reversal", -1_600, day("2027-02-28")),
    ]


def test_a_refund_is_never_of_a_day_to_come(order):
    row = send_back(pay_online(order), refund_told(at=moment("2027-03-09 12:00")))
    assert row.refunded_on == day("2027-03-01")


@pytest.mark.parametrize("wrong", [{"state": "pending"}, {"state": "failed"}, {"cents": 0}])
def test_what_did_not_go_back_is_a_mistake_of_the_caller(order, wrong):
    payment = pay_online(order)
    with pytest.raises(ValueError, match="no money went back"):
        send_back(payment, refund_told(**wrong))


@pytest.mark.parametrize(
    ("told", "code"),
    [({"cents": 14_001}, "refunded_too_much"), ({"cents": 1, "currency": "USD"}, "other_currency")],
)
def test_O9_more_than_came_in_is_a_difference(order, told, code):
    payment = pay_online(order)
    send_back(payment, refund_told("first", 10_000))
    assert send_back(payment, refund_told("second", **told)) is None
    difference = Difference.objects.get()
    assert (difference.kind, difference.external_id, difference.payment) == (code, "second", payment)
    assert difference.ours == {"amount_cents": 24_000, "refunded_cents": 10_000, "currency": "EUR"}
    assert difference.theirs
    assert difference.theirs["amount_cents"] == -told["cents"]
    assert (len(lines("refund")), OnlineRefund.objects.count(), every_fault()) == (1, 1, [])


def test_lines_wait_with_those_of_whoever_gathers(order, payment):
    with transaction.atomic(), gathered():
        note_receipt(payment, checkout_of(order), capture_told())
        assert lines() == []
    assert len(lines()) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_note_one_receipt_and_one_refund(order, payment):
    checkout = checkout_of(order)
    assert len(set(all_at_once([partial(note_receipt, payment, checkout, capture_told())] * 10))) == 1
    assert len(set(all_at_once([partial(send_back, payment, refund_told())] * 10))) == 1
    assert [line[0] for line in lines()] == ["fee", "refund"]
    assert every_fault() == []


@pytest.mark.django_db(transaction=True)
def test_O9_two_refunds_at_once_never_exceed_the_payment(order):
    payment = pay_online(order)
    send = [partial(send_back, payment, refund_told(f"refund {number}", 10_000)) for number in range(5)]
    results = all_at_once(send)
    assert sum(result is not None for result in results) == 2
    assert Difference.objects.filter(kind="refunded_too_much").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_receipt_with_its_fee_takes_four_statements(order, payment, django_assert_num_queries):
    """Beside those of audit and books, which are stored with everybody's."""
    checkout, capture = checkout_of(order), capture_told()
    with transaction.atomic(), gathered():
        credit.add_credit(
            customer=order.customer, amount_cents=1, reason="surplus", cause=order.cause, by=TEST, at=moment(AT),
            key="books",
        )  # fmt: skip
        with django_assert_num_queries(4):
            note_receipt(payment, checkout, capture)


def test_a_receipt_that_is_known_may_bring_the_fee(order, payment):
    checkout = checkout_of(order)
    first = note_receipt(payment, checkout, capture_told(fee_cents=None, net_cents=None))
    assert note_receipt(payment, checkout, capture_told()) == first
    assert lines() == [("fee", "capture", -851, day("2027-02-26"))]
