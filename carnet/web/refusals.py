"""Words for what an action refused, in the reader's language: one sentence for each code.

A sentence says what happened and what to do; its values are the refusal's. A test compares the
list with all `Refused` classes.
"""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.kernel import keys
from carnet.kernel.refused import KeyReused, Refused

# One line a code, sorted; `gettext_lazy`, with %(name)s for the refusal's values.
SENTENCES: dict[str, str | Promise] = {
    "catalogue.edition_not_on_sale": _("This edition has already been withdrawn."),
    "catalogue.too_few_to_share": _("Only packs of %(tokens)s tickets or more can be shared."),
    "catalogue.validity_too_short": _("A pack must be valid for at least %(months)s months."),
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
    "files.empty": _("“%(name)s” is empty. Choose the file again, or leave it out."),
    "files.not_as_named": _(
        "“%(name)s” is not what its name says. Save it again in its usual program, or put it into a ZIP file, and"
        " choose that."
    ),
    "files.too_large": _(
        "“%(name)s” is larger than %(megabytes)s MB. Make it smaller, or tell us where we can get it."
    ),
    "files.too_large_together": _(
        "With “%(name)s” the files exceed %(megabytes)s MB in total. Send it in a separate message."
    ),
    "files.too_many": _(
        "You chose %(count)s files; a message can have at most %(most)s. Send the others in another message."
    ),
    "files.type_refused": _(
        "We can’t accept files like “%(name)s” as they are. Put it into a ZIP file, and choose that."
    ),
    "jobs.already_waiting": _("This job is already waiting to run again."),
    "jobs.not_failed": _("This job has not failed: there is nothing to retry."),
    "kernel.key_reused": _(
        "This form was already sent with different content. If this is something new, send it again."
    ),
    "knowledge.unknown_figure": _("There is no figure %(names)s. Known are: %(known)s."),
    "ledger.allowance_used_up": _("You have reached your limit on this shared carnet. Ask an account holder for more."),
    "invoices.seller_unnamed": _(
        "The company’s name, address, SIREN or VAT number is missing, so no invoice can be issued. Nothing was"
        " recorded: complete the company under Settings first."
    ),
    "ledger.last_day_missing": _("Enter the last day on which this can be used."),
    "ledger.last_day_past": _("This day has passed. Choose today or a later day."),
    "ledger.lot_not_shared": _("Only shared carnets can have limits per person."),
    "ledger.not_a_member": _("This person can’t use this customer’s tickets or minutes."),
    "ledger.not_enough_units": _("Not enough left: %(wanted)s needed, %(found)s available. Nothing was taken."),
    "ledger.not_reserved": _("Only %(found)s reserved, not %(wanted)s. Nothing was changed."),
    "ledger.nothing_to_correct": _("Only %(found)s can still be corrected here, not %(wanted)s."),
    "ledger.reason_missing": _("Give a reason: it appears in the customer’s statement."),
    "ledger.trial_had": _("This customer has already had the free minutes; they are given only once."),
    "ledger.units_of_others": _(
        "What is left was bought for someone else. Ask an account holder, or choose another way to pay."
    ),
    "ledger.units_restricted": _("You can’t use this shared carnet. Please ask an account holder."),
    "mail.address_not_usable": _("No e-mail can be sent to this address. Check the spelling."),
    "mail.not_failed": _("This message has not failed: there is nothing to send again."),
    "mail.too_many": _("Too many messages were requested. Try again in an hour, or tomorrow."),
    "orders.address_missing": _("A company’s invoice needs its name and address."),
    "orders.country_not_served": _(
        "Companies outside the European Union can’t order online because of VAT. Write to us."
    ),
    "orders.vat_number_abroad": _(
        "A company with a VAT number of another country of the European Union can’t order online yet, because it owes"
        " the VAT itself. Write to us."
    ),
    "orders.company_abroad": _(
        "A company in another country of the European Union can’t order online yet, because of VAT. Write to us."
    ),
    "orders.not_open_for_sale": _("Nothing can be ordered here at the moment. Write to us."),
    "orders.payment_settled_order": _(
        "This payment settled its order: the invoice is issued. Only a refund with a credit note can undo that, which"
        " is not available yet. Leave the payment as it is, and note it for your accountant."
    ),
    "orders.may_not_order": _("Only account holders and buyers can place orders."),
    "orders.means_not_on_offer": _("This payment method is not available at the moment. Choose another one."),
    "orders.not_printable": _(
        "“%(characters)s” can’t be printed on an invoice. Write the name and the address without it, in Latin letters"
        " if possible."
    ),
    "orders.not_waiting": _("This order is no longer waiting for payment, so it can’t be cancelled."),
    "orders.nothing_to_choose": _("This order is no longer waiting for a choice."),
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
    "orders.vat_number_of_another_company": _(
        "This VAT number belongs to another company: that of SIREN %(siren)s ends with it."
    ),
    "orders.vat_number_of_another_country": _(
        "This VAT number is from another country than the address. Correct one of the two."
    ),
    "orders.vat_number_wrong": _("This is not a valid EU VAT number. Check for a typing mistake."),
    "payments.cleared_before_received": _("A cheque can’t clear before it arrives, nor in the future."),
    "payments.not_a_cheque": _("Only cheques can be cleared."),
    "payments.not_enough_credit": _("There is not enough credit for this."),
    "payments.received_in_future": _("This day is in the future. Record payments once they have arrived."),
    "payments.received_before_order": _(
        "This day comes before the order. Record earlier money as a payment without an order, on the customer’s page."
    ),
    "payments.received_long_ago": _("This day is more than a year ago. If it is right, tick this box."),
    "payments.same_money_again": _(
        "The same amount is already recorded for this day. If it really came twice, tick this box."
    ),
    "payments.money_used_already": _(
        "The customer has used the credit that came of this payment: too little of it is left to take it back. If an"
        " order that waits uses it, cancel that order first."
    ),
    "payments.payment_undone": _("This payment was recorded by mistake and has been undone."),
    "payments.undoing_reason_missing": _("Give the reason: it is kept with the correction."),
    "people.address_taken": _("This address already has an account here. Sign in with it, or use another one."),
    "people.already_member": _("%(email)s already belongs to this account."),
    "people.invitation_expired": _("This invitation has expired: it was valid for 7 days. Ask for a new one."),
    "people.invitation_foreign": _(
        "This invitation was sent to another address. Sign in with that address, or ask to be invited at yours."
    ),
    "people.invitation_unknown": _(
        "This link leads to no invitation. Copy the whole link from the e-mail, or ask for a new one."
    ),
    "people.invitation_used": _("This invitation has already been accepted; it works only once. Sign in to continue."),
    "people.invitation_withdrawn": _("This invitation no longer works: it was cancelled, or a newer one was sent."),
    "people.last_holder": _("An account needs at least one account holder. Make someone else an account holder first."),
    "people.last_owner": _("The business needs an owner. Make someone else an owner first."),
    "people.not_holder": _("Only account holders can do this."),
    "people.not_owner": _("Only an owner can do this."),
    "people.too_many_customers": _("You have opened several accounts today. You can open another one tomorrow."),
    "people.too_many_invitations": _(
        "You have sent %(limit)s invitations today, which is the limit. Try again tomorrow."
    ),
    "provider.bic_wrong": _("This is not a valid BIC: a BIC has 8 or 11 characters, like AGRIFRPP."),
    "provider.company_unnamed": _("Enter the company name."),
    "provider.iban_wrong": _("This IBAN contains a mistake: its check digits don’t match. Copy it again."),
    "provider.reminder_after_closing": _("The reminder must come before the day the ticket closes automatically."),
    "provider.setting_not_a_choice": _("Choose one of the values offered."),
    "provider.setting_not_whole": _("Enter a whole number."),
    "provider.setting_out_of_range": _("Enter a number from %(least)s to %(most)s."),
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
    "schedule.closed_for_too_long": _("With these days added, the service would be closed for more than a year."),
    "schedule.days_backwards": _("The last day is before the first one."),
    "schedule.days_open_already": _("These days are already open again."),
    "schedule.days_past": _("Past days can’t be marked as closed."),
    "schedule.hours_overlap": _("The opening hours of a day overlap, or end before they begin."),
    "schedule.never_open": _("At least one day of the week must be open."),
    "tickets.account_exists": _("This address now has an account. Sign in: your question is there, ready to send."),
    "tickets.before_ticket": _("The ticket was opened on a later day. Choose that day or a later one."),
    "tickets.closing_reason_missing": _("Give a reason: the team will want to know later."),
    "tickets.held_back": _("This message is held back as probable spam. Say first that it is not spam."),
    "tickets.link_expired": _("This link has expired. We’ve kept your question: ask for a new link."),
    "tickets.link_used": _("This link has already been used: we have had your question since then. Sign in to see it."),
    "tickets.may_not_agree": _("Only the person who asked or an account holder can agree to more."),
    "tickets.may_not_ask": _("You can’t ask questions here at the moment. Please ask an account holder."),
    "tickets.message_empty": _("Write something or choose a file."),
    "tickets.not_answered": _("This ticket is not waiting for your decision at the moment. Write a message instead."),
    "tickets.not_of_the_team": _("Only a member of the team can take a ticket."),
    "tickets.no_room_for_files": _(
        "We can’t take more files without an account at the moment. Send your question without them, and add them once"
        " it is with us."
    ),
    "tickets.nothing_to_rate": _("This ticket can’t be rated: it is still open, or nobody answered it."),
    "tickets.only_repair": _("This ticket was reopened to fix what failed, so nothing on it is charged."),
    "tickets.other_customer": _("Only tickets of the same customer can be merged."),
    "tickets.page_used_up": _("This page was already sent several times. Send it once more: what you typed is kept."),
    "tickets.rating_not_yours": _("Only the person who asked can rate the ticket."),
    "tickets.rating_too_late": _("The 14 days for changing a rating are over."),
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
    "tickets.too_many_messages": _("You have sent many messages today. Please write again tomorrow."),
    "tickets.too_many_questions": _(
        "Too many questions have come from this address in the past hour. Confirm one of them, or try again in an hour."
    ),
    "tickets.too_many_notices": _(
        "Many receipts were sent to this address within an hour. Write to us by e-mail or post instead: it counts as"
        " well."
    ),
}


def sentence(refused: Refused) -> str:
    """What to tell the person. An unknown code gets a general sentence, so that nobody sees a code."""
    words = SENTENCES.get(refused.code)
    if words is None:
        return gettext("This could not be done, and nothing was changed.")
    return str(words) % {name: _plain(value) for name, value in refused.values.items()}


def tell(form: forms.BaseForm, refused: Refused) -> None:
    """Put the sentence into the form: next to the field that the refusal names, if the form has it, else at the top."""
    form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
    if isinstance(refused, KeyReused):
        # Under its old key it would be refused for ever.
        typed = cast(QueryDict, form.data).copy()
        typed[form.add_prefix("key")] = keys.new_key()
        form.data = typed


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value
