"""What the people of the demo buy and how they pay: at once, in parts, too much, twice, late, never."""

import contextlib
import datetime
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from carnet.audit.actors import WORKER
from carnet.kernel import calendar, keys
from carnet.orders.actions import checking_vat, waiting
from carnet.orders.models import Order
from carnet.orders.queries import bounces, overdue
from carnet.payments.rules.received import Received
from carnet.people.models import Customer, Person
from carnet.till.actions import bouncing, checkouts, crediting, fulfilling, invoicing, recording
from carnet.till.queries import due
from demo.actions import connect_paypal
from demo.paypal.server import PaypalStandIn
from demo.vies.server import ViesStandIn
from demo.year import catalogue, returning
from demo.year.people import Buy
from demo.year.story import DAY, DEMO, HOUR, MINUTE, Story

POST = DAY * 2  # until a cheque has come, or a transfer
LATE = DAY * 36  # after the order has ended
SURPLUS_CENTS = 1_000
# When the customer can use what was bought, counted from the order; what was never paid is not among them.
USABLE_AFTER = {
    "paid": POST, "paypal": POST, "too_much": POST, "twice": POST, "in_parts": POST + DAY * 5, "late": LATE,
    "patient": DAY * 18, "withdrawn": POST, "bounced": POST, "bounced_lost": POST,
}  # fmt: skip


@contextlib.contextmanager
def paypal_beside(story: Story) -> Iterator[None]:
    """The stand-in of PayPal runs beside the story, by the story's clock, if Carnet asks one; it keeps its account for
    the demo that begins when the story ends.
    """
    if not settings.PAYPAL_STAND_IN:
        yield
        return
    port = urlsplit(settings.PAYPAL_STAND_IN).port
    assert port, "the settings see to that"
    file = settings.VAR_DIR / "paypal.json"
    file.unlink(missing_ok=True)  # of an earlier demo in this folder
    story.paypal = PaypalStandIn(now=lambda: story.now, port=port, file=file, delivers=False)
    story.paypal.start()
    try:
        notices_to = settings.SITE_URL + reverse("machines:receive_notice")
        connect_paypal(notices_to=notices_to, by=DEMO, at=story.begin)
        yield
    finally:
        story.paypal.stop()


@contextlib.contextmanager
def vies_beside(story: Story) -> Iterator[None]:
    """The stand-in of VIES runs beside the story, if Carnet asks one."""
    if not settings.VIES_STAND_IN:
        yield
        return
    port = urlsplit(settings.VIES_STAND_IN).port
    assert port, "the settings see to that"
    vies = ViesStandIn(now=lambda: story.now, port=port)
    vies.start()
    story.has_vies = True
    try:
        yield
    finally:
        vies.stop()


def arrange(story: Story) -> None:
    """Plan what the worker does about orders every morning, and the one price that was raised in the year."""
    day = story.begin
    while day < story.until:
        story.plan(day + HOUR * 9, follow_orders, story)
        day += DAY
    story.plan(story.months_ago(catalogue.RAISED_MONTHS_AGO), _raise_price)
    story.plan(story.months_ago(1) + HOUR * 10, _receive_without_order, story)


def plan_buy(
    story: Story, customer: Customer, holder: Person, buy: Buy, *, earliest: datetime.datetime
) -> datetime.datetime | None:
    """Have `holder` buy this; from when on it can be used, None for what is never paid."""
    ordered = story.daytime(max(story.months_ago(buy.months_ago) + DAY * 6, earliest))
    if buy.months_ago < 1:
        ordered = story.until - DAY * 30 * buy.months_ago
    if buy.way == "paypal" and story.paypal:
        story.plan(ordered, _order_at_paypal, story, customer, holder, buy, asks_network=True)
        return ordered + MINUTE
    if story.is_abroad(customer):
        story.plan(ordered - MINUTE, _ask_vies, story, customer, holder, asks_network=True)
    story.plan(ordered, _order, story, customer, holder, buy)
    usable_after = USABLE_AFTER.get(buy.way)
    return None if usable_after is None else ordered + usable_after


