"""What goes back of an order, and by which way (O9, O10)."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from carnet.invoices import queries as invoice_queries
from carnet.ledger import queries as ledger
from carnet.ledger import rules as ledger_rules
from carnet.ledger.models import Lot
from carnet.orders.models import Order, OrderLine
from carnet.orders.queries import amounts
from carnet.payments.models import Dispute, Payment
from carnet.repayments import queries as repayments
from carnet.till import rules
from carnet.till.models import Refund


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
    is open, or a bounced cheque can be paid again, nothing goes back, and what a lost one took back is gone.
    """
    paid = amounts.payments_left(order)
    bounced = Q(kind=Dispute.Kind.BOUNCE, payment__cause_kind="order", payment__cause_id=order.pk, order_cents__gt=0)
    live = dict(
        Dispute.objects.filter(Q(payment__in=[one for one, _cents in paid]) | bounced, state__in=Dispute.LIVE)
        .order_by("-state")  # an open one counts
        .values_list("payment", "state")
    )
    fine = [(one, cents) for one, cents in paid if one.pk not in live]
    is_all_gone = bool(live) and not fine and not amounts.credit_left_cents(order)
    return fine, Dispute.State.OPEN in live.values() or is_all_gone


def units_unused(order: Order) -> dict[int, int]:
    """How many units of each of its lots, by number, could go back now."""
    return {number: _unused(lot) for number, lot in _lots_of(order).items()}


def lots_unused(order: Order) -> list[Lot]:
    """Its lots of which something could go back now, by number."""
    return sorted((lot for lot in _lots_of(order).values() if _unused(lot)), key=lambda lot: lot.number)


def refunds_of(order: Order) -> list[Refund]:
    """What went back of it, the first one first, with lot, note and credit note."""
    return list(order.refunds.select_related("lot", "note", "credit_note").order_by("id"))


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
