"""Money that came or went through a payment service, compared row by row with its payment, its checkout and the books.

Every payment by a service has the receipt of one capture, every paid checkout too; what was kept and what went back
stands in the books once, and never more goes back than came in.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from carnet.books.models import Line
from carnet.kernel import snapshot
from carnet.payments.models import Checkout, OnlineReceipt, OnlineRefund, Payment
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found

CHECK = "online payments"
PORTION = 500
SERVICE = "paypal"

# What the books must say of each, and say: kind, label, cents, means, day, customer, cause and digest.
Said = tuple[Any, ...]


@dataclass(slots=True)
class OnlineMoney:
    """A payment with what the service said of it, and the lines of the books about that."""

    payment: Payment
    lines: list[Line] = field(default_factory=list)

    @property
    def receipt(self) -> OnlineReceipt | None:
        return getattr(self.payment, "online_receipt", None)


def faults() -> Iterator[Found]:
    """Payments with anything of a service about them, in portions; then the checkouts that nothing was paid by."""
    after = 0
    while True:
        with snapshot.at_rest():
            portion = _read(after)
        yield len(portion), [fault for one in portion for fault in _faults_of(one)]
        if len(portion) < PORTION:
            break
        after = portion[-1].payment.pk
    yield _checkouts_without()


def _read(after: int) -> list[OnlineMoney]:
    """The next payments that came by a service, or that a receipt, a fee, money sent back or a line says it of."""
    # What was sent by a person, by transfer or cheque, is none of the service's.
    said = Line.objects.filter(payment_id=OuterRef("pk"), kind__in=("fee", "refund")).exclude(cause_kind="repayment")
    rows = Payment.objects.filter(
        Q(means=SERVICE) | Q(online_receipt__isnull=False) | Q(online_fee__isnull=False)
        | Exists(OnlineRefund.objects.filter(payment=OuterRef("pk"))) | Exists(said),
        pk__gt=after,
    )  # fmt: skip
    rows = rows.select_related("online_receipt__checkout", "online_fee", "undone").prefetch_related("online_refunds")
    found = {payment.pk: OnlineMoney(payment) for payment in rows.order_by("pk")[:PORTION]}
    lines = Line.objects.filter(payment_id__in=list(found), kind__in=("fee", "refund")).exclude(cause_kind="repayment")
    for line in lines.order_by("sequence"):
        found[line.payment_id or 0].lines.append(line)
    return list(found.values())


def _faults_of(one: OnlineMoney) -> Iterator[Fault]:
    payment, receipt = one.payment, one.receipt

    def fault(code: str, **values: object) -> Fault:
        return Fault(CHECK, "payment", payment.pk, code, values)

    if (receipt is not None) != (payment.means == SERVICE):
        yield fault("receipt_missing" if receipt is None else "receipt_of_other_means", means=payment.means)
    if receipt is not None:
        yield from _receipt_faults(payment, receipt)
    if payment.means == SERVICE and hasattr(payment, "undone"):
        yield fault("undone_online")
    fee = getattr(payment, "online_fee", None)
    if fee is not None and fee.fee_cents + fee.net_cents != payment.amount_cents:
        yield fault("fee_does_not_add_up")
    refunds = list(payment.online_refunds.all())
    if sum(refund.amount_cents for refund in refunds) > payment.amount_cents:
        yield fault("refunded_too_much")
    for refund in refunds:
        if refund.net_cents != refund.amount_cents - refund.fee_cents:
            yield fault("refund_does_not_add_up", refund=refund.external_id)
    yield from _line_faults(one)


def _receipt_faults(payment: Payment, receipt: OnlineReceipt) -> Iterator[Fault]:
    """The capture, its payment and its checkout tell the same."""
    checkout = receipt.checkout
    differing = calculating.first_that_differs(
        (
            ("key", f"{SERVICE}:{receipt.capture_id}", payment.key),
            ("state", "paid", checkout.state),
            ("capture", receipt.capture_id, checkout.capture_id),
            ("amount", payment.amount_cents, checkout.amount_cents),
            ("customer", payment.customer_id, checkout.customer_id),
            ("cause", (payment.cause_kind, payment.cause_id), (checkout.cause_kind, checkout.cause_id)),
        )
    )
    if differing:
        yield Fault(CHECK, "payment", payment.pk, "checkout_differs", differing)


def _line_faults(one: OnlineMoney) -> Iterator[Fault]:
    """Each fee and each refund has its line of the books, and there is no other."""
    expected, said = Counter(_expected(one)), Counter(map(_said, one.lines))
    for missing in expected - said:
        yield Fault(CHECK, "payment", one.payment.pk, "not_in_books_online", {"kind": missing[0], "cents": missing[2]})
    more = said - expected
    for line in one.lines:
        if more[_said(line)]:
            yield Fault(CHECK, "payment", one.payment.pk, "only_in_books_online", {"line": line.sequence})


def _expected(one: OnlineMoney) -> Iterator[Said]:
    payment, receipt, fee = one.payment, one.receipt, getattr(one.payment, "online_fee", None)
    about = (SERVICE, payment.customer_id, payment.cause_kind, payment.cause_id)
    if fee is not None and fee.fee_cents:
        digest = calculating.sha256(receipt.capture_id if receipt else "")
        yield ("fee", "capture", -fee.fee_cents, payment.received_on, *about, digest)
    for refund in payment.online_refunds.all():
        digest = calculating.sha256(refund.external_id)
        yield ("refund", refund.kind, -refund.amount_cents, refund.refunded_on, *about, digest)
        if refund.fee_cents:
            yield ("fee", refund.kind, refund.fee_cents, refund.refunded_on, *about, digest)


def _said(line: Line) -> Said:
    return (
        line.kind, line.label, line.gross_cents, line.on, line.means, line.customer_id, line.cause_kind, line.cause_id,
        line.digest,
    )  # fmt: skip


def _checkouts_without() -> Found:
    """Checkouts that are paid, though no money came by them."""
    with snapshot.at_rest():
        paid = ~Exists(OnlineReceipt.objects.filter(checkout=OuterRef("pk")))
        without = list(Checkout.objects.filter(paid, state="paid").order_by("pk").values_list("pk", flat=True))
        count = Checkout.objects.count()
    return count, [Fault(CHECK, "checkout", number, "paid_without_receipt") for number in without]
