"""Money that had to go back was sent, by a person or by the payment service (O4, O9)."""

import datetime

from django.db import transaction
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError as NumberIsWrong

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.books import actions as books
from carnet.kernel import calendar, keys
from carnet.kernel.gathering import gathered
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.payments.actions import online_facts
from carnet.payments.models import CreditAccount, Means, OnlineRefund
from carnet.payments.rules.entries import MoneyMoved, entry
from carnet.payments.rules.online import RefundFound
from carnet.provider import queries as provider
from carnet.repayments import mails, queries, rules
from carnet.repayments.models import Repayment, RepaymentAccount

State = Repayment.State


class SentInFuture(Refused):
    """Money is recorded as sent once it was."""

    code = "repayments.sent_in_future"
    field = "sent_on"


class SentBeforeReceived(Refused):
    """Nothing goes back before it came."""

    code = "repayments.sent_before_received"
    field = "sent_on"


class RepaymentNotDue(Refused):
    """The payment service sends it, or was asked to: nobody else may."""

    code = "repayments.not_due"


class AlreadySent(Refused):
    """The money was sent already."""

    code = "repayments.already_sent"


class AccountChanged(Refused):
    """The account is another one than that to which the money was sent."""

    code = "repayments.account_changed"


class AccountHolderMissing(Refused):
    """A bank wants to know whose account it is."""

    code = "repayments.account_holder_missing"
    field = "account_holder"


class AccountNumberWrong(Refused):
    """That is no IBAN."""

    code = "repayments.iban_wrong"
    field = "iban"


def checked_account(holder: str, iban: str) -> rules.BankAccount:
    """The account as it is kept, blanks left out; empty if nothing is given. Refuses `AccountNumberWrong` and
    `AccountHolderMissing`.
    """
    holder, iban = " ".join(holder.split())[:70], iban.strip()
    if not holder and not iban:
        return rules.BankAccount()
    try:
        number = ibans.validate(iban)
    except NumberIsWrong:
        raise AccountNumberWrong from None
    if not holder:
        raise AccountHolderMissing
    return rules.BankAccount(holder, number)


@transaction.atomic
@gathered()
def record_sent(
    *,
    repayment: Repayment,
    sent_on: datetime.date,
    means: str = "",
    shown_iban: str | None = None,
    by: Actor,
    at: datetime.datetime,
) -> Repayment:
    """O4, O9: somebody has sent the money on that day, by transfer or cheque (`means`, as foreseen if it is empty): the
    books get their line, and the holders are told. A second time changes nothing.

    Refuses `SentInFuture`, `SentBeforeReceived`, `RepaymentNotDue` for what the payment service sends, and
    `AccountChanged` for a transfer if the account is not `shown_iban` any more, the one that whoever sent it saw.
    """
    repayment = locked(repayment)
    if repayment.state == State.SENT:
        return repayment
    if repayment.state != State.DUE:
        raise RepaymentNotDue
    if sent_on > calendar.date_on(at, provider.time_zone()):
        raise SentInFuture
    if sent_on < repayment.payment.received_on:
        raise SentBeforeReceived
    if means not in ("", Means.TRANSFER, Means.CHEQUE):
        raise ValueError(f"not sent by {means}")
    repayment.means = means or repayment.means
    if shown_iban is not None and repayment.means == Means.TRANSFER and shown_iban != repayment.iban:
        raise AccountChanged
    _end(repayment, sent_on, by=by, at=at)
    moved = MoneyMoved(
        "refund", sent_on, -repayment.amount_cents, repayment.means, "repayment", repayment.payment_id,
        keys.digest(repayment.key),
    )  # fmt: skip
    cause = Cause("repayment", repayment.pk)
    books.write_lines(entries=[entry(moved, customer_id=repayment.customer_id, cause=cause)], by=by, at=at)
    mails.money_sent(repayment, at=at)
    return repayment


@transaction.atomic
def give_account(*, repayment: Repayment, holder: str, iban: str, by: Actor, at: datetime.datetime) -> Repayment:
    """Say where the money goes by transfer, the customer or the desk; what would have gone by cheque goes by transfer.
    The same account again changes nothing.

    Refuses `AccountNumberWrong`, `AccountHolderMissing`, and `AlreadySent`.
    """
    account = checked_account(holder, iban)
    if not account:
        raise AccountNumberWrong
    repayment = locked(repayment)
    if repayment.state == State.SENT:
        raise AlreadySent
    known = getattr(repayment, "account", None)
    if known and (known.holder, known.iban) == (account.holder, account.iban):
        return repayment
    RepaymentAccount.objects.update_or_create(
        repayment=repayment, defaults={"holder": account.holder, "iban": account.iban}
    )
    if repayment.means == Means.CHEQUE:
        repayment.means = Means.TRANSFER
        repayment.save(update_fields=["means"])
    audit.record(
        "repayment.account_given", by=by, at=at, subject=("repayment", repayment.pk),
        customer_id=repayment.customer_id,
    )  # fmt: skip
    return repayment


