"""What the till has still to do, and the facts that it puts on an invoice."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from carnet.catalogue.models import Edition
from carnet.invoices import queries as invoice_queries
from carnet.invoices import rules as invoices
from carnet.kernel import money
from carnet.ledger import queries as ledger
from carnet.ledger import rules as ledger_rules
from carnet.ledger.models import Lot
from carnet.orders.models import Activation, Order, OrderLine, Settlement
from carnet.orders.queries import amounts, sales
from carnet.payments.models import Checkout, Dispute, OnlineNotice, OnlineRefund, Payment
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.repayments import queries as repayments
from carnet.till import rules
from carnet.till.models import Refund


def activations_due(at: datetime.datetime) -> QuerySet[Order]:
    """Settled orders whose lot may be active now and is not yet (L1); not while their payment is disputed, nor once
    that is lost (O7), nor what went back before (O11).
    """
    made = Activation.objects.filter(line__order=OuterRef("pk"))
    due = Exists(Settlement.objects.filter(order=OuterRef("pk"), activates_at__lte=at))
    disputed = Exists(_disputes_of_units().filter(payment__cause_id=OuterRef("pk")))
    refunded = Exists(Refund.objects.filter(order=OuterRef("pk")))
    return Order.objects.filter(due, ~Exists(made), ~disputed, ~refunded)


def disputes_of_units(order: Order) -> QuerySet[Dispute]:
    """O7: the disputes, open or lost, that concern the units of this order, the earliest first."""
    return _disputes_of_units().filter(payment__cause_id=order.pk).order_by("id")


def _disputes_of_units() -> QuerySet[Dispute]:
    return Dispute.objects.filter(state__in=Dispute.LIVE, order_cents__gt=0, payment__cause_kind="order")


def disputes_of_lots(lots: Iterable[Lot]) -> dict[int, Dispute]:
    """O7: of these lots that are frozen or cancelled, the dispute over what paid for it, the open one first; no query
    if there are none.
    """
    concerned = [lot.pk for lot in lots if lot.frozen_at or lot.refunded]
    if not concerned:
        return {}
    found = Activation.objects.filter(lot__in=concerned).values_list("line__order", "lot")
    disputes = _disputes_of_units().filter(payment__cause_id__in=[order_id for order_id, _lot in found])
    by_order = {one.payment.cause_id: one for one in disputes.select_related("payment").order_by("state")}
    return {lot_id: by_order[order_id] for order_id, lot_id in found if order_id in by_order}


def disputes_of_customer(customer: Customer) -> QuerySet[Dispute]:
    """Every dispute over money of this customer, as the desk's list has them."""
    return disputes_found().filter(payment__customer=customer)


def disputes_to_follow(at: datetime.datetime) -> QuerySet[Dispute]:
    """Lost ones of which something is still to be cancelled: units that a ticket has released meanwhile, or of a pack
    that may be active only now and was lost in part (O7).
    """
    of_order = Activation.objects.filter(line__order=OuterRef("payment__cause_id"))
    settled = Settlement.objects.filter(order=OuterRef("payment__cause_id"))
    due = Q(Exists(settled.filter(activates_at__lte=at)), ~Exists(of_order), cancelled_cents=0)
    released = Exists(of_order.filter(lot__frozen__gt=0))
    found = _disputes_of_units().filter(Q(released) | due, state=Dispute.State.LOST)
    return found.select_related("payment__customer").order_by("id")


def disputes_found() -> QuerySet[Dispute]:
    """Disputes for the desk: the open ones first, by the day until which an answer is wanted, then the last first."""
    found = Dispute.objects.select_related("payment__customer", "payment__online_receipt")
    rank = Case(When(state=Dispute.State.OPEN, then=0), default=1)
    return found.annotate(rank=rank).order_by("rank", F("answer_by").asc(nulls_last=True), "-changed_at", "-id")


