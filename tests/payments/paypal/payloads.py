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
