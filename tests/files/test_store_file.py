import datetime
import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile, UploadedFile

from carnet.files import actions as files
from carnet.files import rules
from carnet.files.models import StoredFile
from carnet.files.upload import LeftOut
from carnet.proof.replays import files as replay
from carnet.proof.shown.faults import sentence
from tests.files import contents
from tests.kernel.test_picture_positions import PLACE, jpeg, segment, tiff

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def upload(content: bytes, name: str, content_type: str = "text/html") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def test_a_file_is_kept_with_the_type_of_its_content():
    file = files.store_file(upload=upload(contents.PNG, "../Écran\u202e.png"), at=NOON)
    file.refresh_from_db()
    assert (file.name, file.content_type, file.size_bytes, file.stored_at) == (
        "Écran.png", "image/png", len(contents.PNG), NOON,
    )  # fmt: skip
    assert file.sha256 == hashlib.sha256(contents.PNG).hexdigest()
    assert file.is_picture
    with file.content.open() as kept:
        assert kept.read() == contents.PNG


def test_on_the_disk_it_has_neither_name_nor_ending():
    file = files.store_file(upload=upload(contents.TEXT, "note.txt"), at=NOON)
    assert file.content.name == f"2026/11/{file.pk}"
    assert default_storage.listdir("2026/11") == ([], [str(file.pk)])
    assert not file.is_picture


def test_a_temporary_file_moves_there():
    temporary = TemporaryUploadedFile("note.txt", "text/plain", len(contents.TEXT), None)
    temporary.write(contents.TEXT)
    temporary.seek(0)
    file = files.store_file(upload=temporary, at=NOON)
    temporary.close()
    with file.content.open() as kept:
        assert kept.read() == contents.TEXT


def refused(bad: object, refusal: type[Exception], **values: object) -> None:
    with pytest.raises(refusal) as raised:
        files.store_file(upload=bad, at=NOON)  # type: ignore[arg-type]
    assert raised.value.values == values  # type: ignore[attr-defined]
    assert StoredFile.objects.count() == 0


def test_an_empty_file_is_refused():
    refused(upload(b"", "a.txt"), files.FileEmpty, name="a.txt")


def test_a_file_that_is_not_what_its_name_says_is_refused():
    refused(upload(contents.HTML, "a.png", "image/png"), files.FileNotAsNamed, name="a.png")


@pytest.mark.parametrize("name", ["a.exe", "a"])
def test_a_program_is_refused(name):
    refused(upload(contents.EXE, name), files.FileTypeRefused, name=name)


def test_a_file_of_20_mb_is_kept_and_one_byte_more_is_refused():
    size = rules.LARGEST_MEGABYTES * rules.MEGABYTE
    assert files.examine_file(upload(b"a" * size, "a.txt")) == "text/plain"
    refused(upload(b"a" * (size + 1), "a.txt"), files.FileTooLarge, name="a.txt", megabytes=20)


def test_what_was_let_go_while_it_came_in_is_refused():
    refused(LeftOut("big.zip", alone=True), files.FileTooLarge, name="big.zip", megabytes=20)
    refused(LeftOut("big.zip", alone=False), files.FilesTooLargeTogether, name="big.zip", megabytes=60)


def test_ten_files_are_taken_and_eleven_are_too_many():
    ten: list[UploadedFile] = [upload(contents.PNG, f"{number}.png") for number in range(10)]
    assert files.examine_files(ten) == [(one, "image/png") for one in ten]
    with pytest.raises(files.TooManyFiles) as refusal:
        files.examine_files([*ten, upload(contents.PNG, "more.png")])
    assert refusal.value.values == {"count": 11, "most": 10}


def test_of_several_files_the_first_bad_one_is_told():
    with pytest.raises(files.FileEmpty) as refusal:
        files.examine_files([upload(contents.PNG, "a.png"), upload(b"", "b.png"), upload(contents.EXE, "c.exe")])
    assert refusal.value.values == {"name": "b.png"}


def test_case_G12_contents_are_compared_with_what_was_stored():
    good, missing, cut, changed = (files.store_file(upload=upload(contents.PNG, "a.png"), at=NOON) for _ in range(4))
    default_storage.delete(missing.content.name)
    for file, content in ((cut, contents.PNG[:-1]), (changed, contents.PNG[:-1] + b"?")):
        Path(default_storage.path(file.content.name)).write_bytes(content)
    [(read, found)] = list(replay.faults())
    faults = [sentence(fault) for fault in found]
    size = len(contents.PNG)
    assert (read, sorted(faults)) == (
        4,
        sorted(
            [
                f"file {missing.pk}: its content is missing",
                f"file {cut.pk}: its content does not have the size that was stored (found {size - 1}, stored {size})",
                f"file {changed.pk}: its content is not what was stored",
            ]
        ),
    )
    assert good.sha256 == changed.sha256


def test_case_G12_they_are_read_in_portions(monkeypatch):
    monkeypatch.setattr(replay, "PORTION_FILES", 2)
    for _ in range(5):
        files.store_file(upload=upload(contents.PNG, "a.png"), at=NOON)
    assert list(replay.faults()) == [(2, []), (2, []), (1, [])]


def test_case_D10_the_place_of_a_photo_is_not_kept():
    photo = jpeg(segment(0xE1, b"Exif\0\0" + tiff()))
    file = files.store_file(upload=upload(photo, "IMG_1.jpg"), at=NOON)
    with file.content.open() as kept:
        content = kept.read()
    assert (PLACE in photo, PLACE in content) == (True, False)
    assert (file.size_bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_case_D8_a_document_with_a_password_is_kept_as_one():
    file = files.store_file(upload=upload(contents.PROTECTED, "pay.xlsx"), at=NOON)
    assert (file.content_type, file.is_protected, file.is_picture) == (rules.PROTECTED, True, False)
