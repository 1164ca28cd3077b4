"""PayPal's REST API, as far as Carnet uses it: requests in, answers out. It knows no socket."""

import base64
import binascii
import datetime
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from demo.paypal import captures, disputes, orders
from demo.paypal.account import MERCHANT_ID, KeptAnswer, PaypalAccount, cents_from
from demo.paypal.answers import Answers, Json, moment
from demo.paypal.refusals import ApiRefusal, refuse
from demo.paypal.signing import ALGORITHM, Signer, signed_text
from demo.paypal.transactions import transactions

# Published on purpose: it opens nothing but invented money on this machine.
SECRET = "demo-secret-of-the-stand-in"
TOKEN_LIVES = datetime.timedelta(hours=9)
SPAN = datetime.timedelta(days=31)

NAMES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid authentication credentials.",
    ),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    405: ("METHOD_NOT_SUPPORTED", "The server does not implement the requested HTTP method."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable."),
}


@dataclass(frozen=True)
class ApiRequest:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Json:
        if not self.body.strip():
            return {}
        if self.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            raise ApiRefusal(415, "UNSUPPORTED_MEDIA_TYPE")
        try:
            told = json.loads(self.body)
        except ValueError:
            refuse(400, "MALFORMED_REQUEST_JSON")
        if not isinstance(told, dict):
            refuse(400, "MALFORMED_REQUEST_JSON")
        return told

    @property
    def is_minimal(self) -> bool:
        return self.headers.get("prefer", "return=minimal") != "return=representation"

    @property
    def key(self) -> str:
        return self.headers.get("paypal-request-id", "")


@dataclass(frozen=True)
class ApiAnswer:
    status: int
    body: Json
    debug_id: str = field(default_factory=lambda: secrets.token_hex(7)[:13])


