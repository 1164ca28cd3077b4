"""The nightly verification: what it keeps, whom it tells, and what the owner sees of it at the desk."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from carnet.audit.models import Entry
from carnet.jobs import schedule
from carnet.jobs.models import Job, Schedule
from carnet.jobs.worker import Worker
from carnet.kernel import append_only, clock
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.proof import actions, queries, rules, tasks
from carnet.proof.models import VerificationRun
from carnet.proof.rules import Fault
from tests.factories.people import TEST, make_person, signed_in
from tests.factories.tickets import give_tokens, in_english, make_ticket

pytestmark = pytest.mark.django_db

PAGE = "/desk/verification/"
HOUR = datetime.timedelta(hours=1)


def tamper() -> None:
    Lot.objects.update(available=F("available") - 1, spent=F("spent") + 1)


def mend() -> None:
    Lot.objects.update(available=F("available") + 1, spent=F("spent") - 1)


def ticket(number: int, code: str = "no_cover", **values: object) -> Fault:
    return Fault("tickets", "ticket", number, code, values)


def keep(*faults: Fault, records: int = 10, ago: datetime.timedelta = HOUR) -> VerificationRun:
    """A run that ended so long ago, with these faults."""
    findings = rules.Findings()
    findings.add(records, faults)
    at = clock.now() - ago
    return actions.keep_verification(findings=findings, began_at=at - datetime.timedelta(seconds=5), by=TEST, at=at)


def page(person: Person, path: str = PAGE) -> str:
    return in_english(person).get(path).content.decode()


# The run


def test_at_night_it_reads_everything_and_keeps_the_result(martins, claire):
    give_tokens(martins)
    make_ticket(claire)
    records = sum(records for _check, records, _faults in queries.verification())
    tasks.verify.call()
    run = VerificationRun.objects.get()
    assert (run.fault_count, run.faults, run.digest, run.told, run.actor_label) == (0, [], "", False, "worker")
    assert run.records == records
    assert run.began_at <= run.ended_at
    entry = Entry.objects.get(code="verification.ended")
    assert (entry.subject_id, entry.details) == (run.pk, {"records": run.records, "faults": 0})
    assert not OutgoingMail.objects.filter(kind="proof/faults_found").exists()


def test_it_is_due_every_night_in_the_zone_of_the_provider():
    schedule.adopt(schedule.declared(), at=datetime.datetime(2027, 1, 11, 12, 0, tzinfo=datetime.UTC))
    row = Schedule.objects.get(name=queries.VERIFY)
    assert row.next_run_at == datetime.datetime(2027, 1, 12, 2, 30, tzinfo=datetime.UTC)


def test_the_worker_runs_it_once(odile):
    for _ in range(2):
        actions.request_verification(by=TEST, at=clock.now())
    Worker().run_due()
    assert (VerificationRun.objects.count(), queries.verification_under_way()) == (1, False)


def test_one_that_was_broken_off_leaves_nothing_and_runs_again(martins, monkeypatch):
    give_tokens(martins)
    whole = queries.CHECKS

    def broken():
        yield 1, []
        raise RuntimeError("the machine went down")

    monkeypatch.setattr(queries, "CHECKS", (*whole[:1], ("journals of units", broken)))
    actions.request_verification(by=TEST, at=clock.now())
    Worker().run_due()
    assert (VerificationRun.objects.count(), queries.verification_under_way()) == (0, True)
    monkeypatch.setattr(queries, "CHECKS", whole)
    Job.objects.update(due_at=clock.now())
    Worker().run_due()
    assert (VerificationRun.objects.get().fault_count, queries.verification_under_way()) == (0, False)


def test_of_many_faults_the_first_are_kept_and_all_are_counted():
    run = keep(*[ticket(number) for number in range(250)])
    assert (run.fault_count, len(run.faults), run.first_faults()[0]) == (250, 100, ticket(0))


def test_a_result_is_never_changed():
    run = keep()
    for change in (lambda: VerificationRun.objects.update(fault_count=0), run.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert "proof_verificationrun" in append_only.TABLES


# Who is told


def told() -> list[str]:
    return list(OutgoingMail.objects.filter(kind="proof/faults_found").order_by("pk").values_list("to", flat=True))


def test_the_owners_are_told_once_of_the_same_faults(martins, odile, awa):
    make_person("Omar", email="omar@example.org", staff="owner")
    give_tokens(martins)
    tamper()
    for _night in range(3):
        tasks.verify.call()
    assert told() == ["odile@example.org", "omar@example.org"]
    assert list(VerificationRun.objects.order_by("pk").values_list("told", flat=True)) == [True, False, False]
    mend()
    tasks.verify.call()
    tamper()
    tasks.verify.call()
    assert len(told()) == 4


def test_other_faults_are_told_again(odile):
    for faults in ([ticket(1)], [ticket(1), ticket(2)], [ticket(2), ticket(1)], [ticket(2)]):
        keep(*faults)
    assert len(told()) == 3


def test_the_same_fault_in_a_journal_that_grows_is_the_same(odile):
    for line in (12, 14):
        keep(Fault("journals of units", "customer", 5, "ledger_differs", {"line": line, "journal": "a"}))
    assert len(told()) == 1


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_mail(odile, language):
    Person.objects.filter(pk=odile.pk).update(language=language)
    keep(*[ticket(number, "state_differs", state="<open>", cover="ended") for number in range(7)])
    mail = OutgoingMail.objects.get()
    assert mail.language == language
    assert "7" in mail.subject
    for text in (mail.subject, mail.text, mail.html):
        assert "{{" not in text
        assert "{%" not in text
    assert (mail.text.count("<open>"), mail.html.count("&lt;open&gt;")) == (5, 5)
    for text in (mail.text, mail.html):
        assert PAGE in text


# The page


def test_before_the_first_one(odile):
    shown = page(odile)
    assert "Nothing verified yet" in shown
    assert "Everything matched" not in shown


def test_all_agrees(odile):
    keep(records=12345)
    shown = page(odile)
    assert "Everything matched at the last verification" in shown
    assert "12,345" in shown
    assert "What does not match" not in shown


def test_faults_in_plain_words(odile):
    keep(
        Fault("append-only tables", "table", "tickets_closure", "trigger_missing"),
        Fault("journals of units", "customer", 5, "line_missing", {"line": 3}),
        ticket(12, "state_differs", state="<open>", cover="ended"),
        Fault("tickets", "session", 7, "two_at_once", {"before": 4, "agent": 3}),
        Fault("tickets", "lot", 8, "first_minutes_differ", {"taken": "–", "journal": 9}),
    )
    shown = page(odile)
    for words in (
        "5 records do not match",
        "The database no longer blocks changes",
        '<a href="/desk/customers/5/">Customer 5</a> · customer 5, line 3: a line of the journal is missing',
        '<a href="/desk/tickets/12/">Ticket 12</a>',
        "ticket 12: it is &lt;open&gt;, its cover ended",
        "sessions 4 and 7: agent 3 worked on both at once",
        "pack 8: its first minutes are taken by ticket –, in its journal by 9",
        "5 faults",
    ):
        assert words in shown


def test_further_faults_are_counted(odile):
    keep(*[ticket(number) for number in range(1, 108)])
    shown = page(odile)
    assert "And 7 more: run manage.py verify to list them." in shown
    assert shown.count("it has no cover") == 100


def test_the_same_queries_for_one_run_and_for_three(odile, django_assert_num_queries):
    browser = signed_in(odile)
    keep(ticket(1))
    browser.get(PAGE)
    with django_assert_num_queries(5):  # session, person, runs, job, the trouble's own
        browser.get(PAGE)
    for _ in range(2):
        keep(ticket(1), ticket(2), ticket(3))
    with django_assert_num_queries(5):
        browser.get(PAGE)


def test_who_may(odile, awa, claire, client):
    assert [signed_in(one).get(PAGE).status_code for one in (odile, awa, claire)] == [200, 404, 404]
    assert client.get(PAGE).status_code == 302
    assert signed_in(odile).post(PAGE).status_code == 405


# What the owner sees elsewhere


def old(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(created_at=clock.now() - datetime.timedelta(days=3))


@pytest.mark.parametrize("path", ["/desk/queue/", "/desk/settings/", "/desk/jobs/"])
def test_faults_are_told_on_every_page_of_the_desk(odile, path):
    assert "do not match" not in page(odile, path)
    keep(ticket(1))
    shown = page(odile, path)
    assert "The last verification found records that do not match" in shown
    assert f'href="{PAGE}"' in shown


def test_a_later_one_that_agrees_ends_it(odile):
    keep(ticket(1), ago=2 * HOUR)
    keep()
    assert "do not match" not in page(odile, "/desk/queue/")


def test_stale(odile):
    old(odile)
    assert "No verification has finished in the last 36 hours" in page(odile, "/desk/queue/")
    keep(ago=37 * HOUR)
    assert "No verification has finished in the last 36 hours" in page(odile, "/desk/queue/")
    shown = page(odile)
    assert shown.count("No verification has finished in the last 36 hours") == 1
    assert "Everything matched" not in shown
    keep(ago=35 * HOUR)
    assert "36 hours" not in page(odile, "/desk/queue/")


def test_a_new_site_is_not_late(odile):
    Person.objects.filter(pk=odile.pk).update(created_at=clock.now() - 35 * HOUR)
    assert "36 hours" not in page(odile, "/desk/queue/")


def test_agents_and_customers_are_not_told(odile, awa, claire):
    keep(ticket(1))
    for person, path in ((awa, "/desk/queue/"), (claire, "/my/")):
        assert "do not match" not in page(person, path)
