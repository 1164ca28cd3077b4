"""Case E8: a payment that was recorded wrongly is corrected by a counter-entry with its reason."""

from functools import partial

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.kernel import append_only
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts
from carnet.payments import queries as payment_queries
from carnet.payments.actions import receiving
from carnet.payments.models import CreditMovement, Payment, UndonePayment
from carnet.payments.rules.received import Received
from carnet.provider import actions as provider
from carnet.till import rules
from carnet.till.actions import crediting, recording, undoing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment, new_key
from tests.factories.orders import AT, open_shop, paid_for, pay, place
from tests.factories.people import signed_in
from tests.factories.processes import all_at_once
from tests.proofs import every_fault

LATER = moment("2027-02-27 10:00")


@pytest.fixture
def twenty(db):
    open_shop()
    return put_on_sale()


def undo(payment, **changed):
    given = {"reason": "It was for somebody else.", "by": TEST, "at": LATER}
    return undoing.undo_payment(payment=payment, **(given | changed))


def unallocated_money(customer, cents=5_000):
    money = Received("transfer", cents, day("2027-02-26"))
    return crediting.record_unallocated_payment(customer=customer, money=money, by=TEST, at=moment(AT), key=new_key())


def faults():
    return every_fault()


def credit_of(order):
    return payment_queries.credit_cents(order.customer)


@pytest.mark.parametrize(
    ("pays", "settled", "choosing", "others", "found"),
    [
        (100, False, False, 0, rules.Undoing(may=True)),
        (100, True, False, 0, rules.Undoing(may=False)),
        (0, True, False, 100, rules.Undoing(may=True)),  # paid twice: this one is credit alone
        (100, False, True, 0, rules.Undoing(may=True, ends_order=True)),
        (100, False, True, 50, rules.Undoing(may=True)),
    ],
)
def test_case_E8_what_it_does_to_the_order(pays, settled, choosing, others, found):
    assert rules.undoing(pays_cents=pays, is_settled=settled, is_choosing=choosing, others_cents=others) == found


def test_case_E8_a_part_is_undone_and_the_order_waits_for_all_of_it(claire, twenty):
    order = place(claire, twenty)
    payment = pay(order, 9_500)
    undone = undo(payment, reason="  Meant for order 7. ")
    order.refresh_from_db()
    assert (order.state, amounts.missing_cents(order)) == ("waiting", 24_000)
    received, correction = Line.objects.order_by("sequence")
    assert (correction.kind, correction.corrects, correction.gross_cents, correction.means, correction.label) == (
        "correction", received, -9_500, "transfer", "undone",
    )  # fmt: skip
    assert (correction.on, received.on) == (day("2027-02-27"), day("2027-02-26"))
    payment.details.refresh_from_db()
    assert payment.details.undone_reason == "Meant for order 7."
    assert Entry.objects.get(code="payment.undone").details["line"] == received.sequence
    assert (undone.payment, faults()) == (payment, [])
    told = OutgoingMail.objects.get(kind="till/payment_undone").text.replace("\u00a0", " ")
    assert ("€95.00" in told, "€240.00 to pay by" in told) == (True, True)
    pay(order, 24_000, at="2027-02-28 12:00")
    assert Order.objects.get().is_settled


def test_case_E8_a_second_time_gives_the_first(claire, twenty):
    payment = pay(place(claire, twenty), 100)
    first = undo(payment)
    assert first == undo(payment, reason="Another word.", at=moment("2027-03-01 12:00"))
    assert first == receiving.undo_payment(payment=payment, reason="A third word.", by=TEST, at=LATER)
    payment.details.refresh_from_db()
    assert payment.details.undone_reason == "It was for somebody else."
    assert (UndonePayment.objects.count(), Line.objects.filter(kind="correction").count()) == (1, 1)
    assert OutgoingMail.objects.filter(kind="till/payment_undone").count() == 1


def test_case_E8_it_says_why(claire, twenty):
    payment = pay(place(claire, twenty), 100)
    with pytest.raises(receiving.UndoingReasonMissing):
        undo(payment, reason=" ")


