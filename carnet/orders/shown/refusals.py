"""What is said to people whom an action of this app refused something: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "orders.address_missing": _("A company’s invoice needs its name and address."),
    "orders.country_not_served": _(
        "Companies outside the European Union can’t order online because of VAT. Write to us."
    ),
    "orders.may_not_order": _("Only account holders and buyers can place orders."),
    "orders.means_not_on_offer": _("This payment method is not available at the moment. Choose another one."),
    "orders.not_open_for_sale": _("Nothing can be ordered here at the moment. Write to us."),
    "orders.not_printable": _(
        "“%(characters)s” can’t be printed on an invoice. Write the name and the address without it, in Latin letters"
        " if possible."
    ),
    "orders.not_waiting": _("This order is no longer waiting for payment. Nothing was changed."),
    "orders.pack_not_on_sale": _("This is no longer on sale. Nothing was ordered."),
    "orders.person_missing": _("This purchase is for one person only: choose who it is for."),
    "orders.price_changed": _(
        "The offer has changed since you opened this page. Nothing was ordered: check it again, and "
        "order if it suits you."
    ),
    "orders.siren_missing": _(
        "The invoice of a company in France needs its SIREN, which has 9 digits. An association without one ticks the"
        " box below."
    ),
    "orders.siren_wrong": _("This is not a valid SIREN: a SIREN has 9 digits, and the last one is a check digit."),
    "orders.siret_given": _("This is a SIRET, which has 14 digits. The SIREN in it is %(siren)s: type that one."),
    "orders.terms_changed": _(
        "The terms have changed since you opened this page. Nothing was ordered: read them again, and order if they"
        " suit you."
    ),
    "orders.vat_differs": _(
        "The price is not the same with the VAT for this address and VAT number. Nothing was ordered: check the new"
        " price, and order if it suits you."
    ),
    "orders.too_many_vat_numbers": _("Too many VAT numbers have been checked for this account. Try again in an hour."),
    "orders.vat_number_invalid": _(
        "According to VIES, the European register, this VAT number is not valid: the company may have closed, or may"
        " not be registered for trade within the European Union. Correct it, or order with French VAT."
    ),
    "orders.vat_number_not_checked": _("This VAT number could not be checked. Please send the form again."),
    "orders.vat_number_of_another_company": _(
        "This VAT number belongs to another company: that of SIREN %(siren)s ends with it."
    ),
    "orders.vat_number_of_another_country": _(
        "This VAT number is from another country than the address. Correct one of the two."
    ),
    "orders.vat_number_wrong": _("This is not a valid EU VAT number. Check for a typing mistake."),
}
