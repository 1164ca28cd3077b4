"""Once, when the last ticket or the last half hour is reached; again only after there was more. Read in Paris."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.audit.models import Entry
from carnet.ledger import queries, tasks
from carnet.ledger.actions import notices
from carnet.ledger.models import Notice
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from tests.factories.ledger import day, give, give_trial, let_go, moment, sell, spend, take
from tests.factories.people import make_customer, make_member, make_person


@pytest.fixture(autouse=True)
def _in_english(martins):
    Person.objects.update(language="en")


def run(on):
    """The daily task at five past nine, run twice: the second time changes nothing."""
    before = OutgoingMail.objects.count()
    for _ in range(2):
        with time_machine.travel(moment(f"{on} 09:05"), tick=False):
            tasks.tell_of_low_units.call()
    return [mail.subject.replace("\u00a0", " ") for mail in OutgoingMail.objects.order_by("pk")[before:]]


def use(person, customer, quantity, number=1, *, unit="token", at="2027-01-12 12:00"):
    take(person, customer, number, quantity=quantity, unit=unit, at=at)
    spend(customer, number, quantity, unit=unit, at=at)


LAST = "“Famille Martin”: one ticket left"
NONE = "“Famille Martin”: no tickets left"


def test_at_the_last_token_once(martins, claire):
    sell(martins, 5)
    use(claire, martins, 3)
    assert run("2027-01-13") == []
    use(claire, martins, 1, 2)
    assert run("2027-01-13") == [LAST]
    assert run("2027-01-14") == []
    use(claire, martins, 1, 3, at="2027-01-14 12:00")
    assert run("2027-01-15") == []


def test_what_is_reserved_is_gone_too(martins, claire):
    sell(martins, 2)
    take(claire, martins, quantity=2)
    assert run("2027-01-12") == [NONE]
    let_go(martins, at="2027-01-12 12:00")
    assert run("2027-01-13") == []
    take(claire, martins, 2, quantity=1, at="2027-01-13 12:00")
    assert run("2027-01-14") == [LAST]


def test_again_after_it_rose(martins, claire):
    sell(martins, 5)
    use(claire, martins, 4)
    assert run("2027-01-13") == [LAST]
    sell(martins, 5, at="2027-01-13 12:00")
    assert (run("2027-01-14"), Notice.objects.get().is_over) == ([], True)
    use(claire, martins, 5, 2, at="2027-01-14 12:00")
    assert (run("2027-01-15"), Notice.objects.filter(is_over=False).count()) == ([LAST], 1)


def test_again_after_it_rose_and_fell_within_a_day(martins, claire):
    sell(martins, 5)
    use(claire, martins, 4)
    assert run("2027-01-13") == [LAST]
    sell(martins, 5, at="2027-01-13 12:00")
    use(claire, martins, 5, 2, at="2027-01-13 13:00")
    assert (run("2027-01-14"), run("2027-01-15")) == ([LAST], [])


def test_another_single_token_is_no_rise(martins, claire):
    sell(martins, 1)
    use(claire, martins, 1)
    assert run("2027-01-13") == [NONE]
    sell(martins, 1, at="2027-01-13 12:00")
    assert run("2027-01-14") == []


def test_who_buys_one_is_not_told_at_once_that_it_is_the_last(martins):
    sell(martins, 1)
    assert run("2027-01-12") == []


@pytest.mark.parametrize(("used", "told"), [(269, []), (270, ["30 min"]), (290, ["10 min"]), (300, ["nothing"])])
def test_at_the_last_30_minutes(martins, claire, used, told):
    sell(martins, 300, unit="minute")
    use(claire, martins, used, unit="minute")
    words = {"nothing": "“Famille Martin”: no hours left"}
    assert run("2027-01-13") == [words.get(one, f"“Famille Martin”: {one} left in your hour packs") for one in told]


def test_each_kind_apart_and_both_if_both_are_low(martins, claire):
    sell(martins, 300, unit="minute")
    sell(martins, 5)
    use(claire, martins, 300, unit="minute")
    assert len(run("2027-01-13")) == 1
    use(claire, martins, 4, 2)
    assert run("2027-01-14") == [LAST]


def test_all_of_the_kind_counts_goodwill_too_and_the_trial_not(martins, claire):
    sell(martins, 5)
    give(martins, 2, until="2027-12-31")
    use(claire, martins, 5)
    assert run("2027-01-13") == []
    sell(martins, 60, unit="minute")
    give_trial(martins)
    use(claire, martins, 60, 2, unit="minute")
    assert len(run("2027-01-13")) == 1


def test_only_where_something_was_bought(martins, claire):
    give(martins, 2)
    use(claire, martins, 2)
    assert run("2027-01-13") == []


def test_L4_what_falls_asleep_is_told_by_its_last_day(martins, claire):
    sell(martins, 5, months=6)
    use(claire, martins, 2)
    assert run("2027-07-12") == []


def test_holders_only_and_who_wants_it(martins, claire, hugo):
    make_member(martins, make_person("Zoé Martin", email="zoe@example.org"), role="holder")
    make_member(martins, make_person("Paul", email="paul@example.org"), role="buyer")
    sell(martins, 5)
    use(claire, martins, 5)
    Person.objects.filter(pk=claire.pk).update(notify_units=False)
    run("2027-01-13")
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["zoe@example.org"]
    Person.objects.filter(pk=claire.pk).update(notify_units=True)
    run("2027-01-14")
    assert [mail.to for mail in OutgoingMail.objects.order_by("pk")] == ["zoe@example.org", "claire@example.org"]


def test_somebody_else_told_it_at_the_same_moment(martins, claire):
    sell(martins, 5)
    use(claire, martins, 5)
    (portion,) = queries.low_units(day("2027-01-13"))
    (low,) = portion.to_tell
    assert [notices.tell_of_low_units(low=low, at=moment("2027-01-13 09:05")) for _ in range(2)] == [True, False]
    assert OutgoingMail.objects.count() == 1
    assert notices.end_low_notices(notices=[Notice.objects.get().pk]) == 1
    assert notices.end_low_notices(notices=[Notice.objects.get().pk]) == 0


def test_it_is_audited(martins, claire):
    sell(martins, 5)
    use(claire, martins, 5)
    run("2027-01-13")
    entry = Entry.objects.get(code="notice.sent")
    assert (entry.subject_id, entry.details) == (claire.pk, {"kind": "low", "lots": [], "unit": "token"})


def test_the_same_queries_for_one_customer_as_for_three_and_portion_by_portion(martins, claire, monkeypatch):
    def count():
        with CaptureQueriesContext(connection) as captured:
            found = [low for portion in queries.low_units(day("2027-01-13")) for low in portion.to_tell]
        return len(found), len(captured)

    sell(martins, 5)
    use(claire, martins, 5)
    assert count() == (1, 5)
    for name in ("Petit", "Girard"):
        person = make_person(f"Nora {name}")
        customer = make_customer(person)
        sell(customer, 5)
        use(person, customer, 5)
    assert count() == (3, 5)
    monkeypatch.setattr(queries, "CUSTOMERS_AT_ONCE", 2)
    assert count() == (3, 9)
