from zoneinfo import ZoneInfo

import pytest

from carnet.till import rules
from tests.factories.ledger import day, moment

PARIS = ZoneInfo("Europe/Paris")


def activates(express, at="2027-03-01 12:00", last_day="2027-03-15"):
    return rules.activates_at(
        withdrawal_last_day=last_day and day(last_day), express_request=express, at=moment(at), zone=PARIS
    )


def test_L1_without_the_express_request_not_before_the_period_has_passed():
    assert activates(express=False) == moment("2027-03-16 00:00")
    assert activates(express=False, at="2027-03-16 00:00") is None
    assert activates(express=True) is None
    assert activates(express=False, last_day=None) is None


@pytest.mark.parametrize(
    ("given", "receipt"),
    [
        ({}, rules.Receipt("settles")),
        ({"paid_cents": 9_500}, rules.Receipt("waits", missing_cents=500)),
        ({"paid_cents": 9_999, "tolerance_cents": 1}, rules.Receipt("settles")),
        ({"paid_cents": 11_000}, rules.Receipt("settles", credit_cents=1_000)),
        ({"is_settled": True}, rules.Receipt("credits", credit_cents=10_000, credit_reason="paid_twice")),
        ({"is_cancelled": True}, rules.Receipt("credits", credit_cents=10_000, credit_reason="cancelled")),
        ({"may_settle": False}, rules.Receipt("asks")),
    ],
)
def test_O3_O4_O5_what_money_does(given, receipt):
    plain = {
        "price_cents": 10_000, "paid_cents": 10_000, "amount_cents": 10_000, "tolerance_cents": 0, "is_settled": False,
        "is_cancelled": False, "may_settle": True,
    }  # fmt: skip
    assert rules.receipt(**(plain | given)) == receipt


def test_O9_more_than_was_paid_is_never_divided():
    paid = [rules.MoneyPart(None, 1_000), rules.MoneyPart(7, 2_000), rules.MoneyPart(8, 0)]
    assert rules.split_refund(2_500, paid) == [rules.MoneyPart(7, 2_000), rules.MoneyPart(None, 500)]
    with pytest.raises(ValueError, match="1 cents were never paid"):
        rules.split_refund(3_001, paid)
