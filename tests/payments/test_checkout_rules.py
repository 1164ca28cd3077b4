"""O5, O6: what becomes of a payment at the payment service, by what the service says."""

import datetime
from dataclasses import replace

import pytest

from carnet.payments.rules import checkouts
from carnet.payments.rules.checkouts import Asked, Fate
from carnet.payments.rules.online import CaptureFound, CheckoutFound

AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)
ASKED = Asked("5O190127TN364715T", "RF18AB23CD45", 24_000, frozenset({"MERCHANT"}))
OPEN = CheckoutFound("5O190127TN364715T", "waiting", 24_000, "EUR", "MERCHANT", "RF18AB23CD45")
TAKEN = CaptureFound("3C679366HH908993F", "completed", 24_000, "EUR", AT)
DONE = replace(OPEN, state="captured", captures=(TAKEN,))


def done(**changed):
    return replace(DONE, captures=(replace(TAKEN, **changed),))


@pytest.mark.parametrize(
    ("found", "step"), [(OPEN, "wait"), (replace(OPEN, state="approved"), "capture"), (DONE, "paid")]
)
def test_what_is_as_asked_goes_its_way(found, step):
    fate = checkouts.fate_of(found, ASKED)
    assert (fate.step, fate.why) == (step, "")
    assert fate.capture == (TAKEN if step == "paid" else None)


def test_nobody_can_pay_any_more_what_the_service_has_forgotten():
    gone = CheckoutFound("5O190127TN364715T", "gone", 0, "", "", "")
    assert checkouts.fate_of(gone, ASKED) == Fate("lapsed")


def test_pending_money_waits_with_its_reason():
    found = done(state="pending", why="ECHECK")
    assert checkouts.fate_of(found, ASKED) == Fate("pending", "ECHECK", found.captures[0])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"state": "refused", "why": "BUYER_COMPLAINT"}, "BUYER_COMPLAINT"),
        ({"state": "refused"}, "declined"),
        ({"state": "refunded"}, "refunded"),  # whole, before we knew of it: it was never paid
    ],
)
def test_what_was_not_paid_is_refused(changed, why):
    found = done(**changed)
    assert checkouts.fate_of(found, ASKED) == Fate("refused", why, found.captures[0])


def test_money_that_was_sent_back_in_part_was_paid():
    found = done(state="partly_refunded")
    assert checkouts.fate_of(found, ASKED) == Fate("paid", "", found.captures[0])


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (replace(DONE, external_id="ANOTHER"), "other_checkout"),
        (replace(DONE, reference="RF99ZZ99ZZ99"), "other_order"),
        (replace(DONE, currency="USD"), "other_currency"),
        (done(currency="USD"), "other_currency"),
        (replace(DONE, amount_cents=23_999), "other_amount"),
        (done(amount_cents=24_001), "other_amount"),
        (done(amount_cents=23_999, state="pending"), "other_amount"),
        (replace(DONE, payee="SOMEBODY"), "other_payee"),
        (replace(DONE, payee=""), "other_payee"),
        (replace(DONE, captures=(TAKEN, replace(TAKEN, external_id="SECOND"))), "taken_twice"),
        (replace(DONE, captures=()), "nothing_taken"),
    ],
)
def test_anything_else_than_asked_is_wrong_and_credits_nothing(found, why):
    fate = checkouts.fate_of(found, ASKED)
    assert (fate.step, fate.why) == ("wrong", why)


@pytest.mark.parametrize("changed", [{"amount_cents": 1}, {"reference": ""}, {"payee": "X"}, {"currency": "GBP"}])
def test_what_is_not_as_asked_is_not_even_taken(changed):
    assert checkouts.fate_of(replace(OPEN, state="approved", **changed), ASKED).step == "wrong"


def test_a_payee_that_is_not_known_yet_is_not_compared():
    assert checkouts.fate_of(DONE, replace(ASKED, payees=frozenset())).step == "paid"


def test_of_several_attempts_the_one_that_took_the_money_counts():
    declined = replace(TAKEN, external_id="FIRST", state="refused", amount_cents=24_000)
    assert checkouts.fate_of(replace(DONE, captures=(declined, TAKEN)), ASKED).capture == TAKEN


@pytest.mark.parametrize(
    ("is_pending", "is_same_access", "hours", "may_be"),
    [
        (False, True, 0, True),
        (False, False, 6, False),  # another account may not see it
        (False, False, 7, True),
        (True, True, 1000, False),  # money that was being examined does not vanish
        (True, False, 1000, False),
    ],
)
def test_it_is_believed_to_be_gone(is_pending, is_same_access, hours, may_be):
    at = AT + datetime.timedelta(hours=hours)
    assert checkouts.may_be_gone(is_pending=is_pending, is_same_access=is_same_access, made_at=AT, at=at) is may_be


@pytest.mark.parametrize(
    ("age", "is_pending", "minutes"),
    [
        (datetime.timedelta(0), False, 2),
        (datetime.timedelta(minutes=29), False, 2),
        (datetime.timedelta(minutes=30), False, 10),
        (datetime.timedelta(hours=6, minutes=59), False, 10),
        (datetime.timedelta(hours=7), False, None),
        (datetime.timedelta(hours=7), True, 15),
        (datetime.timedelta(days=1), True, 360),
        (datetime.timedelta(days=400), True, 360),
    ],
)
def test_O6_how_soon_the_service_is_asked_again(age, is_pending, minutes):
    expected = None if minutes is None else AT + age + datetime.timedelta(minutes=minutes)
    assert checkouts.next_look(is_pending=is_pending, since=AT, at=AT + age) == expected
