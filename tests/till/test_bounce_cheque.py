"""O7: a cheque bounces: what it paid for is frozen, paid again by any means, or cancelled with a credit note."""

import re
from functools import partial

import pytest
import time_machine

from carnet.books.models import Line
from carnet.catalogue.actions import withdraw_edition
from carnet.cheques.models import Bounce, PaidAgain
from carnet.invoices.models import Invoice
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import waiting
from carnet.orders.models import Activation, Order
from carnet.orders.queries import amounts, bounces
from carnet.payments import queries as payments
from carnet.payments.actions import receiving
from carnet.payments.models import CreditMovement, Dispute
from carnet.people.models import Person
from carnet.till import tasks
from carnet.till.actions import bouncing, disputing, recording, undoing
from carnet.till.queries import disputed, due, refunds
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import buckets, day, let_go, moment, spend, take
from tests.factories.online import pay_online
from tests.factories.orders import lot_of, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.processes import all_at_once
from tests.proofs import every_fault

BOUNCED = "2027-03-01 12:00"


@pytest.fixture(autouse=True)
def _in_english(claire, odile):
    Person.objects.update(language="en")


@pytest.fixture
def twenty(db):
    """20 tickets for 240.00 €."""
    open_shop()
    return put_on_sale()


@pytest.fixture
def bought(claire, twenty):
    return place(claire, twenty, means="cheque")


def bounce(payment, at=BOUNCED, on=None):
    return bouncing.bounce_cheque(payment=payment, bounced_on=day(on or at[:10]), by=TEST, at=moment(at))


def cancel_over(at):
    for dispute in bounces.bounces_over(moment(at)):
        bouncing.cancel_unpaid(dispute=dispute, by=TEST, at=moment(at))


def use(customer, person, count, ticket=1):
    take(person, customer, ticket, quantity=count, at="2027-02-27 12:00")
    spend(customer, ticket, count, at="2027-02-27 13:00")


def row():
    return Dispute.objects.get()


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def told_to(person):
    return [
        one.text.replace("\u00a0", " ")
        for one in OutgoingMail.objects.filter(to=person.email, kind="till/bounce").order_by("id")
    ]


def notes():
    return list(Invoice.objects.filter(kind="credit_note").order_by("id"))


def credit():
    return list(CreditMovement.objects.order_by("sequence").values_list("reason", "amount_cents"))


def test_O7_twenty_bought_five_used_fifteen_frozen_and_thawed_after_twelve_days(martins, claire, bought):
    payment = pay(bought)
    use(martins, claire, 5)
    last_day = lot_of(bought).last_day
    bounce(payment)
    assert buckets(lot_of(bought)) == {"spent": 5, "frozen": 15}
    assert (row().kind, row().state, row().external_id, row().order_cents) == (
        "bounce", "open", f"bounce:{payment.pk}", 24_000,
    )  # fmt: skip
    assert (amounts.paid_cents(bought), amounts.missing_cents(Order.objects.get())) == (0, 24_000)
    line = Line.objects.get(kind="correction")
    assert (line.label, line.on, line.gross_cents, line.payment_id) == (
        "bounced",
        day("2027-03-01"),
        -24_000,
        payment.pk,
    )
    assert "Carnet no. 1: 15 tickets frozen until the cheque is paid again." in told_to(claire)[0]
    assert "Please pay €240.00 by 31 March 2027" in told_to(claire)[0]
    assert every_fault() == []
    pay(bought, at="2027-03-13 09:00", means="transfer")
    assert (buckets(lot_of(bought)), row().state) == ({"available": 15, "spent": 5}, "won")
    assert ((lot_of(bought).last_day - last_day).days, lot_of(bought).frozen_at) == (12, None)
    assert (amounts.missing_cents(Order.objects.get()), credit()) == (0, [])
    assert "can be used again: 15 tickets" in told_to(claire)[1]
    assert every_fault() == []


def test_O7_not_paid_in_thirty_days_unused_units_are_cancelled_with_a_credit_note(martins, claire, bought, odile):
    payment = pay(bought)
    use(martins, claire, 5)
    bounce(payment)
    cancel_over("2027-03-31 23:59")
    assert row().state == "open"  # until 24:00 in Paris
    cancel_over("2027-04-01 00:00")
    assert (buckets(lot_of(bought)), row().state, row().cancelled_cents) == (
        {"spent": 5, "refunded": 15},
        "lost",
        18_000,
    )
    (note,) = notes()
    assert (note.gross_cents, note.facts["reason"], note.corrects) == (18_000, "bounced", bought.settlement.invoice)
    assert f"Credit note {note.number} for €180.00" in told_to(claire)[1]
    assert OutgoingMail.objects.filter(to=odile.email, kind="till/bounce_owner").count() == 1
    cancel_over("2027-04-01 12:00")
    assert (len(notes()), every_fault()) == (1, [])


