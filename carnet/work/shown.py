"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "work.ceiling_out_of_range": _("Choose a number from %(least)s to %(most)s."),
    "work.contact_known": _(
        "The free minutes have already been used with this address or phone number. If you think this "
        "is wrong, write to us."
    ),
    "work.cover_ended": _("This ticket is closed: nothing more is reserved for it."),
    "work.email_not_verified": _("Confirm your e-mail address first: free minutes are only for confirmed addresses."),
    "work.means_not_on_offer": _("Tickets can’t be paid for this way yet. Choose another way."),
    "work.merged_already": _("One of these tickets has already been merged. Merge with the one that continues."),
    "work.other_kind_of_cover": _(
        "Only tickets paid for in the same way can be merged. Both stay as they are; answer them separately."
    ),
    "work.trial_after_purchase": _("Free minutes are available only before the first purchase."),
    "work.trial_had": _("This customer has already had the free minutes; they are given only once."),
}
