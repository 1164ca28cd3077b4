"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "provider.bic_wrong": _("This is not a valid BIC: a BIC has 8 or 11 characters, like AGRIFRPP."),
    "provider.company_unnamed": _("Enter the company name."),
    "provider.iban_wrong": _("This IBAN contains a mistake: its check digits don’t match. Copy it again."),
    "provider.reminder_after_closing": _("The reminder must come before the day the ticket closes automatically."),
    "provider.setting_not_a_choice": _("Choose one of the values offered."),
    "provider.setting_not_whole": _("Enter a whole number."),
    "provider.setting_out_of_range": _("Enter a number from %(least)s to %(most)s."),
    "provider.setting_text_missing": _("Enter the text in all three languages, or leave all three empty."),
    "provider.setting_text_too_long": _("A text may have %(most)s characters at most."),
    "provider.siren_wrong": _("This is not a valid SIREN: a SIREN has 9 digits, and the last one is a check digit."),
    "provider.siret_of_another_company": _("This SIRET belongs to another company: it must begin with %(siren)s."),
    "provider.siret_wrong": _("This is not a valid SIRET: a SIRET has 14 digits, and the last one is a check digit."),
    "provider.targets_out_of_order": _(
        "“Blocked” can’t have a longer target than “slowed down”, nor “slowed down” a longer one than "
        "“just a question”."
    ),
    "provider.text_missing": _("The text is missing in one of the three languages."),
    "provider.unknown_holidays": _("We don’t know the public holidays of this place. Enter FR, or FR-57 for Moselle."),
    "provider.unknown_time_zone": _("There is no such time zone. Enter a name such as Europe/Paris."),
    "provider.vat_number_of_another_company": _(
        "This VAT number belongs to another company: that of SIREN %(siren)s ends with it."
    ),
    "provider.vat_number_of_another_country": _(
        "This VAT number is from another country than the address. Correct one of the two."
    ),
    "provider.vat_number_wrong": _("This is not a valid EU VAT number. Check for a typing mistake."),
}
