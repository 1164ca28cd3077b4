"""L1, O3–O5: what money does to an order."""

import datetime
from functools import partial

import pytest
import time_machine

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.catalogue import actions as catalogue
from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.orders import tasks
from carnet.orders.actions import waiting
from carnet.orders.models import Activation, Order, Settlement
from carnet.orders.queries import amounts, lists, overdue
from carnet.payments import queries as payments
from carnet.payments.actions import receiving
from carnet.payments.models import CreditMovement, Payment
from carnet.provider import actions as provider
from carnet.till import tasks as till_tasks
from carnet.till.actions import crediting, fulfilling, recording, settling
from carnet.till.queries import due, invoicing
from carnet.work.models import Cover
from tests.factories.breaks import break_everywhere
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment, take
from tests.factories.orders import AT, buyer, lot_of, open_shop, paid_for, pay, place
from tests.factories.processes import all_at_once, answer_of, start
from tests.factories.tickets import form_key, in_english
from tests.factories.work import open_cover
from tests.proofs import every_fault


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()


@pytest.fixture
def twenty(db):
    return put_on_sale()


@pytest.fixture
def order(claire, twenty):
    return place(claire, twenty)


def fresh(order):
    return Order.objects.get(pk=order.pk)


def credit(order):
    return [
        (one.reason, one.amount_cents) for one in CreditMovement.objects.filter(customer=order.customer).order_by("id")
    ]


def mails():
    return list(OutgoingMail.objects.order_by("id").values_list("kind", flat=True))


def faults():
    return every_fault()


def expired(order, at="2027-03-29 00:00"):
    return waiting.expire_order(order=order, by=TEST, at=moment(at))


def test_L1_O8_paid_in_full_it_is_settled_and_active(order, martins):
    pay(order, at="2027-03-09 12:00")
    lot = Lot.objects.get()
    assert (lot.quantity, lot.shared, lot.price_cents, lot.last_day) == (20, True, 24_000, day("2028-03-09"))
    invoice = Invoice.objects.get()
    assert (invoice.gross_cents, invoice.number, fresh(order).settlement.invoice) == (24_000, "F2027-000001", invoice)
    assert [(line.kind, line.gross_cents) for line in Line.objects.order_by("id")] == [
        ("payment", 24_000), ("sale", 24_000),
    ]  # fmt: skip
    assert mails() == ["orders/placed", "till/settled"]
    assert [entry.code for entry in Entry.objects.filter(subject_kind="order").order_by("id")] == [
        "order.placed", "order.settled", "order.activated",
    ]  # fmt: skip
    assert (lot_of(order), faults()) == (lot, [])
    assert settling.settle_order(order=order, by=TEST, at=moment(AT)) == fresh(order).settlement


def test_L6_T15_what_waits_takes_up_the_new_units(order, claire, martins):
    cover = open_cover(martins, claire)
    assert cover.is_waiting
    pay(order)
    assert not Cover.objects.get(pk=cover.pk).is_waiting


def test_O4_too_little_waits_for_the_rest(order):
    pay(order, 23_500)
    assert (fresh(order).state, amounts.missing_cents(order), mails()[-1]) == ("waiting", 500, "till/rest_missing")
    assert not Invoice.objects.exists()
    pay(order, 500)
    assert (fresh(order).state, Invoice.objects.get().gross_cents) == ("settled", 24_000)
    assert [one.amount_cents for one in paid_for(order)] == [23_500, 500]


def test_O4_too_little_for_30_days_becomes_credit(order):
    pay(order, 23_500, at="2027-03-20 12:00")
    assert expired(order).state == "waiting"  # 30 days from the money on
    assert expired(order, "2027-04-20 00:00").state == "expired"
    assert (credit(order), mails()[-1]) == ([("too_little", 23_500)], "orders/expired")
    assert faults() == []


def test_O4_too_much_settles_and_the_surplus_is_credit(order):
    pay(order, 25_000)
    assert (fresh(order).state, credit(order)) == ("settled", [("surplus", 1_000)])
    assert [one.amount_cents for one in paid_for(order)] == [24_000]
    assert faults() == []


