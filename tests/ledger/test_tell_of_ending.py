"""30 and 7 days before units end, whoever holds them is told. Moments are read in Paris."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.audit.models import Entry
from carnet.jobs import queries as jobs
from carnet.jobs.models import Schedule
from carnet.ledger import mails, queries, tasks
from carnet.ledger.actions import notices
from carnet.ledger.models import Notice
from carnet.mail.models import OutgoingMail
from carnet.people.actions import customers
from carnet.people.models import Person
from tests.factories.ledger import buckets, day, give, give_trial, let_go, moment, sell, spend, take
from tests.factories.people import make_customer, make_member, make_person, membership_of


@pytest.fixture(autouse=True)
def _in_english(claire):
    Person.objects.update(language="en")


def run(at):
    """The daily task, run twice: the second time changes nothing."""
    before = OutgoingMail.objects.count()
    for _ in range(2):
        with time_machine.travel(moment(at), tick=False):
            tasks.tell_of_ending.call()
    return [
        (mail.to.partition("@")[0], mail.subject.replace("\u00a0", " "))
        for mail in OutgoingMail.objects.order_by("pk")[before:]
    ]


def told(lot):
    return list(Notice.objects.filter(lot=lot).order_by("pk").values_list("last_day", "days_before"))


def test_it_runs_each_morning():
    assert {entry.task.name: entry.at for entry in tasks.SCHEDULE} == {
        "carnet.ledger.tasks.tell_of_ending": datetime.time(9),
        "carnet.ledger.tasks.tell_of_low_units": datetime.time(9, 5),
    }


@pytest.mark.parametrize(("date", "utc_hour"), [("2027-03-27", 8), ("2027-03-28", 7), ("2027-10-31", 8)])
def test_at_nine_also_when_clocks_change(db, date, utc_hour):
    row = Schedule(name="x", daily_at=tasks.SCHEDULE[0].at)
    due = row.next_after(moment(f"{date} 00:00"), jobs.zone())
    assert due == datetime.datetime.fromisoformat(f"{date}T{utc_hour:02}:00+00:00")


def test_L4_30_days_and_7_days_before_each_once(martins, claire):
    lot = sell(martins, 5, months=6, at="2026-07-10 12:00")
    assert lot.last_day == day("2027-01-10")
    assert run("2026-12-10 23:59") == []
    assert run("2026-12-11 00:00") == [("claire", "You have 5 tickets to use by 10 January 2027")]
    assert told(lot) == [(day("2027-01-10"), 30)]
    assert run("2026-12-11 23:59") == run("2026-12-12 09:00") == run("2027-01-02 23:59") == []
    assert len(run("2027-01-03 00:00")) == 1
    assert told(lot) == [(day("2027-01-10"), 30), (day("2027-01-10"), 7)]
    assert run("2027-01-03 09:00") == run("2027-01-10 23:59") == run("2027-01-11 00:00") == []


@pytest.mark.parametrize("last", ["2027-03-28", "2027-04-10", "2027-10-31", "2027-11-20"])
def test_around_the_days_on_which_clocks_change(martins, last):
    """From the first instant of the day, whichever offset it has; so many dates before, not so many times 24 hours."""
    give(martins, 2, until=last, at="2027-01-11 12:00")
    for days in (30, 7):
        first = day(last) - datetime.timedelta(days=days)
        assert run(f"{first - datetime.timedelta(days=1)} 23:59") == []
        assert len(run(f"{first} 00:00")) == 1


def test_after_a_stop_of_the_worker_only_the_nearer_one(martins):
    lot = sell(martins, 5, months=6, at="2026-07-10 12:00")
    assert len(run("2027-01-10 21:00")) == 1
    assert told(lot) == [(day("2027-01-10"), 7)]


def test_nothing_about_what_is_used_or_only_reserved(martins, claire):
    sell(martins, 1, months=6, at="2026-07-10 12:00")
    take(claire, martins, at="2026-07-11 12:00")
    assert run("2026-12-11 09:00") == []
    let_go(martins, at="2026-12-12 12:00")
    assert len(run("2026-12-13 09:00")) == 1
    take(claire, martins, 2, at="2026-12-14 12:00")
    spend(martins, 2, at="2026-12-15 12:00")
    assert run("2027-01-03 09:00") == []


def test_L6_with_another_last_day_it_is_told_anew(martins):
    lot = sell(martins, 5, months=6, at="2026-07-10 12:00")
    run("2026-12-11 09:00")
    sell(martins, 1, months=6, at="2026-12-20 12:00")
    lot.refresh_from_db()
    assert lot.last_day == day("2027-06-20")
    assert run("2027-01-03 09:00") == []
    assert len(run("2027-05-21 09:00")) == 1
    assert told(lot) == [(day("2027-01-10"), 30), (day("2027-06-20"), 30)]


def test_L8_F2_what_was_given_for_a_short_time_has_no_notice_of_more(martins, claire):
    week, month = give(martins, 1, until="2027-01-18"), give(martins, 1, until="2027-02-10")
    trial = give_trial(martins)
    take(claire, martins, unit="minute", quantity=10, origins=("trial",))
    trial.refresh_from_db()
    assert (trial.last_day, buckets(trial)) == (day("2027-02-10"), {"available": 5, "reserved": 10})
    for one in ("2027-01-11 13:00", "2027-01-12 09:00", "2027-01-15 09:00", "2027-02-03 09:00", "2027-02-09 09:00"):
        run(one)
    assert (told(week), told(month), told(trial)) == ([], [(day("2027-02-10"), 7)], [(day("2027-02-10"), 7)])
    assert OutgoingMail.objects.count() == 1


def test_a_trial_before_its_first_use_has_no_end(martins):
    give_trial(martins)
    assert run("2027-02-09 09:00") == []


def test_one_mail_about_everything_that_ends(martins, claire):
    sell(martins, 5, months=6, at="2026-07-10 12:00")
    sell(martins, 20, months=6, at="2026-07-10 13:00")
    sell(martins, 300, unit="minute", months=6, at="2026-07-12 12:00")
    give(martins, 1, until="2027-01-08", at="2026-07-10 12:00")
    assert [to for to, _subject in run("2026-12-13 09:00")] == ["claire"]
    lines = [line for line in OutgoingMail.objects.get().text.replace("\u00a0", " ").splitlines() if line[:1] == "–"]
    assert lines == [
        "– Carnet no. 4, goodwill: 1 ticket until 8 January 2027; anything left then expires",
        "– Carnet no. 1: 5 tickets until 10 January 2027; anything left then becomes dormant",
        "– Carnet no. 2: 20 tickets until 10 January 2027; anything left then becomes dormant",
        "– Hour pack no. 3: 5 h until 12 January 2027; anything left then becomes dormant",
    ]
    assert Notice.objects.count() == 4


def test_L9_holders_and_whose_it_is(martins, claire, hugo):
    make_member(martins, make_person("Paul Comptable", email="paul@example.org"), role="buyer")
    make_member(martins, make_person("Zoé Martin", email="zoe@example.org"), role="holder")
    make_member(martins, make_person("Léa Martin", email="lea@example.org"))
    give(martins, 1, until="2027-03-01", person=hugo)
    assert sorted(to for to, _ in run("2027-01-30 09:00")) == ["claire", "hugo", "zoe"]


def test_who_left_is_not_told(martins, claire, hugo):
    give(martins, 1, until="2027-03-01", person=hugo)
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=moment("2027-01-20 12:00"))
    assert [to for to, _ in run("2027-01-30 09:00")] == ["claire"]


def test_switched_off_and_on_again(martins, claire):
    give(martins, 1, until="2027-03-01")
    Person.objects.filter(pk=claire.pk).update(notify_units=False)
    assert run("2027-01-30 09:00") == []
    Person.objects.filter(pk=claire.pk).update(notify_units=True, is_active=False)
    assert run("2027-01-30 09:00") == []
    Person.objects.filter(pk=claire.pk).update(is_active=True)
    assert [to for to, _ in run("2027-02-01 09:00")] == ["claire"]


def test_P4_who_holds_two_customers_hears_of_each(martins, claire):
    other = make_customer(claire, "Tennis")
    for customer in (martins, other):
        give(customer, 1, until="2027-03-01")
    assert [to for to, _ in run("2027-01-30 09:00")] == ["claire", "claire"]
    assert Notice.objects.values("customer").distinct().count() == 2


def test_a_crash_in_the_middle_repeats_nothing(martins, claire, robledo, ines, monkeypatch):
    for customer in (martins, robledo):
        give(customer, 1, until="2027-03-01")
    send = mails.units_ending

    def crash(ending, **given):
        send(ending, **given)
        if ending.customer == robledo:
            raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(mails, "units_ending", crash)
        with pytest.raises(RuntimeError):
            run("2027-01-30 09:00")
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["claire@example.org"]
    assert [to for to, _ in run("2027-01-30 09:10")] == ["ines"]
    assert Notice.objects.count() == 2


def test_somebody_else_told_it_at_the_same_moment(martins, claire):
    give(martins, 1, until="2027-03-01")
    (ending,) = queries.endings_to_tell(day("2027-01-30"))
    assert [notices.tell_of_ending(ending=ending, at=moment("2027-01-30 09:00")) for _ in range(2)] == [True, False]
    assert OutgoingMail.objects.count() == 1


def test_it_is_audited(martins, claire):
    lot = give(martins, 1, until="2027-03-01")
    run("2027-01-30 09:00")
    entry = Entry.objects.get(code="notice.sent")
    assert (entry.actor_kind, entry.subject_kind, entry.subject_id, entry.customer_id) == (
        "system", "person", claire.pk, martins.pk,
    )  # fmt: skip
    assert str(Notice.objects.get()) == f"ending of {martins.pk} for {claire.pk}"
    assert entry.details == {"kind": "ending", "lots": [lot.pk], "unit": "token"}


def test_the_same_queries_for_one_customer_as_for_three_and_portion_by_portion(martins, monkeypatch):
    def count():
        with CaptureQueriesContext(connection) as captured:
            found = list(queries.endings_to_tell(day("2027-01-30")))
        return len(found), len(captured)

    give(martins, 1, until="2027-03-01")
    assert count() == (1, 5)
    for name in ("Petit", "Girard"):
        give(make_customer(make_person(f"Nora {name}")), 1, until="2027-03-01")
    assert count() == (3, 5)
    monkeypatch.setattr(queries, "CUSTOMERS_AT_ONCE", 2)
    assert count() == (3, 9)
