"""The owner sees what the worker does, and what it gave up."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.jobs import actions as jobs
from carnet.jobs import leases, schedule
from carnet.jobs.models import Job
from carnet.kernel import clock
from carnet.office.shown import jobs as job_words
from tests.factories.people import signed_in
from tests.factories.tickets import in_english

pytestmark = pytest.mark.django_db
DELIVER = "carnet.mail.tasks.deliver"


def give_up(number: int) -> Job:
    """A job that failed for good."""
    now = clock.now()
    jobs.enqueue(DELIVER, key=f"mail:{number}", at=now - datetime.timedelta(days=1), mail_id=number)
    job = leases.claim(at=now, seconds=60)
    assert job is not None
    job.attempts = job.max_attempts
    assert leases.give_back(job, at=now, error=f"Traceback <of> mail {number}")
    job.refresh_from_db()
    return job


def test_before_a_worker_ever_ran(odile):
    page = in_english(odile).get("/desk/jobs/").content.decode()
    assert "No worker has run yet" in page
    assert "The worker is keeping up" not in page
    assert "Scheduled jobs" not in page


def test_all_is_well(odile):
    schedule.adopt(schedule.declared(), at=clock.now())
    page = in_english(odile).get("/desk/jobs/").content.decode()
    assert "The worker is keeping up" in page
    assert "No failed jobs." in page
    assert "Nothing waiting." in page


def test_what_was_given_up_with_its_error(odile):
    job = give_up(7)
    page = in_english(odile).get("/desk/jobs/").content.decode()
    assert "Traceback &lt;of&gt; mail 7" in page
    assert f'action="/desk/jobs/{job.pk}/retry/"' in page


def test_what_waits_and_since_when_nobody_serves_it(odile):
    jobs.enqueue(DELIVER, key="mail:1", at=clock.now() - datetime.timedelta(minutes=5), mail_id=1)
    page = in_english(odile).get("/desk/jobs/").content.decode()
    assert "The worker is falling behind" in page
    assert "Send an e-mail" in page
    assert DELIVER not in page


def test_periodic_work(odile):
    schedule.adopt(schedule.declared(), at=clock.now())
    page = in_english(odile).get("/desk/jobs/").content.decode()
    assert [name for name in schedule.declared() if str(job_words.WORDS[name]) not in page] == []


def test_case_C18_every_job_is_named_in_words(odile):
    tasks = {
        f"carnet.{path.parent.name}.tasks.{name}"
        for path in Path(settings.BASE_DIR, "carnet").glob("*/tasks.py")
        for name in re.findall(r"^@task.*\ndef (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert tasks == set(job_words.WORDS)
    assert job_words.words_of("carnet.old.tasks.do_something") == "do something"
    schedule.adopt(schedule.declared(), at=clock.now())
    give_up(7)
    jobs.enqueue(DELIVER, key="mail:1", at=clock.now(), mail_id=1)
    page = in_english(odile).get("/desk/jobs/").content.decode()
    assert re.findall(r"carnet\.\w+\.tasks", page) == []


def test_the_same_queries_for_one_row_and_for_three(odile):
    browser = signed_in(odile)
    give_up(1)
    jobs.enqueue(DELIVER, key="mail:10", at=clock.now(), mail_id=10)
    browser.get("/desk/jobs/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/jobs/")
    Job.objects.live().delete()
    for number in (2, 3):
        give_up(number)
    for number in (10, 11, 12):
        jobs.enqueue(DELIVER, key=f"mail:{number}", at=clock.now(), mail_id=number)
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/jobs/")
    assert len(three) == len(one)


def test_who_may(odile, awa, claire, client):
    assert [signed_in(one).get("/desk/jobs/").status_code for one in (odile, awa, claire)] == [200, 404, 404]
    assert client.get("/desk/jobs/").status_code == 302
    assert signed_in(odile).post("/desk/jobs/").status_code == 405
