import datetime
from zoneinfo import ZoneInfo

import pytest

from carnet.orders import queries, rules
from tests.factories.ledger import day, moment

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ordered_on", "last_day"),
    [
        ("2027-02-27", "2027-03-15"),  # 13 March is a Saturday
        ("2027-02-26", "2027-03-12"),
        ("2026-12-11", "2026-12-28"),  # Christmas is a Friday
        ("2027-03-15", "2027-03-30"),  # Easter Monday is 29 March
    ],
)
def test_O11_withdrawal_ends_on_a_working_day(ordered_on, last_day):
    assert rules.withdrawal_last_day(day(ordered_on), queries.is_working_day) == day(last_day)


def activates(express, at="2027-03-01 12:00", last_day="2027-03-15"):
    return rules.activates_at(
        withdrawal_last_day=last_day and day(last_day), express_request=express, at=moment(at), zone=PARIS
    )


def test_L1_without_the_express_request_not_before_the_period_has_passed():
    assert activates(express=False) == moment("2027-03-16 00:00")
    assert activates(express=False, at="2027-03-16 00:00") is None
    assert activates(express=True) is None
    assert activates(express=False, last_day=None) is None


def test_O1_an_order_waits_30_days():
    assert rules.waits_until(day("2027-03-01"), 30, PARIS) == moment("2027-04-01 00:00")


def test_O1_it_is_recalled_when_two_thirds_have_passed():
    start = moment("2027-03-01 12:00")
    assert rules.reminds_at(start, start + datetime.timedelta(days=30)) == start + datetime.timedelta(days=20)


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
