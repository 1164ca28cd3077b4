import datetime
from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from carnet.kernel import chain, sql
from carnet.kernel.keys import Cause
from carnet.kernel.models import CauseColumns
from carnet.ledger import rules
from carnet.people.models import Customer, Person

BUCKETS = ("available", "reserved", "spent", "frozen", "refunded")


class CustomerLedgerQuerySet(models.QuerySet["CustomerLedger"]):
    def lock(self, customer_id: int) -> "CustomerLedger":
        """The customer's ledger, locked until the transaction ends: units, lots and covers change under it only."""
        return self.lock_and(customer_id)[0]

    def lock_and(self, customer_id: int, *statements: sql.Statement) -> tuple["CustomerLedger", list[Any]]:
        """The same, with the answers to statements that are carried out under the lock at once."""
        row = sql.rows(CustomerLedger, rest=f"WHERE customer_id = %s {sql.for_update()}", values=[customer_id])
        found, *answers = sql.carry_out(row, *statements)
        if not found:
            # Two at once: the second waits for the first here, and finds its row.
            CustomerLedger.objects.bulk_create([CustomerLedger(customer_id=customer_id)], ignore_conflicts=True)
            found, *answers = sql.carry_out(row, *statements)
        return found[0], answers


class CustomerLedger(models.Model):
    """The one row of a customer that is locked before any unit moves, and the head of the chain of movements."""

    customer = models.OneToOneField(Customer, models.PROTECT, primary_key=True, related_name="ledger")
    head = models.CharField(max_length=64, default=chain.START)
    movement_count = models.PositiveBigIntegerField(default=0)
    lot_count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)  # of the last movement: the journal never goes back in time
    loosened_at = models.DateTimeField(null=True)  # when a holder last let somebody draw more: what waits may go on

    objects = CustomerLedgerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"ledger of {self.customer_id}, {self.movement_count} movements"


class LotQuerySet(models.QuerySet["Lot"]):
    def live_on(self, day: datetime.date) -> Self:
        """Lots whose last day is not past on `day` (L4); a trial before its first use has none yet."""
        return self.filter(Q(last_day=None) | Q(last_day__gte=day))

    def with_units(self) -> Self:
        """Lots that still have units which may be used: available, reserved or frozen (L5, L6)."""
        return self.filter(Q(available__gt=0) | Q(reserved__gt=0) | Q(frozen__gt=0))


class Lot(models.Model):
    """The units of one purchased pack («carnet no. 12»), of a trial or of goodwill.

    The buckets and the last day change only together with a movement that says why, under the lock of the
    customer's ledger. Everything else is fixed when the lot is made, so that a changed setting or offer never
    changes the past.
    """

    class Origin(models.TextChoices):
        PURCHASED = "purchased"
        TRIAL = "trial"
        GOODWILL = "goodwill"

    class Unit(models.TextChoices):
        TOKEN = "token"
        MINUTE = "minute"

    # db_index=False, here and below: a constraint or an index of the table begins with the same column.
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="lots", db_index=False)
    number = models.PositiveIntegerField()  # 1, 2, 3 … per customer
    origin = models.CharField(max_length=9, choices=Origin)
    unit = models.CharField(max_length=6, choices=Unit)
    quantity = models.PositiveIntegerField()
    activated_at = models.DateTimeField()
    activated_on = models.DateField()
    last_day = models.DateField(null=True)  # null: a trial before its first use (F2)
    validity_months = models.PositiveSmallIntegerField(null=True)  # of a pack (L2)
    validity_days = models.PositiveSmallIntegerField(null=True)  # of a trial, from its first use (F2)
    token_minutes = models.PositiveSmallIntegerField(default=30)  # what one token pays for (T2)
    price_cents = models.PositiveBigIntegerField(default=0)
    shared = models.BooleanField()  # L9
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)  # bought for or given to (L9)
    edition_id = models.BigIntegerField(null=True)
    # What a purchased lot does to older ones at its activation: ⚙ revive_by (L5), ⚙ early_renewal (L6).
    revive_by = models.CharField(max_length=10, blank=True)
    early_renewal = models.CharField(max_length=10, blank=True)
    available = models.PositiveIntegerField()
    reserved = models.PositiveIntegerField(default=0)
    spent = models.PositiveIntegerField(default=0)
    frozen = models.PositiveIntegerField(default=0)
    refunded = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True)  # since when its unused units are frozen (O7)

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="lot_number_once"),
            models.CheckConstraint(
                condition=Q(quantity=F("available") + F("reserved") + F("spent") + F("frozen") + F("refunded")),
                name="lot_buckets_sum",
            ),
            # L10: no bucket is ever negative.
            *[
                models.CheckConstraint(condition=Q(**{f"{bucket}__gte": 0}), name=f"lot_{bucket}_not_negative")
                for bucket in BUCKETS
            ],
            models.CheckConstraint(condition=Q(quantity__gt=0), name="lot_has_units"),
            models.CheckConstraint(condition=Q(last_day__isnull=False) | Q(origin="trial"), name="lot_has_last_day"),
            models.CheckConstraint(condition=Q(shared=True) | Q(person__isnull=False), name="lot_has_users"),
            # F1: one trial lot per customer.
            models.UniqueConstraint(fields=["customer"], condition=Q(origin="trial"), name="lot_one_trial"),
        ]
        # Not of lots with available units only: PostgreSQL would then enter each change of a bucket in every index.
        indexes = [models.Index(fields=["last_day", "customer"], name="lot_ending")]

    def __str__(self) -> str:
        return f"lot {self.number} of {self.customer_id}: {self.available} of {self.quantity}"

    def is_of(self, units: rules.Units) -> bool:
        """Whether such units come from lots like this one."""
        return self.unit == units.unit and self.origin in units.origins

    def as_view(
        self, *, allowances: Mapping[int, int] | None = None, used_by: Mapping[int, int] | None = None
    ) -> rules.LotView:
        """The lot as the rules see it."""
        return rules.LotView(
            number=self.number,
            origin=self.origin,  # type: ignore[arg-type]
            unit=self.unit,  # type: ignore[arg-type]
            activated_at=self.activated_at,
            activated_on=self.activated_on,
            last_day=self.last_day,
            validity_months=self.validity_months,
            shared=self.shared,
            person_id=self.person_id,
            allowances=allowances or {},
            used_by=used_by or {},
            **{bucket: getattr(self, bucket) for bucket in BUCKETS},
        )

    def facts(self) -> dict[str, Any]:
        """What is fixed for ever: the hash of the movement that opened the lot covers it."""
        return {name: getattr(self, name) for name in LOT_FACTS}


