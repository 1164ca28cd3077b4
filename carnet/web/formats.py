"""Money, time and numbers as each language writes them: pure functions, the language always given, no float.

French: 1 234,50 € · 1 h 12 · 16 h 40. English: €1,234.50 · 1 h 12 min · 16:40. Spanish: 1234,50 € · 1 h 12 min · 16:40.
Numbers are bound to their units by no-break spaces, so that no line ends between them.
"""

import datetime
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

NO_BREAK = "\u00a0"
NARROW = "\u202f"  # the narrow no-break space
MINUS = "\u2212"
THOUSANDS = {"fr": NARROW, "en": ",", "es": NARROW}  # in parts of America a point would be read as a decimal one
DECIMAL = {"fr": ",", "en": ".", "es": ","}

MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}
WEEKDAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
}
NEAR_DAYS = {
    "fr": {-1: "hier", 0: "aujourd’hui", 1: "demain"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "es": {-1: "ayer", 0: "hoy", 1: "mañana"},
}
# One and many. What people call a token on the screen is a ticket, in all three languages.
UNITS = {
    "fr": {
        "token": ("ticket", "tickets"),
        "minute": ("minute", "minutes"),
        "day": ("jour", "jours"),
        "month": ("mois", "mois"),
    },
    "en": {
        "token": ("ticket", "tickets"),
        "minute": ("minute", "minutes"),
        "day": ("day", "days"),
        "month": ("month", "months"),
    },
    "es": {
        "token": ("ticket", "tickets"),
        "minute": ("minuto", "minutos"),
        "day": ("día", "días"),
        "month": ("mes", "meses"),
    },
}
BYTES = {"fr": ("o", "ko", "Mo", "Go"), "en": ("B", "kB", "MB", "GB"), "es": ("B", "kB", "MB", "GB")}


def is_one(number: int | Decimal, language: str) -> bool:
    """Whether the singular follows this number: in French also after 0 and 1,5, else after 1 alone."""
    return -2 < number < 2 if language == "fr" else number in (1, -1)


def number(value: int | Decimal, language: str, places: int = 0) -> str:
    """A number with the language's marks, half up to `places` decimals. Spanish groups from five digits on."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _point, fraction = f"{abs(rounded):f}".partition(".")
    if len(whole) > 4 or (len(whole) == 4 and language != "es"):
        whole = f"{int(whole):,}".replace(",", THOUSANDS[language])
    return (MINUS if rounded < 0 else "") + whole + (DECIMAL[language] + fraction if fraction else "")


def percent(share: Decimal, language: str, places: int = 0) -> str:
    """A share of 1 as a percentage: 95 % in French and Spanish, 95% in English."""
    space = {"fr": NARROW, "en": "", "es": NO_BREAK}[language]
    return f"{number(share * 100, language, places)}{space}%"


def money(cents: int, language: str) -> str:
    """Euros to the cent: 240,00 € in French and Spanish, €240.00 in English; a real minus sign."""
    return _euros(cents, language, 2)


def price(cents: int, language: str) -> str:
    """Euros as on a price tag: without cents if there are none (29 €, 1,50 €)."""
    return _euros(cents, language, 0 if cents % 100 == 0 else 2)


def _euros(cents: int, language: str, places: int) -> str:
    amount = number(Decimal(abs(cents)).scaleb(-2), language, places)
    sign = MINUS if cents < 0 else ""
    return f"{sign}€{amount}" if language == "en" else f"{sign}{amount}{NO_BREAK}€"


def units(count: int, unit: str, language: str) -> str:
    """A count with its unit in the right number: 0 token is «0 ticket» in French, «0 tickets» in English."""
    one, many = UNITS[language][unit]
    return f"{number(count, language)}{NO_BREAK}{one if is_one(count, language) else many}"


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
    name, month = WEEKDAYS[language][on.weekday()], MONTHS[language][on.month - 1]
    if language == "fr":
        first = f"1ᵉʳ{NO_BREAK}{month}" if on.day == 1 else f"{on.day}{NO_BREAK}{month}"
        words, before = first + (f" {on.year}" if year else ""), f"{name} "
    elif language == "es":
        words, before = f"{on.day}{NO_BREAK}de {month}" + (f" de {on.year}" if year else ""), f"{name}, "
    else:
        words, before = f"{on.day}{NO_BREAK}{month}" + (f" {on.year}" if year else ""), f"{name} "
    return before + words if weekday else words


def month(on: datetime.date, language: str) -> str:
    """A month as a heading: mai 2027, May 2027, mayo de 2027."""
    name = MONTHS[language][on.month - 1]
    return f"{name} de {on.year}" if language == "es" else f"{name} {on.year}"


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
        return f"{'el ' if language == 'es' else ''}{WEEKDAYS[language][there.weekday()]} {at_time}"
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
    if len(names) < 2:
        return "".join(names)
    last = names[-1]
    if language == "es":
        link = "e" if re.match(r"(?i)h?[ií](?![aeou])", last) else "y"
    else:
        link = {"fr": "et", "en": "and"}[language]
    return f"{', '.join(names[:-1])} {link} {last}"


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
