"""The settings ⚙ of rules.md: their names, defaults, and what they may be. Other shelves read them by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from zoneinfo import available_timezones

import holidays

Kind = Literal["whole", "choice", "yes_no", "time_zone", "holidays_of", "targets", "texts"]
Problem = Literal[
    "not_whole", "out_of_range", "not_a_choice", "unknown_time_zone", "unknown_holidays", "targets_out_of_order",
    "text_missing", "text_too_long",
]  # fmt: skip
CONTINENTS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip
CRITICALITIES = ("blocked", "hindered", "question")
LANGUAGES = ("fr", "en", "es")
LONGEST_MENTION = 300
# What the law wants said on invoices, by the codes of `invoices.rules.Term`.
MENTIONS = (
    "services", "franchise", "reverse_charge", "outside_france", "export", "debits", "no_discount", "late_penalties",
    "forty_euros",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting ⚙: `name` says its unit, `rule` the number in rules.md, `least` and `most` bound a whole number."""

    name: str
    kind: Kind
    default: Any
    rule: str
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = field(default=())


def _whole(name: str, default: int, rule: str, least: int, most: int) -> Setting:
    return Setting(name, "whole", default, rule, least=least, most=most)


def _choice(name: str, rule: str, *choices: str) -> Setting:
    """The first choice is the default."""
    return Setting(name, "choice", choices[0], rule, choices=choices)


def _yes_no(name: str, default: bool, rule: str) -> Setting:
    return Setting(name, "yes_no", default, rule)


def _texts(name: str, rule: str) -> Setting:
    """A text in three languages; empty: as the program words it."""
    return Setting(name, "texts", {}, rule, most=LONGEST_MENTION)


# In the order in which the desk shows them.
DECLARED = (
    Setting("time_zone", "time_zone", "Europe/Paris", "Words"),
    # A country, or a country and a part of it that has its own: FR, FR-57 (Alsace-Moselle), ES-CT.
    Setting("holidays_of", "holidays_of", "FR", "M1"),
    Setting("targets", "targets", {"blocked": 60, "hindered": 240, "question": 480}, "M7", least=1, most=6000),
    _choice("cheque_activates_on", "L1", "receipt", "clearing"),
    _choice("revive_by", "L5", "unit", "any"),
    _choice("early_renewal", "L6", "extends", "keeps"),
    _whole("token_ceiling", 1, "T4", 1, 20),
    _whole("wait_for_cover_days", 7, "T5", 1, 90),
    _whole("reopen_days", 7, "T8", 0, 90),
    _whole("scope_minutes", 10, "T9", 0, 60),
    _whole("remind_after_days", 4, "T13", 1, 89),
    _whole("close_after_days", 7, "T13", 2, 90),
    _whole("wait_without_cover_days", 30, "T15", 1, 365),
    _whole("silent_customer_days", 30, "T16", 2, 365),
    _whole("idle_minutes", 10, "T17", 2, 120),
    _choice("indivisible_per", "H1", "lot", "ticket"),
    _whole("minute_ceiling", 60, "H4", 30, 600),
    _whole("trial_days", 30, "F2", 1, 365),
    _yes_no("hide_after_end", True, "S4"),
    _choice("wait_counts_from", "S6", "ending", "first_day_without_access"),
    _yes_no("wait_after_unpaid", False, "S7"),
    _whole("cover_after_end_days", 30, "S8", 0, 90),
    _whole("renewal_notice_days", 10, "S10", 1, 27),
    _whole("grace_days", 7, "S10", 0, 27),
    _whole("order_days", 30, "O1", 1, 365),
    _whole("tolerance_cents", 0, "O4", 0, 10_000),
    _choice("notices_proven_by", "O6", "offline", "asked"),
    _whole("bounced_days", 30, "O7", 1, 365),
    _choice("vat_outside_eu_companies", "O1", "blocked", "outside_france", "export"),
    _choice("vat_outside_eu_consumers", "O1", "french", "outside_france"),
    _choice("vat_overseas_consumers", "O1", "overseas", "mainland"),
    _whole("invoice_due_days", 30, "O8", 0, 60),
    _yes_no("vat_on_debits", False, "O8"),
    *(_texts(f"mention_{code}", "O8") for code in MENTIONS),
    _yes_no("holder_reads_tickets", False, "P2"),
)
SETTINGS = {setting.name: setting for setting in DECLARED}
DEFAULTS = {setting.name: setting.default for setting in DECLARED}


