import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from stdnum import bic, iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberIsWrong
from stdnum.fr import siren, siret

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.jobs import actions as jobs
from carnet.kernel import company_numbers
from carnet.kernel.fields import Texts
from carnet.kernel.refused import Refused
from carnet.provider import queries, rules
from carnet.provider.models import Company, SettingChange, SettingValue, TextVersion


class SettingNotWhole(Refused):
    code = "provider.setting_not_whole"
    field = "value"


class SettingOutOfRange(Refused):
    code = "provider.setting_out_of_range"
    field = "value"


class SettingNotAChoice(Refused):
    code = "provider.setting_not_a_choice"
    field = "value"


class UnknownTimeZone(Refused):
    code = "provider.unknown_time_zone"
    field = "value"


class UnknownHolidays(Refused):
    code = "provider.unknown_holidays"
    field = "value"


class TargetsOutOfOrder(Refused):
    code = "provider.targets_out_of_order"
    field = "value"


class ReminderAfterClosing(Refused):
    code = "provider.reminder_after_closing"
    field = "value"


class ProviderSirenWrong(Refused):
    code = "provider.siren_wrong"
    field = "siren"


class SiretWrong(Refused):
    code = "provider.siret_wrong"
    field = "siret"


class ProviderVatNumberWrong(Refused):
    code = "provider.vat_number_wrong"
    field = "vat_number"


class IbanWrong(Refused):
    code = "provider.iban_wrong"
    field = "iban"


class BicWrong(Refused):
    code = "provider.bic_wrong"
    field = "bic"


class SiretOfAnotherCompany(Refused):
    code = "provider.siret_of_another_company"
    field = "siret"


class ProviderVatNumberOfAnotherCompany(Refused):
    """A French VAT number ends with the SIREN of its company. Values: siren."""

    code = "provider.vat_number_of_another_company"
    field = "vat_number"


class ProviderVatNumberOfAnotherCountry(Refused):
    code = "provider.vat_number_of_another_country"
    field = "vat_number"


class CompanyUnnamed(Refused):
    code = "provider.company_unnamed"
    field = "trade_name"


class TextMissing(Refused):
    code = "provider.text_missing"
    field = "texts"


class SettingTextMissing(Refused):
    code = "provider.setting_text_missing"


class SettingTextTooLong(Refused):
    code = "provider.setting_text_too_long"


_REFUSALS: dict[rules.Problem, type[Refused]] = {
    "not_whole": SettingNotWhole,
    "out_of_range": SettingOutOfRange,
    "not_a_choice": SettingNotAChoice,
    "unknown_time_zone": UnknownTimeZone,
    "unknown_holidays": UnknownHolidays,
    "targets_out_of_order": TargetsOutOfOrder,
    "text_missing": SettingTextMissing,
    "text_too_long": SettingTextTooLong,
}
_NUMBERS: dict[str, tuple[Any, type[Refused]]] = {
    "siren": (siren, ProviderSirenWrong),
    "siret": (siret, SiretWrong),
    "vat_number": (vat, ProviderVatNumberWrong),
    "iban": (iban, IbanWrong),
    "bic": (bic, BicWrong),
}
COMPANY_FIELDS: frozenset[str] = frozenset(field.name for field in Company._meta.concrete_fields) - {"id"}


def set_up_company(*, fields: dict[str, Any], by: Actor, at: datetime.datetime) -> Company:
    """Write down who the provider is for the first time; can be repeated, as `change_company`."""
    return change_company(fields=fields, by=by, at=at)


@transaction.atomic
def change_company(*, fields: dict[str, Any], by: Actor, at: datetime.datetime) -> Company:
    """Change what invoices and the legal notice say about the provider; only the fields given. What was issued stays.

    SIREN, SIRET, VAT number, IBAN and BIC are stored without blanks. Refused: CompanyUnnamed, SiretOfAnotherCompany,
    ProviderVatNumberOfAnotherCompany, ProviderVatNumberOfAnotherCountry, and a number whose check digits are wrong. The
    audit names the changed fields, not what stood in them.
    """
    unknown = set(fields) - COMPANY_FIELDS
    if unknown:
        raise ValueError(f"no fields of the company: {sorted(unknown)}")
    company = _locked_company()
    changed = []
    for name, value in fields.items():
        clean = _clean_number(name, value) if name in _NUMBERS else value
        if getattr(company, name) != clean:
            setattr(company, name, clean)
            changed.append(name)
    if not company.trade_name.strip():
        raise CompanyUnnamed()
    _refuse_numbers_of_others(company)
    if changed:
        company.full_clean()
        company.save()
        audit.record("company.changed", by=by, at=at, subject=("company", company.pk), fields=sorted(changed))
    _forget()
    return company


