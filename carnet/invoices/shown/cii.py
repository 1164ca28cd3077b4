"""An invoice as machines read it: EN 16931 in the syntax CII, with what France adds (BR-FR), in French, from its facts.

The terms of the standard stand beside what they name (BT-1 …); the order of elements is that of the schema.
"""

import datetime
from decimal import Decimal
from typing import TypeAlias

from lxml import etree

from carnet.invoices import rules
from carnet.invoices.rules import BuyerFacts, Issued, LineFacts, PostalAddress, SellerFacts
from carnet.invoices.shown import invoice_words, paper
from carnet.kernel import money, text

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
NAMESPACES = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}
PROFILE = "urn:cen.eu:en16931:2017"

INVOICE, CREDIT_NOTE = "380", "381"  # BT-3, of UNTDID 1001
SERVICES, SERVICES_PAID = "S1", "S2"  # BT-23, of BR-FR-08
ONE = "C62"  # BT-130: what is sold is counted, not measured
SIREN, SIRET, ELECTRONIC_SIREN, ELECTRONIC_MAIL = "0002", "0009", "0225", "EM"
# BT-81, of UNTDID 4461. A transfer of SEPA needs an account to pay to (BR-61); what goes back goes to the customer's.
UNKNOWN_MEANS, SEPA_TRANSFER, TO_BANK_ACCOUNT = "1", "58", "42"
MEANS = {"transfer": SEPA_TRANSFER, "cheque": "20", "paypal": "68", "credit": "97"}
MEANS_BACK = MEANS | {"transfer": TO_BANK_ACCOUNT, "cheque": TO_BANK_ACCOUNT}
SUBJECTS: dict[rules.Term, str] = {"forty_euros": "PMT", "late_penalties": "PMD", "no_discount": "AAB"}  # BT-21
ON_PAYMENT, ON_INVOICE = "72", "5"  # BT-8: when the VAT of services falls due
# France and the parts of it that have a code of their own.
FRENCH = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"})

Content: TypeAlias = etree._Element | str | None


def xml_of(issued: Issued) -> bytes:
    """The invoice or credit note, the same bytes every time: they are embedded in its PDF."""
    facts = issued.facts
    lines = (_line(position, one) for position, one in enumerate(facts.lines, 1))
    root = _element(
        RSM, "CrossIndustryInvoice",
        _element(
            RSM, "ExchangedDocumentContext",
            _ram("BusinessProcessSpecifiedDocumentContextParameter", _ram("ID", _process(issued))),
            _ram("GuidelineSpecifiedDocumentContextParameter", _ram("ID", PROFILE)),
        ),
        _element(
            RSM, "ExchangedDocument",
            _ram("ID", issued.number),
            _ram("TypeCode", CREDIT_NOTE if issued.corrects else INVOICE),
            _ram("IssueDateTime", _date(issued.issued_on)),
            *_notes(issued),
        ),
        _element(
            RSM, "SupplyChainTradeTransaction",
            *lines, _agreement(issued),
            _ram(
                "ApplicableHeaderTradeDelivery",
                _ram("ActualDeliverySupplyChainEvent", _ram("OccurrenceDateTime", _date(facts.delivered_on))),
            ),
            _settlement(issued),
        ),
    )  # fmt: skip
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _process(issued: Issued) -> str:
    """S2 only if nothing is left to pay, and the day of the payment is known (BR-FR-CO-09)."""
    return SERVICES if issued.left_cents or not issued.facts.paid else SERVICES_PAID


def _notes(issued: Issued) -> list[Content]:
    """BG-1: what the law wants said, each once, but for why no VAT is charged: that stands beside the VAT (BT-120)."""
    said = [(issued.mentions["fr"][term], SUBJECTS.get(term, "")) for term in issued.terms if not _is_exemption(term)]
    if issued.corrects:
        said.insert(0, (invoice_words.REASONS["fr"][issued.corrects.reason], ""))
    said.append((_treatment(issued.facts.buyer), "BAR"))
    return [_ram("IncludedNote", _ram("Content", what), _ram("SubjectCode", subject)) for what, subject in said]


def _is_exemption(term: rules.Term) -> bool:
    return term in rules.EXPLAINED.values()


def _treatment(buyer: BuyerFacts) -> str:
    """How the tax office treats it (BR-FR-20): without a SIREN a club in France is reported as a consumer is."""
    if buyer.address.country in FRENCH:
        return "B2B" if buyer.is_company and buyer.siren else "B2C"
    return "B2BINT" if buyer.is_company else "B2CINT"


