"""The pages that a browser sees: the payer's, and the account's with its switches. Values in, HTML out."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from demo.paypal.account import PAYER_ID, PaypalAccount, PaypalCapture, PaypalOrder
from demo.paypal.delivery import Delivery
from demo.paypal.words import LANGUAGES, NAMES, Spoken

SHOWN = 50


@dataclass(frozen=True)
class ServiceState:
    is_down: bool
    is_slow: bool
    balance_cents: int
    at: datetime.datetime


def page(say: Spoken, title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="{say.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header class="not-paypal">{escape(say("not_paypal"))}</header>
<main>
{content}
</main>
</body>
</html>
"""


def with_query(url: str, **values: str) -> str:
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *values.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def way_back(order: PaypalOrder) -> str:
    """Where PayPal sends the payer who agreed."""
    return with_query(order.context.get("return_url", "/"), token=order.id, PayerID=PAYER_ID)


def way_out(order: PaypalOrder) -> str:
    return with_query(order.context.get("cancel_url", "/"), token=order.id)


# The payer's page


def approval(say: Spoken, order: PaypalOrder) -> str:
    amount = say.money(order.cents, order.currency)
    told = [(say("to"), order.context.get("brand_name") or say("account_without_name"))]
    told += [(say("for"), order.unit["description"])] if order.unit.get("description") else []
    told += [(say("order"), order.unit["custom_id"])] if order.unit.get("custom_id") else []
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told)
    if not order.waits_for_payer:
        return page(say, say("paid_already"), notice_with_link(say, "paid_already", way_back(order), "go_back"))
    choices = "".join(
        [
            choice(say, "the_payment", "outcome", ["completed", "pending", "declined"]),
            choice(say, "the_notice", "notices", ["once", "twice", "late", "never"]),
            choice(say, "the_service", "service", ["works", "slow_for_a_while", "down_for_a_while"]),
        ]
    )
    return page(
        say,
        say("title", amount=amount),
        f"""<h1>{escape(say("title", amount=amount))}</h1>
<dl class="sheet">{facts}</dl>
<form method="post" action="/checkoutnow">
<input type="hidden" name="token" value="{escape(order.id)}">
<button class="primary">{escape(say("pay", amount=amount))}</button>
<a class="button whole" href="{escape(way_out(order))}">{escape(say("cancel"))}</a>
<details>
<summary>{escape(say("try"))}</summary>
{choices}
<a href="/?language={say.language}">{escape(say("account_title"))}</a>
</details>
</form>""",
    )


def choice(say: Spoken, legend: str, name: str, values: list[str]) -> str:
    """The first one is chosen."""
    options = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{"" if number else " checked"}>'
        f"<span>{escape(say(value))}</span></label>"
        for number, value in enumerate(values)
    )
    return f"<fieldset><legend>{escape(say(legend))}</legend>{options}</fieldset>\n"


def notice_with_link(say: Spoken, heading: str, address: str, link: str, why: str = "") -> str:
    reason = f"<p>{escape(say(why))}</p>" if why else ""
    back = f'<a class="button" href="{escape(address)}">{escape(say(link))}</a>'
    return f"<h1>{escape(say(heading))}</h1>{reason}<p>{back}</p>"


def gone(say: Spoken) -> str:
    content = notice_with_link(say, "gone", f"/?language={say.language}", "account_title", "gone_why")
    return page(say, say("gone"), content)


def out_of_service(say: Spoken) -> str:
    content = notice_with_link(say, "is_down", f"/?language={say.language}", "account_title", "is_down_why")
    return page(say, say("is_down"), content)


def impossible(say: Spoken) -> str:
    content = notice_with_link(say, "can_not", f"/?language={say.language}", "back_to_account")
    return page(say, say("can_not"), content)


# The account's page


