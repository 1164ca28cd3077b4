"""O9, O10, O11: units go back, and their money with them, by the way it came."""

from functools import partial

import pytest

from carnet.audit.models import Entry
from carnet.invoices.models import Invoice
from carnet.kernel.refused import KeyReused
from carnet.ledger.actions.movements import NotEnoughUnits
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import waiting
from carnet.orders.models import Activation, Order
from carnet.orders.queries import amounts
from carnet.payments import queries as payments
from carnet.payments.models import CreditMovement, Dispute
from carnet.people.models import Person
from carnet.repayments.models import Repayment
from carnet.till.actions import fulfilling, refunding, undoing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund
from carnet.till.queries import due, refunds
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import buckets, day, let_go, moment, spend, take
from tests.factories.online import pay_online, refund_told, send_back
from tests.factories.orders import lot_of, open_shop, pay, place

LATER = "2027-03-01 12:00"
TO = SentTo(account_holder="Claire Martin", iban="FR7630006000011234567890189")


@pytest.fixture(autouse=True)
def _in_english(claire, odile):
    Person.objects.update(language="en")
    open_shop()


@pytest.fixture
def twenty(db):
    """20 tickets for 240.00 €."""
    return put_on_sale()


@pytest.fixture
def bought(claire, twenty):
    order = place(claire, twenty)
    pay(order)
    return order


def back(order, count=None, *, at=LATER, reason="owner", to=TO, note="We agreed.", key="k1", by=TEST):
    units = {lot_of(order).pk: count} if count else None
    return refunding.refund_order(
        order=order, units=units, reason=Refund.Reason(reason), to=to, note=note, by=by, at=moment(at), key=key
    )


def preview_of(order, *, at):
    return refunds.preview_refund(Order.objects.with_lines().get(pk=order.pk), at=at)


def paid(order):
    return amounts.paid_cents(Order.objects.get(pk=order.pk))


def disputed(order):
    """The buyer has asked the payment service for this money."""
    return Dispute.objects.create(
        payment=order.customer.payments.get(), external_id="PP-D-1", amount_cents=5_000, reason="x",
        opened_at=moment(LATER), changed_at=moment(LATER), looked_at=moment(LATER),
    )  # fmt: skip


def use(customer, person, count, ticket=1):
    take(person, customer, ticket, quantity=count, at="2027-02-27 12:00")
    spend(customer, ticket, count, at="2027-02-27 13:00")


def credit_lines():
    return list(CreditMovement.objects.order_by("sequence").values_list("reason", "amount_cents"))


def owed():
    return list(Repayment.objects.order_by("id").values_list("means", "state", "amount_cents"))


@pytest.mark.parametrize(
    ("quantity", "price", "used", "cents"),
    [(7, 10_000, 3, 5_714), (12, 101, 6, 50), (20, 30_000, 3, 25_500)],
    ids=["seven", "twelve", "O11"],
)
def test_O9_what_goes_back_is_what_the_units_left_are_worth(martins, claire, quantity, price, used, cents):
    order = place(claire, put_on_sale(quantity=quantity, price_cents=price, shared=False))
    pay(order)
    use(martins, claire, used)
    preview = preview_of(order, at=moment(LATER))
    (refund,) = back(order)
    assert (preview.cents, preview.units, preview.reserved) == (cents, quantity - used, 0)
    assert (refund.amount_cents, refund.unit_count, refund.credit_cents) == (cents, quantity - used, 0)
    note = refund.credit_note
    assert (note.kind, note.gross_cents, note.corrects, note.facts["reason"]) == (
        "credit_note", cents, order.settlement.invoice, "refund",
    )  # fmt: skip
    assert note.lines.get().units_back == quantity - used
    assert buckets(lot_of(order)) == {"spent": used, "refunded": quantity - used}
    assert owed() == [("transfer", "due", cents)]
    repayment = Repayment.objects.get()
    assert (repayment.reference, repayment.account.iban, repayment.cause) == (order.reference, TO.iban, refund.cause)
    assert paid(order) == price - cents


