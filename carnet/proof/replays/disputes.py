"""Disputes judged by what was written because of them: units frozen and cancelled, credit held, money taken back (O7,
O9).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, Sum

from carnet.audit.models import Entry
from carnet.invoices.models import Invoice, InvoiceLine
from carnet.kernel import snapshot
from carnet.ledger.models import Lot, Movement
from carnet.orders.models import Activation, Settlement
from carnet.payments.models import CreditMovement, Difference, Dispute, OnlineRefund
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found
from carnet.till.models import Refund

CHECK = "disputes"
PORTION = 300
LIVE = ("open", "lost")
CAUSES = ("dispute", "bounce")
BOUNCES = {"bounce.paid": "won", "bounce.cancelled": "lost"}


@dataclass(slots=True)
class DisputeFacts:
    """A dispute with what was written because of it."""

    dispute: Dispute
    told: str = ""  # how it stood when the audit heard of it last
    held_cents: int = 0
    taken_cents: int = 0  # of its payment, by the service
    is_accepted: bool = False  # that money was sent back as a refund
    is_difference: bool = False  # told at the desk, as it can't be booked
    is_frozen_by_another: bool = False
    lots: list[Lot] = field(default_factory=list)  # that its payment's order brought
    worth_cents: int = 0  # of the units of these that were cancelled because of it
    cancelled_cents: int = 0  # by all disputes of its order
    credited_cents: int = 0  # by the credit notes of all of them
    is_credited_whole: bool = False  # of a line of the invoice nothing is left, so no more can be credited


def faults() -> Iterator[Found]:
    """All disputes, in portions, each read as of one instant; then what names a dispute that is not there."""
    after = 0
    while True:
        with snapshot.at_rest():
            portion = _read(after)
        yield len(portion), [fault for facts in portion for fault in _dispute_faults(facts)]
        if len(portion) < PORTION:
            break
        after = portion[-1].dispute.pk
    yield 0, list(_strays())


def _read(after: int) -> list[DisputeFacts]:
    rows = (
        Dispute.objects.filter(pk__gt=after).select_related("payment__online_receipt", "payment__bounce").order_by("pk")
    )
    found = {row.pk: DisputeFacts(row) for row in rows[:PORTION]}
    caused = {"cause_kind__in": CAUSES, "cause_id__in": list(found)}
    held = CreditMovement.objects.filter(**caused).order_by().values_list("cause_id")
    for number, cents in held.annotate(Sum("amount_cents")):
        found[number].held_cents = -cents
    told = Entry.objects.filter(subject_kind="dispute", subject_id__in=list(found), code__startswith="dispute.")
    for entry in told.order_by("id"):
        found[entry.subject_id or 0].told = entry.code.removeprefix("dispute.")
    told = Entry.objects.filter(
        subject_kind="bounce", subject_id__in=list(found), code__in=(*BOUNCES, "cheque.bounced")
    )
    for entry in told.order_by("id"):
        found[entry.subject_id or 0].told = BOUNCES.get(entry.code) or entry.details["state"]
    payments = [facts.dispute.payment_id for facts in found.values()]
    taken: dict[int, int] = defaultdict(int)
    accepted: dict[int, list[OnlineRefund]] = defaultdict(list)  # a claim may be accepted by sending its money back
    for refund in OnlineRefund.objects.filter(payment__in=payments):
        if refund.kind == "reversal":
            taken[refund.payment_id] += refund.amount_cents
        else:
            accepted[refund.payment_id].append(refund)
    differing = set(Difference.objects.filter(payment__in=payments).values_list("payment", flat=True))
    lots = _lots_of(found.values())
    live: dict[int, set[int]] = defaultdict(set)
    for number, order_id in _live_disputes():
        live[order_id].add(number)
    # Of what goes back as a whole (O9), units that a ticket releases are frozen until they follow.
    going_back = set(Refund.objects.filter(order__in=list(lots), takes_rest=True).values_list("order", flat=True))
    for facts in found.values():
        payment = facts.dispute.payment
        facts.taken_cents, facts.is_difference = taken[payment.pk], payment.pk in differing
        opened_on = facts.dispute.opened_at.date() - datetime.timedelta(days=1)  # in whatever time zone
        facts.is_accepted = any(
            one.amount_cents == facts.dispute.amount_cents and one.refunded_on >= opened_on
            for one in accepted[payment.pk]
        )
        if payment.cause_kind == "order":
            facts.lots = lots[payment.cause_id]
            is_going_back = payment.cause_id in going_back
            facts.is_frozen_by_another = is_going_back or bool(live[payment.cause_id] - {facts.dispute.pk})
    for number, cents in _worth_cancelled(lots).items():
        if number in found:
            found[number].worth_cents = cents
    _read_credit_notes(found.values())
    return list(found.values())


def _read_credit_notes(found: Iterable[DisputeFacts]) -> None:
    """O7, O8: what the disputes of an order cancelled, and what their credit notes took off its invoice."""
    by_order: dict[int, list[DisputeFacts]] = defaultdict(list)
    for facts in found:
        if facts.dispute.payment.cause_kind == "order":
            by_order[facts.dispute.payment.cause_id].append(facts)
    disputes = Dispute.objects.filter(payment__cause_kind="order", payment__cause_id__in=list(by_order))
    order_of = dict(disputes.values_list("pk", "payment__cause_id"))
    cancelled: dict[int, int] = defaultdict(int)
    for number, cents in disputes.values_list("pk", "cancelled_cents"):
        cancelled[order_of[number]] += cents
    credited: dict[int, int] = defaultdict(int)
    notes = Invoice.objects.filter(kind="credit_note", cause_kind__in=CAUSES, cause_id__in=list(order_of))
    for number, cents in notes.values_list("cause_id", "gross_cents"):
        credited[order_of[number]] += cents
    left: dict[tuple[int, int], int] = defaultdict(int)
    settled = dict(Settlement.objects.filter(order__in=list(by_order)).values_list("invoice", "order"))
    lines = InvoiceLine.objects.filter(Q(invoice__in=list(settled)) | Q(invoice__corrects__in=list(settled)))
    for invoice_id, corrects_id, position, cents in lines.values_list(
        "invoice", "invoice__corrects", "position", "gross_cents"
    ):
        left[settled[corrects_id or invoice_id], position] += -cents if corrects_id else cents
    whole = {order_id for (order_id, _position), cents in left.items() if cents == 0}
    for order_id, of_order in by_order.items():
        for facts in of_order:
            facts.cancelled_cents, facts.credited_cents = cancelled[order_id], credited[order_id]
            facts.is_credited_whole = order_id in whole


def _live_disputes() -> list[tuple[int, int]]:
    """Of those that concern units the number, and that of the order."""
    live = Dispute.objects.filter(state__in=LIVE, order_cents__gt=0, payment__cause_kind="order")
    return list(live.values_list("pk", "payment__cause_id"))


def _lots_of(found: Iterable[DisputeFacts]) -> dict[int, list[Lot]]:
    """What the orders of these disputes brought, by order."""
    payments = [facts.dispute.payment for facts in found]
    orders = [payment.cause_id for payment in payments if payment.cause_kind == "order"]
    lots: dict[int, list[Lot]] = defaultdict(list)
    for activation in Activation.objects.filter(line__order__in=orders).select_related("lot", "line"):
        lots[activation.line.order_id].append(activation.lot)
    return lots


def _worth_cancelled(lots: dict[int, list[Lot]]) -> dict[int, int]:
    """O9: by dispute, what the units are worth that it took out of lots: the k-th that leaves counts r(k) − r(k−1)."""
    known = {lot.pk: lot for found in lots.values() for lot in found}
    gone: dict[int, int] = defaultdict(int)
    worth: dict[int, int] = defaultdict(int)
    moved = Movement.objects.filter(lot__in=list(known)).exclude(quantity=0).order_by("customer_id", "sequence")
    for line in moved:
        left = (line.to_bucket in ("spent", "refunded")) - (line.from_bucket in ("spent", "refunded"))
        before = gone[line.lot_id]
        gone[line.lot_id] += left * line.quantity
        if line.kind == Movement.Kind.REFUNDED and line.cause_kind in CAUSES:
            lot = known[line.lot_id]
            worth[line.cause_id] += _worth(lot, gone[line.lot_id]) - _worth(lot, before)
    return worth


def _worth(lot: Lot, units: int) -> int:
    return (2 * lot.price_cents * units + lot.quantity) // (2 * lot.quantity)


def _dispute_faults(facts: DisputeFacts) -> Iterator[Fault]:
    dispute = facts.dispute

    def fault(code: str, **values: object) -> Fault:
        return Fault(CHECK, "dispute", dispute.pk, code, values)

    is_bounce = dispute.kind == Dispute.Kind.BOUNCE
    if is_bounce and not hasattr(dispute.payment, "bounce"):
        yield fault("not_bounced")
    elif not is_bounce and (dispute.payment.means != "paypal" or not hasattr(dispute.payment, "online_receipt")):
        yield fault("not_online")
    # What was never active has no units: its order is cancelled as a whole, even if the dispute is won after all.
    is_whole = not facts.lots and dispute.state != "open" and dispute.cancelled_cents == dispute.order_cents
    is_whole = is_whole and (dispute.state == "lost" or facts.is_credited_whole)
    differing = calculating.first_that_differs(
        (
            ("state", facts.told, dispute.state),
            ("credit_held_cents", facts.held_cents, dispute.credit_held_cents),
            ("cancelled_cents", dispute.order_cents if is_whole else facts.worth_cents, dispute.cancelled_cents),
        )
    )
    if differing:
        yield fault("differs", **differing)
    most = dispute.amount_cents if dispute.state in LIVE or is_bounce else 0
    if dispute.credit_held_cents > most or dispute.amount_cents > dispute.payment.amount_cents:
        yield fault("too_much")
    is_booked = facts.taken_cents >= dispute.amount_cents or facts.is_accepted or facts.is_difference
    if dispute.state == "lost" and not is_bounce and not is_booked:
        yield fault("money_not_taken", taken_cents=facts.taken_cents)
    is_short = facts.credited_cents < facts.cancelled_cents and not facts.is_credited_whole
    if is_short or (facts.lots and facts.credited_cents > facts.cancelled_cents):
        yield fault("not_credited", cancelled_cents=facts.cancelled_cents, credited_cents=facts.credited_cents)
    for lot in facts.lots:
        if dispute.state == "open" and dispute.order_cents and (lot.available or not lot.frozen_at):
            yield fault("units_usable", lot=lot.pk)
        if dispute.state == "won" and lot.frozen_at and not facts.is_frozen_by_another:
            yield fault("units_frozen", lot=lot.pk)


def _strays() -> Iterator[Fault]:
    """Units and credit that moved because of a dispute that is not there."""
    is_there = Exists(Dispute.objects.filter(pk=OuterRef("cause_id")))
    numbers: set[int] = set()
    for rows in (Movement.objects, CreditMovement.objects):
        numbers.update(rows.filter(~is_there, cause_kind__in=CAUSES).values_list("cause_id", flat=True))
    for number in sorted(numbers):
        yield Fault(CHECK, "dispute", number, "dispute_missing")
