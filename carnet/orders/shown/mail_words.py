"""What every mail about an order says of it, in the order's language."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.kernel import calendar
from carnet.mail.rules import Letter
from carnet.orders.models import Order
from carnet.orders.queries import amounts
from carnet.orders.shown import confirmation, names
from carnet.provider import queries as provider
from carnet.web import formats


def letter(kind: str, order: Order, **more: Any) -> Letter:
    """An e-mail about the order for who placed it; `more` is what it says beside."""
    return Letter(
        kind,
        to=order.placed_by.email,
        language=order.language,
        context=_said_of(order) | more,
        thread=f"order:{order.pk}",
    )


def sums_of(order: Order) -> dict[str, Any]:
    """From the price to what is to be paid, for the mail's table and for its text."""
    with translation.override(order.language):
        rows = confirmation.sums(order)
    return {"rows": rows, "lines": confirmation.lines(rows, order.language)}


def _said_of(order: Order) -> dict[str, Any]:
    """Whose order it is, what it is about, what is still to be paid, until when, and where its page is."""
    language = order.language
    last_moment = order.expires_at - datetime.timedelta(seconds=1)
    with translation.override(language):
        url = settings.SITE_URL + reverse("my:orders:order", args=[order.reference])
    return {
        "person": order.placed_by,
        "customer": order.customer,
        "order": order,
        "pack": names.names_of(order, language),
        "price": formats.money(order.price_cents, language),
        "asked": formats.money(0 if order.is_settled else amounts.missing_cents(order), language),
        "until": formats.day(calendar.date_on(last_moment, provider.time_zone()), language),
        "url": url,
    }
