"""Limits, names and types of files. The type is told by the content; the name must not claim something else."""

import codecs
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from carnet.kernel import text

LARGEST_MEGABYTES = 20  # one file
LARGEST_TOGETHER_MEGABYTES = 60  # all files of one form
MOST_FILES = 10  # of one message
MEGABYTE = 1024 * 1024
NAME_LENGTH = 200
LONGEST_ENDING = 16
HEAD_BYTES = 4096
TAIL_BYTES = 65536

# What may be stored, with the endings that its names may have; «» is a name without one.
PICTURES = {
    "image/png": {"png"},
    "image/jpeg": {"jpg", "jpeg", "jfif"},
    "image/gif": {"gif"},
    "image/webp": {"webp"},
    "image/heic": {"heic", "heif"},
}
# A photo named .jpg that is a PNG is everyday and harmless: any picture may have any picture's ending.
PICTURE_ENDINGS = {"", *(ending for endings in PICTURES.values() for ending in endings)}
ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "odg": "application/vnd.oasis.opendocument.graphics",
    "zip": "application/zip",
}
COMPOUND = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
TEXTS = {"csv": "text/csv", "eml": "message/rfc822"}
SETTINGS_ENDINGS = {"ini", "cfg", "conf", "json", "yaml", "yml"}
TEXT_ENDINGS = {"", "txt", "text", "log", "md", "csv", "tsv", "eml", "ics", "vcf", "srt"} | SETTINGS_ENDINGS

# What begins like this is a page or a drawing that can carry scripts, whatever its name says.
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<!doctype svg", b"<iframe")
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}


def safe_name(name: str) -> str:
    """The name without folders, control or invisible characters (writing direction!), of 200 characters at most.

    Its ending stays, also when it is cut; a name of which nothing is left becomes «file».
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    seen = " ".join(text.one_line(seen).split()).strip(". ")
    if len(seen) > NAME_LENGTH:
        stem, dot, ending = seen.rpartition(".")
        if not stem or len(ending) > LONGEST_ENDING:
            stem, dot, ending = seen, "", ""
        seen = stem[: NAME_LENGTH - len(dot + ending)].rstrip(". ") + dot + ending
    return seen or "file"


def ending_of(name: str) -> str:
    """What follows the last dot, in small letters; empty without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is remembered of a file that streamed by: its beginning, its end, and whether all of it is text."""

    head: bytes
    tail: bytes
    is_text: bool


# Texts do contain backspace, tab, line ends, form feed, the end of file of old systems, and escape (coloured logs).
_NOT_IN_TEXT = bytes(set(range(32)) - {8, 9, 10, 12, 13, 26, 27})


def sample(chunks: Iterable[bytes]) -> Sample:
    """Look at a file of any size in one pass, holding no more than a beginning and an end of it.

    Text is what has no other control characters than texts have, whatever its encoding; or UTF-16 with its mark, which
    old Windows programs call Unicode.
    """
    head, tail, is_text = b"", b"", True
    utf16: codecs.IncrementalDecoder | None = None
    for chunk in chunks:
        if not head and chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
            utf16 = codecs.getincrementaldecoder("utf-16")()
        head += chunk[: HEAD_BYTES - len(head)]
        tail = (tail + chunk)[-TAIL_BYTES:]
        is_text = is_text and _is_text(chunk, utf16)
    return Sample(head, tail, is_text and (utf16 is None or utf16.getstate()[0] == b""))


def _is_text(chunk: bytes, utf16: codecs.IncrementalDecoder | None) -> bool:
    if utf16 is not None:
        try:
            chunk = utf16.decode(chunk).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return False
    return len(chunk.translate(None, _NOT_IN_TEXT)) == len(chunk)


def is_markup(seen: Sample) -> bool:
    """Whether the content is HTML or SVG, which could carry scripts."""
    marks = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
    start = next((seen.head.removeprefix(mark) for mark in marks if seen.head.startswith(mark)), seen.head)
    start = start.replace(b"\0", b"").lstrip().lower()
    return start.startswith(_MARKUP) or (
        start.startswith((b"<?xml", b"<!--")) and any(mark in start for mark in _MARKUP)
    )


def content_type(seen: Sample, name: str) -> str | None:
    """The type of a file by its content, if it may be stored and its name has an ending of that type; else None."""
    ending, head = ending_of(name), seen.head
    picture = _picture(head)
    if picture is not None:
        return picture if ending in PICTURE_ENDINGS else None
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return "application/pdf" if ending in {"", "pdf"} else None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(seen, ending)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return COMPOUND.get(ending)
    if head.startswith(b"{\\rtf"):
        return "application/rtf" if ending in {"", "rtf", "doc"} else None
    if seen.is_text and not is_markup(seen) and ending in TEXT_ENDINGS:
        return TEXTS.get(ending, "text/plain")
    return None


def claims_other_type(name: str) -> bool:
    """Whether the name has an ending of what may be stored: if it was not recognised, the content is something else."""
    known = PICTURE_ENDINGS | set(ZIPPED) | set(COMPOUND) | TEXT_ENDINGS | {"pdf", "rtf"}
    return ending_of(name) in known - {""}


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "image/heic"
    return None


def _zipped(seen: Sample, ending: str) -> str | None:
    """Office documents are ZIP archives with certain names in them, which stand uncompressed in the archive's list."""
    marks = {"docx": b"word/", "xlsx": b"xl/", "pptx": b"ppt/"}
    if ending in marks:
        is_office = b"[Content_Types].xml" in seen.head + seen.tail and marks[ending] in seen.tail
        return ZIPPED[ending] if is_office else None
    if ending in {"odt", "ods", "odp", "odg"}:
        return ZIPPED[ending] if seen.head[30:38] == b"mimetype" else None
    return ZIPPED["zip"] if ending in {"", "zip"} else None
