"""The mails about money, to whom placed the order, in its language, or to every holder; whether to send is the action's
to decide.
"""

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.kernel import calendar
from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.orders.models import Order, Settlement
from carnet.orders.shown import disputes as dispute_words
from carnet.orders.shown import mail_words
from carnet.payments.models import Checkout, Dispute, Payment
from carnet.people import queries as people
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider
from carnet.repayments.models import Repayment
from carnet.repayments.shown import repayment_words
from carnet.till.models import Refund, Withdrawal
from carnet.till.shown import bounces, checkout_words, disputes, refund_words
from carnet.till.shown.disputes import DisputeEffects
from carnet.web import formats


def rest_missing(order: Order, missing_cents: int, *, at: datetime.datetime) -> None:
    """Some of the money came; how much is missing (O4)."""
    _queue(
        "rest_missing", order, at=at, key=f"order:{order.pk}:missing:{missing_cents}:{at.isoformat()}",
        missing=formats.money(missing_cents, order.language), **mail_words.sums_of(order),
    )  # fmt: skip


def order_settled(order: Order, settlement: Settlement, *, at: datetime.datetime) -> None:
    """The money is there; until when the new units last, or from when they can be used (L1)."""
    language, zone, last_day = order.language, provider.time_zone(), order.usable_until
    active_on = calendar.date_on(settlement.activates_at, zone)
    _queue(
        "settled", order, at=at, key=f"order:{order.pk}:settled",
        last_day=last_day and formats.day(last_day, language),
        active_on=formats.day(active_on, language), url=settings.SITE_URL + reverse("my:home:overview"),
    )  # fmt: skip


def money_not_needed(order: Order, payment: Payment, *, is_late: bool, at: datetime.datetime) -> None:
    """The order was paid before (O5), or cancelled, by its customer or because its cheque bounced and this comes too
    late (O7): the money is kept as credit.
    """
    name = "paid_twice" if order.is_settled and not is_late else "paid_cancelled"
    _queue(
        name, order, at=at, key=f"payment:{payment.pk}:not_needed",
        amount=formats.money(payment.amount_cents, order.language),
    )  # fmt: skip


def payment_unallocated(payment: Payment, *, at: datetime.datetime) -> None:
    """Money came that says no order: it is the customer's credit; to every holder."""
    _to_holders("unallocated", payment, at=at)


def _to_holders(name: str, payment: Payment, *, at: datetime.datetime) -> None:
    customer = payment.customer
    for holder in people.holders_of(customer):
        letter = Letter(
            f"till/{name}",
            to=holder.email,
            language=holder.language,
            thread=f"payment:{payment.pk}",
            context={
                "person": holder,
                "customer": customer,
                "amount": formats.money(payment.amount_cents, holder.language),
                "day": formats.day(payment.received_on, holder.language),
                "url": settings.SITE_URL + reverse("my:orders:purchases"),
            },
        )
        mail.queue_mail(letter, key=f"payment:{payment.pk}:{name}:{holder.pk}", at=at)


def payment_pending(order: Order, checkout: Checkout, *, at: datetime.datetime) -> None:
    """The payment service has the money and still examines it: there is nothing to do, and nothing to pay again."""
    _queue(
        "payment_pending", order, at=at, key=f"checkout:{checkout.pk}:pending",
        amount=formats.money(checkout.amount_cents, order.language),
    )  # fmt: skip


def payment_refused(order: Order, checkout: Checkout, *, at: datetime.datetime) -> None:
    """What the payment service examined did not go through: the order waits as before."""
    _queue(
        "payment_refused", order, at=at, key=f"checkout:{checkout.pk}:refused",
        amount=formats.money(checkout.amount_cents, order.language),
    )  # fmt: skip


def checkout_wrong(checkout: Checkout, owner: Person, *, at: datetime.datetime) -> None:
    """What the payment service says is not what was asked: nothing was credited, and the owner looks at it."""
    with translation.override(owner.language):
        reason = str(checkout_words.WRONG.get(checkout.why, checkout.why))
    letter = Letter(
        "till/checkout_wrong",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "checkout": checkout,
            "amount": formats.money(checkout.amount_cents, owner.language),
            "reason": reason,
            "url": settings.SITE_URL + reverse("desk:till:order", args=[checkout.cause_id]),
            "contact_url": "",  # owners don't write to themselves
        },
    )
    mail.queue_mail(letter, key=f"checkout:{checkout.pk}:wrong:{owner.pk}", at=at)


def vat_number_refused(order: Order, *, had_money: bool, at: datetime.datetime) -> None:
    """VIES says that the VAT number is not valid: the order is cancelled, and can be placed again with VAT."""
    _queue(
        "vat_number_refused", order, at=at, key=f"order:{order.pk}:vat_number_refused", had_money=had_money,
        number=order.buyer.vat_number, url=settings.SITE_URL + reverse("catalogue:offers"),
    )  # fmt: skip


