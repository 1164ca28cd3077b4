"""D10: the place where a picture or a film was taken is left out; what is seen stays, bit by bit."""

import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel import picture_positions

PLACE = b"48.5734N 7.7521E"


def tiff(orientation: int = 6) -> bytes:
    """A TIFF block, as Exif has it: how it is turned, a camera, and a directory of GPS values."""
    head = b"II*\0" + struct.pack("<L", 8)
    gps_at, place_at = 8 + 2 + 2 * 12 + 4, 8 + 2 + 2 * 12 + 4 + 2 + 2 * 12 + 4
    first = struct.pack("<HHHLHHHHLLL", 2, 0x0112, 3, 1, orientation, 0, 0x8825, 4, 1, gps_at, 0)
    gps = struct.pack("<HHHL4sHHLLL", 2, 1, 2, 2, b"N\0\0\0", 2, 7, len(PLACE), place_at, 0)
    return head + first + gps + PLACE


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
TABLES = segment(0xDB, b"\0" * 65) + segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
COLOURS = segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
JFIF = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts) + TABLES + SCAN + SCAN + b"\xff\xd9"


def test_case_D10_a_photo_keeps_pixels_colours_and_how_it_is_turned():
    exif, xmp = segment(0xE1, b"Exif\0\0" + tiff()), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<GPS>" + PLACE)
    several, remark = segment(0xE2, b"MPF\0" + PLACE), segment(0xFE, PLACE)
    found = picture_positions.without_position(
        jpeg(JFIF, exif, xmp, COLOURS, several, remark) + b"a film of the moment: " + PLACE, "image/jpeg"
    )
    assert PLACE not in found
    turned = found[2 : 2 + 4 + 2 + 26 + 4]
    assert turned.startswith(b"\xff\xe1\x00\x22Exif\0\0MM\0*")
    assert found == b"\xff\xd8" + turned + JFIF + COLOURS + TABLES + SCAN + SCAN + b"\xff\xd9"
    assert struct.unpack(">HHLH", turned[20:30]) == (0x0112, 3, 1, 6)


@pytest.mark.parametrize("whole", [jpeg(JFIF, COLOURS), jpeg(JFIF)[:-30], b"\xff\xd8\xff", jpeg() + b""])
def test_case_D10_without_a_position_nothing_is_changed(whole):
    assert picture_positions.without_position(whole, "image/jpeg") == whole


def test_a_photo_that_is_not_turned_needs_no_exif():
    found = picture_positions.without_position(jpeg(segment(0xE1, b"Exif\0\0" + tiff(1))), "image/jpeg")
    assert found == jpeg()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def test_case_D10_a_png():
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13)
    end = chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")
    found = picture_positions.without_position(
        start + chunk(b"eXIf", tiff()) + chunk(b"iTXt", PLACE) + end + PLACE, "image/png"
    )
    assert found == start + end
    assert picture_positions.without_position(start + end[:-5], "image/png") == start + end[:-5]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(kind + struct.pack("<L", len(one)) + one + b"\0" * (len(one) % 2) for kind, one in chunks)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def test_case_D10_a_webp():
    whole = riff((b"VP8X", b"\x1c" + b"\0" * 9), (b"VP8 ", b"pixel"), (b"EXIF", tiff()), (b"XMP ", PLACE))
    found = picture_positions.without_position(whole, "image/webp")
    assert found == riff((b"VP8X", b"\x10" + b"\0" * 9), (b"VP8 ", b"pixel"))
    assert picture_positions.without_position(b"RIFF", "image/webp") == b"RIFF"


@pytest.mark.parametrize("content_type", ["image/heic", "image/avif"])
def test_case_D10_where_nothing_can_be_moved_it_is_overwritten(content_type):
    xmp = b'<x exif:GPSLatitude="48,34.4N" exif:Model="Phone"><exif:GPSLongitude>7,45.1E</exif:GPSLongitude>'
    whole = b"\0\0\0\x18ftypheic" + b"Exif\0\0" + tiff() + xmp + b"pixels"
    found = picture_positions.without_position(whole, content_type)
    assert (PLACE in found, b"48,34" in found, b"7,45" in found) == (False, False, False)
    assert (len(found), found[-6:], b"Phone" in found) == (len(whole), b"pixels", True)


def test_case_D10_a_scan_as_tiff():
    found = picture_positions.without_position(tiff(), "image/tiff")
    assert PLACE not in found
    assert found[:20] == tiff()[:20]


@pytest.mark.parametrize(
    "said", [b"+48.5734+007.7521+143.000/", b"+48.57-122.4194/", b"-33.8688+151.2093+012.3CRSWGS_84/"]
)
def test_case_D10_a_film(said):
    whole = b"\0\0\0\x18ftypqt  moov\xa9xyz" + said + b"mdat +1.5 - 3/ sound"
    found = picture_positions.without_position(whole, "video/quicktime")
    assert said not in found
    assert (len(found), found[-20:]) == (len(whole), whole[-20:])


def test_other_files_are_left_alone():
    assert picture_positions.without_position(PLACE, "text/plain") == PLACE


@given(
    st.binary(max_size=300), st.sampled_from(sorted(picture_positions.CONTENT_TYPES)),
    st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b"II*\0", b"Exif\0\0MM\0*"]),
)  # fmt: skip
def test_any_bytes_are_read(content, content_type, head):
    assert len(picture_positions.without_position(head + content, content_type)) <= len(head + content)


FTYP = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
BUSY = {
    "blocks": FTYP + b"Exif\0\0II*\0\x08\0\0\0" * 700_000,
    "directories": b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHLL", 0x8825, 4, 1, 8) * 65_535,
    "values": b"II*\0\x08\0\0\0\x01\0"
    + struct.pack("<HHLLL", 0x8825, 4, 1, 26, 0)
    + b"\xff\xff"
    + struct.pack("<HHLL", 2, 7, 9_000_000, 800_000) * 65_535
    + bytes(10_000_000),
}


@pytest.mark.parametrize("made", BUSY)
def test_case_D10_a_file_made_to_keep_us_busy(made):
    """Each took minutes, and copied the file once for each block in it."""
    began = time.process_time()
    found = picture_positions.without_position(BUSY[made], "image/heic")
    assert time.process_time() - began < 3
    assert len(found) == len(BUSY[made])


def test_case_D10_a_directory_behind_the_end_adds_nothing():
    cut = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHLLL", 0x8825, 4, 1, 5_000, 0)
    assert picture_positions.without_position(cut, "image/tiff") == cut
