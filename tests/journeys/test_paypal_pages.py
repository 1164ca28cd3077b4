"""The pages of the demo's PayPal in a real browser: read by axe, at every width, and pressed without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from demo.paypal import captures, disputes, orders
from tests.demo.paypal.asking import wanted
from tests.paypal import PaypalBeside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.appearance]
LOCALES = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES"}
REFERENCE = "RF18CARNET000123-with-a-very-long-reference-that-nobody-would-ever-give-to-an-order-but-somebody-may"


def ordered(paypal: PaypalBeside, language: str, **context: str) -> str:
    body = wanted(locale=LOCALES[language], description="Carnet de 10 questions", custom_id=REFERENCE)
    body["payment_source"]["paypal"]["experience_context"].update(context)
    now = paypal.stand_in.now()
    with paypal.account.lock:
        return orders.create_order(paypal.account, body, now).id


@pytest.fixture
def pages(paypal: PaypalBeside, language: str) -> list[str]:
    """The payer's page, and the account's with a payment in each state."""
    now, account = paypal.stand_in.now(), paypal.account
    for state in ("pending", "completed", "disputed", "approved", "refunded"):
        order_id = ordered(paypal, language)
        paypal.approve(order_id)
        if state == "approved":
            continue
        if state == "pending":
            paypal.pend_next()
        with account.lock:
            capture_id = orders.capture_order(account, order_id, now).capture_id
            if state == "disputed":
                disputes.open_dispute(account, capture_id, now)
            if state == "refunded":
                captures.refund_capture(account, capture_id, now)
    return [f"{paypal.url}/checkoutnow?token={ordered(paypal, language)}", f"{paypal.url}/?language={language}"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, browser_context_args: Any, pages: list[str], scheme: str) -> None:
    # axe styles pages, which our policy refuses.
    context = browser.new_context(**{**browser_context_args, "color_scheme": scheme, "bypass_csp": True})
    page = context.new_page()
    for address in pages:
        page.goto(address)
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    context.close()


def test_nothing_is_wider_than_the_page(opened: Callable[..., Page], pages: list[str]) -> None:
    page = opened()
    for address in pages:
        page.goto(address)
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 780})
            by = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert (address, width, by) == (address, width, 0)


def test_paying_leads_back_to_the_shop_without_scripts(
    opened: Callable[..., Page], paypal: PaypalBeside, live_server: Any, language: str
) -> None:
    page = opened(java_script_enabled=False)
    shop = {"return_url": f"{live_server.url}/{language}/?paid=yes", "cancel_url": f"{live_server.url}/{language}/"}
    order_id = ordered(paypal, language, **shop)
    page.goto(f"{paypal.url}/checkoutnow?token={order_id}")
    expect(page.locator("h1")).to_contain_text("49")
    page.locator("summary").click()
    page.locator("[name=outcome][value=pending]").check()
    page.locator("button.primary").click()
    page.wait_for_url(f"{live_server.url}/{language}/?paid=yes&token={order_id}&PayerID=*")
    assert (paypal.order(order_id).status, paypal.order(order_id).outcome) == ("APPROVED", "pending")
    given_up = ordered(paypal, language, **shop)
    page.goto(f"{paypal.url}/checkoutnow?token={given_up}")
    page.locator("a.whole").click()
    page.wait_for_url(f"{live_server.url}/{language}/?token={given_up}")
    assert paypal.order(given_up).waits_for_payer


def test_a_pending_payment_is_decided_on_the_accounts_page(opened: Callable[..., Page], paypal: PaypalBeside) -> None:
    paypal.pend_next()
    order_id = ordered(paypal, "en")
    paypal.approve(order_id)
    with paypal.account.lock:
        orders.capture_order(paypal.account, order_id, paypal.stand_in.now())
    page = opened(java_script_enabled=False)
    page.goto(f"{paypal.url}/?language=en")
    page.locator("button[value=complete]").click()
    expect(page.locator("button[value=dispute]")).to_be_visible()
    assert paypal.capture(paypal.capture_ids()[0]).status == "COMPLETED"
