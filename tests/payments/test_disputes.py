"""O7: what is news of a dispute, which cents it is about, and what is left of the credit of one payment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.payments.rules import disputes as rules
from carnet.payments.rules.online import DisputeFound
from tests.factories.ledger import moment

THEN, BEFORE, AFTER = (moment(f"2027-03-0{day} 12:00") for day in (2, 1, 3))


def told(**changed):
    given = {"state": "open", "amount_cents": 100, "currency": "EUR", "changed_at": THEN, "capture_ids": ("A",)}
    given |= {"external_id": "PP-D-1", "reason": "OTHER", "opened_at": BEFORE}
    return DisputeFound(**(given | changed))


@pytest.mark.parametrize(
    ("changed_at", "known", "is_news"),
    [(AFTER, "won", True), (AFTER, "open", True), (BEFORE, "open", False), (THEN, "open", True), (THEN, "lost", False)],
)
def test_O6_what_is_news(changed_at, known, is_news):
    assert rules.is_news(told(changed_at=changed_at), known_state=known, known_changed_at=THEN) == is_news


@pytest.mark.parametrize(
    ("changed", "payments", "shares"),
    [
        ({}, [100], [100]),
        ({}, [70, 70], [70, 30]),
        ({}, [100, 50], [100, 0]),
        ({"amount_cents": 500}, [70, 70], [70, 70]),
        ({"currency": "USD"}, [700, 70], [700, 70]),
        ({"lost_cents": 20}, [100], [100]),  # not lost yet
        ({"state": "lost"}, [100], [100]),
        ({"state": "lost", "lost_cents": 20}, [100], [20]),
        ({"state": "lost", "lost_cents": 0}, [100], [0]),
        ({}, [], []),
    ],
)
def test_O7_which_cents_it_is_about(changed, payments, shares):
    assert rules.disputed_cents(told(**changed), payments) == shares


def test_the_number_of_what_was_taken_back():
    assert rules.reversal_ids(told(), "A") == ("PP-D-1", "PP-D-1/A")
    assert rules.reversal_ids(told(capture_ids=("A", "B")), "B") == ("PP-D-1/B", "PP-D-1")


ORDER, OTHER = ("order", 1), ("order", 2)


def moved(cents, payment=None, cause=ORDER):
    return rules.CreditMoved(cents, payment, cause)


@pytest.mark.parametrize(
    ("movements", "left"),
    [
        ([], 0),
        ([moved(100, 1)], 100),
        ([moved(100, 2)], 0),
        ([moved(50, 2), moved(100, 1), moved(-70, cause=OTHER)], 80),  # the first is used first
        ([moved(100, 1), moved(50, 2), moved(-120, cause=OTHER)], 0),
        ([moved(100, 1), moved(-80, cause=OTHER), moved(80, cause=OTHER)], 100),  # the order gave it back
        ([moved(100, 1), moved(-80, cause=OTHER), moved(50, 2), moved(80, cause=OTHER), moved(-90, cause=ORDER)], 10),
        ([moved(30, cause=OTHER), moved(100, 1)], 100),  # of nobody
        ([moved(100, 1), moved(-40, 1)], 60),
        ([moved(50, 2), moved(100, 1), moved(-40, 1)], 60),  # of its own, whatever came first
        ([moved(50, 2), moved(100, 1), moved(-70, 2)], 80),  # more than is there of its own
        # What is held leaves the rest of it where it was.
        ([moved(15, 2), moved(240, 1), moved(-80, 1, ("dispute", 1)), moved(-100)], 75),
    ],
)
def test_O7_what_is_left_of_the_credit_of_a_payment(movements, left):
    assert rules.credit_left(movements, 1) == left


@given(
    st.lists(
        st.builds(
            moved,
            st.integers(-100, 100).filter(bool),
            st.sampled_from([None, 1, 2, 3]),
            st.sampled_from([ORDER, OTHER]),
        ),
        max_size=20,
    )
)
def test_O7_all_shares_together_are_the_credit(movements):
    balance, kept = 0, []
    for one in movements:
        if balance + one.cents >= 0:
            balance += one.cents
            kept.append(one)
    of_payments = sum(rules.credit_left(kept, payment) for payment in (1, 2, 3))
    assert 0 <= of_payments <= balance
