"""O7, O9, O10: what a dispute at the payment service does to units, credit and orders, in whatever order it is told."""

from functools import partial

import pytest

from carnet.audit.models import Entry
from carnet.invoices.models import Invoice
from carnet.ledger.actions import movements
from carnet.ledger.models import Movement
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import waiting
from carnet.orders.models import Activation
from carnet.payments import queries as payments
from carnet.payments.models import CreditMovement, Dispute, OnlineRefund
from carnet.payments.rules.online import DisputeFound
from carnet.payments.rules.received import Received
from carnet.people.models import Person
from carnet.till.actions import crediting, disputing, fulfilling
from carnet.till.queries import disputed, due
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import buckets, day, let_go, moment, spend, take
from tests.factories.online import capture_told, checkout_of, note_receipt, pay_online
from tests.factories.orders import AT, lot_of, open_shop, pay, place
from tests.factories.processes import all_at_once
from tests.factories.tickets import make_ticket
from tests.proofs import every_fault

CAPTURE = "3C679366HH908993F"
OPENED = "2027-03-01 12:00"


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
    return place(claire, twenty)


def told(state="open", at=OPENED, cents=24_000, captures=(CAPTURE,), **changed):
    given = {"external_id": "PP-D-1", "currency": "EUR", "reason": "UNAUTHORISED", "opened_at": moment(OPENED)}
    given |= {"answer_by": moment("2027-03-11 12:00")}
    return DisputeFound(
        state=state, capture_ids=captures, amount_cents=cents, changed_at=moment(at), **(given | changed)
    )  # fmt: skip


def hear(state="open", at=OPENED, cents=24_000, **changed):
    found = told(state, at, cents, **changed)
    return disputing.take_in_dispute(found=found, by=TEST, at=moment(at))


def use(customer, person, count, ticket=1):
    take(person, customer, ticket, quantity=count, at="2027-02-27 12:00")
    spend(customer, ticket, count, at="2027-02-27 13:00")


def row():
    return Dispute.objects.get()


def moves():
    found = Movement.objects.filter(cause_kind="dispute").order_by("sequence")
    return list(found.values_list("kind", "quantity"))


def follow_all(at):
    for dispute in disputed.disputes_to_follow(moment(at)):
        disputing.follow_dispute(dispute=dispute, by=TEST, at=moment(at))


def notes():
    return list(Invoice.objects.filter(kind="credit_note").order_by("id"))


def credit_lines():
    return list(CreditMovement.objects.order_by("sequence").values_list("reason", "amount_cents"))


def told_to(person):
    return list(OutgoingMail.objects.filter(to=person.email, kind="till/dispute").order_by("id"))


def is_active(order):
    return Activation.objects.filter(line__order=order).exists()


def test_O7_twenty_bought_five_used_fifteen_frozen_and_thawed_after_twelve_days(martins, claire, bought):
    pay_online(bought)
    use(martins, claire, 5)
    last_day = lot_of(bought).last_day
    (dispute,) = hear()
    assert (buckets(lot_of(bought)), lot_of(bought).frozen_at) == ({"spent": 5, "frozen": 15}, moment(OPENED))
    assert (dispute.state, dispute.order_cents, dispute.credit_held_cents) == ("open", 24_000, 0)
    hear("won", "2027-03-13 09:00")
    assert buckets(lot_of(bought)) == {"available": 15, "spent": 5}
    assert ((lot_of(bought).last_day - last_day).days, lot_of(bought).frozen_at) == (12, None)
    assert (row().state, row().closed_at, row().cancelled_cents) == ("won", moment("2027-03-13 09:00"), 0)
    assert moves() == [("frozen", 15), ("unfrozen", 15), ("last_day", 0)]
    assert every_fault() == []


def test_O7_O8_lost_the_unused_units_are_cancelled_with_a_credit_note(martins, claire, bought, odile):
    payment = pay_online(bought)
    use(martins, claire, 5)
    hear()
    hear("lost", "2027-03-20 12:00", fee_cents=-1_600)
    assert buckets(lot_of(bought)) == {"spent": 5, "refunded": 15}
    assert (row().cancelled_cents, row().closed_at) == (18_000, moment("2027-03-20 12:00"))
    taken = OnlineRefund.objects.get()
    assert (taken.payment, taken.kind, taken.external_id, taken.amount_cents, taken.fee_cents) == (
        payment, "reversal", "PP-D-1", 24_000, -1_600,
    )  # fmt: skip
    (note,) = notes()
    assert (note.kind, note.corrects, note.cause, note.gross_cents) == (
        "credit_note", bought.settlement.invoice, row().cause, 18_000,
    )  # fmt: skip
    assert (note.facts["reason"], note.facts["paid"]) == ("disputed", [])  # no money goes back
    assert [(one.position, one.units_back) for one in note.lines.all()] == [(1, 15)]
    told = f"Credit note {note.number} for €180.00 corrects invoice {note.corrects.number}."
    assert told in told_to(claire)[1].text
    assert told in OutgoingMail.objects.filter(to=odile.email, kind="till/dispute_owner").latest("id").text
    assert every_fault() == []


