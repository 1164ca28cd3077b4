"""What PayPal's JSON says, as our own values. Pure; whatever is missing or odd raises an error of Python's, of which
`calls` makes «not understood»: nothing about money is guessed.
"""

import datetime
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from carnet.payments.rules.online import (
    About,
    AccountFound,
    CaptureFound,
    CaptureState,
    CheckoutFound,
    CheckoutState,
    DisputeFound,
    DisputeState,
    NotANotice,
    NoticeFound,
    RefundFound,
    RefundState,
    TransactionFound,
    TransactionKind,
)

Json = Mapping[str, Any]

_ID = re.compile(r"[A-Za-z0-9-]{1,50}")
_WORD = re.compile(r"[A-Z0-9_]{1,60}")
_EVENT = re.compile(r"[A-Z0-9._-]{1,80}")
_EVENT_ID = re.compile(r"[A-Za-z0-9-]{1,80}")
_OWN_PAGE = re.compile(r"https://([a-z0-9-]+\.)+paypal\.com/[\x21-\x7e]*")
_VALUE = re.compile(r"-?([0-9]{1,12}(\.[0-9]{1,2})?|\.[0-9]{1,2})")

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
# What PayPal's word for the end of a dispute means for our money, see `dispute`.
_OUTCOMES: dict[str, DisputeState] = {
    "RESOLVED_BUYER_FAVOUR": "lost",
    "ACCEPTED": "lost",
    "RESOLVED_SELLER_FAVOUR": "won",
    "CANCELED_BY_BUYER": "won",
    "DENIED": "won",
    "NONE": "won",
}
# By which codes PayPal's list of transactions tells that money was taken back, see `transaction`.
_REVERSAL_CODES = {"T1100", "T1106", "T1116", "T1201", "T1202", "T1207", "T1208"}

# Of what PayPal is to send notices.
EVENTS = (
    "CHECKOUT.ORDER.APPROVED",
    "CHECKOUT.ORDER.COMPLETED",
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.DECLINED",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "PAYMENT.REFUND.FAILED",
    "PAYMENT.REFUND.PENDING",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED",
    "CUSTOMER.DISPUTE.RESOLVED",
)


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


def is_own_page(url: str) -> bool:
    """Whether the address is one of PayPal's site, to which a payer may be sent; as text, so that nothing deceives."""
    return _OWN_PAGE.fullmatch(url) is not None


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
        number=_text(found.get("invoice_id", "")),
    )


def id_above(links: Any) -> str:
    """The id at the end of the link to what a thing belongs to: a refund's capture."""
    (href,) = [one["href"] for one in links if one["rel"] == "up"]
    return external_id(urlsplit(href).path.rpartition("/")[2])


def dispute(found: Json) -> DisputeFound:
    """A dispute, as it stands. It is over when its status is RESOLVED and PayPal says how; until then it is open.

    Lost: RESOLVED_BUYER_FAVOUR, and ACCEPTED (PayPal accepted the payer's claim). Won, as the money stays with us:
    RESOLVED_SELLER_FAVOUR, CANCELED_BY_BUYER, DENIED (PayPal refused the claim), and NONE (closed without a decision,
    since another dispute about the same payment takes its place, which is read by itself). RESOLVED_WITH_PAYOUT, where
    PayPal pays one of both from its own pocket, is won unless its movements of money took something from us. A word
    that we don't know leaves the dispute open: nothing is thawed, and nothing is taken back, by a guess.
    """
    refunded = found.get("dispute_outcome", {}).get("amount_refunded")
    code, state = currency(found["dispute_amount"]), _dispute_state(found)
    return DisputeFound(
        external_id=external_id(found["dispute_id"]),
        state=state,
        capture_ids=tuple(
            external_id(one["seller_transaction_id"])
            for one in found["disputed_transactions"]
            if "seller_transaction_id" in one
        ),
        amount_cents=cents(found["dispute_amount"]),
        currency=code,
        reason=word(found["reason"]),
        opened_at=moment(found["create_time"]),
        changed_at=moment(found["update_time"]),
        answer_by=moment(found["seller_response_due_date"]) if "seller_response_due_date" in found else None,
        lost_cents=cents(refunded, code) if refunded and state == "lost" else None,
    )


def _dispute_state(found: Json) -> DisputeState:
    outcome = found.get("dispute_outcome", {}).get("outcome_code")
    if found["status"] != "RESOLVED":
        return "open"
    if outcome == "RESOLVED_WITH_PAYOUT":
        moved = sum(_seller_cents(one) for one in found.get("money_movements", ()))
        return "lost" if moved < 0 else "won"
    return _OUTCOMES.get(outcome, "open")


def _seller_cents(movement: Json) -> int:
    if movement["affected_party"] != "SELLER":
        return 0
    return cents(movement["amount"]) * {"CREDIT": 1, "DEBIT": -1}[movement["type"]]


