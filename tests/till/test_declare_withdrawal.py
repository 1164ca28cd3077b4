"""O11: a consumer withdraws: declared at a moment that counts, carried out at once or once it is confirmed."""

from functools import partial

import pytest
import time_machine

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.kernel import keys
from carnet.kernel.refused import KeyReused
from carnet.ledger.models import Lot
from carnet.mail.actions import TooManyMails
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.payments import queries as payments
from carnet.people.models import Person
from carnet.repayments.models import Repayment
from carnet.till import tasks
from carnet.till.actions import crediting, recording, refunding, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund, Withdrawal
from carnet.till.queries import withdrawals
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import buckets, let_go, moment, spend, take
from tests.factories.online import pay_online
from tests.factories.orders import lot_of, open_shop, pay, place
from tests.factories.processes import all_at_once
from tests.proofs import every_fault
from tests.till.test_take_in_dispute import hear

DAY_5 = "2027-03-03 12:00"
TO = SentTo(account_holder="Claire Martin", iban="FR7630006000011234567890189")


@pytest.fixture(autouse=True)
def _in_english(claire, odile):
    Person.objects.update(language="en")
    open_shop()


@pytest.fixture
def twenty(db):
    """20 tickets for 300.00 €."""
    return put_on_sale(price_cents=30_000)


@pytest.fixture
def bought(claire, twenty):
    order = place(claire, twenty)
    pay(order)
    return order


def fresh(order):
    return Order.objects.with_lines().get(pk=order.pk)


def declared(name="Claire Martin", email="claire@example.org", to=TO):
    return withdrawing.Declared(name, email, "en", to)


def withdraw(order, person=None, at=DAY_5, **changed):
    given = {
        "declared": declared(), "visitor": "192.0.2.7", "by": person.as_actor() if person else VISITOR,
        "key": keys.new_key(),
    }  # fmt: skip
    return withdrawing.declare_withdrawal(order=order, person=person, at=moment(at), **(given | changed))


def use(customer, person, count, *, ticket=1):
    take(person, customer, ticket, quantity=count, at="2027-02-27 12:00")
    spend(customer, ticket, count, at="2027-02-27 13:00")


def preview(order, at=DAY_5):
    return withdrawals.preview_withdrawal(fresh(order), at=moment(at))


def owed():
    return list(Repayment.objects.order_by("id").values_list("means", "state", "amount_cents"))


def test_O11_with_the_express_request_what_was_used_is_paid(martins, claire, bought):
    use(martins, claire, 3)
    assert (preview(bought).standing, preview(bought).cents) == ("open", 25_500)
    withdrawal = withdraw(bought, claire)
    assert withdrawal.carried_out_at == moment(DAY_5)
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.unit_count, refund.reason) == (25_500, 17, "withdrawal")
    assert (refund.credit_note.gross_cents, refund.credit_note.facts["reason"]) == (25_500, "withdrawal")
    assert owed() == [("transfer", "due", 25_500)]
    assert buckets(lot_of(bought)) == {"spent": 3, "refunded": 17}
    assert {"withdrawal.declared", "withdrawal.carried_out", "refund.made"} <= set(
        Entry.objects.values_list("code", flat=True)
    )
    assert every_fault() == []


def test_O11_without_the_express_request_everything_comes_back(claire, twenty):
    order = place(claire, twenty, express_request=False)
    pay(order)
    assert not Lot.objects.exists()
    withdraw(order, claire)
    assert owed() == [("transfer", "due", 30_000)]
    tasks.activate_orders.call()
    assert not Lot.objects.exists()
    assert every_fault() == []


def test_O11_all_used_at_express_request_nothing_is_paid_back(martins, claire, bought):
    use(martins, claire, 20)
    assert preview(bought).is_all_used
    withdrawal = withdraw(bought, claire)
    assert withdrawal.is_carried_out
    assert (owed(), Refund.objects.count()) == ([], 0)
    assert OutgoingMail.objects.filter(kind="till/withdrawal_received").count() == 1
    assert every_fault() == []


