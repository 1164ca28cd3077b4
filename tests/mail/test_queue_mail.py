import re
import threading

import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist

from carnet.jobs.models import Job
from carnet.mail import actions as mail
from carnet.mail import rules
from carnet.mail.models import OutgoingMail
from tests.factories.processes import all_at_once
from tests.mail.conftest import NOON, hello

pytestmark = pytest.mark.django_db


def test_a_mail_is_a_row_that_waits_and_a_job_that_will_send_it():
    row = hello()
    row.refresh_from_db()
    assert (row.key, row.kind, row.to, row.language) == ("hello:1", "try/hello", "claire@example.org", "fr")
    assert (row.state, row.queued_at, row.sent_at, row.error) == ("waiting", NOON, None, "")
    assert row.give_up_at == NOON + rules.GIVE_UP_AFTER
    job = Job.objects.get()
    assert (job.name, job.key, job.args) == ("carnet.mail.tasks.deliver", f"mail:{row.pk}", {"mail_id": row.pk})


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_it_is_in_the_language_of_who_gets_it(language):
    row = hello(language=language)
    assert row.subject == f"{language}: hello Claire & co"
    assert f'<html lang="{language}">' in row.html


def test_text_is_plain_and_html_is_escaped():
    row = hello(context={"name": "<b>'Zoë'</b>", "url": "https://example.org/?a=1&b=2"})
    assert row.subject == "fr: hello <b>'Zoë'</b> & co"
    assert row.text.startswith("Hello <b>'Zoë'</b> & co,\n\nhere it is: https://example.org/?a=1&b=2\n")
    assert ">Hello &lt;b&gt;'Zoë'&lt;/b&gt; &amp; co</p>" in row.html
    assert 'href="https://example.org/?a=1&amp;b=2"' in row.html
    assert "<b>" not in row.html


def test_html_needs_nothing_from_elsewhere():
    html = hello().html
    assert '<body style="' in html
    for loaded in ("<style", "<link", "<script", "src=", "url(", "@import"):
        assert loaded not in html


def test_a_name_with_line_breaks_brings_no_header_with_it():
    row = hello(context={"name": "Eve\r\nBcc: all@example.org\n\nX", "url": "x"})
    assert row.subject == "fr: hello Eve Bcc: all@example.org X & co"


def test_headers_say_that_a_machine_wrote_it():
    headers = hello().headers
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", headers.pop("Message-ID"))
    assert headers == {"Auto-Submitted": "auto-generated", "Content-Language": "fr"}


def test_mails_of_one_thread_refer_to_the_same_beginning():
    first, second = (hello(key, thread="ticket:12") for key in ("a", "b"))
    assert first.headers["References"] == first.headers["In-Reply-To"] == second.headers["References"]
    assert first.headers["Message-ID"] != second.headers["Message-ID"]
    assert hello("c", thread="ticket:13").headers["References"] != first.headers["References"]


def test_a_caller_may_add_headers():
    unsubscribe = "<https://example.org/unsubscribe>"
    assert hello(headers={"List-Unsubscribe": unsubscribe}).headers["List-Unsubscribe"] == unsubscribe


def test_one_key_is_one_mail_the_first():
    first = hello()
    assert hello(to="other@example.org", language="es") == first
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["claire@example.org"]
    assert Job.objects.count() == 1


def test_what_the_caller_rolls_back_is_not_sent():
    with transaction.atomic():
        hello()
        transaction.set_rollback(True)
    assert (OutgoingMail.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_queue_it_at_once_get_one_mail():
    both = threading.Barrier(2)

    def queue() -> int:
        # Templates call it: each has seen that there is no such mail yet, and composes it.
        return hello(context={"name": lambda: both.wait(timeout=300) and "", "url": "x"}).pk

    assert len(set(all_at_once([queue, queue]))) == 1
    assert (OutgoingMail.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "claire",
        "claire@",
        "claire@example.org\n",
        "claire@example.org\r\nBcc: all@example.org",
        "claire@example.org\0",
        '"a\x01b"@example.org',
        "claire@example.org, hugo@example.org",
        "Claire <claire@example.org>",
        f"{'c' * 64}@{'example' * 30}.org",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(mail.AddressNotUsable):
        hello(to=address)
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"language": "de"}, ValueError, "no language"),
        ({"headers": {"X-A": "b\nBcc: c@example.org"}}, ValueError, "one line"),
        ({"headers": {"X-A\n": "b"}}, ValueError, "one line"),
        ({"kind": "try/missing"}, TemplateDoesNotExist, "missing"),
    ],
)
def test_mistakes_of_the_programmer_are_loud(changes, error, words):
    with pytest.raises(error, match=words):
        hello(**changes)
