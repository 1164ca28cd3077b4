import datetime
from zoneinfo import ZoneInfo

import pytest

from carnet.orders import rules
from carnet.orders.queries import sales
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
    assert rules.withdrawal_last_day(day(ordered_on), sales.is_working_day) == day(last_day)


def test_O1_an_order_waits_30_days():
    assert rules.waits_until(day("2027-03-01"), 30, PARIS) == moment("2027-04-01 00:00")


def test_O1_it_is_recalled_when_two_thirds_have_passed():
    start = moment("2027-03-01 12:00")
    assert rules.reminds_at(start, start + datetime.timedelta(days=30)) == start + datetime.timedelta(days=20)