def test_O11_what_a_ticket_holds_is_refunded_once_it_is_released(martins, claire, bought):
    take(claire, martins, 1, quantity=2, at="2027-02-27 12:00")
    assert (preview(bought).cents, preview(bought).reserved) == (27_000, 2)
    withdraw(bought, claire)
    assert owed() == [("transfer", "due", 27_000)]
    let_go(martins, 1, 2, at="2027-03-04 12:00")
    with time_machine.travel(moment("2027-03-05 12:00"), tick=False):
        tasks.follow_refunds.call()
    assert owed() == [("transfer", "due", 27_000), ("transfer", "due", 3_000)]
    assert buckets(lot_of(bought)) == {"refunded": 20}
    assert every_fault() == []


@pytest.mark.parametrize("paid", [0, 12_000], ids=["nothing", "a part"])
def test_O11_an_order_that_waits_is_cancelled_and_what_was_paid_comes_back(claire, twenty, paid):
    order = place(claire, twenty)
    if paid:
        pay(order, paid)
    assert preview(order).cents == paid
    withdraw(order, claire)
    assert fresh(order).state == "cancelled"
    assert owed() == ([("transfer", "due", paid)] if paid else [])
    assert payments.credit_cents(order.customer) == 0
    assert every_fault() == []


def test_O11_as_credit_if_that_is_wished(claire, bought):
    withdraw(bought, claire, declared=declared(to=SentTo(wants_credit=True)))
    assert (owed(), payments.credit_cents(bought.customer)) == ([], 30_000)
    assert every_fault() == []


def test_O11_credit_used_is_credit_again(martins, claire, twenty):
    crediting.record_unallocated_payment(
        customer=martins, money=recording.Received("transfer", 5_000, moment("2027-02-20 12:00").date()), by=TEST,
        at=moment("2027-02-20 12:00"), key="k",
    )  # fmt: skip
    order = place(claire, twenty)
    assert [(one.means, one.cents) for one in preview(order).ways] == [("credit", 5_000)]
    withdraw(order, claire)
    assert payments.credit_cents(martins) == 5_000
    assert every_fault() == []


def test_O11_on_the_last_day_it_counts_and_a_day_later_it_does_not(claire, bought):
    with pytest.raises(withdrawing.WithdrawalLate):
        withdraw(bought, claire, "2027-03-13 00:00")
    assert not Withdrawal.objects.exists()
    assert preview(bought, "2027-03-13 00:00").standing == "late"
    assert withdraw(bought, claire, "2027-03-12 23:59:59").is_carried_out


def test_a_company_is_refused(ines, twenty):
    order = place(ines, twenty)
    with pytest.raises(withdrawing.ConsumersOnly):
        withdraw(order, ines)
    assert preview(order).standing == "company"


def test_there_is_nothing_to_withdraw_from_an_order_that_ended(claire, twenty):
    order = place(claire, twenty)
    waiting.cancel_order(order=order, by=TEST, at=moment("2027-02-27 12:00"))
    with pytest.raises(withdrawing.NothingToWithdrawFrom):
        withdraw(order, claire)


def test_by_whoever_is_not_signed_in_it_counts_at_once_and_waits_for_the_link(claire, bought):
    withdrawal = withdraw(bought)
    assert (withdrawal.carried_out_at, owed()) == (None, [])
    mail = OutgoingMail.objects.get(kind="till/withdrawal_received")
    assert mail.to == "claire@example.org"
    assert withdrawal.token in mail.text
    # Confirmed after the last day it still counts: it was declared in time.
    done = withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=VISITOR, at=moment("2027-03-20 12:00"))
    assert (done.is_carried_out, done.carried_out_by, owed()) == (True, None, [("transfer", "due", 30_000)])
    assert withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=VISITOR, at=moment("2027-03-21 12:00")) == done
    assert len(owed()) == 1
    assert every_fault() == []


def test_the_owner_carries_out_what_nobody_confirmed(odile, bought):
    withdrawal = withdraw(bought)
    done = withdrawing.carry_out_withdrawal(
        withdrawal=withdrawal, person=odile, by=odile.as_actor(), at=moment("2027-03-10 12:00")
    )
    assert done.carried_out_by == odile


