"""An order is paid at the payment service: it is begun there, looked at until its fate is known, and what was taken
does to the order what any money does (O1, O3–O6).

The service is asked while no transaction is open; each step before and after is one, so that a crash between two of
them leaves a row that says what to ask next. What the browser says is never believed, nor a notice: both are only
reasons to look.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from carnet.audit.actors import Actor
from carnet.kernel import calendar
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.limits.rules import HOUR, Limit
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts, sales
from carnet.orders.shown import names
from carnet.payments import queries as payments
from carnet.payments.actions import checkouts, online_facts
from carnet.payments.actions.asking import ask
from carnet.payments.models import Checkout, Means
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules import checkouts as rules
from carnet.payments.rules.online import Access, CaptureFound, CheckoutWanted, ServiceFailed
from carnet.payments.rules.received import Received
from carnet.people import queries as people
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.till import mails
from carnet.till.actions import recording

ASKED_AN_HOUR = Limit("payment service asked by a customer", 60, HOUR)
LOOKED_AT_ONCE = 5  # for who waits for the page: each is a call or two
KNOWN_FATE = (Checkout.State.PAID, Checkout.State.WRONG)


class PaymentServiceAway(Refused):
    """The payment service does not answer, refuses to begin a payment, or nobody has an account there."""

    code = "till.payment_service_away"


class NothingToPay(Refused):
    """The order waits for no money any more."""

    code = "till.nothing_to_pay"


class PaymentPending(Refused):
    """The service has taken the money for this order already, and still examines it: nobody pays twice."""

    code = "till.payment_pending"


class AskedTooOften(Refused):
    """A customer had the payment service asked so often within an hour that the others would suffer from it."""

    code = "till.asked_too_often"


def begin_checkout(*, order: Order, by: Actor, at: datetime.datetime) -> Checkout:
    """Begin to pay what the order still waits for at the payment service; its `approve_url` is where the payer goes.

    A second click meets the payment that was begun by the first, also if that broke off. Refuses `NothingToPay`,
    `PaymentPending`, `AskedTooOften`, and `PaymentServiceAway`, in which case the order waits as before.
    """
    access = payments.online_access()
    if access is None:
        raise PaymentServiceAway
    checkout = _made(order, access, by=by, at=at)
    if checkout.state != Checkout.State.MADE:
        return checkout
    _refuse_too_often(order, by=by, at=at)
    try:
        checkout = _opened(checkout, access, by=by, at=at)
    except ServiceFailed:
        raise PaymentServiceAway from None
    if checkout.state != Checkout.State.OPEN:
        raise PaymentServiceAway
    return checkout


@transaction.atomic
@gathered()
def _made(order: Order, access: Access, *, by: Actor, at: datetime.datetime) -> Checkout:
    order = waiting.locked(order)
    missing_cents = amounts.missing_cents(order)
    if not order.takes_money or not missing_cents:
        raise NothingToPay
    if Checkout.objects.filter(**order.cause.columns, state=Checkout.State.PENDING).exists():
        raise PaymentPending
    wanted = checkouts.ToPay(
        order.cause, order.reference, missing_cents, order.language, access.environment, access.client_id
    )
    return checkouts.make_checkout(customer=order.customer, wanted=wanted, by=by, at=at)


def _opened(checkout: Checkout, access: Access, *, by: Actor, at: datetime.datetime) -> Checkout:
    """The checkout as the service knows it now. Raises `ServiceFailed`."""
    order = Order.objects.with_lines().get(pk=checkout.cause_id)
    found = ask(paypal.create_checkout, access, _wanted(checkout, order))
    fate = rules.fate_of(found, _asked(checkout, access, found.external_id))
    if payments.is_of_another(checkout, external_id=found.external_id):
        fate = rules.Fate("wrong", "other_checkout")
    if fate.step == "wrong":
        return _taken_in(checkout, fate, by=by, at=at)
    return checkouts.open_checkout(checkout=checkout, found=found, at=at)


def _wanted(checkout: Checkout, order: Order) -> CheckoutWanted:
    return CheckoutWanted(
        key=f"checkout:{checkout.pk}", reference=checkout.reference, number=f"{checkout.reference}-{checkout.pk}",
        amount_cents=checkout.amount_cents, description=names.names_of(order, checkout.language),
        language=checkout.language, return_url=_address("my:till:look_at_order", order),
        cancel_url=f"{_address('my:orders:order', order)}?given_up=on", name=provider.company().trade_name,
    )  # fmt: skip


def _address(name: str, order: Order) -> str:
    return settings.SITE_URL + reverse(name, args=[order.reference])


def _asked(checkout: Checkout, access: Access, external_id: str = "") -> rules.Asked:
    return rules.Asked(
        external_id=checkout.external_id or external_id, reference=checkout.reference,
        amount_cents=checkout.amount_cents, payees=frozenset({checkout.payee, access.account_id} - {""}),
    )  # fmt: skip


def look_at_checkout(*, checkout: Checkout, by: Actor, at: datetime.datetime) -> Checkout:
    """O6: ask the service what became of this payment, take the money if its payer approved and the order still waits
    for just that, and do to the order what money does. Whoever asks, and however often: it happens once.

    What is approved for an order that needs it no more is not taken: nobody pays twice by our doing. Raises
    `ServiceFailed` if the service doesn't answer; it is asked again later.
    """
    checkout.refresh_from_db()
    access = payments.online_access()
    if checkout.state in KNOWN_FATE:
        return checkout
    if access is None:
        raise ServiceFailed("not_connected", permanent=False)
    if access.environment != checkout.environment:
        raise ServiceFailed("other_environment", permanent=True)
    if checkout.state == Checkout.State.MADE:
        if at - checkout.made_at > rules.REPEATABLE_FOR:
            return _taken_in(checkout, rules.Fate("lapsed"), by=by, at=at)
        checkout = _opened(checkout, access, by=by, at=at)
        if checkout.state in KNOWN_FATE:
            return checkout
    if not checkout.external_id:
        return checkout  # it lapsed before the service knew of it
    fate = rules.fate_of(ask(paypal.show_checkout, access, checkout.external_id), _asked(checkout, access))
    if fate.step == "lapsed" and not rules.may_be_gone(
        is_pending=checkout.state == Checkout.State.PENDING,
        is_same_access=access.client_id == checkout.client_id, made_at=checkout.made_at, at=at,
    ):  # fmt: skip
        raise ServiceFailed("unknown_there", permanent=True)
    if fate.step == "capture":
        fate = _captured(checkout, access, at=at)
    return _taken_in(checkout, fate, by=by, at=at)


def _captured(checkout: Checkout, access: Access, *, at: datetime.datetime) -> rules.Fate:
    """Take the approved money, if the order still waits for it. Refused for good, another payment has to be begun."""
    assert checkout.external_id
    if not _is_still_wanted(checkout, at):
        return rules.Fate("lapsed", "not_needed")
    # From here on the money may be taken, and nobody be told: one that had lapsed or was refused is looked at again.
    checkouts.await_answer(checkout=checkout, at=at)
    try:
        found = ask(paypal.capture_checkout, access, checkout.external_id, key=f"checkout:{checkout.pk}:capture")
    except ServiceFailed as failed:
        if not failed.permanent:
            raise
        return rules.Fate("refused", "declined")
    return rules.fate_of(found, _asked(checkout, access))


def _is_still_wanted(checkout: Checkout, at: datetime.datetime) -> bool:
    order = Order.objects.with_lines().get(pk=checkout.cause_id)
    waits = order.takes_money
    may_revive = order.state == Order.State.EXPIRED and sales.are_on_sale(order, at)
    return (waits or may_revive) and amounts.missing_cents(order) == checkout.amount_cents


@transaction.atomic
@gathered()
def _taken_in(checkout: Checkout, fate: rules.Fate, *, by: Actor, at: datetime.datetime) -> Checkout:
    """Write what the service said, all of it or nothing. Of two who bring the same, the second changes nothing."""
    order = waiting.locked_by_number(checkout.cause_id, customer_id=checkout.customer_id)
    checkout = Checkout.objects.select_for_update().get(pk=checkout.pk)
    if checkout.state in KNOWN_FATE:
        return checkout
    before = Checkout.State(checkout.state)
    fate = _believed(checkout, fate)
    checkout = checkouts.move_checkout(checkout=checkout, fate=fate, by=by, at=at)
    if fate.step == "paid" and fate.capture is not None:
        _record(order, checkout, fate.capture, by=by, at=at)
    if checkout.state != before:
        _tell(order, checkout, before, at=at)
    return checkout


def _believed(checkout: Checkout, fate: rules.Fate) -> rules.Fate:
    """A capture pays one order only, and an answer from before the money was taken is late."""
    if fate.capture is not None and payments.is_of_another(checkout, capture_id=fate.capture.external_id):
        return rules.Fate("wrong", fate.why if fate.step == "wrong" else "other_order")
    if checkout.state == Checkout.State.PENDING and fate.step in ("wait", "capture", "lapsed"):
        return rules.Fate("pending", checkout.why)
    return fate


def _record(order: Order, checkout: Checkout, capture: CaptureFound, *, by: Actor, at: datetime.datetime) -> None:
    """The money is the order's; the day is the service's, though not one on which there was no order, nor one to come:
    clocks differ, and may be put back.
    """
    at = max(at, order.placed_at)
    taken_on = calendar.date_on(capture.at, provider.time_zone())
    money = Received(
        Means.PAYPAL, capture.amount_cents,
        max(schedule.today(order.placed_at), min(taken_on, schedule.today(at))), document_number=capture.external_id,
        is_another=True, is_old=True,
    )  # fmt: skip
    payment = recording.record(order, money, by=by, at=at, key=f"paypal:{capture.external_id}")
    online_facts.note_receipt(payment=payment, checkout=checkout, capture=capture, by=by, at=at)


def _tell(order: Order, checkout: Checkout, before: Checkout.State, *, at: datetime.datetime) -> None:
    """Whoever left while the money was examined is told what came of it; what is wrong, the owners."""
    if checkout.state == Checkout.State.PENDING:
        mails.payment_pending(order, checkout, at=at)
    elif checkout.state == Checkout.State.REFUSED and before == Checkout.State.PENDING:
        mails.payment_refused(order, checkout, at=at)
    elif checkout.state == Checkout.State.WRONG:
        for owner in people.owners():
            mails.checkout_wrong(checkout, owner, at=at)


def look_at_order(*, order: Order, by: Actor, at: datetime.datetime) -> Checkout | None:
    """Look at the last payments of the order whose fate is not known, the newest first, until one has paid: its payer
    came back, or somebody asks. Older ones that may still be paid are looked at when they are due. Answers with the
    last one looked at. Refuses `AskedTooOften`; raises `ServiceFailed`.
    """
    unknown = Checkout.objects.filter(**order.cause.columns).exclude(state__in=KNOWN_FATE)
    looked = None
    for checkout in unknown.order_by("-pk")[:LOOKED_AT_ONCE]:
        _refuse_too_often(order, by=by, at=at)
        looked = look_at_checkout(checkout=checkout, by=by, at=at)
        if looked.state in (Checkout.State.PAID, Checkout.State.PENDING):
            break
    return looked


def _refuse_too_often(order: Order, *, by: Actor, at: datetime.datetime) -> None:
    if by.kind == "person" and not limits.spend(ASKED_AN_HOUR, f"customer:{order.customer_id}", at=at):
        raise AskedTooOften


def look_at_due(*, by: Actor, at: datetime.datetime) -> int:
    """Look at the payments whose time has come, the longest due first; answers how many. If the service is away the
    others wait, too.

    Each is put off before anybody asks: if Carnet itself breaks at one, the others have their turn before it.
    """
    count = 0
    for checkout in Checkout.objects.filter(look_at__lte=at).order_by("look_at", "pk"):
        checkouts.put_off(checkout=checkout, at=at)
        try:
            look_at_checkout(checkout=checkout, by=by, at=at)
        except ServiceFailed as failed:
            if not failed.permanent:
                break
        count += 1
    return count
