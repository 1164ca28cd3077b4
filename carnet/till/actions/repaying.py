"""The payment service is asked to send money back (O4, O9): no transaction is open meanwhile, and whoever asks, and
however often, it is sent once.

Each row has a number by which the service knows it again: so what was asked before a crash or a time-out is asked again
with the same words, and the answer is that of the first time. When it no longer remembers, its list is read.
"""

import datetime

from carnet.audit.actors import Actor
from carnet.payments import queries as payments
from carnet.payments.actions.asking import ask
from carnet.payments.models import Dispute, OnlineReceipt, OnlineRefund
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules.online import REFUND_PREFIX, Access, RefundFound, ServiceFailed
from carnet.repayments import queries, rules
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment

State = Repayment.State


def look_at_repayment(*, repayment: Repayment, by: Actor, at: datetime.datetime) -> Repayment:
    """Have the service send this money, or ask what became of it, and write down what it says. One that is sent, or is
    to be sent by a person, is left alone; while its payment is disputed (O7) nothing is asked.

    No transaction may be open. Raises `ServiceFailed` if nobody knows more than before; it is asked again later.
    """
    repayment.refresh_from_db()
    if repayment.state not in (State.ASKED, State.PENDING):
        return repayment
    receipt = OnlineReceipt.objects.select_related("checkout").get(payment=repayment.payment_id)
    access = payments.online_access()
    if access is None:
        raise ServiceFailed("not_connected", permanent=False)
    if access.environment != receipt.checkout.environment:
        raise ServiceFailed("other_environment", permanent=True)
    if repayment.state == State.ASKED:
        repayment = sending.take_sent_by_hand(repayment=repayment, by=by, at=at)
        if repayment.state == State.SENT:
            return repayment
        if Dispute.objects.filter(payment=repayment.payment_id, state__in=Dispute.LIVE).exists():
            return sending.put_off(repayment=repayment, why="disputed", at=at)
    try:
        refund = _asked(repayment, access, receipt.capture_id, at)
    except ServiceFailed as failed:
        return _failed(repayment, failed, by=by, at=at)
    if refund is None:
        repayment.refresh_from_db()
        return repayment
    if (refund.capture_id, refund.amount_cents, refund.currency) != (
        receipt.capture_id, repayment.amount_cents, "EUR",
    ):  # fmt: skip
        raise ServiceFailed("not_understood", permanent=True)
    return sending.note_online(repayment=repayment, refund=refund, by=by, at=at)


def look_at_repayments_of(*, capture_id: str, by: Actor, at: datetime.datetime) -> None:
    """The same for all of a capture that are under way: a notice says that something of it went back."""
    found = Repayment.objects.filter(payment__online_receipt__capture_id=capture_id)
    for repayment in found.filter(state__in=(State.ASKED, State.PENDING)).order_by("pk"):
        look_at_repayment(repayment=repayment, by=by, at=at)


def look_at_due(*, by: Actor, at: datetime.datetime) -> int:
    """Look at those whose time has come, the longest due first; answers how many. If the service is away the others
    wait, too.

    Each is put off before anybody asks: if Carnet itself breaks at one, the others have their turn before it.
    """
    count = 0
    for repayment in queries.repayments_to_look_at(at):
        sending.put_off(repayment=repayment, at=at)
        try:
            look_at_repayment(repayment=repayment, by=by, at=at)
        except ServiceFailed as failed:
            if not failed.permanent:
                break
        count += 1
    return count


def _asked(repayment: Repayment, access: Access, capture_id: str, at: datetime.datetime) -> RefundFound | None:
    """The refund as the service tells it; None: nobody asked, as somebody sends it otherwise meanwhile, or another one
    has the answer. Raises `ServiceFailed`.
    """
    if repayment.external_id and repayment.state == State.PENDING:
        return ask(paypal.show_refund, access, repayment.external_id)
    is_first = not repayment.why
    if not is_first and at - repayment.made_at > rules.REPEATABLE_FOR:
        found = _looked_up(repayment, access, capture_id, at)
        if found is not None:
            return found
    if sending.begin_asking(repayment=repayment, at=at).state != State.ASKED:
        return None
    return ask(
        paypal.refund_capture, access, capture_id, amount_cents=repayment.amount_cents, reason=repayment.reference,
        key=f"repayment:{repayment.pk}", number=f"{REFUND_PREFIX}{repayment.pk}",
    )  # fmt: skip


def _looked_up(repayment: Repayment, access: Access, capture_id: str, at: datetime.datetime) -> RefundFound | None:
    """What was asked so long ago that the service no longer knows it by its words: its list does; None: it never sent
    it.
    """
    known = set(OnlineRefund.objects.filter(payment=repayment.payment_id).values_list("external_id", flat=True))
    for line in ask(paypal.transactions, access, repayment.made_at, at):
        if line.kind == "refund" and line.related_id == capture_id and line.external_id not in known:
            refund = ask(paypal.show_refund, access, line.external_id)
            if refund.number == f"{REFUND_PREFIX}{repayment.pk}":
                return refund
    return None


def _failed(repayment: Repayment, failed: ServiceFailed, *, by: Actor, at: datetime.datetime) -> Repayment:
    """What a call that failed does: refused for good, it is sent by transfer; else it is asked again later."""
    if repayment.state == State.ASKED and rules.is_refused_for_good(code=failed.code, status=failed.status):
        return sending.refuse_online(repayment=repayment, why=failed.code, by=by, at=at)
    # Of a call without an answer nobody knows what it did: the word stays, by which it isn't taken for a first one.
    sending.put_off(repayment=repayment, why=failed.code if failed.permanent else "", at=at)
    raise failed
