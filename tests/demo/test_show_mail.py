"""One mail of the demo's outbox, as text with links that can be followed, and as a mail program shows it."""

import pytest

from carnet.mail.models import OutgoingMail
from tests.factories.people import link_of

pytestmark = pytest.mark.django_db


def test_the_text_with_its_link(client, mail):
    response = client.get(f"/demo/outbox/{mail.pk}/", headers={"accept-language": "fr"})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<a href="http://127.0.0.1:8000{link_of(mail)}" rel="noopener noreferrer nofollow">' in page
    assert '<article class="sheet prose" lang="en">' in page
    assert "lea@example.org" in page
    assert f'href="/demo/outbox/{mail.pk}/html/"' in page


def test_what_somebody_typed_is_text(client, mail):
    OutgoingMail.objects.update(text="Hello <script>alert(1)</script>", subject="<b>bold</b>")
    page = client.get(f"/demo/outbox/{mail.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<h1 dir="auto">&lt;b&gt;bold&lt;/b&gt;</h1>' in page


def test_as_a_mail_program_shows_it(client, mail):
    response = client.get(f"/demo/outbox/{mail.pk}/html/")
    assert response.content.decode() == mail.html
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_mails_html_runs_and_loads_nothing(client, mail):
    policy = client.get(f"/demo/outbox/{mail.pk}/html/").headers["Content-Security-Policy"]
    assert sorted(policy.split("; ")) == [
        "base-uri 'none'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "style-src 'unsafe-inline'",
    ]


def test_its_text_version_keeps_the_policy_of_all_pages(client, mail):
    policy = client.get(f"/demo/outbox/{mail.pk}/").headers["Content-Security-Policy"]
    assert "style-src 'self'" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize(
    "address", ["/demo/outbox/999/", "/demo/outbox/999/html/", "/demo/outbox/x/", f"/demo/outbox/{9**30}/"]
)
def test_no_such_mail(client, address):
    assert client.get(address).status_code == 404


def test_it_only_shows(client, mail):
    assert client.post(f"/demo/outbox/{mail.pk}/").status_code == 405
    assert client.post(f"/demo/outbox/{mail.pk}/html/").status_code == 405
