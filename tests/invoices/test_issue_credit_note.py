"""O8: a credit note corrects an invoice, whole or in part, under a number of its own."""

from functools import partial

import pytest

from carnet.audit.models import Entry
from carnet.books import rules as book_rules
from carnet.books.models import Line
from carnet.invoices import actions, queries, rules
from carnet.invoices.models import Invoice, InvoiceBuyer
from carnet.jobs.models import Job
from carnet.kernel.refused import KeyReused
from carnet.provider import actions as provider
from tests.factories.ledger import TEST, day, moment
from tests.factories.processes import all_at_once
from tests.invoices.issuing import AT, ATELIER, BACK, CAUSE, TWENTY, credit, faults, issue, sold


@pytest.mark.django_db
def test_O8_it_names_the_invoice_and_takes_it_out_of_the_books(martins):
    invoice = issue(martins)
    note = credit(invoice, returned=[BACK], units=20)
    assert (note.number, note.kind, note.corrects, note.issued_on) == (
        "A2027-000001", "credit_note", invoice, day("2027-03-09"),
    )  # fmt: skip
    assert (note.net_cents, note.vat_cents, note.gross_cents) == (20_000, 4_000, 24_000)
    issued = queries.issued(note)
    assert issued.corrects == rules.Corrected("F2027-000001", day("2027-03-05"), "withdrawal")
    assert issued.facts.paid == (BACK,)
    assert issued.facts.buyer == queries.issued(invoice).facts.buyer
    assert [line.units_back for line in issued.facts.lines] == [20]
    sale, line = Line.objects.order_by("sequence")
    assert (line.kind, line.corrects_id, line.document, line.digest) == (
        "correction", sale.pk, "A2027-000001", note.digest,
    )  # fmt: skip
    assert (line.net_cents, line.vat_permille, line.vat_cents, line.gross_cents) == (-20_000, 200, -4_000, -24_000)
    assert book_rules.totals([sale, line]).gross_cents == 0
    entry = Entry.objects.get(code="credit_note.issued")
    assert (entry.subject_id, entry.details) == (note.pk, {"number": "A2027-000001", "gross_cents": 24_000})
    assert Job.objects.filter(key=f"invoice:{note.pk}").exists()
    assert faults() == []


@pytest.mark.django_db
def test_O8_parts_add_up_to_the_invoice_and_no_further(martins):
    invoice = issue(martins, lines=(sold("tokens-7", {"fr": "Carnet de 7"}, 1_995, 200, "S"),))
    parts = [credit(invoice, cents) for cents in (1, 1, 664, 665, 664)]
    assert sum(note.net_cents for note in parts) == 1_662
    assert sum(note.vat_cents for note in parts) == 333
    assert [note.number for note in parts] == [f"A2027-{place:06}" for place in range(1, 6)]
    with pytest.raises(actions.CreditNoteBeyondInvoice) as refused:
        credit(invoice, 1)
    assert refused.value.values == {"wanted": 1, "found": 0}
    assert Invoice.objects.filter(kind="credit_note").count() == 5
    assert faults() == []


@pytest.mark.django_db
def test_O8_a_line_in_the_middle_is_credited_at_its_own_rate(martins):
    book = sold("book", {"fr": "Livre"}, 1_055, 55, "S")
    invoice = issue(martins, lines=(TWENTY, book))
    note = credit(invoice, 1_055, position=2)
    assert [(one.position, one.vat_permille, one.net_cents) for one in note.lines.all()] == [(2, 55, 1_000)]
    assert Line.objects.get(kind="correction").corrects.label == "book"
    assert queries.credited_cents(invoice) == {2: 1_055}
    assert faults() == []


@pytest.mark.django_db
def test_O8_a_changed_mention_never_changes_the_past(robledo):
    before = issue(robledo, buyer=ATELIER)
    texts = {"fr": "40 euros de frais", "en": "40 euros", "es": "40 euros"}
    provider.change_setting(name="mention_forty_euros", value=texts, by=TEST, at=moment(AT))
    provider.change_setting(name="vat_on_debits", value=True, by=TEST, at=moment(AT))
    after, note = issue(robledo, buyer=ATELIER), credit(before, 500)
    said = [queries.issued(one).mentions["fr"]["forty_euros"] for one in (before, note, after)]
    assert said == ["Indemnité forfaitaire pour frais de recouvrement\u202f: 40\u00a0€."] * 2 + ["40 euros de frais"]
    assert ["debits" in queries.issued(one).terms for one in (before, note, after)] == [False, False, True]
    assert faults() == []


@pytest.mark.django_db
def test_L12_the_same_key_gives_the_first_one(martins):
    invoice = issue(martins)
    note = credit(invoice, 500, key="k", units=1, returned=[BACK])
    assert credit(invoice, 500, at="2027-03-10 10:00", key="k", units=1, returned=[BACK]) == note
    with pytest.raises(KeyReused):
        credit(invoice, 501, key="k", units=1, returned=[BACK])
    assert Invoice.objects.count() == 2


@pytest.mark.django_db
def test_O8_over_the_year_it_begins_anew_and_is_never_dated_before_its_invoice(martins):
    first = credit(issue(martins, "2027-12-31 22:30"), 500, "2027-12-31 22:45")
    late = issue(martins, "2028-01-01 00:30")
    second = credit(late, 500, "2027-12-31 22:50")
    assert [note.number for note in (first, second)] == ["A2027-000001", "A2028-000001"]
    assert second.issued_on == late.issued_on == day("2028-01-01")
    assert faults() == []


@pytest.mark.django_db
def test_what_can_not_be_credited(martins):
    invoice = issue(martins)
    note = credit(invoice, 500)
    with pytest.raises(ValueError, match="nothing to credit"):
        credit(note, 100)
    with pytest.raises(ValueError, match="nothing to credit"):
        actions.issue_credit_note(
            invoice=invoice, lines=[], reason="refund", cause=CAUSE, by=TEST, at=moment(AT), key="x"
        )
    with pytest.raises(ValueError, match="0 cents of"):
        credit(invoice, 0)
    actions.empty_invoices([invoice.pk], by=TEST, at=moment("2038-01-01 12:00"))
    assert not InvoiceBuyer.objects.filter(invoice=invoice).exists()
    with pytest.raises(actions.InvoiceEmptied):
        credit(Invoice.objects.get(pk=invoice.pk), 500)


@pytest.mark.django_db(transaction=True)
def test_O8_many_at_once_never_credit_more_than_the_invoice(martins):
    invoice = issue(martins)

    def take(place):
        try:
            return credit(Invoice.objects.get(pk=invoice.pk), 10_000, key=f"k{place}").number
        except actions.CreditNoteBeyondInvoice:
            return "refused"

    numbers = all_at_once([partial(take, place) for place in range(5)])
    assert sorted(map(str, numbers)) == ["A2027-000001", "A2027-000002", "refused", "refused", "refused"]
    assert faults() == []
