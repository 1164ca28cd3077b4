"""Why an order is charged no VAT, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By category of EN 16931.
WHY_NO_VAT: Mapping[str, Promise] = {
    "E": _("not charged, art. 293 B of the French tax code"),
    "AE": _("not charged: you owe it in your country (reverse charge)"),
    "O": _("not charged: outside French VAT"),
    "G": _("not charged: export"),
}
