"""The pages for a browser: the payer's and the account's."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine

from tests.demo.paypal.asking import CANCEL, RETURN, PaypalAsked, wanted

SPACE, NARROW = "\u00a0", "\u202f"


class PayersBrowser:
    """Asks for pages and presses buttons, and follows no redirect."""

    def __init__(self, paypal) -> None:
        self.url = paypal.url
        self.origin = paypal.url

    def get(self, path: str, language: str = "en") -> requests.Response:
        headers = {"Accept-Language": language}
        return requests.get(self.url + path, headers=headers, allow_redirects=False, timeout=60)

    def post(self, path: str, **typed: str) -> requests.Response:
        headers = {"Origin": self.origin}
        return requests.post(self.url + path, typed, headers=headers, allow_redirects=False, timeout=60)


@pytest.fixture
def browser(paypal) -> PayersBrowser:
    return PayersBrowser(paypal)


def ordered(asked: PaypalAsked, value: str = "1249.90", locale: str = "fr-FR", key: str = "k1", **unit) -> str:
    return asked.post("/v2/checkout/orders", wanted(value, locale=locale, **unit), key=key).json()["id"]


@pytest.mark.parametrize(
    ("locale", "amount", "is_not", "cancel"),
    [
        ("fr-FR", f"Payer 1{NARROW}249,90{SPACE}€", "Ceci n’est pas PayPal", "Annuler et revenir"),
        ("en-GB", "Pay €1,249.90", "This is not PayPal", "Cancel and return"),
        ("es-ES", f"Pagar 1.249,90{SPACE}€", "Esto no es PayPal", "Cancelar y volver"),
    ],
)
def test_the_page_says_in_the_payers_language_who_is_paid_and_that_it_is_not_paypal(
    asked, browser, locale, amount, is_not, cancel
):
    order_id = ordered(asked, locale=locale, description="Ten <units>")
    answer = browser.get(f"/checkoutnow?token={order_id}", language="de")
    text = answer.text
    assert (answer.status_code, f'<html lang="{locale[:2]}">' in text) == (200, True)
    assert all(words in text for words in (amount, is_not, cancel, "Coup de main", "Ten &lt;units&gt;", "2027-0012"))
    assert f'href="{CANCEL}?token={order_id}"' in text
    assert "<script" not in text
    assert "style=" not in text


def test_nothing_foreign_is_loaded_and_only_the_shop_may_be_led_to(asked, browser):
    headers = browser.get(f"/checkoutnow?token={ordered(asked)}").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self' http://testserver; frame-ancestors 'none';"
        " base-uri 'none'"
    )
    assert "form-action 'self';" in browser.get("/").headers["Content-Security-Policy"]
    assert browser.get("/favicon.ico").status_code == 204
    assert browser.get("/page.css").headers["Content-Type"].startswith("text/css")


def test_paying_leads_back_with_token_and_payer(paypal, asked, browser):
    order_id = ordered(asked)
    answer = browser.post("/checkoutnow", token=order_id, outcome="completed", notices="once", service="works")
    assert answer.status_code == 303
    back = urlsplit(answer.headers["Location"])
    assert back._replace(query="").geturl() == RETURN
    assert parse_qs(back.query) == {"token": [order_id], "PayerID": ["PAYER2DEM2345"]}
    assert paypal.order(order_id).status == "APPROVED"
    # A second click changes nothing, not even how it was to end.
    assert browser.post("/checkoutnow", token=order_id, outcome="declined").headers["Location"] == back.geturl()
    assert "Déjà payé" not in browser.get(f"/checkoutnow?token={order_id}").text
    assert "C’est déjà payé" in browser.get(f"/checkoutnow?token={order_id}").text
    assert asked.post(f"/v2/checkout/orders/{order_id}/capture", key="c").status_code == 201


def test_a_return_address_keeps_its_own_query(paypal, asked, browser):
    body = wanted()
    context = body["payment_source"]["paypal"]["experience_context"]
    context["return_url"] = "http://testserver/back/?from=paypal&empty="
    order_id = asked.post("/v2/checkout/orders", body, key="k1").json()["id"]
    location = browser.post("/checkoutnow", token=order_id).headers["Location"]
    assert location.startswith(f"http://testserver/back/?from=paypal&empty=&token={order_id}&PayerID=")


@pytest.mark.parametrize(("outcome", "status"), [("pending", 201), ("declined", 422), ("odd", 201)])
def test_how_it_ends_is_chosen_on_the_page(paypal, asked, browser, outcome, status):
    order_id = ordered(asked)
    browser.post("/checkoutnow", token=order_id, outcome=outcome, notices="twice")
    assert asked.post(f"/v2/checkout/orders/{order_id}/capture", key="c").status_code == status
    assert paypal.order(order_id).notices == "twice"
    if outcome == "pending":
        assert paypal.capture(paypal.capture_ids()[0]).status == "PENDING"


@pytest.mark.parametrize(
    ("service", "down", "seconds"), [("down_for_a_while", True, 0), ("slow_for_a_while", False, 8)]
)
def test_the_service_can_fail_right_after(paypal, asked, browser, service, down, seconds):
    browser.post("/checkoutnow", token=ordered(asked), service=service)
    assert (paypal.stand_in.is_down, paypal.stand_in.slow_seconds) == (down, seconds)


def test_a_payment_that_is_gone(paypal, browser):
    with time_machine.travel("2027-03-05T12:00:00Z", tick=False) as moment:
        order_id = ordered(PaypalAsked(paypal))
        moment.shift(3 * 3600)
        answer = browser.get(f"/checkoutnow?token={order_id}", language="es,en;q=0.5")
        assert (answer.status_code, "Este pago ya no existe" in answer.text) == (404, True)
        assert browser.post("/checkoutnow", token=order_id).status_code == 404
        text = browser.get("/").text
        assert ("abandoned" in text, "/checkoutnow" in text) == (True, False)
    assert browser.get("/checkoutnow").status_code == 404


def test_while_it_is_down_nobody_pays(paypal, asked, browser):
    order_id = ordered(asked)
    paypal.down()
    answer = browser.get(f"/checkoutnow?token={order_id}")
    assert (answer.status_code, "Le service de paiement est en panne" in answer.text) == (503, True)
    assert browser.post("/checkoutnow", token=order_id).status_code == 503
    assert paypal.order(order_id).waits_for_payer
    assert browser.get("/").status_code == 200


def test_a_page_of_another_site_presses_no_button(paypal, asked, browser):
    order_id = ordered(asked)
    browser.origin = "http://127.0.0.1:8000"
    assert browser.post("/checkoutnow", token=order_id).status_code == 403
    assert browser.post("/", act="down_for_good").status_code == 403
    assert requests.post(f"{paypal.url}/", {"act": "down_for_good"}, timeout=60).status_code == 403
    assert (paypal.order(order_id).waits_for_payer, paypal.stand_in.is_down) == (True, False)
    # Nor does a name that somebody made to point here.
    elsewhere = requests.get(f"{paypal.url}/", headers={"Host": "evil.example.org"}, timeout=60)
    assert elsewhere.status_code == 421


def buttons(browser: PayersBrowser) -> dict[str, str]:
    """What can be pressed on the account's page, and the id it is about."""
    text = browser.get("/?language=en").text
    found = re.findall(r'name="id" value="([^"]*)"><button name="act" value="(\w+)"', text)
    return {act: thing for thing, act in found}


