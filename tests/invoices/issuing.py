"""Invoices to be issued: a booklet of twenty for a household, a company abroad, and what their documents say."""

import shutil
import subprocess

from carnet.invoices import actions, rules
from carnet.kernel.keys import Cause
from carnet.proof.replays import invoices
from tests.factories.ledger import TEST, day, moment, new_key
from tests.proofs import faults_in

AT = "2027-03-05 12:00"
SELLER = rules.Seller(
    "Aide SARL", ("12 rue du Pont", "67000 Strasbourg"), "123456782", "RCS Strasbourg", 500_000, "FR11123456782"
)
CLAIRE = rules.Buyer("Claire Martin", ("1 rue Haute", "67000 Strasbourg"), "claire@example.org", is_company=False)
ATELIER = rules.Buyer(
    "Atelier Robledo", ("Calle Mayor 1", "28013 Madrid"), "ines@example.org", is_company=True,
    siren="123456782", vat_number="ESB58378431", country="ES",
)  # fmt: skip
TWENTY = rules.Line(
    "tokens-20", {"fr": "Carnet de 20", "en": "Carnet of 20", "es": "Bono de 20"}, 24_000, 200, "S"
)  # fmt: skip


def issue(customer, at=AT, **changed):
    given = {
        "seller": SELLER, "buyer": CLAIRE, "lines": [TWENTY], "cause": Cause("order", 3),
        "paid": [rules.Paid("cheque", day("2027-03-05"), 24_000)], "order_reference": "RF52AB23CD45", "language": "fr",
        "delivered_on": day("2027-03-05"), "by": TEST, "at": moment(at), "key": new_key(),
    }  # fmt: skip
    return actions.issue_invoice(customer=customer, **(given | changed))


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