def checkouts(state: str = "") -> QuerySet[Checkout]:
    """What was begun at the payment service, the newest first; of one state, if one is named."""
    found = Checkout.objects.select_related("customer").order_by("-pk")
    return found.filter(state=state) if state else found


def invoice_facts(
    order: Order, paid: Iterable[tuple[Payment, int]], *, delivered_on: datetime.date
) -> invoices.InvoiceFacts:
    """What an order's invoice fixes but for its number and dates of issue (O8), taken from order, lines, payments and
    company once, when it is settled; `paid` are the payments, each with the cents that pay for it, `delivered_on` is
    the day of the sale.
    """
    return invoices.InvoiceFacts(
        seller=_seller(), buyer=_buyer(order), lines=_lines(order), paid=paid_for(order, paid),
        order_reference=order.reference, delivered_on=delivered_on, language=order.language,
    )  # fmt: skip


def _seller() -> invoices.SellerFacts:
    """The provider as invoices name it."""
    company = provider.company()
    return invoices.SellerFacts(
        name=company.name_with_form,
        address=invoices.PostalAddress(company.street, company.postcode, company.city, company.country),
        siren=company.siren, siret=company.siret, registry=company.registry, capital_cents=company.capital_cents,
        vat_number=company.vat_number, email=company.email, phone=company.phone,
        account_holder=company.account_holder, iban=company.iban, bic=company.bic,
    )  # fmt: skip


def _buyer(order: Order) -> invoices.BuyerFacts:
    """Who ordered."""
    buyer = order.buyer
    return invoices.BuyerFacts(
        name=buyer.name, address=invoices.PostalAddress(buyer.street, buyer.postcode, buyer.city, buyer.country),
        email=buyer.email, is_company=order.customer.kind == Customer.Kind.COMPANY, siren=buyer.siren,
        vat_number=buyer.vat_number,
    )  # fmt: skip


def _lines(order: Order) -> tuple[invoices.LineFacts, ...]:
    """What was ordered, named in French and in the order's language."""
    return tuple(_line(line, sorted({"fr", order.language})) for line in order.lines.all())


def _line(line: OrderLine, languages: list[str]) -> invoices.LineFacts:
    offer = line.edition.offer
    return invoices.line(
        offer.code, {language: offer.name.in_language(language) for language in languages},
        money.Split(line.net_cents, line.vat_cents), line.vat_permille, line.vat_category, quantity=line.quantity,
        pack=pack_of(line.edition),
    )  # fmt: skip


def pack_of(edition: Edition) -> invoices.PackSold:
    """What a pack of this edition holds."""
    return invoices.PackSold(
        unit=sales.UNITS[edition.offer.kind], count=edition.quantity or 0, token_minutes=edition.token_minutes,
        validity_months=edition.validity_months,
    )  # fmt: skip


def paid_for(order: Order, paid: Iterable[tuple[Payment, int]]) -> tuple[invoices.Paid, ...]:
    """What pays for it: credit first, then the payments, each with so many cents."""
    money = [
        invoices.Paid(payment.means, payment.received_on, cents, f"payment:{payment.pk}") for payment, cents in paid
    ]
    if not order.credit_used_cents:
        return tuple(money)
    return (invoices.Paid("credit", order.ordered_on, order.credit_used_cents), *money)


# What goes back


