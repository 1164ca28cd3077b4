"""What can be asked of PayPal, in our own words: the only door of this folder.

Each function waits for the network, within time limits, and raises ServiceFailed. No transaction may be open meanwhile.
What is asked twice with the same `key` happens once: PayPal remembers the key of a checkout and of a capture for six
hours, of a refund for 45 days; after that a second capture is refused as one that was captured already.
"""

from typing import Any

from carnet.payments.paypal import calls, reading
from carnet.payments.paypal.calls import OnlineCall
from carnet.payments.rules.online import (
    Access,
    AccountFound,
    CaptureFound,
    CheckoutFound,
    CheckoutWanted,
    ServiceFailed,
)

_LOCALES = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES"}
_LONGEST_TEXT = 127
_LONGEST_KEY = 108


def forget() -> None:
    """Forget what this process keeps: tokens, certificates, open connections. For tests."""
    calls.forget()


def find_account(access: Access) -> AccountFound:
    """Prove the access by a new token, and name its account; without the right to read balances it stays unnamed."""
    calls.forget_token(access)
    call = OnlineCall("GET", "/v1/reporting/balances")
    try:
        return calls.ask(access, call, reading.account)
    except ServiceFailed as failed:
        if failed.status == 403:
            return AccountFound("")
        raise


def create_checkout(access: Access, wanted: CheckoutWanted) -> CheckoutFound:
    """Begin a payment: one sum in euros, captured by us once its payer has approved it."""
    experience: dict[str, Any] = {
        "locale": _LOCALES[wanted.language],
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "return_url": wanted.return_url,
        "cancel_url": wanted.cancel_url,
    }
    if wanted.name:
        experience["brand_name"] = wanted.name[:_LONGEST_TEXT]
    content = {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "amount": _money(wanted.amount_cents),
                "custom_id": wanted.reference,
                "invoice_id": wanted.number,
                "description": wanted.description[:_LONGEST_TEXT],
            }
        ],
        "payment_source": {"paypal": {"experience_context": experience}},
    }
    call = OnlineCall("POST", "/v2/checkout/orders", content=content, key=_key(wanted.key))
    return calls.ask(access, call, reading.begun_checkout)


def show_checkout(access: Access, external_id: str) -> CheckoutFound:
    """How the payment stands. PayPal forgets one that nobody approved: it is gone."""
    call = OnlineCall("GET", calls.path("/v2/checkout/orders/{}", external_id))
    try:
        return calls.ask(access, call, reading.checkout)
    except ServiceFailed as failed:
        if failed.status == 404:
            return CheckoutFound(external_id, "gone", amount_cents=0, currency="", payee="", reference="")
        raise


def capture_checkout(access: Access, external_id: str, *, key: str) -> CheckoutFound:
    """Take the money of an approved payment; one that was taken already is shown.

    Raises ServiceFailed for good with the code INSTRUMENT_DECLINED if the payer's means did not pay, with
    ORDER_NOT_APPROVED if the payer has not agreed.
    """
    call = OnlineCall("POST", calls.path("/v2/checkout/orders/{}/capture", external_id), content={}, key=_key(key))
    try:
        return calls.ask(access, call, reading.checkout)
    except ServiceFailed as failed:
        if failed.code == "ORDER_ALREADY_CAPTURED":
            return show_checkout(access, external_id)
        raise


def show_capture(access: Access, capture_id: str) -> CaptureFound:
    """How the taken money stands: pending, there, sent back."""
    return calls.ask(access, OnlineCall("GET", calls.path("/v2/payments/captures/{}", capture_id)), reading.capture)


def _money(amount_cents: int) -> dict[str, str]:
    assert amount_cents > 0
    return {"currency_code": "EUR", "value": f"{amount_cents // 100}.{amount_cents % 100:02}"}


def _key(key: str) -> str:
    assert 0 < len(key) <= _LONGEST_KEY
    assert key.isascii()
    assert key.isprintable()
    return key
