"""Payments that are begun at the payment service: the row is there before the service is asked, and says after each
answer how far it is. What an order makes of it is the till's to decide.
"""

import datetime
from dataclasses import dataclass

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.keys import Cause
from carnet.kernel.transactions import joined
from carnet.payments.models import Checkout
from carnet.payments.rules import checkouts as rules
from carnet.payments.rules.online import CheckoutFound, Environment
from carnet.people.models import Customer


@dataclass(frozen=True, slots=True)
class ToPay:
    """What is to be paid at the payment service, and what for."""

    cause: Cause
    reference: str
    amount_cents: int
    language: str
    environment: Environment
    client_id: str


@joined
def make_checkout(*, customer: Customer, wanted: ToPay, by: Actor, at: datetime.datetime) -> Checkout:
    """The row that causes the call: the service is asked with its key, so that a retry after a crash meets the same
    payment there. One that was begun for the same a short while ago, and still waits, is given again.

    The caller holds the lock of what is paid.
    """
    begun = Checkout.objects.filter(
        **wanted.cause.columns, amount_cents=wanted.amount_cents, environment=wanted.environment,
        client_id=wanted.client_id, language=wanted.language, state__in=(Checkout.State.MADE, Checkout.State.OPEN),
        made_at__gt=at - rules.REUSABLE_FOR,
    )  # fmt: skip
    known = begun.order_by("-pk").first()
    if known is not None:
        return known
    checkout = Checkout.objects.create(
        customer=customer, **wanted.cause.columns, reference=wanted.reference, amount_cents=wanted.amount_cents,
        language=wanted.language, environment=wanted.environment, client_id=wanted.client_id, made_at=at,
        look_at=rules.next_look(is_pending=False, since=at, at=at), **by.columns,
    )  # fmt: skip
    audit.record(
        "checkout.made", by=by, at=at, subject=("checkout", checkout.pk), customer_id=customer.pk,
        cause_kind=wanted.cause.kind, cause_id=wanted.cause.id, amount_cents=wanted.amount_cents,
    )  # fmt: skip
    return checkout


@joined
def open_checkout(*, checkout: Checkout, found: CheckoutFound, at: datetime.datetime) -> Checkout:
    """The service knows it now: keep by which number, and where its payer goes. The same again changes nothing."""
    checkout = Checkout.objects.select_for_update().get(pk=checkout.pk)
    if checkout.state == Checkout.State.MADE:
        checkout.state, checkout.external_id = Checkout.State.OPEN, found.external_id
        checkout.approve_url, checkout.payee, checkout.looked_at = found.approve_url, found.payee, at
        checkout.save()
    return checkout


@joined
def move_checkout(*, checkout: Checkout, fate: rules.Fate, by: Actor, at: datetime.datetime) -> Checkout:
    """What the service says by now of a checkout that is locked; when it is asked next. The audit tells each change."""
    before = checkout.state
    checkout.looked_at = at
    if fate.step in ("wait", "capture"):
        checkout.look_at = rules.next_look(is_pending=False, since=checkout.made_at, at=at)
        if checkout.look_at is None:
            checkout.state = Checkout.State.LAPSED
    else:
        checkout.state, checkout.why = Checkout.State(fate.step), fate.why
        is_pending = fate.step == "pending"
        since = checkout.done_at or at
        checkout.look_at = rules.next_look(is_pending=True, since=since, at=at) if is_pending else None
    if checkout.state not in (Checkout.State.MADE, Checkout.State.OPEN) and checkout.done_at is None:
        checkout.done_at = at
    if fate.capture is not None:
        checkout.capture_id = fate.capture.external_id
    checkout.save()
    if checkout.state != before:
        audit.record(
            f"checkout.{checkout.state}", by=by, at=at, subject=("checkout", checkout.pk),
            customer_id=checkout.customer_id, cause_kind=checkout.cause_kind, cause_id=checkout.cause_id,
            amount_cents=checkout.amount_cents, why=checkout.why,
        )  # fmt: skip
    return checkout


@joined
def await_answer(*, checkout: Checkout, at: datetime.datetime) -> None:
    """The service is about to take the money: whatever becomes of its answer, it is asked what it did."""
    soon = rules.next_look(is_pending=False, since=at, at=at)
    Checkout.objects.filter(pk=checkout.pk, look_at__isnull=True).update(look_at=soon)


@joined
def put_off(*, checkout: Checkout, at: datetime.datetime) -> None:
    """The service did not answer: it is asked again later, however old the payment is."""
    pause = datetime.timedelta(minutes=2 if at - checkout.made_at < datetime.timedelta(hours=1) else 15)
    Checkout.objects.filter(pk=checkout.pk, look_at__isnull=False).update(look_at=at + pause)
