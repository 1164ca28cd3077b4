from typing import Any

from django.db import models
from django.db.models import Q

from carnet.audit.models import ActorColumns
from carnet.kernel import locking
from carnet.kernel.keys import Cause
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
        DISPUTED = "disputed"  # its payer disputes the payment that it came of: held (O7)
        UNDISPUTED = "undisputed"  # the dispute was won: given back
        BOUNCED = "bounced"  # the cheque that it came of bounced: taken back (O7)
        REFUNDED = "refunded"  # units went back, and their money became credit as the customer wished (O9)
        SENT_BACK = "sent_back"  # goes back to the customer, who asked for it (O4)
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


class OnlineAccess(models.Model):
    """With what the payment service is asked, as the owner gave it at the desk. There is one row at most."""

    client_id = models.CharField(max_length=200)
    secret_sealed = models.TextField()  # encrypted, see `kernel.encryption`; empty: the environment has it
    environment = models.CharField(max_length=8, choices=[(one, one) for one in ("sandbox", "live", "stand_in")])
    webhook_id = models.CharField(max_length=50, blank=True)
    account_id = models.CharField(max_length=50, blank=True)  # as the service named it when it was tested
    tested_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="online_access_one_row")]

    def __str__(self) -> str:
        return f"{self.environment} {self.client_id}"


class Checkout(CauseColumns, ActorColumns):
    """An attempt to pay at the payment service. It lives on until its fate is known; what it fixes never changes."""

    class State(models.TextChoices):
        MADE = "made"  # the service may know of it, or not yet
        OPEN = "open"  # it waits for its payer there
        PENDING = "pending"  # the service has taken the money, and still examines it
        PAID = "paid"
        LAPSED = "lapsed"  # nobody paid, and nobody can any more
        REFUSED = "refused"  # the service, or the payer's bank, did not pay
        WRONG = "wrong"  # what the service says is not what was asked: nothing was credited, the desk looks

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="checkouts")
    reference = models.CharField(max_length=25)
    amount_cents = models.PositiveBigIntegerField()
    language = models.CharField(max_length=2)
    environment = models.CharField(max_length=8)
    client_id = models.CharField(max_length=200)  # of the access by which it was begun: another one may not know of it
    state = models.CharField(max_length=7, choices=State, default=State.MADE)
    external_id = models.CharField(max_length=50, unique=True, null=True)
    approve_url = models.CharField(max_length=500, blank=True)
    payee = models.CharField(max_length=50, blank=True)  # as the service named it when it was begun
    capture_id = models.CharField(max_length=50, unique=True, null=True)
    why = models.CharField(max_length=60, blank=True)  # it is pending, was refused, or is wrong: a code
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)  # it waits for its payer no more: the money was taken, or will not be
    looked_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)  # when the service is asked next; null: its fate is known

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="checkout_is_money"),
        ]
        indexes = [
            models.Index(fields=["cause_kind", "cause_id", "-id"], name="checkout_cause"),
            models.Index(fields=["look_at"], name="checkout_look"),
            models.Index(fields=["state", "-id"], name="checkout_state"),
        ]

    def __str__(self) -> str:
        return f"checkout {self.pk} of {self.reference}: {self.state}"


class OnlineReceipt(models.Model):
    """By which capture of the payment service a payment came, and what the service kept of it. Append-only."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="online_receipt")
    checkout = models.OneToOneField(Checkout, models.PROTECT, related_name="online_receipt")
    capture_id = models.CharField(max_length=50, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"capture {self.capture_id} of payment {self.payment_id}"


class OnlineFee(models.Model):
    """What the payment service kept of a payment, once it says so. Append-only."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="online_fee")
    fee_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"fee of payment {self.payment_id}: {self.fee_cents} cents"


class OnlineRefund(models.Model):
    """Money of a payment that went back through the payment service, whoever sent it. Append-only."""

    class Kind(models.TextChoices):
        REFUND = "refund"
        REVERSAL = "reversal"  # taken back by the service or the payer's bank: a lost dispute (O7)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="online_refunds")
    kind = models.CharField(max_length=8, choices=Kind)
    external_id = models.CharField(max_length=50, unique=True)
    amount_cents = models.PositiveBigIntegerField()
    fee_cents = models.BigIntegerField()  # what the service gave back of its fee; what it took more is negative
    net_cents = models.BigIntegerField()  # by how much the account fell
    refunded_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_is_money")]

    def __str__(self) -> str:
        return f"refund {self.external_id} of payment {self.payment_id}"


