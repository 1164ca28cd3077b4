import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from carnet.web import formats

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)  # 10:00 in Paris


def plain(text: str) -> str:
    """Shows which space stands where: _ for the no-break space, ~ for the narrow one."""
    return text.replace("\u00a0", "_").replace("\u202f", "~").replace("\u2212", "-")


def utc(year: int, month: int, day: int, hour: int, minute: int) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, minute, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("cents", "fr", "en", "es"),
    [
        (0, "0,00_€", "€0.00", "0,00_€"),
        (1, "0,01_€", "€0.01", "0,01_€"),
        (24000, "240,00_€", "€240.00", "240,00_€"),
        (123450, "1~234,50_€", "€1,234.50", "1234,50_€"),
        (1234567, "12~345,67_€", "€12,345.67", "12~345,67_€"),
        (123456789012, "1~234~567~890,12_€", "€1,234,567,890.12", "1~234~567~890,12_€"),
        (-5714, "-57,14_€", "-€57.14", "-57,14_€"),
    ],
)
def test_money_to_the_cent(cents: int, fr: str, en: str, es: str) -> None:
    assert [plain(formats.money(cents, language)) for language in ("fr", "en", "es")] == [fr, en, es]


@pytest.mark.parametrize(
    ("cents", "fr", "en", "es"),
    [
        (2900, "29_€", "€29", "29_€"),
        (150, "1,50_€", "€1.50", "1,50_€"),
        (0, "0_€", "€0", "0_€"),
        (-2900, "-29_€", "-€29", "-29_€"),
    ],
)
def test_price_drops_empty_cents(cents: int, fr: str, en: str, es: str) -> None:
    assert [plain(formats.price(cents, language)) for language in ("fr", "en", "es")] == [fr, en, es]


@pytest.mark.parametrize(
    ("value", "places", "fr", "en", "es"),
    [
        (Decimal("4.65"), 1, "4,7", "4.7", "4,7"),
        (Decimal("4.64"), 1, "4,6", "4.6", "4,6"),
        (999, 0, "999", "999", "999"),
        (1000, 0, "1~000", "1,000", "1000"),
        (10000, 0, "10~000", "10,000", "10~000"),
        (Decimal("-0.04"), 1, "0,0", "0.0", "0,0"),
        (-3, 0, "-3", "-3", "-3"),
        (Decimal("-12345.5"), 0, "-12~346", "-12,346", "-12~346"),
        (1_000_000, 0, "1~000~000", "1,000,000", "1~000~000"),
    ],
)
def test_number(value: Decimal, places: int, fr: str, en: str, es: str) -> None:
    assert [plain(formats.number(value, language, places)) for language in ("fr", "en", "es")] == [fr, en, es]


def test_percent() -> None:
    assert [plain(formats.percent(Decimal("0.954"), language)) for language in ("fr", "en", "es")] == [
        "95_%",
        "95%",
        "95_%",
    ]


@pytest.mark.parametrize(
    ("count", "unit", "fr", "en", "es"),
    [
        (0, "token", "0_ticket", "0_tickets", "0_tickets"),
        (1, "token", "1_ticket", "1_ticket", "1_ticket"),
        (2, "token", "2_tickets", "2_tickets", "2_tickets"),
        (0, "minute", "0_minute", "0_minutes", "0_minutos"),
        (1, "minute", "1_minute", "1_minute", "1_minuto"),
        (15, "minute", "15_minutes", "15_minutes", "15_minutos"),
        (-1, "minute", "-1_minute", "-1_minute", "-1_minuto"),
        (3, "day", "3_jours", "3_days", "3_días"),
        (1, "month", "1_mois", "1_month", "1_mes"),
        (12, "month", "12_mois", "12_months", "12_meses"),
        (1234, "day", "1~234_jours", "1,234_days", "1234_días"),
        (2_000_000, "token", "2~000~000_tickets", "2,000,000_tickets", "2~000~000_tickets"),
    ],
)
def test_units_in_the_right_number(count: int, unit: str, fr: str, en: str, es: str) -> None:
    assert [plain(formats.units(count, unit, language)) for language in ("fr", "en", "es")] == [fr, en, es]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59, "0:59"), (620, "10:20"), (1859, "30:59"), (3600, "1:00:00"), (3723, "1:02:03"), (-5, "0:00")],
)
def test_clock_to_the_second(seconds: int, shown: str) -> None:
    assert formats.clock(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "fr", "en", "es"),
    [
        (0, "0_min", "0_min", "0_min"),
        (59, "0_min", "0_min", "0_min"),
        (779, "12_min", "12_min", "12_min"),
        (3600, "1_h", "1_h", "1_h"),
        (4320, "1_h_12", "1_h_12_min", "1_h_12_min"),
        (3900, "1_h_05", "1_h_5_min", "1_h_5_min"),
        (-1, "0_min", "0_min", "0_min"),
    ],
)
def test_duration_is_cut_down_to_whole_minutes(seconds: int, fr: str, en: str, es: str) -> None:
    assert [plain(formats.duration(seconds, language)) for language in ("fr", "en", "es")] == [fr, en, es]


@pytest.mark.parametrize(
    ("on", "fr", "en", "es"),
    [
        (datetime.date(2027, 5, 3), "3_mai 2027", "3_May 2027", "3_de mayo de 2027"),
        (datetime.date(2027, 5, 1), "1ᵉʳ_mai 2027", "1_May 2027", "1_de mayo de 2027"),
        (datetime.date(2028, 2, 29), "29_février 2028", "29_February 2028", "29_de febrero de 2028"),
    ],
)
def test_day(on: datetime.date, fr: str, en: str, es: str) -> None:
    assert [plain(formats.day(on, language)) for language in ("fr", "en", "es")] == [fr, en, es]


