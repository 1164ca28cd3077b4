"""The app's words for people: a sentence for each of its refusals says what happened, and what to do; and what differs
between our books and the account at the payment service.
"""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.kernel import calendar, reading, references
from carnet.payments.models import AccountComparison, Difference
from carnet.payments.rules.comparing import Side
from carnet.provider import queries as provider
from carnet.web import formats

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "payments.access_changed": _("Someone else has changed the connection to PayPal in the meantime. Try again."),
    "payments.access_from_environment": _(
        "The server’s environment sets this, so it can’t be changed here. Change it where the server is configured."
    ),
    "payments.access_missing": _("PayPal is not connected. Enter the client ID and secret first."),
    "payments.access_not_accepted": _(
        "PayPal does not accept this client ID and secret. Copy both again from your PayPal developer account, and"
        " check whether they are for the sandbox or for live payments. (PayPal’s debug ID: %(debug_id)s)"
    ),
    "payments.cleared_before_received": _("A cheque can’t clear before it arrives, nor in the future."),
    "payments.environment_not_allowed": _("This site can’t use that service."),
    "payments.money_used_already": _(
        "The customer has used the credit that came of this payment: too little of it is left to take it back. If an"
        " order that waits uses it, cancel that order first."
    ),
    "payments.not_a_cheque": _("Only cheques can be cleared."),
    "payments.not_enough_credit": _("There is not enough credit for this."),
    "payments.paid_online": _(
        "PayPal has collected this payment, so it can’t have been recorded by mistake. Refund it on PayPal’s own"
        " pages: Carnet records the refund automatically."
    ),
    "payments.bounced_before_received": _("A cheque bounces on the day it arrived or later, and not in the future."),
    "payments.payment_undone": _("This payment was recorded by mistake and has been undone."),
    "payments.received_in_future": _("This day is in the future. Record payments once they have arrived."),
    "payments.received_long_ago": _("This day is more than a year ago. If it is right, tick this box."),
    "payments.same_money_again": _(
        "The same amount is already recorded for this day. If it really came twice, tick this box."
    ),
    "payments.secret_missing": _("Enter the secret that belongs to this client ID."),
    "payments.service_not_reached": _(
        "PayPal did not answer as expected: %(failed)s. Nothing was changed; try again in a few minutes. (PayPal’s"
        " debug ID: %(debug_id)s)"
    ),
    "payments.site_not_secure": _(
        "PayPal only sends notifications to an address that starts with https. This site’s address does not."
    ),
    "payments.settling_reason_missing": _("Say what was done: this is kept with the difference."),
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
        "bounced": gettext("its cheque was returned unpaid"),
        "refunded": gettext("refunded"),
        "sent_back": gettext("sent back to you"),
        "undone": gettext("a payment was recorded by mistake"),
        "used": gettext("used for an order"),
        "returned": gettext("returned from an order"),
    }
    return words[reason]


# Our books and the account at the payment service: what differs, in a few words, and what to do.
DIFFERENCES: dict[str, tuple[Promise, Promise]] = {
    "missing_there": (
        _("not at PayPal"),
        _("It is in the books, but PayPal doesn’t know it. Look for it in the activity list of your PayPal account."),
    ),
    "missing_here": (
        _("not in the books"),
        _(
            "Carnet asks PayPal about it again automatically. If it is still here tomorrow, look at the order or the"
            " dispute."
        ),
    ),
    "unknown_order": (
        _("no such order"),
        _("It was paid for an order that Carnet doesn’t know. Was an older backup restored? If not, refund it."),
    ),
    "other_amount": (
        _("different amount"),
        _("The books keep the amount that PayPal stated first. Ask PayPal what has changed."),
    ),
    "other_fee": (
        _("different fee"),
        _("The books keep the fee that PayPal stated first. Tell your accountant about the difference."),
    ),
    "other_currency": (_("different currency"), _("Carnet only handles euros. Record this amount outside Carnet.")),
    "refunded_too_much": (
        _("more refunded than paid"),
        _("This refund is not in the books, because it is larger than the payment. Ask PayPal about it."),
    ),
}
NOT_ALLOWED = ("NOT_AUTHORIZED", "PERMISSION_DENIED", "INSUFFICIENT_SCOPE")
MOVEMENTS: dict[str, Promise] = {
    "capture": _("Payment"),
    "refund": _("Refund"),
    "reversal": _("Taken back by PayPal"),
}
STATES_TOLD: dict[str, Promise] = {
    "pending": _("not completed"),
    "refused": _("not completed"),
    "failed": _("not completed"),
}


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """A difference as the desk lists it: what it is, both sides, what to do, and the page of the payment if it is
    known.
    """

    row: Difference
    words: str
    ours: str
    theirs: str
    advice: str
    url: str

    @property
    def is_open(self) -> bool:
        return self.row.mended_at is None and self.row.settled_at is None


def difference_shown(row: Difference) -> DifferenceShown:
    words, advice = DIFFERENCES[row.kind]
    url = ""
    if row.payment is not None and row.payment.cause_kind == "order":
        url = reverse("desk:till:order", args=[row.payment.cause_id])
    elif row.payment is not None:
        url = reverse("desk:home:customer", args=[row.payment.customer_id])
    return DifferenceShown(row, str(words), _side(row.ours), _side(row.theirs), str(advice), url)


def difference_sentence(row: Difference) -> str:
    """One difference in one line, with both sides, in the active language."""
    shown = difference_shown(row)
    return gettext("%(id)s, %(what)s: in the books %(ours)s, at PayPal %(theirs)s") % {
        "id": row.external_id, "what": shown.words, "ours": shown.ours, "theirs": shown.theirs,
    }  # fmt: skip


def _side(side: Side | None) -> str:
    """What one side says: payment or refund, its amount, fee, day, and reference, as far as it tells them."""
    if side is None:
        return gettext("nothing")
    if "refunded_cents" in side:
        return gettext("%(paid)s paid, of which %(gone)s refunded") % {
            "paid": _amount(side, "amount_cents"), "gone": _amount(side, "refunded_cents"),
        }  # fmt: skip
    parts = [f"{MOVEMENTS[str(side['kind'])]} {_amount(side, 'amount_cents')}"]
    if side["fee_cents"]:
        parts.append(gettext("fee %(amount)s") % {"amount": _amount(side, "fee_cents")})
    parts.append(formats.day(_day(str(side["at"])), reading.language()))
    if side.get("reference"):
        parts.append(references.grouped(str(side["reference"])))
    if side.get("state") in STATES_TOLD:
        parts.append(str(STATES_TOLD[str(side["state"])]))
    return ", ".join(parts)


def _amount(side: Side, name: str) -> str:
    cents = int(side[name] or 0)
    if side["currency"] == "EUR":
        return formats.money(cents, reading.language())
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02} {side['currency']}"


def _day(text: str) -> datetime.date:
    """Our side tells a day, theirs a moment."""
    if "T" not in text:
        return datetime.date.fromisoformat(text)
    return calendar.date_on(datetime.datetime.fromisoformat(text), provider.time_zone())


def comparison_failed(run: AccountComparison) -> str:
    """Why a comparison with the account broke off, and what to do about it."""
    if run.failed in NOT_ALLOWED:
        return gettext(
            "PayPal refuses to show the list of transactions (%(code)s). Allow “Transaction Search” for Carnet’s app"
            " in PayPal’s developer pages; this can take a few hours to work."
        ) % {"code": run.failed}
    return gettext(
        "PayPal did not answer as expected (%(code)s). Earlier results still stand; Carnet will try again"
        " automatically."
    ) % {"code": run.failed}
