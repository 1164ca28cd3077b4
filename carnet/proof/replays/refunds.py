"""Refunds judged by the journal of units, the credit note, and the money that went back or became credit (O9, O11)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from carnet.kernel import snapshot
from carnet.ledger.models import Movement
from carnet.orders.models import Activation, Order
from carnet.payments.models import CreditMovement, Dispute, Payment
from carnet.proof.rules import Fault, Found
from carnet.repayments.models import Repayment
from carnet.till.models import Refund, Withdrawal

CHECK = "refunds"
PORTION = 200
GONE = ("spent", "refunded")


@dataclass(slots=True)
class OrderRefunds:
    """An order of which something went back, with all that was written about that."""

    order: Order
    refunds: list[Refund] = field(default_factory=list)  # the first one first
    positions: dict[int, int] = field(default_factory=dict)  # of its lines, by lot
    units: dict[int, int] = field(default_factory=dict)  # by refund, as the journal moved them
    worth: dict[int, int] = field(default_factory=dict)
    credit: dict[int, int] = field(default_factory=dict)  # by refund, what became credit
    sent: dict[int, int] = field(default_factory=dict)  # by refund, what goes back as money
    paid_cents: int = 0  # by money and by credit used, less what became credit as too much
    is_disputed: bool = False  # or was: what could go back then is not known any more
    is_withdrawn: bool = False


def faults() -> Iterator[Found]:
    """All refunds, order by order, in portions, each read as of one instant; then what names one that is not there."""
    after = 0
    while True:
        with snapshot.at_rest():
            portion = _read(after)
        yield sum(len(one.refunds) for one in portion), [fault for one in portion for fault in _faults_of(one)]
        if len(portion) < PORTION:
            break
        after = portion[-1].order.pk
    yield 0, list(_strays())


def _read(after: int) -> list[OrderRefunds]:
    rows = Order.objects.filter(Exists(Refund.objects.filter(order=OuterRef("pk"))), pk__gt=after).order_by("pk")
    orders = list(rows.select_related("settlement").prefetch_related("lines")[:PORTION])
    found = {order.pk: OrderRefunds(order) for order in orders}
    of_lot: dict[int, OrderRefunds] = {}
    for activation in Activation.objects.filter(line__order__in=orders).select_related("line"):
        one = found[activation.line.order_id]
        one.positions[activation.lot_id] = activation.line.position
        of_lot[activation.lot_id] = one
    rows_of_refunds = Refund.objects.filter(order__in=orders).select_related("credit_note", "lot")
    refunds = {refund.pk: refund for refund in rows_of_refunds.prefetch_related("credit_note__lines").order_by("pk")}
    for refund in refunds.values():
        found[refund.order_id].refunds.append(refund)
    _read_units(of_lot)
    caused = {"cause_kind": "refund", "cause_id__in": list(refunds)}
    for number, cents in _sums(Repayment.objects.filter(**caused).values_list("cause_id")):
        found[refunds[number].order_id].sent[number] = cents
    keys = {f"refund:{number}:credit:0": number for number in refunds}
    became = list(CreditMovement.objects.filter(**caused).values_list("cause_id", "amount_cents"))
    became += [
        (keys[key], cents)
        for key, cents in CreditMovement.objects.filter(key__in=keys).values_list("key", "amount_cents")
    ]
    for number, cents in became:
        credit = found[refunds[number].order_id].credit
        credit[number] = credit.get(number, 0) + cents
    _read_money(found)
    return list(found.values())


def _sums(rows: QuerySet[Any, tuple[int]]) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in rows.annotate(Sum("amount_cents")).order_by()]


def _read_units(of_lot: Mapping[int, OrderRefunds]) -> None:
    """O9: by refund, how many units it took, and their worth: the k-th that leaves a lot counts r(k) − r(k−1)."""
    gone: dict[int, int] = defaultdict(int)
    moved = Movement.objects.filter(lot__in=list(of_lot)).exclude(quantity=0).select_related("lot")
    for line in moved.order_by("customer_id", "sequence"):
        before = gone[line.lot_id]
        gone[line.lot_id] += ((line.to_bucket in GONE) - (line.from_bucket in GONE)) * line.quantity
        if line.kind == Movement.Kind.REFUNDED and line.cause_kind == "refund":
            one, lot = of_lot[line.lot_id], line.lot
            worth = _worth(lot.price_cents, lot.quantity, gone[lot.pk]) - _worth(lot.price_cents, lot.quantity, before)
            one.units[line.cause_id] = one.units.get(line.cause_id, 0) + line.quantity
            one.worth[line.cause_id] = one.worth.get(line.cause_id, 0) + worth


def _worth(price_cents: int, quantity: int, units: int) -> int:
    return (2 * price_cents * units + quantity) // (2 * quantity)


def _read_money(found: Mapping[int, OrderRefunds]) -> None:
    """What paid for these orders at most, and whether something else than refunds takes of it."""
    of_order = {"cause_kind": "order", "cause_id__in": list(found)}
    paid = Payment.objects.filter(**of_order, undone=None)
    for number, cents in _sums(paid.values_list("cause_id")):
        found[number].paid_cents += cents
    turned = CreditMovement.objects.filter(payment__in=paid)
    turned = turned.exclude(reason__in=("refunded", "disputed", "undisputed", "bounced", "sent_back"))
    for number, cents in _sums(turned.values_list("payment__cause_id")):
        found[number].paid_cents -= cents
    for one in found.values():
        one.paid_cents += one.order.credit_used_cents
    disputes = Dispute.objects.filter(payment__cause_kind="order", payment__cause_id__in=list(found))
    for number in disputes.values_list("payment__cause_id", flat=True):
        found[number].is_disputed = True
    withdrawn = Withdrawal.objects.filter(order__in=list(found), carried_out_at__isnull=False)
    for number in withdrawn.values_list("order", flat=True):
        found[number].is_withdrawn = True


def _faults_of(one: OrderRefunds) -> Iterator[Fault]:
    credited: dict[int, int] = defaultdict(int)
    back_cents = 0
    settlement = getattr(one.order, "settlement", None)
    for refund in one.refunds:
        back_cents += refund.amount_cents
        if settlement is None or refund.at < settlement.at:
            yield Fault(CHECK, "refund", refund.pk, "not_sold")
            continue
        if refund.reason == Refund.Reason.WITHDRAWAL and not one.is_withdrawn:
            yield Fault(CHECK, "refund", refund.pk, "not_withdrawn")
        yield from _unit_faults(one, refund)
        yield from _worth_faults(one, refund, credited, back_cents)
        yield from _note_faults(one, refund, settlement.invoice_id)
        yield from _money_faults(one, refund)
    if back_cents > one.paid_cents and one.refunds:
        values = {"paid_cents": one.paid_cents, "back_cents": back_cents}
        yield Fault(CHECK, "refund", one.refunds[-1].pk, "more_than_paid", values)


def _unit_faults(one: OrderRefunds, refund: Refund) -> Iterator[Fault]:
    """What the journal took because of it; of an order that never was active all units, and it brings none after."""
    if refund.lot is None:
        all_units = {line.unit_count for line in one.order.lines.all()}
        is_right = refund.unit_count in all_units and not one.positions and not one.units.get(refund.pk)
    else:
        is_right = refund.unit_count == one.units.get(refund.pk, 0) and refund.lot_id in one.positions
    if not is_right:
        yield Fault(
            CHECK, "refund", refund.pk, "units_differ",
            {"expected": one.units.get(refund.pk, 0), "found": refund.unit_count},
        )  # fmt: skip


def _worth_faults(one: OrderRefunds, refund: Refund, credited: dict[int, int], back_cents: int) -> Iterator[Fault]:
    """O9: the money is what the units are worth; less only where no more of the line, or of what was paid, is left."""
    position, price_cents = _line_of(one, refund)
    left_cents = price_cents - credited[position]
    worth_cents = one.worth.get(refund.pk, 0) if refund.lot else left_cents
    credited[position] += refund.amount_cents
    most_cents = min(worth_cents, left_cents)
    is_all_paid = back_cents >= one.paid_cents
    is_less = refund.amount_cents < most_cents and not is_all_paid and not one.is_disputed
    if refund.amount_cents > worth_cents or is_less:
        values = {"expected": most_cents, "found": refund.amount_cents}
        yield Fault(CHECK, "refund", refund.pk, "worth_differs", values)


def _line_of(one: OrderRefunds, refund: Refund) -> tuple[int, int]:
    """The position and price of the line that it is about."""
    position = one.positions.get(refund.lot_id or 0)
    note_lines = list(refund.credit_note.lines.all()) if refund.credit_note else []
    if position is None and note_lines:
        position = note_lines[0].position
    prices = {line.position: line.price_cents for line in one.order.lines.all()}
    return position or 0, prices.get(position or 0, 0)


def _note_faults(one: OrderRefunds, refund: Refund, invoice_id: int) -> Iterator[Fault]:
    """Its credit note is about the order's invoice, that line, these units and this money; there is none over 0.00."""
    note = refund.credit_note
    if note is None:
        is_right = refund.amount_cents == 0
    else:
        lines = [(line.position, line.units_back, line.gross_cents) for line in note.lines.all()]
        position, _price_cents = _line_of(one, refund)
        is_right = note.corrects_id == invoice_id and note.gross_cents == refund.amount_cents
        is_right = is_right and lines == [(position, refund.unit_count, refund.amount_cents)]
    if not is_right:
        yield Fault(CHECK, "refund", refund.pk, "note_differs")


def _money_faults(one: OrderRefunds, refund: Refund) -> Iterator[Fault]:
    """What became credit and what goes back are the sum, each as the row says."""
    credit_cents, sent_cents = one.credit.get(refund.pk, 0), one.sent.get(refund.pk, 0)
    is_right = credit_cents == refund.credit_cents and credit_cents + sent_cents == refund.amount_cents
    if not is_right or (refund.wants_credit and sent_cents):
        values = {"credit_cents": credit_cents, "sent_cents": sent_cents, "found": refund.amount_cents}
        yield Fault(CHECK, "refund", refund.pk, "money_differs", values)


def _strays() -> Iterator[Fault]:
    """Units, credit and money that moved because of a refund that is not there."""
    numbers: set[int] = set()
    for rows in _caused():
        numbers.update(rows)
    for number in sorted(numbers):
        yield Fault(CHECK, "refund", number, "refund_missing")


def _caused() -> Iterable[Iterable[int]]:
    is_there = Exists(Refund.objects.filter(pk=OuterRef("cause_id")))
    for rows in (Movement.objects, CreditMovement.objects, Repayment.objects):
        yield rows.filter(~is_there, cause_kind="refund").values_list("cause_id", flat=True)
