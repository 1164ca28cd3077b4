import pytest

from carnet.audit.models import Entry
from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.kernel import clock
from carnet.office import actions
from tests.factories.people import BEGAN, TEST, signed_in
from tests.factories.tickets import in_english
from tests.office.test_jobs import DELIVER, give_up

pytestmark = pytest.mark.django_db


def test_it_runs_again_and_that_is_written_down(odile):
    job = give_up(1)
    response = in_english(odile).post(f"/desk/jobs/{job.pk}/retry/", follow=True)
    assert response.redirect_chain == [("/desk/jobs/", 302)]
    assert "The job will run again in a moment." in response.content.decode()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.WAITING, 0)
    entry = Entry.objects.get(code="job.retried")
    assert (entry.actor_label, entry.subject_kind, entry.subject_id) == (f"owner {odile.pk}", "job", job.pk)
    assert entry.details == {"name": DELIVER}


def test_a_double_click_retries_once(odile):
    job = give_up(1)
    browser = in_english(odile)
    browser.post(f"/desk/jobs/{job.pk}/retry/")
    response = browser.post(f"/desk/jobs/{job.pk}/retry/", follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert "The job will run again in a moment." in page
    assert "This job has not failed: there is nothing to retry." in page
    assert Entry.objects.filter(code="job.retried").count() == 1
    assert Job.objects.count() == 1


def test_refused_when_the_same_work_waits_already(odile):
    job = give_up(1)
    jobs.enqueue(DELIVER, key="mail:1", at=clock.now(), mail_id=1)
    page = in_english(odile).post(f"/desk/jobs/{job.pk}/retry/", follow=True).content.decode()
    assert "This job is already waiting to run again." in page
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    with pytest.raises(jobs.JobAlreadyWaiting):
        actions.retry_job(job_id=job.pk, by=TEST, at=BEGAN)
    assert Entry.objects.filter(code="job.retried").count() == 0


def test_who_may(odile, awa, claire, client):
    job = give_up(1)
    address = f"/desk/jobs/{job.pk}/retry/"
    assert [signed_in(one).post(address).status_code for one in (awa, claire)] == [404, 404]
    assert client.post(address).status_code == 302
    assert signed_in(odile).get(address).status_code == 302
    assert signed_in(odile).post("/desk/jobs/999/retry/").status_code == 404
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