def overview(say: Spoken, account: PaypalAccount, *, service: ServiceState, deliveries: Iterable[Delivery]) -> str:
    languages = "".join(
        f'<a href="/?language={language}" lang="{language}" hreflang="{language}">{NAMES[language]}</a>'
        for language in LANGUAGES
        if language != say.language
    )
    orders = sorted(account.orders.values(), key=lambda order: order.created_at, reverse=True)[:SHOWN]
    payments = "".join(payment(say, account, order, service.at) for order in orders)
    notices = "".join(delivery(say, one) for one in reversed(list(deliveries)[-SHOWN:]))
    nobody = "" if account.webhooks else f"<p>{escape(say('nobody_listens'))}</p>"
    none_yet = f"<p>{escape(say('none_yet'))}</p>"
    return page(
        say,
        say("account_title"),
        f"""<p class="languages">{languages}</p>
<h1>{escape(say("account_title"))}</h1>
<dl class="sheet"><dt>{escape(say("balance"))}</dt><dd>{escape(say.money(service.balance_cents, "EUR"))}</dd></dl>
<h2>{escape(say("service"))}</h2>
{switches(say, service)}
<h2>{escape(say("payments"))}</h2>
{f"<ul>{payments}</ul>" if payments else none_yet}
<h2>{escape(say("notices"))}</h2>
{nobody}{f"<ul>{notices}</ul>" if notices else none_yet}""",
    )


def switches(say: Spoken, service: ServiceState) -> str:
    state = "service_down" if service.is_down else "service_slow" if service.is_slow else "service_works"
    wished = ["up"] if service.is_down or service.is_slow else ["down", "down_for_good", "slow"]
    forms = "".join(form(say, act, "", f"switch_{act}") for act in wished)
    return f'<div class="sheet"><p class="quiet">{escape(say(state))}</p><div class="buttons">{forms}</div></div>'


def form(say: Spoken, act: str, thing: str, word: str, about: str = "") -> str:
    """A button; `about` tells those who only hear it which of many it is."""
    label = f' aria-label="{escape(f"{say(word)}: {about}")}"' if about else ""
    return (
        f'<form method="post" action="/"><input type="hidden" name="language" value="{say.language}">'
        f'<input type="hidden" name="id" value="{escape(thing)}">'
        f'<button name="act" value="{act}"{label}>{escape(say(word))}</button></form>'
    )


def payment(say: Spoken, account: PaypalAccount, order: PaypalOrder, at: datetime.datetime) -> str:
    amount = say.money(order.cents, order.currency)
    title = say("payment_of", amount=amount, reference=order.unit.get("custom_id") or order.id)
    capture = account.captures.get(order.capture_id)
    is_gone = order.is_gone(at)
    state = [say("EXPIRED" if is_gone else capture.status if capture else order.status)]
    buttons = ""
    if order.waits_for_payer and not is_gone:
        address = f"/checkoutnow?token={order.id}"
        label = escape(f"{say('open_page')}: {title}")
        buttons = f'<a class="button" href="{address}" aria-label="{label}">{escape(say("open_page"))}</a>'
    if capture:
        state += disputes(say, account, capture)
        buttons = "".join(form(say, act, thing, act, title) for act, thing in possible(account, capture))
    told = f"{', '.join(state)} · {(capture.id if capture else order.id)}"
    actions = f'<div class="buttons">{buttons}</div>' if buttons else ""
    return f'<li class="sheet"><h3>{escape(title)}</h3><p class="quiet">{escape(told)}</p>{actions}</li>'


def disputes(say: Spoken, account: PaypalAccount, capture: PaypalCapture) -> list[str]:
    words = {"": "disputed", "RESOLVED_SELLER_FAVOUR": "dispute_won", "RESOLVED_BUYER_FAVOUR": "dispute_lost"}
    return [say(words[one.outcome]) for one in account.disputes.values() if one.capture_id == capture.id]


def possible(account: PaypalAccount, capture: PaypalCapture) -> list[tuple[str, str]]:
    """What may be done to a payment now, and to which id."""
    if capture.status == "PENDING":
        return [("complete", capture.id), ("refuse", capture.id)]
    if open_dispute := account.open_dispute_of(capture.id):
        return [("win", open_dispute.id), ("lose", open_dispute.id)]
    if capture.status in {"COMPLETED", "PARTIALLY_REFUNDED"}:
        return [("refund", capture.id), ("dispute", capture.id)]
    return []


def delivery(say: Spoken, one: Delivery) -> str:
    if one.answer.startswith("2"):
        state = say("delivered", answer=one.answer)
    elif one.is_over:
        state = say("given_up", answer=one.answer)
    elif one.attempts:
        state = say("not_delivered", attempts=one.attempts, answer=one.answer)
    else:
        state = say("on_its_way")
    again = form(say, "send_again", one.notice.event_id, "send_again", one.notice.event)
    return (
        f'<li class="sheet"><h3>{escape(one.notice.event)}</h3><p class="quiet">{escape(state)}</p>'
        f'<div class="buttons">{again}</div></li>'
    )
