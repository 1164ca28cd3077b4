"""Invoices as machines read them: valid by the official schema and rules, and exact to the cent beyond them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from carnet.documents import facturx
from carnet.invoices import actions, queries, rules
from carnet.invoices.rules import BuyerFacts, PostalAddress
from carnet.invoices.shown import cii, documents
from tests.factories.ledger import TEST, day, moment
from tests.invoices.issuing import AT, CLAIRE, FACTS, SELLER, TWENTY, issue, issued, sold, words

PAYABLE = replace(SELLER, account_holder="Aide SARL", iban="FR7630006000011234567890189", bic="AGRIFRPP")
ATELIER = BuyerFacts(
    "Atelier Lenoir", PostalAddress("3 rue du Pont", "67000", "Strasbourg"), "paul@example.org", is_company=True,
    siren="732829320", vat_number="FR44732829320",
)  # fmt: skip
MADRID = BuyerFacts(
    "Robledo SL", PostalAddress("Calle Mayor 1", "28013", "Madrid", "ES"), "ines@example.org", is_company=True,
    vat_number="ESB58378431",
)  # fmt: skip
GENEVA = BuyerFacts("Helvet SA", PostalAddress("Rue 1", "1201", "Genève", "CH"), "h@example.org", is_company=True)
CLUB = BuyerFacts("Club", PostalAddress("Rue 1", "67000", "Strasbourg"), "club@example.org", is_company=True)
REUNION = replace(ATELIER, address=PostalAddress("1 rue A", "97400", "Saint-Denis", "RE"))
ODD = BuyerFacts(
    "<Œuvre> & «Müller» \u202e王\U0001f600\x0b\ufffe ]]> & Cie", PostalAddress("1\u2028rue\tHaute", "", "", "GR"),
    "o'neil+x@example.org", is_company=False,
)  # fmt: skip
NAMES = {"fr": "Ligne", "es": "Línea", "en": "Line"}
DAY = day("2027-03-05")


def line(cents, permille=200, category="S", **more):
    return sold("x", NAMES, cents, permille, category, **more)


def paid(lines, means="transfer"):
    return (rules.Paid(means, DAY, sum(one.gross_cents for one in lines), "payment:7"),)


def of(*lines, buyer=ATELIER, seller=PAYABLE, means="transfer", language="fr", on_debits=False, is_paid=True, **more):
    """An invoice of these lines, paid in full unless it is said otherwise."""
    facts = replace(
        FACTS, lines=lines, buyer=buyer, seller=seller, language=language,
        paid=more.pop("paid", paid(lines, means) if is_paid else ()),
    )  # fmt: skip
    terms = rules.terms(is_company=buyer.is_company, lines=lines, on_debits=on_debits)
    return issued(facts, terms=terms, **more)


def credit(*lines, reason="refund", **more):
    return of(
        *lines, kind="credit_note", number="A2027-000001", on="2027-03-09",
        corrects=rules.Corrected("F2027-000001", DAY, reason), **more,
    )  # fmt: skip


BACK = replace(line(20_400, pack=rules.PackSold("token", 20, 30, 12)), units_back=17)
# Each with whether it goes from business to business, so that the French rules are about it.
DOCUMENTS = {
    "household": (of(TWENTY, buyer=CLAIRE, means="paypal"), False),
    "household abroad": (of(TWENTY, buyer=replace(CLAIRE, address=MADRID.address), language="es"), False),
    "odd characters": (of(TWENTY, buyer=ODD), False),
    "company": (of(TWENTY), True),
    "company, on debits": (of(TWENTY, on_debits=True), True),
    "company by cheque": (of(TWENTY, means="cheque"), True),
    "company by credit and PayPal": (
        of(line(10_000), paid=(rules.Paid("credit", DAY, 9_000), rules.Paid("paypal", DAY, 1_000))), True,
    ),
    "company without account": (of(TWENTY, seller=SELLER), True),
    "odd company": (of(TWENTY, buyer=replace(ATELIER, name=ODD.name)), True),
    "overseas": (of(line(10_850, 85), buyer=REUNION), True),
    "Guyane, where there is no VAT": (
        of(line(20_000, 0, "O"), buyer=replace(ATELIER, address=PostalAddress("1 rue A", "97300", "Cayenne"))), True,
    ),
    "club without SIREN": (of(TWENTY, buyer=CLUB), False),
    "before payment": (of(TWENTY, is_paid=False, due="2027-04-04"), True),
    "before payment, without account": (of(TWENTY, seller=SELLER, is_paid=False, due="2027-04-04"), True),
    "paid in part": (of(TWENTY, paid=(rules.Paid("transfer", DAY, 23_999),)), True),
    "several lines and rates": (
        of(line(1_995, quantity=3), line(1_055, 55), line(5_511, 100), line(333, 21), line(1), line(777, 85)), True,
    ),
    "names with quotes": (of(replace(TWENTY, names={"fr": "Pack « 20 » <&>"})), True),
    "a pack": (of(line(24_000, pack=rules.PackSold("minute", 600, 30, None))), True),
    "charged at no rate": (of(line(1_000, 0)), True),
    "franchise": (of(line(24_000, 0, "E"), seller=replace(PAYABLE, vat_number="")), True),
    "franchise, household": (of(line(24_000, 0, "E"), seller=replace(SELLER, vat_number=""), buyer=CLAIRE), False),
    "franchise with number": (of(line(24_000, 0, "E")), True),
    "reverse charge": (of(line(20_000, 0, "AE"), buyer=MADRID, language="es"), True),
    "outside of France": (of(line(20_000, 0, "O"), buyer=GENEVA), True),
    "export": (of(line(20_000, 0, "G"), buyer=GENEVA, language="en"), True),
    "credit note": (credit(TWENTY), True),
    "credit note of a part": (credit(BACK, means="cheque"), True),
    "credit note, nothing goes back": (credit(TWENTY, reason="unpaid", is_paid=False), True),
    "credit note, half goes back": (credit(TWENTY, reason="bounced", paid=(rules.Paid("paypal", DAY, 12_000),)), True),
    "credit note of several rates": (credit(line(1_995), line(1_055, 55), means="credit"), True),
    "credit note, household": (credit(TWENTY, reason="withdrawal", buyer=CLAIRE, means="paypal"), False),
    "credit note, reverse charge": (credit(line(20_000, 0, "AE"), buyer=MADRID), True),
    "credit note, franchise": (credit(line(900, 0, "E"), seller=replace(PAYABLE, vat_number="")), True),
    "credit note, outside of France": (credit(line(900, 0, "O"), buyer=GENEVA), True),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_O8_every_kind_of_document_is_valid(official, name):
    document, is_french = DOCUMENTS[name]
    assert official.wrong(cii.xml_of(document), is_french=is_french) == []


SPOILT = {
    "schema": ("<ram:TypeCode>380</ram:TypeCode>", "", "TypeCode"),
    "a sum": ("<ram:GrandTotalAmount>240.00", "<ram:GrandTotalAmount>241.00", "BR-CO-15"),
    "a rate": ("<ram:RateApplicablePercent>20.00", "<ram:RateApplicablePercent>0.00", "BR-S-"),
    "a country": ("<ram:CountryID>FR", "<ram:CountryID>XX", "CountryID"),
    "the due date": ("<ram:DuePayableAmount>0.00", "<ram:DuePayableAmount>1.00", "BR-FR-CO-09"),
    "a note": ("<ram:SubjectCode>PMT", "<ram:SubjectCode>AAI", "BR-FR-05"),
    "a note twice": ("<ram:SubjectCode>PMT", "<ram:SubjectCode>PMD", "BR-FR-06"),
    "SIREN": ('schemeID="0225">732829320', 'schemeID="0225">1', "BR-FR-21"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_is_found(official, name):
    before, after, told = SPOILT[name]
    xml = cii.xml_of(of(TWENTY)).decode()
    assert before in xml
    wrong = official.wrong(xml.replace(before, after).encode(), is_french=True)
    assert any(told in one for one in wrong), wrong


def test_what_is_missing_of_a_credit_note_is_found(official):
    root = etree.fromstring(cii.xml_of(credit(TWENTY)))
    (found,) = root.iter(f"{{{cii.RAM}}}InvoiceReferencedDocument")
    found.getparent().remove(found)
    assert any("BR-FR-CO-05" in one for one in official.wrong(etree.tostring(root), is_french=True))


SALES = st.lists(
    st.tuples(st.integers(2, 300_000), st.sampled_from((200, 100, 55, 21, 85)), st.integers(1, 9)),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(SALES, st.integers(0, 100), st.integers(1, 100), st.sampled_from(("fr", "es")))
def test_O8_whatever_is_sold_paid_and_credited_is_valid(official, sales, paid_percent, back_percent, language):
    lines = tuple(line(*one[:2], quantity=one[2]) for one in sales)
    gross = sum(one.gross_cents for one in lines)
    part = gross * paid_percent // 100
    money = (rules.Paid("transfer", DAY, part),) if part else ()
    credited = [(one, max(2, one.gross_cents * back_percent // 100)) for one in lines]
    note = credit(
        *(rules.credited(one, cents, before_cents=one.gross_cents - cents) for one, cents in credited),
        paid=money and (rules.Paid("paypal", DAY, min(part, sum(cents for _line, cents in credited))),),
        language=language,
    )  # fmt: skip
    for document in (of(*lines, paid=money, language=language), note):
        assert official.wrong(cii.xml_of(document), is_french=True) == []
        assert sums_of(document)[0] == document.gross_cents


# What it says, term by term


def told(document, path):
    """The texts at this place: names of the syntax without their namespaces."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    return [one.text for one in etree.fromstring(cii.xml_of(document)).xpath(f"//{steps}")]