@transaction.atomic
def change_setting(*, name: str, value: Any, by: Actor, at: datetime.datetime) -> SettingValue:
    """Change a setting ⚙ and write down what it was; what was fixed on orders, lots and tickets stays as it is.

    Refused on nonsense: a number out of its range, an unknown choice or time zone, a reminder after the closing (T13).
    The same value again writes nothing. Daily work follows a new time zone.
    """
    declared = rules.SETTINGS[name]
    _locked_company()  # one change at a time, so that two settings that depend on each other stay in step
    wrong = rules.problem(declared, value)
    if wrong:
        raise _REFUSALS[wrong](least=declared.least, most=declared.most)
    stored = dict(SettingValue.objects.values_list("name", "value"))
    if not rules.is_reminder_in_time({**rules.DEFAULTS, **stored, name: value}):
        raise ReminderAfterClosing()
    before = stored.get(name, declared.default)
    if name in stored and before == value:
        return SettingValue.objects.get(name=name)
    last = SettingChange.objects.filter(name=name).order_by("-id").first()
    at = max(at, last.at) if last else at
    row, _created = SettingValue.objects.update_or_create(name=name, defaults={"value": value, "changed_at": at})
    SettingChange.objects.create(name=name, before=before, value=value, at=at, **by.columns)
    audit.record("setting.changed", by=by, at=at, name=name, before=before, value=value)
    if name == "time_zone":
        jobs.set_zone(ZoneInfo(value), at=at)
    _forget()
    return row


@transaction.atomic
def publish_text(*, kind: str, texts: dict[str, str], by: Actor, at: datetime.datetime) -> TextVersion:
    """Publish the next version of a text in three languages; earlier versions stay readable. Refused: TextMissing."""
    if kind not in TextVersion.Kind.values:
        raise ValueError(f"no kind of text: {kind}")
    for language in ("fr", "en", "es"):
        if not texts.get(language, "").strip():
            raise TextMissing(language=language)
    _locked_company()
    last = TextVersion.objects.filter(kind=kind).order_by("-version").first()
    version = TextVersion.objects.create(
        kind=kind,
        version=last.version + 1 if last else 1,
        texts=Texts(texts),
        published_at=max(at, last.published_at) if last else at,
        **by.columns,
    )
    audit.record(
        "text.published",
        by=by,
        at=version.published_at,
        subject=("text", version.pk),
        kind=kind,
        version=version.version,
    )
    return version


def _refuse_numbers_of_others(company: Company) -> None:
    siren, siret, vat_number = company.siren, company.siret, company.vat_number
    if siren and siret and company_numbers.siren_of_siret(siret) != siren:
        raise SiretOfAnotherCompany(siren=siren)
    if vat_number and company_numbers.country_of_vat_number(vat_number) != company.country:
        raise ProviderVatNumberOfAnotherCountry
    if siren and vat_number and company_numbers.siren_of_vat_number(vat_number) not in (None, siren):
        raise ProviderVatNumberOfAnotherCompany(siren=siren)


def _locked_company() -> Company:
    """The company's row, locked; made here if nobody has set it up yet."""
    Company.objects.get_or_create(pk=1)
    return Company.objects.select_for_update().get(pk=1)


def _clean_number(name: str, value: str) -> str:
    """The number without blanks, in capitals; its check digits are right. Empty stays empty."""
    if not value.strip():
        return ""
    number, refusal = _NUMBERS[name]
    try:
        return str(number.validate(value))
    except NumberIsWrong:
        raise refusal() from None


def _forget() -> None:
    """At once for the rest of this transaction, and again after it, for what another thread read meanwhile."""
    queries.forget()
    transaction.on_commit(queries.forget)