def test_the_buttons_of_the_account(paypal, asked, browser):
    paypal.pend_next()
    capture_id = asked.captured("100.00")
    assert buttons(browser) == {
        "down": "", "down_for_good": "", "slow": "", "complete": capture_id, "refuse": capture_id,
    }  # fmt: skip
    answer = browser.post("/", act="complete", id=capture_id, language="es")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?language=es")
    browser.post("/", act="dispute", id=capture_id)
    (dispute_id,) = paypal.account.disputes
    assert {act: thing for act, thing in buttons(browser).items() if act in ("win", "lose", "refund")} == {
        "win": dispute_id,
        "lose": dispute_id,
    }
    browser.post("/", act="win", id=dispute_id)
    browser.post("/", act="refund", id=capture_id)
    assert paypal.capture(capture_id).status == "REFUNDED"
    too_late = browser.post("/", act="refund", id=capture_id, language="fr")
    assert (too_late.status_code, "Ce n’est plus possible" in too_late.text) == (409, True)
    assert browser.post("/", act="dispute", id=capture_id).status_code == 409
    assert browser.post("/", act="explode", id=capture_id).status_code == 409
    another = asked.captured("30.00", key="k2")
    browser.post("/", act="dispute", id=another)
    browser.post("/", act="lose", id=list(paypal.account.disputes)[-1])
    text = browser.get("/", language="fr").text
    assert "litige perdu" in text
    assert "litige gagné" in text
    paypal.pend_next()
    third = asked.captured("20.00", key="k3")
    browser.post("/", act="refuse", id=third)
    assert paypal.capture(third).status == "DECLINED"


def test_switches_of_the_account(paypal, browser):
    for act, state in [("down", (True, 0)), ("up", (False, 0)), ("slow", (False, 8)), ("up", (False, 0))]:
        assert act in buttons(browser)
        browser.post("/", act=act)
        assert (paypal.stand_in.is_down, paypal.stand_in.slow_seconds) == state
    browser.post("/", act="down_for_good")
    assert (paypal.stand_in.is_down, list(buttons(browser))) == (True, ["up"])


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "GET", 404), ("/nothing", "POST", 404), ("/", "DELETE", 405), ("/v2/nothing", "GET", 401)],
)
def test_what_is_not_there(paypal, path, method, status):
    headers = {"Origin": paypal.url}
    assert requests.request(method, paypal.url + path, headers=headers, timeout=60).status_code == status
    paypal.calls.clear()


def test_too_much_is_not_read(paypal):
    answer = requests.post(f"{paypal.url}/", b"x" * 1_000_001, headers={"Origin": paypal.url}, timeout=60)
    assert answer.status_code == 413
