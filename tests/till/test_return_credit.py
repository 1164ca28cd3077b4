"""O4: credit goes back on request, once, by the way it came."""

from functools import partial

import pytest

from carnet.kernel.keys import Cause
from carnet.mail.models import OutgoingMail
from carnet.orders.queries import amounts
from carnet.payments import queries as payments
from carnet.payments.models import CreditMovement, Dispute
from carnet.payments.rules.received import Received
from carnet.repayments.models import Repayment
from carnet.repayments.rules import BankAccount
from carnet.till.actions import crediting, returning, undoing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.online import capture_told, pay_online
from tests.factories.orders import IBAN, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.processes import all_at_once
from tests.factories.refunds import refund
from tests.proofs import every_fault

LATER = "2027-03-01 12:00"
ACCOUNT = BankAccount("Claire Martin", IBAN)


@pytest.fixture
def twenty(db):
    open_shop()
    return put_on_sale()


def give_back(customer, key="once", account=ACCOUNT):
    return returning.return_credit(customer=customer, account=account, by=TEST, at=moment(LATER), key=key)


def unallocated(customer, key):
    money = Received("transfer", 24_000, day("2027-02-26"), is_another=True)
    at = moment("2027-02-26 12:00")
    return crediting.record_unallocated_payment(customer=customer, money=money, by=TEST, at=at, key=key)


def owed():
    return list(Repayment.objects.order_by("id").values_list("means", "amount_cents", "payment"))


def test_O4_too_much_by_transfer_goes_back_by_transfer(martins, claire, twenty):
    order = place(claire, twenty)
    payment = pay(order, 25_000)
    (sent,) = give_back(martins)
    assert owed() == [("transfer", 1_000, payment.pk)]
    assert (sent.cause, sent.reference, sent.account.iban) == (Cause("customer", martins.pk), order.reference, IBAN)
    assert (payments.credit_cents(martins), amounts.paid_cents(order.__class__.objects.get())) == (0, 24_000)
    assert CreditMovement.objects.latest("sequence").reason == "sent_back"
    assert OutgoingMail.objects.filter(kind="till/credit_returned").count() == 1
    assert every_fault() == []


def test_O5_paid_twice_by_paypal_goes_back_through_paypal(martins, claire, twenty):
    order = place(claire, twenty)
    pay_online(order)
    second = pay_online(order, capture_told("5AB12345CD678901E"), is_another=True)
    give_back(martins, account=BankAccount())
    assert owed() == [("paypal", 24_000, second.pk)]


def test_never_twice(martins, claire, twenty):
    pay(place(claire, twenty), 25_000)
    assert (len(give_back(martins)), give_back(martins)) == (1, [])
    with pytest.raises(returning.NoCredit):
        give_back(martins, "again")
    assert owed() == [("transfer", 1_000, Repayment.objects.get().payment_id)]


def test_used_credit_is_gone_and_the_rest_goes_back(martins, claire, twenty):
    pay(place(claire, twenty), 49_000)
    place(claire, twenty)  # 240.00 € of the 250.00 €
    give_back(martins)
    assert [cents for _means, cents, _payment in owed()] == [1_000]


def test_money_for_no_order_goes_back_too(martins, twenty):
    money = Received("transfer", 5_000, day("2027-02-26"))
    crediting.record_unallocated_payment(customer=martins, money=money, by=TEST, at=moment(LATER), key="k")
    (sent,) = give_back(martins)
    assert (sent.amount_cents, sent.reference) == (5_000, f"CREDIT-{sent.payment_id}")


def test_O7_what_came_of_a_disputed_payment_stays(martins, claire, twenty):
    payment = pay(place(claire, twenty), 25_000)
    Dispute.objects.create(
        payment=payment, external_id="PP-D-1", amount_cents=0, reason="x", opened_at=moment(LATER),
        changed_at=moment(LATER), looked_at=moment(LATER),
    )  # fmt: skip
    with pytest.raises(returning.NoCredit):
        give_back(martins)


def test_O9_of_unknown_origin_it_goes_back_of_no_money_that_pays_for_an_order(martins, claire, twenty):
    """What paid the first order was recorded by mistake; the credit of its refund came of other money."""
    wrong = unallocated(martins, "wrong")
    first = place(claire, twenty)
    right = unallocated(martins, "right")
    undoing.undo_payment(payment=wrong, reason="A slip.", by=TEST, at=moment("2027-02-27 12:00"))
    second = place(claire, twenty)
    pay(second)
    refund(first)
    give_back(martins)
    assert owed() == [("transfer", 24_000, right.pk)]
    refund(second, key="k2")
    assert (len(owed()), payments.credit_cents(martins), every_fault()) == (2, 0, [])


def test_refused_without_credit(martins):
    with pytest.raises(returning.NoCredit):
        give_back(martins)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_ten_at_once_send_it_once(martins, claire, twenty):
    pay(place(claire, twenty), 25_000)
    results = all_at_once([partial(give_back, martins, f"k{number}") for number in range(10)])
    assert [type(one) for one in results].count(list) == 1
    assert ([cents for _means, cents, _payment in owed()], every_fault()) == ([1_000], [])


def test_the_page_asks_for_the_account(martins, claire, twenty):
    pay(place(claire, twenty), 25_000)
    browser = signed_in(claire)
    assert "/my/credit/" in browser.get("/my/orders/").content.decode()
    wrong = browser.post("/my/credit/", {"key": "0" * 32, "account_holder": "C", "iban": "FR76"})
    assert wrong.status_code == 200
    answer = browser.post("/my/credit/", {"key": "0" * 32, "account_holder": "C", "iban": IBAN}, follow=True)
    assert answer.redirect_chain[-1][0] == "/my/repayments/"
    assert Repayment.objects.get().account.iban == IBAN
