"""From offer to invoice: a household buys a carnet by cheque, a company hours by transfer; both use them."""

import re
import shutil
import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from carnet.invoices import tasks as invoice_tasks
from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.orders.models import Order
from carnet.payments.models import Payment
from carnet.web import formats
from tests.factories.people import make_customer, make_person
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_units import ask

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]


def order(page: Page, say: Say, language: str, code: str, means: str, **typed: str) -> Order:
    """From the offers to the order of somebody who is signed in."""
    page.goto(f"/{language}/offers/")
    page.locator(f'a[href="/{language}/order/{code}/"]').click()
    page.wait_for_url(f"**/my/order/{code}/")
    if page.locator("[name=accept_terms]").count():  # known from an order before
        page.get_by_role("button", name=say("Change the details")).click()
    fill(page, means, **typed)
    page.get_by_role("button", name=say("Check my order")).click()
    return agree_and_order(page, say)


def order_without_account(page: Page, language: str, say: Say, code: str, means: str, **typed: str) -> Order:
    """From the offers to the order of a visitor: one form, the code of the mail, the summary."""
    page.goto(f"/{language}/offers/")
    page.locator(f'a[href="/{language}/order/{code}/"]').click()
    fill(page, means, **typed)
    page.get_by_role("button", name=say("Continue to summary")).dblclick()
    page.wait_for_url("**/account/confirm-email/")
    sent = re.search(r"^    (\S+)$", OutgoingMail.objects.latest("pk").text, re.MULTILINE)
    assert sent
    page.locator("[name=code]").fill(sent[1])
    page.locator("[name=code]").press("Enter")
    page.wait_for_url(f"**/my/order/{code}/")
    # Nothing is left to fill in: it is checked at once.
    expect(page.get_by_role("main")).to_contain_text(typed["street"])
    expect(page.locator("[name=means]")).to_have_value(means)
    return agree_and_order(page, say)


def fill(page: Page, means: str, **typed: str) -> None:
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator(f"[name=means][value={means}]").check()


def agree_and_order(page: Page, say: Say) -> Order:
    """Two clicks order once."""
    express = page.locator("[name=express_request]")
    if express.count():
        express.check()
    page.locator("[name=accept_terms]").check()
    page.get_by_role("button", name=say("Order with obligation to pay")).dblclick()
    page.wait_for_url(re.compile(r"/my/orders/RF\w+/"))
    return Order.objects.latest("pk")


def record(page: Page, say: Say, placed: Order) -> None:
    """The owner finds the order by a part of its reference, and records its money; two clicks record it once."""
    page.goto(f"/desk/orders/?q={placed.reference[6:].lower()}")
    page.locator("main td a.subject").click()
    page.get_by_role("button", name=say("Record payment")).dblclick()
    expect(page.locator('main a.button[href^="/desk/invoices/F"]')).to_have_count(1)
    placed.refresh_from_db()
    assert (placed.state, Payment.objects.filter(cause_id=placed.pk).count()) == ("settled", 1)


def words_of_invoice(page: Page, placed: Order) -> str:
    """The invoice as the customer opens it in their space, read back by pdftotext; its mail is in the outbox."""
    invoice = Invoice.objects.get(customer=placed.customer)
    invoice_tasks.make_document.call(invoice.pk)
    assert OutgoingMail.objects.get(kind="invoices/issued", to=placed.buyer.email).attachments.count() == 1
    page.goto("/my/orders/")
    href = page.locator(f'a[href="/my/invoices/{invoice.number}/"]').first.get_attribute("href")
    answer = page.request.get(str(href))
    assert answer.headers["content-type"] == "application/pdf"
    command = [shutil.which("pdftotext") or "pdftotext", "-layout", "-", "-"]
    read = subprocess.run(command, input=answer.body(), capture_output=True, check=True).stdout.decode()
    return " ".join(read.replace("\u00a0", " ").replace("\u202f", " ").split())


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_household_buys_a_carnet_by_cheque(
    team: None, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    customer, owner = opened(), opened()
    sign_in(owner, "odile@example.org")
    placed = order_without_account(
        customer, language, say, "tokens-5", "cheque", name="Claire Martin", customer_name="Famille Martin",
        street="1 rue Haute", city="Strasbourg", email="claire@example.org", password1=PASSWORD,
    )  # fmt: skip
    assert Order.objects.count() == 1
    expect(customer.get_by_role("main")).to_contain_text(placed.reference_shown)
    expect(customer.get_by_role("main")).to_contain_text(say("Write the reference on the back of the cheque."))
    record(owner, say, placed)
    customer.reload()
    expect(customer.get_by_role("main")).to_contain_text(say("Paid, and active"))
    ticket = ask(customer, say)
    assert (ticket.cover.is_waiting, Lot.objects.get(unit="token").reserved) == (False, 1)  # type: ignore[union-attr]
    text = words_of_invoice(customer, placed)
    for said in ("Famille Martin", "1 rue Haute", plain(formats.money(7_000, language)), placed.reference):
        assert said in text


def test_a_company_buys_hours_by_transfer_with_its_vat_number(
    team: None, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    ines = make_person("Inès Robledo", email="ines@example.org", language=language, password=PASSWORD)
    make_customer(ines, "Atelier Robledo", kind="company")
    customer, owner = opened(), opened()
    sign_in(customer, "ines@example.org")
    sign_in(owner, "odile@example.org")
    placed = order(
        customer, say, language, "hours-5", "transfer", name="Atelier Robledo", street="1 rue Haute", postcode="67000",
        city="Strasbourg", siren="123456782", vat_number="FR11123456782",
    )  # fmt: skip
    main = customer.get_by_role("main")
    expect(main.locator("svg.qr")).to_have_count(1)
    expect(main).to_contain_text("FR7630006000011234567890189")
    slip = customer.request.get(f"/my/orders/{placed.reference}/slip/")
    assert slip.body().startswith(b"%PDF")
    record(owner, say, placed)
    ticket = ask(customer, say, "minutes")
    assert (ticket.cover.is_waiting, Lot.objects.get(unit="minute").reserved) == (False, 30)  # type: ignore[union-attr]
    text = words_of_invoice(customer, placed)
    for said in ("Atelier Robledo", "FR11123456782", "123456782", plain(formats.money(26_000, language))):
        assert said in text
