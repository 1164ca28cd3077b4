"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "payments.cleared_before_received": _("A cheque can’t clear before it arrives, nor in the future."),
    "payments.money_used_already": _(
        "The customer has used the credit that came of this payment: too little of it is left to take it back. If an"
        " order that waits uses it, cancel that order first."
    ),
    "payments.not_a_cheque": _("Only cheques can be cleared."),
    "payments.not_enough_credit": _("There is not enough credit for this."),
    "payments.payment_undone": _("This payment was recorded by mistake and has been undone."),
    "payments.received_in_future": _("This day is in the future. Record payments once they have arrived."),
    "payments.received_long_ago": _("This day is more than a year ago. If it is right, tick this box."),
    "payments.same_money_again": _(
        "The same amount is already recorded for this day. If it really came twice, tick this box."
    ),
    "payments.undoing_reason_missing": _("Give the reason: it is kept with the correction."),
}


def credit_reason(reason: str) -> str:
    """Why credit came or went, in a few words."""
    words = {
        "surplus": gettext("paid too much"),
        "paid_twice": gettext("paid twice"),
        "too_late": gettext("arrived too late"),
        "too_little": gettext("not paid in full"),
        "cancelled": gettext("paid for a cancelled order"),
        "no_order": gettext("no matching order"),
        "disputed": gettext("its payment is disputed"),
        "undisputed": gettext("the dispute is settled"),
        "undone": gettext("a payment was recorded by mistake"),
        "used": gettext("used for an order"),
        "returned": gettext("returned from an order"),
    }
    return words[reason]