def test_O5_paid_twice_the_second_sum_is_credit(order):
    pay(order)
    pay(order, is_another=True)
    assert (Invoice.objects.count(), Lot.objects.count(), credit(order)) == (1, 1, [("paid_twice", 24_000)])
    assert mails()[-1] == "till/paid_twice"


def test_two_people_record_the_same_transfer(order):
    pay(order)
    with pytest.raises(receiving.SameMoneyAgain):
        pay(order)
    assert Payment.objects.count() == 1


def test_L12_the_same_key_again_gives_the_first(order):
    assert pay(order, key="once") == pay(order, key="once")
    assert (Payment.objects.count(), credit(order)) == (1, [])


def cancelled(order):
    return waiting.cancel_order(order=order, by=TEST, at=moment("2027-03-01 12:00"))


def test_a_cancelled_order_owes_nothing_and_is_not_recalled(order):
    assert cancelled(order).state == cancelled(order).state == "cancelled"
    assert (mails(), credit(order)) == (["orders/placed", "orders/cancelled"], [])
    assert (overdue.orders_to_remind(moment("2027-03-28 12:00")), list(overdue.orders_over(moment("2028-03-28")))) == (
        [], [],
    )  # fmt: skip
    assert Entry.objects.filter(code="order.cancelled").count() == 1


def test_what_was_paid_of_a_cancelled_order_and_what_comes_later_is_credit(order, claire, twenty):
    pay(order, 4_000)
    cancelled(order)
    assert "kept as credit" in OutgoingMail.objects.latest("id").text
    pay(order, 20_000, at="2027-03-05 12:00")
    assert (fresh(order).state, mails()[-1]) == ("cancelled", "till/paid_cancelled")
    assert credit(order) == [("cancelled", 4_000), ("cancelled", 20_000)]
    assert (Invoice.objects.count(), Lot.objects.count(), faults()) == (0, 0, [])
    # The credit of both pays the next order; cancelled before it is paid in full, it gives the credit back.
    dear = place(claire, put_on_sale("tokens-50", 50, price_cents=55_000))
    assert (dear.credit_used_cents, payments.credit_cents(order.customer)) == (24_000, 0)
    cancelled(dear)
    assert (payments.credit_cents(order.customer), faults()) == (24_000, [])


def test_L1_a_cheque_that_is_cleared_after_its_order_was_cancelled_is_credit(claire, twenty):
    provider.change_setting(name="cheque_activates_on", value="clearing", by=TEST, at=moment("2027-02-01 12:00"))
    order = place(claire, twenty, means="cheque")
    cheque = pay(order)
    cancelled(order)
    assert (credit(order), mails()[-1]) == ([], "orders/cancelled")
    recording.clear_cheque(payment=cheque, cleared_on=day("2027-03-02"), by=TEST, at=moment("2027-03-02 12:00"))
    assert (fresh(order).state, credit(order), Lot.objects.count()) == ("cancelled", [("cancelled", 24_000)], 0)
    assert (mails()[-1], faults()) == ("till/paid_cancelled", [])


@pytest.mark.parametrize("become", [pay, expired])
def test_what_is_paid_or_over_can_not_be_cancelled(order, become):
    become(order)
    before = fresh(order).state
    with pytest.raises(waiting.OrderNotWaiting):
        cancelled(order)
    assert fresh(order).state == before


@pytest.mark.django_db(transaction=True)
def test_cancelling_that_breaks_off_leaves_nothing_or_all(order):
    pay(order, 4_000)
    assert break_everywhere(partial(cancelled, order), picture) > 10
    assert (fresh(order).state, credit(order), faults()) == ("cancelled", [("cancelled", 4_000)], [])


