"""Money that somebody sent back in the service's own pages: the service is asked, and the owners are told."""

import datetime
from typing import Literal

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.gathering import gathered
from carnet.payments import mails, queries
from carnet.payments.actions import online_facts
from carnet.payments.actions.asking import ask
from carnet.payments.models import OnlineReceipt, OnlineRefund
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules.online import REFUND_PREFIX, RefundFound, ServiceFailed
from carnet.people import queries as people

Outcome = Literal[
    "refund_noted", "refund_known", "refund_ours", "refund_not_ours", "refund_not_done", "refund_too_much"
]  # fmt: skip


def look_at_refund(*, external_id: str, by: Actor, at: datetime.datetime, capture_id: str = "") -> Outcome:
    """O6: ask the service for this refund; what it says went back is noted, and the owners are told, once. No
    transaction may be open.

    `capture_id` is what a notice says that it is about: if that is known and not ours, the service isn't asked. Invoice
    and units are not touched: the credit note is made by a person. Raises `ServiceFailed` if nobody can be asked now.
    """
    if OnlineRefund.objects.filter(external_id=external_id).exists():
        return "refund_known"
    if capture_id and not OnlineReceipt.objects.filter(capture_id=capture_id).exists():
        return "refund_not_ours"
    access = queries.online_access()
    if access is None:
        raise ServiceFailed("not_connected", permanent=False)
    return note_seen(refund=ask(paypal.show_refund, access, external_id), by=by, at=at)


@transaction.atomic
@gathered()
def note_seen(*, refund: RefundFound, by: Actor, at: datetime.datetime) -> Outcome:
    """Note a refund that the service told, and tell the owners of it; what Carnet has noted itself changes nothing, and
    what it asked for is noted with its repayment.
    """
    receipt = OnlineReceipt.objects.select_related("payment__customer", "checkout").filter(
        capture_id=refund.capture_id
    ).first()  # fmt: skip
    if receipt is None:
        return "refund_not_ours"
    if refund.state != "completed":
        return "refund_not_done"
    if OnlineRefund.objects.filter(external_id=refund.external_id).exists():
        return "refund_known"
    if refund.number.startswith(REFUND_PREFIX):
        return "refund_ours"
    row = online_facts.note_refund(payment=receipt.payment, refund=refund, kind=OnlineRefund.Kind.REFUND, by=by, at=at)
    if row is None:
        return "refund_too_much"
    for owner in people.owners():
        mails.refund_seen(row, receipt.checkout, owner, at=at)
    return "refund_noted"
