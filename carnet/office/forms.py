from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.office.shown import access as access_words
from carnet.office.shown import settings as setting_words
from carnet.people.models import LANGUAGES as LANGUAGE_NAMES
from carnet.provider.models import Company
from carnet.provider.rules import CRITICALITIES, LANGUAGES, Setting, zones_of_places
from carnet.web.forms import (
    CRITICALITY,
    AddressField,
    DecimalField,
    OneLineField,
    SecretField,
    WebAddressField,
    WholeNumberField,
    name_for_browsers,
)


class AuditFilterForm(forms.Form):
    code = OneLineField(label=_("Action"), required=False, max_length=60)
    customer = WholeNumberField(label=_("Customer number"), required=False, min_value=1, max_value=2**62)


class MailFilterForm(forms.Form):
    to = OneLineField(label=_("Recipient"), required=False, max_length=254)


_NOT_COPIED = _("This contains a space or another character that does not belong there. Copy it again.")


class SettingForm(forms.Form):
    """The value of one setting ⚙, typed; what it may be is for the action to say."""

    def __init__(self, setting: Setting, value: Any, data: Any = None) -> None:
        super().__init__(data)
        self.setting = setting
        words = setting_words.SETTING_WORDS[setting.name]
        choices = list((setting_words.YES_NO if setting.kind == "yes_no" else words.choices).items())
        match setting.kind:
            case "choice" | "yes_no":
                initial = ("yes" if value else "no") if setting.kind == "yes_no" else value
                self.fields["value"] = forms.ChoiceField(
                    label=str(words.label), choices=choices, widget=forms.RadioSelect, initial=initial
                )
            case "time_zone":
                zones = [(zone, zone) for zone in sorted(zones_of_places())]
                self.fields["value"] = forms.ChoiceField(label=str(words.label), choices=zones, initial=value)
            case "holidays_of":
                self.fields["value"] = OneLineField(label=str(words.label), max_length=12, initial=value)
            case "whole":
                self.fields["value"] = WholeNumberField(label=str(words.label), initial=value, help_text=self._range())
            case "texts":
                for language, text in setting_words.texts_of(setting, value).items():
                    self.fields[language] = OneLineField(
                        label=dict(LANGUAGE_NAMES)[language], required=False, max_length=setting.most, initial=text,
                        widget=forms.Textarea(attrs={"rows": 2, "lang": language}),
                    )  # fmt: skip
            case _:
                for one in CRITICALITIES:
                    self.fields[one] = WholeNumberField(
                        label=str(CRITICALITY[one]), initial=value[one], help_text=_("Minutes")
                    )

    def _range(self) -> str:
        unit = {"token": _("Tickets"), "minute": _("Minutes"), "day": _("Days")}[setting_words.unit_of(self.setting)]
        unit = _("Cents") if self.setting.name == "tolerance_cents" else unit
        return gettext("%(unit)s, from %(least)s to %(most)s.") % {
            "unit": unit, "least": self.setting.least, "most": self.setting.most,
        }  # fmt: skip

    @property
    def value(self) -> Any:
        """The clean value as the action takes it."""
        if self.setting.kind == "targets":
            return {one: self.cleaned_data[one] for one in CRITICALITIES}
        if self.setting.kind == "texts":
            texts = {one: self.cleaned_data[one] for one in LANGUAGES}
            return texts if any(texts.values()) and texts != setting_words.texts_of(self.setting, {}) else {}
        if self.setting.kind == "yes_no":
            return self.cleaned_data["value"] == "yes"
        return self.cleaned_data["value"]


