"""What is said to people whom an action of this app refused something: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "tickets.account_exists": _("This address now has an account. Sign in: your question is there, ready to send."),
    "tickets.before_ticket": _("The ticket was opened on a later day. Choose that day or a later one."),
    "tickets.closing_reason_missing": _("Give a reason: the team will want to know later."),
    "tickets.corrected_already": _("This time has since been corrected. Correct the current entry instead."),
    "tickets.correction_reason_missing": _("Give a reason for the correction: the customer will see it."),
    "tickets.held_back": _("This message is held back as probable spam. Say first that it is not spam."),
    "tickets.link_expired": _("This link has expired. We’ve kept your question: ask for a new link."),
    "tickets.link_used": _("This link has already been used: we have had your question since then. Sign in to see it."),
    "tickets.may_not_agree": _("Only the person who asked or an account holder can agree to more."),
    "tickets.may_not_ask": _("You can’t ask questions here at the moment. Please ask an account holder."),
    "tickets.message_empty": _("Write something or choose a file."),
    "tickets.no_room_for_files": _(
        "We can’t take more files without an account at the moment. Send your question without them, and add them once"
        " it is with us."
    ),
    "tickets.not_answered": _("This ticket is not waiting for your decision at the moment. Write a message instead."),
    "tickets.not_of_the_team": _("Only a member of the team can take a ticket."),
    "tickets.nothing_runs": _("You have no clock running on ticket %(number)s."),
    "tickets.nothing_to_rate": _("This ticket can’t be rated: it is still open, or nobody answered it."),
    "tickets.only_repair": _("This ticket was reopened to fix what failed, so nothing on it is charged."),
    "tickets.other_customer": _("Only tickets of the same customer can be merged."),
    "tickets.other_work_runs": _("Your clock is running on ticket %(number)s. Stop it first and say what you did."),
    "tickets.page_used_up": _("This page was already sent several times. Send it once more: what you typed is kept."),
    "tickets.rating_not_yours": _("Only the person who asked can rate the ticket."),
    "tickets.rating_too_late": _("The 14 days for changing a rating are over."),
    "tickets.reason_missing": _("Say what you did. The clock is stopped in the meantime."),
    "tickets.reason_owed": _("Your clock on ticket %(number)s has stopped. Say what you did first."),
    "tickets.reopening_too_late": _(
        "This ticket was closed too long ago to reopen. Ask a new question: if our fix failed, we "
        "repair it free of charge."
    ),
    "tickets.same_ticket": _("That is this ticket itself. Enter the number of the other one."),
    "tickets.score_out_of_range": _("Choose one to five stars."),
    "tickets.sender_unknown": _("Nobody here has this address. Send them the link, or create their account."),
    "tickets.subject_missing": _("Enter a subject for the new ticket."),
    "tickets.ticket_closed": _(
        "Ticket %(number)s is closed. Ask a new question and mention this number so that we can find the history."
    ),
    "tickets.time_out_of_range": _("Time worked must be between one second and 24 hours, and already over."),
    "tickets.time_taken": _("This time is already recorded, on this ticket or another one."),
    "tickets.too_many_messages": _("You have sent many messages today. Please write again tomorrow."),
    "tickets.too_many_notices": _(
        "Many receipts were sent to this address within an hour. Write to us by e-mail or post instead: it counts as"
        " well."
    ),
    "tickets.too_many_questions": _(
        "Too many questions have come from this address in the past hour. Confirm one of them, or try again in an hour."
    ),
    "tickets.waits_for_cover": _("Ticket %(number)s is not covered at the moment, so no clock can run on it."),
}