@dataclass(frozen=True, slots=True)
class LineRefund:
    """What goes back of one line of an order: units of its lot (None: nothing was active yet), and money, part by part.

    `reserved` units wait for their ticket. `takes_rest`: released ones go back later.
    """

    line: OrderLine
    lot: Lot | None
    units: int
    cents: int
    parts: tuple[rules.MoneyPart, ...]
    reserved: int = 0
    takes_rest: bool = False


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """What a refund of an order would do now. `is_disputed`: money that pays for it is under a dispute, or lost."""

    lines: tuple[LineRefund, ...]
    is_disputed: bool
    payments: Mapping[int, Payment] = field(default_factory=dict)  # that pay for it, by number

    @property
    def cents(self) -> int:
        return sum(one.cents for one in self.lines)

    @property
    def parts(self) -> list[rules.MoneyPart]:
        """By payment, the last one first, credit last."""
        sums: dict[int | None, int] = {}
        for part in (part for line in self.lines for part in line.parts):
            sums[part.payment_id] = sums.get(part.payment_id, 0) + part.cents
        order = sorted(sums, key=lambda number: -(number or 0))
        return [rules.MoneyPart(number, sums[number]) for number in order]


def refund_plan(order: Order, units: Mapping[int, int] | None) -> RefundPlan:
    """O9: what goes back of a settled order if these units do, by the number of their lot; None: all that can, and what
    is reserved later. Nothing for an order that is not settled; a lot that is not of the order is a programmer's
    mistake (ValueError).
    """
    if not order.is_settled:
        return RefundPlan((), is_disputed=False)
    paid, disputed = _money_of(order)
    left = [rules.MoneyPart(None, amounts.credit_left_cents(order))]
    left += [rules.MoneyPart(payment.pk, cents) for payment, cents in paid]
    invoice = order.settlement.invoice
    credited = invoice_queries.credited_cents(invoice)
    lines = []
    for line, lot, count, reserved in _units_of(order, units):
        price_left = line.price_cents - credited.get(line.position, 0)
        worth = ledger_rules.refund_cents(lot.as_view(), lot.price_cents, count) if lot else price_left
        paid_left = sum(one.cents for one in left)
        cents = rules.refund_cents(worth_cents=worth, line_left_cents=price_left, paid_left_cents=paid_left)
        parts = rules.split_refund(cents, left)
        left = rules.left_after(left, parts)
        takes_rest = units is None and reserved > 0
        lines.append(LineRefund(line, lot, count, cents, tuple(parts), reserved, takes_rest))
    return RefundPlan(tuple(lines), disputed, {payment.pk: payment for payment, _cents in paid})


def _money_of(order: Order) -> tuple[list[tuple[Payment, int]], bool]:
    """The payments that pay for it and are not disputed, each with its cents, and whether others are: while a dispute
    is open nothing goes back, and what a lost one took back is gone.
    """
    paid = amounts.payments_left(order)
    live = dict(
        Dispute.objects.filter(payment__in=[one for one, _cents in paid], state__in=Dispute.LIVE)
        .order_by("-state")  # an open one counts
        .values_list("payment", "state")
    )
    fine = [(one, cents) for one, cents in paid if one.pk not in live]
    return fine, Dispute.State.OPEN in live.values() or (bool(live) and not fine)


def units_unused(order: Order) -> dict[int, int]:
    """How many units of each of its lots, by number, could go back now."""
    return {number: _unused(lot) for number, lot in _lots_of(order).items()}


def _lots_of(order: Order) -> dict[int, Lot]:
    return Lot.objects.in_bulk([one.lot_id for one in order.activations])


def _unused(lot: Lot) -> int:
    return lot.frozen if lot.frozen_at else lot.available


def _units_of(order: Order, units: Mapping[int, int] | None) -> list[tuple[OrderLine, Lot | None, int, int]]:
    """Each line of which something goes back, its lot, how many units of it, and how many are reserved."""
    lines = list(order.lines.all())
    active = _lots_of(order)
    if unknown := set(units or {}) - set(active):
        raise ValueError(f"lots {unknown} are not of order {order.pk}")
    if not active:
        is_refunded = Refund.objects.filter(order=order).exists()
        return [] if units is not None or is_refunded else [(line, None, line.unit_count, 0) for line in lines]
    rest = set(Refund.objects.filter(lot__in=active, takes_rest=True).values_list("lot", flat=True))
    found: list[tuple[OrderLine, Lot | None, int, int]] = []
    for line in lines:
        lot = active[line.activation.lot_id]
        count = _unused(lot) if units is None else units.get(lot.pk, 0)
        if count or (units is None and lot.reserved and lot.pk not in rest):
            found.append((line, lot, count, 0 if lot.pk in rest else lot.reserved))
    return found