@pytest.mark.parametrize(
    ("name", "process", "kind", "due", "totals"),
    [
        ("company", "S2", "380", "20270305", ["240.00", "240.00", "0.00"]),
        ("before payment", "S1", "380", "20270404", ["240.00", "0.00", "240.00"]),
        ("paid in part", "S1", "380", "20270305", ["240.00", "239.99", "0.01"]),
        ("credit note", "S2", "381", "20270305", ["240.00", "240.00", "0.00"]),
        ("credit note, nothing goes back", "S1", "381", "20270309", ["240.00", "0.00", "240.00"]),
    ],
)
def test_O8_paid_or_to_be_paid(name, process, kind, due, totals):
    document, _french = DOCUMENTS[name]
    assert told(document, "BusinessProcessSpecifiedDocumentContextParameter/ID") == [process]
    assert told(document, "ExchangedDocument/TypeCode") == [kind]
    assert told(document, "DueDateDateTime/DateTimeString") == [due]
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation"
    names = ("GrandTotalAmount", "TotalPrepaidAmount", "DuePayableAmount")
    assert [told(document, f"{sums}/{one}") for one in names] == [[one] for one in totals]


@pytest.mark.parametrize(
    ("name", "codes", "account"),
    [
        ("company", ["58"], [PAYABLE.iban]), ("before payment", ["58"], [PAYABLE.iban]),
        ("paid in part", ["58"], [PAYABLE.iban]), ("company by cheque", ["20"], []), ("household", ["68"], []),
        ("company by credit and PayPal", ["97"], []), ("company without account", ["1"], []),
        ("credit note", ["42"], []), ("credit note of a part", ["42"], []),
        ("credit note, half goes back", ["68"], []), ("credit note of several rates", ["97"], []),
        ("credit note, nothing goes back", ["42"], []),
    ],
)  # fmt: skip
def test_O8_by_what_means(name, codes, account):
    document, _french = DOCUMENTS[name]
    assert told(document, "SpecifiedTradeSettlementPaymentMeans/TypeCode") == codes
    assert told(document, "PayeePartyCreditorFinancialAccount/IBANID") == account
    assert told(document, "PayeeSpecifiedCreditorFinancialInstitution/BICID") == (["AGRIFRPP"] if account else [])