@transaction.atomic
@gathered()
def send_otherwise(*, repayment: Repayment, by: Actor, at: datetime.datetime) -> Repayment:
    """Send by transfer what the payment service has refused for now, or because nothing is left there: somebody has
    decided so. A second time changes nothing. Refuses `RepaymentNotDue` while its answer may still be yes.
    """
    repayment = locked(repayment)
    if repayment.state == State.DUE:
        return repayment
    if repayment.state != State.ASKED or not rules.may_be_sent_otherwise(repayment.why):
        raise RepaymentNotDue
    return _turn_into_transfer(repayment, repayment.why, by=by, at=at)


# What the payment service says; whoever calls has asked it


@transaction.atomic
def begin_asking(*, repayment: Repayment, at: datetime.datetime) -> Repayment:
    """Write down that the service is asked from now on: after a crash nobody knows whether it has heard."""
    repayment = locked(repayment)
    if repayment.state in (State.ASKED, State.PENDING):
        repayment.why = rules.ASKED
        repayment.look_at = rules.next_look(since=repayment.made_at, at=at)
        repayment.save(update_fields=["why", "look_at"])
    return repayment


@transaction.atomic
def put_off(*, repayment: Repayment, why: str = "", at: datetime.datetime) -> Repayment:
    """Ask the service later; `why` is its word for that, or ours."""
    repayment = locked(repayment)
    if repayment.state in (State.ASKED, State.PENDING):
        repayment.why = why[:80] or repayment.why
        repayment.look_at = rules.next_look(since=repayment.made_at, at=at)
        repayment.save(update_fields=["why", "look_at"])
    return repayment


@transaction.atomic
@gathered()
def note_online(*, repayment: Repayment, refund: RefundFound, by: Actor, at: datetime.datetime) -> Repayment:
    """What the service says of this repayment: it has sent it, with its lines in the books; it still holds it; or it
    refuses it for good, see `refuse_online`. The same again changes nothing.
    """
    repayment = locked(repayment)
    if repayment.state not in (State.ASKED, State.PENDING):
        return repayment
    repayment.external_id = refund.external_id
    if refund.state == "failed":
        return _turn_into_transfer(repayment, "failed", by=by, at=at)
    if refund.state == "pending":
        repayment.state = State.PENDING
        repayment.look_at = rules.next_look(since=repayment.made_at, at=at)
        repayment.save(update_fields=["external_id", "state", "look_at"])
        return repayment
    noted = online_facts.note_refund(
        payment=repayment.payment, refund=refund, kind=OnlineRefund.Kind.REFUND, by=by, at=at
    )
    if noted is None or noted.amount_cents != repayment.amount_cents:
        # Kept as a difference for a person to look at; never asked again.
        repayment.why, repayment.look_at = "other_amount", None
        repayment.save(update_fields=["external_id", "why", "look_at"])
        return repayment
    _end(repayment, noted.refunded_on, by=by, at=at)
    mails.money_sent(repayment, at=at)
    return repayment


@transaction.atomic
@gathered()
def refuse_online(*, repayment: Repayment, why: str, by: Actor, at: datetime.datetime) -> Repayment:
    """The service refuses for good to send it: it is to be sent by transfer, and holders and owners are told."""
    repayment = locked(repayment)
    return _turn_into_transfer(repayment, why, by=by, at=at) if repayment.state == State.ASKED else repayment


@transaction.atomic
@gathered()
def take_sent_by_hand(*, repayment: Repayment, by: Actor, at: datetime.datetime) -> Repayment:
    """Somebody has sent it in the service's own pages since: that is it. Nothing changes if less was."""
    repayment = locked(repayment)
    if repayment.state != State.ASKED or queries.sent_by_hand_cents(repayment.payment) < repayment.amount_cents:
        return repayment
    seen = repayment.payment.online_refunds.filter(kind=OnlineRefund.Kind.REFUND).latest("id")
    repayment.why = "by_hand"
    _end(repayment, seen.refunded_on, by=by, at=at)
    return repayment


def _turn_into_transfer(repayment: Repayment, why: str, *, by: Actor, at: datetime.datetime) -> Repayment:
    repayment.state, repayment.means, repayment.why, repayment.look_at = State.DUE, Means.TRANSFER, why[:80], None
    repayment.save(update_fields=["state", "means", "why", "look_at", "external_id"])
    audit.record(
        "repayment.refused", by=by, at=at, subject=("repayment", repayment.pk), customer_id=repayment.customer_id,
        why=repayment.why,
    )  # fmt: skip
    mails.refused_by_service(repayment, at=at)
    return repayment


def _end(repayment: Repayment, sent_on: datetime.date, *, by: Actor, at: datetime.datetime) -> None:
    repayment.state, repayment.look_at = State.SENT, None
    repayment.sent_on, repayment.sent_at, repayment.sent_by = sent_on, at, by.label[:60]
    repayment.save(update_fields=["state", "means", "why", "look_at", "sent_on", "sent_at", "sent_by", "external_id"])
    audit.record(
        "repayment.sent", by=by, at=at, subject=("repayment", repayment.pk), customer_id=repayment.customer_id,
        means=repayment.means, amount_cents=repayment.amount_cents, sent_on=sent_on.isoformat(),
    )  # fmt: skip


def locked(repayment: Repayment) -> Repayment:
    """As it is now, its customer's credit locked before, as whoever moves money does."""
    CreditAccount.objects.lock(repayment.customer_id)
    beside = ("customer", "payment__customer", "account")
    return Repayment.objects.select_for_update(of=("self",)).select_related(*beside).get(pk=repayment.pk)
