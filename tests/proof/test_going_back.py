"""Credit notes, refunds, repayments, withdrawals and deposit slips against what was written because of them: somebody
with the database in hand is found out (O8, O9, O11).
"""

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.cheques import actions as cheques
from carnet.cheques.models import Bounce, DepositedCheque, DepositSlip
from carnet.invoices.models import Invoice, InvoiceLine
from carnet.kernel import append_only
from carnet.ledger.models import Lot, Movement
from carnet.payments.models import CreditMovement, OnlineRefund, Payment
from carnet.proof import queries
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.till.actions import bouncing, refunding, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund, Withdrawal
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment, spend, take
from tests.factories.online import pay_online, refund_told, send_back
from tests.factories.orders import lot_of, open_shop, pay, place
from tests.proofs import every_fault

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LATER = "2027-03-01 12:00"
TO = SentTo(account_holder="Claire Martin", iban="FR7630006000011234567890189")


def after(check: str, tamper: Callable[[], object]) -> list[str]:
    """The codes that a check finds once this was done, which is undone again."""
    with transaction.atomic():
        append_only.remove()
        tamper()
        append_only.install()
        found = [fault.code for name, faults in queries.CHECKS if name == check for _n, of in faults() for fault in of]
        every_fault()  # each has its words
        transaction.set_rollback(True)
    return found


def change(rows: Any, **changed: Any) -> Callable[[], object]:
    return partial(rows.update, **changed)


def back(order: Any, count: int | None = None, *, to: SentTo = TO, at: str = LATER, key: str = "k1") -> Refund:
    units = {lot_of(order).pk: count} if count else None
    (refund,) = refunding.refund_order(
        order=order, units=units, reason=Refund.Reason.OWNER, to=to, note="We agreed.", by=TEST, at=moment(at), key=key
    )
    return refund


@pytest.fixture
def bought(martins, claire):
    """20 tickets for 240.00 €: 3 were used, 5 went back by transfer, which was sent."""
    open_shop()
    order = place(claire, put_on_sale())
    pay(order)
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    spend(martins, 1, 3, at="2027-02-27 13:00")
    back(order, 5)
    sending.record_sent(
        repayment=Repayment.objects.get(), sent_on=day("2027-03-02"), by=TEST, at=moment("2027-03-02 12:00")
    )
    assert every_fault() == []
    return order


def notes() -> Any:
    return Invoice.objects.filter(kind="credit_note")


def test_all_is_well_whatever_goes_back(bought, claire):
    back(bought, 2, to=SentTo(wants_credit=True), key="k2")
    other = place(claire, put_on_sale(code="other"), "2027-03-02 12:00")
    pay(other, at="2027-03-02 12:00")
    back(other, 7, at="2027-03-03 12:00", key="k3")
    back(bought, key="k4", at="2027-03-04 12:00")
    back(other, key="k5", at="2027-03-05 12:00")
    assert every_fault() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"gross_cents": 24_001, "net_cents": 20_001, "vat_cents": 4_000}, "credited_too_much"),
        ({"vat_cents": 999, "net_cents": 5_001}, "vat_differs"),
        ({"vat_permille": 100}, "sold_otherwise"),
        ({"code": "another"}, "sold_otherwise"),
        ({"position": 2}, "corrects_no_line"),
    ],
)
def test_a_line_of_a_credit_note(bought, changed, code):
    lines = InvoiceLine.objects.filter(invoice__in=notes())
    assert code in after("credit notes", change(lines, **changed))


def test_a_credit_note_of_another_customer_or_from_before_its_invoice(bought, robledo):
    assert after("credit notes", change(notes(), customer=robledo)) == ["corrects_another"]
    assert after("credit notes", change(notes(), issued_on=day("2027-02-01"))) == ["before_its_invoice"]


def test_a_credit_note_that_corrects_a_credit_note(bought):
    back(bought, 1, key="k2")
    first, last = notes().order_by("pk")
    found = after("credit notes", change(notes().filter(pk=last.pk), corrects=first))
    assert "corrects_another" in found


def test_books_that_correct_another_sale(bought):
    corrections = Line.objects.filter(kind="correction")
    payment = Line.objects.get(kind="payment")
    assert after("credit notes", change(corrections, corrects=payment)) == ["corrects_another_sale"]
    assert after("credit notes", corrections.delete) == ["corrects_another_sale"]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"unit_count": 6}, ["units_differ", "note_differs"]),
        ({"amount_cents": 6_001}, ["worth_differs", "note_differs", "money_differs"]),
        ({"amount_cents": 5_999}, ["worth_differs", "note_differs", "money_differs"]),
        ({"credit_cents": 1}, ["money_differs"]),
        ({"wants_credit": True}, ["money_differs"]),
        ({"credit_note": None}, ["note_differs"]),
        ({"reason": "withdrawal"}, ["not_withdrawn"]),
        ({"at": moment("2027-02-01 12:00")}, ["not_sold"]),
        ({"lot": None}, ["units_differ", "worth_differs"]),
    ],
)
def test_a_refund_that_was_changed(bought, changed, found):
    assert after("refunds", change(Refund.objects, **changed)) == found


