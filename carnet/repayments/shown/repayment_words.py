"""What is said to customers of money that goes back to them (O4, O9)."""

from django.utils.translation import gettext as _

from carnet.repayments.models import Repayment
from carnet.web import formats

LAST_SHOWN = 4


def way(repayment: Repayment, language: str) -> str:
    """By which way it comes, or came."""
    values = {"amount": formats.money(repayment.amount_cents, language), "iban": account_end(repayment)}
    if repayment.state == Repayment.State.SENT:
        assert repayment.sent_on
        return _sent(repayment) % (values | {"day": formats.day(repayment.sent_on, language)})
    if repayment.means == "paypal":
        return _("%(amount)s comes back through PayPal, within a few days.") % values
    if values["iban"]:
        return _("%(amount)s comes by bank transfer to your account ending in %(iban)s.") % values
    if repayment.means == "cheque":
        return _("%(amount)s comes by cheque, or by bank transfer if you give us your account details.") % values
    return _("%(amount)s comes by bank transfer: please give us your account details.") % values


def _sent(repayment: Repayment) -> str:
    return {
        "paypal": _("%(amount)s was sent back through PayPal on %(day)s."),
        "transfer": _("%(amount)s was sent back by bank transfer on %(day)s."),
        "cheque": _("%(amount)s was sent back by cheque on %(day)s."),
    }[repayment.means]


def account_end(repayment: Repayment) -> str:
    """The end of the account's number; empty if none is known."""
    account = getattr(repayment, "account", None)
    return account.iban[-LAST_SHOWN:] if account else ""
