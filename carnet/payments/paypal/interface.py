"""What can be asked of PayPal, in our own words: the only door of this folder.

Each function waits for the network, within time limits, and raises ServiceFailed. No transaction may be open meanwhile.
What is asked twice with the same `key` happens once: PayPal remembers the key of a checkout and of a capture for six
hours, of a refund for 45 days; after that a second capture is refused as one that was captured already.
"""

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from carnet.kernel import transactions as database
from carnet.payments.paypal import calls, reading, signing
from carnet.payments.paypal.calls import OnlineCall
from carnet.payments.rules.online import (
    Access,
    AccountFound,
    CaptureFound,
    CheckoutFound,
    CheckoutWanted,
    DisputeFound,
    NoticeFound,
    Proof,
    RefundFound,
    ServiceFailed,
    TransactionFound,
)

Found = TypeVar("Found", CaptureFound, RefundFound, DisputeFound)
_LOCALES = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES"}
_LONGEST_TEXT = 127
_LONGEST_NOTE = 255
_LONGEST_KEY = 108
_MOST_PAGES = 100  # of a list that never ends, nobody would be told
_LONGEST_SPAN = datetime.timedelta(days=31)  # that the list of transactions tells at once
_SECOND = datetime.timedelta(seconds=1)  # the grain of that list


def forget() -> None:
    """Forget what this process keeps: tokens, certificates, open connections. For tests."""
    calls.forget()
    signing.forget()


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
    begun = calls.ask(access, call, reading.begun_checkout)
    if begun.approve_url and access.environment != "stand_in" and not reading.is_own_page(begun.approve_url):
        raise _not_understood(call)
    return begun


def show_checkout(access: Access, external_id: str) -> CheckoutFound:
    """How the payment stands. PayPal forgets one that nobody approved: it is gone."""
    try:
        call = OnlineCall("GET", calls.path("/v2/checkout/orders/{}", external_id))
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
    call = OnlineCall("GET", calls.path("/v2/payments/captures/{}", capture_id))
    return _about(capture_id, calls.ask(access, call, reading.capture), call)


def refund_capture(
    access: Access, capture_id: str, *, amount_cents: int | None, reason: str, key: str, number: str = ""
) -> RefundFound:
    """Send money back to its payer: all that is left (None), or a part. `reason` is what the payer reads about it,
    `number` is ours, by which the refund is known again.

    Raises ServiceFailed for good with the code CAPTURE_FULLY_REFUNDED if nothing is left.
    """
    content: dict[str, Any] = {} if amount_cents is None else {"amount": _money(amount_cents)}
    if reason:
        content["note_to_payer"] = reason[:_LONGEST_NOTE]
    if number:
        content["invoice_id"] = number
    path = calls.path("/v2/payments/captures/{}/refund", capture_id)
    return calls.ask(access, OnlineCall("POST", path, content=content, key=_key(key)), reading.refund)


def show_refund(access: Access, refund_id: str) -> RefundFound:
    call = OnlineCall("GET", calls.path("/v2/payments/refunds/{}", refund_id))
    return _about(refund_id, calls.ask(access, call, reading.refund), call)


def show_dispute(access: Access, dispute_id: str) -> DisputeFound:
    call = OnlineCall("GET", calls.path("/v1/customer/disputes/{}", dispute_id))
    return _about(dispute_id, calls.ask(access, call, reading.dispute), call)


def disputes_since(access: Access, since: datetime.datetime) -> Iterator[DisputeFound]:
    """The disputes that changed since then, each shown by itself; PayPal tells of the last 180 days.

    One that can't be understood does not hide the others: ServiceFailed is raised for it after them.
    """
    return _disputes(access, {"update_time_after": _time(since), "page_size": "50"})


def disputes_of(access: Access, capture_id: str) -> Iterator[DisputeFound]:
    """The disputes about this capture, each shown by itself, as `disputes_since` does."""
    return _disputes(access, {"disputed_transaction_id": capture_id, "page_size": "50"})


def _disputes(access: Access, query: dict[str, str]) -> Iterator[DisputeFound]:
    not_understood: ServiceFailed | None = None
    for _page in range(_MOST_PAGES):
        call = OnlineCall("GET", "/v1/customer/disputes", query)
        ids, token = calls.ask(access, call, reading.dispute_ids)
        for one in ids:
            try:
                found = show_dispute(access, one)
            except ServiceFailed as failed:
                if failed.code != "not_understood":
                    raise
                not_understood = not_understood or failed
            else:
                yield found
        if not token:
            break
        query = {**query, "next_page_token": token}
    else:
        raise _not_understood(call)
    if not_understood:
        raise not_understood