def vat_number_refused_late(order: Order, owner: Person, *, at: datetime.datetime) -> None:
    """The same of an order that is paid: what the owner does about the VAT that was owed."""
    letter = Letter(
        "till/vat_number_refused_late",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "order": order,
            "customer": order.customer,
            "number": order.buyer.vat_number,
            "invoice": order.settlement.invoice.number,
            "url": settings.SITE_URL + reverse("desk:till:order", args=[order.pk]),
            "contact_url": "",  # owners don't write to themselves
        },
    )
    mail.queue_mail(letter, key=f"order:{order.pk}:vat_number_refused:{owner.pk}", at=at)


def payment_undone(order: Order, payment: Payment, *, at: datetime.datetime) -> None:
    """A payment for this order was recorded by mistake; what is to be paid now."""
    _queue(
        "payment_undone", order, at=at, key=f"payment:{payment.pk}:undone",
        amount=formats.money(payment.amount_cents, order.language),
        day=formats.day(payment.received_on, order.language),
    )  # fmt: skip


def unallocated_undone(payment: Payment, *, at: datetime.datetime) -> None:
    """Money that said no order was recorded by mistake: the credit is taken back; to every holder."""
    _to_holders("unallocated_undone", payment, at=at)


def choice_asked(order: Order, *, at: datetime.datetime) -> None:
    """The money came late for something no longer sold: what to do with it (O3)."""
    _queue("choice_asked", order, at=at, key=f"order:{order.pk}:choice:{at.isoformat()}")


def refund_made(order: Order, refunds: Sequence[Refund], sent: Sequence[Repayment], *, at: datetime.datetime) -> None:
    """What was bought goes back (O9, O11): units, money, and how it comes."""
    with translation.override(order.language):
        told = refund_words.told(refunds, sent, order.language)
    _queue("refund_made", order, at=at, key=f"refund:{refunds[0].pk}:made", told=told)


def credit_returned(customer: Customer, sent: Sequence[Repayment], *, at: datetime.datetime) -> None:
    """Credit goes back, as its customer asked (O4), and how it comes; to every holder."""
    for holder in people.holders_of(customer):
        with translation.override(holder.language):
            lines = [repayment_words.way(one, holder.language) for one in sent]
        context = {
            "person": holder, "customer": customer, "lines": lines,
            "amount": formats.money(sum(one.amount_cents for one in sent), holder.language),
            "url": settings.SITE_URL + reverse("my:repayments:repayments"),
        }  # fmt: skip
        letter = Letter("till/credit_returned", to=holder.email, language=holder.language, context=context)
        mail.queue_mail(letter, key=f"repayment:{sent[0].pk}:credit_returned:{holder.pk}", at=at)


def _queue(name: str, order: Order, *, key: str, at: datetime.datetime, **more: Any) -> None:
    mail.queue_mail(mail_words.letter(f"till/{name}", order, **more), key=key, at=at)


# Bounced cheques


def cheque_bounced(
    dispute: Dispute, order: Order | None, followed: DisputeEffects, *, gone_cents: int, at: datetime.datetime
) -> None:
    """O7: a cheque bounced: what is frozen, how and until when to pay again; to each holder. The owners are told if
    credit that came of it was used before (`gone_cents`): nothing takes that back.
    """
    _bounce_told("bounced", dispute, order, partial(bounces.told_bounced, dispute, order, followed), at=at)
    if gone_cents > 0:
        _bounce_told_to_owners("used", dispute, partial(bounces.told_used, dispute, gone_cents), at=at)


def bounce_paid(
    dispute: Dispute, order: Order, followed: DisputeEffects, *, rest_cents: int, at: datetime.datetime
) -> None:
    """O7: a bounced cheque is paid: what can be used again; to each holder."""
    told = partial(bounces.told_paid, dispute, order, followed, rest_cents=rest_cents)
    _bounce_told("paid", dispute, order, told, at=at)


def rest_missing_again(
    order: Order, payment: Payment, missing_cents: int, asked: Sequence[Dispute], *, at: datetime.datetime
) -> None:
    """O4, O7: some of it came; to each holder."""
    told = partial(bounces.told_rest_missing, order, payment, missing_cents)
    dispute = next(one for one in asked if one.is_open)
    _bounce_told(f"part:{payment.pk}", dispute, order, told, at=at)


def bounce_cancelled(
    dispute: Dispute, order: Order, followed: DisputeEffects, *, rest_cents: int, at: datetime.datetime
) -> None:
    """O7: it was not paid in time: what is cancelled; to each holder and owner."""
    told = partial(bounces.told_cancelled, dispute, order, followed, rest_cents=rest_cents)
    _bounce_told("cancelled", dispute, order, told, at=at)
    told = partial(bounces.told_to_owners, dispute, followed, rest_cents=rest_cents)
    _bounce_told_to_owners("cancelled", dispute, told, at=at)