def test_O7_money_of_the_thirtieth_day_is_in_time_of_the_thirty_first_it_is_credit(martins, claire, twenty):
    first, second = place(claire, twenty, means="cheque"), place(claire, twenty, means="cheque")
    for order in (first, second):
        bounce(pay(order))
    pay(first, at="2027-03-31 23:00", means="transfer")
    cancel_over("2027-04-01 00:00")
    pay(second, at="2027-04-01 12:00", means="transfer")
    assert (buckets(lot_of(first)), buckets(lot_of(second))) == ({"available": 20}, {"refunded": 20})
    assert credit() == [("too_late", 24_000)]
    assert OutgoingMail.objects.filter(kind="till/paid_cancelled").count() == 1
    assert every_fault() == []


def test_one_that_breaks_holds_up_none_behind_it(claire, twenty, monkeypatch):
    first, second = place(claire, twenty, means="cheque"), place(claire, twenty, means="cheque")
    broken = pay(first)
    bounce(broken)
    bounce(pay(second))
    real = bouncing.cancel_unpaid

    def breaks(*, dispute, by, at):
        if dispute.payment == broken:
            raise ArithmeticError
        return real(dispute=dispute, by=by, at=at)

    monkeypatch.setattr(bouncing, "cancel_unpaid", breaks)
    with time_machine.travel(moment("2027-04-01 12:00"), tick=False), pytest.raises(ArithmeticError):
        tasks.cancel_unpaid_bounces.call()
    assert (buckets(lot_of(first)), buckets(lot_of(second))) == ({"frozen": 20}, {"refunded": 20})


def test_O4_O7_too_little_waits_for_the_rest_and_too_much_is_credit(claire, bought):
    bounce(pay(bought))
    pay(bought, 10_000, at="2027-03-05 12:00", means="transfer")
    assert (buckets(lot_of(bought)), amounts.missing_cents(Order.objects.get())) == ({"frozen": 20}, 14_000)
    assert "€140.00 is still missing." in told_to(claire)[1]
    assert every_fault() == []
    pay(bought, 15_000, at="2027-03-06 12:00", means="transfer")
    assert (buckets(lot_of(bought)), credit()) == ({"available": 20}, [("surplus", 1_000)])
    assert list(PaidAgain.objects.values_list("amount_cents", flat=True)) == [10_000, 14_000]
    assert every_fault() == []


def test_O7_paid_in_part_it_is_cancelled_and_the_part_is_credit(claire, bought):
    bounce(pay(bought))
    pay(bought, 10_000, at="2027-03-05 12:00", means="transfer")
    cancel_over("2027-04-01 12:00")
    assert (buckets(lot_of(bought)), credit()) == ({"refunded": 20}, [("too_little", 10_000)])
    assert "€100.00 that you had paid of it is credit" in told_to(claire)[2]
    assert every_fault() == []


def test_O7_paid_again_at_paypal(bought):
    bounce(pay(bought))
    pay_online(bought, at="2027-03-05 12:00")
    assert (buckets(lot_of(bought)), row().state, every_fault()) == ({"available": 20}, "won", [])


def test_O7_reserved_units_finish_their_ticket(martins, claire, bought):
    payment = pay(bought)
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    bounce(payment)
    spend(martins, 1, 1, at="2027-03-02 12:00")
    let_go(martins, 1, 1, at="2027-03-03 12:00")
    assert buckets(lot_of(bought)) == {"reserved": 1, "spent": 1, "frozen": 18}
    cancel_over("2027-04-01 12:00")
    let_go(martins, 1, 1, at="2027-04-02 12:00")
    for dispute in disputed.disputes_to_follow(moment("2027-04-02 12:01")):
        disputing.follow_dispute(dispute=dispute, by=TEST, at=moment("2027-04-02 12:01"))
    assert (buckets(lot_of(bought)), row().cancelled_cents) == ({"spent": 1, "refunded": 19}, 22_800)
    assert [one.gross_cents for one in notes()] == [21_600, 1_200]
    assert every_fault() == []


def test_L1_O7_what_waits_stays_inactive_and_is_credited_as_a_whole(claire, twenty):
    order = place(claire, twenty, means="cheque", express_request=False)
    bounce(pay(order))
    assert list(due.activations_due(moment("2027-03-20 12:00"))) == []
    cancel_over("2027-04-01 12:00")
    assert not Activation.objects.exists()
    assert ([one.gross_cents for one in notes()], list(due.activations_due(moment("2027-05-01 12:00")))) == (
        [24_000],
        [],
    )
    assert every_fault() == []


def test_L1_O7_what_waits_is_activated_once_it_is_paid_again(claire, twenty):
    order = place(claire, twenty, means="cheque", express_request=False)
    bounce(pay(order))
    pay(order, at="2027-03-20 12:00", means="transfer")
    assert (buckets(lot_of(order)), every_fault()) == ({"available": 20}, [])


