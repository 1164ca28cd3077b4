"""Where the codes and secret links of mails could be read by somebody else than their recipient."""

import logging
import re

import pytest
from django.core.cache import cache
from django.test import Client

from carnet.audit.models import Entry
from carnet.jobs.models import Job
from carnet.mail import actions as mail
from carnet.mail.models import OutgoingMail
from carnet.web.logs import WithoutSecrets, without_secrets
from tests.factories.people import invited, make_person
from tests.factories.tickets import in_english
from tests.tickets.test_ask_first_question import ask

TYPED = {
    "name": "Léa Morel",
    "kind": "household",
    "customer_name": "Famille Morel",
    "password1": "the tall garden gate",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def secrets(martins):
    """The codes and secrets of all mails that carry one, by kind."""
    cache.clear()
    make_person("Léa", email="lea@example.org")
    client = Client()
    client.post("/en/account/login/code/", {"email": "lea@example.org"})
    client.post("/en/account/password/reset/", {"email": "lea@example.org"})
    client.post("/en/account/signup/", {**TYPED, "email": "new@example.org"})
    invited(martins, "nora@example.org")
    ask()
    ask(email="claire@example.org")
    found = {}
    for one in OutgoingMail.objects.all():
        code = re.search(r"^    (\S+)$", one.text, re.MULTILINE) or re.search(r"/([\w.:-]+)/\s", one.text)
        assert code, one.text
        found[one.kind] = code.group(1)
    return found


def test_case_B3_nobody_reads_codes_and_links_at_the_desk(odile, secrets):
    assert set(secrets) == {
        "people/login_code", "people/password_reset_code", "people/email_confirmation_signup", "people/invitation",
        "tickets/first_question", "tickets/first_question_known",
    }  # fmt: skip
    assert all(OutgoingMail.objects.values_list("has_secret", flat=True))
    browser = in_english(odile)
    pages = [browser.get(page).content.decode() for page in ("/desk/mails/", "/desk/audit/", "/desk/jobs/")]
    rows = str(list(Entry.objects.values()) + list(Job.objects.values()))
    for secret in secrets.values():
        assert not any(secret in text for text in [*pages, rows])
    assert pages[0].count("only the recipient can read it") == 6


def test_case_B3_the_demos_outbox_shows_them(client, secrets):
    assert secrets["people/login_code"] in client.get("/demo/outbox/").content.decode()


def test_case_B3_on_a_live_site_they_are_emptied_once_they_left(settings, mailoutbox, secrets):
    settings.MAIL_LEAVES = True
    for row in OutgoingMail.objects.all():
        mail.deliver_mail(row.pk, at=row.queued_at)
    assert len(mailoutbox) == 6
    assert set(OutgoingMail.objects.values_list("subject", "text", "html", "state")) == {("", "", "", "sent")}


def test_case_B3_no_secret_address_in_the_log(caplog):
    caplog.handler.addFilter(WithoutSecrets())
    with caplog.at_level(logging.WARNING):
        Client().get("/en/try/1.forged/")
        Client().get("/en/invitation/guessed-secret/")
    assert "/en/try/…/" in caplog.text
    assert "/en/invitation/…/" in caplog.text
    assert not re.search("forged|guessed", caplog.text)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Not Found: /fr/try/12:abc/", "Not Found: /fr/try/…/"),
        ("/my/tickets/new/?question=12:abc&x=1", "/my/tickets/new/?question=…&x=1"),
        ("/fr/try/sent/ /fr/try/ /fr/account/login/", "/fr/try/sent/ /fr/try/ /fr/account/login/"),
    ],
)
def test_case_B3_what_is_left_of_an_address(line, shown):
    assert without_secrets(line) == shown