@dataclass
class Api:
    account: PaypalAccount
    answers: Answers
    signer: Signer
    now: Callable[[], datetime.datetime]
    secret: str = SECRET
    tokens: dict[str, datetime.datetime] = field(default_factory=dict)

    def answer(self, request: ApiRequest) -> ApiAnswer:
        """Never raises for what a client can send: every refusal is an answer of PayPal's."""
        try:
            status, body = self._answer(request)
        except ApiRefusal as refusal:
            return self.refused(refusal)
        except (KeyError, TypeError, ValueError, AttributeError):
            # A field is missing or of another kind than it should be.
            return self.refused(ApiRefusal(400, "INVALID_PARAMETER_VALUE", "A parameter value is not valid."))
        return ApiAnswer(status, body)

    def refused(self, refusal: ApiRefusal) -> ApiAnswer:
        name, message = NAMES[refusal.status]
        answer = ApiAnswer(refusal.status, {"name": name, "message": message})
        answer.body["debug_id"] = answer.debug_id
        if refusal.status not in {401, 503}:
            answer.body["details"] = [{"issue": refusal.issue, "description": refusal.description}]
        links = [
            {"href": f"{self.answers.base_url}{path}?token={token}", "rel": "redirect", "method": "GET"}
            for path, token in refusal.links
        ]
        help_page = f"https://developer.paypal.com/api/rest/responses/#{refusal.issue}"
        answer.body["links"] = [*links, {"href": help_page, "rel": "information_link", "method": "GET"}]
        return answer

    def _answer(self, request: ApiRequest) -> tuple[int, Json]:
        if request.path == "/v1/oauth2/token":
            return self.token(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self.account.lock:
            if self.tokens.get(token, self.now()) <= self.now():
                raise ApiRefusal(401, "AUTHENTICATION_FAILURE")
            allowed = []
            for method, pattern, act in ROUTES:
                if found := re.fullmatch(pattern, request.path):
                    if method == request.method:
                        return act(self, request, *found.groups())
                    allowed.append(method)
        raise ApiRefusal(405 if allowed else 404, "METHOD_NOT_SUPPORTED" if allowed else "INVALID_RESOURCE_ID")

    # Access

    def token(self, request: ApiRequest) -> tuple[int, Json]:
        """Any client of the name «demo-…» is let in with the stand-in's secret."""
        try:
            basic = request.headers.get("authorization", "").removeprefix("Basic ")
            client_id, _colon, secret = base64.b64decode(basic, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            client_id, secret = "", ""
        if not client_id.startswith("demo-") or not secrets.compare_digest(secret.encode(), self.secret.encode()):
            return 401, {"error": "invalid_client", "error_description": "Client Authentication failed"}
        if parse_qs(request.body.decode("latin-1")).get("grant_type") != ["client_credentials"]:
            return 400, {"error": "unsupported_grant_type", "error_description": "Grant Type is NULL"}
        token = f"A21AA{secrets.token_urlsafe(48)}"
        with self.account.lock:
            self.tokens[token] = self.now() + TOKEN_LIVES
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": int(TOKEN_LIVES.total_seconds())}

    def once(
        self, request: ApiRequest, lives: datetime.timedelta, status_again: int, act: Callable[[], tuple[int, Json]]
    ) -> tuple[int, Json]:
        """The same PayPal-Request-Id is answered by the same words, and nothing is done; refusals are not kept."""
        key = f"{request.path} {request.key}"
        kept = self.account.answers.get(key) if request.key else None
        if kept is not None and self.now() < kept.kept_until:
            return status_again, kept.body
        status, body = act()
        if request.key:
            self.account.answers[key] = KeptAnswer(status, body, self.now() + lives)
        return status, body

    # Orders

    def create_order(self, request: ApiRequest) -> tuple[int, Json]:
        asked = request.json()
        if asked.get("intent") != "CAPTURE" or len(asked.get("purchase_units") or []) != 1:
            refuse(400, "MISSING_REQUIRED_PARAMETER")
        amount = asked["purchase_units"][0]["amount"]
        if not re.fullmatch("[A-Z]{3}", amount["currency_code"]) or not isinstance(amount["value"], str):
            refuse(400, "INVALID_PARAMETER_VALUE")
        if "payment_source" in asked and not request.key:
            refuse(400, "PAYPAL_REQUEST_ID_REQUIRED")

        def act() -> tuple[int, Json]:
            order = orders.create_order(self.account, asked, self.now())
            if request.is_minimal:
                return 201, self.answers.minimal_order(order)
            return 201, self.answers.order(self.account, order)

        return self.once(request, orders.KEY_LIVES, 200, act)

    def show_order(self, _request: ApiRequest, order_id: str) -> tuple[int, Json]:
        return 200, self.answers.order(self.account, orders.order_of(self.account, order_id, self.now()))

    def capture_order(self, request: ApiRequest, order_id: str) -> tuple[int, Json]:
        request.json()

        def act() -> tuple[int, Json]:
            order = orders.capture_order(self.account, order_id, self.now())
            return 201, self.answers.captured(self.account, order, is_minimal=request.is_minimal)

        return self.once(request, orders.KEY_LIVES, 200, act)

    # Captures and refunds

    def show_capture(self, _request: ApiRequest, capture_id: str) -> tuple[int, Json]:
        return 200, self.answers.capture(self.account, captures.capture_of(self.account, capture_id))

    def refund_capture(self, request: ApiRequest, capture_id: str) -> tuple[int, Json]:
        asked = request.json()
        amount = asked.get("amount")

        def act() -> tuple[int, Json]:
            capture = captures.capture_of(self.account, capture_id)
            if amount and amount["currency_code"] != capture.currency:
                refuse(422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
            refund = captures.refund_capture(
                self.account,
                capture_id,
                self.now(),
                cents=cents_from(amount["value"]) if amount else None,
                note=asked.get("note_to_payer", ""),
                invoice_id=asked.get("invoice_id", ""),
            )
            if request.is_minimal:
                return 201, self.answers.minimal_refund(refund)
            return 201, self.answers.refund(self.account, refund)

        return self.once(request, captures.KEY_LIVES, 201, act)

    def show_refund(self, _request: ApiRequest, refund_id: str) -> tuple[int, Json]:
        return 200, self.answers.refund(self.account, captures.refund_of(self.account, refund_id))

    # Notices

    def list_webhooks(self, _request: ApiRequest) -> tuple[int, Json]:
        return 200, {"webhooks": [self.answers.webhook(webhook) for webhook in self.account.webhooks.values()]}

    def create_webhook(self, request: ApiRequest) -> tuple[int, Json]:
        asked = request.json()
        names = [entry["name"] for entry in asked["event_types"]]
        url = asked["url"]
        if not names or not re.match("https?://", url):
            refuse(400, "INVALID_PARAMETER_VALUE")
        if any(webhook.url == url for webhook in self.account.webhooks.values()):
            raise ApiRefusal(400, "WEBHOOK_URL_ALREADY_EXISTS", "Webhook URL already exists")
        return 201, self.answers.webhook(self.account.register_webhook(url, names))

    def verify_signature(self, request: ApiRequest) -> tuple[int, Json]:
        """Over the very bytes of the event, as PayPal: an event that was parsed and written anew has another sum."""
        asked = request.json()
        text = signed_text(
            asked["transmission_id"], asked["transmission_time"], asked["webhook_id"], raw_event(request.body)
        )
        is_genuine = (
            asked["webhook_id"] in self.account.webhooks
            and (asked["cert_url"], asked["auth_algo"]) == (self.signer.url, ALGORITHM)
            and self.signer.is_signed(text, asked["transmission_sig"])
        )
        return 200, {"verification_status": "SUCCESS" if is_genuine else "FAILURE"}

    # Disputes

    def list_disputes(self, request: ApiRequest) -> tuple[int, Json]:
        query = dict(request.query)
        size = whole(query.get("page_size", "10"), 1, 50)
        offset = int(base64.b64decode(query["next_page_token"])) if "next_page_token" in query else 0
        found = list(self.account.disputes.values())
        if "update_time_after" in query:
            found = [one for one in found if one.updated_at >= instant(query["update_time_after"])]
        if "update_time_before" in query:
            found = [one for one in found if one.updated_at <= instant(query["update_time_before"])]
        if "disputed_transaction_id" in query:
            found = [one for one in found if one.capture_id == query["disputed_transaction_id"]]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        more = ""
        if len(found) > offset + size:
            token = base64.b64encode(str(offset + size).encode()).decode()
            more = urlencode({**query, "next_page_token": token})
        return 200, self.answers.disputes(self.account, found[offset : offset + size], more)

    def show_dispute(self, _request: ApiRequest, dispute_id: str) -> tuple[int, Json]:
        return 200, self.answers.dispute(self.account, disputes.dispute_of(self.account, dispute_id))

    # Reporting

    def list_transactions(self, request: ApiRequest) -> tuple[int, Json]:
        query = request.query
        since, until = instant(query["start_date"]), instant(query["end_date"])
        if not since <= until <= since + SPAN:
            refuse(400, "INVALID_PARAMETER_VALUE")
        size, page = whole(query.get("page_size", "100"), 1, 500), whole(query.get("page", "1"), 1, 2147483647)
        found = [
            line
            for line in transactions(self.account)
            if since <= line.at.replace(microsecond=0) <= until
            and query.get("transaction_id", line.id) == line.id
            and (line.status in "SV" or query.get("balance_affecting_records_only", "Y") == "N")
        ]
        shown = found[(page - 1) * size : page * size]
        pages = -(-len(found) // size)
        told: Json = {
            "account_number": MERCHANT_ID,
            "start_date": moment(since),
            "end_date": moment(until),
            "last_refreshed_datetime": moment(self.now()),
            "page": page,
            "total_items": len(found),
            "total_pages": pages,
            "links": [self.answers.link(f"{request.path}?{urlencode(query)}", "self")],
        }
        if shown:
            told["transaction_details"] = [self.answers.transaction(line) for line in shown]
        if page < pages:
            more = urlencode({**query, "page": page + 1})
            told["links"].append(self.answers.link(f"{request.path}?{more}", "next"))
        return 200, told

    def show_balances(self, _request: ApiRequest) -> tuple[int, Json]:
        return 200, self.answers.balances(self.account, self.now())


def instant(text: str) -> datetime.datetime:
    at = datetime.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return at


def whole(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most:
        raise ValueError(f"{number} is not between {least} and {most}")
    return number


def raw_event(body: bytes) -> bytes:
    """The bytes of `webhook_event` in a request, exactly as they were sent."""
    text = body.decode()
    for found in re.finditer(r'"webhook_event"\s*:\s*', text):
        value, end = json.JSONDecoder().raw_decode(text, found.end())
        if isinstance(value, dict) and value == json.loads(text).get("webhook_event"):
            return text[found.end() : end].encode()
    return b""


ROUTES: list[tuple[str, str, Callable[..., tuple[int, Any]]]] = [
    ("POST", r"/v2/checkout/orders", Api.create_order),
    ("GET", r"/v2/checkout/orders/([^/]+)", Api.show_order),
    ("POST", r"/v2/checkout/orders/([^/]+)/capture", Api.capture_order),
    ("GET", r"/v2/payments/captures/([^/]+)", Api.show_capture),
    ("POST", r"/v2/payments/captures/([^/]+)/refund", Api.refund_capture),
    ("GET", r"/v2/payments/refunds/([^/]+)", Api.show_refund),
    ("GET", r"/v1/notifications/webhooks", Api.list_webhooks),
    ("POST", r"/v1/notifications/webhooks", Api.create_webhook),
    ("POST", r"/v1/notifications/verify-webhook-signature", Api.verify_signature),
    ("GET", r"/v1/customer/disputes", Api.list_disputes),
    ("GET", r"/v1/customer/disputes/([^/]+)", Api.show_dispute),
    ("GET", r"/v1/reporting/transactions", Api.list_transactions),
    ("GET", r"/v1/reporting/balances", Api.show_balances),
]
