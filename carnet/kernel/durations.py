"""Lengths of time as people type them and as the product shows them: «12 min», «1 h 12», `1h30`, `1:30`, `1,5 h`."""

import re
from fractions import Fraction

MOST_SECONDS = 100 * 3600

_HOURS = r"(?:h|hr|hrs|hour|hours|heure|heures|hora|horas)"
_MINUTES = r"(?:m|mn|min|mins|minute|minutes|minuto|minutos|['’′])"
_SECONDS = r"(?:s|sec|secs|second|seconds|seconde|secondes|seg|segundo|segundos|[\"”″])"
_NUMBER = r"\d{1,4}(?:[.,]\d{1,3})?"
_UNITS = re.compile(
    rf"(?:(?P<hours>{_NUMBER})\s*{_HOURS}\.?(?!\w)|(?P<hours_run_on>\d{{1,4}})\s*h(?=\s*\d))?\s*"
    rf"(?:(?P<minutes>{_NUMBER})\s*{_MINUTES}\.?(?!\w)|(?P<minutes_alone>\d{{1,2}})(?=\s*\Z))?\s*"
    rf"(?:(?P<seconds>\d{{1,5}})\s*{_SECONDS}\.?)?"
)
_COLONS = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")


def seconds_of(typed: str) -> int | None:
    """The seconds of a typed length of time; None of what can't be read, or is longer than 100 hours.

    `1:30` is an hour and a half, as on the wall; `0:01:30` has seconds. A whole number alone is minutes; one with
    decimals needs its unit, and must come to whole seconds.
    """
    plain = " ".join(typed.lower().split())
    if plain.isdecimal() and len(plain) <= 4:
        found: Fraction = Fraction(int(plain) * 60)
    elif colons := _COLONS.fullmatch(plain):
        hours, minutes, seconds = (int(part or 0) for part in colons.groups())
        found = Fraction(hours * 3600 + minutes * 60 + seconds)
    else:
        units = _UNITS.fullmatch(plain)
        parts = units.groupdict() if units else {}
        hours_text = parts.get("hours") or parts.get("hours_run_on")
        minutes_text = parts.get("minutes") or parts.get("minutes_alone")
        if not any((hours_text, parts.get("minutes"), parts.get("seconds"))):
            return None
        found = _number(hours_text) * 3600 + _number(minutes_text) * 60 + _number(parts.get("seconds"))
    return int(found) if found.denominator == 1 and found <= MOST_SECONDS else None


def _number(typed: str | None) -> Fraction:
    return Fraction((typed or "0").replace(",", "."))
