import datetime

from django.db import models
from django.db.models import F, Q

from carnet.audit.models import ActorColumns
from carnet.invoices.rules import EXEMPTIONS, BuyerFacts, Place, PostalAddress
from carnet.kernel import locking
from carnet.kernel.models import CauseColumns
from carnet.people.models import LANGUAGES, Customer


class SeriesQuerySet(models.QuerySet["Series"]):
    def lock(self, code: str) -> "Series":
        """The series, locked until the transaction ends: whoever numbers waits here for the one before."""
        return locking.make_or_lock(self, code)


class Series(models.Model):
    """The counter of a series of numbers: F for invoices, A for credit notes."""

    code = models.CharField(max_length=4, primary_key=True)
    last_year = models.PositiveSmallIntegerField(null=True)
    last_sequence = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True)
    last_at = models.DateTimeField(null=True)

    objects = SeriesQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code

    def last(self) -> Place | None:
        """Where its last document stands."""
        if self.last_year is None or self.last_on is None:
            return None
        return Place(self.last_year, self.last_sequence, self.last_on)

    def take(self, place: Place, at: datetime.datetime) -> None:
        self.last_year, self.last_sequence, self.last_on = place
        self.last_at = at
        self.save(force_update=True)


class Invoice(CauseColumns, ActorColumns):
    """A numbered document, invoice or credit note. Append-only; a mistake is mended by a credit note that names it.

    What it fixes stands here, in its `InvoiceLine`s and, as long as the law wants the name kept, in its `InvoiceBuyer`.
    `digest` covers all of it. Amounts of a credit note are above zero, as they stand on it.
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
    due_on = models.DateField()  # the last day to pay
    delivered_on = models.DateField()  # of the sale
    at = models.DateTimeField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_notes")
    language = models.CharField(max_length=2, choices=LANGUAGES)  # the customer's
    currency = models.CharField(max_length=3)
    order_reference = models.CharField(max_length=35, blank=True)
    net_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    gross_cents = models.BigIntegerField()
    # The seller, what was paid (or goes back) and how, what the law wants said (codes and texts), why it was credited.
    facts = models.JSONField()
    buyer_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=120, unique=True)

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
    def is_credit_note(self) -> bool:
        return self.kind == self.Kind.CREDIT_NOTE

    @property
    def is_emptied(self) -> bool:
        """Whether the buyer's name is gone: number, lines and sums stay, a document can't be made any more."""
        return not hasattr(self, "buyer")


class InvoiceLine(models.Model):
    """One line of an invoice. Append-only. `unit_cents` is net, of one; `names` are in French and in its language."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()  # 1, 2, 3 …; on a credit note that of the line which it corrects
    code = models.CharField(max_length=60)  # as in the books
    names = models.JSONField()
    pack = models.JSONField(null=True)  # what a pack holds (`rules.PackSold`)
    units_back = models.PositiveIntegerField(default=0)  # on a credit note: how many units of it are taken back
    quantity = models.PositiveIntegerField()
    unit_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    gross_cents = models.BigIntegerField()
    vat_permille = models.PositiveSmallIntegerField()
    vat_category = models.CharField(max_length=2)  # of EN 16931
    exemption = models.CharField(max_length=30, blank=True)  # why no VAT is charged: a code of VATEX

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_once"),
            models.CheckConstraint(
                condition=Q(gross_cents=F("net_cents") + F("vat_cents")), name="invoice_line_gross_is_sum"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="invoice_line_quantity"),
            models.CheckConstraint(condition=Q(vat_category__in=sorted(EXEMPTIONS)), name="invoice_line_category"),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of invoice {self.invoice_id}"


class InvoiceBuyer(models.Model):
    """Who bought, as named on the invoice. Never changed; deleted when the law no longer wants it kept."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, primary_key=True, related_name="buyer")
    name = models.CharField(max_length=160)
    email = models.EmailField()  # where it is sent
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2)
    is_company = models.BooleanField()
    siren = models.CharField(max_length=9, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    salt = models.CharField(max_length=32)  # of the invoice's `buyer_digest`

    def __str__(self) -> str:
        return f"buyer of invoice {self.invoice_id}"

    def as_facts(self) -> BuyerFacts:
        return BuyerFacts(
            name=self.name, address=PostalAddress(self.street, self.postcode, self.city, self.country),
            email=self.email, is_company=self.is_company, siren=self.siren, vat_number=self.vat_number,
        )  # fmt: skip


class Document(models.Model):
    """A PDF that was made of an invoice, once for each language. Append-only; the file itself lies beside it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="documents")
    language = models.CharField(max_length=2, choices=LANGUAGES)
    sha256 = models.CharField(max_length=64)
    byte_count = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "language"], name="invoice_document_once")]

    def __str__(self) -> str:
        return f"document of invoice {self.invoice_id} ({self.language})"


class DocumentFile(models.Model):
    """The file of a document. It names the buyer: never changed; deleted when the law no longer wants it kept."""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True, related_name="file")
    pdf = models.BinaryField()

    def __str__(self) -> str:
        return f"file of document {self.document_id}"