def test_O7_reserved_units_finish_their_ticket_and_are_cancelled_when_released(martins, claire, bought):
    pay_online(bought)
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    hear()
    spend(martins, 1, 1, at="2027-03-02 12:00")
    let_go(martins, 1, 1, at="2027-03-03 12:00")
    assert buckets(lot_of(bought)) == {"reserved": 1, "spent": 1, "frozen": 18}
    hear("lost", "2027-03-20 12:00")
    assert buckets(lot_of(bought)) == {"reserved": 1, "spent": 1, "refunded": 18}
    assert list(disputed.disputes_to_follow(moment("2027-03-20 12:01"))) == []
    let_go(martins, 1, 1, at="2027-03-21 12:00")
    assert buckets(lot_of(bought)) == {"spent": 1, "frozen": 1, "refunded": 18}
    follow_all("2027-03-21 12:01")
    assert (buckets(lot_of(bought)), row().cancelled_cents) == ({"spent": 1, "refunded": 19}, 22_800)
    follow_all("2027-03-21 12:02")
    assert [one for one in moves() if one[0] == "refunded"] == [("refunded", 18), ("refunded", 1)]
    assert [one.gross_cents for one in notes()] == [21_600, 1_200]
    assert every_fault() == []


def test_O7_nothing_unused_freezes_what_comes_back(martins, claire, bought):
    pay_online(bought)
    take(claire, martins, 1, quantity=20, at="2027-02-27 12:00")
    hear()
    assert moves() == [("frozen", 0)]
    assert "nothing more can be used" in told_to(claire)[0].text
    hear("lost", "2027-03-20 12:00")
    assert (buckets(lot_of(bought)), row().cancelled_cents) == ({"reserved": 20}, 0)
    assert len(told_to(claire)) == 1  # nothing of hers changed


@pytest.mark.parametrize(
    ("cents", "cancelled", "left"),
    [(1_199, 0, 20), (1_200, 1, 19), (5_000, 4, 16), (23_999, 19, 1), (24_000, 20, 0)],
)
def test_O7_of_a_part_as_many_units_are_cancelled_as_it_pays_for(bought, cents, cancelled, left):
    pay_online(bought)
    hear(cents=cents)
    assert buckets(lot_of(bought)) == {"frozen": 20}
    hear("lost", "2027-03-05 12:00", cents)
    found = buckets(lot_of(bought))
    assert (found.get("refunded", 0), found.get("available", 0)) == (cancelled, left)
    assert (row().cancelled_cents, lot_of(bought).frozen_at is None) == (cancelled * 1_200, left > 0)
    assert OnlineRefund.objects.get().amount_cents == cents
    assert every_fault() == []


def test_O7_what_is_lost_in_part_waits_for_reserved_units(martins, claire, bought):
    pay_online(bought)
    take(claire, martins, 1, quantity=18, at="2027-02-27 12:00")
    hear(cents=6_000)
    hear("lost", "2027-03-05 12:00", 6_000)
    assert buckets(lot_of(bought)) == {"reserved": 18, "refunded": 2}
    let_go(martins, 1, 10, at="2027-03-06 12:00")
    follow_all("2027-03-06 12:01")
    assert (buckets(lot_of(bought)), row().cancelled_cents) == ({"available": 7, "reserved": 8, "refunded": 5}, 6_000)
    assert lot_of(bought).frozen_at is None
    assert every_fault() == []


def test_O7_told_less_was_taken_back_than_was_disputed(bought):
    pay_online(bought)
    hear()
    hear("lost", "2027-03-05 12:00", lost_cents=6_000)
    assert (buckets(lot_of(bought)), row().amount_cents) == ({"available": 15, "refunded": 5}, 6_000)
    assert OnlineRefund.objects.get().amount_cents == 6_000


