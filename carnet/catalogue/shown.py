"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "catalogue.edition_not_on_sale": _("This edition has already been withdrawn."),
    "catalogue.too_few_to_share": _("Only packs of %(tokens)s tickets or more can be shared."),
    "catalogue.validity_too_short": _("A pack must be valid for at least %(months)s months."),
}
