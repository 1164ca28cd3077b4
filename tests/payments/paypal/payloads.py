"""Answers as PayPal gives them, in the shapes of its contract; with some names that it gives beyond that."""

from typing import Any

PAYEE = "QNJ7FB7TQ3XBA"
ORDER = "5O190127TN364715T"
CAPTURE = "3C679366HH908993F"
API = "https://api-m.sandbox.paypal.com"


def money(value: str, currency: str = "EUR") -> dict[str, str]:
    return {"currency_code": currency, "value": value}


def link(rel: str, path: str, method: str = "GET") -> dict[str, str]:
    return {"href": path if path.startswith("https:") else f"{API}{path}", "rel": rel, "method": method}


def order(status: str = "PAYER_ACTION_REQUIRED", *, captures: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    unit: dict[str, Any] = {
        "reference_id": "default",
        "amount": {**money("120.00"), "breakdown": {}},
        "payee": {"email_address": "seller@example.com", "merchant_id": PAYEE},
        "description": "Carnet de 10 questions",
        "custom_id": "RF18CARNET000123",
        "invoice_id": "RF18CARNET000123-1",
    }
    if captures:
        unit["payments"] = {"captures": list(captures)}
    return {
        "id": ORDER,
        "intent": "CAPTURE",
        "status": status,
        "payment_source": {"paypal": {}},
        "purchase_units": [unit],
        "create_time": "2026-11-29T10:00:00Z",
        "links": [
            link("self", f"/v2/checkout/orders/{ORDER}"),
            link("payer-action", f"https://www.sandbox.paypal.com/checkoutnow?token={ORDER}"),
        ],
    }


def capture(status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {
        "id": CAPTURE,
        "status": status,
        "amount": money("120.00"),
        "final_capture": True,
        "seller_protection": {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED"]},
        "seller_receivable_breakdown": {
            "gross_amount": money("120.00"),
            "paypal_fee": money("3.83"),
            "net_amount": money("116.17"),
        },
        "invoice_id": "RF18CARNET000123-1",
        "custom_id": "RF18CARNET000123",
        "links": [
            link("self", f"/v2/payments/captures/{CAPTURE}"),
            link("refund", f"/v2/payments/captures/{CAPTURE}/refund", "POST"),
            link("up", f"/v2/checkout/orders/{ORDER}"),
        ],
        "create_time": "2026-11-29T11:00:00+01:00",
        "update_time": "2026-11-29T10:00:00Z",
        **more,
    }


def shown_capture(status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    """As it is shown by itself."""
    return capture(
        status,
        payee={"email_address": "seller@example.com", "merchant_id": PAYEE},
        supplementary_data={"related_ids": {"order_id": ORDER}},
        **more,
    )


PENDING = {
    "status_details": {"reason": "PENDING_REVIEW"},
    "seller_receivable_breakdown": {"gross_amount": money("120.00")},
}


def error(name: str, *issues: str, debug_id: str = "90957fca61718") -> dict[str, Any]:
    details = [{"issue": issue, "description": "Words of PayPal."} for issue in issues]
    return {"name": name, "message": "Words of PayPal.", "debug_id": debug_id, "details": details, "links": []}


def refund(status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {
        "id": "1JU08902781691411",
        "status": status,
        "amount": money("12.00"),
        "note_to_payer": "Commande annulée",
        "seller_payable_breakdown": {
            "gross_amount": money("12.00"),
            "paypal_fee": money("0.00"),
            "net_amount": money("12.00"),
            "total_refunded_amount": money("12.00"),
        },
        "create_time": "2026-11-30T03:00:00-07:00",
        "update_time": "2026-11-30T03:00:00-07:00",
        "links": [
            link("self", "/v2/payments/refunds/1JU08902781691411"),
            link("up", f"/v2/payments/captures/{CAPTURE}"),
        ],
        **more,
    }


def dispute(dispute_id: str = "PP-D-27803", status: str = "UNDER_REVIEW", **more: Any) -> dict[str, Any]:
    return {
        "dispute_id": dispute_id,
        "create_time": "2026-12-01T04:34:54.000Z",
        "update_time": "2026-12-02T04:41:41.000Z",
        "disputed_transactions": [
            {
                "buyer_transaction_id": "2YL58365G97060831",
                "seller_transaction_id": CAPTURE,
                "create_time": "2026-11-29T10:00:00.000Z",
                "transaction_status": "COMPLETED",
                "gross_amount": money("120.00"),
                "buyer": {"name": "Camille Payer"},
                "seller": {"merchant_id": PAYEE, "name": "Le Carnet"},
            }
        ],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "status": status,
        "dispute_amount": money("120.00"),
        "dispute_life_cycle_stage": "CHARGEBACK",
        "dispute_channel": "INTERNAL",
        "links": [link("self", f"/v1/customer/disputes/{dispute_id}")],
        **more,
    }


def listed_dispute(dispute_id: str) -> dict[str, Any]:
    return {"dispute_id": dispute_id, "create_time": "2026-12-01T04:34:54.000Z", "status": "UNDER_REVIEW"}


def line(code: str = "T0006", value: str = "120.00", **more: Any) -> dict[str, Any]:
    """Of the list of transactions, whose moments have offsets without a colon, whatever the contract says."""
    return {
        "transaction_info": {
            "transaction_id": CAPTURE,
            "transaction_event_code": code,
            "transaction_initiation_date": "2026-11-29T10:00:00+0000",
            "transaction_updated_date": "2026-11-29T10:00:00+0000",
            "transaction_amount": money(value),
            "fee_amount": money("-3.83"),
            "transaction_status": "S",
            "invoice_id": "RF18CARNET000123-1",
            "custom_field": "RF18CARNET000123",
            **more,
        }
    }


def page(*lines: dict[str, Any], number: int = 1, pages: int = 1) -> dict[str, Any]:
    return {
        "transaction_details": list(lines),
        "account_number": PAYEE,
        "page": number,
        "total_items": len(lines),
        "total_pages": pages,
    }


def notice(event: str, resource: dict[str, Any], resource_type: str = "capture") -> dict[str, Any]:
    return {
        "id": "WH-58D329510W468432D-8HN650336L201105X",
        "create_time": "2026-11-29T10:00:01.000Z",
        "resource_type": resource_type,
        "event_type": event,
        "summary": "Words of PayPal.",
        "resource": resource,
        "links": [link("self", "/v1/notifications/webhooks-events/WH-58D329510W468432D-8HN650336L201105X")],
        "event_version": "1.0",
        "resource_version": "2.0",
    }
