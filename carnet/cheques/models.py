from django.db import models
from django.db.models import Q

from carnet.audit.models import ActorColumns
from carnet.cheques.rules import SlipPlace
from carnet.kernel import locking
from carnet.kernel.models import CauseColumns
from carnet.payments.models import Payment
from carnet.people.models import Customer


class Bounce(ActorColumns):
    """A cheque's money did not come after all, or was taken back by the bank (O7). Append-only; what follows from it is
    its `Dispute`.
    """

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="bounce")
    bounced_on = models.DateField()  # as the bank says
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"bounce of payment {self.payment_id}"


class ChequeAnnouncement(CauseColumns, ActorColumns):
    """A customer says that a cheque is on its way: for the desk to expect it; it counts for nothing. Append-only."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="cheques_announced")
    cheque_number = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [models.Index(fields=["cause_kind", "cause_id", "id"], name="announcement_cause")]

    def __str__(self) -> str:
        return f"cheque announced by {self.customer_id}"


class PaidAgain(ActorColumns):
    """So much of a payment pays what a bounced cheque should have paid (O7). Append-only."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="paid_again")
    bounce = models.ForeignKey(Bounce, models.PROTECT, related_name="paid_again")
    amount_cents = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "bounce"], name="paid_again_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="paid_again_is_money"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} cents of payment {self.payment_id} for bounced payment {self.bounce_id}"


class SlipCounterQuerySet(models.QuerySet["SlipCounter"]):
    def lock(self) -> "SlipCounter":
        """The counter, locked until the transaction ends: whoever makes a slip waits here for the one before."""
        return locking.make_or_lock(self, 1)


class SlipCounter(models.Model):
    """The counter of the numbers of deposit slips. There is one row at most."""

    last_year = models.PositiveSmallIntegerField(null=True)
    last_sequence = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True)

    objects = SlipCounterQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="slip_counter_one_row")]

    def __str__(self) -> str:
        return f"deposit slips of {self.last_year}: {self.last_sequence}"

    def last(self) -> SlipPlace | None:
        """Where the last slip stands."""
        if self.last_year is None or self.last_on is None:
            return None
        return SlipPlace(self.last_year, self.last_sequence, self.last_on)

    def take(self, place: SlipPlace) -> None:
        self.last_year, self.last_sequence, self.last_on = place
        self.save(force_update=True)


class DepositSlip(ActorColumns):
    """The list with which cheques are taken to the bank («bordereau de remise»); what it fixes never changes."""

    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()  # 1, 2, 3 … of its year
    number = models.CharField(max_length=20, unique=True)
    made_at = models.DateTimeField()
    made_on = models.DateField()
    account_holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    cheque_count = models.PositiveIntegerField()
    total_cents = models.PositiveBigIntegerField()
    deposited_on = models.DateField(null=True)  # once it was handed in
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "sequence"], name="deposit_slip_once")]
        indexes = [models.Index(fields=["-id"], name="deposit_slip_list")]

    def __str__(self) -> str:
        return f"deposit slip {self.number}"


class DepositedCheque(models.Model):
    """A cheque on its deposit slip. Append-only."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="deposit")
    slip = models.ForeignKey(DepositSlip, models.PROTECT, related_name="cheques")
    position = models.PositiveSmallIntegerField()  # 1, 2, 3 …

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slip", "position"], name="deposited_cheque_once")]

    def __str__(self) -> str:
        return f"payment {self.payment_id} on slip {self.slip_id}"
