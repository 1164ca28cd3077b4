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
    "work.corrected_already": _("This time has since been corrected. Correct the current entry instead."),
    "work.correction_reason_missing": _("Give a reason for the correction: the customer will see it."),
    "work.cover_ended": _("This ticket is closed: nothing more is reserved for it."),
    "work.email_not_verified": _("Confirm your e-mail address first: free minutes are only for confirmed addresses."),
    "work.means_not_on_offer": _("Tickets can’t be paid for this way yet. Choose another way."),
    "work.merged_already": _("One of these tickets has already been merged. Merge with the one that continues."),
    "work.nothing_runs": _("You have no clock running on ticket %(number)s."),
    "work.other_kind_of_cover": _(
        "Only tickets paid for in the same way can be merged. Both stay as they are; answer them separately."
    ),
    "work.other_work_runs": _("Your clock is running on ticket %(number)s. Stop it first and say what you did."),
    "work.reason_missing": _("Say what you did. The clock is stopped in the meantime."),
    "work.reason_owed": _("Your clock on ticket %(number)s has stopped. Say what you did first."),
    "work.time_out_of_range": _("Time worked must be between one second and 24 hours, and already over."),
    "work.time_taken": _("This time is already recorded, on this ticket or another one."),
    "work.trial_after_purchase": _("Free minutes are available only before the first purchase."),
    "work.trial_had": _("This customer has already had the free minutes; they are given only once."),
    "work.waits_for_cover": _("Ticket %(number)s is not covered at the moment, so no clock can run on it."),
}
