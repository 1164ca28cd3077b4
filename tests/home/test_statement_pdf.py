"""The statement as a document: its words are read back by pdftotext."""

import shutil
import subprocess
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carnet.home.shown import statement_document
from carnet.people.models import Person
from carnet.provider import queries as provider
from tests.factories.ledger import give, give_trial, sell, spend, take
from tests.factories.people import signed_in
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, work_on

pytestmark = pytest.mark.usefixtures("_ten_o_clock")


def got(browser: Client, path: str = "/my/statement/pdf/", query: str = "") -> bytes:
    response: Any = browser.get(path + query)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return bytes(response.content)


def pages(document: bytes) -> list[str]:
    """The words of each page, blanks put together."""
    read = subprocess.run(
        [shutil.which("pdftotext") or "pdftotext", "-layout", "-", "-"], input=document, capture_output=True, check=True
    )
    text = read.stdout.decode().replace("\u00a0", " ").replace("\u202f", " ")
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def test_what_it_says(martins, claire, awa):
    sell(martins, 20, at="2026-12-01 12:00")
    take(claire, martins, 900, quantity=2, at="2026-12-02 12:00")
    spend(martins, 900, 1, at="2026-12-03 12:00")
    ticket = make_ticket(claire, subject="The used one", at=moment(1))
    work_on(ticket, awa, 12, since=moment(5), reason="Changed the toner")
    close(ticket, at=moment(30))
    (page,) = pages(got(in_english(claire), query="?since=2026-12-03"))
    assert page.startswith(f"{provider.company().trade_name} Statement Famille Martin From 3 December 2026 to ")
    assert "Tickets 18 tickets, 2 tickets reserved 17 tickets, 1 ticket reserved" in page
    assert (
        f"11 January 2027 The used one T1, T2 −1 ticket balance 18 Ticket {ticket.pk}, Carnet no. 1, Claire Martin"
        in page
    )
    assert "12:00, Awa Diallo, Changed the toner" in page
    assert "T2 One ticket covers up to 30 minutes of work." in page
    assert "New, valid until" not in page
    assert page.endswith(f"{provider.company().trade_name} Famille Martin 1/1")


def test_P2_what_others_wrote_stays_theirs(martins, claire, hugo, awa):
    give_tokens(martins)
    ticket = make_ticket(hugo, subject="A secret")
    work_on(ticket, awa, 12, since=moment(5), reason="About the secret")
    close(ticket, at=moment(30))
    mine = " ".join(pages(got(in_english(claire))))
    assert "secret" not in mine
    assert "12:00, Awa Diallo" in mine
    assert "A secret" in " ".join(pages(got(in_english(awa), f"/desk/customers/{martins.pk}/statement/pdf/")))


def test_every_page_repeats_the_head_of_the_table(martins, claire):
    sell(martins, 100, at="2027-01-11 09:00")
    for number in range(60):
        take(claire, martins, number, at="2027-01-11 09:30")
    found = pages(got(in_english(claire)))
    assert len(found) > 2
    assert all("When What happened" in page for page in found)
    assert found[1].endswith(f"2/{len(found)}")


def test_each_kind_of_unit_apart(martins, claire):
    sell(martins, 90, unit="minute", at="2027-01-11 09:10")
    give_trial(martins, at="2027-01-11 09:20")
    (page,) = pages(got(in_english(claire)))
    assert "Minutes 0 min 1 h 30 min Free minutes 0 min 15 min" in page


def test_for_archives_and_read_aloud(martins, claire):
    give(martins, at="2027-01-11 09:30")
    document = got(signed_in(claire))
    assert document.startswith(b"%PDF-1.7")
    for mark in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert mark in document


@pytest.mark.parametrize("name", ["Łukasz Öçşğ", "Hương 🖨️", "A\u0007B", "#set text(red) *x* $x$ \\ @a", "x" * 120])
def test_any_name_can_be_set(martins, claire, name):
    martins.name = name
    martins.save()
    (page,) = pages(got(in_english(claire), query="?since=2027-01-11"))
    shown = name.replace("\u0007", "\ufffd").replace("🖨️", "\ufffd")
    assert shown.replace(" ", "")[:40] in page.replace(" ", "").replace("\u200b", "")
    assert "No transactions" in page


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_in_the_language_of_the_reader(martins, claire, language):
    give_tokens(martins)
    Person.objects.filter(pk=claire.pk).update(language=language)
    document = got(signed_in(claire))
    assert f"/Lang({language}" in document.decode("latin-1").replace(" ", "")
    day = {"fr": "31 décembre 2027", "en": "31 December 2027", "es": "31 de diciembre de 2027"}[language]
    assert day in " ".join(pages(document))


def test_too_long_or_bad_dates_lead_to_the_page(martins, claire, monkeypatch):
    give(martins, at="2027-01-11 09:30")
    take(claire, martins, at="2027-01-11 09:40")
    browser = in_english(claire)
    response = browser.get("/my/statement/pdf/?on=x&since=2027-02-31")
    assert (response.status_code, response["Location"]) == (302, "/my/statement/?on=x&since=2027-02-31")
    monkeypatch.setattr(statement_document, "MOST_LINES", 1)
    response = browser.get("/my/statement/pdf/?since=2027-01-01")
    assert (response.status_code, response["Location"]) == (302, "/my/statement/?since=2027-01-01")
    assert "This period is too long for a PDF." in browser.get(response["Location"]).content.decode()


def test_P2_who_may_have_it(martins, claire, hugo, ines, awa):
    give(martins, at="2027-01-11 09:30")
    desk = f"/desk/customers/{martins.pk}/statement/pdf/"
    assert signed_in(hugo).get("/my/statement/pdf/").status_code == 404
    assert "Famille Martin" not in pages(got(signed_in(ines)))[0]
    assert [signed_in(one).get(desk).status_code for one in (claire, ines, awa)] == [404, 404, 200]


def test_as_many_queries_for_three_as_for_one(martins, claire, awa):
    give_tokens(martins, 6)
    browser = signed_in(claire)
    counts = []
    for minute in (0, 10, 20):
        ticket = make_ticket(claire, at=moment(minute))
        work_on(ticket, awa, 2, since=moment(minute + 1))
        close(ticket, at=moment(minute + 4))
        with CaptureQueriesContext(connection) as asked:
            got(browser)
        counts.append(len(asked))
    assert counts[0] == counts[2]