def test_O7_an_order_that_is_not_settled_waits_again(claire, bought):
    bounce(pay(bought, 10_000))
    order = Order.objects.get()
    assert (order.state, amounts.missing_cents(order), row().state, row().order_cents) == ("waiting", 24_000, "lost", 0)
    assert "which is waiting for €240.00" in told_to(claire)[0]
    assert every_fault() == []
    pay(order, at="2027-03-05 12:00", means="transfer")
    assert (buckets(lot_of(bought)), every_fault()) == ({"available": 20}, [])


def test_O7_credit_that_came_of_the_cheque_is_taken_back_for_good(claire, bought):
    payment = pay(bought, 25_000)
    bounce(payment)
    assert (payments.credit_cents(bought.customer), row().credit_held_cents, row().order_cents) == (0, 1_000, 24_000)
    pay(bought, at="2027-03-05 12:00", means="transfer")
    assert credit() == [("surplus", 1_000), ("bounced", -1_000)]
    assert (buckets(lot_of(bought)), every_fault()) == ({"available": 20}, [])


def test_O7_a_cheque_that_pays_again_and_bounces_too(claire, bought):
    bounce(pay(bought))
    again = pay(bought, 10_000, at="2027-03-05 12:00")
    bounce(again, "2027-03-08 12:00")
    first, second = Dispute.objects.order_by("id")
    assert (first.state, second.state, second.order_cents) == ("open", "lost", 0)
    assert amounts.missing_cents(Order.objects.get()) == 24_000
    whole = pay(bought, at="2027-03-09 12:00")
    assert buckets(lot_of(bought)) == {"available": 20}
    bounce(whole, "2027-03-20 12:00")
    assert (buckets(lot_of(bought)), Dispute.objects.latest("id").order_cents) == ({"frozen": 20}, 24_000)
    assert every_fault() == []


def test_O7_a_cleared_cheque_bounces_too(bought):
    payment = pay(bought)
    recording.clear_cheque(payment=payment, cleared_on=day("2027-02-27"), by=TEST, at=moment("2027-02-27 12:00"))
    bounce(payment, "2027-03-20 12:00")
    assert (buckets(lot_of(bought)), every_fault()) == ({"frozen": 20}, [])


def test_once_only_and_refused(claire, bought):
    payment = pay(bought)
    with pytest.raises(receiving.BouncedBeforeReceived):
        bounce(payment, on="2027-02-25")
    with pytest.raises(receiving.BouncedBeforeReceived):
        bounce(payment, on="2027-03-02")
    first = bounce(payment)
    assert (bounce(payment), Bounce.objects.count(), Line.objects.filter(kind="correction").count()) == (first, 1, 1)
    with pytest.raises(recording.ChequeBounced):
        recording.clear_cheque(payment=payment, cleared_on=day("2027-03-01"), by=TEST, at=moment(BOUNCED))
    with pytest.raises(recording.ChequeBounced):
        undoing.undo_payment(payment=payment, reason="x", by=TEST, at=moment(BOUNCED))
    transfer = pay(bought, at="2027-03-02 12:00", means="transfer")
    with pytest.raises(receiving.NotACheque):
        bounce(transfer, "2027-03-03 12:00")


def test_refused_of_a_cheque_that_was_entered_by_mistake(bought):
    payment = pay(bought, 5_000)
    undoing.undo_payment(payment=payment, reason="Another order", by=TEST, at=moment("2027-02-27 12:00"))
    with pytest.raises(receiving.PaymentUndone):
        bounce(payment)
    assert (Bounce.objects.count(), every_fault()) == (0, [])


def test_the_task_cancels(bought):
    bounce(pay(bought))
    with time_machine.travel(moment("2027-04-01 00:01")):
        tasks.cancel_unpaid_bounces.call()
    assert (row().state, buckets(lot_of(bought))) == ("lost", {"refunded": 20})


def test_O3_O7_late_money_that_waits_for_a_choice(claire, twenty, bought):
    waiting.expire_order(order=bought, by=TEST, at=moment("2027-04-10 12:00"))
    withdraw_edition(edition=twenty, by=TEST, at=moment("2027-04-10 12:00"))
    first = pay(bought, at="2027-04-11 12:00")
    second = pay(bought, 5_000, at="2027-04-11 12:01")
    assert Order.objects.get().state == "choosing"
    bounce(first, "2027-04-12 12:00")
    assert Order.objects.get().state == "choosing"  # other money still waits
    bounce(second, "2027-04-13 12:00")
    assert (Order.objects.get().state, payments.credit_cents(bought.customer)) == ("expired", 0)
    assert every_fault() == []


