"""What VIES said of a VAT number, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carnet.catalogue.models import VatCheck
from carnet.web.pictures import Tag

OUTCOMES_TOLD: Mapping[str, Promise] = {
    VatCheck.Outcome.VALID: _("VIES says that the VAT number is valid."),
    VatCheck.Outcome.INVALID: _("VIES says that the VAT number is not valid."),
    VatCheck.Outcome.UNREACHABLE: _("VIES is not responding at the moment. Carnet keeps asking automatically."),
}
TAGS: Mapping[str, tuple[Promise, str]] = {
    VatCheck.Outcome.VALID: (_("VAT number valid"), "good"),
    VatCheck.Outcome.INVALID: (_("VAT number not valid"), "bad"),
    VatCheck.Outcome.UNREACHABLE: (_("to be checked"), "warn"),
}


def tag_of(check: VatCheck) -> Tag:
    """What VIES said, in a word or two."""
    words, kind = TAGS[check.outcome]
    return Tag(str(words), kind)
