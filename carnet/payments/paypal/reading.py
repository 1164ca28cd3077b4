"""What PayPal's JSON says, as our own values. Pure; whatever is missing or odd raises an error of Python's, of which
`calls` makes «not understood»: nothing about money is guessed.
"""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from carnet.payments.rules.online import (
    AccountFound,
    CaptureFound,
    CaptureState,
    CheckoutFound,
    CheckoutState,
    RefundFound,
    RefundState,
)

Json = Mapping[str, Any]

_ID = re.compile(r"[A-Za-z0-9-]{1,50}")
_WORD = re.compile(r"[A-Z0-9_]{1,60}")
_VALUE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")

_CHECKOUTS: dict[str, CheckoutState] = {
    "CREATED": "waiting",
    "SAVED": "waiting",
    "PAYER_ACTION_REQUIRED": "waiting",
    "APPROVED": "approved",
    "COMPLETED": "captured",
    "VOIDED": "gone",
}
_CAPTURES: dict[str, CaptureState] = {
    "COMPLETED": "completed",
    "PENDING": "pending",
    "DECLINED": "refused",
    "FAILED": "refused",
    "REFUNDED": "refunded",
    "PARTIALLY_REFUNDED": "partly_refunded",
}
_REFUNDS: dict[str, RefundState] = {
    "COMPLETED": "completed",
    "PENDING": "pending",
    "FAILED": "failed",
    "CANCELLED": "failed",
}


def cents(money: Json, currency: str | None = None) -> int:
    """An amount to the cent. Refuses a third decimal, and another currency than the one that is expected."""
    if not _VALUE.fullmatch(money["value"]) or (currency is not None and money["currency_code"] != currency):
        raise ValueError("amount")
    return int(Decimal(money["value"]).scaleb(2))


def currency(money: Json) -> str:
    code = money["currency_code"]
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("currency")
    return code


def moment(text: str) -> datetime.datetime:
    """A moment in UTC. PayPal tells it with Z or an offset; a leap second can't be told by Python and becomes odd."""
    found = datetime.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("moment")
    return found.astimezone(datetime.UTC)


def external_id(text: Any) -> str:
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise ValueError("id")
    return text


def word(text: Any) -> str:
    if not isinstance(text, str) or not _WORD.fullmatch(text):
        raise ValueError("word")
    return text


def checkout(found: Json) -> CheckoutFound:
    """An order of PayPal's, with one purchase unit, as we make them."""
    (unit,) = found["purchase_units"]
    payee = external_id(unit["payee"]["merchant_id"])
    reference = unit.get("custom_id", "")
    checkout_id = external_id(found["id"])
    return CheckoutFound(
        external_id=checkout_id,
        state=_CHECKOUTS[found["status"]],
        amount_cents=cents(unit["amount"]),
        currency=currency(unit["amount"]),
        payee=payee,
        reference=_text(reference),
        approve_url=_approve_url(found.get("links", ())),
        captures=tuple(
            _capture(one, checkout_id=checkout_id, payee=payee, reference=_text(reference))
            for one in unit.get("payments", {}).get("captures", ())
        ),
    )


def begun_checkout(found: Json) -> CheckoutFound:
    """One that was just begun: it says where its payer goes."""
    begun = checkout(found)
    if begun.state == "waiting" and not begun.approve_url:
        raise ValueError("no address for the payer")
    return begun


def capture(found: Json) -> CaptureFound:
    related = found.get("supplementary_data", {}).get("related_ids", {})
    return _capture(
        found,
        checkout_id=external_id(related["order_id"]) if "order_id" in related else "",
        payee=external_id(found["payee"]["merchant_id"]) if "payee" in found else "",
        reference="",
    )


def _capture(found: Json, *, checkout_id: str, payee: str, reference: str) -> CaptureFound:
    amount = currency(found["amount"])
    fee_cents, net_cents = _kept(found.get("seller_receivable_breakdown", {}), amount)
    return CaptureFound(
        external_id=external_id(found["id"]),
        state=_CAPTURES[found["status"]],
        amount_cents=cents(found["amount"]),
        currency=amount,
        at=moment(found["create_time"]),
        fee_cents=fee_cents,
        net_cents=net_cents,
        why=word(found["status_details"]["reason"]) if found.get("status_details") else "",
        reference=_text(found.get("custom_id", reference)),
        checkout_id=checkout_id,
        payee=payee,
    )


def _kept(breakdown: Json, currency: str) -> tuple[int | None, int | None]:
    """PayPal's fee and what is left; nothing as long as a payment is pending. Without a fee only the net is told."""
    if "net_amount" not in breakdown:
        return None, None
    net_cents = cents(breakdown["net_amount"], currency)
    fee_cents = cents(breakdown["paypal_fee"], currency) if "paypal_fee" in breakdown else 0
    if fee_cents + net_cents != cents(breakdown["gross_amount"], currency):
        raise ValueError("fee and net amount are not the gross amount")
    return fee_cents, net_cents


def refund(found: Json) -> RefundFound:
    """Money sent back. By `net_cents` the account fell: the amount, less what PayPal gave back of its fee."""
    code = currency(found["amount"])
    breakdown = found.get("seller_payable_breakdown", {})
    return RefundFound(
        external_id=external_id(found["id"]),
        state=_REFUNDS[found["status"]],
        capture_id=id_above(found["links"]),
        amount_cents=cents(found["amount"], code),
        currency=code,
        at=moment(found["create_time"]),
        fee_cents=cents(breakdown["paypal_fee"], code) if "paypal_fee" in breakdown else 0,
        net_cents=cents(breakdown["net_amount"], code) if "net_amount" in breakdown else None,
    )


def id_above(links: Any) -> str:
    """The id at the end of the link to what a thing belongs to: a refund's capture."""
    (href,) = [one["href"] for one in links if one["rel"] == "up"]
    return external_id(urlsplit(href).path.rpartition("/")[2])


def next_page(found: Json) -> str:
    """The token of the next page of a list, from its link; empty on the last one."""
    for one in found.get("links", ()):
        if one["rel"] == "next":
            (token,) = parse_qs(urlsplit(one["href"]).query)["next_page_token"]
            return token
    return ""


def _approve_url(links: Any) -> str:
    """Where the payer goes: `payer-action`, or `approve` as it was called before. Only while he can."""
    for one in links:
        if one["rel"] in ("payer-action", "approve"):
            href = one["href"]
            if urlsplit(href).scheme not in ("https", "http") or len(href) > 500:
                raise ValueError("address")
            return href
    return ""


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("text")
    return value


def account(found: Json) -> AccountFound:
    return AccountFound(external_id(found["account_id"]))
