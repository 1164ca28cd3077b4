"""O8: a company gets its invoice before it pays; one in Spain is charged no VAT, as VIES knows its number."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from carnet.invoices.models import Invoice
from carnet.kernel import money
from carnet.ledger.models import Lot
from carnet.orders.models import Order
from carnet.web import formats
from demo.vies.server import ViesStandIn
from tests.factories.people import make_customer, make_person
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_selling import order, plain, record, words_of_invoice
from tests.vies import vies  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]


@pytest.fixture
def company(team: None, language: str, opened: Callable[..., Page], sign_in: SignIn) -> Page:
    """The browser of somebody who orders for a company."""
    ines = make_person("Inès Robledo", email="ines@example.org", language=language, password=PASSWORD)
    make_customer(ines, "Atelier Robledo", kind="company")
    page = opened()
    sign_in(page, "ines@example.org")
    return page


def test_the_invoice_before_it_is_paid(
    company: Page, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    owner = opened()
    sign_in(owner, "odile@example.org")
    placed = order(
        company, say, language, "tokens-20", "transfer", name="Atelier Robledo", street="1 rue Haute", postcode="67000",
        city="Strasbourg", siren="123456782",
    )  # fmt: skip
    main = company.get_by_role("main")
    main.locator("summary", has_text=say("Get the invoice before paying")).click()
    company.get_by_role("button", name=say("Issue the invoice now")).dblclick()
    expect(main.locator('a.button[href^="/my/invoices/F"]')).to_have_count(1)
    invoice = Invoice.objects.get()
    expect(main).to_contain_text(
        say("Invoice %(number)s is due on %(day)s.", number=invoice.number, day=formats.day(invoice.due_on, language))
    )
    assert not Lot.objects.filter(origin="purchased").exists()
    text = words_of_invoice(company, placed)
    assert plain(formats.day(invoice.due_on, language)) in text
    record(owner, say, placed)
    assert Invoice.objects.get() == Order.objects.get().settlement.invoice
    company.goto(f"/my/orders/{placed.reference}/")
    expect(main).to_contain_text(say("Paid, and active"))


def test_one_in_spain_owes_the_vat_itself(
    company: Page,
    language: str,
    say: Say,
    opened: Callable[..., Page],
    sign_in: SignIn,
    vies: ViesStandIn,  # noqa: F811
) -> None:
    owner = opened()
    sign_in(owner, "odile@example.org")
    company.goto(f"/{language}/offers/")
    company.locator(f'a[href="/{language}/order/tokens-20/"]').click()
    for name, value in {
        "name": "Robledo Consultores", "street": "Calle Mayor 4", "postcode": "28013", "city": "Madrid",
        "vat_number": "es b58378431",
    }.items():  # fmt: skip
        company.locator(f"[name={name}]").fill(value)
    company.locator("[name=country]").select_option("ES")
    company.locator("[name=means][value=transfer]").check()
    company.get_by_role("button", name=say("Check my order")).click()
    net = formats.money(money.split_gross(24_000, 200).net_cents, language)
    expect(company.locator("dl.facts strong").last).to_have_text(net)
    company.locator("[name=accept_terms]").check()
    company.get_by_role("button", name=say("Order with obligation to pay")).dblclick()
    company.wait_for_url("**/my/orders/RF*/")
    placed = Order.objects.get()
    assert (placed.price_cents, placed.vat_cents, placed.buyer.vat_number) == (20_000, 0, "ESB58378431")
    assert vies.asked[0]["vatNumber"] == "B58378431"
    record(owner, say, placed)
    text = words_of_invoice(company, placed)
    words = {"fr": "Autoliquidation", "en": "Reverse charge", "es": "Inversión del sujeto pasivo"}
    for said in (words[language], "ESB58378431", plain(net)):
        assert said in text
