import dataclasses
import datetime

import pytest

from carnet.ledger import queries, rules
from carnet.ledger.models import CustomerLedger
from carnet.ledger.rules import FREE
from tests.factories.ledger import day, give, give_trial, let_go, moment, sell, spend, take


def tokens_on(customer, text):
    """The parts of the balance that are not empty."""
    return {
        name: units
        for name, units in dataclasses.asdict(queries.balance_on(customer, day(text)).tokens).items()
        if units
    }


def tokens_at(customer, text):
    return {
        name: units
        for name, units in dataclasses.asdict(queries.balance_at(customer, moment(text)).tokens).items()
        if units
    }


@pytest.fixture
def story(martins, claire):
    """A pack of 8; three tickets; the pack ends on 11 July, its gift on 31 March."""
    sell(martins, 8, months=6, at="2027-01-11 12:00")
    give(martins, 1, until="2027-03-31", at="2027-02-01 12:00")
    take(claire, martins, 1, quantity=2, at="2027-02-10 23:30")
    spend(martins, 1, 1, at="2027-02-11 00:30")
    let_go(martins, 1, at="2027-02-11 00:30")
    take(claire, martins, 2, at="2027-07-11 23:50")
    return martins


def test_L4_the_balance_on_any_past_day(story):
    assert tokens_on(story, "2027-01-10") == {}
    assert tokens_on(story, "2027-01-11") == {"available": 8}
    assert tokens_on(story, "2027-02-01") == {"available": 9}
    assert tokens_on(story, "2027-02-10") == {"available": 7, "reserved": 2}
    assert tokens_on(story, "2027-02-11") == {"available": 8, "spent": 1}


def test_L4_units_are_dormant_or_lapsed_from_the_day_after_the_last_one(martins):
    sell(martins, 8, months=6, at="2027-01-11 12:00")
    give(martins, 1, until="2027-03-31")
    assert tokens_on(martins, "2027-03-31") == {"available": 9}
    assert tokens_on(martins, "2027-04-01") == {"available": 8, "lapsed": 1}
    assert tokens_on(martins, "2027-07-11") == {"available": 8, "lapsed": 1}
    assert tokens_on(martins, "2027-07-12") == {"dormant": 8, "lapsed": 1}
    assert tokens_on(martins, "2050-01-01") == {"dormant": 8, "lapsed": 1}


def test_T11_reserved_units_stay_reserved(story):
    assert tokens_on(story, "2027-07-11") == {"available": 7, "reserved": 1, "spent": 1}
    assert tokens_on(story, "2027-07-12") == {"dormant": 7, "reserved": 1, "spent": 1}


def test_at_an_instant(story):
    assert tokens_at(story, "2027-01-11 11:59") == {}
    assert tokens_at(story, "2027-01-11 12:00") == {"available": 8}
    assert tokens_at(story, "2027-02-10 23:29") == {"available": 9}
    assert tokens_at(story, "2027-02-10 23:30") == {"available": 7, "reserved": 2}
    assert tokens_at(story, "2027-07-12 00:00") == {"dormant": 7, "reserved": 1, "spent": 1}


def test_a_past_balance_never_changes(story, claire):
    remembered = {text: tokens_on(story, text) for text in ("2027-01-11", "2027-02-10", "2027-02-11", "2027-07-12")}
    spend(story, 2, at="2027-07-13 12:00")
    sell(story, 5, at="2027-08-01 12:00")  # revives the pack
    take(claire, story, 3, quantity=9, at="2027-08-02 12:00")
    assert {text: tokens_on(story, text) for text in remembered} == remembered
    assert tokens_on(story, "2027-08-01") == {"available": 12, "spent": 2}