@pytest.mark.django_db(transaction=True)
def test_cancelled_by_its_customer_and_the_desk_at_once(order):
    pay(order, 4_000)
    assert {one.state for one in all_at_once([partial(cancelled, order) for _ in range(5)])} == {"cancelled"}
    assert (credit(order), mails().count("orders/cancelled")) == ([("cancelled", 4_000)], 1)
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_cancelled_and_paid_at_once(order):
    """Either it is paid, and not cancelled any more, or cancelled, and the money is credit."""
    all_at_once([partial(pay, order), partial(cancelled, order)])
    ended = {"settled": (1, []), "cancelled": (0, [("cancelled", 24_000)])}[fresh(order).state]
    assert ((Lot.objects.count(), credit(order)), faults()) == (ended, [])


def test_O3_late_money_revives_the_order_at_its_price(order):
    assert expired(order).state == "expired"
    assert mails()[-1] == "orders/expired"
    pay(order, at="2027-04-10 12:00")
    assert (fresh(order).state, Lot.objects.get().last_day) == ("settled", day("2028-04-10"))


def test_O3_late_money_for_something_no_longer_sold_asks(order, twenty):
    expired(order)
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment("2027-04-01 12:00"))
    pay(order, at="2027-04-10 12:00")
    assert (fresh(order).state, credit(order), mails()[-1]) == ("choosing", [], "till/choice_asked")
    crediting.choose_credit(order=order, by=TEST, at=moment("2027-04-11 12:00"))
    assert (fresh(order).state, credit(order)) == ("expired", [("too_late", 24_000)])
    crediting.choose_credit(order=order, by=TEST, at=moment("2027-04-11 12:00"))
    assert len(credit(order)) == 1


def test_case_C13_where_the_customer_has_to_choose_nothing_is_asked_of_the_desk(order, twenty, odile):
    browser, page = in_english(odile), f"/desk/orders/{order.pk}/"
    assert "Payment due by" in browser.get(page).content.decode()
    expired(order)
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment("2027-04-01 12:00"))
    pay(order, at="2027-04-10 12:00")
    shown = browser.get(page).content.decode()
    assert "Last day to choose" in shown
    assert "the customer has to choose. Any further payment becomes credit." in shown
    for words in ("Payment due by", "Still to pay", "Fully paid"):
        assert words not in shown, words


def test_O3_there_is_nothing_to_choose_while_it_waits(order):
    with pytest.raises(crediting.NothingToChoose):
        crediting.choose_credit(order=order, by=TEST, at=moment(AT))


def test_O3_without_a_choice_it_becomes_credit_after_30_days(order, twenty):
    expired(order)
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment("2027-04-01 12:00"))
    pay(order, at="2027-04-10 12:00")
    assert expired(order, "2027-05-10 23:59").state == "choosing"
    assert (expired(order, "2027-05-11 00:00").state, credit(order)) == ("expired", [("too_late", 24_000)])


def test_an_edition_withdrawn_while_the_order_waits_is_still_sold_to_it(order, twenty):
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment("2027-03-01 12:00"))
    pay(order, at="2027-03-09 12:00")
    assert fresh(order).state == "settled"


def test_what_became_credit_does_not_pay_again(order):
    pay(order, 10_000)
    expired(order, "2027-04-20 00:00")
    pay(order, 14_000, at="2027-04-21 12:00")
    assert (fresh(order).state, amounts.missing_cents(order)) == ("waiting", 10_000)


def test_credit_used_comes_back_from_an_order_that_ends(order, claire, twenty):
    pay(order, 25_000)
    second = place(claire, twenty)
    assert second.credit_used_cents == 1_000
    expired(second)
    assert credit(order) == [("surplus", 1_000), ("used", -1_000), ("returned", 1_000)]
    pay(second, at="2027-04-10 12:00")
    assert fresh(second).state == "settled"


def test_L1_a_cheque_counts_once_it_is_cleared_if_the_provider_says_so(claire, twenty):
    provider.change_setting(name="cheque_activates_on", value="clearing", by=TEST, at=moment("2027-02-01 12:00"))
    order = place(claire, twenty, means="cheque")
    cheque = pay(order)
    assert (fresh(order).state, amounts.missing_cents(order)) == ("waiting", 24_000)
    clear = partial(recording.clear_cheque, payment=cheque, by=TEST, at=moment("2027-03-03 12:00"))
    clear(cleared_on=day("2027-03-02"))
    clear(cleared_on=day("2027-03-02"))
    assert (fresh(order).state, credit(order)) == ("settled", [])
    pay(order, means="transfer")
    assert credit(order) == [("paid_twice", 24_000)]


