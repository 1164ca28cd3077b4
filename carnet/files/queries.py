"""Which files belong to nothing, and whether their contents are what was stored."""

import hashlib
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from carnet.files.models import StoredFile

PORTION_BYTES = 64 * 1024 * 1024
PORTION_FILES = 200


def files_unattached() -> QuerySet[StoredFile]:
    """Files to which no row of any app refers; the apps above need not be known by name for that."""
    found = StoredFile.objects.all()
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            pointing = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            found = found.exclude(Exists(pointing))
    return found


def content_faults() -> Iterator[tuple[int, list[str]]]:
    """Read every stored file again, and say which is missing or is not what was stored; portion by portion."""
    portion, faults, read = 0, list[str](), 0
    for file in StoredFile.objects.order_by("pk").iterator(chunk_size=200):
        portion, read = portion + 1, read + file.size_bytes
        if fault := _content_fault(file):
            faults.append(fault)
        if read > PORTION_BYTES or portion >= PORTION_FILES:
            yield portion, faults
            portion, faults, read = 0, [], 0
    yield portion, faults


def _content_fault(file: StoredFile) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with file.content.open("rb") as content:
            for chunk in content.chunks():
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        # Deleted just now, like what belongs to nothing?
        return f"file {file.pk}: its content is missing" if StoredFile.objects.filter(pk=file.pk).exists() else ""
    except OSError as error:
        return f"file {file.pk}: its content can't be read ({error.strerror})"
    if size != file.size_bytes:
        return f"file {file.pk}: its content does not have the size that was stored ({size}, {file.size_bytes})"
    return "" if digest.hexdigest() == file.sha256 else f"file {file.pk}: its content is not what was stored"