LOT_FACTS = (
    "number", "origin", "unit", "quantity", "activated_at", "activated_on", "validity_months", "validity_days",
    "token_minutes", "price_cents", "shared", "person_id", "edition_id", "revive_by", "early_renewal",
)  # fmt: skip


class LotNote(models.Model):
    """Why goodwill was given (L8), in the giver's words; apart from the journal, so that it can be emptied."""

    lot = models.OneToOneField(Lot, models.PROTECT, primary_key=True, related_name="note")
    text = models.TextField()

    def __str__(self) -> str:
        return f"note of lot {self.lot_id}"


class Allowance(models.Model):
    """How much one member may draw from a shared lot (L9), reserved and spent together; 0 shuts them out, no row:
    no limit.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="allowances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "person"], name="allowance_once")]

    def __str__(self) -> str:
        return f"{self.units} of lot {self.lot_id} for {self.person_id}"


class Notice(models.Model):
    """What a person was told by mail about units of a customer, so that nothing is told twice.

    That a lot ends counts for that last day and that many days before it: with another last day it is told anew. That
    units run low counts until there are more again (`is_over`).
    """

    class Kind(models.TextChoices):
        ENDING = "ending"
        LOW = "low"

    kind = models.CharField(max_length=6, choices=Kind)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    unit = models.CharField(max_length=6, choices=Lot.Unit)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", null=True)
    last_day = models.DateField(null=True)
    days_before = models.PositiveSmallIntegerField(null=True)
    is_over = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "lot", "last_day", "days_before"],
                condition=Q(kind="ending"),
                name="notice_ending_once",
            ),
            models.UniqueConstraint(
                fields=["person", "customer", "unit"], condition=Q(kind="low", is_over=False), name="notice_low_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="ending", lot__isnull=False, last_day__isnull=False, days_before__isnull=False)
                | Q(kind="low", lot=None, last_day=None, days_before=None),
                name="notice_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id} for {self.person_id}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def of(self, cause: Cause) -> Self:
        """What `cause` holds, in the order in which it was reserved first (L7)."""
        return self.filter(**cause.columns).order_by("id")


class Hold(CauseColumns):
    """What one cause holds of one lot now: units reserved and spent, and by whom. Rebuilt from the journal by
    `verify`.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="holds", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reserved = models.PositiveIntegerField(default=0)
    spent = models.PositiveIntegerField(default=0)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause_kind", "cause_id", "lot", "person"], name="hold_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0) & Q(spent__gte=0), name="hold_not_negative"),
        ]
        indexes = [models.Index(fields=["lot", "person"], name="hold_lot_person")]

    @property
    def units(self) -> int:
        return self.reserved + self.spent

    def __str__(self) -> str:
        return f"{self.cause_kind} {self.cause_id}: {self.reserved} reserved, {self.spent} spent of lot {self.lot_id}"


