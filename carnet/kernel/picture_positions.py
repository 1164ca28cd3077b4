"""Where a picture or a film was taken, taken out of its bytes; what is seen and heard stays as it was, bit by bit.

A picture as JPEG, PNG or WebP keeps what is needed to show it: other parts (camera, place, thumbnail, what phones hang
on behind the end) are left out. In HEIC, AVIF, TIFF and films the places of such parts are written down elsewhere in
the file, so nothing is moved: the position is overwritten where it stands.
"""

import itertools
import re
import struct
from collections.abc import Callable, Iterator

_JPEG_START = b"\xff\xd8"
_JPEG_END = 0xD9
_JPEG_SCAN = 0xDA
# APP0 (JFIF), APP2 with a colour profile, APP14 (Adobe: how colours are coded): without them it looks different.
_JPEG_KEPT = {0xE0: b"", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_PNG_LEFT_OUT = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}
_WEBP_LEFT_OUT = {b"EXIF", b"XMP "}
_WEBP_FLAGS_LEFT_OUT = 0x08 | 0x04  # «has Exif», «has XMP»
_ORIENTATION, _GPS = 0x0112, 0x8825
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
# Films: +48.5734+007.7521+143.000/ (ISO 6709); pictures: a packet of XMP says exif:GPSLatitude="48,34.4N".
_ISO_6709 = re.compile(rb"[+-]\d{2,4}\.\d{2,8}[+-]\d{3,5}\.\d{2,8}(?:[+-]\d{1,5}(?:\.\d{1,6})?)?(?:CRS[\w]{1,12})?/")
_XMP_GPS = re.compile(rb'(GPS[A-Za-z]{1,30}="|<[a-z]{1,12}:GPS[A-Za-z]{1,30}>)([ -!#-;=-~]{1,80})(?=["<])')
_DIGITS = re.compile(rb"\d")
# More of them has no picture; a file that is made to keep us busy has millions.
_MOST_BLOCKS, _MOST_DIRECTORIES, _MOST_ENTRIES, _LONGEST_VALUE = 100, 4, 1000, 65536


def without_position(content: bytes, content_type: str) -> bytes:
    """The same picture or film without the place where it was taken; anything else is returned as it is."""
    change = _CHANGES.get(content_type)
    return change(content) if change else content


def _jpeg(content: bytes) -> bytes:
    if not content.startswith(_JPEG_START):
        return content
    kept, place = [_JPEG_START], 2
    turned = 0
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker == _JPEG_END:
            break
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        body = content[place + 4 : end]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turned = turned or _orientation(body[6:])
        elif _is_kept(marker, body):
            kept.append(content[place:end])
        place = end
        if marker == _JPEG_SCAN:
            found = _AFTER_SCAN.search(content, place)
            end = found.start() if found else len(content)
            kept.append(content[place:end])
            place = end
    if place < len(content) and content[place : place + 2] != b"\xff\xd9":
        kept.append(content[place:])  # cut off, or no segments any more: shown as far as it goes
    elif place < len(content):
        kept.append(b"\xff\xd9")
    if turned > 1:
        kept.insert(1, _exif_with(turned))
    return b"".join(kept)


def _is_kept(marker: int, body: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker in _JPEG_KEPT and body.startswith(_JPEG_KEPT[marker])
    return marker != 0xFE  # a comment


def _exif_with(orientation: int) -> bytes:
    """The shortest Exif that says how the picture is turned."""
    tiff = b"MM\0*" + struct.pack(">LHHHLHHL", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _orientation(tiff: bytes) -> int:
    for tag, place, order in _entries(tiff):
        if tag == _ORIENTATION:
            (value,) = struct.unpack_from(order + "H", tiff, place + 8)
            return int(value) if 1 <= value <= 8 else 0
    return 0


def _png(content: bytes) -> bytes:
    kept, place = [content[:8]], 8
    while place + 8 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        if kind not in _PNG_LEFT_OUT:
            kept.append(content[place:end])
        place = end
        if kind == b"IEND":
            return b"".join(kept)
    return b"".join([*kept, content[place:]])


def _webp(content: bytes) -> bytes:
    kept, place = [], 12
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        end = place + 8 + size + size % 2
        kind, chunk = content[place : place + 4], content[place:end]
        if kind == b"VP8X" and len(chunk) > 8:
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS_LEFT_OUT]) + chunk[9:]
        if kind not in _WEBP_LEFT_OUT:
            kept.append(chunk)
        place = end
    if place == 12:
        return content
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def _overwritten(content: bytes) -> bytes:
    """HEIC, AVIF, TIFF: every directory of GPS values is emptied, and so is what XMP says of it."""
    changed = bytearray(content)
    starts = [0] if content[:4] in (b"II*\0", b"MM\0*") else []
    blocks = re.finditer(rb"Exif\0\0(?=II\*\0|MM\0\*)", content)
    starts += [found.end() for found in itertools.islice(blocks, _MOST_BLOCKS)]
    for start in starts:
        _empty_gps(changed, start)
    return _XMP_GPS.sub(lambda found: found[1] + b" " * len(found[2]), bytes(changed))


def _film(content: bytes) -> bytes:
    return _ISO_6709.sub(lambda found: _DIGITS.sub(b"0", found[0]), content)


def _empty_gps(changed: bytearray, start: int) -> None:
    """Nothing is copied: a file may hold many blocks, each of which reaches to its end."""
    tiff = memoryview(changed)[start:]
    directories = [entry for entry in _entries(tiff) if entry[0] == _GPS]
    for _tag, place, order in directories[:_MOST_DIRECTORIES]:
        (directory,) = struct.unpack_from(order + "L", tiff, place + 8)
        for _tag, entry, _order in _entries(tiff, directory):
            kind, count = struct.unpack_from(order + "HL", tiff, entry + 2)
            size = _TYPE_BYTES.get(kind, 0) * count
            (value,) = struct.unpack_from(order + "L", tiff, entry + 8)
            if 4 < size <= min(_LONGEST_VALUE, len(tiff) - value):
                tiff[value : value + size] = bytes(size)
            tiff[entry : entry + 12] = bytes(12)
        if directory + 2 <= len(tiff):
            tiff[directory : directory + 2] = bytes(2)  # it has no entries


def _entries(tiff: bytes | memoryview, directory: int | None = None) -> Iterator[tuple[int, int, str]]:
    """The entries of a directory, by default the first, 1,000 at most: tag, place, and order of bytes. Nothing if it is
    no TIFF.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(tiff[:4]))
    if order is None or len(tiff) < 8:
        return
    if directory is None:
        (directory,) = struct.unpack_from(order + "L", tiff, 4)
    assert directory is not None
    if directory + 2 > len(tiff):
        return
    (count,) = struct.unpack_from(order + "H", tiff, directory)
    for number in range(min(count, _MOST_ENTRIES)):
        place = directory + 2 + 12 * number
        if place + 12 > len(tiff):
            return
        yield struct.unpack_from(order + "H", tiff, place)[0], place, order


_CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": _overwritten,
    "image/avif": _overwritten,
    "image/tiff": _overwritten,
    "video/mp4": _film,
    "video/quicktime": _film,
    "video/3gpp": _film,
}
CONTENT_TYPES = frozenset(_CHANGES)  # which may say where they were taken
