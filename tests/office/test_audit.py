"""The owner reads who did what."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carnet.audit import actions as audit
from tests.factories.people import BEGAN, TEST, signed_in
from tests.factories.tickets import in_english
from tests.markup import tight

pytestmark = pytest.mark.django_db


def done(code: str, *, minute: int = 0, customer_id: int | None = None, **details: object) -> None:
    """Something in the far future, so that it comes before what the fixtures did."""
    at = BEGAN + datetime.timedelta(days=3650, minutes=minute)
    audit.record(code, by=TEST, at=at, subject=("thing", 7), customer_id=customer_id, **details)


def codes(browser: Client, **query: object) -> list[str]:
    return [entry.code for entry in browser.get("/desk/audit/", query).context["page"]]


def test_the_newest_first(odile):
    done("test.second", minute=2)
    done("test.first", minute=1)
    assert codes(signed_in(odile))[:2] == ["test.second", "test.first"]


def test_who_what_on_what_and_details(odile, martins):
    done("test.done", customer_id=martins.pk, units=3, kind="<token>", head="0" * 64)
    page = " ".join(tight(in_english(odile).get("/desk/audit/", {"code": "test."}).content.decode()).split())
    assert "<code>test.done</code>" in page
    assert "thing 7" in page
    assert f'<a href="/desk/customers/{martins.pk}/">customer {martins.pk}</a>' in page
    assert "head: 00000000000000000000000…, kind: &lt;token&gt;, units: 3" in page


def test_by_the_beginning_of_a_code(odile):
    for code in ("test.one", "test.two", "testing.three"):
        done(code)
    browser = signed_in(odile)
    assert sorted(codes(browser, code="test.")) == ["test.one", "test.two"]
    assert codes(browser, code="test.t") == ["test.two"]
    assert codes(browser, code="est.") == []
    assert codes(browser, code="%") == []


def test_by_customer(odile, martins, robledo):
    done("test.hers", customer_id=martins.pk)
    done("test.theirs", customer_id=robledo.pk)
    browser = signed_in(odile)
    assert codes(browser, code="test.", customer=martins.pk) == ["test.hers"]
    assert set(codes(browser, customer=robledo.pk)) == {"test.theirs", "customer.created", "member.joined"}
    assert codes(browser, customer=2**62) == []


@pytest.mark.parametrize("customer", ["x", "-1", "0", str(2**70), "1.5"])
def test_nonsense_is_told_and_kept(odile, customer):
    response = in_english(odile).get("/desk/audit/", {"customer": customer})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'value="{customer}"' in page
    assert 'id="id_customer_error"' in page


def test_nothing_found(odile):
    assert "No matching action." in in_english(odile).get("/desk/audit/?code=nothing").content.decode()


def test_page_by_page(odile):
    for minute in range(120):
        done("test.done", minute=minute)
    browser = signed_in(odile)
    assert [len(codes(browser, code="test.", page=page)) for page in (1, 2, 3, 4)] == [50, 50, 20, 20]
    page = browser.get("/desk/audit/", {"code": "test.", "page": 2}).content.decode()
    assert "?code=test.&amp;page=3" in page


def test_the_same_queries_for_one_and_for_three(odile):
    browser = signed_in(odile)
    done("test.done")
    browser.get("/desk/audit/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/audit/", {"code": "test."})
    done("test.done")
    done("test.done")
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/audit/", {"code": "test."})
    assert len(three) == len(one)


def test_who_may(odile, awa, claire, client):
    assert [signed_in(one).get("/desk/audit/").status_code for one in (odile, awa, claire)] == [200, 404, 404]
    assert client.get("/desk/audit/").status_code == 302
    assert signed_in(odile).post("/desk/audit/").status_code == 405
