import pytest

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.catalogue import actions as catalogue
from carnet.invoices import actions as invoices
from carnet.kernel import references
from carnet.kernel.refused import KeyReused
from carnet.ledger.actions import movements as ledger
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import placing
from carnet.orders.models import Order
from carnet.orders.queries import amounts, sales
from carnet.payments import queries as payments
from carnet.payments.models import Payment
from carnet.provider import actions as provider
from carnet.web import refusals
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.orders import AT, buyer, lot_of, open_shop, paid_for, pay, place
from tests.factories.people import BEGAN, make_member


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()


@pytest.fixture
def twenty(db):
    return put_on_sale()


@pytest.fixture
def five(db):
    return put_on_sale("tokens-5", 5, months=6, shared=False, price_cents=7_000)


def test_O1_it_fixes_edition_price_vat_and_terms(claire, twenty):
    order = place(claire, twenty)
    line = order.lines.get()
    assert (order.price_cents, order.net_cents, order.vat_cents, line.vat_permille) == (24_000, 20_000, 4_000, 200)
    assert (line.edition, order.terms.version, order.state, order.means) == (twenty, 1, "waiting", "transfer")
    assert (order.expires_at, order.withdrawal_last_day) == (moment("2027-03-29 00:00"), day("2027-03-12"))
    assert (order.express_request, line.person, order.buyer.name, order.buyer.ip) == (
        True, None, "Claire Martin", "192.0.2.1",
    )  # fmt: skip
    assert Entry.objects.get(code="order.placed").subject_id == order.pk
    assert str(order) == order.reference


def test_O2_its_reference_is_one_of_the_standard(claire, twenty):
    order = place(claire, twenty)
    assert references.read(order.reference_shown) == order.reference


def test_O2_a_reference_is_given_once(claire, twenty):
    order = place(claire, twenty)
    made = iter([order.reference, "RF00"])
    assert sales.free_reference(lambda: next(made)) == "RF00"


def test_it_is_acknowledged(claire, twenty):
    order = place(claire, twenty)
    sent = OutgoingMail.objects.get(kind="orders/placed")
    assert (sent.to, sent.subject) == (claire.email, f"Your order {order.reference_shown}")
    for said in ("€240.00", "FR7630006000011234567890189", order.reference_shown, "28 March 2027", "12 March 2027"):
        assert said in sent.text.replace("\u00a0", " ")
    assert "You asked us to start at once" in sent.text


def test_a_cheque_goes_to_the_address(claire, twenty):
    order = place(claire, twenty, means="cheque", express_request=False)
    text = OutgoingMail.objects.get(kind="orders/placed").text
    assert "cheque" in text
    assert "12 rue du Pont" in text
    assert "You did not ask us to start at once" in text
    assert not order.express_request


def test_L12_the_same_key_again_gives_the_first(claire, twenty, five):
    order = place(claire, twenty, key="once")
    assert place(claire, twenty, key="once") == order
    with pytest.raises(KeyReused):
        place(claire, five, key="once")
    assert (Order.objects.count(), OutgoingMail.objects.filter(kind="orders/placed").count()) == (1, 1)


def test_an_edition_withdrawn_since(claire, twenty):
    catalogue.withdraw_edition(edition=twenty, by=TEST, at=moment("2027-02-01 12:00"))
    with pytest.raises(placing.PackNotOnSale):
        place(claire, twenty)
    assert not Order.objects.exists()


def test_a_price_changed_since(claire, twenty):
    put_on_sale(price_cents=25_000, at=moment("2027-02-01 12:00"))
    with pytest.raises(placing.PriceChanged):
        place(claire, twenty)


def test_terms_changed_since(claire, twenty):
    old = sales.terms_at(moment(AT))
    provider.publish_text(kind="terms", texts={"fr": "a", "en": "b", "es": "c"}, by=TEST, at=moment("2027-02-01 12:00"))
    with pytest.raises(placing.TermsChanged):
        place(claire, twenty, terms=old)


def test_nothing_is_sold_without_terms(claire, twenty):
    terms = sales.terms_at(moment(AT))
    with pytest.raises(placing.TermsChanged):
        place(claire, put_on_sale("early", at=moment("2020-01-01 12:00")), at="2020-01-02 12:00", terms=terms)


def test_P_only_holders_and_buyers_order(martins, claire, hugo, ines, twenty):
    for person in (hugo, ines):
        with pytest.raises(placing.MayNotOrder):
            place(claire, twenty, placed_by=person)
    make_member(martins, ines, role="buyer")
    assert place(claire, twenty, placed_by=ines).placed_by == ines


def test_L9_a_personal_pack_is_for_somebody(claire, hugo, ines, five):
    assert place(claire, five, person=hugo).lines.get().person == hugo
    with pytest.raises(placing.PersonMissing):
        place(claire, five, person=None)
    with pytest.raises(ledger.NotAMember):
        place(claire, five, person=ines)


