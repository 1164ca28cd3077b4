"""O8: numbered without a gap, fixed, in the books."""

from dataclasses import replace
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.invoices import actions, queries, rules
from carnet.invoices.models import Invoice, InvoiceBuyer, InvoiceLine, Series
from carnet.invoices.shown import paper
from carnet.jobs.models import Job
from carnet.kernel.keys import Cause
from carnet.kernel.refused import KeyReused
from tests.factories.ledger import TEST, day, moment
from tests.factories.processes import all_at_once
from tests.invoices.issuing import AT, ATELIER, FACTS, TWENTY, faults, issue, sold

REDUCED = sold("book", {"fr": "Livre", "en": "Book", "es": "Libro"}, 1_055, 55, "S")


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
    three = sold("tokens-1", {"fr": "Un ticket"}, 5_985, 200, "S", quantity=3)
    invoice = issue(martins, lines=(three, REDUCED))
    assert (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (5_987, 1_053, 7_040)
    assert list(Line.objects.order_by("id").values_list("quantity", "net_cents", "vat_permille", "vat_cents")) == [
        (3, 4_987, 200, 998),
        (1, 1_000, 55, 55),
    ]
    amounts = (
        "code",
        "quantity",
        "unit_cents",
        "net_cents",
        "vat_cents",
        "gross_cents",
        "vat_permille",
        "vat_category",
    )
    assert list(invoice.lines.order_by("position").values_list(*amounts)) == [
        ("tokens-1", 3, 1_662, 4_987, 998, 5_985, 200, "S"),
        ("book", 1, 1_000, 1_000, 55, 1_055, 55, "S"),
    ]
    data = paper.in_words("fr", queries.issued(invoice))
    assert [[cell.replace("\u00a0", " ") for cell in line] for line in data["lines"]] == [
        ["Un ticket", "3", "16,62 €", "20 %", "49,87 €"],
        ["Livre", "1", "10,00 €", "5,5 %", "10,00 €"],
    ]
    assert [line[0] for line in data["vat"]] == ["20\u00a0%", "5,5\u00a0%"]
    assert faults() == []


PACK = sold(
    "tokens-20", {"fr": "Carnet de 20", "es": "Bono de 20"}, 24_000, 200, "S",
    pack=rules.PackSold(unit="token", count=20, token_minutes=30, validity_months=12),
)  # fmt: skip
ABROAD = {
    "buyer": ATELIER, "language": "es", "lines": (PACK, REDUCED), "delivered_on": day("2027-03-04"),
    "paid": (
        rules.Paid("credit", day("2027-03-04"), 55), rules.Paid("transfer", day("2027-03-05"), 25_000, "payment:8"),
    ),
}  # fmt: skip


@pytest.mark.django_db
def test_O8_its_facts_are_read_again_as_they_were_given(martins, robledo):
    for invoice, changed in ((issue(martins), {}), (issue(robledo, **ABROAD), ABROAD)):
        known = queries.issued(Invoice.objects.get(pk=invoice.pk))
        assert known.facts == replace(FACTS, **changed)
        assert (known.kind, known.number, known.issued_on, known.due_on) == (
            "invoice", invoice.number, day("2027-03-05"), day("2027-03-05"),
        )  # fmt: skip
        assert known.terms == (
            ("services", "no_discount", "late_penalties", "forty_euros") if changed else ("services",)
        )


@pytest.mark.django_db
def test_O8_two_languages_of_names_and_where_it_is_sent(robledo):
    invoice = issue(robledo, **ABROAD)
    assert (invoice.language, invoice.currency, invoice.order_reference) == ("es", "EUR", "RF52AB23CD45")
    assert (invoice.buyer.email, invoice.buyer.country, invoice.buyer.is_company) == ("ines@example.org", "ES", True)
    assert invoice.lines.get(position=1).names == {"fr": "Carnet de 20", "es": "Bono de 20"}
    with pytest.raises(ValueError, match="no name"):
        issue(robledo, lines=(PACK,), language="en")


@pytest.mark.django_db
def test_O8_the_same_key_again_gives_the_first(martins, robledo):
    invoice = issue(martins, key="once")
    assert issue(martins, "2027-03-06 12:00", key="once") == invoice
    for other in ({"language": "en"}, {"lines": (TWENTY, REDUCED)}, {"cause": Cause("order", 4)}, {"paid": ()}):
        with pytest.raises(KeyReused):
            issue(martins, key="once", **other)
    with pytest.raises(KeyReused):
        issue(robledo, key="once")
    assert (Series.objects.get().last_sequence, InvoiceBuyer.objects.count(), Line.objects.count()) == (1, 1, 1)


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
def test_O8_the_same_key_again_when_the_buyer_was_emptied(martins):
    invoice = issue(martins, key="once")
    actions.empty_invoices([invoice.pk], by=TEST, at=moment(AT))
    assert issue(martins, key="once") == invoice
    with pytest.raises(KeyReused):
        issue(martins, key="once", paid=())


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Invoice, InvoiceLine, InvoiceBuyer])
def test_O8_the_database_refuses_changes(martins, model):
    issue(martins)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(**{"gross_cents": 0} if model is not InvoiceBuyer else {"name": "Another"})
    assert faults() == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", [InvoiceLine, Invoice])
def test_O8_the_database_refuses_deletions(martins, model):
    issue(martins)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete("default")
    assert faults() == []


@pytest.mark.django_db
def test_issuing_takes_few_statements(martins, django_assert_max_num_queries):
    issue(martins)  # which makes the rows of books and series, once for ever
    # Django lists one more on PostgreSQL, an entry without a text.
    with django_assert_max_num_queries(13 if connection.vendor == "postgresql" else 12):
        issue(martins, **ABROAD | {"language": "fr"})


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
    with pytest.raises(ValueError, match="nothing was sold"):
        issue(martins, lines=())
    assert (Invoice.objects.count(), Series.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_case_E3_without_a_named_seller_there_is_no_invoice(martins):
    with pytest.raises(actions.SellerUnnamed):
        issue(martins, seller=replace(FACTS.seller, siren=""))
    assert (Invoice.objects.count(), Line.objects.count(), Series.objects.get().last_sequence) == (0, 0, 0)


@pytest.mark.django_db
def test_invoices_are_found_by_number_and_name(martins, robledo):
    first, second = issue(martins), issue(robledo, lines=(TWENTY,), at=AT)
    assert list(queries.invoices()) == [second, first]
    assert list(queries.invoices("000002")) == [second]
    assert list(queries.invoices(" fam")) == [first]
    assert list(queries.invoices_of(martins)) == [first]
    assert [str(one) for one in (first, Series.objects.get(), first.buyer, first.lines.get())] == [
        "F2027-000001", "F", f"buyer of invoice {first.pk}", f"line 1 of invoice {first.pk}",
    ]  # fmt: skip
