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
    assert sales.last_day_to_withdraw(day(ordered_on), country="FR", postcode="75001") == day(last_day)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ordered_on", "country", "postcode", "last_day"),
    [
        ("2027-03-12", "FR", "75001", "2027-03-26"),
        ("2027-03-12", "FR", "67000", "2027-03-30"),  # Good Friday counts in Alsace, then comes Easter Monday
        ("2027-03-12", "ES", "28013", "2027-03-29"),  # Good Friday in Spain; Easter Monday is not of all of it
        ("2027-05-13", "FR", "97200", "2027-05-27"),
        ("2027-05-08", "FR", "97200", "2027-05-24"),  # 22 May, the abolition, is a Saturday
        ("2026-05-08", "FR", "97200", "2026-05-26"),  # 22 May 2026 is a Friday; 25 May is Whit Monday
        ("2026-05-08", "FR", "75001", "2026-05-22"),
    ],
)
def test_O11_of_two_places_with_other_holidays_the_later_day_counts(ordered_on, country, postcode, last_day):
    assert sales.last_day_to_withdraw(day(ordered_on), country=country, postcode=postcode) == day(last_day)


def test_O1_an_order_waits_30_days():
    assert rules.waits_until(day("2027-03-01"), 30, PARIS) == moment("2027-04-01 00:00")


def test_O1_it_is_recalled_when_two_thirds_have_passed():
    start = moment("2027-03-01 12:00")
    assert rules.reminds_at(start, start + datetime.timedelta(days=30)) == start + datetime.timedelta(days=20)
