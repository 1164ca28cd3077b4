"""The contents of stored files, and of documents that are kept in rows."""

import hashlib
from collections.abc import Iterator

from carnet.files.models import StoredFile
from carnet.orders.models import TermsDocument
from carnet.proof.rules import Fault, Found

CHECK = "stored files"
TERMS = "terms"
PORTION_BYTES = 64 * 1024 * 1024
PORTION_FILES = 200


def faults() -> Iterator[Found]:
    """Read every stored file again, and say which is missing or is not what was stored."""
    portion, found, read = 0, list[Fault](), 0
    for file in StoredFile.objects.order_by("pk").iterator(chunk_size=200):
        portion, read = portion + 1, read + file.size_bytes
        if fault := _fault(file):
            found.append(fault)
        if read > PORTION_BYTES or portion >= PORTION_FILES:
            yield portion, found
            portion, found, read = 0, [], 0
    yield portion, found


def _fault(file: StoredFile) -> Fault | None:
    number = str(file.pk)
    digest, size = hashlib.sha256(), 0
    try:
        with file.content.open("rb") as content:
            for chunk in content.chunks():
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        # Deleted just now, like what belongs to nothing?
        return Fault(CHECK, "file", number, "missing") if StoredFile.objects.filter(pk=file.pk).exists() else None
    except OSError as error:
        return Fault(CHECK, "file", number, "unreadable", {"reason": error.strerror or ""})
    if size != file.size_bytes:
        return Fault(CHECK, "file", number, "size_differs", {"found": size, "stored": file.size_bytes})
    return None if digest.hexdigest() == file.sha256 else Fault(CHECK, "file", number, "content_differs")


def terms_faults() -> Iterator[Found]:
    """The terms that orders brought home (CC L221-13): each as it was made."""
    for document in TermsDocument.objects.order_by("pk").iterator(chunk_size=20):
        is_same = hashlib.sha256(bytes(document.pdf)).hexdigest() == document.sha256
        yield 1, [] if is_same else [Fault(TERMS, "terms", document.pk, "pdf_changed")]
    yield 0, []