def test_L1_O11_without_the_express_request_it_waits_for_the_end_of_the_period(claire, twenty):
    order = place(claire, twenty, express_request=False)
    pay(order, at="2027-03-01 12:00")
    assert (fresh(order).state, Lot.objects.exists()) == ("settled", False)
    assert (Invoice.objects.count(), fresh(order).settlement.waits_at(moment("2027-03-12 23:59"))) == (1, True)
    assert list(due.activations_due(moment("2027-03-12 23:59"))) == []
    assert list(due.activations_due(moment("2027-03-13 00:00"))) == [order]
    (lot,) = fulfilling.activate_order(order=order, by=TEST, at=moment("2027-03-13 00:00"))
    assert fulfilling.activate_order(order=order, by=TEST, at=moment("2027-03-13 00:01")) == [lot]
    assert (lot.last_day, list(due.activations_due(moment("2027-03-14 00:00")))) == (day("2028-03-13"), [])
    assert [str(one) for one in (Settlement.objects.get(), Activation.objects.get(), order.buyer)] == [
        f"settlement of {order.pk}", f"lot {lot.pk} of order line {order.lines.get().pk}", f"buyer of {order.pk}",
    ]  # fmt: skip


def test_L5_older_units_come_back_with_it(order, claire, twenty, martins):
    pay(order, at="2027-03-01 12:00")
    take(claire, martins, 1, at="2027-03-02 12:00")
    second = place(claire, twenty, "2028-06-01 12:00")
    pay(second, at="2028-06-01 12:00")
    new = lot_of(second)
    assert [(line.lot.number, line.last_day_after) for line in lists.effects_of(new)] == [(1, new.last_day)]


def test_money_of_tomorrow_is_refused_and_nothing_kept(order):
    with pytest.raises(receiving.ReceivedInFuture):
        pay(order, received_on=day("2027-02-27"))
    assert not Payment.objects.exists()


def test_O1_it_is_recalled_once(order):
    assert overdue.orders_to_remind(moment("2027-03-10 12:00")) == []
    assert overdue.orders_to_remind(moment("2027-03-20 12:00")) == [order]
    for _ in range(2):
        waiting.remind_of_order(order=order, by=TEST, at=moment("2027-03-20 12:00"))
    assert (mails().count("orders/reminder"), overdue.orders_to_remind(moment("2027-03-21 12:00"))) == (1, [])


def test_what_was_paid_meanwhile_neither_ends_nor_is_recalled(order):
    pay(order)
    assert expired(order).state == "settled"
    assert waiting.remind_of_order(order=order, by=TEST, at=moment(AT)).reminded_at is None


def test_the_worker_follows_time(claire, twenty):
    late, due = place(claire, twenty), place(claire, twenty, express_request=False)
    pay(due)
    with time_machine.travel(moment("2027-03-20 12:00"), tick=False):
        tasks.remind.call()
        till_tasks.activate_orders.call()
    assert (fresh(late).reminded_at, Lot.objects.count()) == (moment("2027-03-20 12:00"), 1)
    with time_machine.travel(moment("2027-03-29 00:00"), tick=False):
        tasks.follow_time.call()
    assert fresh(late).state == "expired"


def test_a_company_is_active_at_once(ines, twenty):
    order = place(ines, twenty, buyer=buyer("Atelier"))
    pay(order)
    assert Lot.objects.get().quantity == 20
    facts = invoicing.invoice_facts(fresh(order), [], delivered_on=day("2027-02-26"))
    assert facts.buyer.address.country == facts.seller.address.country


ROWS = (Payment, Invoice, Lot, Settlement, Activation, Line, CreditMovement, OutgoingMail, Order, Entry)


def picture():
    return [(model.__name__, list(model.objects.order_by("pk").values())) for model in ROWS]


