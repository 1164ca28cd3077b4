"""What a buyer abroad is charged: decided before the price is shown, fixed by the order (O1)."""

import datetime

import pytest
from stdnum.es import cif

from carnet.catalogue.models import VatCheck
from carnet.limits.rules import HOUR, Limit
from carnet.orders.actions import checking_vat, placing
from carnet.orders.models import Order, OrderVatCheck
from carnet.orders.queries import sales, taxes
from carnet.provider import actions as provider
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, buyer, lot_of, open_shop, pay, place
from tests.factories.people import BEGAN

pytestmark = pytest.mark.django_db
SPANISH = {"siren": "", "country": "ES", "postcode": "28013", "city": "Madrid", "vat_number": "es b58378431"}
CLOSED = SPANISH | {"vat_number": "ESB64717838"}


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()


@pytest.fixture
def twenty(db):
    return put_on_sale()


def ask(person, at=None, **said):
    return checking_vat.ask_about_buyer(
        customer=person.memberships.get().customer, buyer=buyer("Robledo SL", **said), at=at or moment(AT)
    )


def bought(person, edition, **said):
    return place(person, edition, buyer=buyer("Robledo SL", **said))


def charged(order):
    line = order.lines.get()
    return (order.price_cents, order.net_cents, order.vat_cents, line.vat_permille, line.vat_category)


def test_a_business_elsewhere_in_the_union_pays_the_net_price(ines, twenty, vies):
    check = ask(ines, **SPANISH)
    order = bought(ines, twenty, **SPANISH)
    assert charged(order) == (20_000, 20_000, 0, 0, "AE")
    assert order.buyer.vat_number == "ESB58378431"
    link = order.vat_checks.get()
    assert (link.vat_check, str(link)) == (check, f"VAT check {check.pk} of {order.pk}")
    pay(order)
    order.refresh_from_db()
    invoice = order.settlement.invoice
    assert (invoice.gross_cents, invoice.vat_cents, lot_of(order).price_cents) == (20_000, 0, 20_000)
    line = invoice.lines.get()
    assert (line.vat_category, line.exemption) == ("AE", "VATEX-EU-AE")
    assert invoice.buyer.vat_number == "ESB58378431"
    assert invoice.facts["seller"]["vat_number"] == "FR11123456782"


def test_a_closed_firm_is_refused_and_may_order_with_vat(ines, twenty, vies):
    ask(ines, **CLOSED)
    with pytest.raises(placing.VatNumberInvalid):
        bought(ines, twenty, **CLOSED)
    assert not Order.objects.exists()
    order = bought(ines, twenty, **CLOSED | {"vat_number": ""})
    assert charged(order) == (24_000, 20_000, 4_000, 200, "S")
    assert not order.vat_checks.exists()


def test_who_has_vies_asked_until_it_is_asked_no_more_is_believed_nothing(ines, vies):
    """60 numbers in ten minutes are all that VIES is asked."""
    numbers = [f"ESB{number}{cif.calc_check_digits(f'B{number}')[0]}" for number in range(1_000_000, 1_000_060)]
    answers = []
    for number in numbers:
        try:
            answers.append(ask(ines, **SPANISH | {"vat_number": number}))
        except checking_vat.TooManyVatNumbers:
            answers.append(None)
    assert answers[20:] == [None] * 40
    assert ask(ines, **SPANISH | {"vat_number": numbers[0]}) == answers[0]
    with pytest.raises(checking_vat.TooManyVatNumbers):
        ask(ines, **CLOSED)
    assert VatCheck.objects.filter(code="too_many").count() == 0


def test_what_was_checked_before_counts_whatever_was_asked_since(ines, twenty, vies, monkeypatch):
    vies.error = "MS_UNAVAILABLE"
    check = ask(ines, **SPANISH)
    monkeypatch.setattr(checking_vat, "ASKED_AN_HOUR", Limit("x", 0, HOUR))
    assert ask(ines, at=moment(AT) + datetime.timedelta(minutes=5), **SPANISH) == check


def test_while_vies_is_away_the_buyers_word_counts(ines, twenty, vies):
    vies.error = "MS_UNAVAILABLE"
    ask(ines, **SPANISH)
    order = bought(ines, twenty, **SPANISH)
    assert charged(order)[4] == "AE"
    assert taxes.last_check_of(order).outcome == "unreachable"
    assert list(taxes.orders_to_check()) == [order]


