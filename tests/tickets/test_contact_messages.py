"""The desk's list of contact messages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets.models import ContactMessage
from tests.factories.people import signed_in
from tests.factories.tickets import contact_message, in_english, moment


@pytest.fixture
def make(db):
    def message(subject, suspect=False, minute=0):
        return contact_message(
            f"nora{minute}@example.org", name="Nora Petit", subject=subject, text="<script>alert(1)</script>",
            suspect=suspect, at=moment(minute),
        )  # fmt: skip

    return message


def test_listed_the_newest_first_and_spam_apart(make, awa):
    for minute, subject in enumerate(("First", "Second")):
        make(subject, minute=minute)
    make("Casino", suspect=True)
    browser = signed_in(awa)
    page = browser.get("/desk/contact/").content.decode()
    assert page.index("Second") < page.index("First")
    assert "Casino" not in page
    assert "Casino" in browser.get("/desk/contact/?list=suspect").content.decode()


def test_read_and_marked_as_read(make, awa):
    message = make("First")
    browser, address = in_english(awa), f"/desk/contact/{message.pk}/"
    page = browser.get(address).content.decode()
    assert "&lt;script&gt;" in page
    assert ContactMessage.objects.get().read_at is None
    for _click in range(2):
        assert browser.post(f"{address}read/")["Location"] == "/desk/contact/"
    assert ContactMessage.objects.get().read_at == moment(60)
    assert Entry.objects.filter(code="contact_message.read").count() == 1


def test_what_is_no_spam_is_acknowledged_now(make, awa):
    message = make("No casino", suspect=True)
    assert OutgoingMail.objects.count() == 0
    for _click in range(2):
        response = signed_in(awa).post(f"/desk/contact/{message.pk}/clear/")
        assert response["Location"] == f"/desk/contact/{message.pk}/"
    assert not ContactMessage.objects.get().suspect
    assert OutgoingMail.objects.get().kind == "tickets/contact_received"
    assert Entry.objects.filter(code="contact_message.cleared").count() == 1


def test_nothing_there(awa):
    browser = in_english(awa)
    assert "Messages sent through the contact form appear here." in browser.get("/desk/contact/").content.decode()
    assert "Nothing was held back." in browser.get("/desk/contact/?list=suspect").content.decode()


def test_the_same_queries_for_one_and_for_three(make, awa):
    browser = signed_in(awa)
    make("One")
    browser.get("/desk/contact/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/contact/")
    make("Two", minute=1)
    make("Three", minute=2)
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/contact/")
    assert len(three) == len(one)


def test_who_may(make, claire, awa, client):
    message = make("First")
    pages = ["/desk/contact/", f"/desk/contact/{message.pk}/"]
    posts = [f"/desk/contact/{message.pk}/read/", f"/desk/contact/{message.pk}/clear/"]
    assert [signed_in(claire).get(path).status_code for path in pages] == [404, 404]
    assert [signed_in(claire).post(path).status_code for path in posts] == [404, 404]
    assert [client.get(path).status_code for path in pages] == [302, 302]
    assert [signed_in(awa).get(path).status_code for path in posts] == [302, 302]
    assert [signed_in(awa).post(path).status_code for path in pages] == [405, 405]
    assert signed_in(awa).get("/desk/contact/999/").status_code == 404