@pytest.mark.django_db(transaction=True)
def test_settling_that_breaks_off_leaves_nothing_or_all(order):
    assert break_everywhere(partial(pay, order, 25_000, key="once"), picture) > 30
    assert (fresh(order).state, credit(order), faults()) == ("settled", [("surplus", 1_000)], [])


@pytest.mark.django_db(transaction=True)
def test_O5_ten_at_once_settle_once(order):
    results = all_at_once([partial(pay, order, is_another=True) for _ in range(10)])
    assert {type(result) for result in results} == {Payment}
    assert (Invoice.objects.count(), Lot.objects.count(), payments.credit_cents(order.customer)) == (1, 1, 9 * 24_000)
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_cheques_cleared_and_transfers_recorded_at_once_do_not_wait_for_each_other(claire, ines, twenty):
    provider.change_setting(name="cheque_activates_on", value="clearing", by=TEST, at=moment("2027-02-01 12:00"))
    for _ in range(3):
        cheques = [pay(place(claire, twenty, means="cheque")) for _ in range(2)]
        clear = partial(recording.clear_cheque, cleared_on=day("2027-03-02"), by=TEST, at=moment("2027-03-03 12:00"))
        acts = [partial(clear, payment=cheque) for cheque in cheques]
        acts += [partial(pay, place(ines, twenty)) for _ in range(2)]
        assert {type(result) for result in all_at_once(acts)} == {Payment}
    assert (Order.objects.filter(state="settled").count(), faults()) == (12, [])


KILLED = """
import json, sys
from carnet.orders.models import Order
from tests.factories.breaks import kill_everywhere
from tests.factories.orders import pay
from tests.till.test_record_payment import picture
order = Order.objects.get(pk=sys.argv[1])
print(json.dumps(kill_everywhere(lambda: pay(order, key="once"), picture)))
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_any_two_statements_of_settling(order, tmp_path):
    """The next try settles the order, or it was settled and nothing changes."""
    statements, changed_nothing_more = answer_of(start(KILLED, tmp_path, order.pk))
    assert (statements > 30, changed_nothing_more) == (True, True)
    assert (fresh(order).state, Invoice.objects.count(), Lot.objects.count(), faults()) == ("settled", 1, 1, [])


def test_case_A8_money_before_the_order_is_refused(claire, twenty):
    order = place(claire, twenty)
    for earlier in ("2027-02-25", "1900-01-01"):
        with pytest.raises(recording.ReceivedBeforeOrder):
            pay(order, received_on=datetime.date.fromisoformat(earlier), is_old=True)
    assert not Payment.objects.exists()
    assert pay(order, received_on=datetime.date(2027, 2, 26))


def test_case_A8_money_of_more_than_a_year_ago_is_confirmed(claire, twenty):
    order = place(claire, twenty)
    with pytest.raises(receiving.ReceivedLongAgo):
        pay(order, at="2028-02-27 12:00", received_on=datetime.date(2027, 2, 26))
    assert pay(order, at="2028-02-26 12:00", received_on=datetime.date(2027, 2, 26))
    old = {"at": "2028-02-27 12:00", "received_on": datetime.date(2027, 2, 26), "is_another": True}
    assert pay(order, **old, is_old=True)


def test_case_A8_beside_its_field(martins, odile):
    page = f"/desk/customers/{martins.pk}/payment/"
    asked = [f'type="checkbox" name="{name}"' for name in ("is_old", "is_another")]
    shown = in_english(odile).get(page).content.decode()
    assert [words in shown for words in asked] == [False, False]
    sent = {"key": form_key(), "means": "transfer", "amount_cents": "50", "received_on": "1900-01-01"}
    shown = in_english(odile).post(page, sent).content.decode()
    assert "Choose a year between 2000 and 2100." in shown
    assert 'value="1900-01-01"' in shown
    shown = in_english(odile).post(page, {**sent, "received_on": "2001-01-01"}).content.decode()
    assert "This day is more than a year ago. If it is right, tick this box." in shown
    assert [words in shown for words in asked] == [True, False]
    assert not Payment.objects.exists()
    assert in_english(odile).post(page, {**sent, "received_on": "2001-01-01", "is_old": "on"}).status_code == 302