def dispute_ids(found: Json) -> tuple[list[str], str]:
    """A page of the list of disputes, which tells too little of each, and the token of the next page."""
    return [external_id(one["dispute_id"]) for one in found.get("items", ())], next_page(found)


def transactions(found: Json) -> tuple[list[TransactionFound], int]:
    """A page of the account's list, and the number of pages. Lines of no concern to us that can't be read are left out:
    the account may do other business.
    """
    lines = []
    for one in found.get("transaction_details", ()):
        try:
            lines.append(transaction(one["transaction_info"]))
        except (ValueError, KeyError, TypeError):
            if _transaction_kind(one["transaction_info"]) != "other":
                raise
    return lines, int(found["total_pages"])


def transaction(found: Json) -> TransactionFound:
    """A line of the account's list. Amount and fee are signed: a fee that PayPal kept is negative.

    A capture is money that came in as a payment (T00nn), a refund money that we sent back (T1107); the same codes the
    other way round are business of the account that is none of ours. A reversal is money that the payer's bank or
    PayPal took back, or gave back again later: T1100, T1106, T1116, and the chargebacks T1201, T1202, T1207, T1208. A
    hold for a dispute (T1110) and its end (T1111) are none: the money is still ours, and what comes of the dispute has
    a line of its own.
    """
    code = currency(found["transaction_amount"])
    related = found.get("paypal_reference_id", "") if found.get("paypal_reference_id_type") == "TXN" else ""
    return TransactionFound(
        external_id=external_id(found["transaction_id"]),
        kind=_transaction_kind(found),
        amount_cents=cents(found["transaction_amount"]),
        fee_cents=cents(found["fee_amount"], code) if "fee_amount" in found else 0,
        currency=code,
        at=moment(found["transaction_initiation_date"]),
        is_final=found.get("transaction_status") in ("S", "V"),
        reference=_text(found.get("custom_field", "")),
        related_id=external_id(related) if related else "",
    )


def _transaction_kind(found: Json) -> TransactionKind:
    code = found["transaction_event_code"]
    is_sent = found["transaction_amount"]["value"].startswith("-")
    if code in _REVERSAL_CODES:
        return "reversal"
    if is_sent:
        return "refund" if code == "T1107" else "other"
    return "capture" if code.startswith("T00") else "other"


def webhooks(found: Json) -> list[tuple[str, str, set[str]]]:
    """Where PayPal sends notices: id, address and events of each."""
    return [
        (external_id(one["id"]), one["url"], {event["name"] for event in one["event_types"]})
        for one in found.get("webhooks", ())
    ]


def webhook_id(found: Json) -> str:
    return external_id(found["id"])


def is_verified(found: Json) -> bool:
    return {"SUCCESS": True, "FAILURE": False}[found["verification_status"]]


def json_object(body: bytes) -> dict[str, Any]:
    """What a notice holds: one object of strict JSON in UTF-8, as PayPal sends it."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    found = json.loads(body.decode(), parse_constant=refuse)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def notice(body: bytes) -> NoticeFound:
    """What a notice is about. Of a refund or a reversal PayPal sends the refund, with a link to its capture; of a
    checkout whose approval ended, its id in a place of its own. An event that we did not ask for is about nothing.
    """
    try:
        found = json_object(body)
        event, event_id = found["event_type"], found["id"]
        if not _EVENT.fullmatch(event) or not _EVENT_ID.fullmatch(event_id):
            raise ValueError("event")
        about, found_id, capture_id = _subject(event, found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotANotice("no notice of PayPal") from None
    return NoticeFound(event_id, event, about, found_id, capture_id)


def _subject(event: str, found: Json) -> tuple[About, str, str]:
    resource = found.get("resource", {})
    if event.startswith("CHECKOUT.ORDER."):
        return "checkout", external_id(resource["id"]), ""
    if event.startswith("CHECKOUT.PAYMENT-APPROVAL."):
        return "checkout", external_id(resource["order_id"]), ""
    if event.startswith(("PAYMENT.CAPTURE.", "PAYMENT.REFUND.")):
        captures = [
            one["href"] for one in resource.get("links", ()) if one["rel"] == "up" and "/captures/" in one["href"]
        ]
        capture_id = external_id(urlsplit(captures[0]).path.rpartition("/")[2]) if captures else ""
        is_refund = captures or found.get("resource_type") == "refund"
        return "refund" if is_refund else "capture", external_id(resource["id"]), capture_id
    if event.startswith("CUSTOMER.DISPUTE."):
        about = [one.get("seller_transaction_id") for one in resource.get("disputed_transactions", ())]
        return "dispute", external_id(resource["dispute_id"]), external_id(about[0]) if about and about[0] else ""
    return "nothing", "", ""


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