def test_case_E8_what_settled_an_order_is_refused(claire, twenty):
    order = place(claire, twenty)
    first, rest = pay(order, 9_500), pay(order, 15_000)  # 5.00 too much
    for payment in (first, rest):
        with pytest.raises(undoing.PaymentSettledOrder):
            undo(payment)
    assert (Line.objects.filter(kind="correction").exists(), credit_of(order)) == (False, 500)


def test_case_E8_paid_twice_is_undone_as_long_as_its_credit_is_there(claire, twenty):
    order = place(claire, twenty)
    pay(order)
    twice = pay(order, is_another=True)
    assert credit_of(order) == 24_000
    undo(twice)
    assert (credit_of(order), faults()) == (0, [])
    movement = CreditMovement.objects.latest("sequence")
    assert (movement.reason, movement.amount_cents, movement.payment) == ("undone", -24_000, twice)
    order.refresh_from_db()
    assert (order.is_settled, [one.amount_cents for one in paid_for(order)]) == (True, [24_000])


def test_case_E8_credit_that_was_used_is_not_taken_back(claire, twenty):
    order = place(claire, twenty)
    pay(order)
    twice = pay(order, is_another=True)
    five = put_on_sale("tokens-5", 5, months=6, shared=False, price_cents=7_000)
    place(claire, five)  # paid by credit
    with pytest.raises(receiving.MoneyUsedAlready) as refused:
        undo(twice)
    assert refused.value.values == {"wanted": 24_000, "found": 17_000}
    assert not UndonePayment.objects.exists()


def test_case_E8_an_order_that_waits_and_uses_the_credit_is_cancelled_first(martins, claire, twenty):
    payment = unallocated_money(martins)
    order = place(claire, twenty)
    assert order.credit_used_cents == 5_000
    with pytest.raises(receiving.MoneyUsedAlready):
        undo(payment)
    waiting.cancel_order(order=order, by=TEST, at=moment(AT))
    undo(payment)
    assert (credit_of(order), faults()) == (0, [])


def test_case_E8_money_without_an_order(martins, claire, twenty):
    payment = unallocated_money(martins)
    undo(payment)
    undo(payment)
    assert (payment_queries.credit_cents(martins), faults()) == (0, [])
    told = OutgoingMail.objects.get(kind="till/unallocated_undone")
    assert told.to == claire.email


@pytest.mark.parametrize("ended", ["expired", "cancelled"])
def test_case_E8_of_an_order_that_has_ended(claire, twenty, ended):
    order = place(claire, twenty)
    payment = pay(order, 9_500)
    if ended == "cancelled":
        waiting.cancel_order(order=order, by=TEST, at=moment(AT))
    else:
        waiting.expire_order(order=order, by=TEST, at=moment("2027-03-29 00:00"))
    assert credit_of(order) == 9_500
    undo(payment, at=moment("2027-03-30 00:00"))
    assert (Order.objects.get().state, credit_of(order), faults()) == (ended, 0, [])


def test_case_E8_an_order_that_asks_for_a_choice_has_ended_again(claire, twenty):
    order = place(claire, twenty)
    waiting.expire_order(order=order, by=TEST, at=moment("2027-03-29 00:00"))
    put_on_sale(price_cents=25_000, at=moment("2027-03-29 12:00"))
    payment = pay(order, at="2027-04-10 12:00")
    assert Order.objects.get().state == "choosing"
    undo(payment, at=moment("2027-04-11 12:00"))
    assert (Order.objects.get().state, credit_of(order), faults()) == ("expired", 0, [])


def test_case_E8_the_same_money_can_be_recorded_again(claire, twenty):
    order = place(claire, twenty)
    undo(pay(order, 9_500))
    again = pay(order, 9_500)
    assert amounts.missing_cents(order) == 14_500
    undo(again)
    assert (Line.objects.filter(kind="correction").count(), faults()) == (2, [])


def test_case_E8_a_cheque_that_was_undone_is_not_cleared(claire, twenty):
    provider.change_setting(name="cheque_activates_on", value="clearing", by=TEST, at=moment("2027-02-01 12:00"))
    payment = pay(place(claire, twenty, means="cheque"))
    undo(payment)
    with pytest.raises(receiving.PaymentUndone):
        recording.clear_cheque(payment=payment, cleared_on=day("2027-02-27"), by=TEST, at=LATER)


