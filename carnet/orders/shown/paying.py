"""How a waiting order can be paid: by the means that was chosen, or by another."""

import datetime
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carnet.orders.models import Order, OrderMeans
from carnet.orders.queries import amounts, sales
from carnet.payments import queries as payments
from carnet.payments.models import Checkout
from carnet.payments.rules import checkouts as rules
from carnet.people.models import Customer

OTHERWISE: dict[str, Promise] = {
    OrderMeans.PAYPAL: _("Pay with PayPal instead"),
    OrderMeans.TRANSFER: _("Pay by bank transfer instead"),
    OrderMeans.CHEQUE: _("Pay by cheque instead"),
}


@dataclass(frozen=True, slots=True)
class Paying:
    """What the page of a waiting order says of paying it: the part for its means, the others that are one click away,
    and how far a payment at PayPal is.
    """

    part: str
    others: list[tuple[str, Promise]]
    is_on_offer: bool
    approve_url: str = ""  # where a payment that was begun goes on
    is_pending: bool = False
    is_refused: bool = False
    is_wrong: bool = False  # money may have been taken: nobody is asked to try again
    has_qr: bool = False


def paying(order: Order, at: datetime.datetime) -> Paying:
    """How this waiting order is paid."""
    on_offer = sales.means_on_offer()
    latest = payments.checkouts_of(order.cause).first()
    may_go_on = latest is not None and latest.state == Checkout.State.OPEN and at < latest.made_at + rules.REUSABLE_FOR
    return Paying(
        part=f"orders/customer/paying/{order.means}.html",
        others=[(means, OTHERWISE[means]) for means in on_offer if means != order.means],
        is_on_offer=order.means in on_offer,
        approve_url=latest.approve_url if latest and may_go_on else "",
        is_pending=payments.checkouts_of(order.cause).filter(state=Checkout.State.PENDING).exists(),
        has_qr=order.means == OrderMeans.TRANSFER and order.means in on_offer,
        is_refused=latest is not None and latest.state == Checkout.State.REFUSED,
        is_wrong=latest is not None and latest.state == Checkout.State.WRONG,
    )


def may_request_invoice(order: Order) -> bool:
    """O8: whether a company may ask for its invoice before it pays; not twice."""
    return (
        order.state == Order.State.WAITING
        and order.customer.kind == Customer.Kind.COMPANY
        and amounts.invoice_requested(order) is None
    )
