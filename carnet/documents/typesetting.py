"""Documents as PDF, set by Typst: for archives (PDF/A-3a) and to be read aloud (PDF/UA-1).

A template is a `.typ` file that reads its data from `sys.inputs.data`, as JSON. It knows no text of its own: what it
shows was put into the reader's language before. What a document shows is set in our own fonts and in no others: in
Carnet Document, and what that one lacks in the first of the other families that has it.
"""

import json
import logging
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from carnet.documents import glyphs

log = logging.getLogger(__name__)
# What is longer than this without a blank may break anywhere, else it would run off the page. An address of usual
# length is left whole: copied from the document, it would bring the invisible places along.
LONGEST_WORD = 24
LONGEST_ADDRESS = 44
SPECIMEN = {"fr": "SPÉCIMEN", "en": "SPECIMEN", "es": "MUESTRA"}

_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_BREAK_HERE = "\u200b"


class NotSet(Exception):
    """A template that does not set cleanly is a mistake of ours, never of the data."""


def pdf(template: Path, data: dict[str, Any], *, attached: bytes = b"") -> bytes:
    """The document; characters that no font has are U+FFFD in it. Raises `NotSet` on errors and on warnings.

    The template is given `fonts`, and `specimen`: the word to print across what looks like money, empty on a live site.
    What is `attached`, in UTF-8, it finds as it is in `sys.inputs.attached`, to attach it to the document.
    """
    specimen = SPECIMEN.get(data.get("language", ""), "") if settings.IS_DEMO else ""
    text = json.dumps(_settable({"fonts": glyphs.FAMILIES, "specimen": specimen, **data}), ensure_ascii=False)
    if glyphs.NO_GLYPH in text:
        log.warning("A document of %s has characters that no font of documents has.", template.name)
    try:
        document, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"data": text, "attached": attached.decode()},
            pdf_standards=["a-3a", "ua-1"],
        )
    except typst.TypstError as error:
        raise NotSet(f"{template.name}: {error}") from error
    if warnings:
        raise NotSet(f"{template.name}: {'; '.join(str(warning) for warning in warnings)}")
    return document


@cache
def _fonts() -> typst.Fonts:
    """Ours alone: neither those of the machine nor those that Typst brings along."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(glyphs.FONTS)])


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
        text = "".join(glyphs.shown(cluster) for cluster in glyphs.clusters(value))
    # A drawing is a text too, but none that is read.
    return text if text.startswith(("<?xml", "<svg")) else _LONG_WORD.sub(_breakable, text)


def _breakable(word: re.Match[str]) -> str:
    text = word.group()
    is_address = "@" in text or "://" in text
    return text if is_address and len(text) <= LONGEST_ADDRESS else _BREAK_HERE.join(glyphs.clusters(text))
