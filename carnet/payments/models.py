from typing import Any

from django.db import models
from django.db.models import Q

from carnet.audit.models import ActorColumns
from carnet.kernel import locking
from carnet.kernel.models import CauseColumns
from carnet.people.models import Customer


class Means(models.TextChoices):
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    PAYPAL = "paypal"


class Payment(CauseColumns, ActorColumns):
    """Money that came in. Append-only; who paid stands in `PaymentDetails`."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments")
    means = models.CharField(max_length=8, choices=Means)
    amount_cents = models.PositiveBigIntegerField()
    received_on = models.DateField()  # the bank's booking date, or the day on which the cheque came
    at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)
    content = models.CharField(max_length=64)  # digest of the request

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payment_is_money")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="payment_list"),
            models.Index(fields=["cause_kind", "cause_id", "id"], name="payment_cause"),
            models.Index(fields=["amount_cents"], name="payment_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} cents of {self.customer_id} by {self.means}"


class PaymentDetails(models.Model):
    """Who paid, and from where; apart from the payment, so that it can be emptied."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="details")
    payer = models.CharField(max_length=160, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    document_number = models.CharField(max_length=60, blank=True)  # of the cheque, or the bank's own of a transfer
    note = models.TextField(blank=True)
    undone_reason = models.CharField(max_length=200, blank=True)  # why it was recorded wrongly, see `UndonePayment`

    class Meta:
        indexes = [models.Index(fields=["payer"], name="payment_payer")]

    def __str__(self) -> str:
        return f"details of payment {self.payment_id}"


class Clearing(ActorColumns):
    """A cheque's money is at the bank. Append-only."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="clearing")
    cleared_on = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"clearing of payment {self.payment_id}"


class UndonePayment(ActorColumns):
    """A payment was recorded by mistake: it counts for nothing, and the books hold its counter-entry. Append-only."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="undone")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"payment {self.payment_id}, undone"


class CreditAccountQuerySet(models.QuerySet["CreditAccount"]):
    def lock(self, customer_id: int) -> "CreditAccount":
        """The customer's credit, locked until the transaction ends."""
        return locking.make_or_lock(self, customer_id)


class CreditAccount(models.Model):
    """A customer's credit in euros, never in units; it changes only together with a movement that says why."""

    customer = models.OneToOneField(Customer, models.PROTECT, primary_key=True, related_name="credit_account")
    credit_cents = models.PositiveBigIntegerField(default=0)
    movement_count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    objects = CreditAccountQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(credit_cents__gte=0), name="account_credit_not_negative")]

    def __str__(self) -> str:
        return f"credit of {self.customer_id}: {self.credit_cents} cents"


class CreditMovement(CauseColumns, ActorColumns):
    """One change of a customer's credit. Append-only."""

    class Reason(models.TextChoices):
        SURPLUS = "surplus"  # O4
        PAID_TWICE = "paid_twice"  # O5
        TOO_LATE = "too_late"  # O3
        TOO_LITTLE = "too_little"  # O4
        USED = "used"
        RETURNED = "returned"  # from an order that ended
        NO_ORDER = "no_order"  # nobody knows what it was meant for
        CANCELLED = "cancelled"  # paid for an order that was cancelled
        UNDONE = "undone"  # came of a payment that was recorded by mistake: taken back

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_movements")
    sequence = models.PositiveIntegerField()  # 1, 2, 3 … per customer
    amount_cents = models.BigIntegerField()  # more credit is positive
    balance_after_cents = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=10, choices=Reason)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="credit_movements", null=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "sequence"], name="credit_sequence_once"),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="credit_is_money"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} cents of credit of {self.customer_id}: {self.reason}"

    @property
    def content(self) -> tuple[Any, ...]:
        """What a second request with the same key must say too."""
        return (
            self.customer_id, self.amount_cents, self.reason, self.cause_kind, self.cause_id, self.payment_id,
        )  # fmt: skip
