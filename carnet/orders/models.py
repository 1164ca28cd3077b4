import datetime
from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from carnet.catalogue.models import Edition, VatCheck
from carnet.invoices.models import Invoice
from carnet.kernel import references
from carnet.kernel.keys import Cause
from carnet.ledger.models import Lot
from carnet.people.models import LANGUAGES, Customer, Person
from carnet.provider.models import TextVersion


class OrderMeans(models.TextChoices):
    PAYPAL = "paypal"  # first in every list: it works at once
    TRANSFER = "transfer"
    CHEQUE = "cheque"


# What an order fixes for ever (O1), with its lines: its seal covers these, and the database refuses to change them.
SEALED = (
    "reference", "customer_id", "placed_by_id", "placed_at", "ordered_on", "language", "price_cents",
    "net_cents", "vat_cents", "terms_id", "express_request", "withdrawal_last_day", "tolerance_cents", "order_days",
    "cheque_activates_on", "key", "buyer_digest",
)  # fmt: skip
SEALED_OF_LINE = (
    "position", "edition_id", "person_id", "quantity", "price_cents", "net_cents", "vat_cents", "vat_permille",
    "vat_category",
)  # fmt: skip


class OrderQuerySet(models.QuerySet["Order"]):
    def with_lines(self) -> Self:
        """With what was bought; one more statement for any number of orders."""
        lines = OrderLine.objects.select_related("edition__offer", "person", "activation__lot")
        return self.prefetch_related(models.Prefetch("lines", lines.order_by("position")))

    def open(self) -> Self:
        """What still waits: for money, or for a choice."""
        return self.filter(state__in=(Order.State.WAITING, Order.State.CHOOSING))


class Order(models.Model):
    """A purchase, paid or waiting. It fixes terms and the settings that it needs later (O1); what was bought, its price
    and VAT are fixed in its lines.
    """

    class State(models.TextChoices):
        WAITING = "waiting"  # for money, or for the rest of it
        SETTLED = "settled"
        EXPIRED = "expired"
        CHOOSING = "choosing"  # money came late, and its edition is no longer sold (O3)
        CANCELLED = "cancelled"  # its customer does not want it any more, and had not paid it

    reference = models.CharField(max_length=25, unique=True)  # ISO 11649 (O2)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    placed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    ordered_on = models.DateField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    means = models.CharField(max_length=8, choices=OrderMeans)  # how it will be paid; changes as long as it waits
    language = models.CharField(max_length=2, choices=LANGUAGES)
    # What its lines come to, with VAT and without.
    price_cents = models.PositiveBigIntegerField()
    net_cents = models.PositiveBigIntegerField()
    vat_cents = models.PositiveBigIntegerField()
    terms = models.ForeignKey(TextVersion, models.PROTECT, related_name="+")
    express_request = models.BooleanField()  # to start at once, within the withdrawal period (O11)
    withdrawal_last_day = models.DateField(null=True)  # null: a business
    tolerance_cents = models.PositiveIntegerField()  # ⚙ tolerance_cents (O4)
    order_days = models.PositiveSmallIntegerField()  # ⚙ order_days (O1)
    cheque_activates_on = models.CharField(max_length=10)  # ⚙ cheque_activates_on (L1)
    credit_used_cents = models.PositiveBigIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, unique=True)
    buyer_digest = models.CharField(max_length=64)  # of `OrderBuyer`
    key_version = models.PositiveSmallIntegerField()  # of the key that made the seal
    seal = models.CharField(max_length=64)  # over all that is fixed (`SEALED`)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_cents=F("net_cents") + F("vat_cents")), name="order_price_is_sum"),
            models.CheckConstraint(condition=Q(credit_used_cents__lte=F("price_cents")), name="order_credit_fits"),
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="order_state"),
            models.Index(fields=["state", "-placed_at", "-id"], name="order_state_list"),
            models.Index(fields=["-placed_at", "-id"], name="order_list"),
            models.Index(fields=["customer", "-placed_at"], name="order_customer"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def cause(self) -> Cause:
        return Cause("order", self.pk)

    def sealed_facts(self, lines: Sequence["OrderLine"]) -> dict[str, Any]:
        """What its seal covers, in the order of its lines."""
        facts = {name: getattr(self, name) for name in SEALED}
        return facts | {"lines": [{name: getattr(line, name) for name in SEALED_OF_LINE} for line in lines]}

    @property
    def is_settled(self) -> bool:
        return self.state == self.State.SETTLED

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.CHOOSING)

    @property
    def takes_money(self) -> bool:
        """Whether what is missing of it can be paid: it waits, or was paid by a cheque that bounced (O7)."""
        return self.state in (self.State.WAITING, self.State.SETTLED)

    @property
    def documents(self) -> list[Invoice]:
        """Its invoices, and the credit notes that correct them, in the order in which they were issued."""
        invoices = {one.invoice for one in self.invoice_requests.all()}
        if hasattr(self, "settlement"):
            invoices.add(self.settlement.invoice)
        found = [document for one in invoices for document in (one, *one.credit_notes.all())]
        return sorted(found, key=lambda one: (one.issued_on, one.pk))

    @property
    def asked_cents(self) -> int:
        """What is to be paid, credit left out."""
        return self.price_cents - self.credit_used_cents

    @property
    def activations(self) -> list["Activation"]:
        """What it has brought, in the order of its lines; empty until it is active."""
        return [line.activation for line in self.lines.all() if hasattr(line, "activation")]

    @property
    def active_since(self) -> datetime.datetime | None:
        """Since when it can be used; None until it is active."""
        return max((one.at for one in self.activations), default=None)

    @property
    def usable_until(self) -> datetime.date | None:
        """The last day on which all of it can be used; None until it is active."""
        return min((one.lot.last_day for one in self.activations if one.lot.last_day), default=None)

    @property
    def reference_shown(self) -> str:
        """The reference in groups of four, as people read it."""
        return references.grouped(self.reference)