def test_a_number_that_nobody_asked_about(ines, twenty, vies):
    with pytest.raises(placing.VatNumberNotChecked):
        bought(ines, twenty, **SPANISH)


def test_who_is_charged_vat_anyway_is_not_asked_about(claire, ines, twenty, vies):
    assert ask(claire, **SPANISH) is None
    assert ask(ines) is None
    assert ask(ines, **SPANISH | {"vat_number": ""}) is None
    provider.change_company(fields={"vat_scheme": "franchise"}, by=TEST, at=BEGAN)
    assert ask(ines, **SPANISH) is None
    assert (vies.asked, VatCheck.objects.count()) == ([], 0)
    assert charged(bought(ines, twenty, **SPANISH)) == (24_000, 24_000, 0, 0, "E")


def test_wrong_digits_are_not_asked_about(ines, vies):
    with pytest.raises(placing.VatNumberWrong):
        ask(ines, **SPANISH | {"vat_number": "ESB58378432"})
    assert vies.asked == []


def test_a_consumer_elsewhere_in_the_union_pays_french_vat(claire, twenty, vies):
    assert charged(bought(claire, twenty, **SPANISH)) == (24_000, 20_000, 4_000, 200, "S")


@pytest.mark.parametrize(
    ("postcode", "price"),
    [("97110", (21_700, 20_000, 1_700, 85, "S")), ("97300", (20_000, 20_000, 0, 0, "O"))],
)
def test_the_overseas_departements(ines, claire, twenty, postcode, price):
    assert charged(bought(ines, twenty, postcode=postcode)) == price
    assert charged(bought(claire, twenty, postcode=postcode)) == price


def test_a_business_outside_the_union_as_the_accountant_chose(ines, twenty):
    swiss = {"siren": "", "country": "CH"}
    with pytest.raises(placing.CountryNotServed):
        bought(ines, twenty, **swiss)
    for value, category in (("export", "G"), ("outside_france", "O")):
        provider.change_setting(name="vat_outside_eu_companies", value=value, by=TEST, at=moment(AT))
        assert charged(bought(ines, twenty, **swiss)) == (20_000, 20_000, 0, 0, category)


def test_greece_writes_EL(ines, twenty, vies):
    greek = SPANISH | {"country": "GR", "vat_number": "gr 094 259 216"}
    ask(ines, **greek)
    assert bought(ines, twenty, **greek).buyer.vat_number == "EL094259216"


def test_a_price_that_the_page_did_not_show(ines, twenty, vies):
    ask(ines, **SPANISH)
    customer = ines.memberships.get().customer
    given = {"person": None, "buyer": buyer("Robledo SL", **SPANISH)}
    purchase = placing.Purchase(
        items=(placing.Item(twenty),), means="transfer", terms=sales.terms_at(moment(AT)), express_request=False,
        language="en", shown_cents=24_000,
    )  # fmt: skip
    with pytest.raises(placing.VatDiffers) as refused:
        placing.place_order(
            customer=customer, purchase=purchase, buyer=given["buyer"], placed_by=ines, ip=None, by=ines.as_actor(),
            at=moment(AT), key="k",
        )  # fmt: skip
    assert refused.value.values == {"price_cents": 20_000}
    assert not OrderVatCheck.objects.exists()


@pytest.mark.parametrize("is_away", [False, True])
def test_the_quote_is_what_is_charged(ines, twenty, vies, is_away):
    customer = ines.memberships.get().customer
    about = {"country": "ES", "vat_number": "ESB58378431", "at": moment(AT)}
    assert sales.quote(customer, twenty, **about).price_cents == 24_000
    vies.error = "MS_UNAVAILABLE" if is_away else ""
    ask(ines, **SPANISH)
    quote = sales.quote(customer, twenty, **about)
    assert (quote.price_cents, quote.vat_category, quote.is_on_word) == (20_000, "AE", is_away)


@pytest.mark.parametrize(
    ("typed", "plain"), [("es b58378431", "ESB58378431"), ("ESB58378432", ""), ("?", ""), ("", "")]
)
def test_a_number_in_its_plain_form(typed, plain):
    assert placing.plain_vat_number(typed) == plain
