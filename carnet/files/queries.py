"""Which files belong to nothing, and whether their contents are what was stored."""

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
