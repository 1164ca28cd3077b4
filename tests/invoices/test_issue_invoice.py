"""O8: numbered without a gap, fixed, in the books."""

from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.invoices import queries, rules
from carnet.invoices.models import Content, Invoice, Series
from carnet.jobs.models import Job
from carnet.kernel import chain, keys
from carnet.kernel.refused import KeyReused
from tests.factories.ledger import day, moment
from tests.factories.processes import all_at_once
from tests.invoices.issuing import AT, ATELIER, TWENTY, faults, issue

REDUCED = rules.Line("book", {"fr": "Livre", "en": "Book", "es": "Libro"}, 1_055, 55, "S")


@pytest.mark.django_db
def test_O8_it_is_numbered_and_stands_in_the_books(martins):
    invoice = issue(martins)
    assert (invoice.number, invoice.issued_on, invoice.kind) == ("F2027-000001", day("2027-03-05"), "invoice")
    assert (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (20_000, 4_000, 24_000)
    line = Line.objects.get()
    assert (line.kind, line.document, line.label, line.net_cents, line.vat_cents, line.vat_permille) == (
        "sale", "F2027-000001", "tokens-20", 20_000, 4_000, 200,
    )  # fmt: skip
    assert (line.on, line.customer_id, line.cause_kind, line.cause_id) == (day("2027-03-05"), martins.pk, "order", 3)
    entry = Entry.objects.get(code="invoice.issued")
    assert entry.details == {"number": "F2027-000001", "gross_cents": 24_000}
    assert (entry.subject_kind, entry.subject_id, entry.customer_id) == ("invoice", invoice.pk, martins.pk)
    job = Job.objects.get(key=f"invoice:{invoice.pk}")
    assert (job.name, job.args) == ("carnet.invoices.tasks.make_document", {"invoice_id": invoice.pk})
    assert faults() == []


@pytest.mark.django_db
def test_O8_lines_of_two_rates_add_up_to_what_was_charged(martins):
    three = rules.Line("tokens-1", {"fr": "Un ticket"}, 5_985, 200, "S", quantity=3)
    invoice = issue(martins, lines=[three, REDUCED])
    assert (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (5_987, 1_053, 7_040)
    assert list(Line.objects.order_by("id").values_list("quantity", "net_cents", "vat_permille", "vat_cents")) == [
        (3, 4_987, 200, 998),
        (1, 1_000, 55, 55),
    ]
    data = invoice.content.data["fr"]
    assert [[cell.replace("\u00a0", " ") for cell in line] for line in data["lines"]] == [
        ["Un ticket", "3", "16,62 €", "20 %", "49,87 €"],
        ["Livre", "1", "10,00 €", "5,5 %", "10,00 €"],
    ]
    assert [line[0] for line in data["vat"]] == ["20\u00a0%", "5,5\u00a0%"]
    assert faults() == []


@pytest.mark.django_db
def test_O8_what_it_says_is_fixed_in_french_and_in_the_customers_language(martins, robledo):
    assert sorted(issue(martins).content.data) == ["fr"]
    content = issue(robledo, buyer=ATELIER, language="es").content
    assert (sorted(content.data), content.language, content.email) == (["es", "fr"], "es", "ines@example.org")
    assert [content.data[one]["title"] for one in ("fr", "es")] == ["Facture F2027-000002", "Factura F2027-000002"]
    content.refresh_from_db()
    assert content.invoice.digest == keys.digest(chain.canonical(content.data))


@pytest.mark.django_db
def test_O8_the_same_key_again_gives_the_first(martins):
    invoice = issue(martins, key="once")
    assert issue(martins, "2027-03-06 12:00", key="once") == invoice
    with pytest.raises(KeyReused):
        issue(martins, key="once", language="en")
    assert (Series.objects.get().last_sequence, Content.objects.count(), Line.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_O8_two_sales_at_midnight_of_a_years_end(martins):
    late = issue(martins, "2027-01-01 00:00")
    early = issue(martins, "2026-12-31 23:59")
    assert [(one.number, one.issued_on, one.at) for one in (late, early)] == [
        ("F2027-000001", day("2027-01-01"), moment("2027-01-01 00:00")),
        ("F2027-000002", day("2027-01-01"), moment("2027-01-01 00:00")),
    ]
    assert list(Line.objects.values_list("on", flat=True)) == [day("2027-01-01")] * 2
    assert faults() == []


@pytest.mark.django_db
def test_O8_a_year_begins_with_one(martins):
    numbers = [issue(martins, at).number for at in ("2026-12-31 23:59", "2027-01-01 00:00", "2027-01-01 00:01")]
    assert numbers == ["F2026-000001", "F2027-000001", "F2027-000002"]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_O8_twenty_at_once_and_what_breaks_off_leave_no_gap(martins):
    results = all_at_once([partial(issue, martins) for _ in range(20)])
    assert sorted(invoice.sequence for invoice in results) == list(range(1, 21))
    with transaction.atomic():
        issue(martins)
        transaction.set_rollback(True)
    assert issue(martins).number == "F2027-000021"
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_O8_one_key_at_once_is_one_invoice(martins):
    results = all_at_once([partial(issue, martins, key="once") for _ in range(5)])
    assert {invoice.number for invoice in results} == {"F2027-000001"}
    assert (Invoice.objects.count(), Line.objects.count(), Series.objects.get().last_sequence) == (1, 1, 1)


@pytest.mark.django_db
def test_O8_the_database_refuses_changes(martins):
    invoice = issue(martins)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Invoice.objects.update(gross_cents=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk)._raw_delete("default")
    assert faults() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"number": "F2027-000001"}, {"sequence": 1}, {"gross_cents": 1}, {"kind": "credit_note"}]
)
def test_O8_the_database_refuses_invoices_that_make_no_sense(martins, wrong):
    invoice = issue(martins)
    invoice.pk, invoice.key, invoice.number, invoice.sequence = None, "another", "F2027-000002", 2
    for name, value in wrong.items():
        setattr(invoice, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        invoice.save(force_insert=True)


@pytest.mark.django_db
def test_without_lines_there_is_no_invoice(martins):
    with pytest.raises(ValueError, match="nothing to write"):
        issue(martins, lines=[])
    assert (Invoice.objects.count(), Series.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_invoices_are_found_by_number_and_name(martins, robledo):
    first, second = issue(martins), issue(robledo, lines=[TWENTY], at=AT)
    assert list(queries.invoices()) == [second, first]
    assert list(queries.invoices("000002")) == [second]
    assert list(queries.invoices(" fam")) == [first]
    assert list(queries.invoices_of(martins)) == [first]
    assert [str(one) for one in (first, Series.objects.get(), first.content)] == [
        "F2027-000001", "F", f"content of invoice {first.pk}",
    ]  # fmt: skip
