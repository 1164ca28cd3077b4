"""The company and the settings, kept in each process for a moment: pages and rules ask for them all the time."""

import datetime
import time
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from carnet.audit.models import Entry
from carnet.kernel import calendar
from carnet.kernel.fields import Texts
from carnet.provider import rules
from carnet.provider.models import Company, SettingChange, SettingValue, TextVersion

KEPT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class _KeptRows:
    values: dict[str, Any]
    company: Company
    until: float


@dataclass(frozen=True, slots=True)
class PublishedText:
    """One version of a text, in one language; `markdown` is what was published, word for word."""

    kind: str
    version: int
    published_on: datetime.date  # on the provider's calendar
    markdown: str

    @property
    def before(self) -> int | None:
        """The version before this one."""
        return self.version - 1 or None


@dataclass(frozen=True, slots=True)
class SettingShown:
    """A setting as the desk shows it: its declaration, its present value, when it was changed (None: never)."""

    declared: rules.Setting
    value: Any
    changed_at: datetime.datetime | None

    @property
    def is_default(self) -> bool:
        return bool(self.value == self.declared.default)


@dataclass(frozen=True, slots=True)
class Missing:
    """What the owner has to give before anything is sold: fields of the company, kinds of texts. False: nothing."""

    fields: tuple[str, ...]
    texts: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.texts)


_kept: _KeptRows | None = None


def company() -> Company:
    """The provider; before it is set up, an unsaved one with what is known. Read only: actions load their own."""
    return _read().company


def setting(name: str) -> Any:
    """The present value of a setting ⚙: an int, str or bool, for `targets` a dict of minutes; unknown: KeyError.

    Another process learns of a change after `KEPT_SECONDS` at most. Ask once per action or page, not once per row.
    """
    return _read().values[name]


def settings_for(*names: str) -> dict[str, Any]:
    """Several settings at once, all of the same moment."""
    values = _read().values
    return {name: values[name] for name in names}


def mentions() -> dict[str, dict[str, str]]:
    """What the law wants said on invoices, as far as the provider words it: texts by language, by code."""
    values = _read().values
    return {code: values[f"mention_{code}"] for code in rules.MENTIONS}


def time_zone() -> ZoneInfo:
    """The provider's time zone: every commercial rule is computed on its calendar."""
    return ZoneInfo(setting("time_zone"))


def missing_for_sale() -> Missing:
    """What is missing of the company and of the legal texts while nothing may be sold."""
    known = company()
    fields = {name: getattr(known, name) for name in (*rules.NEEDED_OF_COMPANY, "vat_number", "capital_cents")}
    published = TextVersion.objects.filter(kind__in=rules.NEEDED_TEXTS).values_list("kind", flat=True).distinct()
    return Missing(
        rules.missing_of_company(fields, is_vat_charged=known.is_vat_charged), rules.missing_texts(list(published))
    )


def text_in_force(kind: str, language: str) -> PublishedText | None:
    """The newest published version of this text in this language; None if none was published."""
    newest = TextVersion.objects.filter(kind=kind).order_by("-version").first()
    return _in_language(newest, language) if newest else None


def text_of_version(kind: str, version: int, language: str) -> PublishedText | None:
    """One published version of this text, whether a newer one took its place or not."""
    found = TextVersion.objects.filter(kind=kind, version=version).first()
    return _in_language(found, language) if found else None


def settings_shown() -> list[SettingShown]:
    """Every setting in the order of rules.md, fresh from the database."""
    rows = {row.name: row for row in SettingValue.objects.all()}
    return [
        SettingShown(
            declared,
            rows[name].value if name in rows else declared.default,
            rows[name].changed_at if name in rows else None,
        )
        for name, declared in rules.SETTINGS.items()
    ]


def setting_history(name: str) -> list[SettingChange]:
    """Every change of this setting, newest first."""
    return list(SettingChange.objects.filter(name=name).order_by("-id"))


def company_history(limit: int = 20) -> list[Entry]:
    """When which fields of the company were changed, newest first; what stood in them is not kept."""
    return list(Entry.objects.filter(code="company.changed").order_by("-id")[:limit])


def forget() -> None:
    """Read anew at the next question: after a change in this process, and between tests."""
    global _kept
    _kept = None


def _in_language(version: TextVersion, language: str) -> PublishedText:
    published_on = calendar.date_on(version.published_at, time_zone())
    return PublishedText(version.kind, version.version, published_on, Texts(version.texts).in_language(language))


def _read() -> _KeptRows:
    global _kept
    kept = _kept
    if kept is None or kept.until < time.monotonic():
        stored = dict(SettingValue.objects.values_list("name", "value"))
        # A value of a setting that a later release dropped is left alone.
        values = {name: stored.get(name, default) for name, default in rules.DEFAULTS.items()}
        kept = _kept = _KeptRows(values, Company.objects.first() or Company(pk=1), time.monotonic() + KEPT_SECONDS)
    return kept
