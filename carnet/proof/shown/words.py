"""What is wrong, for each kind of record and each code. Values that a sentence does not name are listed behind it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CUT_OFF = _(
    "the file of the ends knows this line, and it is missing: lines were cut off, or an older copy was put back"
)
WRITTEN_ANEW = _("the file of the ends knows another line here: the journal was written anew")

LEDGER: dict[str, Promise] = {
    "line_missing": _("a line of the journal is missing"),
    "line_repeated": _("a line of the journal is there twice"),
    "chain_broken": _("the line does not follow from the one before it"),
    "line_changed": _("the line, or what it says about its pack, was changed after it was written"),
    "time_goes_back": _("the line is older than the one before it"),
    "last_day_jumps": _("the line changes another last day than the pack had"),
    "below_zero": _("the line takes tickets or minutes that were not there"),
    "ledger_differs": _("the ledger and its journal differ; lines at the end may be missing"),
    "audit_differs": _("the audit knows another end of the journal"),
    "lot_without_opening": _("the journal knows nothing of a pack"),
    "lot_differs": _("a pack and the journal differ"),
    "hold_differs": _("what a cause holds and the journal differ"),
    "hold_missing": _("what a cause holds is missing"),
    "end_missing": CUT_OFF,
    "end_differs": WRITTEN_ANEW,
}

CUSTOMER: dict[str, Promise] = {
    "account_missing": _("the credit of its changes is missing"),
    "credit_only_in_books": _("only the books know of its credit"),
    "does_not_add_up": _("change %(movement)s of the credit does not add up"),
    "account_differs": _("the credit and its changes differ"),
    "books_count_differs": _("the books know another number of changes of its credit"),
    "books_differ": _("change %(movement)s of the credit and the books differ"),
    "trial_not_noted": _("it has free minutes that nobody noted"),
    "trial_missing": _("it is noted for free minutes that are not there"),
}

TABLE: dict[str, Promise] = {
    "trigger_missing": _("a trigger that refuses UPDATE or DELETE is missing"),
    "rows_missing": _("it has %(found)s rows, and the file of the ends knows %(known)s"),
}

BOOKS: dict[str, Promise] = {
    "line_too_many": _("the line is one too many"),
    "line_missing": _("line %(expected)s is missing before it"),
    "chain_broken": _("the line does not follow from the one before it"),
    "line_changed": _("the line was changed after it was written"),
    "time_goes_back": _("the line is older than the one before it"),
    "key_missing": _("the key of version %(version)s is missing"),
    "payment_unnamed": _("it is money, and names no payment"),
    "head_differs": _("the head and the journal differ (lines %(head)s and %(journal)s)"),
    "audit_differs": _("the audit knows another end of the journal (line %(line)s)"),
    "end_missing": CUT_OFF,
    "end_differs": WRITTEN_ANEW,
}

FILE_OF_ENDS: dict[str, Promise] = {
    "file_unreadable": _("it can't be read"),
    "file_does_not_follow": _("it does not follow from the line before it"),
    "file_changed": _("it was changed after it was written"),
    "file_key_missing": _("its key is missing"),
    "file_shorter": _("it has %(found)s lines, and the database knows %(known)s: it was cut off or is missing"),
    "file_differs": _("the database knows another line here"),
}

PAYMENT: dict[str, Promise] = {
    "payment_missing": _("the books know it, and it is missing"),
    "not_in_books": _("it is not in the books"),
    "twice_in_books": _("it is in the books more than once"),
    "books_differ": _("the payment and the books differ"),
    "later_than_books": _("it is younger than its line in the books"),
    "undone_differs": _("whether it was undone and the corrections in the books differ"),
    "correction_differs": _("its correction in the books is about other money"),
    "clearing_impossible": _("it was cleared before it came, or is no cheque"),
    "credit_left": _("it was undone, and credit of it is left"),
    "receipt_missing": _("it came by PayPal, but nothing says which PayPal payment it was"),
    "receipt_of_other_means": _("it did not come by PayPal, but has a PayPal receipt"),
    "undone_online": _("it came by PayPal, but was undone as recorded by mistake"),
    "checkout_differs": _("its PayPal receipt and the attempt to pay it differ"),
    "fee_does_not_add_up": _("its PayPal fee and net amount do not add up to it"),
    "refunded_too_much": _("more was refunded than was paid"),
    "refund_does_not_add_up": _("the refund %(refund)s does not add up"),
    "not_in_books_online": _("its PayPal fee or a refund of it is not in the books"),
    "bounce_impossible": _("it bounced, but is no cheque, or the books know another day"),
    "only_in_books_online": _("line %(line)s of the books holds a fee or refund that is missing or different here"),
}

CHECKOUT: dict[str, Promise] = {
    "paid_without_receipt": _("it is marked as paid, but led to no payment"),
}

ORDER: dict[str, Promise] = {
    "order_missing": _("something was written about it, and it is not there"),
    "changed": _("what it fixed was changed after it was placed"),
    "key_missing": _("the key of version %(version)s is missing"),
    "differs": _("its price, VAT, date or credit is not what it must be"),
    "line_differs": _("line %(line)s is not priced as its edition was"),
    "vat_differs": _("line %(line)s has VAT of category %(found)s, which its buyer does not have"),
    "not_on_sale": _("the edition of line %(line)s was not on sale when it was placed"),
    "terms_unpublished": _("its terms were not published when it was placed"),
    "withdrawal_day_differs": _("its last day of withdrawal is not 14 days later"),
    "revival_differs": _("since money revived it, its last day of withdrawal is not 14 days later"),
    "express_of_a_company": _("it asks to start at once, and has no withdrawal period"),
    "requested_invoice_open": _("its invoice %(invoice)s was neither paid nor corrected by a credit note"),
    "expiry_differs": _("it ends at a time that no rule gives it"),
    "buyer_missing": _("its buyer is missing"),
    "buyer_changed": _("its buyer was changed after it was placed"),
    "buyer_emptied_early": _("its buyer was emptied before the time"),
    "audit_differs": _("the audit knows another order, or none"),
    "state_differs": _("it is %(state)s, and its settlement says otherwise"),
    "active_without_settlement": _("it brought a pack, and is not settled"),
    "invoice_differs": _("its invoice %(invoice)s is about something else"),
    "not_paid": _("it is settled, and not enough was paid"),
    "settlement_differs": _("it was settled, or starts, at a time that no rule gives it"),
    "active_too_early": _("its pack was made before it might be"),
    "lot_differs": _("its pack is not what was sold"),
}

REFUND: dict[str, Promise] = {
    "refund_missing": _("transactions refer to it, but it does not exist"),
    "not_sold": _("its order was not paid when it was made"),
    "not_withdrawn": _("nobody has withdrawn from its order"),
    "units_differ": _("the ledger returned %(expected)s tickets or minutes for it, not %(found)s"),
    "worth_differs": _("what it took back is worth %(expected)s cents, not %(found)s"),
    "note_differs": _("its credit note is missing, or is about something else"),
    "money_differs": _("what became credit and what is repaid are not its amount"),
    "more_than_paid": _("its order has returned %(back_cents)s cents, and %(paid_cents)s were paid"),
}

REPAYMENT: dict[str, Promise] = {
    "repayment_missing": _("transactions refer to it, but it does not exist"),
    "differs": _("its payment or the audit says something else"),
    "books_differ": _("the books do not show it once, as it was sent"),
    "service_differs": _("PayPal has sent something else, or nothing"),
    "sent_too_early": _("it was sent before the payment came"),
    "more_than_came": _("more of payment %(payment)s is returned than came"),
}

WITHDRAWAL: dict[str, Promise] = {
    "withdrawal_missing": _("the audit knows it, and it is missing"),
    "declared_differs": _("the audit knows another declaration, or none"),
    "out_of_time": _("it was declared on %(on)s, outside the withdrawal period"),
    "carried_out_differs": _("whether it was carried out, and the audit, differ"),
    "not_carried_out": _("it is marked as carried out, and its order is %(state)s"),
    "units_left": _("it was carried out, and what it takes can still be used"),
    "carried_out_twice": _("its order has more than one that was carried out"),
}

DEPOSIT_SLIP: dict[str, Promise] = {
    "does_not_follow": _("it does not follow the number before it"),
    "sum_differs": _("its sum and its cheques differ"),
    "no_cheque": _("it holds a payment that is no cheque"),
    "deposited_too_early": _("it was handed in before it was made"),
}

DISPUTE: dict[str, Promise] = {
    "dispute_missing": _("transactions refer to it, but it does not exist"),
    "not_online": _("its payment did not come through PayPal"),
    "differs": _("its status, the credit it holds or the amount it cancelled does not match the record"),
    "too_much": _("it is about more than was paid, or holds more credit than allowed"),
    "money_not_taken": _("it is lost, but the books do not show that the payment was taken back"),
    "units_usable": _("it is open, but pack %(lot)s can be used"),
    "units_frozen": _("it is won, but pack %(lot)s is frozen"),
    "not_bounced": _("no cheque of it is recorded as bounced"),
    "not_credited": _("the amount it cancelled and its credit notes do not match"),
}

INVOICE: dict[str, Promise] = {
    "does_not_follow": _("it does not follow the number before it"),
    "number_differs": _("its number is not that of its place"),
    "books_differ": _("the books say something else"),
    "facts_changed": _("what it fixes was changed after it was issued"),
    "sums_differ": _("its sums are not those of its lines"),
    "buyer_missing": _("who bought is missing"),
    "buyer_changed": _("who bought was changed after it was issued"),
    "pdf_missing": _("its PDF (%(language)s) is missing"),
    "pdf_not_in_books": _("the books know another PDF, or none"),
    "pdf_changed": _("its PDF (%(language)s) was changed after it was made"),
    "corrects_another": _("it corrects no invoice of its customer (%(invoice)s)"),
    "before_its_invoice": _("it is older than invoice %(invoice)s, which it corrects"),
    "corrects_no_line": _("the invoice that it corrects has no line %(position)s"),
    "corrects_another_sale": _("the books correct another sale, or another amount"),
    "sold_otherwise": _("line %(position)s was sold as something else, or at another rate"),
    "credited_too_much": _("of line %(position)s %(found)s cents are credited, and %(sold)s were sold"),
    "vat_differs": _("the VAT of line %(position)s is not its part of what was sold"),
    "invoice_missing": _("the books know it, and it is missing"),
}

FILE: dict[str, Promise] = {
    "missing": _("its content is missing"),
    "unreadable": _("its content can't be read"),
    "size_differs": _("its content does not have the size that was stored"),
    "content_differs": _("its content is not what was stored"),
}

TICKET: dict[str, Promise] = {
    "no_cover": _("it has no cover"),
    "cover_of_another": _("its cover is that of another ticket or customer"),
    "made_of_nothing": _("its cover is made of nothing"),
    "unpaid_work_charged": _("work beyond the paid time counts as chargeable"),
    "held_is_not_price": _("what the ledger holds for it is not its price"),
    "held_is_not_reserved": _("what the ledger holds for it is not what its cover reserved"),
    "state_differs": _("it is %(state)s, its cover %(cover)s"),
    "waiting_unclear": _("its cover does not know whether it waits, since when and for what"),
    "before_opening": _("something happened to its cover before it was opened"),
    "no_closure": _("it is closed without a closure"),
    "closed_at_differs": _("it was closed at another time than its closure says"),
    "closed_with_clock": _("it is closed, and a clock runs on it"),
    "waits_with_clock": _("it is not covered, and a clock of charged work runs on it"),
    "merged_elsewhere": _("it was merged with one ticket, and is priced with another"),
    "merged_with_stranger": _("it was merged with a ticket of another customer"),
    "merged_in_chain": _("it was merged into a ticket that was merged itself"),
    "merged_at_differs": _("it was merged at another time than its cover ended"),
    "merged_work_differs": _("merging tells %(told)s s of work, the sessions %(sessions)s s"),
    "session_too_early": _("session %(session)s was written down before it ended"),
    "session_too_late": _("session %(session)s is charged, and was written down after the closing"),
    "corrects_another": _("session %(session)s corrects one of another ticket"),
    "corrects_to_more": _("session %(session)s makes more of the one that it corrects"),
    "rating_differs": _("its rating is not the score that was given last"),
    "beyond_consent": _("it took more tickets or minutes than anybody agreed to"),
    "before_consent": _("it was split off, and took tickets or minutes before anybody agreed"),
    "ceiling_lost": _("it may take fewer tickets or minutes than was said last"),
    "waits_with_time_left": _("it is not covered, and %(left)s s of what is paid are left"),
    "nothing_pays": _("it is covered by nothing"),
    "costs_more_than_paid": _("it costs %(price)s by now, and only %(paid)s pay for it"),
    "paid_time_missing": _("the paid time %(number)s is missing"),
    "reserved_for_nothing": _("something was reserved for it that covers nothing"),
    "reserved_others": _("%(units)s of %(means)s cover it, and the journal reserved others"),
    "paid_at_wrong_time": _("a time was paid before its cover was opened, or after it was reserved in the journal"),
    "paid_seconds_differ": _("%(seconds)s s were paid at once, instead of %(minutes)s min"),
    "merged_seconds_differ": _("after merging %(seconds)s s are paid, instead of %(expected)s s"),
    "ending_pays_more": _("an ending pays for more"),
    "stayed_paid_differs": _("%(seconds)s s stayed paid when it ended, instead of %(expected)s s"),
    "given_back_differs": _("its paid times gave back %(told)s of %(means)s, the journal %(journal)s"),
    "endings_differ": _("its cover was settled %(settled)s times, and %(endings)s endings are written down"),
    "cover_tells_otherwise": _("its cover tells %(found)s %(field)s, instead of %(expected)s"),
    "least_differs_from_first": _("it costs %(least)s minutes at least, and took %(first)s first"),
    "least_differs": _("it costs %(least)s minutes at least, instead of %(expected)s"),
    "closure_work_differs": _("the closure tells %(told)s s of work, the sessions %(sessions)s s"),
    "closure_price_differs": _("the closure tells another price than what paid for it"),
    "closure_waives_wrongly": _("the closure waives what was worked, and it did not end so"),
    "price_is_not_paid": _("its price is %(price)s, and %(paid)s pay for it"),
    "kept_less_than_price": _("its price is %(price)s, it kept %(kept)s"),
    "ended_without_closure": _("it ended, and no closure says how"),
    "price_differs": _("its price is %(price)s, calculated again %(expected)s"),
    "merged_price_differs": _("merging tells a price of %(told)s apart, instead of %(expected)s"),
    "merged_charge_differs": _("merging tells %(told)s charged s, instead of %(expected)s s, or another least price"),
    "kept_more_than_cost": _("it kept more tickets or minutes than it cost"),
}

WORDS: dict[str, dict[str, Promise]] = {
    "customer": LEDGER | CUSTOMER,
    "table": TABLE,
    "books": BOOKS,
    "books_line": BOOKS,
    "heads_file": FILE_OF_ENDS,
    "payment": PAYMENT,
    "checkout": CHECKOUT,
    "order": ORDER,
    "refund": REFUND,
    "repayment": REPAYMENT,
    "withdrawal": WITHDRAWAL,
    "deposit_slip": DEPOSIT_SLIP,
    "dispute": DISPUTE,
    "invoice": INVOICE,
    "deposit_slips": {"counter_differs": _("the counter and the last number differ")},
    "series": {"counter_differs": _("the counter and the last number differ")},
    "terms": {"pdf_changed": _("its PDF was changed after it was made")},
    "file": FILE,
    "ticket": TICKET,
    "cover": {"ticket_missing": _("something was written about it, and no ticket has it")},
    "session": {"two_at_once": _("agent %(agent)s worked on both at once")},
    "lot": {
        "not_a_pack": _("it is no hour pack, and its first minutes are taken"),
        "first_minutes_differ": _("its first minutes are taken by ticket %(taken)s, in its journal by %(journal)s"),
    },
}

# What the record is called. The first that fits: one that names a line comes first.
RECORDS: tuple[tuple[str, str, Promise], ...] = (
    ("customer", "line", _("customer %(id)s, line %(line)s")),
    ("customer", "", _("customer %(id)s")),
    ("ticket", "", _("ticket %(id)s")),
    ("cover", "", _("cover %(id)s")),
    ("session", "", _("sessions %(before)s and %(id)s")),
    ("lot", "", _("pack %(id)s")),
    ("order", "", _("order %(id)s")),
    ("payment", "", _("payment %(id)s")),
    ("refund", "", _("refund %(id)s")),
    ("repayment", "", _("repayment %(id)s")),
    ("withdrawal", "", _("withdrawal %(id)s")),
    ("deposit_slips", "", _("deposit slips")),
    ("deposit_slip", "", _("deposit slip %(id)s")),
    ("dispute", "", _("dispute %(id)s")),
    ("checkout", "", _("attempt to pay by PayPal %(id)s")),
    ("invoice", "", _("invoice %(id)s")),
    ("series", "", _("invoices, series %(id)s")),
    ("terms", "", _("terms %(id)s")),
    ("file", "", _("file %(id)s")),
    ("books_line", "", _("books, line %(id)s")),
    ("books", "", _("books")),
    ("heads_file", "id", _("file of the ends, line %(id)s")),
    ("heads_file", "", _("file of the ends")),
)
