from django.db import models
from django.db.models import Q

from carnet.audit.models import ActorColumns
from carnet.kernel.fields import TextsField


class Company(models.Model):
    """The provider itself, as invoices and the legal notice name it. There is one row."""

    class VatScheme(models.TextChoices):
        STANDARD = "standard"
        FRANCHISE = "franchise"  # no VAT is charged (art. 293 B CGI)

    trade_name = models.CharField(max_length=120, default="Carnet")  # the name over the door, on every page
    legal_name = models.CharField(max_length=160, blank=True)
    legal_form = models.CharField(max_length=60, blank=True)  # SARL, SAS, EI …
    capital_cents = models.PositiveBigIntegerField(null=True, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, default="FR")
    siren = models.CharField(max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    registry = models.CharField(max_length=120, blank=True)  # RCS Strasbourg, RNE …
    vat_number = models.CharField(max_length=20, blank=True)
    vat_scheme = models.CharField(max_length=9, choices=VatScheme, default=VatScheme.STANDARD)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    publication_director = models.CharField(max_length=120, blank=True)
    privacy_email = models.EmailField(blank=True)  # who answers about personal data, if not `email`
    host_name = models.CharField(max_length=160, blank=True)
    host_address = models.CharField(max_length=300, blank=True)
    host_phone = models.CharField(max_length=40, blank=True)
    mediator_name = models.CharField(max_length=160, blank=True)
    mediator_address = models.CharField(max_length=300, blank=True)
    mediator_url = models.URLField(blank=True)
    insurer = models.CharField(max_length=300, blank=True)  # professional liability: insurer, its address, area covered
    # As at the bank, not the trade name: the payer's bank compares it.
    account_holder = models.CharField(max_length=70, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="provider_company_one_row")]

    def __str__(self) -> str:
        return self.trade_name

    @property
    def is_vat_charged(self) -> bool:
        return self.vat_scheme == self.VatScheme.STANDARD

    @property
    def name_with_form(self) -> str:
        """As law wants the seller named: «Assistance Exemple SARL»; the trade name until the legal one is known."""
        name = self.legal_name or self.trade_name
        return name if not self.legal_form or self.legal_form in name.split() else f"{name} {self.legal_form}"

    @property
    def address_lines(self) -> list[str]:
        return [line for line in (self.street, f"{self.postcode} {self.city}".strip()) if line]

    @property
    def address_for_privacy(self) -> str:
        return self.privacy_email or self.email


class SettingValue(models.Model):
    """The present value of one setting ⚙ that was changed; what was never changed has no row and is its default."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class SettingChange(ActorColumns):
    """Each change of a setting. Append-only."""

    name = models.CharField(max_length=40)
    before = models.JSONField()
    value = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "-id"], name="provider_settingchange_name")]

    def __str__(self) -> str:
        return f"{self.name}: {self.before} → {self.value}"


class TextVersion(ActorColumns):
    """One version of a text that people agree to or rely on, in Markdown and three languages. Append-only."""

    class Kind(models.TextChoices):
        TERMS = "terms"
        PRIVACY = "privacy"
        WITHDRAWAL = "withdrawal"
        ENDING = "ending"
        ACCESSIBILITY = "accessibility"
        LEGAL_NOTICE_EXTRA = "legal_notice_extra"

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.PositiveIntegerField()  # 1, 2, 3 … per kind
    texts = TextsField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="provider_textversion_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