def _bounce_told(
    what: str, dispute: Dispute, order: Order | None, told: Callable[[str], list[str]], *, at: datetime.datetime
) -> None:
    customer = dispute.payment.customer
    path = reverse("my:orders:order", args=[order.reference]) if order else reverse("my:orders:purchases")
    for holder in people.holders_of(customer):
        with translation.override(holder.language):
            context = {
                "person": holder, "customer": customer, "subject": bounces.subject(dispute),
                "lines": told(holder.language), "url": settings.SITE_URL + path,
            }  # fmt: skip
        letter = Letter(
            "till/bounce", to=holder.email, language=holder.language, context=context, thread=f"bounce:{dispute.pk}"
        )
        mail.queue_mail(letter, key=f"bounce:{dispute.pk}:{what}:{holder.pk}", at=at)


def _bounce_told_to_owners(
    what: str, dispute: Dispute, told: Callable[[str], list[str]], *, at: datetime.datetime
) -> None:
    for owner in people.team().filter(staff=Person.Staff.OWNER):
        with translation.override(owner.language):
            context = {
                "person": owner, "lines": told(owner.language), "customer": dispute.payment.customer,
                "amount": formats.money(dispute.amount_cents, owner.language),
                "url": settings.SITE_URL + reverse("desk:till:cheques") + "?state=bounced",
                "contact_url": "",  # owners don't write to themselves
            }  # fmt: skip
        letter = Letter(
            "till/bounce_owner", to=owner.email, language=owner.language, context=context, thread=f"bounce:{dispute.pk}"
        )
        mail.queue_mail(letter, key=f"bounce:{dispute.pk}:{what}:owner:{owner.pk}", at=at)


# Disputes


def dispute_told(dispute: Dispute, order: Order | None, followed: DisputeEffects, *, at: datetime.datetime) -> None:
    """A payment is disputed, or no longer (O7): what is frozen or can be used again, and what to do; to each holder."""
    customer = dispute.payment.customer
    for holder in people.holders_of(customer):
        with translation.override(holder.language):
            words = {"subject": disputes.subject(dispute)}
            lines = disputes.told(dispute, order, followed, holder.language)
        context = words | {
            "person": holder, "customer": customer, "lines": lines,
            "url": settings.SITE_URL + reverse("my:home:overview"),
        }  # fmt: skip
        _queue_dispute("dispute", dispute, holder, context, at=at)


def dispute_told_to_owners(
    dispute: Dispute, order: Order | None, followed: DisputeEffects, *, at: datetime.datetime
) -> None:
    """A payment is disputed, or no longer (O7): whose, why, until when to answer, and where; to every owner."""
    for owner in people.team().filter(staff=Person.Staff.OWNER):
        with translation.override(owner.language):
            lines = disputes.told_to_owners(dispute, order, followed, owner.language)
        context = {
            "person": owner, "lines": lines, "dispute": dispute, "customer": dispute.payment.customer,
            "amount": formats.money(dispute.amount_cents, owner.language),
            "address": dispute_words.RESOLUTION_CENTRE, "url": settings.SITE_URL + reverse("desk:till:disputes"),
            "contact_url": "",  # owners don't write to themselves
        }  # fmt: skip
        _queue_dispute("dispute_owner", dispute, owner, context, at=at)


def _queue_dispute(
    name: str, dispute: Dispute, person: Person, context: dict[str, Any], *, at: datetime.datetime
) -> None:
    letter = Letter(
        f"till/{name}", to=person.email, language=person.language, context=context, thread=f"dispute:{dispute.pk}"
    )
    key = f"dispute:{dispute.pk}:{dispute.state}:{dispute.changed_at.isoformat()}:{name}:{person.pk}"
    mail.queue_mail(letter, key=key, at=at)


def withdrawal_received(withdrawal: Withdrawal, order: Order, *, is_theirs: bool, at: datetime.datetime) -> None:
    """The receipt of a withdrawal on a durable medium: its content, date and time (CC L221-21, D221-5), and what
    follows. `is_theirs`: somebody of the customer is signed in; else it brings the link by which it is confirmed, to an
    address that belongs to the order.
    """
    language, details = withdrawal.language, withdrawal.details
    with translation.override(language):
        path = "tickets:confirm_withdrawal"
        url = settings.SITE_URL + (
            reverse("my:orders:order", args=[order.reference]) if is_theirs else reverse(path, args=[withdrawal.token])
        )
    letter = Letter(
        "till/withdrawal_received",
        to=details.email,
        language=language,
        context={
            "withdrawal": withdrawal, "name": details.name, "email": details.email, "order": order,
            "account": details.account_end,
            "is_theirs": is_theirs, "is_carried_out": withdrawal.is_carried_out, "url": url,
        },
        thread=f"order:{order.pk}",
        has_secret=not is_theirs,
    )  # fmt: skip
    mail.queue_mail(letter, key=f"withdrawal:{withdrawal.pk}:received", at=at)