@pytest.mark.parametrize(
    ("name", "treatment", "address"),
    [
        ("household", "B2C", []), ("household abroad", "B2CINT", []), ("company", "B2B", ["732829320"]),
        ("overseas", "B2B", ["732829320"]), ("club without SIREN", "B2C", ["club@example.org"]),
        ("reverse charge", "B2BINT", ["ines@example.org"]),
    ],
)  # fmt: skip
def test_O8_who_bought(name, treatment, address):
    document, _french = DOCUMENTS[name]
    notes = dict(
        zip(*(told(document, f"IncludedNote/{one}")[::-1] for one in ("SubjectCode", "Content")), strict=False)
    )
    assert notes["BAR"] == treatment
    assert told(document, "SellerTradeParty/URIUniversalCommunication/URIID") == ["123456782"]
    assert told(document, "BuyerTradeParty/URIUniversalCommunication/URIID") == address


@pytest.mark.parametrize(
    ("name", "category", "why", "text", "rate", "numbers"),
    [
        ("company", "S", [], [], ["20.00"], ["FR11123456782", "FR44732829320"]),
        ("charged at no rate", "Z", [], [], ["0.00"], ["FR11123456782", "FR44732829320"]),
        ("franchise", "E", ["VATEX-FR-FRANCHISE"], ["TVA non applicable, art. 293\u00a0B du CGI"], ["0.00"],
         ["123456782", "FR44732829320"]),
        ("reverse charge", "AE", ["VATEX-EU-AE"],
         ["Autoliquidation\u202f: TVA due par le preneur (art. 283-2 du CGI, art. 196 de la directive 2006/112/CE)."],
         ["0.00"], ["FR11123456782", "ESB58378431"]),
        ("outside of France", "O", ["VATEX-EU-O"],
         ["TVA non applicable, art. 259, 1° du CGI\u202f: prestation située hors de France."], [], ["123456782"]),
        ("export", "G", ["VATEX-EU-G"], ["Exonération de TVA, art. 262\u00a0I du CGI."], ["0.00"], ["FR11123456782"]),
    ],
)  # fmt: skip
def test_O8_why_no_vat_is_charged(name, category, why, text, rate, numbers):
    document, _french = DOCUMENTS[name]
    vat = "ApplicableHeaderTradeSettlement/ApplicableTradeTax"
    assert told(document, f"{vat}/CategoryCode") == [category]
    assert told(document, "SpecifiedLineTradeSettlement/ApplicableTradeTax/CategoryCode") == [category]
    assert told(document, f"{vat}/ExemptionReasonCode") == why
    assert told(document, f"{vat}/ExemptionReason") == text
    assert told(document, f"{vat}/RateApplicablePercent") == rate
    assert told(document, "SpecifiedTaxRegistration/ID") == numbers