def _line(position: int, line: LineFacts) -> Content:
    """BG-25. The price of one has so many decimals that, times the quantity, it is the amount of the line."""
    price = money.EXACT.divide(Decimal(line.net_cents), Decimal(100 * line.quantity)).quantize(Decimal("0.000001"))
    name, in_full = line.names["fr"], paper.designation(line, "fr")
    return _ram(
        "IncludedSupplyChainTradeLineItem",
        _ram("AssociatedDocumentLineDocument", _ram("LineID", str(position))),
        _ram(
            "SpecifiedTradeProduct",
            _ram("SellerAssignedID", line.code),
            _ram("Name", name),
            _ram("Description", in_full if in_full != name else ""),
        ),
        _ram(
            "SpecifiedLineTradeAgreement",
            _ram("NetPriceProductTradePrice", _ram("ChargeAmount", str(price))),
        ),
        _ram("SpecifiedLineTradeDelivery", _ram("BilledQuantity", str(line.quantity), unitCode=ONE)),
        _ram(
            "SpecifiedLineTradeSettlement",
            _ram("ApplicableTradeTax", _ram("TypeCode", "VAT"), *_category(line.vat_category, line.vat_permille)),
            _ram("SpecifiedTradeSettlementLineMonetarySummation", _ram("LineTotalAmount", _amount(line.net_cents))),
        ),
    )


def _category(category: str, permille: int, exemption: str = "", due: str = "") -> list[Content]:
    """BT-118 and BT-119, or BT-151 and BT-152; what is charged at 0 % is «zero rated», what is out of scope has no rate
    (BR-O-05).
    """
    return [
        _ram("CategoryCode", "Z" if category == "S" and not permille else category),
        _ram("ExemptionReasonCode", exemption),
        _ram("DueDateTypeCode", due),
        _ram("RateApplicablePercent", f"{Decimal(permille) / 10:.2f}" if category != "O" else ""),
    ]


def _agreement(issued: Issued) -> Content:
    facts = issued.facts
    # Of what is out of scope, no number of VAT may be told (BR-O-02).
    is_outside = any(one.vat_category == "O" for one in facts.lines)
    return _ram(
        "ApplicableHeaderTradeAgreement",
        _ram("BuyerReference", facts.order_reference),
        _seller(facts.seller, "" if is_outside else facts.seller.vat_number),
        _buyer(facts.buyer, "" if is_outside else facts.buyer.vat_number),
        _ram("SellerOrderReferencedDocument", _ram("IssuerAssignedID", facts.order_reference)),
    )


def _seller(seller: SellerFacts, vat_number: str) -> Content:
    """BG-4. Whoever has no number of VAT is known to the tax office by the SIREN (BT-32)."""
    registered = _ram("ID", vat_number, schemeID="VA") if vat_number else _ram("ID", seller.siren, schemeID="FC")
    return _ram(
        "SellerTradeParty",
        _ram("GlobalID", seller.siret, schemeID=SIRET),
        _ram("Name", seller.name),
        _ram("Description", ", ".join(filter(None, (paper.capital_of(seller, "fr"), seller.registry)))),
        _ram("SpecifiedLegalOrganization", _ram("ID", seller.siren, schemeID=SIREN)),
        _ram(
            "DefinedTradeContact",
            _ram("PersonName", seller.name if seller.phone or seller.email else ""),
            _ram("TelephoneUniversalCommunication", _ram("CompleteNumber", seller.phone)),
            _ram("EmailURIUniversalCommunication", _ram("URIID", seller.email)),
        ),
        _address(seller.address),
        _electronic(seller.siren, ELECTRONIC_SIREN),
        _ram("SpecifiedTaxRegistration", registered),
    )


def _buyer(buyer: BuyerFacts, vat_number: str) -> Content:
    """BG-7. A business in France is reached by its SIREN, one abroad by e-mail; a consumer has no such address."""
    if not buyer.is_company:
        reached = None
    elif buyer.siren:
        reached = _electronic(buyer.siren, ELECTRONIC_SIREN)
    else:
        reached = _electronic(buyer.email, ELECTRONIC_MAIL)
    return _ram(
        "BuyerTradeParty",
        _ram("Name", buyer.name),
        _ram("SpecifiedLegalOrganization", _ram("ID", buyer.siren, schemeID=SIREN)),
        _address(buyer.address),
        reached,
        _ram("SpecifiedTaxRegistration", _ram("ID", vat_number, schemeID="VA")),
    )


