"""Limits, names and types of files. The type is told by the content; the name must not claim something else."""

import codecs
import re
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
    "image/avif": {"avif"},
    "image/bmp": {"bmp", "dib"},
    "image/tiff": {"tif", "tiff"},
}
# A photo named .jpg that is a PNG is everyday and harmless: any picture may have any picture's ending.
PICTURE_ENDINGS = {"", *(ending for endings in PICTURES.values() for ending in endings)}
# What phones and screen recorders make. Sound in the container of a film is a film to its content, and the reverse.
FILMS = {
    "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "qt": "video/quicktime", "3gp": "video/3gpp",
    "3gpp": "video/3gpp", "m4a": "audio/mp4", "m4b": "audio/mp4",
}  # fmt: skip
SOUNDS = {"mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
          "amr": "audio/amr", "aac": "audio/aac"}  # fmt: skip
RECORDINGS = {"webm": "video/webm", "mkv": "video/x-matroska", "avi": "video/x-msvideo", "wmv": "video/x-ms-wmv",
              "ogv": "video/ogg"}  # fmt: skip
MEDIA = FILMS | SOUNDS | RECORDINGS
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
# An office document with a password is no ZIP archive: it lies encrypted in a compound file.
PROTECTED = "application/x-protected-office"
PROTECTED_ENDINGS = {"docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "xlsb"}
TEXTS = {"csv": "text/csv", "eml": "message/rfc822"}
SETTINGS_ENDINGS = {"ini", "cfg", "conf", "json", "yaml", "yml", "xml", "reg", "rdp"}
# A double click on one of these changes settings or connects somewhere: downloaded, they open as text.
ACTING_ENDINGS = {"reg", "rdp"}
TEXT_ENDINGS = {"", "txt", "text", "log", "md", "csv", "tsv", "eml", "ics", "vcf", "srt"} | SETTINGS_ENDINGS

# What begins like this is a page or a drawing that can carry scripts, whatever its name says.
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<!doctype svg", b"<iframe")
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
# Anywhere in an XML file, these make a browser take it for a page, a drawing, or run a style sheet over it.
_ACTING_XML = (b"http://www.w3.org/1999/xhtml", b"http://www.w3.org/2000/svg", b"<?xml-stylesheet")
# The same said in pieces: parts of an address that are put together by entities, or letters of it by their number.
_IN_PIECES = re.compile(rb"<!entity|\bxmlns(?::[^\s=<>]{1,40})?\s{0,9}=\s{0,9}(?:\"[^\"<&]{0,60}&|'[^'<&]{0,60}&)")
_PROTECTED_MARK = b"encryptedpackage"
_LONGEST_MARK = 140


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


def name_to_download(name: str) -> str:
    """The name under which it is fetched: with «.txt» behind what acts when it is opened."""
    return f"{name}.txt" if ending_of(name) in ACTING_ENDINGS else name


def ending_of(name: str) -> str:
    """What follows the last dot, in small letters; empty without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is remembered of a file that streamed by: its beginning, its end, whether all of it is text, and whether
    what makes XML act, or marks a document with a password, stands anywhere in it.
    """

    head: bytes
    tail: bytes
    is_text: bool
    acts: bool = False
    is_protected: bool = False


# Texts do contain backspace, tab, line ends, form feed, the end of file of old systems, and escape (coloured logs).
_NOT_IN_TEXT = bytes(set(range(32)) - {8, 9, 10, 12, 13, 26, 27})


def sample(chunks: Iterable[bytes]) -> Sample:
    """Look at a file of any size in one pass, holding no more than a beginning and an end of it.

    Text is what has no other control characters than texts have, whatever its encoding; or UTF-16 with its mark, which
    old Windows programs call Unicode.
    """
    head, tail, is_text = b"", b"", True
    acts = is_protected = False
    seam = b""
    utf16: codecs.IncrementalDecoder | None = None
    for chunk in chunks:
        if not head and chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
            utf16 = codecs.getincrementaldecoder("utf-16")()
        head += chunk[: HEAD_BYTES - len(head)]
        tail = (tail + chunk)[-TAIL_BYTES:]
        is_text = is_text and _is_text(chunk, utf16)
        # Without NUL, so that UTF-16 reads like anything else.
        plain = seam + chunk.replace(b"\0", b"").lower()
        acts = acts or any(mark in plain for mark in _ACTING_XML) or _IN_PIECES.search(plain) is not None
        is_protected = is_protected or _PROTECTED_MARK in plain
        seam = plain[-_LONGEST_MARK:]
    is_text = is_text and (utf16 is None or utf16.getstate()[0] == b"")
    return Sample(head, tail, is_text, acts, is_protected)


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
        return PROTECTED if ending in PROTECTED_ENDINGS and seen.is_protected else COMPOUND.get(ending)
    if head.startswith(b"{\\rtf"):
        return "application/rtf" if ending in {"", "rtf", "doc"} else None
    medium = _medium(head)
    if medium is not None:
        return MEDIA[ending] if ending in medium else None
    if ending == "xml" and seen.acts:
        return None
    if seen.is_text and not is_markup(seen) and ending in TEXT_ENDINGS:
        return TEXTS.get(ending, "text/plain")
    return None


def claims_other_type(name: str) -> bool:
    """Whether the name has an ending of what may be stored: if it was not recognised, the content is something else."""
    known = PICTURE_ENDINGS | set(ZIPPED) | set(COMPOUND) | set(MEDIA) | TEXT_ENDINGS | {"pdf", "rtf"}
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
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC | _AVIF:
        return "image/heic" if head[8:12] in _HEIC else "image/avif"
    # Two letters are little: the size of the file's own head stands behind them.
    if head.startswith(b"BM") and head[14:18] in {bytes([size, 0, 0, 0]) for size in (12, 40, 52, 56, 64, 108, 124)}:
        return "image/bmp"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    return None


def _medium(head: bytes) -> set[str] | None:
    """The endings that a name may have whose content is this film or sound; None if it is neither."""
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"}:
        return set(FILMS)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return {"webm", "mkv"}
    if head.startswith(b"RIFF") and head[8:12] in {b"AVI ", b"WAVE"}:
        return {"avi"} if head[8:12] == b"AVI " else {"wav"}
    if head.startswith(b"OggS\0"):
        return {"ogg", "oga", "ogv", "opus"}
    if head[:4] in {b"ID3\x02", b"ID3\x03", b"ID3\x04"} or (
        head[:1] == b"\xff" and head[1:2] in {b"\xfb", b"\xfa", b"\xf3", b"\xf2"}
    ):
        return {"mp3"}
    if head[:1] == b"\xff" and head[1:2] in {b"\xf1", b"\xf9"}:
        return {"aac"}
    if head.startswith(b"#!AMR"):
        return {"amr"}
    return {"wmv"} if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") else None


def _zipped(seen: Sample, ending: str) -> str | None:
    """Office documents are ZIP archives with certain names in them, which stand uncompressed in the archive's list."""
    marks = {"docx": b"word/", "xlsx": b"xl/", "pptx": b"ppt/"}
    if ending in marks:
        is_office = b"[Content_Types].xml" in seen.head + seen.tail and marks[ending] in seen.tail
        return ZIPPED[ending] if is_office else None
    if ending in {"odt", "ods", "odp", "odg"}:
        return ZIPPED[ending] if seen.head[30:38] == b"mimetype" else None
    return ZIPPED["zip"] if ending in {"", "zip"} else None
