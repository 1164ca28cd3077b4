"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "mail.address_not_usable": _("No e-mail can be sent to this address. Check the spelling."),
    "mail.not_failed": _("This message has not failed: there is nothing to send again."),
    "mail.too_many": _("Too many messages were requested. Try again in an hour, or tomorrow."),
}
