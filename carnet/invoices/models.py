import datetime

from django.db import models
from django.db.models import F, Q

from carnet.audit.models import ActorColumns
from carnet.invoices.rules import Place
from carnet.kernel import locking
from carnet.kernel.models import CauseColumns
from carnet.people.models import LANGUAGES, Customer


class SeriesQuerySet(models.QuerySet["Series"]):
    def lock(self, code: str) -> "Series":
        """The series, locked until the transaction ends: whoever numbers waits here for the one before."""
        return locking.make_or_lock(self, code)


class Series(models.Model):
    """The counter of a series of numbers: F for invoices; credit notes get their own."""

    code = models.CharField(max_length=4, primary_key=True)
    last_year = models.PositiveSmallIntegerField(null=True)
    last_sequence = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True)

    objects = SeriesQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code

    def last(self) -> Place | None:
        """Where its last document stands."""
        if self.last_year is None or self.last_on is None:
            return None
        return Place(self.last_year, self.last_sequence, self.last_on)

    def take(self, place: Place) -> None:
        self.last_year, self.last_sequence, self.last_on = place
        self.save()


class Invoice(CauseColumns, ActorColumns):
    """A numbered document. Append-only; a mistake is mended by a document that names it. What it says stands in
    `Content`, whose digest is here.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"

    number = models.CharField(max_length=35, unique=True)
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=11, choices=Kind)
    issued_on = models.DateField()
    at = models.DateTimeField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    net_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    gross_cents = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # of the content
    key = models.CharField(max_length=120, unique=True)
    request = models.CharField(max_length=64)  # digest of what was asked for: a key with other content is refused

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "sequence"], name="invoice_sequence_once"),
            models.CheckConstraint(
                condition=Q(gross_cents=F("net_cents") + F("vat_cents")), name="invoice_gross_is_sum"
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", corrects__isnull=False) | Q(kind="invoice", corrects__isnull=True),
                name="invoice_names_what_it_corrects",
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_on", "-id"], name="invoice_list"),
            models.Index(fields=["customer", "-id"], name="invoice_customer"),
            models.Index(fields=["gross_cents"], name="invoice_gross"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def place(self) -> Place:
        on: datetime.date = self.issued_on
        return Place(self.year, self.sequence, on)


class Content(models.Model):
    """All that an invoice says, in French, which is always kept, and in the customer's language: fixed at issue."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, primary_key=True, related_name="content")
    language = models.CharField(max_length=2, choices=LANGUAGES)
    email = models.EmailField()  # where it is sent
    data = models.JSONField()

    def __str__(self) -> str:
        return f"content of invoice {self.invoice_id}"


class Document(models.Model):
    """The PDF in the customer's language, made once after the sale was settled."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, primary_key=True, related_name="document")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"document of invoice {self.invoice_id}"