def test_case_E8_it_only_grows(claire, twenty):
    undo(pay(place(claire, twenty), 100))
    with pytest.raises(DatabaseError), transaction.atomic():
        UndonePayment.objects.all().delete()


def test_case_E8_verify_finds_what_does_not_agree(claire, twenty):
    order = place(claire, twenty)
    payment = pay(order, 9_500)
    UndonePayment.objects.create(payment=payment, at=LATER, actor_kind="system", actor_label="past the program")
    assert faults() == [
        f"payment {payment.pk}: whether it was undone and the corrections in the books differ (corrections 0)"
    ]


def test_case_E8_verify_finds_a_payment_without_its_line(martins, claire, twenty):
    unallocated_money(martins)
    append_only.remove("default")
    try:
        CreditMovement.objects.all().delete()
        Payment.objects.update(amount_cents=1)
        differing = "the payment and the books differ (field amount, expected 5000, found 1)"
        append_only.install("default")
        assert f"payment {Payment.objects.get().pk}: {differing}" in faults()
    finally:
        append_only.install("default")


@pytest.mark.django_db(transaction=True)
def test_case_E8_several_at_once(martins, claire):
    open_shop()
    order = place(claire, put_on_sale())
    payment = pay(order, 100)
    results = all_at_once([partial(undo, payment, reason=f"Reason {number}.") for number in range(5)])
    assert {type(result).__name__ for result in results} == {"UndonePayment"}
    assert (Line.objects.filter(kind="correction").count(), faults()) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_case_E8_undone_while_its_credit_is_used(martins, claire):
    open_shop()
    payment = unallocated_money(martins, 24_000)
    twenty = put_on_sale()
    results = all_at_once([partial(undo, payment), partial(place, claire, twenty)])
    order = Order.objects.get()
    was_undone = UndonePayment.objects.exists()
    assert order.credit_used_cents == (0 if was_undone else 24_000)
    assert order.is_settled is not was_undone
    assert sorted(type(result).__name__ for result in results) == (
        ["Order", "UndonePayment"] if was_undone else ["MoneyUsedAlready", "Order"]
    )
    assert faults() == []


def in_english(person):
    person.language = "en"
    person.save()
    return signed_in(person)


def test_case_E8_the_owners_page(claire, odile, awa, twenty):
    order = place(claire, twenty)
    payment = pay(order, 9_500)
    path = f"/desk/payments/{payment.pk}/undo/"
    assert signed_in(awa).get(path).status_code == 404
    assert path not in in_english(awa).get(f"/desk/orders/{order.pk}/").content.decode()
    browser = in_english(odile)
    for page in (f"/desk/orders/{order.pk}/", f"/desk/customers/{order.customer_id}/"):
        assert path in browser.get(page).content.decode()
    assert browser.post(path, {"reason": ""}).status_code == 200
    answer = browser.post(path, {"reason": "A slip of the finger."}, follow=True)
    assert "Corrected. The payment no longer counts" in answer.content.decode()
    assert "recorded by mistake" in answer.content.decode()
    assert "A slip of the finger." in browser.get(path).content.decode()
    row = browser.get("/desk/payments/csv/").content.decode("utf-8-sig").splitlines()[1]
    assert row.endswith(";A slip of the finger.;;;;")
    assert "recorded by mistake" in in_english(claire).get(f"/my/orders/{order.reference}/").content.decode()


def test_case_E8_what_is_refused_is_said_on_the_page(claire, odile, twenty):
    payment = pay(place(claire, twenty))
    answer = in_english(odile).post(f"/desk/payments/{payment.pk}/undo/", {"reason": "A slip."})
    assert "Only a refund with a credit note can undo that" in answer.content.decode()


def test_case_E8_money_without_an_order_leads_back_to_the_customer(martins, odile, twenty):
    payment = unallocated_money(martins)
    answer = in_english(odile).post(f"/desk/payments/{payment.pk}/undo/", {"reason": "A slip."})
    assert answer.headers["Location"] == f"/desk/customers/{martins.pk}/"