def test_O7_lost_and_nothing_was_taken_back(bought):
    pay_online(bought)
    hear()
    hear("lost", "2027-03-05 12:00", lost_cents=0)
    assert (buckets(lot_of(bought)), OnlineRefund.objects.count()) == ({"available": 20}, 0)
    assert (row().state, row().amount_cents) == ("lost", 0)


def test_O7_of_an_order_paid_in_part_by_transfer_what_that_paid_for_stays(claire, bought):
    pay(bought, 4_000)
    pay_online(bought, capture_told(cents=20_000))
    hear(cents=20_000)
    hear("lost", "2027-03-05 12:00", 20_000)
    # 16 units are worth 192.00, a 17th would not be covered by the 200.00 that are lost.
    assert (buckets(lot_of(bought)), row().cancelled_cents) == ({"available": 4, "refunded": 16}, 19_200)
    assert every_fault() == []


def test_O7_a_dispute_in_another_currency_is_about_the_whole_payment(bought):
    pay_online(bought)
    hear(cents=100, currency="USD")
    assert (row().amount_cents, row().order_cents) == (24_000, 24_000)


def test_O7_opened_again_after_it_was_won_and_lost_then(bought):
    pay_online(bought)
    for state, at in (("open", "01"), ("won", "05"), ("open", "10"), ("lost", "20")):
        hear(state, f"2027-03-{at} 12:00")
    assert (buckets(lot_of(bought)), row().state) == ({"refunded": 20}, "lost")
    assert moves() == [("frozen", 20), ("unfrozen", 20), ("last_day", 0), ("frozen", 20), ("refunded", 20)]
    assert every_fault() == []


def test_O7_lost_before_anybody_heard_of_it(bought):
    pay_online(bought)
    hear("lost", "2027-03-20 12:00")
    assert (buckets(lot_of(bought)), moves()) == ({"refunded": 20}, [("frozen", 20), ("refunded", 20)])


def test_O7_over_before_anybody_heard_of_it(claire, bought, odile):
    pay_online(bought)
    hear("won", "2027-03-20 12:00")
    assert (buckets(lot_of(bought)), moves(), told_to(claire)) == ({"available": 20}, [], [])
    assert OutgoingMail.objects.filter(to=odile.email, kind="till/dispute_owner").count() == 1


def test_O7_won_after_it_was_lost_a_person_decides(claire, bought, odile):
    pay_online(bought)
    hear()
    hear("lost", "2027-03-05 12:00")
    hear("won", "2027-03-20 12:00")
    assert (buckets(lot_of(bought)), row().state, row().cancelled_cents) == ({"refunded": 20}, "won", 24_000)
    mail = OutgoingMail.objects.filter(to=odile.email, kind="till/dispute_owner").latest("id")
    assert "worth €240.00 had been cancelled when the dispute was lost at first" in mail.text
    assert every_fault() == []


def test_O6_old_news_change_nothing(bought):
    pay_online(bought)
    hear()
    hear("won", "2027-03-13 12:00")
    for state, at in (("open", OPENED), ("lost", "2027-03-02 12:00"), ("open", "2027-03-13 12:00")):
        found = told(state, at)
        disputing.take_in_dispute(found=found, by=TEST, at=moment("2027-03-14 12:00"))
    assert (row().state, row().changed_at, row().looked_at) == (
        "won", moment("2027-03-13 12:00"), moment("2027-03-14 12:00"),
    )  # fmt: skip
    assert len(moves()) == 3
    assert buckets(lot_of(bought)) == {"available": 20}


def test_O6_the_same_moment_may_end_it(bought):
    pay_online(bought)
    hear()
    hear("won", OPENED)
    assert (row().state, buckets(lot_of(bought))) == ("won", {"available": 20})


def test_O7_more_is_told_of_the_same_dispute(bought):
    pay_online(bought)
    hear(cents=1_000)
    hear("open", "2027-03-02 12:00", 2_000, answer_by=moment("2027-03-15 12:00"), reason="OTHER")
    assert (row().amount_cents, row().order_cents, row().reason) == (2_000, 2_000, "OTHER")
    assert (row().answer_by, moves()) == (moment("2027-03-15 12:00"), [("frozen", 20)])
    assert Entry.objects.filter(code="dispute.open").count() == 1


def test_a_dispute_about_nothing_of_ours(bought):
    assert hear(captures=("9XX00000000000000",)) == []
    assert Dispute.objects.count() == 0
    pay_online(bought)  # recorded after the dispute was heard of: the next look finds it
    assert [one.order_cents for one in hear()] == [24_000]


