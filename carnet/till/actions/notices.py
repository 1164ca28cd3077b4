"""What the payment service sends by itself is a reason to ask it, and nothing more (O6): it is proven, then a worker
asks about the payment that it names. No amount, no state and no order is taken from a notice.
"""

import datetime
from collections.abc import Callable, Mapping

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.jobs import actions as jobs
from carnet.jobs import queries as job_queries
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.limits import queries as limit_queries
from carnet.payments import queries as payments
from carnet.payments.actions import notices, refunds_seen
from carnet.payments.actions.asking import ask
from carnet.payments.models import Checkout, Dispute, OnlineNotice, OnlineReceipt
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules import notices as rules
from carnet.payments.rules.online import Access, NotANotice, NoticeFound, ServiceFailed
from carnet.provider import queries as provider
from carnet.till.actions import checkouts, disputing, repaying

State = OnlineNotice.State
NOT_FOUND = 404


class NoticesNotSetUp(Refused):
    """Nothing can be proven: there is no access to the service, or it was never told where to send its notices."""

    code = "till.notices_not_set_up"


class TooMuchUnproven(Refused):
    """This visitor, or all of them together, sent too much that could not be proven."""

    code = "till.too_much_unproven"


class NoticeForged(Refused):
    """The service has not sent this."""

    code = "till.notice_forged"


class ServiceAway(Refused):
    """Whether the service has sent this can't be found out now. Values: failed, its word or ours."""

    code = "till.service_away"


class NoticeSettled(Refused):
    """It was used, or the service has not sent it."""

    code = "till.notice_settled"


def receive_notice(*, sent: rules.Sent, visitor: str, at: datetime.datetime) -> None:
    """Store what came, then find out whether the service has sent it, and have a worker ask what it is about. The same
    again, once it was proven, is only counted.

    Refuses `NoticesNotSetUp` and `TooMuchUnproven` (nothing is stored), `NoticeForged`, and `ServiceAway`: it is to be
    sent again. No transaction may be open.
    """
    access = payments.online_access()
    if access is None or not access.webhook_id:
        raise NoticesNotSetUp
    if not _has_room(visitor, sent.stored_bytes, at):
        raise TooMuchUnproven
    number, state = notices.keep_notice(sent=sent, at=at)
    if state not in (State.RECEIVED, State.FORGED):
        return
    try:
        prove_notice(number=number, sent=sent, access=access, at=at)
    except NoticeForged:
        _count(visitor, sent.forged_bytes, at)
        raise
    except ServiceAway:
        _count(visitor, sent.stored_bytes, at)
        raise


def prove_notice(*, number: int, sent: rules.Sent, access: Access, at: datetime.datetime) -> None:
    """Find out whether the service has sent this stored notice. Refuses `NoticeForged` and `ServiceAway`."""
    how = provider.setting("notices_proven_by")
    try:
        is_genuine = ask(paypal.is_genuine, access, sent.headers, sent.body, how=how, at=at)
    except ServiceFailed as failed:
        raise ServiceAway(failed=failed.code) from failed
    if not is_genuine:
        notices.forge_notice(number=number, sent=sent)
        raise NoticeForged
    with transaction.atomic():
        if notices.accept_notice(number=number, sent=sent, found=_read(sent.body), at=at):
            _enqueue(number, at)


def use_notice(*, number: int, by: Actor, at: datetime.datetime) -> str:
    """Ask the service about what a proven notice names, and do what follows; what came of it is kept as a code.

    A second time does nothing twice. Raises `ServiceFailed` if another attempt may help: the worker tries again, and
    after its last attempt the notice has failed.
    """
    notice = OnlineNotice.objects.get(pk=number)
    if notice.state not in (State.PROVEN, State.FAILED):
        return notice.outcome
    try:
        state, outcome = _used(bytes(notice.body), by, at)
    except ServiceFailed as failed:
        is_over = failed.permanent or job_queries.is_last_attempt(_key(number))
        notices.end_notice(number=number, state=State.FAILED if is_over else State.PROVEN, outcome=failed.code, at=at)
        if failed.permanent:
            return failed.code
        raise
    notices.end_notice(number=number, state=state, outcome=outcome, at=at)
    return outcome


