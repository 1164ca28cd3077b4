"""Tables for spreadsheets."""

import re

# What a spreadsheet would take for a number and write otherwise (zeros in front, more digits than it keeps, an
# exponent), or for a date or a time.
_BLANKS = "[ \u00a0\u202f]*"
_NUMBER = r"0\d[\d .]*|\d[\d .]{15,}|\d+[eE]\d+"
_DATE = r"\d{1,4}([/:.-])\d{1,2}(?:\1\d{1,4})?"
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_AMOUNT = re.compile(r"-[0-9]+[.,][0-9]{2}")
_LOOKS_LIKE_A_NUMBER = re.compile(f"{_BLANKS}(?:{_NUMBER}|{_DATE}){_BLANKS}")


def harmless(value: str | int) -> str | int:
    """No spreadsheet takes a text for a formula, in whatever width its sign is typed; numbers may well be negative, and
    amounts as well (-1234,50), so that a column can be added up.
    """
    if isinstance(value, str) and value.startswith(_FORMULA) and not _AMOUNT.fullmatch(value):
        return f"'{value}"
    return value


def as_text(value: str) -> str:
    """A name, a reference or a number of somebody else's, which a spreadsheet shall keep letter by letter: marked by an
    apostrophe in front, as in a spreadsheet itself, if it would be read as a number or a date.
    """
    return f"'{value}" if _LOOKS_LIKE_A_NUMBER.fullmatch(value) else value
