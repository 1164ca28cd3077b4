"""What verify finds wrong with invoices."""

import pytest

from carnet.audit.models import Entry
from carnet.books import actions as books
from carnet.books.rules import BookEntry
from carnet.invoices import actions
from carnet.invoices.models import DocumentFile, Invoice, InvoiceBuyer, Series
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


@pytest.mark.usefixtures("tampering")
def test_its_pdfs(martins):
    invoices = [issue(martins, language="en") for _ in range(2)]
    for invoice in invoices:
        actions.make_document(invoice.pk, at=moment(AT))
    DocumentFile.objects.filter(document__invoice=invoices[0], document__language="fr").update(pdf=b"%PDF")
    DocumentFile.objects.filter(document__invoice=invoices[1], document__language="en").delete()
    assert faults() == [
        "invoice F2027-000001: its PDF (fr) was changed after it was made",
        "invoice F2027-000002: its PDF (en) is missing",
    ]


CHANGED = "what it fixes was changed after it was issued"
SUMS = "its sums are not those of its lines"


@pytest.mark.usefixtures("tampering")
@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (lambda one: InvoiceBuyer.objects.update(name="Another"), ["who bought was changed after it was issued"]),
        (lambda one: InvoiceBuyer.objects.all().delete(), ["who bought is missing"]),
        (lambda one: row(one).update(language="en"), [CHANGED]),
        (lambda one: row(one).update(language="it"), [CHANGED]),
        (lambda one: row(one).update(order_reference="RF"), [CHANGED]),
        (lambda one: row(one).update(facts=one.facts | {"paid": []}), [CHANGED]),
        (lambda one: row(one).update(facts={}), [CHANGED]),
        (lambda one: row(one).update(buyer_digest="x"), [CHANGED, "who bought was changed after it was issued"]),
        (lambda one: one.lines.update(names={"fr": "Rien"}), [CHANGED]),
        (lambda one: one.lines.update(net_cents=1, gross_cents=4_001), [CHANGED, SUMS]),
        (lambda one: one.lines.all().delete(), [CHANGED, SUMS]),
    ],
)  # fmt: skip
def test_O8_facts_that_were_changed(martins, tamper, expected):
    tamper(issue(martins))
    assert faults() == [f"invoice F2027-000001: {one}" for one in expected]


@pytest.mark.usefixtures("tampering")
def test_O8_a_number_that_is_not_its_own(martins):
    first, second, _third = (issue(martins) for _ in range(3))
    row(first).update(number="F2027-000009")
    row(second).update(sequence=7)
    assert faults() == [
        "invoice F2027-000009: its number is not that of its place",
        "invoice F2027-000009: the books say something else",
        f"invoice F2027-000009: {CHANGED}",
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
        f"invoice F2027-000002: {CHANGED}",
        "invoices, series F: the counter and the last number differ",
    ]


@pytest.mark.usefixtures("tampering")
def test_O8_one_that_was_taken_away(martins):
    _first, second, third = (issue(martins) for _ in range(3))
    for invoice in (second, third):
        invoice.lines.all().delete()
        invoice.buyer.delete()
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
    assert faults() == [
        "invoice F2027-000001: the books say something else",
        "invoice F2027-000001: its sums are not those of its lines",
        "invoice F2027-000002: the books say something else",
        f"invoice F2027-000002: {CHANGED}",
    ]


def test_O8_a_sale_more_in_the_books(martins):
    issue(martins)
    sale = BookEntry(
        kind="sale", on=day("2027-03-05"), customer_id=martins.pk, cause=Cause("order", 3), label="tokens-20",
        net_cents=1, vat_permille=0, vat_cents=0, gross_cents=1, document="F2027-000001",
    )  # fmt: skip
    books.write_lines(entries=[sale], by=TEST, at=moment(AT))
    assert faults() == ["invoice F2027-000001: the books say something else"]
    assert Entry.objects.filter(code="invoice.issued").count() == 1
