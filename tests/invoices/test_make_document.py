"""O8: the PDF says what the data says, is made once, kept, and sent."""

import hashlib
import io
import threading
import time
from dataclasses import replace
from functools import partial

import pikepdf
import pytest
from django.db import DatabaseError, transaction

from carnet.books.models import Line
from carnet.invoices import actions, queries, rules, tasks
from carnet.invoices.models import Document, DocumentFile, Invoice
from carnet.invoices.rules import PostalAddress
from carnet.invoices.shown import documents, invoice_words
from carnet.mail import actions as mail
from carnet.mail.models import MailAttachment, OutgoingMail
from tests.factories.ledger import TEST, day, moment
from tests.factories.processes import all_at_once
from tests.invoices.issuing import AT, ATELIER, CLAIRE, FACTS, ORDER, TWENTY, faults, issue, pages, sold, words

NAMES = {"fr": "Carnet de 20", "en": "Carnet of 20"}


@pytest.mark.django_db
def test_it_says_what_the_data_says(martins):
    (text,) = pages(documents.pdf_of(issue(martins)))
    for said in (
        "Facture F2027-000001", "Aide SARL", "12 rue du Pont", "Capital 5 000 €", "SIREN 123456782", "RCS Strasbourg",
        "N° TVA FR11123456782", "Claire Martin", "1 rue Haute", "Date d’émission 5 mars 2027",
        "Date de la vente 5 mars 2027", "Commande RF52AB23CD45",
        "Désignation Quantité Prix unitaire HT TVA Montant HT Carnet de 20 1 200,00 € 20 % 200,00 €",
        "Total HT 200,00 €", "Total TVA 40,00 €", "Total TTC 240,00 €",
        "Déjà payé, chèque reçu le 5 mars 2027 240,00 €", "Reste à payer 0,00 €",
        "Catégorie d’opération : prestation de services",
    ):  # fmt: skip
        assert said in text


@pytest.mark.django_db
def test_what_late_payment_costs_is_said_to_companies_only(martins, robledo):
    household = words(documents.pdf_of(issue(martins)))
    company = words(documents.pdf_of(issue(robledo, buyer=ATELIER)))
    for said in (
        "Échéance 5 mars 2027", "Pas d’escompte pour paiement anticipé.",
        "pénalités au taux de refinancement de la Banque centrale européenne majoré de 10 points de pourcentage",
        "Indemnité forfaitaire pour frais de recouvrement : 40 €.",
    ):  # fmt: skip
        assert said in company
        assert said not in household


@pytest.mark.django_db
def test_a_company_abroad_in_its_language_and_in_french(robledo):
    invoice = issue(robledo, buyer=ATELIER, language="es", paid=(
        rules.Paid("credit", day("2027-03-05"), 4_000), rules.Paid("transfer", day("2027-03-05"), 20_000),
    ))  # fmt: skip
    text = words(documents.pdf_of(invoice))
    for said in (
        "Factura F2027-000001", "Vencimiento 5 de marzo de 2027", "Bono de 20", "Atelier Robledo",
        "NIF-IVA ESB58378431", "SIREN 123456782", "saldo a favor usado", "transferencia del 5 de marzo de 2027",
        "Indemnización fija por gastos de cobro: 40 €", "Total con IVA",
    ):  # fmt: skip
        assert said in text
    french = words(documents.set_in(invoice, "fr"))
    assert "Facture F2027-000001" in french
    assert "N° TVA ESB58378431" in french
    assert "Indemnité forfaitaire pour frais de recouvrement : 40 €" in french


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["TVA non applicable, art. 293 B du CGI", "Reste à payer 15,00 €"]),
        ("en", ["VAT not applicable, art. 293 B of the French tax code (CGI)", "Left to pay €15.00"]),
        ("es", ["IVA no aplicable, art. 293 B del código fiscal francés (CGI)", "Por pagar 15,00 €"]),
    ],
)
def test_without_vat_and_capital(martins, language, said):
    seller = rules.SellerFacts("Odile Bernard EI", PostalAddress("12 rue du Pont"), siren="123456782")
    free = sold("tokens-1", {"fr": "Un ticket", "en": "One ticket", "es": "Un ticket"}, 1_500, 0, "E")
    invoice = issue(martins, seller=seller, lines=(free,), paid=(), language=language)
    text = words(documents.pdf_of(invoice))
    assert [one for one in said if one not in text] == []
    assert (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (1_500, 0, 1_500)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Nguyễn Thị Hương", "Андрей Щукин", "Αθηνά Νίκου", "株式会社"])
def test_case_D5_a_buyer_is_named_in_their_letters(martins, name):
    named = replace(CLAIRE, name=name)
    assert name in words(documents.pdf_of(issue(martins, buyer=named)))


@pytest.mark.django_db
def test_a_name_that_no_font_can_show(martins):
    named = replace(CLAIRE, name="ร้าน 🖨️")
    invoice = issue(martins, buyer=named)
    actions.make_document(invoice.pk, at=moment(AT))
    assert "\ufffd\ufffd\ufffd \ufffd" in words(documents.pdf_of(invoice))
    assert "1 rue Haute" in words(documents.pdf_of(invoice))
    assert queries.issued(invoice).facts.buyer.name == "ร้าน 🖨️"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("fr", "SPÉCIMEN"), ("en", "SPECIMEN"), ("es", "MUESTRA")])
