"""Small contents of every kind, made here, so that no test needs a real document."""

import io
import zipfile

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
GIF = b"GIF89a\x01\x00\x01\x00"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 "
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1"
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  "
M4A = b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00M4A isom"
WEBM = b"\x1aE\xdf\xa3\x01\x00\x00\x00"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
OGG = b"OggS\x00\x02\x00\x00"
BMP = b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" + b"\0" * 36
TIFF = b"II*\0\x08\x00\x00\x00\x00\x00"
XML = b'<?xml version="1.0"?>\n<settings><printer>HP</printer></settings>'
REG = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\X]\r\n".encode("utf-16")
RDP = "screen mode id:i:2\r\nfull address:s:10.0.0.1\r\n".encode("utf-16")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
# What Office writes when a document gets a password: a compound file with two streams.
PROTECTED = OLE + "EncryptionInfo".encode("utf-16-le") + b"\0" * 5000 + "EncryptedPackage".encode("utf-16-le")
RTF = b"{\\rtf1\\ansi Hello}"
EXE = b"MZ\x90\x00\x03\x00\x00\x00"
ELF = b"\x7fELF\x02\x01\x01\x00"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = "Bonjour, voilà ce que dit l’écran.\r\n\tErreur 12\n".encode()


def zipped(*names: str) -> bytes:
    """A ZIP archive with files of these names; «mimetype» holds what OpenDocument wants to stand first."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x" * 5000)
    return archive.getvalue()


ZIP = zipped("photos/a.png")
DOCX = zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")
PPTX = zipped("[Content_Types].xml", "ppt/presentation.xml")
ODT = zipped("mimetype", "content.xml")
