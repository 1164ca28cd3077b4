import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from carnet.web import formats
from carnet.web.templatetags import opening, texts

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)  # Monday 10:00 in Paris
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "fr", "en", "es"),
    [
        (NOW, "à 10_h_00", "at 10:00", "a las 10:00"),
        (NOW - datetime.timedelta(hours=9), "à 1_h_00", "at 1:00", "a la 1:00"),
        (NOW + DAY, "demain à 10_h_00", "tomorrow at 10:00", "mañana a las 10:00"),
        (NOW + 4 * DAY, "vendredi à 10_h_00", "Friday at 10:00", "el viernes a las 10:00"),
        (NOW + 8 * DAY, "le 1ᵉʳ_décembre à 10_h_00", "on 1_December at 10:00", "el 1_de diciembre a las 10:00"),
        (
            NOW + 200 * DAY,
            "le 11_juin 2027 à 11_h_00",
            "on 11_June 2027 at 11:00",
            "el 11_de junio de 2027 a las 11:00",
        ),
    ],
)
def test_when_something_begins(at: datetime.datetime, fr: str, en: str, es: str) -> None:
    words = [formats.coming_moment(at, NOW, PARIS, language).replace("\u00a0", "_") for language in ("fr", "en", "es")]
    assert words == [fr, en, es]


def test_weekdays_begin_a_line() -> None:
    with translation.override("fr"):
        assert opening.weekday(0) == "Lundi"


def test_wall_time_of_hours() -> None:
    assert opening.wall_time(datetime.time(9, 30)) == "9:30"


@pytest.mark.django_db
def test_wall_time_of_a_moment_is_the_provider_s() -> None:
    assert opening.wall_time(NOW) == "10:00"


def test_texts_in_the_language_of_the_page() -> None:
    offer = {"fr": "Un ticket : essai", "en": "One ticket", "es": ""}
    with translation.override("fr"):
        assert texts.spoken(offer) == "Un ticket\u202f: essai"
    with translation.override("es"):
        assert texts.spoken(offer) == "Un ticket : essai"


def test_lines_leave_blank_ones_out() -> None:
    assert texts.lines("one\n\n  two \n") == ["one", "two"]


def test_tables_scroll_by_keyboard_too() -> None:
    table = texts.markdown("| a |\n|---|\n| b |")
    assert table.startswith('<div class="table-scroll" tabindex="0"><table>')
    assert table.endswith("</table></div>\n")


def test_markdown_is_clean() -> None:
    with translation.override("en"):
        assert (
            texts.markdown("**a** <script>b</script>") == "<p><strong>a</strong> &lt;script&gt;b&lt;/script&gt;</p>\n"
        )
