"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "invoices.seller_unnamed": _(
        "The company’s name, address, SIREN or VAT number is missing, so no invoice can be issued. Nothing was"
        " recorded: complete the company under Settings first."
    ),
}
