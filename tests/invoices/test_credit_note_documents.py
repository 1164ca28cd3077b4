"""O8: what a credit note says on paper and in its mail, in the three languages."""

from dataclasses import replace

import pytest

from carnet.invoices import actions, rules
from carnet.invoices.shown import documents, invoice_words
from carnet.kernel import money
from carnet.mail.models import MailAttachment, OutgoingMail
from tests.factories.ledger import day, moment
from tests.invoices.issuing import ATELIER, SELLER, TWENTY, credit, issue, words

ON = "2027-03-09 10:00"
PACK = replace(
    TWENTY, names={"fr": "Carnet 20", "en": "Carnet 20", "es": "Bono 20"}, pack=rules.PackSold("token", 20, 30, 12)
)
HOURS = replace(PACK, pack=rules.PackSold("minute", 600, 30, 12))
DAY = day("2027-03-09")


@pytest.mark.django_db
def test_O8_a_part_taken_back(martins):
    note = credit(issue(martins, lines=(PACK,)), 20_400, units=17, returned=[rules.Paid("cheque", DAY, 20_400)])
    text = words(documents.pdf_of(note))
    for said in (
        "Avoir A2027-000001", "Date d’émission 9 mars 2027", "Facture d’origine F2027-000001 du 5 mars 2027",
        "Motif Rétractation du client", "Commande RF52AB23CD45", "Total HT 170,00 €", "Total TVA 34,00 €",
        "Total TTC 204,00 €", "Remboursement par chèque ou virement 204,00 €", "Catégorie d’opération",
    ):  # fmt: skip
        assert said in text
    assert "reprise de 17 tickets sur 20" in words(documents.pdf_of(note), "-raw")
    for unsaid in ("Reste à payer", "Date de la vente", "Déjà payé", "Échéance", "Facture A2027"):
        assert unsaid not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Avoir A2027-000001", "reprise de 5 h sur 10 h", "Chèque impayé", "Facture d’origine",
                "Déduit de la facture d’origine 120,00 €")),
        ("en", ("Credit note A2027-000001", "5 h of 10 h taken back", "Cheque returned unpaid",
                "Original invoice F2027-000001 of 5 March 2027", "Deducted from the original invoice €120.00")),
        ("es", ("Factura rectificativa A2027-000001", "retirada de 5 h de un total de 10 h", "Cheque devuelto",
                "Factura original F2027-000001 del 5 de marzo de 2027", "Descontado de la factura original 120,00 €")),
    ],
)  # fmt: skip
def test_O8_nothing_goes_back_of_what_was_not_paid(robledo, language, said):
    invoice = issue(robledo, buyer=ATELIER, lines=(HOURS,), language=language)
    text = words(documents.pdf_of(credit(invoice, 12_000, units=300, reason="bounced")))
    for one in said:
        assert one in text
    # About paying later, which nobody does with a credit note.
    for term in ("late_penalties", "forty_euros", "no_discount"):
        assert " ".join(invoice_words.MENTIONS[language][term].split()[:3]) not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("means", "said"),
    [
        ("paypal", ("Remboursement par PayPal", "Refunded by PayPal", "Reembolso por PayPal")),
        ("credit", ("Crédit ajouté au compte client", "Credit added to the account", "Saldo a favor añadido")),
        ("transfer", ("Remboursement par virement", "Refunded by transfer", "Reembolso por transferencia")),
        (
            "cheque",
            ("Remboursement par chèque ou virement", "Refunded by cheque or transfer", "por cheque o"),
        ),
    ],
)
def test_O8_by_what_the_money_goes_back(robledo, means, said):
    for language, one in zip(("fr", "en", "es"), said, strict=True):
        invoice = issue(robledo, buyer=ATELIER, lines=(PACK,), language=language)
        assert one in words(documents.pdf_of(credit(invoice, returned=[rules.Paid(means, DAY, 24_000)])))


@pytest.mark.django_db
def test_O8_three_packs_of_one_line_are_sixty_tickets(martins):
    three = rules.line("x", PACK.names, money.split_gross(72_000, 200), 200, "S", quantity=3, pack=PACK.pack)
    note = credit(issue(martins, lines=(three,)), 60_000, units=50)
    assert "reprise de 50 tickets sur 60" in words(documents.pdf_of(note), "-raw")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("fr", "Votre avoir A2027-000001", ("204,00\u00a0€", "facture F2027-000001 du 5\u00a0mars 2027")),
        ("en", "Your credit note A2027-000001", ("€204.00", "invoice F2027-000001 of 5\u00a0March 2027")),
        ("es", "Su factura rectificativa A2027-000001", ("204,00\u00a0€", "la factura F2027-000001 del 5")),
    ],
)
def test_O8_a_mail_of_its_own_brings_it(martins, language, subject, said):
    note = credit(issue(martins, lines=(PACK,), language=language), 20_400, units=17)
    made = actions.make_document(note.pk, at=moment(ON))
    assert actions.make_document(note.pk, at=moment(ON)) == made
    sent = OutgoingMail.objects.get()
    assert (sent.kind, sent.to, sent.subject) == ("invoices/credited", "claire@example.org", subject)
    for one in said:
        assert one in sent.text
        assert one in sent.html.replace("&nbsp;", "\u00a0")
    own = next(one for one in made if one.language == language)
    attached = MailAttachment.objects.get()
    assert (attached.name, bytes(attached.content)) == ("A2027-000001.pdf", bytes(own.file.pdf))


@pytest.mark.django_db
def test_O8_what_is_left_to_pay_says_where_to(robledo):
    seller = replace(SELLER, account_holder="Aide SARL", iban="FR7630006000011234567890189", bic="AGRIFRPP")
    unpaid = words(documents.pdf_of(issue(robledo, buyer=ATELIER, seller=seller, paid=())))
    for said in (
        "Reste à payer 240,00 €", "Payable par virement", "Titulaire Aide SARL",
        "IBAN FR76 3000 6000 0112 3456 7890 189", "BIC AGRIFRPP", "Référence RF52 AB23 CD45",
    ):  # fmt: skip
        assert said in unpaid
    for other in ({"seller": seller}, {"seller": replace(seller, iban=""), "paid": ()}):
        assert "Payable par virement" not in words(documents.pdf_of(issue(robledo, buyer=ATELIER, **other)))
