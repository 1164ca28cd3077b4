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
    "catalogue.edition_not_on_sale": _("This edition was already withdrawn."),
    "catalogue.too_few_to_share": _("Only packs of %(tokens)s tickets or more can be shared."),
    "catalogue.validity_too_short": _("A pack must be valid for at least %(months)s months."),
    "charging.ceiling_out_of_range": _("Choose a number from %(least)s to %(most)s."),
    "charging.contact_known": _(
        "With this address or phone the free minutes were used before. Write to us if that can’t be."
    ),
    "charging.cover_ended": _("This ticket is closed: nothing more is reserved for it."),
    "charging.email_not_verified": _(
        "Confirm your e-mail address first; the free minutes are for confirmed addresses."
    ),
    "charging.means_not_on_offer": _("Tickets can’t be paid this way yet. Choose another way."),
    "charging.merged_already": _("One of the two tickets was merged before. Merge with the one that goes on."),
    "charging.other_kind_of_cover": _(
        "Only tickets that are paid the same way can be merged. Both stay as they are; answer them one by one."
    ),
    "charging.trial_after_purchase": _("The free minutes are for before the first purchase."),
    "charging.trial_had": _("The free minutes were given here before; everybody gets them once."),
    "files.empty": _("«%(name)s» is empty. Choose the file again, or leave it out."),
    "files.not_as_named": _(
        "«%(name)s» is not what its name says. Save it again in its usual program, or put it into a ZIP file, and"
        " choose that."
    ),
    "files.too_large": _(
        "«%(name)s» is larger than %(megabytes)s MB. Make it smaller, or tell us where we can fetch it."
    ),
    "files.too_large_together": _(
        "With «%(name)s» the files have more than %(megabytes)s MB together. Send it in a further message."
    ),
    "files.too_many": _(
        "You chose %(count)s files; one message can have %(most)s. Send the others in a further message."
    ),
    "files.type_refused": _(
        "We can't take files like «%(name)s» as they are. Put it into a ZIP file, and choose that."
    ),
    "jobs.already_waiting": _("This work waits for its turn again already."),
    "jobs.not_failed": _("This work has not failed: there is nothing to retry."),
    "kernel.key_reused": _(
        "This form was sent before with other content. If this is something new, send it once more."
    ),
    "ledger.allowance_used_up": _("You have used what you may take of this shared carnet. Ask who holds it for more."),
    "ledger.last_day_missing": _("Say until which day this can be used."),
    "ledger.last_day_past": _("This day is over. Choose today or a later one."),
    "ledger.lot_not_shared": _("Only shared carnets can be limited for a person."),
    "ledger.not_a_member": _("This person can’t use tickets or minutes of this customer."),
    "ledger.not_enough_units": _("Not enough is left: %(wanted)s needed, %(found)s there. Nothing was taken."),
    "ledger.not_reserved": _("Only %(found)s is reserved, not %(wanted)s. Nothing was changed."),
    "ledger.nothing_to_correct": _("Only %(found)s can still be corrected here, not %(wanted)s."),
    "ledger.reason_missing": _("Say why; the customer’s statement needs a reason."),
    "ledger.trial_had": _("The free minutes were given here before; everybody gets them once."),
    "ledger.units_of_others": _(
        "What is left was bought for somebody else. Ask who holds the account, or choose another way."
    ),
    "ledger.units_restricted": _("You may not use this shared carnet. Ask who holds the account."),
    "mail.address_not_usable": _("No e-mail can be sent to this address. Check how it is written."),
    "mail.not_failed": _("This message has not failed: there is nothing to send again."),
    "orders.address_missing": _("The invoice of a company needs its name and address."),
    "orders.country_not_served": _(
        "A company outside the European Union can’t order here by itself, because of the VAT. Write to us."
    ),
    "orders.may_not_order": _("Only who holds the account, or may buy for it, orders."),
    "orders.means_not_on_offer": _("It can’t be paid this way at the moment. Choose another way."),
    "orders.not_printable": _(
        "“%(characters)s” can’t be printed on an invoice. Write the name and the address without it, in Latin letters"
        " if possible."
    ),
    "orders.not_waiting": _("This order does not wait for money any more, so it can’t be cancelled."),
    "orders.nothing_to_choose": _("This order does not wait for a choice any more."),
    "orders.pack_not_on_sale": _("This is not on sale any more. Nothing was ordered."),
    "orders.person_missing": _("This carnet is personal: say for whom it is."),
    "orders.price_changed": _(
        "The offer has changed since you opened this page. Nothing was ordered: look at it again, and order if it"
        " suits you."
    ),
    "orders.siren_wrong": _("This is no SIREN: it has 9 digits, and its last one must fit the others."),
    "orders.terms_changed": _(
        "The terms have changed since you opened this page. Nothing was ordered: read them again, and order if they"
        " suit you."
    ),
    "orders.vat_number_wrong": _("This is no VAT number of the European Union, or it has a mistake in it."),
    "payments.cleared_before_received": _("A cheque is at the bank after it came, and not in the future."),
    "payments.not_a_cheque": _("Only cheques are cleared."),
    "payments.not_enough_credit": _("There is not enough credit for this."),
    "payments.received_in_future": _("This day is still to come. Record money once it is there."),
    "payments.same_money_again": _(
        "The same sum of the same day is recorded already. If it came twice, tick this box."
    ),
    "people.address_taken": _("This address already has an account here. Sign in with it, or use another one."),
    "people.already_member": _("%(email)s already belongs here."),
    "people.invitation_expired": _("This invitation has ended: it worked for 7 days. Ask for a new one."),
    "people.invitation_foreign": _(
        "This invitation was sent to another address. Sign in with that one, or ask to be invited with yours."
    ),
    "people.invitation_unknown": _(
        "This link leads to no invitation. Take it from the mail once more, whole, or ask for a new one."
    ),
    "people.invitation_used": _("This invitation was already accepted; it works only once. Sign in to go on."),
    "people.invitation_withdrawn": _("This invitation no longer works: it was withdrawn, or a newer one was sent."),
    "people.last_holder": _("Somebody has to be able to do everything here. Give that to another person first."),
    "people.last_owner": _("The business needs an owner. Make somebody else an owner first."),
    "people.not_holder": _("Only who may do everything here can do this."),
    "people.not_owner": _("Only an owner can do this."),
    "people.too_many_invitations": _("Today %(limit)s invitations were sent. Tomorrow there is room again."),
    "provider.bic_wrong": _("This is no BIC: it has 8 or 11 characters, like AGRIFRPP."),
    "provider.company_unnamed": _("The company needs a name."),
    "provider.iban_wrong": _("This IBAN has a mistake in it: its check digits don’t fit. Copy it once more."),
    "provider.reminder_after_closing": _("The reminder must come before the day on which a ticket closes by itself."),
    "provider.setting_not_a_choice": _("Choose one of the values offered."),
    "provider.setting_not_whole": _("Type a whole number."),
    "provider.setting_out_of_range": _("Type a number from %(least)s to %(most)s."),
    "provider.siren_wrong": _("This is no SIREN: it has 9 digits, and its last one must fit the others."),
    "provider.siret_of_another_company": _("This SIRET belongs to another company: it must begin with %(siren)s."),
    "provider.siret_wrong": _("This is no SIRET: it has 14 digits, and its last one must fit the others."),
    "provider.targets_out_of_order": _(
        "Who is blocked can’t wait longer than who is hindered, nor that one than a question."
    ),
    "provider.text_missing": _("The text is missing in one of the three languages."),
    "provider.unknown_holidays": _("The public holidays of this place are not known. Write FR, or FR-57 for Moselle."),
    "provider.unknown_time_zone": _("There is no such time zone. Its name is like Europe/Paris."),
    "provider.vat_number_wrong": _("This is no VAT number of the European Union, or it has a mistake in it."),
    "schedule.closed_for_too_long": _("With these days the service would be closed for more than a year."),
    "schedule.days_backwards": _("The last day comes before the first one."),
    "schedule.days_open_already": _("These days are already open again."),
    "schedule.days_past": _("Days that are over can’t be closed any more."),
    "schedule.hours_overlap": _("The hours of a day overlap, or end before they begin."),
    "schedule.never_open": _("At least one day of the week must be open."),
    "tickets.account_exists": _(
        "This address has an account by now. Sign in: your question is there, and you send it from there."
    ),
    "tickets.closing_reason_missing": _("Say why: the team will want to know later."),
    "tickets.corrected_already": _("This time was corrected meanwhile. Correct the line that stands now."),
    "tickets.correction_reason_missing": _("Say why the time is corrected: the customer reads it."),
    "tickets.link_expired": _("This link has ended. Your question is kept: have a new link sent to you."),
    "tickets.link_used": _("This link was used already: your question is with us since then. Sign in to see it."),
    "tickets.may_not_agree": _("Only who asked, or who holds the account, can agree to more."),
    "tickets.may_not_ask": _("You can’t ask questions here at the moment. Ask who holds the account."),
    "tickets.message_empty": _("Write something, or choose a file."),
    "tickets.not_answered": _("This ticket does not wait for your word at the moment. Write a message instead."),
    "tickets.not_of_the_team": _("Only somebody of the team can take a ticket."),
    "tickets.nothing_runs": _("No clock of yours is running on ticket %(number)s."),
    "tickets.nothing_to_rate": _("This ticket can’t be rated: it is not closed yet, or nobody answered it."),
    "tickets.only_repair": _("This ticket was reopened to repair what failed, so nothing on it is charged."),
    "tickets.other_customer": _("Only tickets of one customer can be merged."),
    "tickets.other_work_runs": _(
        "Your clock is running on ticket %(number)s. Stop it first, and say what the time was for."
    ),
    "tickets.rating_not_yours": _("Only the person who asked can rate the ticket."),
    "tickets.rating_too_late": _("The 14 days in which a rating can be changed are over."),
    "tickets.reason_missing": _("Say what the time was for. The clock stands still meanwhile."),
    "tickets.reason_owed": _("Your clock on ticket %(number)s has stopped. Say first what the time was for."),
    "tickets.reopening_too_late": _(
        "This ticket was closed too long ago to go on with it. Ask a new question: what failed is repaired free of"
        " charge."
    ),
    "tickets.same_ticket": _("That is this ticket itself. Give the number of the other one."),
    "tickets.score_out_of_range": _("Choose one to five stars."),
    "tickets.subject_missing": _("Say in one line what the new ticket is about."),
    "tickets.ticket_closed": _(
        "Ticket %(number)s is closed. Ask a new question and name this number in it, so that we find the story."
    ),
    "tickets.time_out_of_range": _("Worked time is at least one second, at most 24 hours, and over by now."),
    "tickets.time_taken": _("This time is written down already, on this ticket or another one."),
    "tickets.too_many_questions": _(
        "Many questions came from this address within an hour. Confirm one of them, or try again in an hour."
    ),
    "tickets.waits_for_cover": _("Nothing pays for ticket %(number)s at the moment, so no clock can run on it."),
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
