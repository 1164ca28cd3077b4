"""From an order to what machines read: whoever buys, their invoice and the credit note that corrects it are valid."""

import pytest
import time_machine
from lxml import etree

from carnet.catalogue.models import VatCheck, VatCheckDetails
from carnet.documents import facturx
from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.provider import actions as provider
from carnet.till.actions import refunding
from carnet.till.models import Refund
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment, new_key
from tests.factories.orders import AT, IBAN, buyer, open_shop, pay, place
from tests.invoices.issuing import faults

pytestmark = pytest.mark.django_db
SPANISH = "ESB58378431"
MADRID = {"siren": "", "vat_number": SPANISH, "street": "Calle Mayor 1", "postcode": "28013", "city": "Madrid"}
GENEVA = {"siren": "", "street": "Rue 1", "postcode": "1201", "city": "Genève", "country": "CH"}
# Who buys, where, what the accountant chose, and the category and rate that come of it.
SALES = {
    "household": ("claire", {}, {}, "S", "20.00"),
    "household abroad": ("claire", {**MADRID, "vat_number": "", "country": "ES"}, {}, "S", "20.00"),
    "company": ("ines", {}, {}, "S", "20.00"),
    "Réunion": ("ines", {"postcode": "97400", "city": "Saint-Denis"}, {}, "S", "8.50"),
    "Guyane": ("ines", {"postcode": "97300", "city": "Cayenne"}, {}, "O", None),
    "in the EU": ("ines", {**MADRID, "country": "ES"}, {}, "AE", "0.00"),
    "outside the EU": ("ines", GENEVA, {"vat_outside_eu_companies": "outside_france"}, "O", None),
    "export": ("ines", GENEVA, {"vat_outside_eu_companies": "export"}, "G", "0.00"),
    "franchise": ("ines", {}, {"vat_scheme": "franchise"}, "E", "0.00"),
}


@pytest.mark.parametrize("name", SALES)
def test_O8_sold_refunded_and_read(official, request, name):
    who, where, chosen, category, rate = SALES[name]
    person, chosen = request.getfixturevalue(who), dict(chosen)
    scheme = chosen.pop("vat_scheme", "standard")
    open_shop(vat_scheme=scheme, vat_number="FR11123456782" if scheme == "standard" else "")
    for setting, value in chosen.items():
        provider.change_setting(name=setting, value=value, by=TEST, at=moment(AT))
    check = VatCheck.objects.create(outcome="valid", at=moment(AT))
    VatCheckDetails.objects.create(vat_check=check, number=SPANISH)
    with time_machine.travel(moment(AT), tick=False):
        order = place(person, put_on_sale(), buyer=buyer(**where), language="es" if where else "fr")
        pay(order)
        refunding.refund_order(
            order=order, units=None if name == "company" else {order.activations[0].lot_id: 7},
            reason=Refund.Reason.OWNER, to=refunding.SentTo(account_holder="Claire", iban=IBAN), note="Geste", by=TEST,
            at=moment(AT), key=new_key(),
        )  # fmt: skip
    for document in Invoice.objects.order_by("pk"):
        for made in invoices.make_document(document.pk, at=moment(AT)):
            xml = facturx.xml_in(bytes(made.file.pdf))
            assert official.wrong(xml, is_french=who == "ines") == []
            said = {etree.QName(one).localname: one.text for one in etree.fromstring(xml).iter() if not len(one)}
            assert (said["CategoryCode"], said.get("RateApplicablePercent")) == (category, rate)
            assert said["GrandTotalAmount"] == f"{document.gross_cents / 100:.2f}"
    assert [one.kind for one in Invoice.objects.order_by("pk")] == ["invoice", "credit_note"]
    assert faults() == []