class OnlineAccessForm(forms.Form):
    """With what PayPal is asked. The secret is typed, and never shown again."""

    environment = forms.ChoiceField(label=_("Service"), widget=forms.RadioSelect)
    client_id = OneLineField(
        label=_("Client ID"), max_length=200, validators=[RegexValidator(r"^[\x21-\x7e]+\Z", _NOT_COPIED)]
    )
    secret = SecretField(
        label=_("Secret"),
        required=False,
        autocomplete="off",
        max_length=200,
        validators=[RegexValidator(r"^[\x21-\x7e]+\Z", _NOT_COPIED)],
        help_text=_("Stored encrypted and never shown again."),
    )

    def __init__(self, data: Any = None, *, environments: Sequence[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["secret"].required = not self.initial.get("client_id")
        if self.initial.get("client_id"):
            self.fields["secret"].help_text = _("Never shown again. Leave it empty to keep the current one.")
        self.fields["environment"].choices = [(one, access_words.ENVIRONMENTS[one]) for one in environments]  # type: ignore[attr-defined]
        if self.initial.get("environment") not in environments:
            self.initial["environment"] = environments[0] if len(environments) == 1 else None


COMPANY_GROUPS: Sequence[tuple[setting_words.Said, Sequence[str]]] = (
    (_("Name"), ("trade_name", "legal_name", "legal_form", "capital")),
    (_("Address"), ("street", "postcode", "city", "country", "phone", "email")),
    (_("Registration and VAT"), ("siren", "siret", "registry", "vat_number", "vat_scheme")),
    (_("Legal notice"), ("publication_director", "privacy_email", "insurer")),
    (_("Website host"), ("host_name", "host_address", "host_phone")),
    (_("Consumer mediator"), ("mediator_name", "mediator_address", "mediator_url")),
    (_("Bank account"), ("account_holder", "iban", "bic")),
)


# What is known of the owner's own business; the host, the mediator and the bank's details are of others, or typed once.
COMPANY_TOKENS = {
    "trade_name": "organization",
    "legal_name": "organization",
    "street": "address-line1",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country",
    "phone": "tel",
    "email": "email",
    "publication_director": "name",
    "privacy_email": "email",
    "host_name": "off",
    "host_address": "off",
    "host_phone": "off",
    "mediator_name": "off",
    "mediator_address": "off",
    "mediator_url": "off",
    "account_holder": "off",
}


class CompanyForm(forms.Form):
    """The provider itself. Numbers may be typed with blanks; the action checks them and stores them without."""

    trade_name = OneLineField(label=_("Trade name"), max_length=120, help_text=_("The name on every page and e-mail."))
    legal_name = OneLineField(
        label=_("Legal name"), max_length=160, required=False, help_text=_("For a sole trader: first and last name.")
    )
    legal_form = OneLineField(label=_("Legal form"), max_length=60, required=False, help_text=_("SARL, SAS, EI…"))
    capital = DecimalField(
        label=_("Share capital in euros"), required=False, min_value=0, max_digits=14, decimal_places=2, localize=True
    )
    street = OneLineField(label=_("Street and number"), max_length=200, required=False)
    postcode = OneLineField(label=_("Postcode"), max_length=20, required=False)
    city = OneLineField(label=_("Town or city"), max_length=120, required=False)
    country = OneLineField(
        label=_("Country"),
        help_text=_("Two letters, like FR."),
        validators=[RegexValidator(r"^[A-Za-z]{2}\Z", _("Two letters, like FR."))],
    )
    phone = OneLineField(label=_("Phone"), max_length=40, required=False)
    email = AddressField(label=_("E-mail"), required=False)
    siren = OneLineField(label="SIREN", max_length=40, required=False)
    siret = OneLineField(label="SIRET", max_length=40, required=False)
    registry = OneLineField(
        label=_("Trade register"), max_length=120, required=False, help_text=_("RCS Strasbourg, RNE…")
    )
    vat_number = OneLineField(label=_("VAT number"), max_length=40, required=False)
    vat_scheme = forms.ChoiceField(
        label=_("VAT"),
        widget=forms.RadioSelect,
        choices=[
            (Company.VatScheme.STANDARD, _("is charged")),
            (Company.VatScheme.FRANCHISE, _("is not charged (art. 293 B of the French tax code)")),
        ],
    )
    publication_director = OneLineField(label=_("Publication director"), max_length=120, required=False)
    privacy_email = AddressField(
        label=_("E-mail for data protection questions"), required=False, help_text=_("If different from the one above.")
    )
    insurer = OneLineField(
        label=_("Professional insurance"),
        max_length=300,
        required=False,
        help_text=_("Insurer, its address, area covered."),
    )
    host_name = OneLineField(label=_("Name"), max_length=160, required=False)
    host_address = OneLineField(label=_("Address"), max_length=300, required=False)
    host_phone = OneLineField(label=_("Phone"), max_length=40, required=False)
    mediator_name = OneLineField(label=_("Name"), max_length=160, required=False)
    mediator_address = OneLineField(label=_("Address"), max_length=300, required=False)
    mediator_url = WebAddressField(label=_("Website"), required=False, assume_scheme="https")
    account_holder = OneLineField(
        label=_("Account name"),
        max_length=70,
        required=False,
        help_text=_("Exactly as your bank has it: the payer’s bank checks it."),
    )
    iban = OneLineField(label="IBAN", max_length=60, required=False)
    bic = OneLineField(label="BIC", max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_for_browsers(self, COMPANY_TOKENS)

    @classmethod
    def of(cls, company: Company, data: Any = None) -> "CompanyForm":
        """The form filled with what is known."""
        initial = {name: getattr(company, name) for name in cls.base_fields if name != "capital"}
        initial["capital"] = None if company.capital_cents is None else Decimal(company.capital_cents) / 100
        return cls(data, initial=initial)

    @property
    def groups(self) -> list[tuple[setting_words.Said, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in COMPANY_GROUPS]

    @property
    def company_fields(self) -> dict[str, Any]:
        """The clean values as the action takes them."""
        values = dict(self.cleaned_data)
        capital = values.pop("capital")
        values["capital_cents"] = None if capital is None else int(capital * 100)
        values["country"] = values["country"].upper()
        return values


def company_labels(names: Sequence[str]) -> list[str]:
    """The fields of the company as the form names them; what a later release dropped stays as it was written."""
    groups = {name: title for title, group in COMPANY_GROUPS for name in group}
    labels = []
    for written in names:
        name = "capital" if written == "capital_cents" else written
        declared = CompanyForm.base_fields.get(name)
        labels.append(setting_words.named(groups[name], declared.label) if declared else written)
    return labels
