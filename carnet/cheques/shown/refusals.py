"""What is said to people whom an action of this app refused something: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "cheques.account_missing": _("Your company’s record has no IBAN. Add it in the settings, then make the slip."),
    "cheques.deposited_before_made": _("A slip is handed in on the day it was made or later, and not in the future."),
    "cheques.not_to_deposit": _(
        "One of these cheques is already on a slip, has cleared or bounced, or was recorded by mistake. Nothing was"
        " changed: check the list again."
    ),
    "cheques.nothing_to_deposit": _("Choose the cheques for the slip."),
    "cheques.too_many_cheques": _("A slip has room for %(most)s cheques. Choose fewer, and make another slip."),
}