class OrderLine(models.Model):
    """One thing that was ordered, with its price and VAT in cents, which belong to all of `quantity`. Append-only."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()  # 1, 2, 3 …
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)  # for whom, if personal (L9)
    quantity = models.PositiveIntegerField(default=1)
    price_cents = models.PositiveBigIntegerField()  # with VAT
    net_cents = models.PositiveBigIntegerField()
    vat_cents = models.PositiveBigIntegerField()
    vat_permille = models.PositiveSmallIntegerField()
    vat_category = models.CharField(max_length=2)  # of EN 16931

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_has_units"),
            models.CheckConstraint(
                condition=Q(price_cents=F("net_cents") + F("vat_cents")), name="order_line_price_is_sum"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of order {self.order_id}"

    @property
    def unit_count(self) -> int:
        """How many units it brings, in the unit of its edition."""
        return self.quantity * (self.edition.quantity or 0)


class OrderBuyer(models.Model):
    """Who ordered, as named on the invoice, and from where; apart from the order, so that it can be emptied."""

    order = models.OneToOneField(Order, models.PROTECT, primary_key=True, related_name="buyer")
    name = models.CharField(max_length=160)
    email = models.EmailField()
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2)
    siren = models.CharField(max_length=9, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    ip = models.GenericIPAddressField(null=True)  # from where the terms were accepted
    salt = models.CharField(max_length=32)  # of the order's `buyer_digest`, so that nobody can guess names by it

    class Meta:
        indexes = [models.Index(fields=["name"], name="order_buyer_name")]

    def __str__(self) -> str:
        return f"buyer of {self.order_id}"


class Revival(models.Model):
    """O3: money came after the order had ended, and revived it: it counts as ordered on that day (O11). Append-only; an
    order may end, and be revived, again.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="revivals")
    revived_on = models.DateField()
    withdrawal_last_day = models.DateField(null=True)  # null: a business
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"revival of {self.order_id}"


class OrderVatCheck(models.Model):
    """A check of the VAT number by which an order is charged no VAT; the newest one counts. Append-only."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="vat_checks")
    vat_check = models.ForeignKey(VatCheck, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"VAT check {self.vat_check_id} of {self.order_id}"


class InvoiceRequest(models.Model):
    """O8: a company asked for its invoice before paying. Append-only. Never paid, a credit note corrects it."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, primary_key=True, related_name="request")
    order = models.ForeignKey(Order, models.PROTECT, related_name="invoice_requests")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invoice {self.invoice_id} of {self.order_id}, before it was paid"


class Settlement(models.Model):
    """An order is paid: its invoice, and when its lots become active if that is not at once (L1). Append-only."""

    order = models.OneToOneField(Order, models.PROTECT, primary_key=True, related_name="settlement")
    at = models.DateTimeField()
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="settlement")
    activates_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["activates_at"], name="settlement_activates")]

    def __str__(self) -> str:
        return f"settlement of {self.order_id}"

    def waits_at(self, at: datetime.datetime) -> bool:
        return at < self.activates_at


class Activation(models.Model):
    """The lot that a line of an order brought. Append-only."""

    line = models.OneToOneField(OrderLine, models.PROTECT, primary_key=True, related_name="activation")
    lot = models.OneToOneField(Lot, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"lot {self.lot_id} of order line {self.line_id}"


class TermsDocument(models.Model):
    """Terms and withdrawal conditions as a PDF that orders bring home (CC L221-13): made once for each version and
    language.
    """

    key = models.CharField(max_length=40, unique=True)  # of versions and language
    terms = models.ForeignKey(TextVersion, models.PROTECT, related_name="+")
    withdrawal = models.ForeignKey(TextVersion, models.PROTECT, related_name="+", null=True)  # null: for a business
    language = models.CharField(max_length=2, choices=LANGUAGES)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"terms {self.key}"
