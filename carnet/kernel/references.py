"""References of orders (O2): ISO 11649, so that banks and programs check them too.

`RF`, two check digits, then letters without I and O and digits 2 to 9 in the fixed pattern LLDDLLDD: what somebody
mistypes is noticed, because every single substituted character changes the class or the remainder.
"""

import re
import secrets

from stdnum.iso7064 import mod_97_10

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
PATTERN = (LETTERS, LETTERS, DIGITS, DIGITS, LETTERS, LETTERS, DIGITS, DIGITS)
_WHOLE = re.compile("RF([0-9OI]{2})(" + "".join(f"[{characters}]" for characters in PATTERN) + ")")
_BETWEEN = r"[\s.\-\u2010-\u2015/]*"
_FILLING = re.compile(_BETWEEN)
_SPACED = _BETWEEN.join(["R", "F", "[0-9OI]", "[0-9OI]", *(f"[{characters}]" for characters in PATTERN)])
# No part of a longer word; looked for ahead, because another one may begin inside what only looks like one.
_INSIDE = re.compile(rf"(?<![^\W_])(?=({_SPACED})(?![^\W_]))", re.IGNORECASE)


def new_reference() -> str:
    """A random reference; that no order has it yet is the caller's to see."""
    body = "".join(secrets.choice(characters) for characters in PATTERN)
    return f"RF{check_digits(body)}{body}"


def check_digits(body: str) -> str:
    """The two check digits of ISO 11649: those of ISO 7064 (mod 97-10) with RF behind."""
    return mod_97_10.calc_check_digits(f"{body}RF")


def read(text: str) -> str | None:
    """The reference that somebody typed, in its plain form; None if it is none, or has a mistake in it.

    Case, blanks, dots and hyphens don't matter. O and I are read as 0 and 1 in the two check digits only; any other
    character of the wrong class is a mistake.
    """
    plain = _FILLING.sub("", text)
    # Some other letters would become S or I as capitals.
    whole = _WHOLE.fullmatch(plain.upper()) if plain.isascii() else None
    if whole is None:
        return None
    digits, body = whole[1].replace("O", "0").replace("I", "1"), whole[2]
    return f"RF{digits}{body}" if digits == check_digits(body) else None


def find(text: str) -> str | None:
    """The one reference inside a longer text, such as a line of a bank statement, in its plain form.

    It stands there as a whole, not run together with other letters or digits. None also if there are two that differ:
    which of them is meant is for a person to say.
    """
    found = {read(match[1]) for match in _INSIDE.finditer(text)} - {None}
    return found.pop() if len(found) == 1 else None


def grouped(reference: str) -> str:
    """RF52 AB23 CD45: in groups of four, as it is printed."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