def test_a_refund_without_its_money_or_units(bought):
    def pay_less() -> None:
        Payment.objects.update(amount_cents=5_000)

    assert after("refunds", change(Repayment.objects, amount_cents=1)) == ["money_differs"]
    moved = Movement.objects.filter(kind="refunded")
    assert after("refunds", change(moved, quantity=4)) == ["units_differ", "worth_differs"]
    assert after("refunds", pay_less) == ["more_than_paid"]

    def forget() -> None:
        Refund.objects.get().note.delete()
        Refund.objects.all().delete()

    assert after("refunds", forget) == ["refund_missing"]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"amount_cents": 6_001}, ["differs", "books_differ"]),
        ({"amount_cents": 24_001}, ["differs", "books_differ", "more_than_came"]),
        ({"means": "paypal"}, ["differs", "books_differ", "service_differs"]),
        ({"sent_on": day("2027-02-01")}, ["sent_too_early", "books_differ"]),
        ({"state": "due", "sent_on": None, "sent_at": None}, ["differs", "books_differ"]),
        ({"key": "another"}, ["books_differ"]),
    ],
)
def test_a_repayment_that_was_changed(bought, changed, found):
    assert after("repayments", change(Repayment.objects, **changed)) == found


def test_a_repayment_that_only_the_books_know(bought):
    def forget() -> None:
        Repayment.objects.get().account.delete()
        Repayment.objects.all().delete()

    assert after("repayments", forget) == ["repayment_missing"]
    lines = Line.objects.filter(cause_kind="repayment")
    assert after("repayments", lines.delete) == ["books_differ"]


def test_money_that_the_service_sent(martins, claire):
    open_shop()
    order = place(claire, put_on_sale())
    payment = pay_online(order)
    send_back(payment, refund_told(cents=6_000))
    back(order, 5)
    assert every_fault() == []
    assert after("repayments", change(OnlineRefund.objects, amount_cents=5_999)) == ["service_differs"]
    asked = change(Repayment.objects, why="", external_id="R-1")
    assert after("repayments", asked) == ["differs", "service_differs"]


@pytest.fixture
def withdrawn(martins, claire):
    """A consumer withdrew on the third day from 20 tickets that were paid."""
    open_shop()
    order = place(claire, put_on_sale())
    pay(order)
    declared = withdrawing.Declared("Claire Martin", claire.email, "fr", TO)
    withdrawing.declare_withdrawal(
        order=order, declared=declared, person=claire, visitor="", by=TEST, at=moment(LATER), key="w1"
    )
    assert every_fault() == []
    return order


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"declared_at": moment("2027-03-16 12:00")},
         ["declared_differs", "out_of_time", "not_carried_out"]),
        ({"carried_out_at": None}, ["carried_out_differs"]),
    ],
)  # fmt: skip
def test_a_withdrawal_that_was_changed(withdrawn, changed, found):
    assert after("withdrawals", change(Withdrawal.objects, **changed)) == found


def test_a_withdrawal_that_took_nothing(withdrawn):
    left = change(Lot.objects, available=F("refunded"), refunded=0)
    assert after("withdrawals", left) == ["units_left"]
    waits = change(type(withdrawn).objects, state="waiting")
    assert after("withdrawals", waits) == ["not_carried_out"]
    assert after("refunds", change(Withdrawal.objects, carried_out_at=None)) == ["not_withdrawn"]


def test_a_withdrawal_that_was_taken_away_or_told_otherwise(withdrawn):
    def forget() -> None:
        Withdrawal.objects.get().details.delete()
        Withdrawal.objects.all().delete()

    assert after("withdrawals", forget) == ["withdrawal_missing"]
    told = Entry.objects.filter(code="withdrawal.declared")
    assert after("withdrawals", told.delete) == ["declared_differs"]


@pytest.fixture
def slips(claire):
    """Two deposit slips of the year, with a cheque each."""
    open_shop()
    edition = put_on_sale()
    for number in (1, 2):
        payment = pay(place(claire, edition, means="cheque"))
        cheques.make_deposit_slip(payments=[payment.pk], by=TEST, at=moment(LATER), key=f"slip{number}")
    assert every_fault() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sequence": F("sequence") + 1}, "does_not_follow"),
        ({"made_on": day("2026-12-31")}, "does_not_follow"),
        ({"total_cents": 1}, "sum_differs"),
        ({"cheque_count": 2}, "sum_differs"),
        ({"deposited_on": datetime.date(2027, 2, 1)}, "deposited_too_early"),
    ],
)
def test_a_deposit_slip_that_was_changed(slips, changed, code):
    (first, *_others) = after("deposit slips", change(DepositSlip.objects.filter(sequence=2), **changed))
    assert first == code


def test_the_last_deposit_slip_cut_off(slips):
    def cut_off() -> None:
        DepositedCheque.objects.filter(slip__sequence=2).delete()
        DepositSlip.objects.filter(sequence=2).delete()

    assert after("deposit slips", cut_off) == ["counter_differs"]


@pytest.mark.parametrize("changed", [{"bounced_on": day("2027-02-25")}, {"bounced_on": day("2027-03-09")}])
def test_a_bounced_cheque_of_another_day(slips, changed):
    payment = Payment.objects.first()
    bouncing.bounce_cheque(payment=payment, bounced_on=day("2027-03-08"), by=TEST, at=moment("2027-03-08 12:00"))
    assert every_fault() == []
    assert after("payments", change(Bounce.objects, **changed)) == ["bounce_impossible"]


def test_a_deposit_slip_with_something_else(slips):
    assert after("deposit slips", change(Payment.objects, means="transfer")) == ["no_cheque"] * 2
    assert after("deposit slips", DepositedCheque.objects.all().delete) == ["sum_differs"] * 2
    assert CreditMovement.objects.count() == 0