def test_the_last_day_is_that_of_then(story):
    sell(story, 5, at="2027-08-01 12:00")
    then, now = (queries.balance_on(story, day(text)).lots[0] for text in ("2027-07-12", "2027-08-01"))
    assert (then.state, then.last_day, then.balance.dormant) == ("dormant", day("2027-07-11"), 7)
    assert (now.state, now.last_day, now.balance.available) == ("live", day("2028-08-01"), 7)


def test_by_arithmetic_and_by_the_journal_alike(story):
    today = day("2027-07-11")
    by_rows = queries.balance_on(story, today)
    CustomerLedger.objects.filter(pk=story.pk).update(last_at=moment("2099-01-01 12:00"))
    by_journal = queries.balance_on(story, today)
    assert [(lot.lot, lot.state, lot.last_day, lot.balance) for lot in by_journal.lots] == [
        (lot.lot, lot.state, lot.last_day, lot.balance) for lot in by_rows.lots
    ]


def test_free_minutes_stand_apart_and_have_no_end_before_their_first_use(martins, claire):
    give_trial(martins, 15, days=30, at="2027-01-11 12:00")
    give(martins, 60, unit="minute", until="2027-12-31")
    sell(martins, 5)
    take(claire, martins, quantity=9, unit="minute", origins=FREE, at="2027-03-01 12:00")
    balance = queries.balance_on(martins, day("2027-03-01"))
    assert balance.free_minutes == rules.Balance(available=6, reserved=9)
    assert (balance.minutes.available, balance.tokens.available, balance.of("minute").available) == (60, 5, 66)
    before = queries.balance_on(martins, day("2027-02-28")).lots[0]
    assert (before.last_day, before.state, before.balance.available) == (None, "live", 15)
    assert queries.balance_on(martins, day("2027-04-01")).free_minutes == rules.Balance(lapsed=6, reserved=9)


def test_on_days_of_23_and_25_hours(martins, claire):
    sell(martins, 3)
    for number, at in ((1, "2027-03-28 23:59"), (2, "2027-10-31 23:59"), (3, "2027-11-01 00:00")):
        take(claire, martins, number, at=at)
    reserved = [
        queries.balance_on(martins, day(text)).tokens.reserved
        for text in ("2027-03-27", "2027-03-28", "2027-10-31", "2027-11-01")
    ]
    assert reserved == [0, 1, 2, 3]


def test_a_customer_without_units(martins):
    balance = queries.balance_on(martins, day("2027-01-11"))
    assert (balance.lots, balance.tokens, balance.minutes) == ((), rules.Balance(), rules.Balance())


def test_its_queries_do_not_grow(martins, claire, django_assert_num_queries):
    for number in range(3):
        sell(martins, 5)
        take(claire, martins, number)
    queries.balance_on(martins, day("2027-01-11"))
    with django_assert_num_queries(2):
        queries.balance_on(martins, day("2027-01-11") + datetime.timedelta(days=1))
    with django_assert_num_queries(4):
        queries.balance_at(martins, moment("2027-01-11 11:59"))


def test_what_may_be_drawn_in_the_order_of_use(martins, claire, hugo, ines):
    sell(martins, 20, shared=False, person=claire)
    give(martins, 2, until="2027-03-31")
    at = moment("2027-01-12 12:00")
    assert [(one.lot.number, one.units) for one in queries.drawable(martins, claire, "token", at)] == [(2, 2), (1, 20)]
    assert [(one.lot.number, one.units) for one in queries.drawable(martins, hugo, "token", at)] == [(2, 2)]
    assert queries.drawable(martins, ines, "token", at) == []
    assert queries.drawable(martins, claire, "minute", at) == []
    assert queries.drawable(martins, hugo, "token", moment("2027-04-01 00:00")) == []


def test_lots_newest_first(martins, robledo):
    sell(martins)
    give(martins)
    sell(robledo)
    lots = queries.lots_of(martins)
    assert [(lot.number, lot.origin) for lot in lots] == [(2, "goodwill"), (1, "purchased")]
    assert lots[0].note.text == "For a test."
