import datetime
import hashlib
import logging
import threading
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError, connection, models, transaction

from carnet.files import queries, rules
from carnet.files.models import StoredFile
from carnet.kernel import picture_positions
from carnet.kernel.refused import Refused

log = logging.getLogger(__name__)
ORPHAN_AFTER = datetime.timedelta(days=2)
# Contents written by this thread whose rows are not committed yet.
_written = threading.local()


class FileEmpty(Refused):
    """The file has no content."""

    code = "files.empty"
    field = "files"


class FileTooLarge(Refused):
    """The file is larger than one file may be."""

    code = "files.too_large"
    field = "files"


class FilesTooLargeTogether(Refused):
    """The files of one message are larger than they may be together."""

    code = "files.too_large_together"
    field = "files"


class TooManyFiles(Refused):
    """More files than one message may have."""

    code = "files.too_many"
    field = "files"


class FileTypeRefused(Refused):
    """A kind of file that is not taken: programs, scripts, web pages, drawings with scripts, the unknown."""

    code = "files.type_refused"
    field = "files"


class FileNotAsNamed(Refused):
    """The name claims a kind of file that the content is not."""

    code = "files.not_as_named"
    field = "files"


def examine_files(uploads: list[UploadedFile]) -> list[tuple[UploadedFile, str]]:
    """The files of one message with their types, told by their content; raises what is wrong with the first bad one.

    Refuses TooManyFiles, FileEmpty, FileTooLarge, FilesTooLargeTogether, FileTypeRefused, FileNotAsNamed.
    """
    if len(uploads) > rules.MOST_FILES:
        raise TooManyFiles(count=len(uploads), most=rules.MOST_FILES)
    return [(upload, examine_file(upload)) for upload in uploads]


def examine_file(upload: UploadedFile) -> str:
    """The type of one file by its content.

    Refuses FileEmpty, FileTooLarge, FilesTooLargeTogether, FileTypeRefused, FileNotAsNamed.
    """
    name = rules.safe_name(upload.name or "")
    if getattr(upload, "too_large", False) or (upload.size or 0) > rules.LARGEST_MEGABYTES * rules.MEGABYTE:
        raise FileTooLarge(name=name, megabytes=rules.LARGEST_MEGABYTES)
    if getattr(upload, "too_much_together", False):
        raise FilesTooLargeTogether(name=name, megabytes=rules.LARGEST_TOGETHER_MEGABYTES)
    if not upload.size:
        raise FileEmpty(name=name)
    content_type = rules.content_type(rules.sample(upload.chunks()), name)
    if content_type is None:
        raise FileNotAsNamed(name=name) if rules.claims_other_type(name) else FileTypeRefused(name=name)
    return content_type


def digests(uploads: Iterable[UploadedFile]) -> list[list[str]]:
    """What tells the files of one request from those of another: each one's name and the SHA-256 of its content."""
    return [[upload.name or "", _sha256(upload)] for upload in uploads]


def store_file(*, upload: UploadedFile, at: datetime.datetime) -> StoredFile:
    """Keep a file that somebody sent, under a safe name and the type that its content has; it belongs to nobody yet.
    Of a picture or a film, the place where it was taken is left out.

    Its content is deleted at once if it can't be written to its end, and by `discard_unkept` if the transaction is
    rolled back; what is attached to nothing for two days is purged. Refuses FileEmpty, FileTooLarge,
    FilesTooLargeTogether, FileTypeRefused, FileNotAsNamed.
    """
    content_type = examine_file(upload)
    upload = _without_position(upload, content_type)
    file = StoredFile(
        name=rules.safe_name(upload.name or ""),
        content_type=content_type,
        size_bytes=upload.size or 0,
        sha256=_sha256(upload),
        stored_at=at,
    )
    # On the disk it has neither its name nor its ending, so that no web server ever takes it for something to run.
    name = f"{at:%Y/%m}/{file.id}"
    try:
        file.content.save(name, upload, save=False)
    except OSError:  # a full disk leaves a part of it
        default_storage.delete(name)
        raise
    _unkept().add(name)
    transaction.on_commit(lambda: _unkept().discard(name))
    file.save(force_insert=True)
    return file


def discard_unkept() -> None:
    """Delete the contents that this thread stored in transactions that were rolled back; called when none is open."""
    if not connection.in_atomic_block:
        while names := _unkept():
            default_storage.delete(names.pop())


def _unkept() -> set[str]:
    if not hasattr(_written, "names"):
        _written.names = set()
    names: set[str] = _written.names
    return names


def delete_file(file: StoredFile) -> None:
    """Delete a file that belongs to nothing any more; its content goes once the caller's transaction has ended."""
    name = file.content.name or ""
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(name))


def _without_position(upload: UploadedFile, content_type: str) -> UploadedFile:
    if content_type not in picture_positions.CONTENT_TYPES:
        return upload
    upload.seek(0)
    return SimpleUploadedFile(upload.name or "", picture_positions.without_position(upload.read(), content_type))


def purge_orphans(*, at: datetime.datetime) -> int:
    """Delete files attached to nothing for two days, and contents on the disk whose row was rolled back.

    Returns how many were deleted.
    """
    limit = at - ORPHAN_AFTER
    deleted = 0
    for file in queries.files_unattached().filter(stored_at__lt=limit):
        name = file.content.name or ""
        try:
            with transaction.atomic():
                file.delete()
        except (models.ProtectedError, IntegrityError):
            continue  # attached just now
        # After the row: a crash in between leaves a content without a row, which is purged below, next time.
        default_storage.delete(name)
        deleted += 1
    for name in _contents(at):
        if default_storage.get_modified_time(name) < limit and not StoredFile.objects.filter(content=name).exists():
            default_storage.delete(name)
            deleted += 1
    if deleted:
        log.info("%s stored files belonged to nothing and were deleted.", deleted)
    return deleted


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _contents(at: datetime.datetime) -> list[str]:
    """The contents on the disk from this month and the one before; older ones were looked at then."""
    found: list[str] = []
    for month in (f"{at:%Y/%m}", f"{at.replace(day=1) - datetime.timedelta(days=1):%Y/%m}"):
        try:
            found += [f"{month}/{name}" for name in default_storage.listdir(month)[1]]
        except FileNotFoundError:
            continue
    return found
