"""D6: an invoice names precisely what was sold, in each language."""

import pytest

from carnet.catalogue.models import Offer
from carnet.invoices import queries as issued
from carnet.invoices import rules
from carnet.invoices.models import Invoice
from carnet.invoices.shown import documents, paper
from carnet.kernel.fields import LANGUAGES
from carnet.orders.models import OrderBuyer
from carnet.provider import actions as provider
from carnet.till.queries import invoicing
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import TEST, moment
from tests.factories.orders import AT, buyer, open_shop, pay, place
from tests.invoices.issuing import sold, words

pytestmark = pytest.mark.django_db


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("given", "french", "english", "spanish"),
    [
        (("tokens-20", 20, "tokens", 12), "assistance informatique, 20 tickets de 30 min, valables 12 mois",
         "IT support, 20 tickets of 30 min, valid for 12 months",
         "asistencia informática, 20 tickets de 30 min, con validez de 12 meses"),
        (("tokens-1", 1, "tokens", 6), "assistance informatique, 1 ticket de 30 min, valable 6 mois",
         "IT support, 1 ticket of 30 min, valid for 6 months",
         "asistencia informática, 1 ticket de 30 min, con validez de 6 meses"),
        (("hours-10", 600, "hours", 12), "assistance informatique, 10 h, valables 12 mois",
         "IT support, 10 h, valid for 12 months", "asistencia informática, 10 h, con validez de 12 meses"),
    ],
)  # fmt: skip
def test_case_D6_the_service_how_much_and_how_long(given, french, english, spanish):
    code, quantity, kind, months = given
    edition = put_on_sale(code, quantity, kind=kind, months=months, shared=False)
    names = dict.fromkeys(LANGUAGES, code)
    line = sold(code, names, 100, 200, "S", pack=invoicing.pack_of(edition))
    said = {language: plain(paper.designation(line, language)) for language in LANGUAGES}
    assert said == {"fr": f"{code} : {french}", "en": f"{code}: {english}", "es": f"{code}: {spanish}"}


def test_case_D6_it_stands_on_the_invoice_with_the_country(claire):
    open_shop()
    order = place(claire, put_on_sale(), buyer=buyer("Ana Robledo", country="ES"), language="es")
    pay(order)
    text = words(documents.pdf_of(Invoice.objects.get()), "-raw")
    assert "asistencia informática, 20 tickets de 30 min, con validez de 12 meses" in text
    assert "España" in text


def test_O8_once_issued_it_asks_nothing_of_order_offer_and_company_again(claire):
    open_shop()
    order = place(claire, put_on_sale(), language="es")
    payment = pay(order)
    invoice = Invoice.objects.get()
    before, facts = documents.set_in(invoice, "es"), issued.issued(invoice).facts
    assert facts.paid == (rules.Paid("transfer", payment.received_on, order.price_cents, f"payment:{payment.pk}"),)
    provider.change_company(fields={"legal_name": "Another SARL", "city": "Elsewhere"}, by=TEST, at=moment(AT))
    Offer.objects.update(name={"fr": "Autre", "en": "Another", "es": "Otro"})
    OrderBuyer.objects.update(name="Another", city="Elsewhere")
    fresh = Invoice.objects.get()
    assert (issued.issued(fresh).facts, documents.set_in(fresh, "es")) == (facts, before)
