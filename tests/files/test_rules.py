import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.files import rules
from tests.files import contents

OFFICE = "application/vnd.openxmlformats-officedocument"


def kind(content: bytes, name: str) -> str | None:
    return rules.content_type(rules.sample([content]), name)


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (contents.PNG, "screen.png", "image/png"),
        (contents.JPEG, "IMG_1.JPG", "image/jpeg"),
        (contents.GIF, "a.gif", "image/gif"),
        (contents.WEBP, "a.webp", "image/webp"),
        (contents.HEIC, "IMG_1.HEIC", "image/heic"),
        (contents.PDF, "invoice.pdf", "application/pdf"),
        (b"\xef\xbb\xbf\n" + contents.PDF, "invoice.pdf", "application/pdf"),
        (contents.ZIP, "photos.zip", "application/zip"),
        (contents.zipped(), "nothing.zip", "application/zip"),
        (contents.DOCX, "letter.docx", f"{OFFICE}.wordprocessingml.document"),
        (contents.XLSX, "sums.xlsx", f"{OFFICE}.spreadsheetml.sheet"),
        (
            contents.zipped("[Content_Types].xml", "ppt/presentation.xml"),
            "a.pptx",
            f"{OFFICE}.presentationml.presentation",
        ),
        (contents.ODT, "letter.odt", "application/vnd.oasis.opendocument.text"),
        (contents.ODT, "sums.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (contents.OLE, "old.doc", "application/msword"),
        (contents.OLE, "old.xls", "application/vnd.ms-excel"),
        (contents.OLE, "mail.msg", "application/vnd.ms-outlook"),
        (contents.RTF, "letter.rtf", "application/rtf"),
        (contents.RTF, "letter.doc", "application/rtf"),
        (contents.TEXT, "note.txt", "text/plain"),
        (contents.TEXT, "sums.csv", "text/csv"),
        (contents.TEXT, "mail.eml", "message/rfc822"),
        (contents.TEXT, "error.log", "text/plain"),
        ("caf\xe9".encode("latin-1"), "note.txt", "text/plain"),
        ("Unicode, sagt Windows".encode("utf-16"), "note.txt", "text/plain"),
        (b"\x1b[31mred\x1b[0m", "console.log", "text/plain"),
        # Named after another picture, or not named at all: everyday and harmless.
        (contents.PNG, "photo.jpg", "image/png"),
        (contents.PNG, "pasted", "image/png"),
        (contents.PDF, "scan", "application/pdf"),
        (contents.ZIP, "archive", "application/zip"),
        (contents.TEXT, "README", "text/plain"),
    ],
)
def test_the_type_is_told_by_the_content(content, name, found):
    assert kind(content, name) == found


@pytest.mark.parametrize(
    ("content", "name"),
    [
        # Not what the name says.
        (contents.HTML, "holiday.png"),
        (contents.SVG, "holiday.png"),
        (contents.HTML, "note.txt"),
        (b"\xef\xbb\xbf  <HTML>", "note.txt"),
        ("<html>".encode("utf-16"), "note.txt"),
        (b"<!-- x --><svg>", "note.txt"),
        (contents.TEXT, "invoice.pdf"),
        (contents.PNG, "invoice.pdf"),
        (contents.PDF, "photo.png"),
        (contents.ZIP, "letter.docx"),
        (contents.ZIP, "letter.odt"),
        (contents.DOCX, "sums.xlsx"),
        (contents.EXE, "letter.doc"),
        (contents.EXE, "note.txt"),
        (contents.RTF, "note.txt"),
        (b"a\0b", "note.txt"),
        ("Unicode".encode("utf-16") + b"\x00\xd8", "note.txt"),
        ("a\0b".encode("utf-16"), "note.txt"),
        (b"\xff\xfe\x00\xdca\x00", "note.txt"),
        # Not taken under any name.
        (contents.EXE, "setup.exe"),
        (contents.ELF, "setup"),
        (contents.MP4, "film.txt"),
        (contents.MP4, "film.webm"),
        (contents.XML.replace(b"<settings", b'<?xml-stylesheet href="a.xsl"?><settings'), "a.xml"),
        (contents.XML + b" " * 9000 + b'<x xmlns="http://www.w3.org/1999/xhtml"/>', "a.xml"),
        # The same in pieces, which a browser puts together.
        (contents.XML + b'<x xmlns="http://www.w3.org/1999/xht&#109;l"/>', "a.xml"),
        (contents.XML + b"<x xmlns:s = '&#x68;ttp://www.w3.org/2000/svg'/>", "a.xml"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "http://www.w3.org/1999/">]><r/>', "a.xml"),
        (contents.XML.decode().replace("settings", "svg").encode("utf-16"), "a.xml"),
        (contents.OLE, "letter.docx"),
        (contents.PROTECTED, "letter.pdf"),
        (contents.HTML, "page.html"),
        (contents.SVG, "drawing.svg"),
        (contents.TEXT, "run.bat"),
        (contents.TEXT, "run.ps1"),
        (contents.TEXT, "page.html"),
        (contents.PNG, "setup.exe"),
        (contents.PDF, "invoice.pdf.exe"),
        (contents.OLE, "setup.msi"),
        (contents.OLE, "old"),
        (contents.ZIP, "app.apk"),
        (contents.ZIP, "app.jar"),
        (contents.DOCX, "macro.docm"),
    ],
)
def test_what_is_not_taken(content, name):
    assert kind(content, name) is None


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (contents.MP4, "film.mp4", "video/mp4"),
        (contents.MOV, "IMG_1.MOV", "video/quicktime"),
        (contents.M4A, "voice.m4a", "audio/mp4"),
        (contents.MP4, "film.3gp", "video/3gpp"),
        (contents.WEBM, "screen.webm", "video/webm"),
        (contents.MP3, "voice.mp3", "audio/mpeg"),
        (contents.WAV, "beep.wav", "audio/wav"),
        (contents.OGG, "voice.opus", "audio/ogg"),
        (b"\xff\xfb\x90\x64", "voice.mp3", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "voice.aac", "audio/aac"),
        (b"#!AMR\n", "voice.amr", "audio/amr"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "old.avi", "video/x-msvideo"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "old.wmv", "video/x-ms-wmv"),
        (contents.AVIF, "photo.avif", "image/avif"),
        (contents.AVIF, "photo.jpg", "image/avif"),
        (contents.BMP, "screen.bmp", "image/bmp"),
        (contents.TIFF, "scan.tif", "image/tiff"),
        (contents.XML, "settings.xml", "text/plain"),
        (contents.XML + b'<!-- --><x xmlns="urn:a" b="&amp;&#13;"/>', "settings.xml", "text/plain"),
        (contents.XML.decode().encode("utf-16"), "settings.xml", "text/plain"),
        (contents.REG, "a.reg", "text/plain"),
        (contents.RDP, "office.rdp", "text/plain"),
    ],
)
def test_case_D9_what_support_is_sent_is_taken(content, name, found):
    assert rules.content_type(rules.sample([content]), name) == found


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx", "xlsm"])
@pytest.mark.parametrize("portion", [7, 512, 100_000])
def test_case_D8_an_office_document_with_a_password(ending, portion):
    whole = contents.PROTECTED
    chunks = [whole[place : place + portion] for place in range(0, len(whole), portion)]
    assert rules.content_type(rules.sample(chunks), f"pay.{ending}") == rules.PROTECTED


