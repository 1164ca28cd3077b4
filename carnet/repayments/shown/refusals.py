"""What is said to people whom an action of this app refused something: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "repayments.account_changed": _(
        "The account was changed after you opened this page. Check where you sent the money, then record it again."
    ),
    "repayments.account_holder_missing": _("Enter the name of the account holder as the bank has it."),
    "repayments.already_sent": _("This money has been sent already."),
    "repayments.iban_wrong": _("This IBAN is not right. Copy it from your bank’s documents."),
    "repayments.more_than_paid": _("This is more than is left of this payment. Reload the page."),
    "repayments.not_due": _("PayPal is sending this money. Nothing was changed."),
    "repayments.sent_before_received": _("This day comes before the payment that is sent back."),
    "repayments.sent_in_future": _("This day is in the future. Record the refund once it has been sent."),
}