class OnlineNotice(models.Model):
    """What the payment service sent us by itself, as it came, and what came of it (O6). Deleted when it is old."""

    class State(models.TextChoices):
        RECEIVED = "received"  # not proven yet
        FORGED = "forged"  # not from the service
        PROVEN = "proven"  # it waits for a worker to ask the service
        USED = "used"
        USELESS = "useless"  # it is about nothing that is ours, or needs nothing
        FAILED = "failed"  # the service could not be asked; it can be run again

    body = models.BinaryField()
    headers = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)  # of the body: the same again is the same row
    received_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)  # how often it came
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    event_id = models.CharField(max_length=80, blank=True)
    event = models.CharField(max_length=80, blank=True)
    about = models.CharField(max_length=8, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=60, blank=True)  # a code
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="notice_state"),
            models.Index(fields=["received_at"], name="notice_received"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}: {self.event or 'unread'}, {self.state}"


class Dispute(models.Model):
    """A payment that its payer disputes, as the service told it last, or a cheque that bounced (O7): one row for each
    payment that it is about. Never deleted.
    """

    class Kind(models.TextChoices):
        DISPUTE = "dispute"
        BOUNCE = "bounce"

    class State(models.TextChoices):
        OPEN = "open"
        WON = "won"  # of a bounced cheque: it was paid after all
        LOST = "lost"  # of a bounced cheque: it was not, in ⚙ bounced_days

    LIVE = (State.OPEN, State.LOST)  # in which neither units nor credit of the payment can be used
    CAUSES = ("dispute", "bounce")  # by kind, of what is written because of it

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.DISPUTE)
    external_id = models.CharField(max_length=80)
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    amount_cents = models.PositiveBigIntegerField()  # of this payment; once it is lost, what was taken back of it
    order_cents = models.PositiveBigIntegerField(default=0)  # of these, what paid for the order: its units are frozen
    credit_held_cents = models.PositiveBigIntegerField(default=0)  # of these, what was credit and is held now
    cancelled_cents = models.PositiveBigIntegerField(default=0)  # what the cancelled units are worth (O9)
    reason = models.CharField(max_length=80)  # the service's word
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)  # until when the provider may answer there
    changed_at = models.DateTimeField()  # at the service: older news are none
    closed_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["external_id", "payment"], name="dispute_once")]
        indexes = [models.Index(fields=["state", "-id"], name="dispute_state")]

    def __str__(self) -> str:
        return f"dispute {self.external_id} of payment {self.payment_id}: {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_lost(self) -> bool:
        return self.state == self.State.LOST

    @property
    def is_bounce(self) -> bool:
        return self.kind == self.Kind.BOUNCE

    @property
    def cause(self) -> Cause:
        return Cause(self.kind, self.pk)


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def open(self) -> "DifferenceQuerySet":
        """Those that somebody has still to look at."""
        return self.filter(mended_at=None, settled_at=None)


class Difference(models.Model):
    """Where the account's list and ours do not say the same, with both sides; it stays when it is mended, or when a
    person has dealt with it outside Carnet.
    """

    external_id = models.CharField(max_length=50)
    kind = models.CharField(max_length=20)  # a code, see `payments.rules.comparing`
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="differences", null=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # the last time
    mended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # by a person
    settled_why = models.CharField(max_length=200, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["external_id", "kind"], name="difference_once")]
        indexes = [models.Index(fields=["mended_at", "-id"], name="difference_mended")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.external_id}"


class AccountComparison(models.Model):
    """Once a night our money of the last days is compared with the account's list at the service: what it came to.

    One that broke off says why, and leaves what was found before.
    """

    since = models.DateTimeField()
    until = models.DateTimeField()
    at = models.DateTimeField()
    failed = models.CharField(max_length=80, blank=True)  # the service's word, or ours; empty: it went well
    listed_count = models.PositiveIntegerField(default=0)  # movements of the account
    others_count = models.PositiveIntegerField(default=0)  # of these, not ours
    booked_count = models.PositiveIntegerField(default=0)
    difference_count = models.PositiveIntegerField(default=0)  # found by it

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="account_comparison_list")]

    def __str__(self) -> str:
        return f"comparison of {self.at}: {self.failed or self.difference_count}"


class FailedCall(models.Model):
    """A call that the payment service refused or did not answer, with what its support asks for. Deleted when old."""

    call = models.CharField(max_length=200)  # verb and path
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=80)
    debug_id = models.CharField(max_length=60, blank=True)
    permanent = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="failed_call_list")]

    def __str__(self) -> str:
        return f"{self.call}: {self.status} {self.code}"