@pytest.mark.parametrize(
    ("name", "downloaded"), [("a.reg", "a.reg.txt"), ("A.RDP", "A.RDP.txt"), ("a.xml", "a.xml"), ("a", "a")]
)
def test_case_D9_what_acts_when_opened_opens_as_text(name, downloaded):
    assert rules.name_to_download(name) == downloaded


@pytest.mark.parametrize(
    "content",
    [contents.EXE, contents.HTML, contents.SVG, contents.OLE, contents.MP4, contents.TEXT, contents.zipped("run.exe")],
)
def test_case_D9_what_was_refused_is_taken_in_a_zip_file(content):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("inside", content)
    assert rules.content_type(rules.sample([archive.getvalue()]), "it.zip") == "application/zip"


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("a.png", True),
        ("a.PDF", True),
        ("a.docx", True),
        ("a.txt", True),
        ("a.exe", False),
        ("a.html", False),
        ("a", False),
    ],
)
def test_a_name_may_claim_a_type(name, claims):
    assert rules.claims_other_type(name) is claims


def test_a_file_is_looked_at_in_one_pass():
    chunks = [b"\x89PNG", b"\r\n\x1a\n", b"a" * 100_000, b"end"]
    seen = rules.sample(iter(chunks))
    assert seen.head == b"".join(chunks)[: rules.HEAD_BYTES]
    assert seen.tail == b"".join(chunks)[-rules.TAIL_BYTES :]
    assert rules.content_type(seen, "a.png") == "image/png"


def test_a_control_character_far_behind_is_seen():
    assert rules.sample([b"a" * 100_000, b"b" * 100_000]).is_text is True
    assert rules.sample([b"a" * 100_000, b"\x01", b"b" * 100_000]).is_text is False


@given(
    st.binary(min_size=1, max_size=200), st.sampled_from(["a.png", "a.txt", "a.pdf", "a.docx", "a"]), st.integers(1, 50)
)
def test_chunks_do_not_matter(content, name, size):
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    assert rules.content_type(rules.sample(chunks), name) == kind(content, name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Été à Évian.png", "Été à Évian.png"),
        ("E\u0301te.png", "Éte.png"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\note.txt", "note.txt"),
        ("../../a.png", "a.png"),
        ("a\0b\r\nc\t.png", "abc.png"),
        ("gnp.\u202eexe.png", "gnp.exe.png"),
        ("a\u200bb\u2066c\ufeff.txt", "abc.txt"),
        ("  many   blanks .txt ", "many blanks .txt"),
        ("a.txt. . ", "a.txt"),
        (".htaccess", "htaccess"),
        ("שלום.pdf", "שלום.pdf"),
        ("😀.png", "😀.png"),
        ("", "file"),
        ("...", "file"),
        ("\u202e", "file"),
        ("a/", "file"),
        ("x" * 250 + ".png", "x" * 196 + ".png"),
        ("x" * 250, "x" * 200),
        ("x." + "y" * 250, "x." + "y" * 198),
        ("x" * 250 + "." + "y" * 16, "x" * 183 + "." + "y" * 16),
        ("e\u200b\u0301.png", "é.png"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert rules.safe_name(name) == safe


@given(st.text(max_size=400))
def test_no_name_is_unsafe(name):
    safe = rules.safe_name(name)
    assert 1 <= len(safe) <= rules.NAME_LENGTH
    assert not set(safe) & set("/\\\0\r\n\t\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
    assert rules.safe_name(safe) == safe
