"""Orders as they are shown, what they wait for, and what is said of them to the apps below."""

import contextlib
import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Sum as SumOf
from django.db.models.functions import Coalesce

from carnet.catalogue import rules as catalogue
from carnet.catalogue.models import Edition, Offer
from carnet.invoices import queries as invoice_queries
from carnet.invoices.models import Invoice
from carnet.kernel import calendar, money
from carnet.ledger.models import Lot, Movement
from carnet.orders import rules
from carnet.orders.models import Means, Order, OrderBuyer, OrderQuerySet, Settlement
from carnet.payments import queries as payments
from carnet.payments import rules as payment_rules
from carnet.payments.models import CreditMovement, Payment
from carnet.people import queries as people
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.schedule import queries as schedule

UNITS: dict[str, str] = {Offer.Kind.TOKENS: Lot.Unit.TOKEN, Offer.Kind.HOURS: Lot.Unit.MINUTE}
SATURDAY = 5
PORTION = 500


def packs_on_sale(at: datetime.datetime) -> QuerySet[Edition]:
    """Packs of tokens and of hours on sale at `at`, in the order in which they are shown, with their offers."""
    packs = Edition.objects.on_sale_at(at).filter(offer__kind__in=UNITS)
    return packs.select_related("offer").order_by("offer__position", "offer_id")


def terms_at(at: datetime.datetime) -> TextVersion | None:
    """The terms that an order of this moment agrees to."""
    versions = TextVersion.objects.filter(kind=TextVersion.Kind.TERMS, published_at__lte=at)
    return versions.order_by("-version").first()


def means_on_offer() -> list[str]:
    """How the provider can be paid: by transfer once its account is known, by cheque once its address is."""
    company = provider.company()
    found = []
    if company.iban and company.account_holder:
        found.append(Means.TRANSFER.value)
    if company.street and company.city:
        found.append(Means.CHEQUE.value)
    return found


def free_reference(make: Callable[[], str]) -> str:
    """A reference that no order has yet."""
    while True:
        reference = make()
        if not Order.objects.filter(reference=reference).exists():
            return reference


def is_working_day(day: datetime.date) -> bool:
    """Neither Saturday, Sunday nor a public holiday where the provider is (O11)."""
    place = str(provider.setting("holidays_of"))
    return day.weekday() < SATURDAY and day not in schedule.public_holidays(place, day.year)


def are_on_sale(order: Order, at: datetime.datetime) -> bool:
    """Whether everything that was ordered is still on sale (O3)."""
    editions = {line.edition_id for line in order.lines.all()}
    return packs_on_sale(at).filter(pk__in=editions).count() == len(editions)


# Lists


def orders_of(customer: Customer) -> OrderQuerySet:
    """A customer's orders, newest first, with what stands beside them."""
    return _whole(Order.objects.filter(customer=customer))


def orders_found(*, words: str = "", only_open: bool = True) -> OrderQuerySet:
    """Orders for the desk, newest first; `words` are any part of reference or name, of an e-mail or postal address, of
    the number of an invoice or a cheque, blanks left out, or an amount: the price, or what is left of it after credit.
    """
    found = _whole(Order.objects.all())
    if only_open:
        found = found.open()
    if not words.strip():
        return found
    plain = "".join(words.split()).upper()
    matching = Q(reference__icontains=plain) | Q(customer__name__contains_folded=words)
    matching |= Q(buyer__name__contains_folded=words) | _about(words.strip(), plain)
    with contextlib.suppress(ValueError):
        amount = payment_rules.parse_amount(words)
        matching |= Q(price_cents=amount) | Q(price_cents=F("credit_used_cents") + amount)
    return found.filter(matching)


def _about(words: str, plain: str) -> Q:
    """Orders by a part of what is known of who ordered and who paid, and of the invoice's number."""
    paid = Payment.objects.filter(cause_kind="order").filter(
        Q(details__payer__contains_folded=words) | Q(details__document_number__icontains=plain)
    )
    return (
        Q(buyer__email__contains_folded=words)
        | Q(buyer__street__contains_folded=words)
        | Q(buyer__city__contains_folded=words)
        | Q(placed_by__in=people.persons_found(words).values("pk"))
        | Q(settlement__invoice__number__icontains=plain)
        | Q(pk__in=paid.values("cause_id"))
    )


