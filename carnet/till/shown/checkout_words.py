"""How far a payment at PayPal is, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from carnet.payments.models import Checkout
from carnet.web.pictures import Tag

AWAY = _(
    "PayPal is not responding at the moment. Nothing is lost: we keep asking, and your order becomes active as soon as"
    " PayPal confirms your payment."
)
# In these PayPal has taken nothing: it takes what is approved only while the order waits for it.
NOTHING_TAKEN = {Checkout.State.MADE, Checkout.State.OPEN, Checkout.State.LAPSED, Checkout.State.REFUSED}
PAID_OTHERWISE = _("Your order was paid in another way in the meantime. Nothing was charged at PayPal.")
STATES: dict[str, Promise] = {
    Checkout.State.MADE: _("started"),
    Checkout.State.OPEN: _("at PayPal"),
    Checkout.State.PENDING: _("being checked"),
    Checkout.State.PAID: pgettext_lazy("payment", "paid"),
    Checkout.State.LAPSED: _("not paid"),
    Checkout.State.REFUSED: _("declined"),
    Checkout.State.WRONG: _("to be reviewed"),
}
_LOOKS = {
    Checkout.State.PENDING: "warn", Checkout.State.PAID: "good", Checkout.State.WRONG: "bad",
    Checkout.State.REFUSED: "warn",
}  # fmt: skip
_NEWS: dict[str, Promise] = {
    Checkout.State.MADE: _("PayPal knows of no payment yet. Nothing was charged."),
    Checkout.State.OPEN: _("PayPal has no payment yet. Nothing was charged, and the order is still waiting."),
    Checkout.State.PENDING: _("PayPal is still checking the payment. There is nothing to do."),
    Checkout.State.PAID: _("PayPal has confirmed the payment."),
    Checkout.State.LAPSED: _("Nothing was charged at PayPal."),
    Checkout.State.REFUSED: _("PayPal declined the payment. Nothing was charged, and the order is still waiting."),
    Checkout.State.WRONG: _(
        "PayPal’s details of this payment do not match the order. Nothing was credited; our team has been told and is"
        " looking into it."
    ),
}
# Why a payment is wrong, by code; for the desk.
WRONG: dict[str, Promise] = {
    "other_checkout": _("PayPal’s answer is about another payment."),
    "other_order": _("The PayPal payment names another order."),
    "other_currency": _("The PayPal payment is in another currency."),
    "other_amount": _("The PayPal payment is for another amount."),
    "other_payee": _("The PayPal payment went to an account other than yours."),
    "taken_twice": _("PayPal collected the payment twice."),
    "nothing_taken": _("PayPal says it is done, but states no amount collected."),
}


def state_of(checkout: Checkout) -> Tag:
    """Its state as a tag."""
    return Tag(str(STATES[checkout.state]), _LOOKS.get(Checkout.State(checkout.state), "neutral"))


def why(checkout: Checkout) -> Promise | str:
    """Why it is wrong, in words; of any other the service’s own code."""
    return WRONG.get(checkout.why, checkout.why) if checkout.state == Checkout.State.WRONG else checkout.why


def news(checkout: Checkout | None) -> str:
    """What asking the service brought; None: there was nothing to ask about."""
    return str(_NEWS[checkout.state if checkout is not None else Checkout.State.MADE])
