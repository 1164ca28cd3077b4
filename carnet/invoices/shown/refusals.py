"""The app's refusals in words; by code; %(name)s stands for a value of the refusal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "invoices.seller_unnamed": _(
        "The company’s name, address, SIREN or VAT number is missing, so no invoice can be issued. Nothing was"
        " recorded: complete the company under Settings first."
    ),
    "invoices.credit_note_beyond_invoice": _(
        "That is more than is left of this invoice to credit. Nothing was recorded."
    ),
    "invoices.emptied": _(
        "The customer’s name on this invoice was deleted after the legal period, so no credit note can be issued."
        " Nothing was recorded."
    ),
}