def payments_found(words: str) -> QuerySet[Payment]:
    """Payments for the desk, the last first; by what their order is found by, too, its amount left out."""
    return payments.payments(words, or_orders=_found_by_words(words).values("pk"))


def invoices_found(words: str) -> QuerySet[Invoice]:
    """Invoices for the desk, the last first; by their own total and by what their order is found by, its amount left
    out.
    """
    settled = Settlement.objects.filter(order__in=_found_by_words(words).values("pk"))
    among = Q(pk__in=settled.values("invoice"))
    with contextlib.suppress(payment_rules.NotAnAmount):
        among |= Q(gross_cents=payment_rules.parse_amount(words))
    return invoice_queries.invoices(words, or_among=Invoice.objects.filter(among).values("pk"))


def _found_by_words(words: str) -> OrderQuerySet:
    plain = "".join(words.split()).upper()
    matching = Q(reference__icontains=plain) | Q(buyer__name__contains_folded=words.strip())
    return Order.objects.filter(matching | _about(words.strip(), plain))


def with_orders(received: Iterable[Payment]) -> list[tuple[Payment, Order | None]]:
    """Each payment with the order that it was for; None if nobody knows what it was for."""
    received = list(received)
    found = Order.objects.in_bulk([one.cause_id for one in received if one.cause_kind == "order"])
    return [(one, found[one.cause_id] if one.cause_kind == "order" else None) for one in received]


def _whole(orders: OrderQuerySet) -> OrderQuerySet:
    return orders.select_related("customer", "buyer", "settlement__invoice").with_lines().order_by("-placed_at", "-id")


# Money


def accepted_payments(order: Order) -> QuerySet[Payment]:
    """L1: what counts as paid for the order, the earliest first: a cheque at once, or once it is cleared, as fixed on
    the order.
    """
    found = Payment.objects.filter(cause_kind="order", cause_id=order.pk, undone=None).order_by("id")
    if order.cheque_activates_on == "clearing":
        found = found.filter(~Q(means=Means.CHEQUE) | Q(clearing__isnull=False))
    return found


def payments_left(order: Order) -> list[tuple[Payment, int]]:
    """What counts, the earliest first, each with the cents that did not become credit; those of which nothing is left
    are left out. One statement.
    """
    turned = CreditMovement.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    cents = Coalesce(Subquery(turned.annotate(sum=SumOf("amount_cents")).values("sum")), 0)
    paid = accepted_payments(order).annotate(left_cents=F("amount_cents") - cents)
    return [(payment, payment.left_cents) for payment in paid if payment.left_cents]


def paid_cents(order: Order) -> int:
    """What is paid of the price: credit used, and money that did not become credit."""
    return order.credit_used_cents + sum(cents for _payment, cents in payments_left(order))


def missing_cents(order: Order) -> int:
    """What is still to be paid; of an order that is paid or cancelled nothing."""
    if order.state in (Order.State.SETTLED, Order.State.CANCELLED):
        return 0
    return max(0, order.price_cents - paid_cents(order))


def missing_of(orders: Iterable[Order]) -> dict[int, int]:
    """`missing_cents` of several orders, by order, in two queries for any number."""
    left = {order.pk: order.asked_cents if order.is_open else 0 for order in orders}
    once_cleared = [order.pk for order in orders if order.cheque_activates_on == "clearing"]
    uncleared = Q(means=Means.CHEQUE, cause_id__in=once_cleared, clearing=None)
    paid = Payment.objects.filter(~uncleared, cause_kind="order", cause_id__in=[pk for pk in left if left[pk]])
    for order_id, cents in paid.values_list("cause_id", "amount_cents"):
        left[order_id] -= cents
    turned = CreditMovement.objects.filter(payment__in=paid)
    for order_id, cents in turned.values_list("payment__cause_id", "amount_cents"):
        left[order_id] += cents
    return {pk: max(0, cents) for pk, cents in left.items()}


# What time brings


