"""Money that has to go back, judged by its payment, the books and what the payment service sent (O4, O9, O11)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.kernel import snapshot
from carnet.payments.models import OnlineRefund, Payment
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found
from carnet.repayments.models import Repayment

CHECK = "repayments"
PORTION = 300


@dataclass(slots=True)
class PaymentBack:
    """A payment of which something goes back, with what was written about that."""

    payment: Payment
    repayments: list[Repayment] = field(default_factory=list)
    refunds: list[OnlineRefund] = field(default_factory=list)  # by the payment service
    lines: dict[int, list[Line]] = field(default_factory=lambda: defaultdict(list))  # of the books, by repayment
    told: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # what the audit heard of each
    owed: dict[int, int] = field(default_factory=dict)  # as the audit heard it


def faults() -> Iterator[Found]:
    """All of them, payment by payment, in portions, each read as of one instant; then what only the books know."""
    after = 0
    while True:
        with snapshot.at_rest():
            portion = _read(after)
        yield sum(len(one.repayments) for one in portion), [fault for one in portion for fault in _faults_of(one)]
        if len(portion) < PORTION:
            break
        after = portion[-1].payment.pk
    is_there = Exists(Repayment.objects.filter(pk=OuterRef("cause_id")))
    strays = set(Line.objects.filter(~is_there, cause_kind="repayment").values_list("cause_id", flat=True))
    is_there = Exists(Repayment.objects.filter(pk=OuterRef("subject_id")))
    told = Entry.objects.filter(~is_there, code="repayment.owed", subject_kind="repayment")
    strays.update(number or 0 for number in told.values_list("subject_id", flat=True))
    yield 0, [Fault(CHECK, "repayment", number, "repayment_missing") for number in sorted(strays)]


def _read(after: int) -> list[PaymentBack]:
    rows = Payment.objects.filter(Exists(Repayment.objects.filter(payment=OuterRef("pk"))), pk__gt=after)
    found = {payment.pk: PaymentBack(payment) for payment in rows.order_by("pk")[:PORTION]}
    of: dict[int, PaymentBack] = {}
    for one in Repayment.objects.filter(payment__in=list(found)).order_by("pk"):
        found[one.payment_id].repayments.append(one)
        of[one.pk] = found[one.payment_id]
    for refund in OnlineRefund.objects.filter(payment__in=list(found)):
        found[refund.payment_id].refunds.append(refund)
    for line in Line.objects.filter(cause_kind="repayment", cause_id__in=list(of)):
        of[line.cause_id].lines[line.cause_id].append(line)
    codes = ("repayment.owed", "repayment.sent")
    for entry in Entry.objects.filter(code__in=codes, subject_kind="repayment", subject_id__in=list(of)):
        number = entry.subject_id or 0
        of[number].told[number].add(entry.code)
        if entry.code == "repayment.owed":
            of[number].owed[number] = entry.details["amount_cents"]
    return list(found.values())


def _faults_of(one: PaymentBack) -> Iterator[Fault]:
    payment = one.payment
    taken_cents = sum(refund.amount_cents for refund in one.refunds if refund.kind == "reversal")
    for repayment in one.repayments:
        taken_cents += repayment.amount_cents
        yield from _row_faults(one, repayment)
        yield from _book_faults(repayment, one.lines[repayment.pk])
    if taken_cents > payment.amount_cents:
        values = {"payment": payment.pk, "found": taken_cents}
        yield Fault(CHECK, "repayment", one.repayments[-1].pk, "more_than_came", values)
    yield from _service_faults(one.repayments, one.refunds)


def _row_faults(one: PaymentBack, repayment: Repayment) -> Iterator[Fault]:
    """It is its payment's, by a way that this payment allows, and the audit knows as much of it."""
    payment, is_sent = one.payment, repayment.state == Repayment.State.SENT
    ways = ("paypal", "transfer", "cheque") if payment.means == "paypal" else ("transfer", "cheque")
    is_by_hand = is_sent and repayment.why == "by_hand"
    differing = calculating.first_that_differs(
        (
            ("customer", payment.customer_id, repayment.customer_id),
            ("amount", one.owed.get(repayment.pk), repayment.amount_cents),
            ("means", True, repayment.means in ways),
            ("state", is_sent, "repayment.sent" in one.told[repayment.pk] or is_by_hand),
        )
    )
    if differing:
        yield Fault(CHECK, "repayment", repayment.pk, "differs", differing)
    if repayment.sent_on is not None and repayment.sent_on < payment.received_on:
        yield Fault(CHECK, "repayment", repayment.pk, "sent_too_early")


def _book_faults(repayment: Repayment, lines: list[Line]) -> Iterator[Fault]:
    """What a person has sent stands in the books once; nothing else has a line of its own."""
    expected = []
    if repayment.state == Repayment.State.SENT and repayment.means != "paypal":
        digest = calculating.sha256(repayment.key)
        expected.append(
            ("refund", -repayment.amount_cents, repayment.sent_on, repayment.means, repayment.payment_id,
             repayment.customer_id, digest)
        )  # fmt: skip
    found = [
        (line.kind, line.gross_cents, line.on, line.means, line.payment_id, line.customer_id, line.digest)
        for line in lines
    ]
    if found != expected:
        yield Fault(CHECK, "repayment", repayment.pk, "books_differ", {"lines": len(lines)})


def _service_faults(repayments: Iterable[Repayment], refunds: Iterable[OnlineRefund]) -> Iterator[Fault]:
    """What the service has sent is its refund, each for one; what was sent in its pages is there as a sum."""
    left = Counter({one.external_id: one.amount_cents for one in refunds if one.kind == "refund"})
    days = {one.external_id: one.refunded_on for one in refunds}
    sent = [one for one in repayments if one.state == Repayment.State.SENT and one.means == "paypal"]
    for one in sent:
        if one.why == "by_hand":
            continue
        if left.pop(one.external_id or "", None) != one.amount_cents or days[one.external_id or ""] != one.sent_on:
            yield Fault(CHECK, "repayment", one.pk, "service_differs")
    by_hand = [one for one in sent if one.why == "by_hand"]
    if by_hand and sum(one.amount_cents for one in by_hand) > left.total():
        yield Fault(CHECK, "repayment", by_hand[-1].pk, "service_differs")