def test_O8_when_vat_falls_due():
    due = "ApplicableHeaderTradeSettlement/ApplicableTradeTax/DueDateTypeCode"
    found = [told(DOCUMENTS[one][0], due) for one in ("company", "company, on debits", "franchise")]
    assert found == [["72"], ["5"], []]


def test_O8_a_credit_note_says_what_it_corrects_and_why():
    document = DOCUMENTS["credit note of a part"][0]
    assert told(document, "InvoiceReferencedDocument/IssuerAssignedID") == ["F2027-000001"]
    assert told(document, "FormattedIssueDateTime/DateTimeString") == ["20270305"]
    assert told(document, "IncludedNote/Content")[0] == "Remboursement"
    assert told(document, "SpecifiedTradeProduct/Description")[0].endswith("reprise de 17\u00a0tickets sur 20")


def test_O8_what_nobody_sees_stays_out():
    document = DOCUMENTS["odd characters"][0]
    assert told(document, "BuyerTradeParty/Name") == ["<Œuvre> & «Müller» 王\U0001f600 ]]> & Cie"]
    assert told(document, "BuyerTradeParty/PostalTradeAddress/LineOne") == ["1 rue Haute"]
    assert told(document, "BuyerTradeParty/PostalTradeAddress/CityName") == []


# Exact to the cent: the official rules would let a euro of VAT pass.

RATES = (200, 100, 55, 21, 85)


@pytest.mark.parametrize("permille", RATES)
def test_O8_every_price_to_300_euros_is_invoiced_to_the_cent(permille):
    rate = Decimal(permille) / 1000
    for cents in range(1, 30_001):
        lines = [line(cents, permille)]
        ((_rate, _category, _exemption, net, vat, gross),) = rules.totals(lines)
        assert (net + vat, gross) == (cents, cents)
        # The nearest net amount that there is, never a cent beside it.
        assert abs(net * (1 + rate) - cents) <= (1 + rate) / 2
        assert net > 0