def test_O9_a_part_goes_back_and_later_the_rest(bought):
    (first,) = back(bought, 5)
    assert (first.amount_cents, buckets(lot_of(bought))) == (6_000, {"available": 15, "refunded": 5})
    (rest,) = back(bought, key="k2")
    assert (rest.amount_cents, buckets(lot_of(bought))) == (18_000, {"refunded": 20})
    assert paid(bought) == 0
    with pytest.raises(refunding.NothingToRefund):
        back(bought, key="k3")


def test_O9_the_last_money_goes_back_first_and_credit_last(martins, claire, twenty):
    first = place(claire, twenty)
    pay(first, 27_000)  # 30.00 € are credit
    order = place(claire, twenty)
    pay(order, 10_000)
    pay(order, 11_000, means="cheque")
    preview = preview_of(order, at=moment(LATER))
    assert [(one.means, one.cents) for one in preview.ways] == [
        ("cheque", 11_000), ("transfer", 10_000), ("credit", 3_000),
    ]  # fmt: skip
    assert preview.needs_account
    (refund,) = back(order, to=SentTo())
    assert owed() == [("cheque", "due", 11_000), ("transfer", "due", 10_000)]
    assert (refund.amount_cents, refund.credit_cents) == (24_000, 3_000)
    assert credit_lines()[-1] == ("refunded", 3_000)
    assert [one["means"] for one in refund.credit_note.facts["paid"]] == ["cheque", "transfer", "credit"]
    assert (paid(order), payments.credit_cents(martins)) == (0, 3_000)


def test_O9_the_customer_may_prefer_credit(martins, bought):
    (refund,) = back(bought, 5, to=SentTo(wants_credit=True))
    assert (refund.credit_cents, owed(), credit_lines()) == (6_000, [], [("refunded", 6_000)])
    assert (payments.credit_cents(martins), paid(bought)) == (6_000, 18_000)
    assert amounts.sum_of(Order.objects.get()) == amounts.Sum(24_000, 0, 24_000, 0)


def test_O9_what_paypal_took_goes_back_through_paypal(claire, twenty):
    order = place(claire, twenty)
    pay_online(order)
    back(order, 5, to=SentTo())
    assert owed() == [("paypal", "asked", 6_000)]
    assert Repayment.objects.get().look_at == moment(LATER)


def test_O9_what_was_sent_back_by_hand_is_taken_for_it(claire, twenty):
    order = place(claire, twenty)
    payment = pay_online(order)
    send_back(payment, refund_told(cents=8_000))
    preview = preview_of(order, at=moment(LATER))
    assert [(one.cents, one.by_hand_cents) for one in preview.ways] == [(24_000, 8_000)]
    back(order, 5, to=SentTo())
    assert owed() == [("paypal", "sent", 6_000)]
    back(order, to=SentTo(), key="k2")
    assert owed()[1:] == [("paypal", "sent", 2_000), ("paypal", "asked", 16_000)]


def test_O9_never_more_than_was_paid(claire, twenty, settings):
    order = place(claire, twenty)
    pay(order)
    use(order.customer, claire, 3)
    assert sum(one.amount_cents for one in back(order)) == 24_000 - 3_600


