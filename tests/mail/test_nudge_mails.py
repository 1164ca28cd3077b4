import datetime

import pytest

from carnet.jobs.models import Job
from carnet.jobs.worker import Worker
from carnet.kernel import clock
from carnet.mail import actions as mail
from carnet.mail import tasks
from carnet.mail.models import OutgoingMail
from tests.mail.conftest import NOON, hello

pytestmark = pytest.mark.django_db


def test_a_mail_whose_job_was_lost_gets_another():
    row = hello()
    Job.objects.all().delete()
    assert mail.nudge_mails(at=NOON + datetime.timedelta(minutes=9)) == 0
    assert Job.objects.count() == 0
    assert mail.nudge_mails(at=NOON + datetime.timedelta(minutes=10)) == 1
    assert Job.objects.get().key == f"mail:{row.pk}"


def test_one_that_has_a_job_keeps_it():
    hello()
    before = Job.objects.get()
    mail.nudge_mails(at=NOON + datetime.timedelta(minutes=10))
    assert Job.objects.get().due_at == before.due_at


@pytest.mark.parametrize("state", ["sent", "kept", "failed"])
def test_what_does_not_wait_is_left_alone(state):
    hello()
    OutgoingMail.objects.update(state=state)
    assert mail.nudge_mails(at=NOON + datetime.timedelta(days=1)) == 0


def test_with_a_worker_all_is_made_good(monkeypatch):
    monkeypatch.setattr("carnet.jobs.schedule.declared", dict)
    hello("a", at=clock.now() - datetime.timedelta(minutes=11))
    hello("b", at=clock.now() - datetime.timedelta(minutes=11))
    Job.objects.all().delete()
    tasks.nudge.call()
    assert Worker().run_due() == 2
    assert list(OutgoingMail.objects.values_list("state", flat=True)) == ["kept", "kept"]
