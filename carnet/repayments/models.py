from django.db import models
from django.db.models import Q

from carnet.audit.models import ActorColumns
from carnet.kernel.models import CauseColumns
from carnet.payments.models import Means, Payment
from carnet.people.models import Customer


class Repayment(CauseColumns, ActorColumns):
    """Money of a payment that has to go back, by the same means (O4, O9, O11). What it fixes never changes; its state
    tells how far it is. The books know it once it was sent.
    """

    class State(models.TextChoices):
        DUE = "due"  # somebody has to send it: it is on the desk's list
        ASKED = "asked"  # the payment service will be, or was, asked to send it: the outcome is not known yet
        PENDING = "pending"  # the service has accepted it, and still holds it
        SENT = "sent"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="repayments")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="repayments")
    amount_cents = models.PositiveBigIntegerField()
    reference = models.CharField(max_length=35)  # what the customer finds on their statement
    made_at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)
    means = models.CharField(max_length=8, choices=Means)  # what the service refuses for good is sent by transfer
    state = models.CharField(max_length=7, choices=State)
    external_id = models.CharField(max_length=50, unique=True, null=True)  # the service's, once it is known
    why = models.CharField(max_length=80, blank=True)  # the service's word, if it refused or holds it
    look_at = models.DateTimeField(null=True)  # when the service is asked next
    sent_on = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)  # when that was recorded
    sent_by = models.CharField(max_length=60, blank=True)  # the label of who recorded it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="repayment_is_money"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_on__isnull=False, sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_on=None, sent_at=None)),
                name="repayment_sent_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="repayment_state"),
            models.Index(fields=["look_at"], name="repayment_look"),
            models.Index(fields=["cause_kind", "cause_id", "id"], name="repayment_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} cents back to {self.customer_id}: {self.state}"

    @property
    def iban(self) -> str:
        """The number of the account where it goes; empty if none is known."""
        account = getattr(self, "account", None)
        return account.iban if account else ""


class RepaymentAccount(models.Model):
    """Where a repayment goes; apart from it, so that it can be emptied."""

    repayment = models.OneToOneField(Repayment, models.PROTECT, primary_key=True, related_name="account")
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)

    def __str__(self) -> str:
        return f"account of repayment {self.repayment_id}"
