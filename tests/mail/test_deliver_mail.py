import datetime
import socket

import pytest
from django.db import connection

from carnet.jobs import rules
from carnet.jobs.models import Job
from carnet.jobs.worker import Worker
from carnet.kernel import clock
from carnet.mail import actions as mail
from carnet.mail import queries, tasks
from carnet.mail.mails import DeliveryError
from carnet.mail.models import OutgoingMail
from tests.mail.conftest import NOON, hello

pytestmark = pytest.mark.django_db
SOON = NOON + datetime.timedelta(seconds=20)


@pytest.fixture(autouse=True)
def _no_periodic_work(monkeypatch):
    monkeypatch.setattr("carnet.jobs.schedule.declared", dict)


def test_in_a_demo_it_is_kept_and_nothing_leaves(mailoutbox):
    row = mail.deliver_mail(hello().pk, at=SOON)
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.error) == ("kept", SOON, "")
    assert mailoutbox == []


def test_on_a_live_site_it_reaches_the_mail_server(box):
    row = hello(thread="ticket:12", headers={"List-Unsubscribe": "<https://example.org/off>"})
    mail.deliver_mail(row.pk, at=SOON)
    row.refresh_from_db()
    assert (row.state, row.sent_at) == ("sent", SOON)
    assert box.recipients == ["claire@example.org"]
    sent = box.mails[0]
    assert (sent["Subject"], sent["From"], sent["To"]) == (
        "fr: hello Claire & co", "Carnet <help@example.org>", "claire@example.org",
    )  # fmt: skip
    for name, value in row.headers.items():
        assert sent[name] == value
    text, html = (sent.get_body((kind,)) for kind in ("plain", "html"))
    assert text.get_content().replace("\r\n", "\n") == row.text
    assert html.get_content().replace("\r\n", "\n").strip() == row.html.strip()


def test_a_job_that_runs_twice_sends_once(box):
    row = hello()
    tasks.deliver.call(mail_id=row.pk)
    tasks.deliver.call(mail_id=row.pk)
    assert len(box.mails) == 1


def test_sent_again_after_a_crash_it_is_recognised_as_the_same(box):
    row = hello()
    mail.deliver_mail(row.pk, at=SOON)
    # Killed between the server's yes and our writing it down.
    OutgoingMail.objects.update(state="waiting")
    mail.deliver_mail(row.pk, at=SOON)
    assert {sent["Message-ID"] for sent in box.mails} == {row.headers["Message-ID"]}


@pytest.mark.parametrize(
    ("verbs", "reply"),
    [
        (["RCPT"], "451 greylisted, come back later"),
        (["END"], "452 no space"),
        (["MAIL"], "550 sender not known here"),
        (["EHLO", "HELO"], "421 too busy"),
    ],
)
def test_a_refusal_for_the_moment_is_tried_again_later(box, verbs, reply):
    row = hello(at=clock.now())
    box.replies = dict.fromkeys(verbs, reply)
    Worker().run_due()
    row.refresh_from_db()
    job = Job.objects.get()
    assert (row.state, job.state, job.attempts) == ("waiting", "waiting", 1)
    assert row.error == reply
    box.replies = {}
    clock.put_forward(11)
    Worker().run_due()
    row.refresh_from_db()
    assert (row.state, row.error, Job.objects.get().state) == ("sent", "", "done")
    assert len(box.mails) == 1


@pytest.mark.parametrize(("verb", "reply"), [("RCPT", "550 no such user"), ("END", "554 smells of spam")])
def test_a_refusal_for_good_is_shown_and_not_tried_again(box, verb, reply):
    row = hello(at=clock.now())
    box.replies = {verb: reply}
    Worker().run_due()
    row.refresh_from_db()
    assert (row.state, row.error, row.sent_at) == ("failed", reply, None)
    assert Job.objects.get().state == "done"
    assert list(queries.mails_failed()) == [row]


def test_a_mail_server_that_is_away_is_for_the_moment(box, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    row = hello()
    with pytest.raises(DeliveryError, match="ConnectionRefusedError") as error:
        mail.deliver_mail(row.pk, at=SOON)
    assert error.value.permanent is False
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_domain_that_can_not_be_written_is_for_good(box):
    row = hello(to=f"claire@{'é' * 60}.org")
    assert mail.deliver_mail(row.pk, at=SOON).state == "failed"
    assert box.mails == []


def test_after_two_days_for_the_moment_is_for_good(box):
    box.replies = {"RCPT": "451 later"}
    row = hello()
    with pytest.raises(DeliveryError):
        mail.deliver_mail(row.pk, at=NOON + datetime.timedelta(days=2, seconds=-1))
    assert mail.deliver_mail(row.pk, at=NOON + datetime.timedelta(days=2)).state == "failed"


def test_its_job_is_patient_enough_for_two_days():
    hello()
    job = Job.objects.get()
    rests = [rules.delay_after(attempt) for attempt in range(1, job.max_attempts)]
    assert sum(rests, datetime.timedelta()) > datetime.timedelta(days=2)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_is_talked_to(monkeypatch, settings):
    settings.MAIL_LEAVES = True
    row = hello()
    seen = []
    monkeypatch.setattr("carnet.mail.mails.send", lambda mail: seen.append(connection.in_atomic_block))
    tasks.deliver.call(mail_id=row.pk)
    assert seen == [False]
