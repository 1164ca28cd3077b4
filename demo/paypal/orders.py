"""An order: made by Carnet, approved by its payer, captured by Carnet."""

import datetime
from typing import Any

from demo.paypal.account import PaypalAccount, PaypalCapture, PaypalOrder, event, new_id
from demo.paypal.captures import tell_of_capture
from demo.paypal.refusals import DESCRIPTIONS, ApiRefusal, refuse

# For how long the answer to a PayPal-Request-Id is kept, of its capture, too.
KEY_LIVES = datetime.timedelta(hours=6)


def create_order(account: PaypalAccount, asked: dict[str, Any], at: datetime.datetime) -> PaypalOrder:
    has_source = "payment_source" in asked
    unit = asked["purchase_units"][0]
    invoice_id = unit.get("invoice_id", "")
    if invoice_id and any(capture.invoice_id == invoice_id for capture in account.captures.values()):
        refuse(422, "DUPLICATE_INVOICE_ID")
    order = PaypalOrder(new_id(), asked, at, at, "PAYER_ACTION_REQUIRED" if has_source else "CREATED")
    if not order.cents:
        refuse(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
    account.orders[order.id] = order
    return order


def order_of(account: PaypalAccount, order_id: str, at: datetime.datetime) -> PaypalOrder:
    order = account.orders.get(order_id)
    if order is None or order.is_gone(at):
        refuse(404, "INVALID_RESOURCE_ID")
    return order


def approve_order(account: PaypalAccount, order_id: str, at: datetime.datetime, outcome: str = "") -> PaypalOrder:
    """What the payer does in the browser; again changes nothing."""
    order = order_of(account, order_id, at)
    if order.waits_for_payer:
        order.status, order.outcome, order.updated_at = "APPROVED", outcome, at
        event(account, "CHECKOUT.ORDER.APPROVED", order, "An order has been approved by buyer", at)
    return order


def capture_order(account: PaypalAccount, order_id: str, at: datetime.datetime) -> PaypalOrder:
    order = order_of(account, order_id, at)
    if order.status == "COMPLETED":
        refuse(422, "ORDER_ALREADY_CAPTURED")
    if order.status != "APPROVED":
        refuse(422, "ORDER_NOT_APPROVED")
    invoice_id = order.unit.get("invoice_id", "")
    if invoice_id and any(capture.invoice_id == invoice_id for capture in account.captures.values()):
        refuse(422, "DUPLICATE_INVOICE_ID")
    outcome = order.outcome or (account.next_outcomes.pop(0) if account.next_outcomes else "completed")
    order.updated_at = at
    if outcome == "declined":
        # The payer may go back and choose another means.
        order.status, order.outcome = "PAYER_ACTION_REQUIRED", ""
        raise ApiRefusal(
            422, "INSTRUMENT_DECLINED", DESCRIPTIONS["INSTRUMENT_DECLINED"], links=[("/checkoutnow", order.id)]
        )
    capture = PaypalCapture(
        new_id(),
        order.id,
        order.cents,
        order.currency,
        "PENDING" if outcome == "pending" else "COMPLETED",
        at,
        at,
        reason="PENDING_REVIEW" if outcome == "pending" else "",
        invoice_id=invoice_id,
        custom_id=order.unit.get("custom_id", ""),
    )
    account.captures[capture.id] = capture
    order.status, order.capture_id = "COMPLETED", capture.id
    tell_of_capture(account, capture, at)
    return order
