from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from carnet.provider.models import Company, TextVersion
from carnet.provider.rules import CRITICALITIES, Setting, zones_of_places
from carnet.web import formats
from carnet.web.forms import (
    CRITICALITY,
    AddressField,
    DecimalField,
    OneLineField,
    WebAddressField,
    WholeNumberField,
    name_for_browsers,
)


class AuditFilterForm(forms.Form):
    code = OneLineField(label=_("Action"), required=False, max_length=60)
    customer = WholeNumberField(label=_("Customer number"), required=False, min_value=1, max_value=2**62)


class OutboxFilterForm(forms.Form):
    to = OneLineField(label=_("Recipient"), required=False, max_length=254)


Said = str | Promise


@dataclass(frozen=True, slots=True)
class SettingWords:
    """A setting as the owner reads it: what it is, what it does, and its choices if it has some."""

    label: Said
    help: Said
    choices: Mapping[str, Said] = field(default_factory=dict)


# In the groups and the order in which the desk shows them; a test compares them with what is declared.
SETTING_GROUPS: Sequence[tuple[Said, Mapping[str, SettingWords]]] = (
    (
        _("Time and queue"),
        {
            "time_zone": SettingWords(_("Time zone"), _("All business dates are in this time zone.")),
            "holidays_of": SettingWords(
                _("Public holidays for"),
                _("A country, such as FR, or a region with its own holidays: FR-57 for Moselle, FR-6AE for Alsace."),
            ),
            "targets": SettingWords(
                _("Response targets"),
                _("Minutes of opening hours after which a question is due. They sort the queue and are not a promise."),
            ),
        },
    ),
    (
        _("Carnets and hour packs"),
        {
            "cheque_activates_on": SettingWords(
                _("A cheque activates a pack"),
                _("When a purchase paid by cheque can be used."),
                {"receipt": _("when it is received"), "clearing": _("when the bank has cleared it")},
            ),
            "revive_by": SettingWords(
                _("Dormant tickets and minutes are revived by"),
                _("Which later purchase revives what is left after the last day."),
                {"unit": _("a pack of the same kind"), "any": _("any pack")},
            ),
            "early_renewal": SettingWords(
                _("A pack bought before the last day of older packs"),
                _("What it does to tickets and minutes left in older packs."),
                {"extends": _("extends them to its own last day"), "keeps": _("leaves their last day unchanged")},
            ),
            "indivisible_per": SettingWords(
                _("The first 30 minutes of an hour pack are charged in full"),
                _("Once per pack, or for each ticket."),
                {"lot": _("once for each pack"), "ticket": _("for each ticket")},
            ),
            "token_ceiling": SettingWords(
                _("Limit of tickets per question"),
                _("How many can be used without asking again."),
            ),
            "minute_ceiling": SettingWords(
                _("Limit of minutes per question"),
                _("How many minutes of an hour pack can be used without asking again."),
            ),
            "trial_days": SettingWords(_("Free minutes are valid for"), _("From their first use.")),
        },
    ),
    (
        _("Tickets"),
        {
            "close_after_days": SettingWords(
                _("A ticket with a proposed solution closes after"), _("If the customer does not reply.")
            ),
            "remind_after_days": SettingWords(
                _("The customer is reminded after"), _("Once, before the ticket closes automatically.")
            ),
            "reopen_days": SettingWords(
                _("Time to reopen a closed ticket"), _("For the same subject; counting continues.")
            ),
            "silent_customer_days": SettingWords(
                _("A ticket waiting for the customer closes after"),
                _("Time worked is charged; the customer is reminded halfway."),
            ),
            "wait_for_cover_days": SettingWords(
                _("A ticket that has run out of paid time is kept for"), _("Then it closes at its cost so far.")
            ),
            "wait_without_cover_days": SettingWords(
                _("A question that was never covered is kept for"), _("Then it closes at no cost.")
            ),
            "scope_minutes": SettingWords(
                _("Out-of-scope questions are free for up to"), _("If this is noticed within this much working time.")
            ),
            "idle_minutes": SettingWords(
                _("Without activity, the clock stops after"),
                _("It stops at the last sign of activity; later time is not counted."),
            ),
        },
    ),
    (
        _("Subscription"),
        {
            "renewal_notice_days": SettingWords(
                _("Next month’s order is placed in advance by"), _("For customers who pay by transfer or cheque.")
            ),
            "grace_days": SettingWords(
                _("In an unpaid month, new tickets are accepted for"),
                _("Open tickets continue until the end of the month."),
            ),
            "cover_after_end_days": SettingWords(
                _("After a subscription ends, open tickets stay covered for"),
                _("Work already done stays free in any case."),
            ),
            "hide_after_end": SettingWords(
                _("Hide closed tickets after a subscription ends"), _("Only tickets covered by the subscription.")
            ),
            "wait_counts_from": SettingWords(
                _("The three-month waiting period starts on"),
                _("Before a customer who ended a subscription can subscribe again."),
                {
                    "ending": _("the day it was ended"),
                    "first_day_without_access": _("the first day without access"),
                },
            ),
            "wait_after_unpaid": SettingWords(
                _("The waiting period also applies after an unpaid subscription"),
                _("They too must wait three months to subscribe again."),
            ),
        },
    ),
    (
        _("Orders and payments"),
        {
            "order_days": SettingWords(
                _("An unpaid order is kept for"), _("Then it expires; a late payment reinstates it.")
            ),
            "tolerance_cents": SettingWords(
                _("Tolerated shortfall"),
                _("In cents. An order short by no more than this counts as paid."),
            ),
            "bounced_days": SettingWords(
                _("Time to replace a bounced cheque"), _("Then unused tickets and minutes are cancelled.")
            ),
        },
    ),
    (
        _("People"),
        {
            "holder_reads_tickets": SettingWords(
                _("Account holders can read new members’ tickets"),
                _("The initial choice for new members; they can change it at any time."),
            ),
        },
    ),
)
SETTING_WORDS: Mapping[str, SettingWords] = {
    name: words for _title, group in SETTING_GROUPS for name, words in group.items()
}
YES_NO: Mapping[str, Said] = {"yes": _("yes"), "no": _("no")}


