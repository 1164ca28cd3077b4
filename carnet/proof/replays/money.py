"""Payments and credit compared with the books, row by row: what came in, was cleared, undone, or became credit."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Sum

from carnet.books.models import Line
from carnet.cheques.models import Bounce
from carnet.kernel import snapshot
from carnet.payments.models import Clearing, CreditAccount, CreditMovement, Payment, UndonePayment
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found

PAYMENTS, CREDIT = "payments", "credit"
PORTION = 500


def payment_faults() -> Iterator[Found]:
    """Every payment stands in the books once, as it was recorded; an undone one has its one counter-entry, and has left
    no credit behind; the books know no other money.
    """
    after = 0
    while True:
        with snapshot.at_rest():
            payments = list(Payment.objects.filter(pk__gt=after).order_by("pk")[:PORTION])
            # Beyond the last one too, for lines of payments that are not there.
            upto = {"payment_id__lte": payments[-1].pk} if len(payments) == PORTION else {}
            lines: dict[int, list[Line]] = defaultdict(list)
            # Not by number alone: a line without one would be money that nobody asks about.
            for line in Line.objects.filter(payment_id__gt=after, **upto).exclude(kind="credit").order_by("sequence"):
                lines[line.payment_id or 0].append(line)
            numbers = [one.pk for one in payments]
            undone = {one.pk: one for one in UndonePayment.objects.filter(pk__in=numbers)}
            bounced = {one.pk: one for one in Bounce.objects.filter(pk__in=numbers)}
            cleared = {one.pk: one for one in Clearing.objects.filter(pk__in=numbers)}
            left = CreditMovement.objects.filter(payment__in=list(undone)).values_list("payment")
            credit_left = dict(left.annotate(Sum("amount_cents")).order_by())
        if not payments:
            found = [_payment_missing(number) for number in sorted(lines)]
            yield 0, [*found, *_money_of_nobody()]
            return
        found = []
        for one in payments:
            written = lines.pop(one.pk, [])
            found += _payment_faults(one, written, undone.get(one.pk), cleared.get(one.pk), one.pk in bounced)
            if one.pk in bounced and not _has_bounced(bounced[one.pk], one, written):
                found.append(Fault(PAYMENTS, "payment", one.pk, "bounce_impossible"))
            if credit_left.get(one.pk):
                found.append(Fault(PAYMENTS, "payment", one.pk, "credit_left"))
        found += [_payment_missing(number) for number in sorted(lines) if number <= payments[-1].pk]
        after = payments[-1].pk
        yield len(payments), found


def _payment_missing(number: int) -> Fault:
    return Fault(PAYMENTS, "payment", number, "payment_missing")


def _money_of_nobody() -> Iterator[Fault]:
    """Money in the books that names no payment."""
    for sequence in Line.objects.filter(kind="payment", payment_id=None).values_list("sequence", flat=True):
        yield Fault(PAYMENTS, "books_line", sequence, "payment_unnamed")


def _payment_faults(
    payment: Payment, lines: list[Line], undone: UndonePayment | None, cleared: Clearing | None, is_bounced: bool
) -> Iterator[Fault]:
    received = [line for line in lines if line.kind == "payment"]
    mended = [line for line in lines if line.kind == "correction"]
    if len(received) != 1:
        code = "not_in_books" if not received else "twice_in_books"
        yield Fault(PAYMENTS, "payment", payment.pk, code)
        return
    line = received[0]
    differing = calculating.first_that_differs(
        (
            ("customer", line.customer_id, payment.customer_id),
            ("means", line.means, payment.means),
            ("amount", line.gross_cents, payment.amount_cents),
            ("received_on", line.on, payment.received_on),
            ("cause", (line.cause_kind, line.cause_id), (payment.cause_kind, payment.cause_id)),
            ("actor", (line.actor_kind, line.actor_id), (payment.actor_kind, payment.actor_id)),
            ("request", line.digest, payment.content),
        )
    )
    if differing:
        yield Fault(PAYMENTS, "payment", payment.pk, "books_differ", differing)
    if payment.at > line.at:
        yield Fault(PAYMENTS, "payment", payment.pk, "later_than_books")
    if len(mended) != bool(undone) + is_bounced or (undone and is_bounced):
        yield Fault(PAYMENTS, "payment", payment.pk, "undone_differs", {"corrections": len(mended)})
    for one in mended:
        if (one.corrects_id, one.gross_cents, one.means) != (line.pk, -payment.amount_cents, payment.means):
            yield Fault(PAYMENTS, "payment", payment.pk, "correction_differs", {"line": one.sequence})
    if cleared and (payment.means != "cheque" or cleared.cleared_on < payment.received_on):
        yield Fault(PAYMENTS, "payment", payment.pk, "clearing_impossible")


def _has_bounced(bounce: Bounce, payment: Payment, lines: list[Line]) -> bool:
    """O7: it is a cheque that had come, and its money was taken off on the day that the bank says."""
    days = [line.on for line in lines if line.kind == "correction"]
    return payment.means == "cheque" and bounce.bounced_on >= payment.received_on and days == [bounce.bounced_on]


def credit_faults() -> Iterator[Found]:
    """Every customer's credit added up again, and each change of it compared with its line in the books."""
    after = 0
    while True:
        with snapshot.at_rest():
            accounts = list(CreditAccount.objects.filter(pk__gt=after).order_by("pk")[:PORTION])
            movements: dict[int, list[CreditMovement]] = {account.pk: [] for account in accounts}
            for one in CreditMovement.objects.filter(customer__in=movements).order_by("customer_id", "sequence"):
                movements[one.customer_id].append(one)
            lines: dict[int, list[Line]] = defaultdict(list)
            for line in Line.objects.filter(customer_id__in=list(movements), kind="credit").order_by("sequence"):
                lines[line.customer_id].append(line)
        if not accounts:
            yield 0, [*_without_account()]
            return
        after = accounts[-1].pk
        yield (
            sum(map(len, movements.values())),
            [fault for one in accounts for fault in _credit_faults(one, movements[one.pk], lines[one.pk])],
        )


