import pytest

from carnet.kernel.durations import seconds_of
from carnet.web import formats

MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("1:30", 90 * MINUTE),
        ("0:45", 45 * MINUTE),
        ("0:01:30", 90),
        ("10:20:05", 10 * HOUR + 20 * MINUTE + 5),
        ("1h30", 90 * MINUTE),
        ("1 h 12", 72 * MINUTE),
        ("1\u00a0h\u00a012", 72 * MINUTE),
        ("1 h 12 min", 72 * MINUTE),
        ("1h12min", 72 * MINUTE),
        ("2 h", 2 * HOUR),
        ("1,5 h", 90 * MINUTE),
        ("1.5h", 90 * MINUTE),
        ("1 hour 5 minutes", 65 * MINUTE),
        ("2 heures", 2 * HOUR),
        ("1 hora 30", 90 * MINUTE),
        ("12 min", 12 * MINUTE),
        ("12 MIN.", 12 * MINUTE),
        ("12 mn", 12 * MINUTE),
        ("12'", 12 * MINUTE),
        ("2,5 min", 150),
        ("12 min 30 s", 750),
        ("1 h 2 min 3 s", HOUR + 2 * MINUTE + 3),
        ("90 s", 90),
        ("45", 45 * MINUTE),
        ("0", 0),
        ("0 min", 0),
        ("0:00", 0),
        ("100 h", 100 * HOUR),
    ],
)
def test_case_A5_what_is_read(typed: str, seconds: int) -> None:
    assert seconds_of(typed) == seconds


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "h", "min", "1,5", "1.5", "1:75", "1:3", "-5", "-1:30", "5 min 1 h", "1 h 12 30", "1:30 h", "12 x",
        "99999", "101 h", "0,3333 min", "0,001 min", "1e3", "1 day", "½ h", "٣ h x", "1" * 5000,
    ],
)  # fmt: skip
def test_case_A5_what_can_not_be_read(typed: str) -> None:
    assert seconds_of(typed) is None


@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize("seconds", [0, 60, 12 * MINUTE, HOUR, 72 * MINUTE, 10 * HOUR + MINUTE, 100 * HOUR])
def test_case_A5_what_the_product_shows_is_read(seconds: int, language: str) -> None:
    assert seconds_of(formats.duration(seconds, language)) == seconds
    assert seconds_of(formats.exact_duration(seconds + 5, language)) == (seconds + 5 if seconds < 100 * HOUR else None)