def _address(address: PostalAddress) -> Content:
    return _ram(
        "PostalTradeAddress",
        _ram("PostcodeCode", address.postcode),
        _ram("LineOne", address.street),
        _ram("CityName", address.city),
        _ram("CountryID", address.country),
    )


def _electronic(address: str, scheme: str) -> Content:
    """BT-34, BT-49."""
    return _ram("URIUniversalCommunication", _ram("URIID", address, schemeID=scheme))


def _settlement(issued: Issued) -> Content:
    facts, corrects = issued.facts, issued.corrects
    sums = rules.totals(facts.lines)
    net, vat = sum(one.net_cents for one in sums), sum(one.vat_cents for one in sums)
    is_paid = _process(issued) == SERVICES_PAID
    due_on = max(one.on for one in facts.paid) if is_paid else issued.due_on
    return _ram(
        "ApplicableHeaderTradeSettlement",
        _ram("PaymentReference", facts.order_reference),
        _ram("InvoiceCurrencyCode", facts.currency),
        _means(issued),
        *(_vat(issued, one) for one in sums),
        _ram("SpecifiedTradePaymentTerms", _ram("DueDateDateTime", _date(due_on))),
        _ram(
            "SpecifiedTradeSettlementHeaderMonetarySummation",
            _ram("LineTotalAmount", _amount(net)),
            _ram("TaxBasisTotalAmount", _amount(net)),
            _ram("TaxTotalAmount", _amount(vat), currencyID=facts.currency),
            _ram("GrandTotalAmount", _amount(net + vat)),
            _ram("TotalPrepaidAmount", _amount(issued.paid_cents)),
            _ram("DuePayableAmount", _amount(issued.left_cents)),
        ),
        corrects and _ram(
            "InvoiceReferencedDocument",
            _ram("IssuerAssignedID", corrects.number),
            _ram("FormattedIssueDateTime", _date(corrects.issued_on, QDT)),
        ),
    )  # fmt: skip


def _means(issued: Issued) -> Content:
    """BG-16: how most of it was paid or goes back; what is left to pay is paid by transfer."""
    seller, account = issued.facts.seller, None
    most = max(issued.facts.paid, key=lambda one: one.amount_cents, default=None)
    means = most.means if most and (issued.corrects or not issued.left_cents) else "transfer"
    code = MEANS_BACK[means] if issued.corrects else MEANS[means]
    if code == SEPA_TRANSFER and not seller.iban:
        code = UNKNOWN_MEANS
    if code == SEPA_TRANSFER:
        account = _ram(
            "PayeePartyCreditorFinancialAccount",
            _ram("IBANID", seller.iban),
            _ram("AccountName", seller.account_holder),
        )
    bank = _ram("PayeeSpecifiedCreditorFinancialInstitution", _ram("BICID", seller.bic if account is not None else ""))
    return _ram("SpecifiedTradeSettlementPaymentMeans", _ram("TypeCode", code), account, bank)


def _vat(issued: Issued, total: rules.VatTotal) -> Content:
    """BG-23: the VAT of a rate is what was charged, to the cent, whatever the net amount times the rate comes to."""
    why = issued.mentions["fr"][rules.EXPLAINED[total.exemption]] if total.exemption else ""
    due = ""
    if total.vat_permille:
        due = ON_INVOICE if "debits" in issued.terms else ON_PAYMENT
    return _ram(
        "ApplicableTradeTax",
        _ram("CalculatedAmount", _amount(total.vat_cents)),
        _ram("TypeCode", "VAT"),
        _ram("ExemptionReason", why),
        _ram("BasisAmount", _amount(total.net_cents)),
        *_category(total.vat_category, total.vat_permille, total.exemption, due),
    )


def _date(day: datetime.date, namespace: str = UDT) -> Content:
    return _element(namespace, "DateTimeString", f"{day:%Y%m%d}", format="102")


def _amount(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _ram(name: str, *content: Content, **attributes: str) -> Content:
    return _element(RAM, name, *content, **attributes)


def _element(namespace: str, name: str, *content: Content, **attributes: str) -> Content:
    """The element with what is in it; None if that is nothing, so that what isn't known isn't said."""
    element = etree.Element(f"{{{namespace}}}{name}", attributes, nsmap=NAMESPACES)
    for one in content:
        if isinstance(one, str):
            element.text = text.one_line(one)
        elif one is not None:
            element.append(one)
    return element if len(element) or element.text else None
