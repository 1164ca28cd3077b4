"""What a browser may ask of the stand-in: the payer's page and the account's, and the buttons on both."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from demo.paypal import captures, disputes, orders, pages
from demo.paypal.account import OUTCOMES, PaypalOrder
from demo.paypal.answers import balance_cents
from demo.paypal.api import ApiRequest
from demo.paypal.refusals import ApiRefusal
from demo.paypal.web import WebAnswer
from demo.paypal.words import Spoken, language_of

if TYPE_CHECKING:
    from demo.paypal.server import PaypalStandIn

CSS = Path(__file__).with_name("page.css")
WHILE_SECONDS = 120
SLOW_SECONDS = 8
NOTICES = ("once", "twice", "late", "never")


def answer(stand_in: "PaypalStandIn", request: ApiRequest) -> WebAnswer:
    if request.method == "POST":
        # A page of another site must not press the buttons.
        if request.headers.get("origin") != f"http://{request.headers['host']}":
            return WebAnswer(403, b"Forbidden\n")
        typed = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        if request.path == "/checkoutnow":
            return pay(stand_in, request, typed)
        return press(stand_in, request, typed) if request.path == "/" else WebAnswer(404, b"Not Found\n")
    if request.method != "GET":
        return WebAnswer(405, b"Method Not Allowed\n")
    match request.path:
        case "/checkoutnow":
            return approval(stand_in, request)
        case "/":
            return overview(stand_in, request)
        case "/page.css":
            return WebAnswer(200, CSS.read_bytes(), {"Content-Type": "text/css; charset=utf-8"})
        case "/favicon.ico":
            return WebAnswer(204, b"")
    return WebAnswer(404, b"Not Found\n")


def html(text: str, status: int = 200, *, leads_to: tuple[str, ...] = ()) -> WebAnswer:
    """`leads_to`: the addresses that a form's answer redirects to; browsers hold them against `form-action`, too."""
    origins = sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, leads_to) if parts.netloc})
    targets = " ".join(["'self'", *origins])
    policy = f"default-src 'none'; style-src 'self'; form-action {targets}"
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'; base-uri 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return WebAnswer(status, text.encode(), headers)


def see(address: str) -> WebAnswer:
    return WebAnswer(303, b"", {"Location": address})


def spoken(request: ApiRequest, *wishes: str) -> Spoken:
    return Spoken(language_of(*wishes, request.query.get("language", ""), request.headers.get("accept-language", "")))


# The payer


def order_asked_for(stand_in: "PaypalStandIn", token: str) -> PaypalOrder | None:
    try:
        return orders.order_of(stand_in.account, token, stand_in.now())
    except ApiRefusal:
        return None


def approval(stand_in: "PaypalStandIn", request: ApiRequest) -> WebAnswer:
    with stand_in.account.lock:
        order = order_asked_for(stand_in, request.query.get("token", ""))
        say = spoken(request, order.context.get("locale", "") if order else "")
        if stand_in.is_down:
            return html(pages.out_of_service(say), 503)
        if order is None:
            return html(pages.gone(say), 404)
        return html(pages.approval(say, order), leads_to=(pages.way_back(order),))


def pay(stand_in: "PaypalStandIn", request: ApiRequest, typed: dict[str, str]) -> WebAnswer:
    """The payer agrees: how it ends was chosen on the page."""
    with stand_in.account.lock:
        order = order_asked_for(stand_in, typed.get("token", ""))
        say = spoken(request, order.context.get("locale", "") if order else "")
        if stand_in.is_down:
            return html(pages.out_of_service(say), 503)
        if order is None:
            return html(pages.gone(say), 404)
        if order.waits_for_payer:
            order.notices = typed["notices"] if typed.get("notices") in NOTICES else "once"
            outcome = typed.get("outcome", "")
            orders.approve_order(stand_in.account, order.id, stand_in.now(), outcome if outcome in OUTCOMES else "")
    if typed.get("service") == "slow_for_a_while":
        stand_in.slow(SLOW_SECONDS, lasting=WHILE_SECONDS)
    elif typed.get("service") == "down_for_a_while":
        stand_in.down(WHILE_SECONDS)
    stand_in.keep()
    return see(pages.way_back(order))


# The account


def overview(stand_in: "PaypalStandIn", request: ApiRequest) -> WebAnswer:
    with stand_in.account.lock:
        text = pages.overview(
            spoken(request),
            stand_in.account,
            service=pages.ServiceState(
                stand_in.is_down, bool(stand_in.slow_seconds), balance_cents(stand_in.account), stand_in.now()
            ),
            deliveries=stand_in.courier.deliveries if stand_in.courier else [],
        )
    return html(text)


def press(stand_in: "PaypalStandIn", request: ApiRequest, typed: dict[str, str]) -> WebAnswer:
    language = language_of(typed.get("language", ""))
    try:
        with stand_in.account.lock:
            act_on(stand_in, typed.get("act", ""), typed.get("id", ""))
    except (ApiRefusal, ValueError):
        return html(pages.impossible(Spoken(language)), 409)
    stand_in.keep()
    return see(f"/?language={language}")


def act_on(stand_in: "PaypalStandIn", act: str, thing: str) -> None:
    account, now = stand_in.account, stand_in.now()
    match act:
        case "down":
            stand_in.down(WHILE_SECONDS)
        case "down_for_good":
            stand_in.down()
        case "slow":
            stand_in.slow(SLOW_SECONDS, lasting=WHILE_SECONDS)
        case "up":
            stand_in.up()
            stand_in.slow(0)
        case "complete":
            captures.settle_pending(account, thing, now)
        case "refuse":
            captures.refuse_pending(account, thing, now)
        case "refund":
            captures.refund_capture(account, thing, now)
        case "dispute":
            disputes.open_dispute(account, thing, now)
        case "win" | "lose":
            disputes.end_dispute(account, thing, now, won=act == "win")
        case "send_again":
            stand_in.send_again(thing)
        case _:
            raise ValueError(f"nothing is called {act!r}")
