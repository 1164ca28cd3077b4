"""The account's own list at the service compared with our books, once a night; differences are kept, and told."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.payments import mails, queries
from carnet.payments.actions import differences, refunds_seen
from carnet.payments.actions.asking import ask
from carnet.payments.models import AccountComparison, Checkout, Dispute
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules import comparing as rules
from carnet.payments.rules.online import Access, CaptureFound, RefundFound, ServiceFailed, TransactionFound
from carnet.people import queries as people
from carnet.provider import queries as provider

# A payment that the list knows and we don't: whoever looks after these asks the service again at once.
UNFINISHED = (
    Checkout.State.MADE, Checkout.State.OPEN, Checkout.State.PENDING, Checkout.State.LAPSED, Checkout.State.REFUSED,
)  # fmt: skip


def compare_account(*, by: Actor, at: datetime.datetime) -> AccountComparison | None:
    """Compare the captures and refunds of the last days with the account's list, keep what differs, and tell the owners
    of each difference once; None if there is no account.

    Money that went back without us is noted. A payment of ours that only the list knows has its checkout looked at.
    What differed in this period and does so no more is mended. Raises `ServiceFailed` if the service doesn't answer: it
    is kept that the comparison failed, and all else stays. No transaction may be open.
    """
    access = queries.online_access()
    if access is None:
        return None
    zone = provider.time_zone()
    period = rules.period(at, zone, good_until=queries.compared_until(), oldest_open=queries.oldest_open_difference())
    try:
        listed = list(ask(paypal.transactions, access, period.since, period.until))
        booked = queries.booked(period, zone, access.environment, listed)
        captures = {one.related_id for one in listed if one.related_id}
        compared = rules.compare(
            booked, listed, payments=queries.payments_by_capture(captures),
            references_known=queries.references_of_checkouts({one.reference for one in listed}),
        )  # fmt: skip
        found = [*compared.differing, *_absent(access, compared.absent), *_gone_back(compared.gone_back, by, at)]
    except ServiceFailed as failed:
        _keep(period, at, failed=failed.code[:80])
        raise
    compared_ids = {one.external_id for one in booked} | {one.external_id for one in listed}
    with transaction.atomic():
        _look_again(found, at)
        news = differences.note_differences(found=found, by=by, at=at)
        differences.mend_differences(external_ids=compared_ids, but=found, by=by, at=at)
        run = _keep(
            period, at, listed_count=len(listed), others_count=compared.others, booked_count=len(booked),
            difference_count=len(found),
        )  # fmt: skip
        audit.record(
            "account.compared", by=by, at=at, subject=("account_comparison", run.pk), listed=len(listed),
            booked=len(booked), differences=len(found),
        )  # fmt: skip
        if news:
            for owner in people.owners():
                mails.differences_found(run, news, owner, at=at)
    return run


def _keep(period: rules.ComparedPeriod, at: datetime.datetime, **result: int | str) -> AccountComparison:
    return AccountComparison.objects.create(since=period.since, until=period.until, at=at, **result)


def _absent(access: Access, absent: list[rules.Booked]) -> Iterator[rules.Differing]:
    """What our books have and the list lacks: the service is asked for each."""
    for ours in absent:
        told: CaptureFound | RefundFound | None
        try:
            if ours.kind == "capture":
                told = ask(paypal.show_capture, access, ours.external_id)
            elif ours.kind == "reversal":
                # It stands under its dispute, and may have been taken weeks before that was lost.
                dispute = ask(paypal.show_dispute, access, ours.external_id.partition("/")[0])
                if dispute.state == "lost":
                    continue
                told = None
            else:
                told = ask(paypal.show_refund, access, ours.external_id)
        except ServiceFailed as failed:
            if not failed.permanent:
                raise
            told = None
        if differing := rules.asked_about(ours, told):
            yield differing


def _gone_back(gone_back: list[TransactionFound], by: Actor, at: datetime.datetime) -> Iterator[rules.Differing]:
    """What the list says went back, and our books lack: what can be noted is no difference any more. What was taken
    back by force is none as long as its dispute is open: the money is lost, or comes back, when that ends.
    """
    payments = queries.payments_by_capture({line.related_id for line in gone_back})
    disputed = set(
        Dispute.objects.filter(payment__in=payments.values(), state=Dispute.State.OPEN).values_list(
            "payment", flat=True
        )
    )
    for line in gone_back:
        if line.kind == "reversal" and payments[line.related_id] in disputed:
            continue
        outcome = _outcome_of(line, by, at)
        if outcome == "refund_ours" and at - line.at < rules.NOTED_WITHIN:
            continue  # its repayment is about to note it
        if outcome not in ("refund_noted", "refund_known", "refund_too_much"):
            theirs = rules.listed_told(line)
            yield rules.Differing(line.external_id, "missing_here", theirs=theirs, payment_id=payments[line.related_id])


def _outcome_of(line: TransactionFound, by: Actor, at: datetime.datetime) -> str:
    if line.kind != "refund":
        return "reversal"
    try:
        return refunds_seen.look_at_refund(external_id=line.external_id, by=by, at=at)
    except ServiceFailed as failed:
        if not failed.permanent:
            raise
        return "refund_not_told"


def _look_again(found: list[rules.Differing], at: datetime.datetime) -> None:
    """What was to be paid by a payment that only the list knows is asked about at once."""
    references = {one.theirs["reference"] for one in found if one.kind == "missing_here" and one.theirs}
    unfinished = Checkout.objects.filter(reference__in=references, state__in=UNFINISHED)
    unfinished = unfinished.exclude(state=Checkout.State.LAPSED, external_id=None)  # the service never knew of it
    unfinished.filter(Q(look_at=None) | Q(look_at__gt=at)).update(look_at=at)