def test_day_with_weekday_and_without_year() -> None:
    on = datetime.date(2026, 11, 26)
    shown = [plain(formats.day(on, language, weekday=True, year=False)) for language in ("fr", "en", "es")]
    assert shown == ["jeudi 26_novembre", "Thursday 26_November", "jueves, 26_de noviembre"]


@pytest.mark.parametrize(
    ("at", "fr", "en", "es"),
    [
        (utc(2026, 11, 22, 15, 40), "hier à 16_h_40", "yesterday 16:40", "ayer a las 16:40"),
        (utc(2026, 11, 23, 8, 5), "aujourd’hui à 9_h_05", "today 9:05", "hoy a las 9:05"),
        (utc(2026, 11, 24, 9, 15), "demain à 10_h_15", "tomorrow 10:15", "mañana a las 10:15"),
        (utc(2026, 11, 3, 0, 30), "3_novembre à 1_h_30", "3_November, 1:30", "3_de noviembre a la 1:30"),
        (utc(2027, 5, 3, 10, 0), "3_mai 2027 à 12_h_00", "3_May 2027, 12:00", "3_de mayo de 2027 a las 12:00"),
        # 23:30 UTC is already tomorrow in Paris.
        (utc(2026, 11, 23, 23, 30), "demain à 0_h_30", "tomorrow 0:30", "mañana a las 0:30"),
    ],
)
def test_moment_is_read_in_the_zone(at: datetime.datetime, fr: str, en: str, es: str) -> None:
    assert [plain(formats.moment(at, NOW, PARIS, language)) for language in ("fr", "en", "es")] == [fr, en, es]


def test_moment_on_the_day_of_25_hours() -> None:
    """2:30 comes twice on 25 October 2026 in Paris: both are shown as such."""
    now = utc(2026, 10, 25, 12, 0)
    assert [formats.moment(utc(2026, 10, 25, hour, 30), now, PARIS, "en") for hour in (0, 1)] == [
        "today 2:30",
        "today 2:30",
    ]


def test_exact_moment() -> None:
    shown = [plain(formats.exact_moment(utc(2026, 11, 22, 15, 40), PARIS, language)) for language in ("fr", "en", "es")]
    assert shown == [
        "dimanche 22_novembre 2026 à 16_h_40",
        "Sunday 22_November 2026, 16:40",
        "domingo, 22_de noviembre de 2026 a las 16:40",
    ]


@pytest.mark.parametrize(
    ("minutes", "fr", "en", "es"),
    [
        (-8, "en retard de 8_min", "8_min late", "con 8_min de retraso"),
        (-3 * 1440 - 5, "en retard de 3_jours", "3_days late", "con 3_días de retraso"),
        (0, "dans 0_min", "in 0_min", "en 0_min"),
        (35, "dans 35_min", "in 35_min", "en 35_min"),
        (260, "dans 4_h_20", "in 4_h_20_min", "en 4_h_20_min"),
        (24 * 60 + 15, "demain à 10_h_15", "tomorrow 10:15", "mañana a las 10:15"),
    ],
)
def test_distance_of_a_due_time(minutes: int, fr: str, en: str, es: str) -> None:
    at = NOW + datetime.timedelta(minutes=minutes)
    assert [plain(formats.distance(at, NOW, PARIS, language)) for language in ("fr", "en", "es")] == [fr, en, es]


@pytest.mark.parametrize(
    ("size", "fr", "en"),
    [
        (0, "0_o", "0_B"),
        (999, "999_o", "999_B"),
        (340_000, "340_ko", "340_kB"),
        (1_250_000, "1,3_Mo", "1.3_MB"),
        (25_000_000, "25_Mo", "25_MB"),
    ],
)
def test_file_size(size: int, fr: str, en: str) -> None:
    assert [plain(formats.file_size(size, language)) for language in ("fr", "en")] == [fr, en]


@pytest.mark.parametrize(
    ("names", "language", "shown"),
    [
        ([], "fr", ""),
        (["Hugo"], "fr", "Hugo"),
        (["Hugo", "Léa"], "fr", "Hugo et Léa"),
        (["Ana", "Hugo", "Léa"], "en", "Ana, Hugo and Léa"),
        (["Ana", "Hugo"], "es", "Ana y Hugo"),
        (["Ana", "Inés"], "es", "Ana e Inés"),
        (["Ana", "Hilda"], "es", "Ana e Hilda"),
        (["Ana", "Hierro"], "es", "Ana y Hierro"),
    ],
)
def test_listing(names: list[str], language: str, shown: str) -> None:
    assert formats.listing(names, language) == shown


def test_typography_of_french() -> None:
    assert (
        plain(formats.typography("Prêt ? « Oui », dit-il : c'est fait !", "fr"))
        == "Prêt~? «~Oui~», dit-il~: c’est fait~!"
    )
    assert formats.typography("https://example.org/?a=1;b", "fr") == "https://example.org/?a=1;b"
    assert formats.typography("Ready ? Yes !", "en") == "Ready ? Yes !"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Léa Morel", "LM"), ("samir", "S"), ("Anne-Marie Le Goff", "AG"), ("", "·"), ("  ", "·"), ("(?)", "·")],
)
def test_initials(name: str, shown: str) -> None:
    assert formats.initials(name) == shown
