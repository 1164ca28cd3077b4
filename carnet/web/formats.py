"""Money, time and numbers as each language writes them: pure functions, the language always given, no float.

French: 1 234,50 € · 1 h 12 · 16 h 40. English: €1,234.50 · 1 h 12 min · 16:40. Spanish: 1234,50 € · 1 h 12 min · 16:40.
Numbers are bound to their units by no-break spaces, so that no line ends between them.
"""

import datetime
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers
from babel.units import format_unit

NO_BREAK = "\u00a0"
NARROW = "\u202f"  # the narrow no-break space
MINUS = "\u2212"

LOCALES = {"fr": Locale("fr"), "en": Locale("en", "GB"), "es": Locale("es")}
# What we set otherwise than Babel, see docs/decisions/numbers-and-dates.md. A point between Spanish thousands would be
# read as a decimal one in parts of America.
MARKS = {
    "fr": str.maketrans({"-": MINUS}),
    "en": str.maketrans({"-": MINUS}),
    "es": str.maketrans({"-": MINUS, ".": NARROW}),
}
NEAR_DAYS = {
    "fr": {-1: "hier", 0: "aujourd’hui", 1: "demain"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "es": {-1: "ayer", 0: "hoy", 1: "mañana"},
}
BYTES = {"fr": ("o", "ko", "Mo", "Go"), "en": ("B", "kB", "MB", "GB"), "es": ("B", "kB", "MB", "GB")}

Layout = Literal["decimal", "money", "percent"]


def number(value: int | Decimal, language: str, places: int = 0) -> str:
    """A number with the language's marks, half up to `places` decimals. Spanish groups from five digits on."""
    return _figures(_rounded(Decimal(value), places), "decimal", places, language)


def percent(share: Decimal, language: str, places: int = 0) -> str:
    """A share of 1 as a percentage: 95 % in French and Spanish, 95% in English."""
    return _figures(_rounded(share, places + 2), "percent", places, language)


def money(cents: int, language: str) -> str:
    """Euros to the cent: 240,00 € in French and Spanish, €240.00 in English; a real minus sign."""
    return _figures(Decimal(cents).scaleb(-2), "money", 2, language)


def price(cents: int, language: str) -> str:
    """Euros as on a price tag: without cents if there are none (29 €, 1,50 €)."""
    return _figures(Decimal(cents).scaleb(-2), "money", 0 if cents % 100 == 0 else 2, language)


def units(count: int, unit: str, language: str) -> str:
    """A count with its unit in the right number: 0 token is «0 ticket» in French, «0 tickets» in English."""
    return _units(count, unit, language)


def _rounded(value: Decimal, places: int) -> Decimal:
    """Half up, and never a zero below zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) or Decimal(0)


# A page says the same few numbers, units and days again and again, and Babel takes its time for each: hence the caches.
@lru_cache(maxsize=4096)
def _figures(value: Decimal, layout: Layout, places: int, language: str) -> str:
    """A number that needs no more rounding, laid out as the language does. Without ¤ in the layout no euro is named."""
    locale = LOCALES[language]
    layouts = {
        "decimal": locale.decimal_formats[None],
        "money": locale.currency_formats["standard"],
        "percent": locale.percent_formats[None],
    }
    digits = _digits(value * 100 if layout == "percent" else value, language) + ("." + "0" * places if places else "")
    pattern = re.sub(r"[#,]*0(\.[0#]+)?", digits, layouts[layout].pattern)
    return numbers.format_currency(value, "EUR", pattern, locale, currency_digits=False).translate(MARKS[language])


@lru_cache(maxsize=4096)
def _units(count: int, unit: str, language: str) -> str:
    locale = LOCALES[language]
    if unit == "token":  # what people call a ticket on the screen, in all three languages
        word = "ticket" if locale.plural_form(count) == "one" else "tickets"
        return f"{number(count, language)}{NO_BREAK}{word}"
    words = format_unit(count, f"duration-{unit}", "long", _digits(count, language), locale)
    return words.translate(MARKS[language]).replace(" ", NO_BREAK)


def _digits(value: int | Decimal, language: str) -> str:
    """The pattern of the digits before the decimal mark. Babel would group four of them in Spanish too."""
    is_grouped = language != "es" or not -10_000 < value < 10_000
    return "#,##0" if is_grouped else "0"


def amount(count: int, unit: str, language: str) -> str:
    """A count as it stands beside others: 7 tickets; minutes as time, 3 h 37."""
    if unit != "minute":
        return units(count, unit, language)
    return (MINUS if count < 0 else "") + duration(abs(count) * 60, language)


def change(count: int, unit: str, language: str) -> str:
    """What was added or taken off, with its sign: +20 tickets, −1 ticket, −12 min; 0 has none."""
    sign = "+" if count > 0 else MINUS if count < 0 else ""
    return sign + amount(abs(count), unit, language)


def clock(seconds: int) -> str:
    """Worked time to the second, the same in every language: 10:20, 1:02:03."""
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def duration(seconds: int, language: str) -> str:
    """Worked time cut down to whole minutes: 12 min; 1 h 12 in French, 1 h 12 min elsewhere; 2 h."""
    hours, minutes = divmod(max(seconds, 0) // 60, 60)
    if not hours:
        return f"{minutes}{NO_BREAK}min"
    if not minutes:
        return f"{number(hours, language)}{NO_BREAK}h"
    last = f"{minutes:02}" if language == "fr" else f"{minutes}{NO_BREAK}min"
    return f"{number(hours, language)}{NO_BREAK}h{NO_BREAK}{last}"


def exact_duration(seconds: int, language: str) -> str:
    """The same to the second, for a field in which it is corrected: 12 min 30 s, 1 h 12; without seconds if none."""
    left = max(seconds, 0) % 60
    if not left:
        return duration(seconds, language)
    hours, minutes = divmod(max(seconds, 0) // 60, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return NO_BREAK.join(f"{number(count, language)}{NO_BREAK}{unit}" for count, unit in parts if count)


def day(on: datetime.date, language: str, weekday: bool = False, year: bool = True) -> str:
    """A date in words: 3 mai 2027 (1ᵉʳ mai), 3 May 2027, 3 de mayo de 2027; with the weekday if asked."""
    words = _date(on, "yMMMMd" if year else "MMMMd", language).replace(" ", NO_BREAK, 1)
    if language == "fr" and on.day == 1:
        words = words.replace("1", "1ᵉʳ", 1)
    if not weekday:
        return words
    return f"{weekday_name(on.weekday(), language)}{', ' if language == 'es' else ' '}{words}"


def month(on: datetime.date, language: str) -> str:
    """A month as a heading: mai 2027, May 2027, mayo de 2027."""
    return _date(on.replace(day=1), "yMMMM", language)


def weekday_name(number: int, language: str) -> str:
    """The name of a day of the week inside a sentence; Monday is 0."""
    return LOCALES[language].days["format"]["wide"][number]


@lru_cache(maxsize=4096)
def _date(on: datetime.date, skeleton: str, language: str) -> str:
    return dates.format_skeleton(skeleton, on, fuzzy=False, locale=LOCALES[language])


def time_of_day(at: datetime.datetime | datetime.time, language: str) -> str:
    """The time on the wall: 16 h 40 in French, 16:40 elsewhere."""
    return f"{at.hour}{NO_BREAK}h{NO_BREAK}{at.minute:02}" if language == "fr" else f"{at.hour}:{at.minute:02}"


def moment(at: datetime.datetime, now: datetime.datetime, zone: ZoneInfo, language: str) -> str:
    """An instant as people say it: yesterday 16:40; 3 May 16:40; in another year with it. Read in `zone`."""
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    near = NEAR_DAYS[language].get((there.date() - today).days)
    return _at_time(near or day(there.date(), language, year=there.year != today.year), there, language)


def exact_moment(at: datetime.datetime, zone: ZoneInfo, language: str) -> str:
    """An instant in full: Sunday 22 November 2026, 16:40."""
    there = at.astimezone(zone)
    return _at_time(day(there.date(), language, weekday=True), there, language)


def _at_time(words: str, there: datetime.datetime, language: str) -> str:
    clock_time = time_of_day(there, language)
    if language == "fr":
        return f"{words} à {clock_time}"
    if language == "es":
        return f"{words} a la{'' if there.hour == 1 else 's'} {clock_time}"
    return f"{words} {clock_time}" if words in NEAR_DAYS["en"].values() else f"{words}, {clock_time}"


def coming_moment(at: datetime.datetime, now: datetime.datetime, zone: ZoneInfo, language: str) -> str:
    """When something begins: «at 14:00» today, «tomorrow at 9:00», «Monday at 9:00», then «on 3 January at 9:00»."""
    there = at.astimezone(zone)
    days = (there.date() - now.astimezone(zone).date()).days
    at_word = {"fr": "à", "en": "at", "es": "a la" if there.hour == 1 else "a las"}[language]
    at_time = f"{at_word} {time_of_day(there, language)}"
    if days <= 0:
        return at_time
    if days == 1:
        return f"{NEAR_DAYS[language][1]} {at_time}"
    if days < 7:
        return f"{'el ' if language == 'es' else ''}{weekday_name(there.weekday(), language)} {at_time}"
    on_word = {"fr": "le", "en": "on", "es": "el"}[language]
    return f"{on_word} {day(there.date(), language, year=days > 180)} {at_time}"


def distance(at: datetime.datetime, now: datetime.datetime, zone: ZoneInfo, language: str) -> str:
    """How far off: «8 min late», «in 35 min», «in 4 h 20 min», from tomorrow on the moment itself."""
    seconds = int((at - now).total_seconds())
    if seconds < 0:
        late = duration(-seconds, language) if -seconds < 24 * 3600 else units(-seconds // 86400, "day", language)
        return {"fr": f"en retard de {late}", "en": f"{late} late", "es": f"con {late} de retraso"}[language]
    if at.astimezone(zone).date() != now.astimezone(zone).date() and seconds >= 4 * 3600:
        return moment(at, now, zone, language)
    return {"fr": "dans", "en": "in", "es": "en"}[language] + " " + duration(seconds, language)


def file_size(size: int, language: str) -> str:
    """340 kB, 1.2 MB: in thousands, with one decimal below ten."""
    value, step = Decimal(size), 0
    while value >= 1000 and step < 3:
        value, step = value / 1000, step + 1
    places = 1 if step and value < 10 else 0
    return f"{number(value, language, places)}{NO_BREAK}{BYTES[language][step]}"


def listing(names: Sequence[str], language: str) -> str:
    """Hugo, Léa and Paul; in Spanish «y», «e» before the sound i."""
    if language == "es" and len(names) > 1 and re.match(r"(?i)h?[ií](?![aeou])", names[-1]):
        return f"{', '.join(names[:-1])} e {names[-1]}"
    return lists.format_list(names, locale=LOCALES[language])


def typography(text: str, language: str) -> str:
    """A text of ours with its language's marks: in French narrow no-break spaces before ? ! ; : and inside « »."""
    if language != "fr":
        return text
    text = re.sub(r"[ \u00a0\u202f]+([?!;:»])", f"{NARROW}\\1", text)
    return re.sub(r"«[ \u00a0\u202f]*", f"«{NARROW}", text).replace("'", "’")


def initials(name: str) -> str:
    """Up to two letters that stand for a person: «Léa Morel» is LM, «Samir» is S; a middle dot if there is no name."""
    words = [word for word in re.split(r"[\s\-]+", name.strip()) if word and word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "·"