class Movement(CauseColumns):
    """One line of the journal, append-only and chained by hash per customer.

    It brings the units of a new lot into *available* (`from_bucket` empty), moves units between two buckets of one
    lot, or changes that lot's last day (`quantity` 0).
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("new")
        RESERVED = "reserved", _("reserved")
        RELEASED = "released", _("returned")
        SPENT = "spent", _("used")
        CORRECTED = "corrected", _("corrected")
        FROZEN = "frozen", _("frozen")
        UNFROZEN = "unfrozen", _("unfrozen")
        REFUNDED = "refunded", _("refunded")
        LAST_DAY = "last_day", _("last day")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="movements", db_index=False)
    sequence = models.PositiveBigIntegerField()  # 1, 2, 3 … per customer
    at = models.DateTimeField()
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    rule = models.CharField(max_length=10)  # the rule of rules.md that moved it, e.g. T1
    unit = models.CharField(max_length=6, choices=Lot.Unit)
    quantity = models.PositiveIntegerField()
    from_bucket = models.CharField(max_length=9, blank=True)
    to_bucket = models.CharField(max_length=9, blank=True)
    last_day_before = models.DateField(null=True)
    last_day_after = models.DateField(null=True)
    person_id = models.BigIntegerField(null=True)  # for whom units were reserved (allowances, L9)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections", db_index=False)  # L11
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    # L12. One request may move several lots: its lines share `key` and are told apart by `part`.
    key = models.CharField(max_length=120)
    part = models.PositiveSmallIntegerField(default=0)
    content = models.CharField(
        max_length=64
    )  # digest of the request, so that the same key with other content is refused
    hash_before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "sequence"], name="movement_sequence_once"),
            models.UniqueConstraint(fields=["customer", "key", "part"], name="movement_key_once"),
            models.CheckConstraint(
                condition=(
                    Q(kind="opened", from_bucket="", to_bucket="available", quantity__gt=0)
                    | Q(kind="reserved", from_bucket="available", to_bucket="reserved", quantity__gt=0)
                    | Q(kind="released", from_bucket="reserved", to_bucket="available", quantity__gt=0)
                    | Q(kind="spent", from_bucket="reserved", to_bucket="spent", quantity__gt=0)
                    | Q(
                        kind="corrected",
                        from_bucket="spent",
                        to_bucket="available",
                        quantity__gt=0,
                        corrects__isnull=False,
                    )
                    | Q(
                        kind="corrected",
                        from_bucket="available",
                        to_bucket="spent",
                        quantity__gt=0,
                        corrects__isnull=False,
                    )
                    # Of nothing, too: what is reserved yet is frozen when it is released (O7).
                    | Q(kind="frozen", from_bucket="available", to_bucket="frozen")
                    | Q(kind="unfrozen", from_bucket="frozen", to_bucket="available")
                    | Q(kind="refunded", from_bucket__in=("available", "frozen"), to_bucket="refunded", quantity__gt=0)
                    | Q(kind="last_day", from_bucket="", to_bucket="", quantity=0, last_day_after__isnull=False)
                ),
                name="movement_kind_and_buckets",
            ),
        ]
        indexes = [
            models.Index(fields=["cause_kind", "cause_id", "id"], name="movement_cause"),
            models.Index(fields=["lot", "sequence"], name="movement_lot"),
            models.Index(fields=["customer", "at"], name="movement_customer_at"),
            models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="movement_corrects"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.sequence} {self.kind} {self.quantity} {self.unit}"

    def chained_fields(self) -> dict[str, Any]:
        """What the hash covers: the whole line but its own id and hashes; of an opening also the facts of its lot."""
        fields = {name: getattr(self, name) for name in CHAINED}
        return fields | {"lot": self.lot.facts()} if self.kind == self.Kind.OPENED else fields


CHAINED = (
    "customer_id", "sequence", "at", "lot_id", "kind", "rule", "unit", "quantity", "from_bucket", "to_bucket",
    "last_day_before", "last_day_after", "person_id", "cause_kind", "cause_id", "corrects_id", "actor_kind",
    "actor_id", "key", "part", "content",
)  # fmt: skip