def test_O7_over_several_payments_each_has_its_row(claire, twenty):
    orders = [place(claire, twenty), place(claire, twenty)]
    captures = ("AAA", "BBB")
    for order, capture in zip(orders, captures, strict=True):
        pay_online(order, capture_told(capture), is_another=True)
    first, second = hear(cents=30_000, captures=captures)
    assert [(one.amount_cents, one.order_cents) for one in (first, second)] == [(24_000, 24_000), (6_000, 6_000)]
    hear("lost", "2027-03-05 12:00", 30_000, captures=captures)
    assert [buckets(lot_of(one)) for one in orders] == [{"refunded": 20}, {"available": 15, "refunded": 5}]
    assert set(OnlineRefund.objects.values_list("external_id", flat=True)) == {"PP-D-1/AAA", "PP-D-1/BBB"}
    assert every_fault() == []


def test_O7_a_part_that_the_first_payment_covers_is_about_no_other(claire, twenty):
    orders = [place(claire, twenty), place(claire, twenty)]
    for order, capture in zip(orders, ("AAA", "BBB"), strict=True):
        pay_online(order, capture_told(capture), is_another=True)
    assert [one.amount_cents for one in hear(cents=10_000, captures=("AAA", "BBB"))] == [10_000]
    assert buckets(lot_of(orders[1])) == {"available": 20}
    hear("open", "2027-03-02 12:00", 30_000, captures=("AAA", "BBB"))
    assert buckets(lot_of(orders[1])) == {"frozen": 20}
    hear("open", "2027-03-03 12:00", 10_000, captures=("AAA", "BBB"))
    assert [one.amount_cents for one in Dispute.objects.order_by("id")] == [10_000, 0]
    assert buckets(lot_of(orders[1])) == {"available": 20}


def test_O7_two_disputes_of_one_payment(bought):
    pay_online(bought)
    hear()
    hear(at="2027-03-02 12:00", external_id="PP-D-2")
    hear("won", "2027-03-05 12:00")
    assert buckets(lot_of(bought)) == {"frozen": 20}  # the other one is still open
    hear("won", "2027-03-06 12:00", external_id="PP-D-2")
    assert (buckets(lot_of(bought)), every_fault()) == ({"available": 20}, [])


def test_O7_O5_of_money_that_came_twice_only_the_credit_is_held(claire, bought):
    pay(bought)
    pay_online(bought)
    hear()
    assert (row().credit_held_cents, row().order_cents) == (24_000, 0)
    assert (payments.credit_cents(bought.customer), buckets(lot_of(bought))) == (0, {"available": 20})
    assert credit_lines() == [("paid_twice", 24_000), ("disputed", -24_000)]
    hear("won", "2027-03-05 12:00")
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (0, 24_000)
    hear("open", "2027-03-06 12:00")
    hear("lost", "2027-03-07 12:00")
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (24_000, 0)
    assert (buckets(lot_of(bought)), row().cancelled_cents, every_fault()) == ({"available": 20}, 0, [])


def test_O7_a_surplus_is_held_before_units_are(claire, bought):
    pay_online(bought, capture_told(cents=25_000))
    hear(cents=1_000)
    assert (row().credit_held_cents, row().order_cents, moves()) == (1_000, 0, [])
    hear("open", "2027-03-02 12:00", 25_000)
    assert (row().credit_held_cents, row().order_cents, moves()) == (1_000, 24_000, [("frozen", 20)])
    hear("lost", "2027-03-05 12:00", 25_000)
    assert (row().cancelled_cents, buckets(lot_of(bought)), every_fault()) == (24_000, {"refunded": 20}, [])


def test_O7_about_less_than_before_gives_credit_back(bought):
    pay(bought)
    pay_online(bought)
    hear()
    hear("open", "2027-03-02 12:00", 4_000)
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (4_000, 20_000)


def test_O7_credit_that_was_used_is_held_once_it_comes_back(claire, twenty, bought):
    pay(bought)
    pay_online(bought)
    other = place(claire, put_on_sale("tokens-25", price_cents=30_000))
    assert other.credit_used_cents == 24_000
    hear()
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (0, 0)
    waiting.cancel_order(order=other, by=TEST, at=moment("2027-03-02 12:00"))
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (24_000, 0)
    assert credit_lines()[-2:] == [("returned", 24_000), ("disputed", -24_000)]
    assert every_fault() == []


