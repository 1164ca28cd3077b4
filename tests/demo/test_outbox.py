"""The demo's outbox: whoever comes by reads each mail that would have been sent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.mail import actions
from carnet.mail.models import OutgoingMail
from tests.factories.people import invited, signed_in
from tests.factories.tickets import moment

pytestmark = pytest.mark.django_db


def test_anyone_reads_it_and_it_says_that_it_is_a_demo(client, mail):
    page = client.get("/demo/outbox/", headers={"accept-language": "en"}).content.decode()
    assert "Demo: nothing was sent" in page
    assert "lea@example.org" in page
    assert f'href="/demo/outbox/{mail.pk}/"' in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_in_each_language(client, mail, language):
    response = client.get("/demo/outbox/", headers={"accept-language": language})
    assert f'<html lang="{language}"' in response.content.decode()


def test_the_newest_first_whatever_its_state(client, martins, mail):
    invited(martins, "zoe@example.org", at=moment(5))
    actions.deliver_mail(mail.pk, at=moment(6))
    page = client.get("/demo/outbox/").context["page"]
    assert [(one.to, one.state) for one in page] == [("zoe@example.org", "waiting"), ("lea@example.org", "kept")]


def test_by_a_part_of_the_recipients_address(client, martins, mail):
    invited(martins, "zoe@example.org", at=moment(5))

    def found(words: str) -> list[str]:
        return [one.to for one in client.get("/demo/outbox/", {"to": words}).context["page"]]

    assert found("ZOE") == ["zoe@example.org"]
    assert found("example") == ["zoe@example.org", "lea@example.org"]
    assert found("nobody") == []
    assert found("%") == []


def test_empty(client):
    page = client.get("/demo/outbox/", headers={"accept-language": "en"}).content.decode()
    assert "No e-mails yet" in page


def test_page_by_page(client, mail):
    row = OutgoingMail.objects.get()
    for number in range(59):
        row.pk, row.key = None, f"copy:{number}"
        row.save(force_insert=True)

    def shown(page: str) -> int:
        return len(client.get("/demo/outbox/", {"page": page}).context["page"].object_list)

    assert [shown(page) for page in ("1", "2", "3", "99", "x")] == [25, 25, 10, 10, 25]


def test_the_same_queries_for_one_and_for_three(client, martins, mail):
    client.get("/demo/outbox/")
    with CaptureQueriesContext(connection) as one:
        client.get("/demo/outbox/")
    for minute, name in enumerate(("zoe", "max"), start=1):
        invited(martins, f"{name}@example.org", at=moment(minute))
    with CaptureQueriesContext(connection) as three:
        client.get("/demo/outbox/")
    assert len(three) == len(one)


def test_it_only_shows(client, claire):
    assert client.post("/demo/outbox/").status_code == 405
    assert signed_in(claire).get("/demo/outbox/").status_code == 200