def test_O9_reserved_units_wait_and_go_back_once_released(martins, claire, bought):
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    preview = preview_of(bought, at=moment(LATER))
    assert (preview.units, preview.reserved) == (17, 3)
    (refund,) = back(bought)
    assert (refund.takes_rest, buckets(lot_of(bought))) == (True, {"reserved": 3, "refunded": 17})
    assert lot_of(bought).frozen_at == moment(LATER)
    assert list(refunds.refunds_to_follow()) == []
    spend(martins, 1, 1, at="2027-03-02 12:00")
    let_go(martins, 1, 2, at="2027-03-02 13:00")
    assert buckets(lot_of(bought)) == {"spent": 1, "frozen": 2, "refunded": 17}
    (followed,) = refunds.refunds_to_follow()
    (rest,) = refunding.refund_released(refund=followed, by=TEST, at=moment("2027-03-03 12:00"))
    assert buckets(lot_of(bought)) == {"spent": 1, "refunded": 19}
    assert (rest.unit_count, rest.reason, rest.credit_note.gross_cents) == (2, "owner", 2_400)
    assert (sum(one[2] for one in owed()), paid(bought)) == (19 * 1_200, 1_200)
    assert Repayment.objects.latest("id").account.iban == TO.iban
    assert list(refunds.refunds_to_follow()) == []
    assert refunding.refund_released(refund=followed, by=TEST, at=moment("2027-03-04 12:00")) == []


def test_O7_O9_what_is_released_waits_while_the_payment_is_disputed(martins, claire, bought):
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    (refund,) = back(bought)
    let_go(martins, 1, 3, at="2027-03-02 13:00")
    dispute = disputed(bought)
    assert refunding.refund_released(refund=refund, by=TEST, at=moment("2027-03-03 12:00")) == []
    assert buckets(lot_of(bought)) == {"frozen": 3, "refunded": 17}
    dispute.delete()
    (rest,) = refunding.refund_released(refund=refund, by=TEST, at=moment("2027-03-20 12:00"))
    assert (rest.unit_count, buckets(lot_of(bought))) == (3, {"refunded": 20})


def test_O9_all_reserved_nothing_goes_back_yet(martins, claire, bought):
    take(claire, martins, 1, quantity=20, at="2027-02-27 12:00")
    (refund,) = back(bought)
    assert (refund.unit_count, refund.amount_cents, refund.credit_note) == (0, 0, None)
    with pytest.raises(refunding.NothingToRefund):
        back(bought, key="k2")
    let_go(martins, 1, 20, at="2027-03-02 13:00")
    (followed,) = refunds.refunds_to_follow()
    (rest,) = refunding.refund_released(refund=followed, by=TEST, at=moment("2027-03-03 12:00"))
    assert (rest.amount_cents, buckets(lot_of(bought))) == (24_000, {"refunded": 20})


def test_O9_dormant_units_go_back_too(bought):
    (refund,) = back(bought, at="2028-06-01 12:00")
    assert refund.amount_cents == 24_000


def test_O10_what_its_activation_did_is_undone_and_shown_before(martins, claire):
    old = place(claire, put_on_sale(quantity=6, shared=False), at="2027-01-12 12:00")
    pay(old, at="2027-01-12 12:00")
    new = place(claire, put_on_sale(code="more"), at="2028-03-06 12:00")
    pay(new, at="2028-03-06 12:00")
    revived = lot_of(old)
    assert revived.last_day == day("2029-03-06")
    (moved,) = preview_of(new, at=moment("2028-03-07 12:00")).days
    assert (moved.lot, moved.before, moved.after) == (revived, day("2029-03-06"), day("2028-01-12"))
    back(new, at="2028-03-07 12:00")
    assert lot_of(old).last_day == day("2028-01-12")


def test_O11_of_an_order_that_has_brought_nothing_all_goes_back(martins, claire, twenty):
    order = place(claire, twenty, express_request=False)
    pay(order)
    assert not Activation.objects.exists()
    preview = preview_of(order, at=moment(LATER))
    assert (preview.cents, preview.units) == (24_000, 20)
    (refund,) = back(order, reason="withdrawal", note="")
    assert (refund.lot, refund.unit_count, refund.amount_cents) == (None, 20, 24_000)
    assert refund.credit_note.facts["reason"] == "withdrawal"
    later = moment("2027-04-01 12:00")
    assert list(due.activations_due(later)) == []
    assert fulfilling.activate_order(order=order, by=TEST, at=later) == []
    with pytest.raises(refunding.NothingToRefund):
        back(order, key="k2")