def run_notice_again(*, notice: OnlineNotice, by: Actor, at: datetime.datetime) -> None:
    """Try once more with a notice that could not be proven, or of which nothing came; a worker asks the service.

    Refuses `NoticeSettled` for one that was used or is forged, `NoticesNotSetUp`, `NoticeForged` and `ServiceAway`. A
    second time, while the worker has still to do it, changes nothing.
    """
    if not may_run_again(notice):
        raise NoticeSettled
    access = payments.online_access()
    if access is None:
        raise NoticesNotSetUp
    if notice.state == State.RECEIVED:
        prove_notice(number=notice.pk, sent=rules.Sent(bytes(notice.body), notice.headers), access=access, at=at)
    with transaction.atomic():
        again = OnlineNotice.objects.filter(pk=notice.pk, state__in=(State.USELESS, State.FAILED))
        if again.update(state=State.PROVEN) or not job_queries.is_live(_key(notice.pk)):
            _enqueue(notice.pk, at)
            audit.record("notice.run_again", by=by, at=at, subject=("online_notice", notice.pk))


def may_run_again(notice: OnlineNotice) -> bool:
    """Whether another attempt may bring something."""
    return notice.state not in (State.USED, State.FORGED)


def _read(body: bytes) -> NoticeFound | None:
    try:
        return paypal.read_notice(body)
    except NotANotice:
        return None


def _used(body: bytes, by: Actor, at: datetime.datetime) -> tuple[OnlineNotice.State, str]:
    access = payments.online_access()
    if access is None:
        raise ServiceFailed("not_connected", permanent=True)
    found = _read(body)
    if found is None:
        return State.USELESS, "not_understood"
    if found.about not in _ASKED:
        return State.USELESS, "needs_nothing"
    try:
        outcome = _ASKED[found.about](found, access, by, at)
    except ServiceFailed as failed:
        if failed.permanent and failed.status == NOT_FOUND:
            return State.USELESS, "unknown_there"
        raise
    return (State.USELESS, "not_ours") if outcome is None else (State.USED, outcome)


def _look_at_checkout(found: NoticeFound, access: Access, by: Actor, at: datetime.datetime) -> str | None:
    checkout = Checkout.objects.filter(external_id=found.external_id).first()
    return None if checkout is None else _looked_at(checkout, by, at)


def _look_at_capture(found: NoticeFound, access: Access, by: Actor, at: datetime.datetime) -> str | None:
    """Money that was taken: of a payment that we don't know by it yet, the service tells the beginning."""
    checkout = Checkout.objects.filter(capture_id=found.external_id).first()
    if checkout is None:
        capture = ask(paypal.show_capture, access, found.external_id)
        checkout = Checkout.objects.filter(external_id=capture.checkout_id or None).first()
    return None if checkout is None else _looked_at(checkout, by, at)


def _looked_at(checkout: Checkout, by: Actor, at: datetime.datetime) -> str:
    return str(checkouts.look_at_checkout(checkout=checkout, by=by, at=at).state)


def _look_at_dispute(found: NoticeFound, access: Access, by: Actor, at: datetime.datetime) -> str | None:
    disputes = disputing.look_at_dispute(external_id=found.external_id, by=by, at=at)
    return f"dispute_{disputes[0].state}" if disputes else None


def _look_at_refund(found: NoticeFound, access: Access, by: Actor, at: datetime.datetime) -> str | None:
    """Money that went back. What a dispute took back is told by the dispute, and would be noted twice here."""
    if OnlineReceipt.objects.filter(capture_id=found.capture_id).exists():
        for dispute in disputing.look_at_disputes_of(capture_id=found.capture_id, by=by, at=at):
            if dispute.state != Dispute.State.WON:
                return f"dispute_{dispute.state}"
    seen = refunds_seen.look_at_refund(external_id=found.external_id, capture_id=found.capture_id, by=by, at=at)
    if seen == "refund_ours":
        repaying.look_at_repayments_of(capture_id=found.capture_id, by=by, at=at)
    return None if seen == "refund_not_ours" else seen


# What is asked about each thing that a notice can name; the answer is what came of it, None if it is nothing of ours.
_ASKED: Mapping[str, Callable[[NoticeFound, Access, Actor, datetime.datetime], str | None]] = {
    "checkout": _look_at_checkout,
    "capture": _look_at_capture,
    "refund": _look_at_refund,
    "dispute": _look_at_dispute,
}


def _enqueue(number: int, at: datetime.datetime) -> None:
    jobs.enqueue("carnet.till.tasks.use_notice", key=_key(number), at=at, number=number)


def _key(number: int) -> str:
    return f"notice:{number}"


def _has_room(visitor: str, size: int, at: datetime.datetime) -> bool:
    wanted = [(rules.NOT_PROVEN_AN_HOUR, visitor, 1), (rules.NOT_PROVEN_BYTES_A_DAY, "everybody", size)]
    return limit_queries.have_room(wanted, at=at)


def _count(visitor: str, size: int, at: datetime.datetime) -> None:
    limits.spend(rules.NOT_PROVEN_AN_HOUR, visitor, at=at)
    limits.spend(rules.NOT_PROVEN_BYTES_A_DAY, "everybody", at=at, amount=size)
