"""Documents as PDF, set by Typst: for archives (PDF/A-3a) and to be read aloud (PDF/UA-1).

A template is a `.typ` file that reads its data from `sys.inputs.data`, as JSON. It knows no text of its own: what it
shows was put into the reader's language before. What a document shows is set in our own font and in no other.
"""

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).with_name("fonts")
NO_GLYPH = "\ufffd"


class NotSet(Exception):
    """A template that does not set cleanly is a mistake of ours, never of the data."""


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """The document; characters that the font lacks are U+FFFD in it. Raises `NotSet` on errors and on warnings."""
    text = json.dumps(_settable(data), ensure_ascii=False)
    try:
        document, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": text},
            pdf_standards=["a-3a", "ua-1"],
        )
    except typst.TypstError as error:
        raise NotSet(f"{template.name}: {error}") from error
    if warnings:
        raise NotSet(f"{template.name}: {'; '.join(str(warning) for warning in warnings)}")
    return document


def _settable(value: Any) -> Any:
    """The same data with every text in characters that the font has."""
    if isinstance(value, dict):
        return {name: _settable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_settable(inner) for inner in value]
    if isinstance(value, str):
        value = value.replace("1ᵉʳ", "1er")  # the font has no raised letters
        return "".join(one if ord(one) in _characters() else " " if one.isspace() else NO_GLYPH for one in value)
    return value


@cache
def _characters() -> frozenset[int]:
    """What every weight of the font can show, from its table of characters («cmap», format 4)."""
    return frozenset.intersection(*(_characters_of(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))))


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
