"""What is said to people whom an action of this app refused something: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "till.consumers_only": _(
        "The right to withdraw is for consumers, and this order is a company’s. Write to us: we’ll find a solution."
    ),
    "till.nothing_to_withdraw_from": _(
        "This order has ended and you owe nothing, so there is nothing to withdraw from."
    ),
    "till.withdrawal_late": _(
        "The time to withdraw from this order has passed. Write to us all the same: a person reads it."
    ),
    "till.cheque_bounced": _(
        "This cheque bounced, and that stays in the books. If the bank pays it after all, record its money as a new"
        " payment."
    ),
    "till.cheque_on_slip": _(
        "This cheque is on deposit slip %(number)s, so it can’t be corrected any more. If the bank doesn’t pay it, mark"
        " it as bounced."
    ),
    "till.slip_not_deposited": _("This slip has not been handed in yet: record that first."),
    "till.invoice_for_companies": _(
        "Only companies can get their invoice before paying. Yours comes as soon as you have paid."
    ),
    "till.notice_forged": _("PayPal did not send this notification."),
    "till.notice_settled": _("There is nothing more to do about this notification."),
    "till.notices_not_set_up": _("PayPal is not connected, so nothing can be asked. Connect it in the settings."),
    "till.asked_too_often": _(
        "That was a lot of attempts within an hour. We keep asking PayPal automatically; try again later, or choose"
        " another way to pay."
    ),
    "till.payment_pending": _(
        "PayPal is still checking your payment. Please don’t pay again: we will e-mail you as soon as PayPal has"
        " decided."
    ),
    "till.payment_service_away": _(
        "PayPal is not responding at the moment. We are keeping your order: try again in a few minutes, or choose"
        " another way to pay."
    ),
    "till.no_credit": _("There is no credit that can be sent back at the moment."),
    "till.nothing_to_pay": _("This order is no longer waiting for payment. Nothing was charged."),
    "till.nothing_to_choose": _("This order is no longer waiting for a choice."),
    "till.nothing_to_refund": _("Nothing in this order can be refunded: everything has been used or already refunded."),
    "till.payment_disputed": _(
        "This payment is disputed, or its money was taken back, so nothing of it can be refunded at the moment."
    ),
    "till.payment_settled_order": _(
        "This payment settled its order: the invoice is issued. Only a refund with a credit note can undo that. Refund"
        " the order instead."
    ),
    "till.refund_reason_missing": _("Give the reason for the refund."),
    "till.received_before_order": _(
        "This day comes before the order. Record earlier money as a payment without an order, on the customer’s page."
    ),
    "till.service_away": _("PayPal can’t be reached at the moment (%(failed)s). Try again later."),
    "till.too_much_unproven": _("Too many notifications could not be verified. Try again later."),
}
