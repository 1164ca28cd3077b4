"""Paid in a minute: a household buys at PayPal and asks its first question with it; a payment that PayPal examines
first; one that is given up at PayPal and paid by transfer.
"""

from collections.abc import Callable

import pytest
import time_machine
from playwright.sync_api import Page, expect

from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.orders.models import Order
from carnet.payments.models import Checkout, Payment
from carnet.people.models import Person
from carnet.till import tasks
from tests.journeys.conftest import PASSWORD, make_claire
from tests.journeys.test_selling import order, order_without_account, record
from tests.journeys.test_units import ask
from tests.paypal import PaypalBeside

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]


@pytest.fixture
def claire(team: None, language: str, paypal: PaypalBeside) -> Person:
    """She holds the account of her household."""
    return make_claire(language)


def go_to_paypal(page: Page, paypal: PaypalBeside) -> None:
    """By the link of the order's page."""
    page.locator(f'main a.button[href^="{paypal.url}"]').click()
    page.wait_for_url(f"{paypal.url}/**")


def pay_there(page: Page, outcome: str = "completed") -> None:
    """And back, by itself."""
    if outcome != "completed":
        page.locator("details summary").click()
        page.locator(f"[name=outcome][value={outcome}]").check()
    page.locator("button.primary").click()
    page.wait_for_url("**/my/orders/RF**")


def look_when_due() -> None:
    """The worker asks PayPal as soon as it is time."""
    due_at = Checkout.objects.get().look_at
    assert due_at
    with time_machine.travel(due_at, tick=False):
        tasks.look_at_checkouts.call()


def test_bought_at_paypal_and_asked_with_it_a_minute_later(
    team: None, language: str, say: Say, opened: Callable[..., Page], paypal: PaypalBeside
) -> None:
    page = opened()
    placed = order_without_account(
        page, language, say, "tokens-5", "paypal", name="Claire Martin", customer_name="Famille Martin",
        street="1 rue Haute", city="Strasbourg", email="claire@example.org", password1=PASSWORD,
    )  # fmt: skip
    go_to_paypal(page, paypal)
    pay_there(page)
    expect(page.get_by_role("main")).to_contain_text(say("Paid, and active"))
    placed.refresh_from_db()
    assert (placed.state, Payment.objects.get().means, Lot.objects.get().available) == ("settled", "paypal", 5)
    ticket = ask(page, say)
    assert (ticket.cover.is_waiting, Lot.objects.get().reserved) == (False, 1)
    page.goto("/my/orders/")
    expect(page.locator('main a[href^="/my/invoices/F"]').first).to_be_visible()
    # The back button brings nobody a second payment.
    page.goto(f"/my/orders/{placed.reference}/paypal/")
    page.wait_for_url(f"**/my/orders/{placed.reference}/")
    assert (Payment.objects.count(), len(paypal.capture_ids())) == (1, 1)


def test_a_payment_that_is_examined_first(
    claire: Person, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn, paypal: PaypalBeside
) -> None:
    page = opened()
    sign_in(page, claire.email)
    placed = order(page, say, language, "tokens-5", "paypal", name="Claire Martin")
    go_to_paypal(page, paypal)
    pay_there(page, "pending")
    main = page.get_by_role("main")
    expect(main).to_contain_text(say("PayPal is still checking your payment"))
    expect(main.locator(f'a[href^="{paypal.url}"]')).to_have_count(0)
    assert OutgoingMail.objects.filter(kind="till/payment_pending", to=claire.email).count() == 1
    paypal.settle_pending(paypal.capture_ids()[0])
    look_when_due()
    page.reload()
    expect(main).to_contain_text(say("Paid, and active"))
    placed.refresh_from_db()
    assert (placed.state, Payment.objects.count()) == ("settled", 1)


def test_given_up_at_paypal_and_paid_by_transfer(
    claire: Person, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn, paypal: PaypalBeside
) -> None:
    page, owner = opened(), opened()
    sign_in(page, claire.email)
    placed = order(page, say, language, "tokens-5", "paypal", name="Claire Martin")
    go_to_paypal(page, paypal)
    page.locator("a.button.whole").click()
    page.wait_for_url("**/my/orders/RF**")
    main = page.get_by_role("main")
    expect(main).to_contain_text(say("You haven’t paid yet"))
    page.get_by_role("button", name=say("Pay by bank transfer instead")).click()
    expect(main.locator("svg.qr")).to_have_count(1)
    sign_in(owner, "odile@example.org")
    record(owner, say, placed)
    page.reload()
    expect(main).to_contain_text(say("Paid, and active"))
    # The page of PayPal is still open in another tab: agreeing there takes nothing.
    paypal.approve(str(Checkout.objects.get().external_id))
    page.goto(f"/my/orders/{placed.reference}/paypal/")
    look_when_due()
    assert (Payment.objects.get().means, Order.objects.get().is_settled, paypal.capture_ids()) == ("transfer", True, [])
