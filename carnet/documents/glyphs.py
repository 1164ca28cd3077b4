"""What our own fonts can show: Carnet Document, and what that one lacks in the first other family that has it."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).with_name("fonts")
NO_GLYPH = "\ufffd"
# In the order in which they are asked for a character.
FAMILIES = ["Carnet Document", *(f"Carnet Document {one}" for one in ("Wide", "Arabic", "Hebrew", "CJK"))]

_JOINERS = {"\u200c", "\u200d"}  # invisible, but Arabic letters are written by them


def unknown_characters(*texts: str) -> str:
    """What would be U+FFFD in a document, each character once, in the order of the texts; empty: all can be shown."""
    found = (cluster for text in texts for cluster in clusters(text) if NO_GLYPH in shown(cluster))
    return "".join(dict.fromkeys(found))


def clusters(text: str) -> Iterator[str]:
    """Each character together with the marks above and below it, which only one font can set together."""
    cluster = ""
    for one in unicodedata.normalize("NFC", text):
        if cluster and not (unicodedata.category(one)[0] == "M" or one in _JOINERS):
            yield cluster
            cluster = ""
        cluster += one
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)
def shown(cluster: str) -> str:
    """The cluster as a document shows it: whole, else its letter alone, else U+FFFD; without what nobody sees."""
    seen = "".join(one for one in cluster if unicodedata.category(one) != "Cf" or one in _JOINERS)
    seen = seen.replace("\ufe0e", "").replace("\ufe0f", "")  # «as a text», «as a picture»: of the sign before
    letter = seen[:1]
    if not letter or letter in _JOINERS:
        return ""
    if any(characters.issuperset(map(ord, seen)) for characters in _characters().values()):
        return seen
    if letter.isspace():
        return "\n" if letter == "\n" else " "
    return letter if any(ord(letter) in characters for characters in _characters().values()) else NO_GLYPH


@cache
def _characters() -> dict[str, frozenset[int]]:
    """What every weight of a font can show, by the font."""
    found: dict[str, frozenset[int]] = {}
    for path in sorted(FONTS.glob("*.[ot]tf")):
        with TTFont(path, lazy=True) as font:
            family, here = path.stem.rpartition("-")[0], frozenset(font.getBestCmap())
        found[family] = found.get(family, here) & here
    return found