def orders_to_remind(at: datetime.datetime) -> list[Order]:
    """Orders that wait for money and were not recalled yet, of which two thirds of the time have passed (O1)."""
    waiting = Order.objects.filter(state=Order.State.WAITING, reminded_at=None, expires_at__gt=at)
    return [order for order in waiting if at >= rules.reminds_at(order.placed_at, order.expires_at)]


def orders_over(at: datetime.datetime) -> QuerySet[Order]:
    """Orders whose time is over."""
    return Order.objects.open().filter(expires_at__lte=at).order_by("expires_at")


def effects_of(lot: Lot) -> list[Movement]:
    """L5, L6: the lines by which the activation of `lot` gave older lots a later last day, with these lots."""
    opening = Movement.objects.get(lot=lot, kind=Movement.Kind.OPENED)
    lines = Movement.objects.filter(customer=opening.customer_id, key=opening.key, kind=Movement.Kind.LAST_DAY)
    return list(lines.select_related("lot").order_by("part"))


# What pages show


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would come to: the price with its VAT, the credit that it uses, and what is left to pay."""

    price_cents: int
    net_cents: int
    vat_cents: int
    vat_permille: int
    credit_cents: int

    @property
    def asked_cents(self) -> int:
        return self.price_cents - self.credit_cents

    @property
    def vat_percent(self) -> Decimal:
        return Decimal(self.vat_permille) / 10


def quote(customer: Customer, edition: Edition, *, country: str) -> Quote:
    """What this edition would cost the customer now; an order that is refused for its country shows French VAT."""
    vat = catalogue.vat_of_sale(
        is_charged=provider.company().is_vat_charged, rate_permille=edition.vat_permille,
        is_company=customer.kind == Customer.Kind.COMPANY, country=country,
    ) or catalogue.Vat(edition.vat_permille, "S")  # fmt: skip
    price = money.split_gross(edition.price_cents, vat.permille)
    credit = min(payments.credit_cents(customer), edition.price_cents)
    return Quote(edition.price_cents, price.net_cents, price.vat_cents, vat.permille, credit)


def withdrawal_last_day(customer: Customer, at: datetime.datetime) -> datetime.date | None:
    """O11: until when a household that orders at `at` may withdraw; None for a company."""
    if customer.kind != Customer.Kind.HOUSEHOLD:
        return None
    return rules.withdrawal_last_day(schedule.today(at), is_working_day)


def can_withdraw(order: Order, at: datetime.datetime) -> bool:
    """O11: whether the order's consumer may still withdraw; there is nothing to withdraw from once it has ended."""
    is_there = order.state in (Order.State.WAITING, Order.State.CHOOSING, Order.State.SETTLED)
    return is_there and order.withdrawal_last_day is not None and schedule.today(at) <= order.withdrawal_last_day


def last_buyer(customer: Customer) -> OrderBuyer | None:
    """Who was named on the customer's last order."""
    return OrderBuyer.objects.filter(order__customer=customer).order_by("-order_id").first()


@dataclass(frozen=True, slots=True)
class Sum:
    """What an order costs and what is left of it to pay, as a subtraction."""

    price_cents: int
    credit_cents: int
    paid_cents: int
    due_cents: int

    @property
    def is_subtraction(self) -> bool:
        """Whether something is taken off the price at all."""
        return bool(self.credit_cents or self.paid_cents)


def sum_of(order: Order) -> Sum:
    """The price, the credit that it used, what was paid of the rest, and what is due; of an order that nobody has to
    pay any more nothing is due.
    """
    paid, due = paid_cents(order) - order.credit_used_cents, missing_cents(order)
    return Sum(order.price_cents, order.credit_used_cents, paid, due)


def last_day_to_pay(order: Order) -> datetime.date:
    """The last day, included, on which the order waits."""
    return calendar.date_on(order.expires_at - datetime.timedelta(seconds=1), provider.time_zone())


def payments_shown(order: Order) -> list[Payment]:
    """Every payment for the order, the earliest first, with its details; cheques that do not count yet, and what was
    undone, included.
    """
    found = Payment.objects.filter(cause_kind="order", cause_id=order.pk)
    return list(found.select_related("details", "clearing", "undone").order_by("id"))
