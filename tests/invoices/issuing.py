"""Invoices to be issued: a booklet of twenty for a household, a company abroad, and what their documents say."""

import shutil
import subprocess
from dataclasses import replace

from carnet.invoices import actions, rules
from carnet.invoices.rules import PostalAddress
from carnet.invoices.shown import invoice_words
from carnet.kernel import money
from carnet.kernel.keys import Cause
from carnet.proof.replays import invoices
from tests.factories.ledger import TEST, day, moment, new_key
from tests.proofs import faults_in

AT = "2027-03-05 12:00"
SELLER = rules.SellerFacts(
    "Aide SARL", PostalAddress("12 rue du Pont", "67000", "Strasbourg"), siren="123456782", siret="12345678200010",
    registry="RCS Strasbourg", capital_cents=500_000, vat_number="FR11123456782",
)  # fmt: skip
CLAIRE = rules.BuyerFacts(
    "Claire Martin", PostalAddress("1 rue Haute", "67000", "Strasbourg"), "claire@example.org", is_company=False
)
ATELIER = rules.BuyerFacts(
    "Atelier Robledo", PostalAddress("Calle Mayor 1", "28013", "Madrid", "ES"), "ines@example.org", is_company=True,
    siren="123456782", vat_number="ESB58378431",
)  # fmt: skip


def sold(code, names, gross_cents, vat_permille, vat_category, **more):
    """A line at this price with VAT."""
    return rules.line(code, names, money.split_gross(gross_cents, vat_permille), vat_permille, vat_category, **more)


TWENTY = sold("tokens-20", {"fr": "Carnet de 20", "en": "Carnet of 20", "es": "Bono de 20"}, 24_000, 200, "S")
FACTS = rules.InvoiceFacts(
    seller=SELLER, buyer=CLAIRE, lines=(TWENTY,), paid=(rules.Paid("cheque", day("2027-03-05"), 24_000, "payment:7"),),
    order_reference="RF52AB23CD45", delivered_on=day("2027-03-05"), language="fr",
)  # fmt: skip
ORDER = Cause("order", 3)


def issued(facts=FACTS, *, terms=(), on="2027-03-05", due="", number="F2027-000001", kind="invoice", corrects=None):
    """The facts of an invoice with what issuing adds, without a database."""
    return rules.Issued(
        kind=kind, number=number, issued_on=day(on), due_on=day(due or on), terms=terms, facts=facts, corrects=corrects,
        mentions=invoice_words.mentions(terms, ("fr", facts.language), worded={}),
    )  # fmt: skip


def issue(customer, at=AT, *, cause=ORDER, key="", **changed):
    """An invoice of these facts, changed as said."""
    return actions.issue_invoice(
        customer=customer, facts=replace(FACTS, **changed), cause=cause, by=TEST, at=moment(at), key=key or new_key()
    )


CAUSE = Cause("refund", 9)  # of a credit note
BACK = rules.Paid("cheque", day("2027-03-09"), 24_000, "payment:7")


def credit(invoice, gross_cents=24_000, at="2027-03-09 10:00", *, position=1, units=0, key="", **more):
    lines = [rules.CreditedLine(position, gross_cents, units)]
    return actions.issue_credit_note(
        invoice=invoice, lines=lines, by=TEST, at=moment(at), key=key or new_key(),
        **{"reason": "withdrawal", "cause": CAUSE} | more,
    )  # fmt: skip


def pages(pdf, order="-layout"):
    """The words of each page, blanks put together."""
    tool = shutil.which("pdftotext") or "pdftotext"
    read = subprocess.run([tool, order, "-", "-"], input=pdf, capture_output=True, check=True)
    text = read.stdout.decode().replace("\u00a0", " ").replace("\u202f", " ")
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def words(pdf, order="-layout"):
    return " ".join(pages(pdf, order))


def read():
    """How many invoices were read, and what is wrong with them."""
    portions = list(invoices.faults())
    return sum(count for count, _ in portions), faults_in(portions)


def faults():
    return read()[1]