def test_O3_one_confirmed_after_the_order_ended_lets_no_late_money_revive_it(martins, claire, twenty):
    order = place(claire, twenty)
    withdrawal = withdraw(order)
    waiting.expire_order(order=order, by=TEST, at=moment("2027-03-29 00:00"))
    done = withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=VISITOR, at=moment("2027-03-30 12:00"))
    assert (done.is_carried_out, owed(), fresh(order).state) == (True, [], "cancelled")
    pay(order, at="2027-04-10 12:00")
    assert (fresh(order).state, payments.credit_cents(martins), every_fault()) == ("cancelled", 30_000, [])


def test_one_confirmed_after_the_order_was_cancelled_does_nothing_more(claire, twenty):
    order = place(claire, twenty)
    withdrawal = withdraw(order)
    waiting.cancel_order(order=order, by=TEST, at=moment("2027-03-04 12:00"))
    done = withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=VISITOR, at=moment("2027-03-05 12:00"))
    assert (done.is_carried_out, owed(), fresh(order).state, every_fault()) == (True, [], "cancelled", [])


def test_a_member_does_not_withdraw_for_the_household(hugo, bought):
    assert not withdraw(bought, hugo).is_carried_out


def test_L12_a_second_declaration_gives_the_first(claire, bought, twenty):
    first = withdraw(bought, claire, key="k")
    assert withdraw(bought, claire, key="k") == first
    assert withdraw(bought, claire) == first
    assert withdraw(bought) == first
    with pytest.raises(KeyReused):
        withdraw(bought, claire, key="k", declared=declared("Somebody else"))
    with pytest.raises(KeyReused):
        withdraw(place(claire, twenty), claire, key="k")
    assert len(owed()) == 1


def test_O7_while_the_payment_is_disputed_nothing_goes_back(claire, twenty):
    order = place(claire, twenty)
    pay_online(order)
    hear(cents=30_000)
    assert preview(order).is_disputed
    withdrawal = withdraw(order, claire)
    assert not withdrawal.is_carried_out
    with pytest.raises(refunding.PaymentDisputed):
        withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=TEST, at=moment(DAY_5))
    assert not Refund.objects.exists()


def test_receipts_to_an_address_that_anybody_typed_are_limited(bought):
    def send_many():
        for _count in range(50):
            withdraw(bought)

    with pytest.raises(TooManyMails):
        send_many()
    assert 0 < Withdrawal.objects.count() < 50


@pytest.mark.parametrize(
    ("contract", "email", "found"),
    [
        ("{0}", "claire@example.org", True),
        ("my order {0} of Friday", "claire@example.org", True),
        ("{0}", "hugo@example.org", False),  # a member orders nothing
        ("{0}", "zoe@example.org", False),
        ("the pack of Friday", "claire@example.org", False),
        ("RF18AB23CD45", "claire@example.org", False),
    ],
)
def test_an_order_is_found_by_its_reference_and_an_address_that_belongs_to_it(bought, hugo, contract, email, found):
    order = withdrawals.order_to_withdraw_from(contract.format(bought.reference), email=email, person=None)
    assert order == (bought if found else None)


def test_who_is_signed_in_finds_their_own_whatever_address_they_type(claire, ines, bought):
    find = partial(withdrawals.order_to_withdraw_from, bought.reference, email="else@example.org")
    assert find(person=claire) == bought
    assert find(person=ines) is None


def test_P3_who_ordered_and_was_removed_since_finds_nothing(claire, bought):
    claire.memberships.update(ended_at=moment(DAY_5))
    assert withdrawals.order_to_withdraw_from(bought.reference, email="claire@example.org", person=None) is None


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_people_and_a_payment_at_once(claire, twenty):
    order = place(claire, twenty)
    pay(order, 10_000)

    def attempt(verb):
        try:
            return verb()
        except (withdrawing.NothingToWithdrawFrom, refunding.NothingToRefund) as refused:
            return refused.code

    verbs = [partial(withdraw, order, claire), partial(withdraw, order, claire), partial(pay, order, 20_000, at=DAY_5)]
    all_at_once([partial(attempt, verb) for verb in verbs])
    assert Withdrawal.objects.filter(carried_out_at__isnull=False).count() == 1
    back_cents = sum(cents for _means, _state, cents in owed()) + payments.credit_cents(order.customer)
    assert back_cents == 30_000
    assert every_fault() == []