def transactions(access: Access, since: datetime.datetime, until: datetime.datetime) -> Iterator[TransactionFound]:
    """The lines of the account's own list that moved its balance, from the second `since` to the second `until`, both
    included. PayPal may tell a line hours after the money moved, and at most 10,000 lines in 31 days.
    """
    while since <= until:
        end = min(until, since + _LONGEST_SPAN)
        query = {"start_date": _time(since), "end_date": _time(end), "fields": "transaction_info", "page_size": "500"}
        page, pages = 0, 1
        while page < pages:
            page += 1
            call = OnlineCall("GET", "/v1/reporting/transactions", {**query, "page": str(page)})
            lines, pages = calls.ask(access, call, reading.transactions)
            if pages > _MOST_PAGES:
                raise _not_understood(call)
            yield from lines
        since = end + _SECOND


def set_up_notices(access: Access, url: str) -> str:
    """Have PayPal send notices to this address, unless it does already, and give the id by which they are proven.

    PayPal accepts https addresses on port 443 only.
    """
    events = [{"name": name} for name in reading.EVENTS]
    listed = calls.ask(access, OnlineCall("GET", "/v1/notifications/webhooks"), reading.webhooks)
    for webhook_id, its_url, its_events in listed:
        if its_url != url:
            continue
        if "*" not in its_events and not its_events.issuperset(reading.EVENTS):
            path = calls.path("/v1/notifications/webhooks/{}", webhook_id)
            patch = [{"op": "replace", "path": "/event_types", "value": events}]
            calls.ask(access, OnlineCall("PATCH", path, content=patch), reading.webhook_id)
        return webhook_id
    call = OnlineCall("POST", "/v1/notifications/webhooks", content={"url": url, "event_types": events})
    return calls.ask(access, call, reading.webhook_id)


def read_notice(body: bytes) -> NoticeFound:
    """What a notice says that it is about; nothing is asked. Raises NotANotice."""
    return reading.notice(body)


def is_genuine(access: Access, headers: Mapping[str, str], body: bytes, *, how: Proof, at: datetime.datetime) -> bool:
    """Whether PayPal itself sent this notice, to the webhook of this access, unchanged. When it did is not judged: a
    notice may come days late.

    «Offline» verifies the signature by PayPal's certificate, which is fetched once; «asked» has PayPal verify it.
    Raises ServiceFailed if that can't be found out now.
    """
    assert not database.is_open(), "the network may be waited for"
    if not access.webhook_id:
        raise ServiceFailed("no_webhook", permanent=False, call="verify notice")
    stamp = signing.stamp(access, headers)
    if stamp is None:
        return False
    if how == "offline":
        return signing.is_signed(access, stamp, body, at=at)
    try:
        reading.json_object(body)  # else it could bring fields of its own into the question
    except (ValueError, RecursionError):
        return False
    asked = json.dumps({**stamp.as_asked(), "webhook_id": access.webhook_id}).encode()
    # Byte by byte as it came: written anew, it would not be what was signed.
    content = asked.removesuffix(b"}") + b', "webhook_event": ' + body + b"}"
    call = OnlineCall("POST", "/v1/notifications/verify-webhook-signature", content=content)
    with calls.because_of_a_stranger(str(call)):
        return calls.ask(access, call, reading.is_verified)


def _about(asked_for: str, found: Found, call: OnlineCall) -> Found:
    """What was found, if it is what was asked for."""
    if found.external_id != asked_for:
        raise _not_understood(call)
    return found


def _not_understood(call: OnlineCall) -> ServiceFailed:
    return ServiceFailed("not_understood", permanent=False, status=200, call=str(call))


def _time(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _money(amount_cents: int) -> dict[str, str]:
    assert amount_cents > 0
    return {"currency_code": "EUR", "value": f"{amount_cents // 100}.{amount_cents % 100:02}"}


def _key(key: str) -> str:
    assert 0 < len(key) <= _LONGEST_KEY
    assert key.isascii()
    assert key.isprintable()
    return key
