from typing import Any

from django.db import models
from django.db.models import F, Q

from carnet.audit.models import ActorColumns
from carnet.kernel import chain, locking
from carnet.kernel.models import CauseColumns

CHAINED = (
    "sequence", "at", "on", "kind", "document", "label", "customer_id", "quantity", "net_cents", "vat_permille",
    "vat_cents", "gross_cents", "means", "cause_kind", "cause_id", "payment_id", "digest", "corrects_id",
    "actor_kind", "actor_id", "actor_label", "is_test", "key_version",
)  # fmt: skip


class HeadQuerySet(models.QuerySet["Head"]):
    def lock(self) -> "Head":
        """The one row, locked until the transaction ends: lines are written under it only."""
        return locking.make_or_lock(self, 1)


class Head(models.Model):
    """The end of the journal: its last hash and how many lines it has, so that a cut tail shows. There is one row."""

    hash = models.CharField(max_length=64, default=chain.START)
    line_count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)  # of the last line: the journal never goes back in time

    objects = HeadQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="books_head_one_row")]

    def __str__(self) -> str:
        return f"{self.line_count} lines"


class Line(CauseColumns, ActorColumns):
    """One line of the sales journal, append-only and chained by keyed hash (`kernel.seals`); a mistake is mended by a
    line that names it. A line of kind «document» moves no money: it says which file was made of an invoice.

    Holds ids, codes and amounts in cents, never names, so that it outlives what is erased.
    """

    class Kind(models.TextChoices):
        SALE = "sale"
        PAYMENT = "payment"
        CREDIT = "credit"
        REFUND = "refund"  # money that went back
        FEE = "fee"  # what a payment service keeps of a payment, or gives back
        CORRECTION = "correction"
        DOCUMENT = "document"

    sequence = models.PositiveBigIntegerField(unique=True)  # 1, 2, 3 …
    at = models.DateTimeField()
    on = models.DateField()  # of the sale, or of the receipt
    kind = models.CharField(max_length=10, choices=Kind)
    document = models.CharField(max_length=35, blank=True)  # the invoice's number
    label = models.CharField(max_length=60)
    customer_id = models.BigIntegerField()  # no foreign key: a number that names nobody
    quantity = models.PositiveIntegerField()
    net_cents = models.BigIntegerField()
    vat_permille = models.PositiveSmallIntegerField()
    vat_cents = models.BigIntegerField()
    gross_cents = models.BigIntegerField()
    means = models.CharField(max_length=8, blank=True)
    payment_id = models.BigIntegerField(null=True)  # the money that it is about; no foreign key, payments stand higher
    digest = models.CharField(max_length=64, blank=True)  # of a sale's invoice, a payment's request, a document's file
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    is_test = models.BooleanField()  # written by a demo, or a test
    key_version = models.PositiveSmallIntegerField()  # of the key by which the hash was made
    hash_before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_cents=F("net_cents") + F("vat_cents")), name="books_line_gross_is_sum"
            ),
            models.CheckConstraint(
                condition=Q(kind="correction", corrects__isnull=False)
                | (~Q(kind="correction") & Q(corrects__isnull=True)),
                name="books_line_names_what_it_corrects",
            ),
        ]
        indexes = [
            models.Index(fields=["on", "id"], name="books_line_on"),
            models.Index(fields=["customer_id", "id"], name="books_line_customer"),
            models.Index(fields=["document"], name="books_line_document"),
            models.Index(fields=["payment_id"], name="books_line_payment"),
            models.Index(fields=["cause_kind", "cause_id", "id"], name="books_line_cause"),
        ]

    def __str__(self) -> str:
        return f"line {self.sequence}: {self.kind} of {self.gross_cents} cents"

    def chained_fields(self) -> dict[str, Any]:
        """Everything that the hash covers: every fiscal field."""
        return {name: getattr(self, name) for name in CHAINED}
