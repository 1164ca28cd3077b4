"""The statement for programs: plain codes and numbers, the oldest line first."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carnet.home.views import statement as views
from carnet.web import spreadsheets
from tests.factories.ledger import give, sell, spend, take
from tests.factories.people import signed_in
from tests.factories.tickets import give_tokens, make_ticket

pytestmark = pytest.mark.usefixtures("_ten_o_clock")


def got(browser: Client, path: str = "/my/statement/csv/", query: str = "") -> str:
    response: Any = browser.get(path + query)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_codes_and_numbers(martins, claire):
    sell(martins, 20, at="2026-07-01 12:00", months=6)
    take(claire, martins, 7, quantity=2, at="2026-07-02 12:00")
    spend(martins, 7, 2, at="2026-07-03 12:00")
    sell(martins, 1, at="2027-01-11 09:30")
    text = got(signed_in(claire), query="?since=2026-01-01&until=2027-01-11")
    assert text.splitlines() == [
        "\ufeff" + ";".join(views.COLUMNS),
        "1;2026-07-01T12:00:00+02:00;opened;L1;1;purchased;token;20;20;20;0;;2027-01-01;lot;1;;",
        "2;2026-07-02T12:00:00+02:00;reserved;T1;1;purchased;token;2;-2;18;2;;;ticket;7;;only",
        "3;2026-07-03T12:00:00+02:00;spent;T2;1;purchased;token;2;0;18;0;;;ticket;7;;",
        ";2027-01-02T00:00:00+01:00;dormant;L4;1;purchased;token;18;-18;0;0;;;;;;",
        "4;2027-01-11T09:30:00+01:00;opened;L1;2;purchased;token;1;1;1;0;;2028-01-11;lot;2;;",
        "5;2027-01-11T09:30:00+01:00;last_day;L5;1;purchased;token;0;18;19;0;2027-01-01;2028-01-11;lot;2;;",
    ]
    assert "\r\n" in text


def test_of_the_period_and_unit(martins, claire):
    sell(martins, 20, at="2026-07-01 12:00")
    sell(martins, 90, unit="minute", at="2026-07-02 12:00")
    browser = signed_in(claire)
    assert [row["lot"] for row in rows(got(browser, query="?until=2026-07-01"))] == ["1"]
    assert [row["lot"] for row in rows(got(browser, query="?unit=minute&since=2026-01-01"))] == ["2"]
    assert [row["lot"] for row in rows(got(browser, query="?since=2026-07-03"))] == []


def test_a_file_with_a_name_for_the_period(martins, claire):
    response = signed_in(claire).get("/my/statement/csv/?since=2026-07-01&until=2026-07-31")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (f'attachment; filename="carnet-{martins.pk}-2026-07-01-2026-07-31.csv"')


def test_bad_dates_lead_to_the_page_that_says_so(martins, claire, awa):
    response = signed_in(claire).get("/my/statement/csv/?since=2027-02-31")
    assert (response.status_code, response["Location"]) == (302, "/my/statement/?since=2027-02-31")
    desk = f"/desk/customers/{martins.pk}/statement/"
    response = signed_in(awa).get(f"{desk}csv/?until=soon")
    assert (response.status_code, response["Location"]) == (302, f"{desk}?until=soon")


def test_nothing_that_somebody_typed(martins, claire):
    martins.name = "=HYPERLINK()"
    martins.save()
    give_tokens(martins)
    make_ticket(claire, subject="=1+1")
    assert "=" not in got(signed_in(claire))


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), (-1, -1), ("T1", "T1")],
)
def test_no_cell_is_a_formula(value, written):
    assert spreadsheets.harmless(value) == written


def test_P2_who_may_have_it(martins, claire, hugo, ines, awa):
    give(martins)
    desk = f"/desk/customers/{martins.pk}/statement/csv/"
    assert signed_in(hugo).get("/my/statement/csv/").status_code == 404
    assert rows(got(signed_in(ines))) == []
    assert [signed_in(one).get(desk).status_code for one in (claire, ines)] == [404, 404]
    assert len(rows(got(signed_in(awa), desk))) == 1


def test_as_many_queries_for_three_as_for_one(martins, claire):
    browser = signed_in(claire)
    counts = []
    for number in (1, 2, 3):
        give(martins, at="2027-01-11 09:30")
        take(claire, martins, number, at="2027-01-11 09:40")
        with CaptureQueriesContext(connection) as asked:
            assert len(rows(got(browser))) == number * 2
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_the_page_leads_to_it(martins, claire):
    give(martins, at="2027-01-11 09:30")
    page = signed_in(claire).get("/my/statement/?since=2027-01-01&page=1").content.decode()
    assert 'href="/my/statement/csv/?since=2027-01-01"' in page
