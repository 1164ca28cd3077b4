"""The owner's list of outgoing mail."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.mail.models import OutgoingMail
from tests.factories.people import invited, signed_in
from tests.factories.tickets import in_english, moment
from tests.markup import tight

pytestmark = pytest.mark.django_db


def test_every_mail_with_its_state(odile, mail):
    page = tight(in_english(odile).get("/desk/mails/").content.decode())
    assert "lea@example.org" in page
    assert '<span class="tag neutral">waiting</span>' in page
    assert "Send again" not in page


def test_what_failed_and_why(odile, mail):
    OutgoingMail.objects.update(state="failed", error="550 no such <mailbox>")
    page = tight(in_english(odile).get("/desk/mails/").content.decode())
    assert '<span class="tag bad">failed</span>' in page
    assert "550 no such &lt;mailbox&gt;" in page
    assert f'action="/desk/mails/{mail.pk}/retry/"' in page


@pytest.mark.parametrize(("state", "tag"), [("sent", "good"), ("kept", "neutral"), ("failed", "bad")])
def test_states(odile, mail, state, tag):
    OutgoingMail.objects.update(state=state)
    assert f'<span class="tag {tag}">{state}</span>' in tight(in_english(odile).get("/desk/mails/").content.decode())


def test_by_recipient_and_page(odile, martins, mail):
    invited(martins, "zoe@example.org", at=moment(5))
    browser = signed_in(odile)
    assert [one.to for one in browser.get("/desk/mails/", {"to": "zoe"}).context["page"]] == ["zoe@example.org"]
    row = OutgoingMail.objects.latest("pk")
    for number in range(58):
        row.pk, row.key = None, f"copy:{number}"
        row.save(force_insert=True)
    counts = [len(browser.get("/desk/mails/", {"page": page}).context["page"].object_list) for page in ("1", "2")]
    assert counts == [50, 10]


def test_nothing_found(odile):
    assert "No e-mails found" in in_english(odile).get("/desk/mails/", {"to": "x"}).content.decode()


def test_the_same_queries_for_one_and_for_three(odile, martins, mail):
    browser = signed_in(odile)
    browser.get("/desk/mails/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/mails/")
    for minute, name in enumerate(("zoe", "max"), start=1):
        invited(martins, f"{name}@example.org", at=moment(minute))
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/mails/")
    assert len(three) == len(one)


def test_who_may(odile, awa, claire, client):
    assert [signed_in(one).get("/desk/mails/").status_code for one in (odile, awa, claire)] == [200, 404, 404]
    assert client.get("/desk/mails/").status_code == 302
    assert signed_in(odile).post("/desk/mails/").status_code == 405
