"""Money that came in for no order that is known."""

from functools import partial

import pytest
import time_machine

from carnet.books.models import Line
from carnet.kernel.refused import KeyReused
from carnet.mail.models import OutgoingMail
from carnet.orders.models import Order
from carnet.payments import queries as payment_queries
from carnet.payments.actions import receiving
from carnet.payments.models import CreditMovement, Payment, PaymentDetails
from carnet.payments.rules.received import Received
from carnet.provider import actions as provider
from carnet.till.actions.crediting import record_unallocated_payment
from tests.factories.breaks import break_everywhere
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.orders import AT, MONEY, open_shop, place
from tests.factories.people import make_member, make_person, signed_in
from tests.factories.processes import all_at_once
from tests.factories.tickets import in_english
from tests.proofs import every_fault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()
    with time_machine.travel(moment(AT), tick=False):
        yield


def record(customer, cents=5_000, **changed):
    money = {
        "means": "transfer", "amount_cents": cents, "received_on": day("2027-02-26"), "payer": "M et Mme Martin",
    }  # fmt: skip
    money |= {name: changed.pop(name) for name in MONEY if name in changed}
    given = {"customer": customer, "money": Received(**money), "by": TEST, "at": moment(AT), "key": "once"}
    return record_unallocated_payment(**(given | changed))


def faults():
    return every_fault()


def picture():
    rows = (Payment, PaymentDetails, CreditMovement, Line, OutgoingMail)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_it_becomes_credit_stands_in_the_books_and_is_told_to_every_holder(martins, claire):
    other = make_member(martins, make_person("Hugo Martin", email="hugo@example.org"), role="holder").person
    payment = record(martins)
    assert [(one.reason, one.amount_cents, one.payment) for one in CreditMovement.objects.all()] == [
        ("no_order", 5_000, payment)
    ]
    assert [(line.kind, line.gross_cents, line.vat_cents) for line in Line.objects.order_by("id")] == [
        ("payment", 5_000, 0), ("credit", 5_000, 0),
    ]  # fmt: skip
    mails = OutgoingMail.objects.filter(kind="till/unallocated").order_by("id")
    assert {mail.to for mail in mails} == {claire.email, other.email}
    assert "€50.00" in mails.get(to=other.email).text or "50,00" in mails.get(to=other.email).text
    assert faults() == []


def test_O4_it_pays_the_next_order(martins, claire):
    record(martins, 24_000)
    order = place(claire, put_on_sale())
    assert (Order.objects.get(pk=order.pk).is_settled, payment_queries.credit_cents(martins)) == (True, 0)
    assert faults() == []


def test_the_same_again(martins):
    assert record(martins) == record(martins)
    with pytest.raises(receiving.SameMoneyAgain):
        record(martins, key="another")
    with pytest.raises(KeyReused):
        record(martins, 6_000)
    with pytest.raises(receiving.ReceivedInFuture):
        record(martins, key="later", received_on=day("2027-02-27"))
    assert payment_queries.credit_cents(martins) == 5_000
    record(martins, key="another", is_another=True)
    assert (payment_queries.credit_cents(martins), OutgoingMail.objects.count()) == (10_000, 2)


@pytest.mark.django_db(transaction=True)
def test_broken_off_it_leaves_nothing_or_all(martins):
    assert break_everywhere(partial(record, martins), picture) > 10
    assert (payment_queries.credit_cents(martins), faults()) == (5_000, [])


@pytest.mark.django_db(transaction=True)
def test_several_people_record_it_at_once(martins):
    results = all_at_once([partial(record, martins, key=f"of {number}") for number in range(5)])
    assert sorted(type(result).__name__ for result in results) == ["Payment"] + ["SameMoneyAgain"] * 4
    assert (payment_queries.credit_cents(martins), faults()) == (5_000, [])


def test_L1_where_cheques_count_once_cleared_the_page_says_when_to_record_one(martins, odile):
    path, words = f"/desk/customers/{martins.pk}/payment/", "record it when the money has reached the bank"
    assert words not in in_english(odile).get(path).content.decode()
    provider.change_setting(name="cheque_activates_on", value="clearing", by=TEST, at=moment("2027-02-01 12:00"))
    assert words in in_english(odile).get(path).content.decode()


def test_the_page_of_the_owner(martins, claire, odile, awa):
    order = place(claire, put_on_sale())
    path = f"/desk/customers/{martins.pk}/payment/"
    browser = in_english(odile)
    assert path in browser.get(f"/desk/customers/{martins.pk}/").content.decode()
    assert order.reference_shown in browser.get(path).content.decode()  # it may be meant for that one
    typed = {"key": "a" * 32, "means": "cheque", "amount_cents": "50", "received_on": "2027-02-26", "payer": "=1+1"}
    refused = browser.post(path, typed | {"amount_cents": "fifty"})
    assert (refused.status_code, "This is not an amount" in refused.content.decode()) == (200, True)
    answer = browser.post(path, typed, follow=True)
    assert "the customer’s credit" in answer.content.decode()
    again = browser.post(path, typed | {"key": "b" * 32})
    assert 'type="checkbox" name="is_another"' in again.content.decode()
    assert 'type="checkbox" name="is_old"' not in again.content.decode()
    assert (Payment.objects.count(), payment_queries.credit_cents(martins)) == (1, 5_000)
    assert f"/desk/customers/{martins.pk}/" in browser.get("/desk/payments/").content.decode()
    row = browser.get("/desk/payments/csv/").content.decode("utf-8-sig").splitlines()[1]
    assert row.split(";")[1:6] == ["Famille Martin", "Cheque", "50.00", "", "'=1+1"]
    assert "no matching order" in in_english(claire).get("/my/orders/").content.decode()
    money = in_english(awa).get(f"/desk/customers/{martins.pk}/money/").content.decode()
    assert ("no order" in money, "no matching order" in money) == (True, True)
    assert signed_in(awa).get(path).status_code == 404
    assert path not in in_english(awa).get(f"/desk/customers/{martins.pk}/").content.decode()
