import datetime

import pytest

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.jobs.models import Job
from carnet.mail import actions as mail
from carnet.mail.models import OutgoingMail
from tests.mail.conftest import NOON, hello

pytestmark = pytest.mark.django_db
AWA = Actor("team", 3, "agent 3")
LATER = NOON + datetime.timedelta(days=5)


def test_a_failed_mail_is_tried_for_another_two_days():
    row = hello()
    OutgoingMail.objects.update(state="failed", error="550 no such user")
    Job.objects.update(state="done")
    mail.retry_mail(row.pk, by=AWA, at=LATER)
    row.refresh_from_db()
    assert (row.state, row.give_up_at) == ("waiting", LATER + datetime.timedelta(days=2))
    assert Job.objects.filter(state="waiting", key=f"mail:{row.pk}").count() == 1
    entry = Entry.objects.get()
    assert (entry.code, entry.actor_label, entry.subject_kind, entry.subject_id) == (
        "mail.retried",
        "agent 3",
        "mail",
        row.pk,
    )


@pytest.mark.parametrize("state", ["waiting", "sent", "kept"])
def test_another_one_is_left_alone(state):
    row = hello()
    OutgoingMail.objects.update(state=state)
    with pytest.raises(mail.MailNotFailed) as refusal:
        mail.retry_mail(row.pk, by=AWA, at=LATER)
    assert refusal.value.values == {"state": state}
    assert Entry.objects.count() == 0
