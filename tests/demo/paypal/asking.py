"""Calls of PayPal's API as another client than Carnet's would make them."""

import json
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.paypal import CLIENT_ID, PaypalBeside

RETURN, CANCEL = "http://testserver/en/back/", "http://testserver/en/given-up/"


def wanted(value: str = "49.90", *, locale: str = "fr-FR", **unit: Any) -> dict[str, Any]:
    """The body of an order, as it is sent today."""
    amount = {"currency_code": "EUR", "value": value}
    context = {"return_url": RETURN, "cancel_url": CANCEL, "locale": locale, "user_action": "PAY_NOW"}
    return {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": amount, "custom_id": "2027-0012", **unit}],
        "payment_source": {"paypal": {"experience_context": {**context, "brand_name": "Coup de main"}}},
    }


@dataclass
class PaypalAsked:
    """`with_token`: signed in already."""

    beside: PaypalBeside
    with_token: bool = True
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.with_token:
            self.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def token(self, client_id: str = CLIENT_ID, secret: str | None = None) -> requests.Response:
        pair = (client_id, self.beside.stand_in.api.secret if secret is None else secret)
        return requests.post(
            f"{self.beside.url}/v1/oauth2/token", {"grant_type": "client_credentials"}, auth=pair, timeout=5
        )

    def get(self, path: str, **query: Any) -> requests.Response:
        return requests.get(self.beside.url + path, query, headers=self.headers, timeout=60)

    def post(self, path: str, body: Any = None, *, key: str = "", minimal: bool = False) -> requests.Response:
        headers = {**self.headers, "Content-Type": "application/json"}
        if key:
            headers["PayPal-Request-Id"] = key
        if not minimal:
            headers["Prefer"] = "return=representation"
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return requests.post(self.beside.url + path, data, headers=headers, timeout=60)

    def order(self, value: str = "49.90", key: str = "order-1", **unit: Any) -> str:
        return self.post("/v2/checkout/orders", wanted(value, **unit), key=key).json()["id"]

    def captured(self, value: str = "49.90", key: str = "order-1", **unit: Any) -> str:
        """An order that was approved and captured; gives the capture's id."""
        order_id = self.order(value, key, **unit)
        self.beside.approve(order_id)
        told = self.post(f"/v2/checkout/orders/{order_id}/capture", key=f"capture of {key}").json()
        return told["purchase_units"][0]["payments"]["captures"][0]["id"]


def rels(told: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in told["links"]}


def issue(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["details"][0]["issue"]
