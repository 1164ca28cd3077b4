"""What the background does, in words for people: no path of a function on a page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "carnet.files.tasks.purge": _("Delete files that belong to nothing"),
    "carnet.invoices.tasks.make_document": _("Make the PDF of an invoice"),
    "carnet.jobs.tasks.prune": _("Forget finished background jobs"),
    "carnet.ledger.tasks.tell_of_ending": _("Announce tickets and minutes that expire soon"),
    "carnet.ledger.tasks.tell_of_low_units": _("Announce the last ticket or half hour"),
    "carnet.limits.tasks.purge": _("Forget what visitors did before today"),
    "carnet.mail.tasks.deliver": _("Send an e-mail"),
    "carnet.mail.tasks.nudge": _("Look for e-mails that were left behind"),
    "carnet.orders.tasks.follow_time": _("End orders that expired"),
    "carnet.till.tasks.look_at_checkouts": _("Follow payments that were started at PayPal"),
    "carnet.till.tasks.use_notice": _("Ask PayPal about a notification"),
    "carnet.till.tasks.activate_orders": _("Activate paid orders that may start"),
    "carnet.till.tasks.cancel_unpaid_bounces": _("Cancel what bounced cheques had paid for"),
    "carnet.till.tasks.follow_disputes": _("Cancel tickets and minutes returned after a lost dispute"),
    "carnet.till.tasks.check_vat_numbers": _("Ask VIES again about VAT numbers"),
    "carnet.till.tasks.follow_refunds": _("Refund tickets and minutes that an open ticket has returned"),
    "carnet.till.tasks.look_at_repayments": _("Send refunds through PayPal, and follow them"),
    "carnet.till.tasks.look_at_disputes": _("Ask PayPal about disputes"),
    "carnet.till.tasks.look_at_all_disputes": _("Ask PayPal about all disputes"),
    "carnet.office.tasks.purge": _("Delete personal data after its retention period"),
    "carnet.proof.tasks.verify": _("Verify all records"),
    "carnet.orders.tasks.send_confirmation": _("Send the confirmation of an order"),
    "carnet.orders.tasks.remind": _("Remind of orders that wait for payment"),
    "carnet.payments.tasks.ask_for_fees": _("Ask PayPal for fees that are still missing"),
    "carnet.payments.tasks.compare_account": _("Compare payments with the PayPal account"),
    "carnet.people.tasks.clear_sessions": _("Delete sessions that have ended"),
    "carnet.tickets.tasks.cover_waiting": _("Cover tickets that wait for a purchase"),
    "carnet.tickets.tasks.follow_clocks": _("Follow running clocks"),
    "carnet.tickets.tasks.pass_on": _("Pass on tickets of removed persons"),
    "carnet.tickets.tasks.remove_unconfirmed_files": _("Delete files of questions that nobody confirmed"),
    "carnet.tickets.tasks.remind_and_close": _("Send reminders and close tickets without a reply"),
}


def words_of(name: str) -> Promise | str:
    """What a job does; of one that the program no longer has, its last name."""
    return WORDS.get(name) or name.rpartition(".")[2].replace("_", " ")
