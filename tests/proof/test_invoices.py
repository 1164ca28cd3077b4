"""What verify finds wrong with invoices."""

import pytest

from carnet.audit.models import Entry
from carnet.books import actions as books
from carnet.books.rules import Entry as BooksEntry
from carnet.invoices import actions
from carnet.invoices.models import Content, Document, Invoice, Series
from carnet.kernel import append_only
from carnet.kernel.keys import Cause
from carnet.proof.replays import invoices as replay
from tests.factories.ledger import TEST, day, moment
from tests.invoices.issuing import AT, faults, issue, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def tampering():
    """The triggers off, as somebody with the database in hand would take them."""
    append_only.remove()
    yield
    append_only.install()


def row(invoice):
    return Invoice.objects.filter(pk=invoice.pk)


def test_nothing_was_issued():
    assert read() == (0, [])


def test_all_is_well_in_portions(martins, robledo, monkeypatch):
    monkeypatch.setattr(replay, "PORTION", 2)
    for at in ("2026-12-31 12:00", "2027-01-01 12:00", "2027-01-01 12:01", "2027-01-02 12:00"):
        issue(martins, at)
        assert faults() == []
    issue(robledo)
    assert [count for count, _ in replay.faults()] == [2, 2, 1]
    assert read() == (5, [])


def test_what_it_says_and_its_pdf(martins):
    invoices = [issue(martins) for _ in range(3)]
    actions.make_document(invoices[2].pk, at=moment(AT))
    Content.objects.filter(invoice=invoices[0]).update(data={"fr": {}})
    Content.objects.filter(invoice=invoices[1]).delete()
    Document.objects.update(pdf=b"%PDF")
    assert faults() == [
        "invoice F2027-000001: what it says was changed after it was issued",
        "invoice F2027-000002: what it says is missing",
        "invoice F2027-000003: its PDF was changed after it was made",
    ]


@pytest.mark.usefixtures("tampering")
def test_O8_a_number_that_is_not_its_own(martins):
    first, second, _third = (issue(martins) for _ in range(3))
    row(first).update(number="F2027-000009")
    row(second).update(sequence=7)
    assert faults() == [
        "invoice F2027-000009: its number is not that of its place",
        "invoice F2027-000009: the books say something else",
        "invoice F2027-000002: it does not follow the number before it",
        "invoice F2027-000002: its number is not that of its place",
        "invoice F2027-000003: it does not follow the number before it",
        "invoice F2027-000001: the books know it, and it is missing",
    ]


@pytest.mark.usefixtures("tampering")
def test_O8_a_date_that_goes_back(martins):
    _first, second = (issue(martins) for _ in range(2))
    row(second).update(issued_on=day("2027-03-04"))
    assert faults() == [
        "invoice F2027-000002: it does not follow the number before it",
        "invoice F2027-000002: the books say something else",
        "invoices, series F: the counter and the last number differ",
    ]


@pytest.mark.usefixtures("tampering")
def test_O8_one_that_was_taken_away(martins):
    _first, second, third = (issue(martins) for _ in range(3))
    for invoice in (second, third):
        Content.objects.filter(invoice=invoice).delete()
        row(invoice).delete()
    missing = [f"invoice F2027-00000{number}: the books know it, and it is missing" for number in (2, 3)]
    assert faults() == ["invoices, series F: the counter and the last number differ", *missing]
    # Even with the counter turned back.
    Series.objects.update(last_sequence=1)
    assert faults() == missing


@pytest.mark.usefixtures("tampering")
def test_O8_amounts_and_the_customer_stand_in_the_books(martins, robledo):
    first, second = issue(martins), issue(martins)
    row(first).update(net_cents=19_000, gross_cents=23_000)
    row(second).update(customer=robledo)
    assert faults() == [f"invoice F2027-00000{number}: the books say something else" for number in (1, 2)]


def test_O8_a_sale_more_in_the_books(martins):
    issue(martins)
    sale = BooksEntry(
        kind="sale", on=day("2027-03-05"), customer_id=martins.pk, cause=Cause("order", 3), label="tokens-20",
        net_cents=1, vat_permille=0, vat_cents=0, gross_cents=1, document="F2027-000001",
    )  # fmt: skip
    books.write_lines(entries=[sale], by=TEST, at=moment(AT))
    assert faults() == ["invoice F2027-000001: the books say something else"]
    assert Entry.objects.filter(code="invoice.issued").count() == 1