def test_a_company_has_numbers_and_no_withdrawal(ines, twenty):
    order = place(ines, twenty, buyer=buyer("Atelier", siren="123 456 782", vat_number="fr 11 123 456 782"))
    assert (order.buyer.siren, order.buyer.vat_number) == ("123456782", "FR11123456782")
    assert (order.withdrawal_last_day, order.express_request) == (None, False)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"siren": "123456789"}, placing.SirenWrong),
        ({"siren": "552 100 554 00013"}, placing.SiretGiven),  # case A7
        ({"siren": ""}, placing.SirenMissing),  # case A9
        ({"vat_number": "FR11123456782"}, placing.VatNumberOfAnotherCompany),  # case A7
        ({"vat_number": "DE136695976"}, placing.VatNumberOfAnotherCountry),  # case A7
        ({"vat_number": "FR00"}, placing.VatNumberWrong),
        ({"street": " "}, placing.AddressMissing),
        ({"country": "CH"}, placing.CountryNotServed),
        ({"country": "ES", "vat_number": "es b58378431"}, placing.VatNumberNotChecked),  # case E2
    ],
)
def test_case_A7_A9_what_a_company_must_say(ines, twenty, wrong, refusal):
    with pytest.raises(refusal):
        place(ines, twenty, buyer=buyer("Atelier", **wrong))


def test_case_A7_a_siret_offers_its_siren(ines, twenty):
    with pytest.raises(placing.SiretGiven) as refused:
        place(ines, twenty, buyer=buyer("Atelier", siren="55210055400013"))
    assert "The SIREN in it is 552100554" in refusals.sentence(refused.value)


def test_case_A9_an_association_without_siren_says_so(ines, twenty):
    order = place(ines, twenty, buyer=buyer("Club", siren="", has_no_siren=True))
    assert order.buyer.siren == ""


def test_a_household_has_no_numbers(claire, twenty):
    order = place(claire, twenty, buyer=buyer(siren="1", vat_number="2", street="", city=""))
    assert (order.buyer.siren, order.buyer.vat_number, order.buyer.street) == ("", "", "")


def test_who_is_in_franchise_charges_no_vat(claire, twenty):
    provider.change_company(fields={"vat_scheme": "franchise"}, by=TEST, at=BEGAN)
    order = place(claire, twenty)
    assert (order.net_cents, order.vat_cents, order.lines.get().vat_category) == (24_000, 0, "E")


def test_means_that_the_provider_does_not_have(claire, twenty):
    provider.change_company(fields={"iban": ""}, by=TEST, at=BEGAN)
    for means in ("transfer", "paypal"):
        with pytest.raises(placing.MeansNotOnOffer):
            place(claire, twenty, means=means)


def test_O4_credit_is_used_first(claire, twenty, five):
    pay(place(claire, five), 8_000)
    order = place(claire, twenty)
    assert (order.credit_used_cents, order.asked_cents, amounts.missing_cents(order)) == (1_000, 23_000, 23_000)
    assert payments.credit_cents(order.customer) == 0
    pay(order, 23_000)
    order.refresh_from_db()
    assert order.state == "settled"
    assert [(one.means, one.amount_cents) for one in paid_for(order)] == [
        ("credit", 1_000),
        ("transfer", 23_000),
    ]


def test_O4_credit_that_pays_all_settles_at_once(claire, twenty, five):
    pay(place(claire, five), 40_000)
    order = place(claire, twenty)
    order.refresh_from_db()
    assert (order.state, order.credit_used_cents, payments.credit_cents(order.customer)) == ("settled", 24_000, 9_000)
    assert lot_of(order).quantity == 20


@pytest.mark.parametrize("field", ["legal_name", "siren", "vat_number", "street", "mediator_name", "capital_cents"])
def test_case_E3_nothing_is_sold_while_the_companys_record_is_missing(claire, twenty, field):
    provider.change_company(fields={field: None if field == "capital_cents" else ""}, by=TEST, at=BEGAN)
    with pytest.raises(placing.NotOpenForSale):
        place(claire, twenty)


def test_case_E3_no_invoice_without_the_sellers_name(claire, twenty):
    order = place(claire, twenty)
    provider.change_company(fields={"siren": ""}, by=TEST, at=BEGAN)
    with pytest.raises(invoices.SellerUnnamed):
        pay(order)
    order.refresh_from_db()
    assert (order.state, Payment.objects.count(), Line.objects.count()) == ("waiting", 0, 0)


def test_case_D5_a_name_that_no_document_can_show_is_refused(claire, twenty):
    with pytest.raises(placing.NotPrintable) as raised:
        place(claire, twenty, buyer=buyer("Claire 🖨️", city="ร้าน"))
    assert raised.value.values == {"characters": "🖨️ร้าน"} or "🖨️" in raised.value.values["characters"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("name", ["Nguyễn Thị Hương", "Андрей Щукин", "王小明"])
def test_case_D5_names_in_other_letters_are_taken(claire, twenty, name):
    assert place(claire, twenty, buyer=buyer(name)).buyer.name == name


def test_case_V2_a_mark_that_turns_the_direction_is_left_out(claire, twenty):
    assert place(claire, twenty, buyer=buyer("Claire\u202e Martin")).buyer.name == "Claire Martin"
