import pytest

from carnet.audit.models import Entry
from carnet.jobs.models import Job
from carnet.jobs.worker import Worker
from carnet.proof import queries
from carnet.proof.models import VerificationRun
from tests.factories.people import signed_in
from tests.factories.tickets import in_english

pytestmark = pytest.mark.django_db

PAGE, ADDRESS = "/desk/verification/", "/desk/verification/request/"


def test_it_runs_and_its_result_is_shown(odile):
    browser = in_english(odile)
    response = browser.post(ADDRESS, follow=True)
    shown = response.content.decode()
    assert response.redirect_chain == [(PAGE, 302)]
    assert "The verification will start in a moment" in shown
    assert "A verification is waiting for the worker or running." in shown
    assert "Verify now" not in shown
    entry = Entry.objects.get(code="verification.requested")
    assert entry.actor_label == f"owner {odile.pk}"
    Worker().run_due()
    shown = browser.get(PAGE).content.decode()
    assert "Everything matched at the last verification" in shown
    assert "Verify now" in shown


def test_a_double_click_is_one_run(odile):
    browser = in_english(odile)
    browser.post(ADDRESS)
    shown = browser.post(ADDRESS, follow=True).content.decode()
    assert "A verification is already under way." in shown
    assert Job.objects.filter(name=queries.VERIFY).count() == 1
    assert Entry.objects.filter(code="verification.requested").count() == 1
    Worker().run_due()
    assert VerificationRun.objects.count() == 1


def test_while_it_runs_no_second_one_begins(odile):
    browser = in_english(odile)
    browser.post(ADDRESS)
    Job.objects.filter(name=queries.VERIFY).update(state=Job.State.RUNNING)
    browser.post(ADDRESS)
    assert list(Job.objects.filter(name=queries.VERIFY).values_list("state", "again")) == [("running", False)]


def test_who_may(odile, awa, claire, client):
    assert [signed_in(one).post(ADDRESS).status_code for one in (awa, claire)] == [404, 404]
    assert client.post(ADDRESS).status_code == 302
    assert signed_in(odile).get(ADDRESS).status_code == 302
    assert not Job.objects.filter(name=queries.VERIFY).exists()