def test_O7_nothing_is_cancelled_early_or_twice(bought):
    bounce(pay(bought))
    for at in ("2027-03-20 12:00", "2027-04-01 00:00", "2027-04-02 12:00"):
        bouncing.cancel_unpaid(dispute=row(), by=TEST, at=moment(at))
    assert (row().state, len(notes())) == ("lost", 1)


def test_O7_two_cheques_bounce_and_money_pays_the_first_first(bought):
    first, second = pay(bought, 10_000), pay(bought, 14_000)
    bounce(first)
    bounce(second, "2027-03-02 12:00")
    assert amounts.missing_cents(Order.objects.get()) == 24_000
    pay(bought, 10_000, at="2027-03-03 12:00", means="transfer")
    assert [one.state for one in Dispute.objects.order_by("id")] == ["won", "open"]
    assert (buckets(lot_of(bought)), amounts.missing_cents(Order.objects.get())) == ({"frozen": 20}, 14_000)
    cancel_over("2027-04-02 12:00")
    assert buckets(lot_of(bought)) == {"available": 9, "refunded": 11}  # 14,000 pay for 11 units
    assert ([one.gross_cents for one in notes()], every_fault()) == ([13_200], [])


def test_O7_credit_of_the_cheque_that_was_used_is_told_to_the_owners(claire, twenty, bought, odile):
    payment = pay(bought, 25_000)
    other = place(claire, twenty)
    assert other.credit_used_cents == 1_000
    bounce(payment)
    (mail,) = OutgoingMail.objects.filter(to=odile.email, kind="till/bounce_owner")
    assert "€10.00 of it had been used as credit before" in mail.text.replace("\u00a0", " ")
    assert every_fault() == []


def test_O7_nothing_unused_freezes_what_comes_back(martins, claire, bought):
    payment = pay(bought)
    take(claire, martins, 1, quantity=20, at="2027-02-27 12:00")
    bounce(payment)
    assert "nothing more can be used until the cheque is paid again" in told_to(claire)[0]
    cancel_over("2027-04-01 12:00")
    assert (buckets(lot_of(bought)), notes(), every_fault()) == ({"reserved": 20}, [], [])


def test_O9_nothing_goes_back_while_a_bounced_cheque_can_be_paid_again(bought):
    bounce(pay(bought))
    assert refunds.refund_plan(Order.objects.get(), None).is_disputed


def test_O9_once_a_bounce_is_lost_what_credit_paid_for_goes_back(claire, twenty, bought):
    """Found by a random history: the cheque was for a part, credit for the rest."""
    pay(bought, 30_000)
    order = place(claire, twenty, means="cheque")
    assert order.credit_used_cents == 6_000
    bounce(pay(order))
    cancel_over("2027-04-01 12:00")
    assert buckets(lot_of(order)) == {"available": 5, "refunded": 15}
    plan = refunds.refund_plan(Order.objects.with_lines().get(pk=order.pk), None)
    assert (plan.is_disputed, plan.cents) == (False, 6_000)


def test_a_payment_that_pays_again_in_part_by_mistake_is_undone(bought):
    bounce(pay(bought))
    part = pay(bought, 10_000, at="2027-03-05 12:00", means="transfer")
    undoing.undo_payment(payment=part, reason="typo", by=TEST, at=moment("2027-03-06 12:00"))
    assert (amounts.missing_cents(Order.objects.get()), every_fault()) == (24_000, [])


@pytest.mark.django_db(transaction=True)
def test_O7_two_desks_at_once_and_a_ticket_that_lets_go(martins, claire, bought):
    payment = pay(bought)
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    release = partial(let_go, martins, 1, 3, at="2027-03-01 12:00")
    results = all_at_once([partial(bounce, payment), release, partial(bounce, payment)])
    assert [one for one in results if isinstance(one, Exception)] == []
    assert (buckets(lot_of(bought)), Bounce.objects.count(), every_fault()) == ({"frozen": 20}, 1, [])


def test_the_desk_calls_it_a_bounced_cheque_and_no_dispute(martins, odile, bought):
    bounce(pay(bought))
    there = f"/desk/orders/{bought.pk}/"
    with time_machine.travel(moment("2027-03-02 12:00")):
        browser = signed_in(odile)
        for path in (there, f"/desk/customers/{martins.pk}/", f"/desk/customers/{martins.pk}/money/"):
            page = words(browser.get(path))
            assert "Bounced cheques" in page
            assert "at PayPal" not in page
            assert "€240.00 returned unpaid" in page
        assert "Nothing can be refunded before it is paid again." in words(browser.get(f"{there}refund/"))
    cancel_over("2027-04-30 12:00")
    with time_machine.travel(moment("2027-04-30 13:00")):
        browser = signed_in(odile)
        assert "its cheque bounced and was not paid again" in words(browser.get(f"{there}refund/"))
        assert "Refund this order" not in words(browser.get(there))