def test_O7_other_credit_is_not_held(claire, bought):
    pay(bought, 24_500)
    pay_online(bought, capture_told(cents=1_000))
    hear(cents=1_000)
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (1_000, 500)


def test_O7_O4_a_disputed_part_of_an_order_that_expires_becomes_credit_that_is_held(bought):
    pay_online(bought, capture_told(cents=10_000))
    hear(cents=10_000)
    assert (row().order_cents, moves()) == (10_000, [])
    waiting.expire_order(order=bought, by=TEST, at=bought.expires_at.replace(year=2028))
    assert (row().credit_held_cents, payments.credit_cents(bought.customer)) == (10_000, 0)
    assert credit_lines() == [("too_little", 10_000), ("disputed", -10_000)]
    assert every_fault() == []


def test_O7_an_order_settled_with_disputed_money_is_given_once_that_is_won(bought):
    pay_online(bought, capture_told(cents=10_000))
    hear(cents=10_000)
    pay(bought, 14_000, "2027-03-02 12:00")
    bought.refresh_from_db()
    assert (bought.is_settled, is_active(bought)) == (True, False)
    hear("won", "2027-03-10 12:00", 10_000)
    lot = lot_of(bought)
    assert (buckets(lot), lot.activated_at) == ({"available": 20}, moment("2027-03-10 12:00"))
    assert every_fault() == []


@pytest.fixture
def unhurried(claire, twenty):
    """Paid, and not active before the withdrawal period is over on 13 March (L1)."""
    order = place(claire, twenty, express_request=False)
    pay_online(order)
    return order


DUE = "2027-03-20 12:00"


def test_L1_O7_what_is_disputed_does_not_become_active(claire, unhurried):
    hear()
    assert list(due.activations_due(moment(DUE))) == []
    assert "will not become active until the dispute is settled" in told_to(claire)[0].text
    hear("won", DUE)
    assert (buckets(lot_of(unhurried)), lot_of(unhurried).activated_at) == ({"available": 20}, moment(DUE))
    assert every_fault() == []


def test_L1_O7_won_in_time_it_becomes_active_when_it_may(unhurried):
    hear()
    hear("won", "2027-03-02 12:00")
    assert not is_active(unhurried)
    assert list(due.activations_due(moment(DUE))) == [unhurried]


def test_L1_O7_lost_it_never_becomes_active(claire, unhurried):
    hear()
    hear("lost", "2027-03-05 12:00")
    assert (row().cancelled_cents, list(due.activations_due(moment(DUE)))) == (24_000, [])
    disputing.follow_dispute(dispute=row(), by=TEST, at=moment(DUE))
    assert (is_active(unhurried), row().cancelled_cents) == (False, 24_000)
    (note,) = notes()
    assert (note.gross_cents, note.corrects) == (24_000, unhurried.settlement.invoice)
    assert "will not become active." in told_to(claire)[1].text
    assert every_fault() == []
    hear("won", DUE)  # after all: its invoice is corrected, so a person decides
    assert (is_active(unhurried), row().cancelled_cents) == (False, 24_000)
    assert list(due.activations_due(moment(DUE))) == []
    assert fulfilling.activate_order(order=unhurried, by=TEST, at=moment(DUE)) == []
    assert [one.pk for one in notes()] == [note.pk]
    assert every_fault() == []


def test_O8_no_more_is_credited_than_is_left_of_the_line(martins, claire):
    """3 for 1.00 €: 0.33, 0.34, 0.33. The second one leaves twice, as the first one comes back in between."""
    open_shop()
    order = place(claire, put_on_sale("three", 3, shared=False, price_cents=100))
    payment = pay_online(order, capture_told(cents=100))
    use(martins, claire, 1)
    hear(cents=100)
    hear("lost", "2027-03-02 12:00", 40)
    assert ([one.gross_cents for one in notes()], row().order_cents) == ([34], 40)
    spent = Movement.objects.get(kind="spent")
    movements.correct(movement=spent, quantity=1, by=TEST, at=moment("2027-03-02 13:00"), key="back", rule="T14")
    assert buckets(lot_of(order)) == {"available": 2, "refunded": 1}
    hear("lost", "2027-03-03 12:00", 60, external_id="PP-D-2")
    assert [one.gross_cents for one in notes()] == [34, 66]
    assert [one.cancelled_cents for one in payment.disputes.order_by("id")] == [34 + 67, 0]
    assert every_fault() == []