@dataclass(frozen=True, slots=True)
class WayBack:
    """Money of a refund by one way: `means` is transfer, cheque, paypal or credit; `by_hand` was sent there already."""

    means: str
    cents: int
    payment: Payment | None = None
    by_hand_cents: int = 0


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would do now: units that go, cents and the ways by which they come, lots that end earlier (O10)."""

    plan: RefundPlan
    ways: tuple[WayBack, ...]
    days: tuple[ledger.LastDayMoved, ...]

    @property
    def cents(self) -> int:
        return self.plan.cents

    @property
    def units(self) -> int:
        return sum(one.units for one in self.plan.lines)

    @property
    def reserved(self) -> int:
        """Units that wait for their ticket: released ones go back later."""
        return sum(one.reserved for one in self.plan.lines if one.takes_rest)

    @property
    def needs_account(self) -> bool:
        """Whether something goes back that can be sent by transfer."""
        return any(one.means in ("transfer", "cheque") for one in self.ways)


def preview_refund(order: Order, *, units: Mapping[int, int] | None = None, at: datetime.datetime) -> RefundPreview:
    """O9, O10: what `refund_order` would do at this moment; nothing is written. Nothing to refund: no lines."""
    plan = refund_plan(order, units)
    ways = []
    for part in plan.parts:
        payment = plan.payments[part.payment_id] if part.payment_id else None
        by_hand = min(part.cents, repayments.sent_by_hand_cents(payment)) if payment else 0
        ways.append(WayBack(payment.means if payment else "credit", part.cents, payment, by_hand))
    taken = {one.lot.pk: one.units for one in plan.lines if one.lot}
    days = ledger.days_after_refund(order.customer, taken) if taken else []
    return RefundPreview(plan, tuple(ways), tuple(days))


def are_going_back(lot: Lot) -> bool:
    """O9: whether all units of this lot went back: what a ticket releases of it goes back, too."""
    return Refund.objects.filter(lot=lot, takes_rest=True).exists()


def refunds_to_follow() -> QuerySet[Refund]:
    """O9: refunds of all of an order of which a ticket has released units meanwhile; not while money is disputed."""
    disputes = Dispute.objects.filter(payment__cause_kind="order", state=Dispute.State.OPEN)
    disputed = Exists(disputes.filter(payment__cause_id=OuterRef("order")))
    found = Refund.objects.filter(~disputed, takes_rest=True, lot__frozen__gt=0)
    return found.select_related("order__customer", "lot", "note").order_by("id")


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """An order that something is about."""

    pk: int
    reference_shown: str


def orders_of_notices(notices: Iterable[OnlineNotice]) -> dict[str, OrderNamed]:
    """The orders that the payment service's notices are about, by the ids that they name; in four statements."""
    named = {one.external_id for one in notices if one.external_id}
    found: dict[str | None, int] = {}
    if named:
        checkouts = Checkout.objects.filter(Q(external_id__in=named) | Q(capture_id__in=named), cause_kind="order")
        for external_id, capture_id, order_id in checkouts.values_list("external_id", "capture_id", "cause_id"):
            found |= {external_id: order_id, capture_id: order_id}
        for model in (OnlineRefund, Dispute):
            rows = model._default_manager.filter(external_id__in=named, payment__cause_kind="order")
            found |= dict(rows.values_list("external_id", "payment__cause_id"))
    orders = {one.pk: OrderNamed(one.pk, one.reference_shown) for one in Order.objects.filter(pk__in=found.values())}
    return {named: orders[order_id] for named, order_id in found.items() if named and order_id in orders}