def value_in_words(setting: Setting, value: Any) -> str:
    """A value as the desk shows it: 7 days, 0.00 €, a choice in words."""
    language = (get_language() or "fr")[:2]
    match setting.kind:
        case "choice":
            return str(SETTING_WORDS[setting.name].choices[value])
        case "yes_no":
            return str(YES_NO["yes" if value else "no"])
        case "targets":
            return " · ".join(
                _named(CRITICALITY[one], formats.duration(value[one] * 60, language)) for one in CRITICALITIES
            )
        case "whole" if setting.name == "tolerance_cents":
            return formats.money(value, language)
        case "whole":
            return formats.units(value, _unit(setting), language)
        case _:
            return str(value)


def _named(name: object, value: object) -> str:
    """A name and its value, with the language's own colon."""
    return gettext("%(name)s: %(value)s") % {"name": name, "value": value}


def _unit(setting: Setting) -> str:
    if setting.name == "token_ceiling":
        return "token"
    return "minute" if "minute" in setting.name else "day"


class SettingForm(forms.Form):
    """The value of one setting ⚙, typed; what it may be is for the action to say."""

    def __init__(self, setting: Setting, value: Any, data: Any = None) -> None:
        super().__init__(data)
        self.setting = setting
        words = SETTING_WORDS[setting.name]
        choices = list((YES_NO if setting.kind == "yes_no" else words.choices).items())
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
            case _:
                for one in CRITICALITIES:
                    self.fields[one] = WholeNumberField(
                        label=str(CRITICALITY[one]), initial=value[one], help_text=_("Minutes")
                    )

    def _range(self) -> str:
        unit = {"token": _("Tickets"), "minute": _("Minutes"), "day": _("Days")}[_unit(self.setting)]
        unit = _("Cents") if self.setting.name == "tolerance_cents" else unit
        return gettext("%(unit)s, from %(least)s to %(most)s.") % {
            "unit": unit, "least": self.setting.least, "most": self.setting.most,
        }  # fmt: skip

    @property
    def value(self) -> Any:
        """The clean value as the action takes it."""
        if self.setting.kind == "targets":
            return {one: self.cleaned_data[one] for one in CRITICALITIES}
        if self.setting.kind == "yes_no":
            return self.cleaned_data["value"] == "yes"
        return self.cleaned_data["value"]


# The texts without which nothing is sold, by the names of their pages.
TEXTS: Mapping[str, Said] = {
    TextVersion.Kind.TERMS: _("Terms of sale and use"),
    TextVersion.Kind.PRIVACY: _("Privacy"),
    TextVersion.Kind.WITHDRAWAL: _("Withdraw from the contract"),
}

COMPANY_GROUPS: Sequence[tuple[Said, Sequence[str]]] = (
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
    def groups(self) -> list[tuple[Said, list[forms.BoundField]]]:
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
        labels.append(_named(groups[name], declared.label) if declared else written)
    return labels