def test_refunded_once_by_the_same_request(bought):
    first = back(bought, 5)
    assert back(bought, 5) == first
    with pytest.raises(KeyReused):
        back(bought, 6)
    assert Refund.objects.count() == 1


def test_refused_without_a_reason_of_the_provider(bought):
    with pytest.raises(refunding.RefundReasonMissing):
        back(bought, 5, note="  ")


def test_refused_what_is_not_paid(claire, twenty):
    order = place(claire, twenty)
    with pytest.raises(refunding.NothingToRefund):
        back(order)


def test_refused_more_units_than_are_there(bought):
    with pytest.raises(NotEnoughUnits):
        back(bought, 21)
    assert not Refund.objects.exists()
    assert not Invoice.objects.filter(kind="credit_note").exists()


def test_another_orders_lot_is_a_mistake(claire, bought, twenty):
    other = place(claire, twenty)
    pay(other)
    with pytest.raises(ValueError, match="of lot"):
        refunding.refund_order(
            order=bought, units={lot_of(other).pk: 1}, reason=Refund.Reason.OWNER, to=TO, note="x", by=TEST,
            at=moment(LATER), key="k",
        )  # fmt: skip


def test_a_payment_that_goes_back_is_not_undone(bought):
    back(bought)
    payment = bought.customer.payments.get()
    with pytest.raises(undoing.PaymentSettledOrder):
        undoing.undo_payment(payment=payment, reason="Wrong", by=TEST, at=moment(LATER))


def test_told_to_the_customer_and_audited(bought):
    (refund,) = back(bought, 5)
    mail = OutgoingMail.objects.get(kind="till/refund_made")
    assert "60.00" in mail.subject
    assert "Carnet no. 1: 5\xa0tickets refunded." in mail.text
    entry = Entry.objects.get(code="refund.made")
    assert (entry.subject_id, entry.details["amount_cents"], entry.details["units"]) == (refund.pk, 6_000, 5)


def test_O11_an_unpaid_order_is_cancelled_and_what_came_goes_back(martins, claire, twenty):
    first = place(claire, twenty)
    pay(first, 27_000)  # 30.00 € are credit
    order = place(claire, twenty)
    pay(order, 5_000)
    pay(order, 1_000)
    give = partial(refunding.return_payments, order=order, to=TO, by=TEST, at=moment(LATER), key="w1")
    assert (give().state, give().state) == ("cancelled", "cancelled")
    assert owed() == [("transfer", "due", 1_000), ("transfer", "due", 5_000)]
    assert {one.cause for one in Repayment.objects.all()} == {order.cause}
    assert (payments.credit_cents(martins), paid(order)) == (3_000, 0)
    assert credit_lines() == [("surplus", 3_000), ("used", -3_000), ("returned", 3_000)]


def test_O11_what_came_for_an_unpaid_order_becomes_credit_if_wanted(martins, claire, twenty):
    order = place(claire, twenty)
    pay(order, 5_000)
    to = SentTo(wants_credit=True)
    refunding.return_payments(order=order, to=to, by=TEST, at=moment(LATER), key="w1")
    assert (owed(), credit_lines()) == ([], [("cancelled", 5_000)])


def test_O7_O11_what_came_for_an_unpaid_order_stays_while_it_is_disputed(claire, twenty):
    order = place(claire, twenty)
    pay(order, 5_000)
    disputed(order)
    with pytest.raises(refunding.PaymentDisputed):
        refunding.return_payments(order=order, to=TO, by=TEST, at=moment(LATER), key="w1")
    assert (Order.objects.get(pk=order.pk).state, owed(), credit_lines()) == ("waiting", [], [])


def test_a_paid_order_is_no_unpaid_one(bought):
    with pytest.raises(waiting.OrderNotWaiting):
        refunding.return_payments(order=bought, to=TO, by=TEST, at=moment(LATER), key="w1")
