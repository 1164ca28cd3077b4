"""The mails about an order, to whom placed it, in the order's language; whether to send is the action's to decide."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from carnet.kernel import calendar
from carnet.ledger.models import Lot
from carnet.mail import actions as mail
from carnet.orders import queries
from carnet.orders.models import Order, Settlement
from carnet.payments.models import Payment
from carnet.people import queries as people
from carnet.provider import queries as provider
from carnet.web import formats


def order_placed(order: Order, *, at: datetime.datetime) -> None:
    """What was ordered, how it is paid, the withdrawal right, and the terms in full (CC L221-13; code civil 1127-2)."""
    language = order.language
    _queue(
        "placed", order, at=at, key=f"order:{order.pk}:placed", terms=order.terms.texts.in_language(language),
        withdrawal=order.withdrawal_last_day and formats.day(order.withdrawal_last_day, language),
    )  # fmt: skip


def order_reminder(order: Order, *, at: datetime.datetime) -> None:
    """The order still waits; how it is paid, and until when (O1)."""
    _queue("reminder", order, at=at, key=f"order:{order.pk}:reminder:{order.expires_at:%Y%m%d}")


def rest_missing(order: Order, missing_cents: int, *, at: datetime.datetime) -> None:
    """Some of the money came; how much is missing (O4)."""
    _queue(
        "rest_missing", order, at=at, key=f"order:{order.pk}:missing:{missing_cents}:{at.isoformat()}",
        missing=formats.money(missing_cents, order.language),
    )  # fmt: skip


def order_settled(order: Order, settlement: Settlement, lot: Lot | None, *, at: datetime.datetime) -> None:
    """The money is there; until when the new units last, or from when they can be used (L1)."""
    language, zone = order.language, provider.time_zone()
    active_on = calendar.date_on(settlement.activates_at, zone)
    _queue(
        "settled", order, at=at, key=f"order:{order.pk}:settled",
        last_day=lot and lot.last_day and formats.day(lot.last_day, language),
        active_on=formats.day(active_on, language), url=settings.SITE_URL + reverse("my:home:overview"),
    )  # fmt: skip


def money_not_needed(order: Order, payment: Payment, *, at: datetime.datetime) -> None:
    """The order was paid before (O5), or cancelled: the money is kept as credit."""
    _queue(
        "paid_twice" if order.is_settled else "paid_cancelled", order, at=at, key=f"payment:{payment.pk}:not_needed",
        amount=formats.money(payment.amount_cents, order.language),
    )  # fmt: skip


def payment_unallocated(payment: Payment, *, at: datetime.datetime) -> None:
    """Money came that says no order: it is the customer's credit; to every holder."""
    customer = payment.customer
    for holder in people.holders_of(customer):
        mail.queue_mail(
            kind="orders/unallocated", key=f"payment:{payment.pk}:unallocated:{holder.pk}", to=holder.email,
            language=holder.language, at=at, thread=f"payment:{payment.pk}",
            context={
                "person": holder,
                "customer": customer,
                "amount": formats.money(payment.amount_cents, holder.language),
                "day": formats.day(payment.received_on, holder.language),
                "url": settings.SITE_URL + reverse("my:orders:purchases"),
            },
        )  # fmt: skip


def choice_asked(order: Order, *, at: datetime.datetime) -> None:
    """The money came late for something no longer sold: what to do with it (O3)."""
    _queue("choice_asked", order, at=at, key=f"order:{order.pk}:choice:{at.isoformat()}")


def order_expired(order: Order, *, had_money: bool, at: datetime.datetime) -> None:
    """The order has ended, and what was paid is credit now (O1, O4)."""
    _queue("expired", order, at=at, key=f"order:{order.pk}:expired:{at.isoformat()}", had_money=had_money)


def order_cancelled(order: Order, *, had_money: bool, at: datetime.datetime) -> None:
    """The order is cancelled, and what was paid of it is credit now."""
    _queue("cancelled", order, at=at, key=f"order:{order.pk}:cancelled", had_money=had_money)


def _subtraction(due: queries.Sum, language: str) -> str:
    """«240.00 € − 10.00 € of your credit = 230.00 € to pay»; empty if nothing is taken off the price."""
    if not due.is_subtraction:
        return ""
    with translation.override(language):
        taken = ((_("%(amount)s of your credit"), due.credit_cents), (_("%(amount)s already paid"), due.paid_cents))
        parts = [words % {"amount": formats.money(cents, language)} for words, cents in taken if cents]
        rest = _("%(amount)s to pay") % {"amount": formats.money(due.due_cents, language)}
    return f"{' − '.join([formats.money(due.price_cents, language), *parts])} = {rest}."


def _queue(name: str, order: Order, *, key: str, at: datetime.datetime, **more: Any) -> None:
    language = order.language
    last_moment = order.expires_at - datetime.timedelta(seconds=1)
    with translation.override(language):
        url = settings.SITE_URL + reverse("my:orders:order", args=[order.reference])
    context = {
        "person": order.placed_by,
        "customer": order.customer,
        "order": order,
        "pack": formats.typography(order.edition.offer.name.in_language(language), language),
        "price": formats.money(order.price_cents, language),
        "asked": formats.money(queries.missing_cents(order), language),
        "subtraction": _subtraction(queries.sum_of(order), language),
        "until": formats.day(calendar.date_on(last_moment, provider.time_zone()), language),
        "url": url,
        **more,
    }
    mail.queue_mail(
        kind=f"orders/{name}", key=key, to=order.placed_by.email, language=language, context=context, at=at,
        thread=f"order:{order.pk}",
    )  # fmt: skip
