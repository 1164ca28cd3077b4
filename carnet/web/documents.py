"""Documents as PDF, set by Typst: for archives (PDF/A-3a) and to be read aloud (PDF/UA-1).

A template is a `.typ` file that reads its data from `sys.inputs.data`, as JSON. It knows no text of its own: what it
shows was put into the reader's language before. What a document shows is set in our own fonts and in no others: in
Carnet Document, and what that one lacks in the first of the other families that has it.
"""

import json
import logging
import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

log = logging.getLogger(__name__)
FONTS = Path(__file__).with_name("fonts")
NO_GLYPH = "\ufffd"
# What is longer than this without a blank may break anywhere, else it would run off the page. An address of usual
# length is left whole: copied from the document, it would bring the invisible places along.
LONGEST_WORD = 24
LONGEST_ADDRESS = 44
# In the order in which they are asked for a character.
FAMILIES = ["Carnet Document", *(f"Carnet Document {one}" for one in ("Wide", "Arabic", "Hebrew", "CJK"))]
SPECIMEN = {"fr": "SPÉCIMEN", "en": "SPECIMEN", "es": "MUESTRA"}

_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_BREAK_HERE = "\u200b"
_JOINERS = {"\u200c", "\u200d"}  # invisible, but Arabic letters are written by them


class NotSet(Exception):
    """A template that does not set cleanly is a mistake of ours, never of the data."""


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """The document; characters that no font has are U+FFFD in it. Raises `NotSet` on errors and on warnings.

    The template is given `fonts`, and `specimen`: the word to print across what looks like money, empty on a live site.
    """
    specimen = SPECIMEN.get(data.get("language", ""), "") if settings.IS_DEMO else ""
    text = json.dumps(_settable({"fonts": FAMILIES, "specimen": specimen, **data}), ensure_ascii=False)
    if NO_GLYPH in text:
        log.warning("A document of %s has characters that no font of documents has.", template.name)
    try:
        document, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"data": text},
            pdf_standards=["a-3a", "ua-1"],
        )
    except typst.TypstError as error:
        raise NotSet(f"{template.name}: {error}") from error
    if warnings:
        raise NotSet(f"{template.name}: {'; '.join(str(warning) for warning in warnings)}")
    return document


def unknown_characters(*texts: str) -> str:
    """What would be U+FFFD in a document, each character once, in the order of the texts; empty: all can be shown."""
    found = (cluster for text in texts for cluster in _clusters(text) if NO_GLYPH in _shown(cluster))
    return "".join(dict.fromkeys(found))


@cache
def _fonts() -> typst.Fonts:
    """Ours alone: neither those of the machine nor those that Typst brings along."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _settable(value: Any) -> Any:
    """The same data with every text in characters that the fonts have, and places to break in words without end."""
    if isinstance(value, dict):
        # Where a link leads is not shown.
        return {name: inner if name == "url" else _settable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_settable(inner) for inner in value]
    if not isinstance(value, str):
        return value
    value = value.replace("1ᵉʳ", "1er")  # the font has no raised letters
    if value.isascii() and value.isprintable():
        text = value
    else:
        text = "".join(_shown(cluster) for cluster in _clusters(value))
    # A drawing is a text too, but none that is read.
    return text if text.startswith(("<?xml", "<svg")) else _LONG_WORD.sub(_breakable, text)


def _breakable(word: re.Match[str]) -> str:
    text = word.group()
    is_address = "@" in text or "://" in text
    return text if is_address and len(text) <= LONGEST_ADDRESS else _BREAK_HERE.join(_clusters(text))


def _clusters(text: str) -> Iterator[str]:
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
def _shown(cluster: str) -> str:
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
    """What every weight of a font can show, by the font, from its table of characters («cmap», format 4)."""
    found: dict[str, frozenset[int]] = {}
    for path in sorted(FONTS.glob("*.[ot]tf")):
        family, here = path.stem.rpartition("-")[0], _characters_of(path.read_bytes())
        found[family] = found.get(family, here) & here
    return found


def _characters_of(font: bytes) -> frozenset[int]:
    tables = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(_u16(font, 4)))
    cmap = next(offset for tag, _sum, offset, _length in tables if tag == b"cmap")
    inner = [cmap + struct.unpack_from(">HHL", font, cmap + 4 + 8 * one)[2] for one in range(_u16(font, cmap + 2))]
    table = next(offset for offset in inner if _u16(font, offset) == 4)
    segments = _u16(font, table + 6) // 2
    found: set[int] = set()
    for number in range(segments):
        last = _u16(font, table + 14 + 2 * number)
        first = _u16(font, table + 16 + 2 * (segments + number))
        # Between segments stands nothing: our fonts are made without gaps inside one. 0xFFFF closes the table.
        found.update(one for one in range(first, last + 1) if one != 0xFFFF)
    return frozenset(found)


def _u16(data: bytes, offset: int) -> int:
    return int(struct.unpack_from(">H", data, offset)[0])
