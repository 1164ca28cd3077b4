from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q

from carnet.audit.models import ActorColumns
from carnet.invoices.models import Invoice
from carnet.kernel.keys import Cause
from carnet.ledger.models import Lot
from carnet.orders.models import Order
from carnet.people.models import LANGUAGES, Person

_LINKS = Signer(salt="carnet.till.withdrawal")


class Refund(ActorColumns):
    """Units that were bought go back and their money with them (O9, O11), or all of an order that had brought none yet.
    Append-only. What is still reserved comes later, as a refund of its own.
    """

    class Reason(models.TextChoices):
        WITHDRAWAL = "withdrawal"  # O11
        OWNER = "owner"  # O9: the provider agrees to it

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", null=True)  # null: nothing was active yet
    reason = models.CharField(max_length=10, choices=Reason)
    unit_count = models.PositiveIntegerField()
    amount_cents = models.PositiveBigIntegerField()
    credit_cents = models.PositiveBigIntegerField()  # of these, what became the customer's credit
    wants_credit = models.BooleanField(default=False)  # nothing is sent back, as the customer wishes
    takes_rest = models.BooleanField(default=False)  # what is still reserved goes back, too, once it is released
    credit_note = models.OneToOneField(
        Invoice, models.PROTECT, related_name="refund", null=True
    )  # null: 0.00 €, or unpaid
    at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)
    content = models.CharField(max_length=64)  # digest of the request

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(credit_cents__lte=models.F("amount_cents")), name="refund_credit_fits")
        ]

    def __str__(self) -> str:
        return f"refund of {self.amount_cents} cents of order {self.order_id}"

    @property
    def cause(self) -> Cause:
        return Cause("refund", self.pk)

    @property
    def account(self) -> tuple[str, str]:
        """Whose account the money goes to, and its IBAN; empty if none was given."""
        note = getattr(self, "note", None)
        return (note.account_holder, note.iban) if note else ("", "")


class RefundNote(models.Model):
    """Why the provider agreed to a refund, in the owner's words, and the account where the money goes; apart from it,
    so that it can be emptied.
    """

    refund = models.OneToOneField(Refund, models.PROTECT, primary_key=True, related_name="note")
    text = models.TextField(blank=True)
    account_holder = models.CharField(max_length=70, blank=True)
    iban = models.CharField(max_length=34, blank=True)

    def __str__(self) -> str:
        return f"note of refund {self.refund_id}"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def with_token(self, token: str) -> Self:
        """The withdrawal that the link of a mail leads to; none if the token was not made by us."""
        try:
            return self.filter(pk=_LINKS.unsign(token))
        except BadSignature:
            return self.none()


class Withdrawal(ActorColumns):
    """A consumer withdraws from an order (O11; CC L221-21): declared at a moment that counts, and carried out at once,
    or once it is confirmed that it came from the customer. What was declared never changes.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="withdrawals")
    declared_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    wants_credit = models.BooleanField(default=False)
    key = models.CharField(max_length=120, unique=True)
    content = models.CharField(max_length=64)  # digest of the request
    carried_out_at = models.DateTimeField(null=True)
    carried_out_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)  # null: by the link

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        constraints = [
            # Carried out once, whoever declared it again meanwhile.
            models.UniqueConstraint(
                fields=["order"], condition=Q(carried_out_at__isnull=False), name="withdrawal_carried_out_once"
            )
        ]
        indexes = [models.Index(fields=["carried_out_at", "-id"], name="withdrawal_list")]

    def __str__(self) -> str:
        return f"withdrawal from order {self.order_id}"

    @property
    def token(self) -> str:
        """What the link that confirms it says."""
        return _LINKS.sign(str(self.pk))

    @property
    def is_carried_out(self) -> bool:
        return self.carried_out_at is not None

    @property
    def account(self) -> tuple[str, str]:
        """Whose account the money may go to, and its IBAN; empty if none was given, or it is kept no longer."""
        details = getattr(self, "details", None)
        return (details.account_holder, details.iban) if details else ("", "")


class WithdrawalDetails(models.Model):
    """Who declared it, where the receipt went, and where the money may go; apart from it, so that it can be emptied."""

    withdrawal = models.OneToOneField(Withdrawal, models.PROTECT, primary_key=True, related_name="details")
    name = models.CharField(max_length=160)
    email = models.EmailField()
    account_holder = models.CharField(max_length=70, blank=True)
    iban = models.CharField(max_length=34, blank=True)

    def __str__(self) -> str:
        return f"details of withdrawal {self.withdrawal_id}"

    @property
    def account_end(self) -> str:
        """By which whoever confirms it recognises the account; empty if none was given."""
        return f"… {self.iban[-4:]}" if self.iban else ""
