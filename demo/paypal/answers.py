"""The account's things as PayPal's API shows them."""

import datetime
from typing import Any

from demo.paypal.account import (
    MERCHANT_ID,
    PAYER_ID,
    PaypalAccount,
    PaypalCapture,
    PaypalDispute,
    PaypalEvent,
    PaypalOrder,
    PaypalRefund,
    PaypalWebhook,
    money_value,
)
from demo.paypal.transactions import ListedTransaction, transactions

Json = dict[str, Any]
TO_ANSWER = datetime.timedelta(days=10)  # a dispute
PAYER = {"name": {"given_name": "Camille", "surname": "Payer"}, "email_address": "payer@example.org"}


def moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(cents: int, currency: str) -> Json:
    return {"currency_code": currency, "value": money_value(cents)}


class Answers:
    """Knows the stand-in's own address, which stands in every link."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def link(self, path: str, rel: str, method: str = "GET") -> Json:
        return {"href": f"{self.base_url}{path}", "rel": rel, "method": method}

    def tell(self, account: PaypalAccount, thing: Any) -> Json:
        """As it stands in a notice."""
        match thing:
            case PaypalOrder():
                return self.order(account, thing)
            case PaypalCapture():
                return self.capture(account, thing)
            case PaypalRefund():
                return self.refund(account, thing)
        return self.dispute(account, thing)

    # Orders

    def order_links(self, order: PaypalOrder) -> list[Json]:
        path = f"/v2/checkout/orders/{order.id}"
        links = [self.link(path, "self")]
        if order.waits_for_payer:
            rel = "approve" if order.status == "CREATED" else "payer-action"
            links.append(self.link(f"/checkoutnow?token={order.id}", rel))
        if order.status in {"CREATED", "APPROVED"}:
            links.append(self.link(f"{path}/capture", "capture", "POST"))
        return links

    def minimal_order(self, order: PaypalOrder) -> Json:
        told: Json = {"id": order.id, "status": order.status, "links": self.order_links(order)}
        if "payment_source" in order.asked:
            told["payment_source"] = {"paypal": {}}
        return told

    def order(self, account: PaypalAccount, order: PaypalOrder) -> Json:
        unit: Json = {key: order.unit[key] for key in ("description", "custom_id", "invoice_id") if key in order.unit}
        unit["reference_id"] = order.unit.get("reference_id", "default")
        unit["amount"] = money(order.cents, order.currency)
        unit["payee"] = {"email_address": "paypal@example.org", "merchant_id": MERCHANT_ID}
        if order.capture_id:
            unit["payments"] = self.payments(account, account.captures[order.capture_id])
        told = {
            **self.minimal_order(order),
            "intent": "CAPTURE",
            "purchase_units": [unit],
            "create_time": moment(order.created_at),
            "update_time": moment(order.updated_at),
        }
        if not order.waits_for_payer:
            told["payer"] = {**PAYER, "payer_id": PAYER_ID}
            told["payment_source"] = {"paypal": {**PAYER, "account_id": PAYER_ID, "account_status": "VERIFIED"}}
        return told

    def payments(self, account: PaypalAccount, capture: PaypalCapture) -> Json:
        told: Json = {"captures": [self.capture_in_order(capture)]}
        refunds = [self.refund(account, refund) for refund in account.refunds_of(capture.id)]
        if refunds:
            told["refunds"] = refunds
        return told

    def captured(self, account: PaypalAccount, order: PaypalOrder, *, is_minimal: bool) -> Json:
        """A capture is answered by the order with its payments; the minimal form leaves out what was known before."""
        told = self.order(account, order)
        if is_minimal:
            unit = told["purchase_units"][0]
            told["purchase_units"] = [{key: unit[key] for key in ("reference_id", "payments")}]
            del told["intent"], told["create_time"], told["update_time"]
        return told

    # Captures and refunds

    def capture(self, account: PaypalAccount, capture: PaypalCapture) -> Json:
        """Asked for by itself it names its order and its payee."""
        told = self.capture_in_order(capture)
        told["supplementary_data"] = {"related_ids": {"order_id": capture.order_id}}
        told["payee"] = {"email_address": "paypal@example.org", "merchant_id": MERCHANT_ID}
        return told

    def capture_in_order(self, capture: PaypalCapture) -> Json:
        told: Json = {
            "id": capture.id,
            "status": capture.status,
            "amount": money(capture.cents, capture.currency),
            "final_capture": True,
            "disbursement_mode": "INSTANT",
            "seller_protection": {"status": "NOT_ELIGIBLE"},
            "create_time": moment(capture.created_at),
            "update_time": moment(capture.updated_at),
            "links": [
                self.link(f"/v2/payments/captures/{capture.id}", "self"),
                self.link(f"/v2/payments/captures/{capture.id}/refund", "refund", "POST"),
                self.link(f"/v2/checkout/orders/{capture.order_id}", "up"),
            ],
        }
        told |= {key: value for key in ("invoice_id", "custom_id") if (value := getattr(capture, key))}
        if capture.reason:
            told["status_details"] = {"reason": capture.reason}
        if capture.has_money:
            told["seller_receivable_breakdown"] = {
                "gross_amount": money(capture.cents, capture.currency),
                "paypal_fee": money(capture.fee_cents, capture.currency),
                "net_amount": money(capture.cents - capture.fee_cents, capture.currency),
            }
        return told

    def minimal_refund(self, refund: PaypalRefund) -> Json:
        links = [
            self.link(f"/v2/payments/refunds/{refund.id}", "self"),
            self.link(f"/v2/payments/captures/{refund.capture_id}", "up"),
        ]
        return {"id": refund.id, "status": refund.status, "links": links}

    def refund(self, account: PaypalAccount, refund: PaypalRefund) -> Json:
        capture = account.captures[refund.capture_id]
        total = sum(one.cents for one in account.refunds_of(capture.id) if one.created_at <= refund.created_at)
        told: Json = {
            **self.minimal_refund(refund),
            "amount": money(refund.cents, capture.currency),
            "seller_payable_breakdown": {
                "gross_amount": money(refund.cents, capture.currency),
                "paypal_fee": money(refund.fee_cents, capture.currency),
                "net_amount": money(refund.cents - refund.fee_cents, capture.currency),
                "total_refunded_amount": money(total, capture.currency),
            },
            "create_time": moment(refund.created_at),
            "update_time": moment(refund.created_at),
        }
        if refund.note:
            told["note_to_payer"] = refund.note
        if refund.invoice_id:
            told["invoice_id"] = refund.invoice_id
        if capture.custom_id:
            told["custom_id"] = capture.custom_id
        return told

    # Disputes

    def listed_dispute(self, account: PaypalAccount, dispute: PaypalDispute) -> Json:
        capture = account.captures[dispute.capture_id]
        told: Json = {} if dispute.is_resolved else {"seller_response_due_date": moment(dispute.created_at + TO_ANSWER)}
        return told | {
            "dispute_id": dispute.id,
            "create_time": moment(dispute.created_at),
            "update_time": moment(dispute.updated_at),
            "reason": dispute.reason,
            "status": "RESOLVED" if dispute.is_resolved else "WAITING_FOR_SELLER_RESPONSE",
            "dispute_amount": money(dispute.cents, capture.currency),
            "dispute_life_cycle_stage": "CHARGEBACK",
            "dispute_channel": "INTERNAL",
            "links": [self.link(f"/v1/customer/disputes/{dispute.id}", "self")],
        }

    def dispute(self, account: PaypalAccount, dispute: PaypalDispute) -> Json:
        capture = account.captures[dispute.capture_id]
        transaction: Json = {
            "seller_transaction_id": capture.id,
            "create_time": moment(capture.created_at),
            "transaction_status": capture.status,
            "gross_amount": money(capture.cents, capture.currency),
            "buyer": {"name": "Camille Payer"},
            "seller": {"merchant_id": MERCHANT_ID},
        }
        if capture.custom_id:
            transaction["custom"] = capture.custom_id
        told = {**self.listed_dispute(account, dispute), "disputed_transactions": [transaction]}
        if dispute.is_resolved:
            told["dispute_outcome"] = {"outcome_code": dispute.outcome}
            if dispute.outcome == "RESOLVED_BUYER_FAVOUR":
                told["dispute_outcome"]["amount_refunded"] = money(dispute.cents, capture.currency)
        return told

    def disputes(self, account: PaypalAccount, found: list[PaypalDispute], next_query: str) -> Json:
        """An empty list is left out: the contract wants at least one entry."""
        told: Json = {"links": [self.link("/v1/customer/disputes", "self")]}
        if found:
            told["items"] = [
                {
                    **self.listed_dispute(account, dispute),
                    "dispute_state": "RESOLVED" if dispute.is_resolved else "REQUIRED_ACTION",
                }
                for dispute in found
            ]
        if next_query:
            told["links"].append(self.link(f"/v1/customer/disputes?{next_query}", "next"))
        return told

    # Webhooks and their events

    def webhook(self, webhook: PaypalWebhook) -> Json:
        path = f"/v1/notifications/webhooks/{webhook.id}"
        types = [{"name": name} for name in webhook.event_types]
        return {"id": webhook.id, "url": webhook.url, "event_types": types, "links": [self.link(path, "self")]}

    def event(self, event: PaypalEvent) -> Json:
        return {
            "id": event.id,
            "event_version": "1.0",
            "create_time": moment(event.created_at),
            "resource_type": event.resource_type,
            "resource_version": "2.0",
            "event_type": event.type,
            "summary": event.summary,
            "resource": event.resource,
            "links": [self.link(f"/v1/notifications/webhooks-events/{event.id}", "self")],
        }

    # Reporting

    def transaction(self, line: ListedTransaction) -> Json:
        told: Json = {
            "paypal_account_id": PAYER_ID,
            "transaction_id": line.id,
            "transaction_event_code": line.code,
            "transaction_initiation_date": moment(line.at),
            "transaction_updated_date": moment(line.at),
            "transaction_amount": money(line.cents, line.currency),
            "transaction_status": line.status,
            "protection_eligibility": "02",
        }
        if line.fee_cents:
            told["fee_amount"] = money(line.fee_cents, line.currency)
        if line.related_id:
            told |= {"paypal_reference_id": line.related_id, "paypal_reference_id_type": "TXN"}
        if line.capture.invoice_id:
            told["invoice_id"] = line.capture.invoice_id
        if line.capture.custom_id:
            told["custom_field"] = line.capture.custom_id
        return {"transaction_info": told}

    def balances(self, account: PaypalAccount, at: datetime.datetime) -> Json:
        total = balance_cents(account)
        detail = {"currency": "EUR", "primary": True}
        for name in ("total_balance", "available_balance"):
            detail[name] = money(total, "EUR")
        detail["withheld_balance"] = money(0, "EUR")
        return {
            "balances": [detail],
            "account_id": MERCHANT_ID,
            "as_of_time": moment(at),
            "last_refresh_time": moment(at),
        }


def balance_cents(account: PaypalAccount) -> int:
    return sum(line.cents + line.fee_cents for line in transactions(account) if line.status == "S")
