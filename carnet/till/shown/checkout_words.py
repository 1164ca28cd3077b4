"""How far a payment at PayPal is, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carnet.payments.models import Checkout
from carnet.web.pictures import Tag

AWAY = _(
    "PayPal is not responding at the moment. Nothing is lost: we keep asking, and your order becomes active as soon as"
    " PayPal confirms your payment."
)
STATES: dict[str, Promise] = {
    Checkout.State.MADE: _("begun"),
    Checkout.State.OPEN: _("at PayPal"),
    Checkout.State.PENDING: _("being checked"),
    Checkout.State.PAID: _("paid"),
    Checkout.State.LAPSED: _("not paid"),
    Checkout.State.REFUSED: _("refused"),
    Checkout.State.WRONG: _("to be looked at"),
}
_LOOKS = {
    Checkout.State.PENDING: "warn", Checkout.State.PAID: "good", Checkout.State.WRONG: "bad",
    Checkout.State.REFUSED: "warn",
}  # fmt: skip
_NEWS: dict[str, Promise] = {
    Checkout.State.MADE: _("PayPal knows of no payment yet. Nothing was taken."),
    Checkout.State.OPEN: _("PayPal has no payment yet. Nothing was taken, and the order waits as before."),
    Checkout.State.PENDING: _("PayPal is still checking the payment. There is nothing to do."),
    Checkout.State.PAID: _("PayPal has confirmed the payment."),
    Checkout.State.LAPSED: _("Nothing was taken at PayPal."),
    Checkout.State.REFUSED: _("PayPal did not make the payment. Nothing was taken, and the order waits as before."),
    Checkout.State.WRONG: _(
        "What PayPal says about this payment does not match the order. Nothing was credited; our team has been told and"
        " looks at it."
    ),
}
# Why a payment is wrong, by code; for the desk.
WRONG: dict[str, Promise] = {
    "other_checkout": _("PayPal answered about another payment."),
    "other_order": _("PayPal’s payment names another order."),
    "other_currency": _("PayPal’s payment is in another currency."),
    "other_amount": _("PayPal’s payment is of another amount."),
    "other_payee": _("PayPal’s payment went to another account than yours."),
    "taken_twice": _("PayPal took the money twice."),
    "nothing_taken": _("PayPal calls it done, but names no money that was taken."),
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
