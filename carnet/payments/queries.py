"""Money as it is shown, what counts as paid, and what proves the credit."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from carnet.books import queries as books
from carnet.payments import rules
from carnet.payments.models import Account, CreditMovement, Payment
from carnet.people.models import Customer

PORTION = 500


def credit_cents(customer: Customer) -> int:
    """The customer's credit now."""
    return Account.objects.filter(pk=customer.pk).values_list("credit_cents", flat=True).first() or 0


def credit_movements(customer: Customer) -> QuerySet[CreditMovement]:
    """Every change of the customer's credit, the last one first."""
    return CreditMovement.objects.filter(customer=customer).order_by("-sequence")


def payments(words: str = "", *, or_orders: QuerySet[Any] | tuple[()] = ()) -> QuerySet[Payment]:
    """Everything that came in, the last first; `words` are a part of a name, a bank, the number of a cheque or the note
    about it, or an amount. `or_orders` are numbers of orders whose payments are found, too.
    """
    found = Payment.objects.select_related("customer", "details", "clearing", "undone").order_by("-at", "-id")
    words = words.strip()
    if not words:
        return found
    matching = Q(customer__name__contains_folded=words) | Q(details__payer__contains_folded=words)
    matching |= Q(details__bank__contains_folded=words) | Q(details__note__contains_folded=words)
    matching |= Q(details__document_number__icontains="".join(words.split()))
    matching |= Q(cause_kind="order", cause_id__in=or_orders)
    with contextlib.suppress(rules.NotAnAmount):
        matching |= Q(amount_cents=rules.parse_amount(words))
    return found.filter(matching)


def payments_of(customer: Customer) -> QuerySet[Payment]:
    """What came in from this customer, the last first."""
    return payments().filter(customer=customer)


def turned_cents(payment: Payment) -> int:
    """How many cents of this payment became credit, less what was taken back of it."""
    found = CreditMovement.objects.filter(payment=payment).aggregate(sum=Sum("amount_cents"))["sum"]
    return found or 0


def credit_faults() -> Iterator[tuple[int, list[str]]]:
    """Add up every customer's credit again, in portions: how many movements were read, and what does not agree."""
    first = 0
    while True:
        accounts = list(Account.objects.filter(pk__gt=first).order_by("pk")[:PORTION])
        if not accounts:
            yield 0, list(_movements_without_account())
            return
        first = accounts[-1].pk
        movements: dict[int, list[CreditMovement]] = {account.pk: [] for account in accounts}
        for movement in CreditMovement.objects.filter(customer__in=movements).order_by("customer_id", "sequence"):
            movements[movement.customer_id].append(movement)
        yield (
            sum(len(of_one) for of_one in movements.values()),
            [fault for account in accounts for fault in _faults_of(account, movements[account.pk])],
        )


def _movements_without_account() -> Iterator[str]:
    has_account = Exists(Account.objects.filter(pk=OuterRef("customer_id")))
    without = CreditMovement.objects.filter(~has_account).order_by("customer_id")
    for customer_id in without.values_list("customer_id", flat=True).distinct():
        yield f"customer {customer_id}: the credit of its movements is missing"


def _faults_of(account: Account, movements: list[CreditMovement]) -> Iterator[str]:
    balance = 0
    for sequence, movement in enumerate(movements, start=1):
        balance += movement.amount_cents
        if (movement.sequence, movement.balance_after_cents) != (sequence, balance):
            yield f"customer {account.pk}: movement {movement.sequence} of the credit does not add up"
            return
    if (account.credit_cents, account.movement_count) != (balance, len(movements)):
        yield f"customer {account.pk}: the credit and its movements differ"


def payment_faults() -> Iterator[tuple[int, list[str]]]:
    """Compare every payment with the books, in portions: each stands there once, and each undone one has its one
    counter-entry, and has left no credit behind.
    """
    first = 0
    while True:
        accounts = list(Account.objects.filter(pk__gt=first).order_by("pk").values_list("pk", flat=True)[:PORTION])
        if not accounts:
            return
        first = accounts[-1]
        received: dict[int, list[Payment]] = {account: [] for account in accounts}
        for payment in Payment.objects.filter(customer__in=accounts).select_related("undone").order_by("id"):
            received[payment.customer_id].append(payment)
        turned = dict(
            CreditMovement.objects.filter(customer__in=accounts, payment__undone__isnull=False)
            .values_list("payment")
            .annotate(Sum("amount_cents"))
        )
        written = books.money_by_customer(accounts)
        found = [
            fault for one in accounts for fault in _payment_faults_of(one, received[one], written.get(one, []), turned)
        ]
        yield sum(len(of_one) for of_one in received.values()), found


def _payment_faults_of(
    customer_id: int, received: list[Payment], written: list[tuple[str, int, int]], turned: dict[int, int]
) -> Iterator[str]:
    recorded = sorted((one.means, one.amount_cents) for one in received)
    if recorded != sorted((means, cents) for means, cents, corrects in written if not corrects):
        yield f"customer {customer_id}: the payments and the books differ"
    undone = [one for one in received if hasattr(one, "undone")]
    corrections = [(means, cents, corrects) for means, cents, corrects in written if corrects]
    if sorted((one.means, -one.amount_cents) for one in undone) != sorted(
        (means, cents) for means, cents, _corrects in corrections
    ):
        yield f"customer {customer_id}: the payments undone and the corrections in the books differ"
    if len({corrects for _means, _cents, corrects in corrections}) != len(corrections):
        yield f"customer {customer_id}: a payment was corrected twice in the books"
    for one in undone:
        if turned.get(one.pk):
            yield f"payment {one.pk}: it was undone, and credit of it is left"
