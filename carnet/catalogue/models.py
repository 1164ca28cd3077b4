import datetime
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from carnet.kernel import money
from carnet.kernel.fields import TextsField


class Offer(models.Model):
    """Something on sale, e.g. the pack of 20 tokens. Its texts may be reworded; its price stands in its editions."""

    class Kind(models.TextChoices):
        TRIAL = "trial"
        SUBSCRIPTION = "subscription"
        TOKENS = "tokens"
        HOURS = "hours"

    code = models.SlugField(max_length=40, unique=True)  # e.g. tokens-20
    kind = models.CharField(max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField()
    name = TextsField()
    summary = TextsField()
    includes = TextsField()  # one line each

    def __str__(self) -> str:
        return self.code

    @property
    def is_pack(self) -> bool:
        """Whether it is an offer of tokens or of hours: what L3 is about."""
        return self.kind in (self.Kind.TOKENS, self.Kind.HOURS)

    @property
    def can_be_ordered(self) -> bool:
        """Whether it can be bought online: the subscription not yet, and every place that shows it says so first."""
        return self.is_pack


class EditionQuerySet(models.QuerySet["Edition"]):
    def on_sale_at(self, at: datetime.datetime) -> Self:
        """Published by then and not yet withdrawn."""
        return self.filter(published_at__lte=at).filter(Q(withdrawal=None) | Q(withdrawal__at__gt=at))


class Edition(models.Model):
    """What an offer holds and costs. Append-only: a new price is a new edition, so that what was sold never changes."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()  # 1, 2, 3 … per offer
    # Tokens of a pack of tokens; minutes of a pack of hours and of the trial; null: without limit (subscription).
    quantity = models.PositiveIntegerField(null=True, blank=True)
    validity_months = models.PositiveSmallIntegerField(null=True, blank=True)  # of a pack (L2, L3)
    shared = models.BooleanField()  # L9
    token_minutes = models.PositiveSmallIntegerField(default=30)  # what one token pays for (T2)
    price_cents = models.PositiveBigIntegerField()  # with VAT; of a subscription: for one month
    vat_permille = models.PositiveSmallIntegerField()  # 200 for 20 %
    published_at = models.DateTimeField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="catalogue_edition_number_once"),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gt=0), name="catalogue_edition_quantity"),
            models.CheckConstraint(
                condition=Q(validity_months=None) | Q(validity_months__gte=6), name="catalogue_edition_l3"
            ),
            models.CheckConstraint(condition=Q(token_minutes__gt=0), name="catalogue_edition_token_minutes"),
            models.CheckConstraint(condition=Q(vat_permille__lt=1000), name="catalogue_edition_vat"),
        ]

    def __str__(self) -> str:
        return f"edition {self.number} of {self.offer_id}, {self.price_cents} cents"

    @property
    def net_cents(self) -> int:
        """The price without VAT; the VAT is what is left of the price."""
        return money.split_gross(self.price_cents, self.vat_permille).net_cents

    @property
    def vat_percent(self) -> Decimal:
        return Decimal(self.vat_permille) / 10

    @property
    def hours(self) -> int:
        """Whole hours of a pack of hours."""
        return (self.quantity or 0) // 60

    @property
    def each_cents(self) -> int:
        """What one ticket of the pack, or one of its hours, comes to with VAT, to the nearest cent."""
        return self._each(self.price_cents)

    @property
    def each_net_cents(self) -> int:
        return self._each(self.net_cents)

    def _each(self, cents: int) -> int:
        count = self.hours if self.offer.kind == Offer.Kind.HOURS else self.quantity
        return money.divide_half_up(cents, count or 1)


class EditionWithdrawal(models.Model):
    """From `at` on, the edition is no longer sold; what was sold of it stays valid. Append-only."""

    edition = models.OneToOneField(Edition, models.PROTECT, primary_key=True, related_name="withdrawal")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"edition {self.edition_id} withdrawn at {self.at}"


class VatCheck(models.Model):
    """What VIES, the register of the EU's VAT numbers, said of one, as proof that it was asked. Append-only."""

    class Outcome(models.TextChoices):
        VALID = "valid"
        INVALID = "invalid"
        UNREACHABLE = "unreachable"  # nobody knows: VIES, or the country's own register, did not answer

    outcome = models.CharField(max_length=11, choices=Outcome)
    code = models.CharField(max_length=40, blank=True)  # why there is no answer, in the words of VIES
    consultation = models.CharField(max_length=40, blank=True)  # the number that proves the answer
    requester = models.CharField(max_length=20, blank=True)  # the VAT number in whose name it was asked
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="vat_check_at")]

    def __str__(self) -> str:
        return f"VAT check {self.pk}: {self.outcome}"


class VatCheckDetails(models.Model):
    """The number that was asked about and who is registered by it: of a sole trader these are personal data."""

    vat_check = models.OneToOneField(VatCheck, models.PROTECT, primary_key=True, related_name="details")
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="vat_check_number")]

    def __str__(self) -> str:
        return f"details of VAT check {self.vat_check_id}"
