"""Cheques by how far they are, from the day they came."""

from typing import Literal, get_args

from django.db.models import QuerySet

from carnet.cheques.models import DepositSlip
from carnet.payments.models import Means, Payment

State = Literal["to_deposit", "on_slip", "deposited", "cleared", "bounced"]
STATES: tuple[State, ...] = get_args(State)


def cheques(state: State) -> QuerySet[Payment]:
    """The cheques in this state, with what stands beside them: those that wait, the first received first; those that
    are done, the last first. What was recorded by mistake is in none.
    """
    found = Payment.objects.filter(means=Means.CHEQUE, undone=None)
    found = found.select_related("customer", "details", "deposit__slip", "clearing", "bounce")
    if state == "to_deposit":
        return found.filter(deposit=None, clearing=None, bounce=None).order_by("received_on", "id")
    if state == "on_slip":
        waiting = found.filter(deposit__slip__deposited_on=None, deposit__isnull=False, clearing=None, bounce=None)
        return waiting.order_by("deposit__slip", "deposit__position")
    if state == "deposited":
        handed_in = found.filter(deposit__slip__deposited_on__isnull=False, clearing=None, bounce=None)
        return handed_in.order_by("deposit__slip", "deposit__position")
    if state == "cleared":
        return found.filter(clearing__isnull=False, bounce=None).order_by("-clearing__cleared_on", "-id")
    return found.filter(bounce__isnull=False).prefetch_related("disputes").order_by("-bounce__at", "-id")


def slips() -> QuerySet[DepositSlip]:
    """All deposit slips, the last first."""
    return DepositSlip.objects.order_by("-id")


def cheques_on(slip: DepositSlip) -> QuerySet[Payment]:
    """The cheques of a slip, in its order."""
    found = Payment.objects.filter(deposit__slip=slip)
    found = found.select_related("customer", "details", "deposit__slip", "clearing", "bounce")
    return found.prefetch_related("disputes").order_by("deposit__position")