def test_case_D7_in_a_demo_it_is_marked_across(martins, settings, language, word):
    invoice = issue(martins, language=language)
    assert word not in words(documents.pdf_of(invoice), "-raw")
    settings.IS_DEMO = True
    marked = documents.pdf_of(invoice)
    assert word in words(marked, "-raw")
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in marked


@pytest.mark.django_db
def test_many_lines_repeat_the_head_of_the_table(martins):
    found = pages(documents.pdf_of(issue(martins, lines=(TWENTY,) * 40)))
    assert ["Désignation Quantité" in page for page in found] == [True, True]
    assert found[1].endswith("Facture F2027-000001 2/2")


@pytest.mark.django_db
def test_it_is_for_archives_and_dated_by_its_issue(martins):
    with pikepdf.open(io.BytesIO(documents.pdf_of(issue(martins)))) as document:
        said = document.Root.Metadata.read_bytes()
        for mark in (
            b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>",
            b"<pdfuaid:part>1</pdfuaid:part>", b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
            b"<xmp:CreateDate>2027-03-05T", b"<xmp:ModifyDate>2027-03-05T",
        ):  # fmt: skip
            assert mark in said
        assert {document.docinfo.CreationDate, document.docinfo.ModDate} == {"D:20270305000000Z"}


@pytest.mark.django_db
def test_O8_it_is_made_once_kept_and_sent(martins):
    invoice = issue(martins)
    before = documents.pdf_of(invoice)
    tasks.make_document.call(invoice.pk)
    document = Document.objects.get()
    assert actions.make_document(invoice.pk, at=moment(AT)) == [document]
    assert bytes(document.file.pdf) == documents.pdf_of(invoice) == documents.pdf_of(invoice, "fr") == before
    assert (document.language, document.sha256) == ("fr", hashlib.sha256(before).hexdigest())
    assert document.byte_count == len(before)
    made = Line.objects.get(kind="document")
    assert (made.document, made.label, made.digest) == ("F2027-000001", "pdf-fr", document.sha256)
    assert (made.actor_label, Line.objects.get(kind="sale").digest) == ("worker", invoice.digest)
    sent = OutgoingMail.objects.get(kind="invoices/issued")
    assert (sent.to, sent.subject) == ("claire@example.org", "Votre facture F2027-000001")
    assert "/my/orders/" in sent.text
    attached = MailAttachment.objects.get()
    assert (attached.mail, attached.name, bytes(attached.content)) == (sent, "F2027-000001.pdf", before)
    assert [str(document), str(document.file), str(attached)] == [
        f"document of invoice {invoice.pk} (fr)", f"file of document {document.pk}", "F2027-000001.pdf",
    ]  # fmt: skip
    assert faults() == []


@pytest.mark.django_db
def test_O8_the_french_one_is_kept_beside_the_customers(robledo):
    invoice = issue(robledo, buyer=ATELIER, language="es")
    spanish, french = documents.pdf_of(invoice), documents.pdf_of(invoice, "fr")
    made = actions.make_document(invoice.pk, at=moment(AT))
    assert [(one.language, bytes(one.file.pdf)) for one in made] == [("es", spanish), ("fr", french)]
    assert [bytes(one.content) for one in MailAttachment.objects.all()] == [spanish]


@pytest.mark.django_db
def test_O8_what_was_made_is_shown_whatever_words_are_used_today(martins, monkeypatch):
    invoice = issue(martins)
    actions.make_document(invoice.pk, at=moment(AT))
    monkeypatch.setitem(invoice_words.WORDS["fr"], "title", "Note")
    assert "Facture F2027-000001" in words(documents.pdf_of(invoice))
    assert "Note F2027-000001" in words(documents.set_in(invoice, "fr"))


