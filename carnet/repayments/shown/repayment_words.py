"""What is said of money that goes back, to its customer and to the team (O4, O9)."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carnet.documents import qr_codes
from carnet.kernel import references
from carnet.payments.models import Means
from carnet.repayments import queries, rules
from carnet.repayments.models import Repayment
from carnet.web import formats
from carnet.web.pictures import Tag
from carnet.web.tabs import StateTab

LAST_SHOWN = 4
State = Repayment.State


def way(repayment: Repayment, language: str) -> str:
    """By which way it comes, or came."""
    values = {"amount": formats.money(repayment.amount_cents, language), "iban": account_end(repayment)}
    if repayment.state == State.SENT:
        assert repayment.sent_on
        return _sent(repayment) % (values | {"day": formats.day(repayment.sent_on, language)})
    if repayment.means == Means.PAYPAL:
        return _("%(amount)s comes back through PayPal, within a few days.") % values
    if values["iban"]:
        return _("%(amount)s comes by bank transfer to your account ending in %(iban)s.") % values
    if repayment.means == Means.CHEQUE:
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
    return repayment.iban[-LAST_SHOWN:]


def needs_account(repayment: Repayment) -> bool:
    """Whether the customer has still to say where it goes."""
    return repayment.state == State.DUE and not account_end(repayment)


def state_of(repayment: Repayment) -> Tag:
    """How far it is, in a word or two."""
    if repayment.state == State.DUE:
        return Tag(_("to send"), "warn")
    return Tag(_("sent"), "good") if repayment.state == State.SENT else Tag(_("being sent"), "neutral")


def tabs(path: str, state: str) -> list[StateTab]:
    """Above the desk's list."""
    words = {"due": _("To send"), "asked": _("Being sent"), "sent": _("Sent")}
    return [
        StateTab(
            path if one == "due" else f"{path}?state={one}", label, one == state,
            queries.due_count() if one == "due" else None,
        )
        for one, label in words.items()
    ]  # fmt: skip


def why(repayment: Repayment) -> str:
    """Why the payment service has not sent it, or who did; of what it has sent nothing is left to say."""
    if repayment.state == State.SENT and repayment.means == Means.PAYPAL and repayment.why != "by_hand":
        return ""
    known = {
        "": "",
        rules.ASKED: _("PayPal has not answered yet; Carnet keeps asking, and it is never sent twice"),
        "by_hand": _("sent in PayPal’s own pages"),
        "disputed": _("waits until the dispute is settled"),
        "other_amount": _("PayPal names another amount; look at the comparison with PayPal"),
        "failed": _("PayPal could not deliver it"),
        "not_connected": _("PayPal is not connected"),
        "REFUND_TIME_LIMIT_EXCEEDED": _("the payment is too old for a refund by PayPal"),
        "REFUND_FAILED_INSUFFICIENT_FUNDS": _("not enough money in the PayPal account"),
        "TRANSACTION_DISPUTED": _("PayPal refuses it until a dispute is settled"),
        "PENDING_CAPTURE": _("PayPal is still checking the payment"),
        "CAPTURE_FULLY_REFUNDED": _("PayPal says that everything was refunded there already"),
        "REFUND_AMOUNT_EXCEEDED": _("PayPal says that part of it was refunded there already"),
    }
    if repayment.why in known:
        return known[repayment.why]
    return _("PayPal’s answer: %(word)s") % {"word": repayment.why.replace("_", " ").lower()}


def cautions(repayment: Repayment, *, is_disputed: bool) -> list[str]:
    """What to think of before it is sent."""
    if repayment.state == State.SENT:
        return []
    found = []
    if is_disputed:
        found.append(_("This payment is disputed, or its cheque bounced. Don’t send anything before that is settled."))
    payment = repayment.payment
    if payment.means == Means.CHEQUE and not hasattr(payment, "clearing"):
        found.append(_("The cheque is not recorded as cleared. Check your bank statement before you send money back."))
    return found


def may_send_otherwise(repayment: Repayment) -> bool:
    """Whether a person may send it by transfer instead."""
    return repayment.state == State.ASKED and rules.may_be_sent_otherwise(repayment.why)


def reference_shown(repayment: Repayment) -> str:
    """In groups of four, if it is one of ISO 11649."""
    is_structured = references.read(repayment.reference)
    return references.grouped(repayment.reference) if is_structured else repayment.reference


def transfer_qr(repayment: Repayment) -> SafeString | str:
    """The QR code of the transfer that sends it; empty if nothing is to be sent, or nobody knows where."""
    account = getattr(repayment, "account", None)
    if repayment.state != State.DUE or repayment.means != Means.TRANSFER or account is None:
        return ""
    payload = qr_codes.epc_payload(
        name=account.holder, iban=account.iban, bic="", amount_cents=repayment.amount_cents,
        reference=repayment.reference, is_text=references.read(repayment.reference) is None,
    )  # fmt: skip
    return qr_codes.transfer_qr(payload)
