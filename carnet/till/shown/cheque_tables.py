"""The desk's room of cheques: its tabs, and a row for each cheque with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from carnet.cheques.models import ChequeAnnouncement
from carnet.kernel import reading
from carnet.orders.models import Order
from carnet.orders.queries import lists
from carnet.orders.shown import bounced
from carnet.payments.models import Payment
from carnet.till.shown.disputes import until
from carnet.till.shown.state_tabs import StateTab
from carnet.web import formats
from carnet.web.pictures import Tag

TABS: dict[str, Promise] = {
    "announced": pgettext_lazy("cheques", "Announced"),
    "to_deposit": pgettext_lazy("cheques", "To deposit"),
    "on_slip": pgettext_lazy("cheques", "On a slip"),
    "deposited": pgettext_lazy("cheques", "Deposited"),
    "cleared": pgettext_lazy("cheques", "Cleared"),
    "bounced": pgettext_lazy("cheques", "Bounced"),
}
NOTHING: dict[str, Promise] = {
    "to_deposit": _("No cheque is waiting to be deposited"),
    "on_slip": _("No cheque is on a slip that is still to be handed in"),
    "deposited": _("No deposited cheque is waiting to clear"),
    "cleared": _("No cheque has cleared yet"),
    "bounced": _("No cheque has bounced"),
}


@dataclass(frozen=True, slots=True)
class ChequeRow:
    """One cheque as a row of a table."""

    payment: Payment
    order: Order | None
    tag: Tag | None  # what became of one that bounced, or that cleared
    note: str
    is_done: bool


def tabs(current: str) -> list[StateTab]:
    """One for each state, and the slips."""
    found = [StateTab(href(state), str(words), state == current) for state, words in TABS.items()]
    slips = str(pgettext_lazy("cheques", "Slips"))
    return [*found, StateTab(reverse("desk:till:deposit_slips"), slips, current == "slips")]


def href(state: str) -> str:
    """Where the cheques in this state are listed."""
    return f"{reverse('desk:till:cheques')}?{urlencode({'state': state})}"


def rows(payments: Sequence[Payment]) -> list[ChequeRow]:
    """Cheques, each with its order; one query for any number."""
    return [_row(payment, order) for payment, order in lists.with_orders(payments)]


def announced(found: Sequence[ChequeAnnouncement]) -> list[tuple[ChequeAnnouncement, Order]]:
    """Announcements, each with its order; one query for any number."""
    orders = Order.objects.in_bulk([one.cause_id for one in found])
    return [(one, orders[one.cause_id]) for one in found]


def _row(payment: Payment, order: Order | None) -> ChequeRow:
    language = reading.language()
    if hasattr(payment, "bounce"):
        dispute = next((one for one in payment.disputes.all() if one.is_bounce), None)
        if dispute is None or not dispute.order_cents:
            return ChequeRow(payment, order, Tag(pgettext("cheque", "bounced"), "bad"), "", is_done=True)
        note = ""
        if dispute.is_open and dispute.answer_by:
            note = str(_("to be paid again by %(day)s")) % {"day": until(dispute, language)}
        elif dispute.cancelled_cents:
            note = str(_("cancelled: %(amount)s")) % {"amount": formats.money(dispute.cancelled_cents, language)}
        return ChequeRow(payment, order, bounced.state_of(dispute.state), note, is_done=True)
    if hasattr(payment, "clearing"):
        day = formats.day(payment.clearing.cleared_on, language)
        return ChequeRow(payment, order, Tag(pgettext("cheque", "cleared"), "good"), day, is_done=True)
    return ChequeRow(payment, order, None, "", is_done=False)