def _without_account() -> Iterator[Fault]:
    has_account = Exists(CreditAccount.objects.filter(pk=OuterRef("customer_id")))
    without = CreditMovement.objects.filter(~has_account).order_by("customer_id")
    for customer_id in without.values_list("customer_id", flat=True).distinct():
        yield Fault(CREDIT, "customer", customer_id, "account_missing")
    has_account = Exists(CreditAccount.objects.filter(pk=OuterRef("customer_id")))
    unknown = Line.objects.filter(~has_account, kind="credit").order_by("customer_id")
    for customer_id in unknown.values_list("customer_id", flat=True).distinct():
        yield Fault(CREDIT, "customer", customer_id, "credit_only_in_books")


def _credit_faults(account: CreditAccount, movements: list[CreditMovement], lines: list[Line]) -> Iterator[Fault]:
    balance = 0
    for sequence, one in enumerate(movements, start=1):
        balance += one.amount_cents
        if (one.sequence, one.balance_after_cents) != (sequence, balance):
            yield Fault(CREDIT, "customer", account.pk, "does_not_add_up", {"movement": one.sequence})
            return
    if (account.credit_cents, account.movement_count) != (balance, len(movements)):
        yield Fault(CREDIT, "customer", account.pk, "account_differs")
    if len(lines) != len(movements):
        values = {"movements": len(movements), "books": len(lines)}
        yield Fault(CREDIT, "customer", account.pk, "books_count_differs", values)
        return
    for one, line in zip(movements, lines, strict=True):
        written = (line.gross_cents, line.label, line.cause_kind, line.cause_id, line.payment_id)
        if written != (one.amount_cents, one.reason, one.cause_kind, one.cause_id, one.payment_id):
            yield Fault(CREDIT, "customer", account.pk, "books_differ", {"movement": one.sequence})
            return
