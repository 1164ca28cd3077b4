"""The mails about an order, to whom placed it, in the order's language; whether to send is the action's to decide."""

import datetime
from typing import Any

from django.utils import translation

from carnet.mail import actions as mail
from carnet.orders.models import Order
from carnet.orders.shown import confirmation, mail_words
from carnet.web import formats


def order_placed(order: Order, *, at: datetime.datetime) -> None:
    """The whole order, how it is paid, when it can be used, and the withdrawal right; the terms come as a document,
    for which the mail is held (CC L221-13; code civil 1127-2).
    """
    language = order.language
    with translation.override(language):
        rows, usable = confirmation.rows(order), confirmation.usable(order, language)
    _queue(
        "placed", order, at=at, key=confirmation.confirmation_key(order), is_held=True, rows=rows,
        lines=confirmation.lines(rows, language), usable=usable,
        withdrawal=order.withdrawal_last_day and formats.day(order.withdrawal_last_day, language),
    )  # fmt: skip


def order_reminder(order: Order, *, at: datetime.datetime) -> None:
    """The order still waits; how it is paid, and until when (O1)."""
    _queue(
        "reminder", order, at=at, key=f"order:{order.pk}:reminder:{order.expires_at:%Y%m%d}",
        **mail_words.sums_of(order),
    )  # fmt: skip


def order_expired(order: Order, *, had_money: bool, at: datetime.datetime) -> None:
    """The order has ended, and what was paid is credit now (O1, O4)."""
    _queue("expired", order, at=at, key=f"order:{order.pk}:expired:{at.isoformat()}", had_money=had_money)


def order_cancelled(order: Order, *, had_money: bool, at: datetime.datetime) -> None:
    """The order is cancelled, and what was paid of it is credit now."""
    _queue("cancelled", order, at=at, key=f"order:{order.pk}:cancelled", had_money=had_money)


def _queue(name: str, order: Order, *, key: str, at: datetime.datetime, is_held: bool = False, **more: Any) -> None:
    mail.queue_mail(mail_words.letter(f"orders/{name}", order, **more), key=key, at=at, is_held=is_held)