@pytest.mark.django_db
@pytest.mark.parametrize("given", [
    {}, {"buyer": ATELIER, "language": "es"}, {"language": "en", "paid": (), "order_reference": ""},
    {"lines": (TWENTY, replace(TWENTY, pack=rules.PackSold("token", 20, 30, 12)))},
])  # fmt: skip
def test_O8_set_again_from_the_facts_it_says_the_same(martins, given):
    invoice = issue(martins, **given)
    for document in actions.make_document(invoice.pk, at=moment(AT)):
        fresh = Invoice.objects.get(pk=invoice.pk)
        assert words(documents.set_in(fresh, document.language)) == words(bytes(document.file.pdf))


@pytest.mark.django_db
def test_O8_the_database_refuses_other_documents(martins):
    actions.make_document(issue(martins).pk, at=moment(AT))
    for model, changed in ((Document, {"sha256": "0" * 64}), (DocumentFile, {"pdf": b"%PDF"})):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.all()._raw_delete("default")
    assert (Document.objects.count(), faults()) == (1, [])


@pytest.mark.django_db
def test_O8_emptied_after_the_legal_period(martins, robledo):
    invoice, other = issue(martins), issue(robledo, buyer=ATELIER, language="es")
    for one in (invoice, other):
        actions.make_document(one.pk, at=moment(AT))
    assert list(queries.named_before(day("2027-03-05"))) == []
    assert list(queries.named_before(day("2027-03-06")).order_by("pk")) == [invoice.buyer, other.buyer]
    actions.empty_invoices([invoice.pk], by=TEST, at=moment("2038-01-01 12:00"))
    known = Invoice.objects.get(pk=invoice.pk)
    assert (known.is_emptied, queries.kept_pdf(known, "fr")) == (True, None)
    facts = queries.issued(known).facts
    assert (facts.buyer, facts.lines, facts.seller) == (rules.NOBODY, FACTS.lines, FACTS.seller)
    assert invoice.documents.get().sha256  # what was made can still be recognised
    assert list(queries.named_before(day("2038-01-01"))) == [other.buyer]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_O8_two_workers_at_once_make_one(martins):
    invoice = issue(martins)
    results = all_at_once([partial(actions.make_document, invoice.pk, at=moment(AT)) for _ in range(4)])
    assert results == [[Document.objects.get()]] * 4
    assert (OutgoingMail.objects.count(), MailAttachment.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_O8_corrected_while_its_document_is_made(martins, monkeypatch):
    """Who corrects it has the books when the worker comes to them."""
    invoice, begun, set_in = issue(martins), threading.Event(), documents.set_in

    def slowly(*args):
        begun.set()
        time.sleep(1)
        return set_in(*args)

    def correct():
        begun.wait(60)
        return actions.issue_credit_note(
            invoice=invoice, lines=[rules.CreditedLine(1, invoice.lines.get().gross_cents)], reason="unpaid",
            cause=invoice.cause, by=TEST, at=moment(AT), key="note",
        )  # fmt: skip

    monkeypatch.setattr(documents, "set_in", slowly)
    results = all_at_once([partial(actions.make_document, invoice.pk, at=moment(AT)), correct])
    assert results == [[Document.objects.get()], Invoice.objects.get(corrects=invoice)]


@pytest.mark.django_db
def test_O8_its_mail_brings_it_along(martins, settings, mailoutbox):
    settings.MAIL_LEAVES = True
    (document,) = actions.make_document(issue(martins).pk, at=moment(AT))
    queued = OutgoingMail.objects.get()
    mail.deliver_mail(queued.pk, at=moment(AT))
    (sent,) = mailoutbox
    assert sent.to == ["claire@example.org"]
    assert [tuple(one) for one in sent.attachments] == [
        ("F2027-000001.pdf", bytes(document.file.pdf), "application/pdf"),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("paid", "due_on", "is_told"),
    [((), "2027-04-04", True), ((), "2027-03-05", False), (FACTS.paid, "2027-04-04", False)],
)
def test_O8_the_mail_of_an_invoice_before_payment_says_until_when(robledo, paid, due_on, is_told):
    facts = replace(FACTS, buyer=ATELIER, paid=paid, language="en", lines=(replace(TWENTY, names=NAMES),))
    invoice = actions.issue_invoice(
        customer=robledo, facts=facts, due_on=day(due_on), cause=ORDER, by=TEST, at=moment(AT), key="early"
    )
    actions.make_document(invoice.pk, at=moment(AT))
    sent = OutgoingMail.objects.get()
    said = "Please pay €240.00 by 4\u00a0April 2027; the invoice shows the account."
    assert (said in sent.text, said in sent.html.replace("&nbsp;", "\u00a0")) == (is_told, is_told)