def follow_orders(at: datetime.datetime, story: Story) -> None:
    """What the worker does about orders every day."""
    for order in overdue.orders_to_remind(at):
        waiting.remind_of_order(order=order, by=WORKER, at=at)
    for order in overdue.orders_over(at):
        waiting.expire_order(order=order, by=WORKER, at=at)
    for order in due.activations_due(at):
        fulfilling.activate_order(order=order, by=WORKER, at=at)
    for dispute in bounces.bounces_over(at):
        bouncing.cancel_unpaid(dispute=dispute, by=WORKER, at=at)


def _raise_price(at: datetime.datetime) -> None:
    catalogue.publish(catalogue.RAISED, by=DEMO, at=at)


def _receive_without_order(at: datetime.datetime, story: Story) -> None:
    """A company has paid without saying what for."""
    crediting.record_unallocated_payment(
        customer=Customer.objects.get(name="Menuiserie Aubert"),
        money=Received("transfer", 6_000, calendar.date_on(at, story.zone), payer="MENUISERIE AUBERT"),
        by=story.owner.as_actor(), at=at, key=keys.new_key(),
    )  # fmt: skip


def _order_at_paypal(at: datetime.datetime, story: Story, customer: Customer, holder: Person, buy: Buy) -> None:
    """The holder orders, goes to PayPal, agrees there and comes back: the pack can be used at once."""
    assert story.paypal, "the stand-in runs"
    order = story.place_order(at, customer, holder, buy.code, means="paypal")
    if not order.asked_cents:  # credit has paid it
        return
    checkout = checkouts.begin_checkout(order=order, by=holder.as_actor(), at=at)
    assert checkout.external_id, "it was begun"
    story.paypal.approve(checkout.external_id)
    checkouts.look_at_order(order=order, by=holder.as_actor(), at=at)


def _ask_vies(at: datetime.datetime, story: Story, customer: Customer, holder: Person) -> None:
    """Before a company elsewhere in the Union orders."""
    checking_vat.ask_about_buyer(customer=customer, buyer=story.buyer_of(customer, holder), at=at)


def _order(at: datetime.datetime, story: Story, customer: Customer, holder: Person, buy: Buy) -> None:
    """Households send cheques, companies transfers."""
    order = story.place_order(at, customer, holder, buy.code, express_request=buy.way != "patient")
    cents = order.asked_cents
    if not cents:  # credit has paid it
        return
    first = POST - MINUTE
    payments: dict[str, list[tuple[datetime.timedelta, int]]] = {
        "too_much": [(first, cents + SURPLUS_CENTS)],
        "twice": [(first, cents), (first + DAY * 3, cents)],
        "in_parts": [(first, cents * 3 // 5), (first + DAY * 5, cents - cents * 3 // 5)],
        "part": [(first, cents // 2)],
        "late": [(LATE - MINUTE, cents)],
        "too_late": [(LATE, cents)],
        "given_up": [],
        "cancelled": [],
        "waiting": [],
        "invoiced": [],
    }
    if buy.way == "cancelled":
        story.plan(at + DAY * 3, _cancel, order, holder)
    if buy.way == "withdrawn":
        story.plan(at + DAY * 5, returning.withdraw, story, order, holder)
    if buy.way == "invoiced":
        story.plan(at + HOUR, _request_invoice, order, holder)
    if buy.way in ("bounced", "bounced_lost"):
        story.plan(at + DAY * 14, returning.bounce, story, order)
    if buy.way == "bounced":
        story.plan(at + DAY * 22, _pay, story, order, cents)
    for after, amount in payments.get(buy.way, [(first, cents)]):
        story.plan(at + after, _pay, story, order, amount)


def _cancel(at: datetime.datetime, order: Order, holder: Person) -> None:
    waiting.cancel_order(order=order, by=holder.as_actor(), at=at)


def _request_invoice(at: datetime.datetime, order: Order, holder: Person) -> None:
    """O8: its bookkeeping wants the invoice before it pays."""
    invoicing.request_invoice(order=order, by=holder.as_actor(), at=at)


def _pay(at: datetime.datetime, story: Story, order: Order, cents: int) -> None:
    """The owner finds the money in the bank's list or in the post, and records it."""
    money = Received(order.means, cents, calendar.date_on(at, story.zone), payer=order.buyer.name)
    recording.record_payment(order=order, money=money, by=story.owner.as_actor(), at=at, key=keys.new_key())