@pytest.mark.parametrize("permille", RATES)
def test_O8_the_xml_says_these_cents(permille):
    """Every price that rounding from the net amount would miss, for a rate a few hundred, and the ends."""
    rate = Decimal(permille) / 1000
    missed = [one for one in range(1, 30_001) if _by_net(one, rate) != one][::29]
    for cents in [1, 2, *missed, 29_999, 30_000]:
        document = of(line(cents, permille), buyer=CLAIRE)
        assert sums_of(document) == (cents, document.facts.lines[0].net_cents)


def _by_net(cents, rate):
    net = round(Decimal(cents) / (1 + rate))
    return net + round(net * rate)


def sums_of(document):
    """Gross and net of the XML in cents, once every sum in it was added up again."""
    root = etree.fromstring(cii.xml_of(document))

    def all_of(path):
        return [
            int(Decimal(one.text) * 100)
            for one in root.iterfind(f".//{'/'.join(f'{{{cii.RAM}}}{name}' for name in path.split('/'))}")
        ]

    (net,), (vat,), (gross,) = (all_of(one) for one in ("TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount"))
    assert sum(all_of("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount")) == net
    assert sum(all_of("ApplicableTradeTax/BasisAmount")) == net
    assert sum(all_of("ApplicableTradeTax/CalculatedAmount")) == vat
    assert net + vat == gross
    return gross, net


@given(
    st.lists(
        st.tuples(st.integers(2, 5_000_000), st.sampled_from(RATES), st.integers(1, 40)), min_size=1, max_size=6
    )
)  # fmt: skip
def test_O8_many_lines_add_up_and_the_price_of_one_comes_to_the_line(sales):
    lines = [line(cents, permille, quantity=quantity) for cents, permille, quantity in sales]
    document = of(*lines)
    assert sums_of(document)[0] == sum(cents for cents, _rate, _quantity in sales)
    for one, price in zip(lines, told(document, "NetPriceProductTradePrice/ChargeAmount"), strict=True):
        assert Decimal(price) > 0
        assert round(Decimal(price) * one.quantity * 100) == one.net_cents


# In the finished file


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "es"])
def test_O8_the_pdf_carries_the_xml_in_both_languages(official, robledo, language):
    invoice = issue(robledo, buyer=ATELIER, language=language, seller=PAYABLE)
    before = documents.xml_of(invoice)
    assert before == cii.xml_of(queries.issued(invoice))
    for made in actions.make_document(invoice.pk, at=moment(AT)):
        assert facturx.xml_in(bytes(made.file.pdf)) == before
    assert documents.xml_of(invoice) == before
    assert official.wrong(before, is_french=True) == []


@pytest.mark.django_db
def test_O8_machines_read_what_no_font_of_ours_can_show(martins):
    name = "Claire \U0001f9ff & <Œuvre> \ue000"
    invoice = issue(martins, buyer=replace(CLAIRE, name=name))
    (made,) = actions.make_document(invoice.pk, at=moment(AT))
    root = etree.fromstring(facturx.xml_in(bytes(made.file.pdf)))
    assert [one.text for one in root.iterfind(f".//{{{cii.RAM}}}BuyerTradeParty/{{{cii.RAM}}}Name")] == [name]
    assert "\ufffd" in words(bytes(made.file.pdf))


@pytest.mark.django_db
def test_O8_a_credit_note_of_the_books_is_valid_and_made_as_an_invoice_is(official, robledo):
    invoice = issue(robledo, buyer=ATELIER, lines=(line(19_950, quantity=3, pack=rules.PackSold("token", 20, 30, 12)),))
    credited = [rules.CreditedLine(1, 12_345, 37)]
    note = actions.issue_credit_note(
        invoice=invoice, lines=credited, reason="withdrawal", returned=[rules.Paid("transfer", DAY, 12_345)],
        cause=invoice.cause, by=TEST, at=moment("2027-03-09 12:00"), key="note",
    )  # fmt: skip
    (made,) = actions.make_document(note.pk, at=moment("2027-03-09 12:00"))
    xml = facturx.xml_in(bytes(made.file.pdf))
    assert xml == documents.xml_of(note)
    assert official.wrong(xml, is_french=True) == []
    assert sums_of(queries.issued(note))[0] == 12_345