def problem(setting: Setting, value: Any) -> Problem | None:
    """What is wrong with `value` for this setting; None if it may be stored. A whole number is an int, no text."""
    match setting.kind:
        case "whole":
            return _number_problem(setting, value)
        case "choice":
            return None if value in setting.choices else "not_a_choice"
        case "yes_no":
            return None if isinstance(value, bool) else "not_a_choice"
        case "time_zone":
            return None if value in zones_of_places() else "unknown_time_zone"
        case "holidays_of":
            return None if value in places_with_holidays() else "unknown_holidays"
        case "texts":
            return _texts_problem(setting, value)
        case _:
            return _targets_problem(setting, value)


def is_reminder_in_time(values: dict[str, Any]) -> bool:
    """T13: the reminder goes out before the ticket closes by itself."""
    return bool(values["remind_after_days"] < values["close_after_days"])


# What the law wants known before anything is sold: of the seller (CGI ann. II art. 242 nonies A, CC L111-1, L221-5), of
# the site (LCEN art. 1-1), of the mediator (CC L616-1); and the texts that an order refers to.
NEEDED_OF_COMPANY = (
    "legal_name", "legal_form", "street", "postcode", "city", "phone", "email", "siren", "registry",
    "publication_director", "host_name", "host_address", "host_phone", "mediator_name", "mediator_address",
)  # fmt: skip
NEEDED_TEXTS = ("terms", "privacy", "withdrawal")
# Legal forms with a share capital, which invoices and the legal notice name (code de commerce R123-238).
FORMS_WITH_CAPITAL = frozenset({"SARL", "EURL", "SAS", "SASU", "SA", "SCA", "SELARL", "SELAS"})


def missing_of_company(known: Mapping[str, Any], *, is_vat_charged: bool) -> tuple[str, ...]:
    """The fields of the company without which nothing may be sold, in the order in which the desk shows them."""
    needed = [*NEEDED_OF_COMPANY]
    if is_vat_charged:
        needed.append("vat_number")
    if str(known["legal_form"]).replace(".", "").upper() in FORMS_WITH_CAPITAL:
        needed.append("capital_cents")
    return tuple(name for name in needed if not str(known[name] or "").strip())


def missing_texts(published: Collection[str]) -> tuple[str, ...]:
    """The kinds of texts without which nothing may be sold."""
    return tuple(kind for kind in NEEDED_TEXTS if kind not in published)


@cache
def zones_of_places() -> frozenset[str]:
    """The time zones that are named after a place on a map, like Europe/Paris: none like Factory, UTC or Etc/GMT+5."""
    return frozenset(zone for zone in available_timezones() if zone.partition("/")[0] in CONTINENTS and "/" in zone)


@cache
def places_with_holidays() -> frozenset[str]:
    """Every place whose public holidays are known: countries (`FR`) and their parts (`FR-57`)."""
    supported = holidays.list_supported_countries()
    return frozenset(supported) | {f"{country}-{part}" for country, parts in supported.items() for part in parts}


def _texts_problem(setting: Setting, value: Any) -> Problem | None:
    """A text in every language or in none."""
    if value == {}:
        return None
    if set(value) != set(LANGUAGES) or not all(text.strip() for text in value.values()):
        return "text_missing"
    return "text_too_long" if any(len(text) > setting.most for text in value.values()) else None


def _number_problem(setting: Setting, value: Any) -> Problem | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "not_whole"
    return None if setting.least <= value <= setting.most else "out_of_range"


def _targets_problem(setting: Setting, value: Any) -> Problem | None:
    """M7: minutes of opening time for each criticality, the more it hurts the shorter."""
    if not isinstance(value, dict) or tuple(sorted(value)) != tuple(sorted(CRITICALITIES)):
        return "not_whole"
    for minutes in value.values():
        wrong = _number_problem(setting, minutes)
        if wrong:
            return wrong
    return None if value["blocked"] <= value["hindered"] <= value["question"] else "targets_out_of_order"