def test_L1_O7_lost_in_part_the_rest_becomes_active_when_it_may(unhurried):
    hear("lost", "2027-03-05 12:00", 6_000)
    assert (is_active(unhurried), list(disputed.disputes_to_follow(moment("2027-03-06 12:00")))) == (False, [])
    follow_all(DUE)
    assert (buckets(lot_of(unhurried)), row().cancelled_cents) == ({"available": 15, "refunded": 5}, 6_000)
    assert list(disputed.disputes_to_follow(moment(DUE))) == []
    assert every_fault() == []


def test_O7_O5_the_second_payment_of_a_waiting_order_does_not_keep_it(claire, twenty):
    order = place(claire, twenty, express_request=False)
    pay(order)
    pay_online(order)
    hear()
    assert list(due.activations_due(moment(DUE))) == [order]


def test_O10_what_the_pack_did_to_older_ones_is_undone(claire, twenty, bought):
    pay(bought)
    second = place(claire, twenty, "2027-06-01 12:00")
    pay_online(second, at="2027-06-01 12:00")
    extended = lot_of(bought).last_day
    hear(at="2027-06-02 12:00")
    assert lot_of(bought).last_day < extended
    hear("won", "2027-06-03 12:00")
    assert lot_of(bought).last_day == extended
    assert every_fault() == []


def test_units_that_can_be_used_again_cover_what_waits(martins, claire, bought):
    pay_online(bought)
    hear()
    ticket = make_ticket(claire, at=moment("2027-03-02 12:00"))
    assert ticket.cover.state == "waiting"
    hear("won", "2027-03-13 12:00")
    ticket.cover.refresh_from_db()
    assert ticket.cover.state == "covered"


def test_O7_money_for_no_order_is_credit_that_is_held(martins, bought):
    money = Received("paypal", 1_000, day("2027-02-26"))
    payment = crediting.record_unallocated_payment(
        customer=martins, money=money, by=TEST, at=moment(AT), key="paypal:XYZ"
    )
    note_receipt(payment, checkout_of(bought, "XYZ"), capture_told("XYZ", 1_000))
    hear(cents=1_000, captures=("XYZ",))
    assert (row().credit_held_cents, row().order_cents, payments.credit_cents(martins)) == (1_000, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_O6_the_same_news_a_hundred_times_at_once(claire, bought):
    pay_online(bought)
    results = all_at_once([hear] * 100)
    assert {type(one) for one in results} == {list}
    assert (moves(), Dispute.objects.count(), len(told_to(claire))) == ([("frozen", 20)], 1, 1)
    assert every_fault() == []


@pytest.mark.django_db(transaction=True)
def test_O6_news_of_every_age_at_once_end_with_the_last(bought):
    pay_online(bought)
    ages = [("open", "2027-03-01 12:00"), ("won", "2027-03-05 12:00"), ("open", "2027-03-06 12:00")] * 5
    results = all_at_once([partial(hear, *age) for age in [*ages, ("lost", "2027-03-20 12:00")]])
    assert [one for one in results if not isinstance(one, list)] == []
    assert (row().state, buckets(lot_of(bought)), row().cancelled_cents) == ("lost", {"refunded": 20}, 24_000)
    assert every_fault() == []


@pytest.mark.django_db(transaction=True)
def test_O7_two_workers_cancel_released_units_once(martins, claire, bought):
    pay_online(bought)
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    hear("lost", "2027-03-05 12:00")
    let_go(martins, 1, 3, at="2027-03-06 12:00")
    all_at_once([partial(follow_all, "2027-03-06 12:01")] * 4)
    assert (buckets(lot_of(bought)), row().cancelled_cents) == ({"refunded": 20}, 24_000)
    assert every_fault() == []


def test_O7_what_was_taken_back_is_booked_once_however_many_captures_the_dispute_names(martins, claire, bought):
    pay_online(bought)
    lost = {"state": "lost", "cents": 24_000, "lost_cents": 6_000}
    hear()
    hear(at="2027-03-20 12:00", **lost)
    hear(at="2027-03-21 12:00", captures=(CAPTURE, "8AB12345CD678901E"), **lost)
    hear(at="2027-03-22 12:00", captures=(CAPTURE, CAPTURE), **lost)
    assert list(OnlineRefund.objects.values_list("external_id", "amount_cents")) == [("PP-D-1", 6_000)]
    assert every_fault() == []
