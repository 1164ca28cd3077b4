import pytest

from carnet.payments.rules import received


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("240", 24_000), ("240,5", 24_050), ("240.50", 24_050), (" 1 234,50 € ", 123_450), ("1\u202f234,50", 123_450),
        ("1,234.50", 123_450), ("1.234,50", 123_450), ("1234.5", 123_450), ("1.234.567", 123_456_700),
        ("9'999'999.99 EUR", 999_999_999), ("0,01", 1), ("95,", 9_500), ("1,234,567.8", 123_456_780),
        ("€ 95", 9_500), ("eur 1\u2019234", 123_400), ("1\u00a0234\u00a0567", 123_456_700), ("12\u202f€", 1_200),
    ],
)  # fmt: skip
def test_an_amount_as_people_type_it(typed, cents):
    assert received.parse_amount(typed) == cents


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "empty"), (" € ", "empty"), ("-5", "negative"), ("\u22125", "negative"), ("abc", "no_number"),
        ("5 for me", "no_number"), ("0,00", "zero"), ("12,3456", "too_many_decimals"), ("1,234", "ambiguous"),
        ("1.234", "ambiguous"), ("10000000", "too_large"), ("1.23.45", "no_number"), ("12,34.50", "no_number"),
        ("1,234,50", "no_number"), ("١٢", "no_number"), ("1.234,567", "too_many_decimals"),
        ("1,23,456", "no_number"), ("0,123", "too_many_decimals"), ("1 234.567", "too_many_decimals"),
        ("0,100", "too_many_decimals"), ("1,000,000.000", "too_many_decimals"), ("1,234" + ",567" * 50, "too_large"),
        # Blanks part thousands only: an amount a hundred times too high would be the price of guessing.
        ("12 50", "no_number"), ("1 2 3", "no_number"), ("1 234 €50", "no_number"), ("1234 567", "no_number"),
        ("1,234 567", "no_number"), ("1 234.567,5", "no_number"), ("€ -5", "negative"),
    ],
)  # fmt: skip
def test_what_is_no_amount(typed, problem):
    with pytest.raises(received.NotAnAmount) as refused:
        received.parse_amount(typed)
    assert refused.value.problem == problem
