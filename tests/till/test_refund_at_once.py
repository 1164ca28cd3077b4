"""O9, L10, O11: refunds at the same moment as others, or broken off: all of it happens once, or nothing."""

from functools import partial

import pytest

from carnet.invoices.models import Invoice
from carnet.kernel import keys
from carnet.kernel.refused import Refused
from carnet.ledger.actions.movements import NotEnoughUnits
from carnet.ledger.models import Lot, Movement
from carnet.mail.models import OutgoingMail
from carnet.payments.models import CreditMovement
from carnet.repayments import queries as repayments
from carnet.repayments.models import Repayment
from carnet.till.actions import bouncing, refunding, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Refund, Withdrawal
from tests.factories.breaks import break_everywhere
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import buckets, day, moment, spend, take
from tests.factories.orders import lot_of, open_shop, pay, place
from tests.factories.processes import all_at_once
from tests.factories.refunds import LATER, TO, refund
from tests.proofs import every_fault

pytestmark = pytest.mark.django_db(transaction=True)
AT = moment(LATER)


@pytest.fixture
def order(claire, odile):
    """20 tickets for 240.00 €, paid by cheque."""
    open_shop()
    return place(claire, put_on_sale(), means="cheque")


@pytest.fixture
def paid(order):
    return pay(order)


def attempt(act):
    """What it did, or the code of its refusal."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return "done"


def at_once(*acts):
    return sorted(map(str, all_at_once([partial(attempt, act) for act in acts])))


def returned_cents():
    return sum(Repayment.objects.values_list("amount_cents", flat=True))


def credited_cents():
    return sum(Invoice.objects.filter(kind="credit_note").values_list("gross_cents", flat=True))


def test_O9_two_desks_refund_once(order, paid):
    found = at_once(*(partial(refund, order, key=f"desk {place}") for place in range(6)))
    assert found == ["done", *["till.nothing_to_refund"] * 5]
    assert (returned_cents(), credited_cents(), Refund.objects.count()) == (24_000, 24_000, 1)
    assert every_fault() == []


def test_L12_the_second_click_at_the_same_moment(order, paid):
    assert at_once(*[partial(refund, order, key="k")] * 6) == ["done"] * 6
    assert (returned_cents(), Refund.objects.count()) == (24_000, 1)
    assert every_fault() == []


def test_O9_parts_from_several_desks_never_come_to_more_than_the_pack(order, paid):
    found = at_once(*(partial(refund, order, 6, key=f"desk {place}") for place in range(5)))
    assert found == ["done"] * 3 + ["ledger.not_enough_units"] * 2
    assert (returned_cents(), buckets(lot_of(order))) == (21_600, {"available": 2, "refunded": 18})
    assert every_fault() == []


def test_L10_while_a_member_draws_the_last_unit(order, paid, martins, claire):
    take(claire, martins, 1, quantity=19, at="2027-02-27 12:00")
    draw = partial(take, claire, martins, 2, quantity=1, at=LATER)
    found = at_once(draw, partial(refund, order, 1))
    assert found in (["done", "ledger.not_enough_units"], ["done", "done"])
    # Whoever came first has it, and the other is told.
    assert buckets(lot_of(order)) in ({"reserved": 20}, {"reserved": 19, "refunded": 1})
    assert found == ["done", "ledger.not_enough_units"]
    assert every_fault() == []


def test_O9_while_a_ticket_closes_on_the_same_lot(order, paid, martins, claire):
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    close = partial(spend, martins, 1, 3, at=LATER)
    assert at_once(close, partial(refund, order)) == ["done", "done"]
    lot = lot_of(order)
    assert (lot.spent, lot.refunded, lot.reserved, lot.available) == (3, 17, 0, 0)
    assert (returned_cents(), credited_cents()) == (20_400, 20_400)
    assert every_fault() == []


def test_O7_O9_while_its_cheque_bounces(order, paid):
    bounce = partial(bouncing.bounce_cheque, payment=paid, bounced_on=day("2027-03-01"), by=TEST, at=AT)
    found = at_once(bounce, partial(refund, order))
    if "till.payment_disputed" in found:
        assert (returned_cents(), buckets(lot_of(order))) == (0, {"frozen": 20})
    else:  # it goes back first: the desk is warned before it sends money that never came
        assert buckets(lot_of(order)) == {"refunded": 20}
        assert repayments.is_disputed(Repayment.objects.get())
    assert every_fault() == []


def test_O11_withdrawn_by_its_holder_and_refunded_at_the_desk(order, paid, claire):
    declared = withdrawing.Declared("Claire Martin", "claire@example.org", "fr", TO)
    withdraw = partial(
        withdrawing.declare_withdrawal, order=order, declared=declared, person=claire, visitor="",
        by=claire.as_actor(), at=AT,
    )  # fmt: skip
    at_once(partial(withdraw, key="a"), partial(refund, order), partial(withdraw, key="b"))
    assert (returned_cents(), credited_cents()) == (24_000, 24_000)
    assert Withdrawal.objects.exclude(carried_out_at=None).count() == 1
    assert every_fault() == []


def picture():
    """Everything that a refund writes."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Lot, Movement, Refund, Repayment, Invoice, CreditMovement, OutgoingMail)
    ]


@pytest.mark.parametrize("wants_credit", [False, True], ids=["sent back", "credit"])
def test_a_refund_that_breaks_off_leaves_nothing_or_all(order, paid, martins, claire, wants_credit):
    take(claire, martins, 1, quantity=2, at="2027-02-27 12:00")
    to = SentTo(wants_credit, TO.account_holder, TO.iban)
    assert break_everywhere(partial(refund, order, to=to), picture) > 15
    assert (credited_cents(), Refund.objects.count(), every_fault()) == (21_600, 1, [])
    assert returned_cents() == (0 if wants_credit else 21_600)


def test_a_withdrawal_that_breaks_off_leaves_nothing_or_all(order, paid, claire):
    declared = withdrawing.Declared("Claire Martin", "claire@example.org", "fr", TO)
    act = partial(
        withdrawing.declare_withdrawal, order=order, declared=declared, person=claire, visitor="",
        by=claire.as_actor(), at=AT, key=keys.new_key(),
    )  # fmt: skip
    assert break_everywhere(act, picture) > 20
    assert (returned_cents(), Withdrawal.objects.get().is_carried_out, every_fault()) == (24_000, True, [])


def test_more_than_is_left_is_refused_in_so_many_units(order, paid):
    refund(order, 15)
    with pytest.raises(NotEnoughUnits) as refused:
        refund(order, 6, key="k2")
    assert refused.value.values == {"unit": "token", "wanted": 6, "found": 5}


def test_while_a_payment_is_disputed_nothing_goes_back(order, paid):
    bouncing.bounce_cheque(payment=paid, bounced_on=day("2027-03-01"), by=TEST, at=AT)
    with pytest.raises(refunding.PaymentDisputed):
        refund(order)
