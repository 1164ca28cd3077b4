from django.db import models

from carnet.audit.models import ActorColumns
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
