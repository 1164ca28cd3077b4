"""How a ticket ends: by the customer's word, by the team's, or by time; and how it comes back."""

import datetime
from collections.abc import Iterable
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER, Actor
from carnet.kernel.refused import Refused
from carnet.provider import queries as provider
from carnet.tickets import mails, rules
from carnet.tickets.actions import audit_trail, whose_turn, work_outcomes
from carnet.tickets.actions.correcting import recording_moment
from carnet.tickets.actions.messages import add_message, was_sent
from carnet.tickets.models import Closure, Message, Ticket
from carnet.tickets.queries import waiting
from carnet.work.actions import clocks, cover_endings, sessions, time_passing
from carnet.work.actions.cases import store
from carnet.work.models import RunningWork, WorkSession
from carnet.work.queries.cases import Case

# What an agent may close a ticket as (T9); «solved» is the customer's word.
BY_THE_TEAM = (
    Closure.How.CANCELLED,
    Closure.How.SPAM,
    Closure.How.DUPLICATE,
    Closure.How.OUT_OF_SCOPE,
    Closure.How.UNSOLVABLE,
)


class ClosingReasonMissing(Refused):
    """The team says why it closes a ticket itself."""

    code = "tickets.closing_reason_missing"
    field = "reason"


class ReopeningTooLate(Refused):
    """The days in which a closed ticket is reopened and its count goes on have passed (T8), or it ended otherwise."""

    code = "tickets.reopening_too_late"


class NotAnswered(Refused):
    """«Not solved» is said of an answer, and none waits for the customer's word."""

    code = "tickets.not_answered"


@transaction.atomic
def close_ticket(
    *,
    ticket: Ticket,
    how: str = Closure.How.SOLVED,
    reason: str = "",
    waived: bool = False,
    by: Actor,
    at: datetime.datetime,
) -> Ticket:
    """Close the ticket, spend what it cost, release the rest (T1, T9, T13), and mail the price to who asked.

    «solved» is the customer's word. The team closes as cancelled, spam, duplicate, out of scope or unsolvable, with
    a reason that the team keeps as a note; `waived` charges nothing for what could not be solved. A clock that runs
    on it stops now. Closed already: nothing changes. Refuses `ClosingReasonMissing`.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    if ticket.is_closed:
        return ticket
    if how in BY_THE_TEAM:
        if not reason.strip():
            raise ClosingReasonMissing
        add_message(
            ticket=ticket,
            kind=Message.Kind.NOTE,
            text=reason,
            uploads=(),
            key=f"closes:{ticket.pk}:{at.isoformat()}",
            by=by,
            at=at,
        )
    return _close(ticket, how=Closure.How(how), rule="T9" if how in BY_THE_TEAM else "T13", waived=waived, by=by, at=at)


@transaction.atomic
def mark_unsolved(
    *, ticket: Ticket, text: str = "", uploads: Iterable[UploadedFile] = (), key: str, by: Actor, at: datetime.datetime
) -> Ticket:
    """«Not solved»: what was answered comes back into the queue, with what the customer says about it (T13); what is
    closed is reopened, and the same count goes on (T8).

    The same key again changes nothing. Refuses `NotAnswered` if no answer waits for the customer's word, and
    `ReopeningTooLate` once ⚙ reopen_days have passed since it was closed.
    """
    uploads = list(uploads)
    is_again = was_sent("mark_unsolved", ticket, text=text, uploads=uploads, key=key, by=by, at=at)
    ticket = Ticket.objects.locked(ticket.pk)
    if is_again:
        return ticket
    if ticket.is_closed:
        if not may_reopen(ticket, at=at):
            raise ReopeningTooLate(number=ticket.pk)
        _reopen(ticket, by=by, at=at)
    elif ticket.state != Ticket.State.ANSWERED:
        raise NotAnswered
    if text.strip() or uploads:
        add_message(ticket=ticket, kind=Message.Kind.QUESTION, text=text, uploads=uploads, key=key, by=by, at=at)
    whose_turn.turn_to_us(ticket, at=at)
    ticket.save()
    audit_trail.record("ticket.unsolved", ticket, by=by, at=at)
    return ticket


@transaction.atomic
def reopen_ticket(*, ticket: Ticket, by: Actor, at: datetime.datetime) -> Ticket:
    """T8: the team takes up a closed ticket again. Within ⚙ reopen_days the same count goes on; later what failed is
    repaired, which is never charged and needs no cover.

    Open already: nothing changes. Refuses `ReopeningTooLate` if it ended as spam, as a duplicate or merged.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    if not ticket.is_closed:
        return ticket
    if not may_repair(ticket):
        raise ReopeningTooLate(number=ticket.pk)
    if may_reopen(ticket, at=at):
        _reopen(ticket, by=by, at=at)
    else:
        ticket.only_repair = True
        audit_trail.record("ticket.reopened", ticket, by=by, at=at, only_repair=True)
    whose_turn.turn_to_us(ticket, at=at)
    ticket.save()
    return ticket


def may_reopen(ticket: Ticket, *, at: datetime.datetime) -> bool:
    """T8: whether a closed ticket may be reopened and its count go on at `at`."""
    closure = waiting.last_closure(ticket)
    until = rules.reopens_until(closure.at, provider.time_zone(), reopen_days=provider.setting("reopen_days"))
    return may_repair(ticket) and not ticket.only_repair and at < until


def may_repair(ticket: Ticket) -> bool:
    """T8: whether what failed may be repaired on a closed ticket, without any time limit. What was merged when it was
    closed already goes on in the other one, which pays for it (T10).
    """
    return waiting.last_closure(ticket).how in rules.REOPENABLE and ticket.merged_into_id is None


def _reopen(ticket: Ticket, *, by: Actor, at: datetime.datetime) -> None:
    """The same count goes on; but what was waived at the closing stays free of charge (T9)."""
    case = Case(ticket.cover)
    if waiting.last_closure(ticket).waived:
        sessions.make_free(case, at=recording_moment(ticket, at=at))
    cover_endings.reopen(case, by=by, at=at)
    store(case)
    ticket.closed_at = None
    audit.record_all([*case.entries, audit_trail.entry("ticket.reopened", ticket, by=by, at=at, only_repair=False)])


@transaction.atomic
def remind_customer(*, ticket: Ticket, at: datetime.datetime) -> Ticket:
    """Send the one reminder that is due (T5, T13, T16); nothing if none is, so that a task may ask again."""
    ticket = Ticket.objects.locked(ticket.pk)
    wait = waiting.wait_of(ticket)
    if wait is None:
        return ticket
    patience, zone = waiting.patience(), provider.time_zone()
    if not rules.is_reminder_due(wait.why, wait.since, at, patience, zone, reminded_at=wait.reminded_at):
        return ticket
    ticket.reminded_at = at
    ticket.save(update_fields=["reminded_at"])
    closes_at = rules.closes_at(wait.why, wait.since, patience, zone, reminded_at=at)
    audit_trail.record("ticket.reminded", ticket, by=WORKER, at=at, wait=wait.why)
    mails.reminded(ticket, wait=wait.why, since=wait.since, closes_at=closes_at, at=at)
    return ticket


@transaction.atomic
def close_by_time(*, ticket: Ticket, at: datetime.datetime) -> Ticket:
    """Close what has waited long enough for the customer's word or for cover (T5, T13, T15, T16), at what it has cost.

    Nothing if its time has not come, so that a task may ask again.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    wait = waiting.wait_of(ticket)
    if wait is None:
        return ticket
    if not rules.is_closing_due(
        wait.why, wait.since, at, waiting.patience(), provider.time_zone(), reminded_at=wait.reminded_at
    ):
        return ticket
    how = Closure.How.NO_COVER if wait.is_for_cover else Closure.How.SILENCE
    return _close(ticket, how=how, rule=wait.rule, waived=False, by=WORKER, at=at)


def close_merged(ticket: Ticket, case: Case, *, by: Actor, at: datetime.datetime) -> None:
    """T10: the ticket ends in another one, whose cover was settled with its own; part of `merging.merge_tickets`, which
    stores the entries of the case.
    """
    _write_closing(ticket, case, how=Closure.How.MERGED, rule="T10", is_waived=False, by=by, at=at)


def _close(ticket: Ticket, *, how: Closure.How, rule: str, waived: bool, by: Actor, at: datetime.datetime) -> Ticket:
    case = Case(ticket.cover)
    followed = time_passing.follow(case, at=at)
    recorded = record_clocks(case, at=at)
    worked, scope_minutes = case.worked_seconds, provider.setting("scope_minutes")
    charged = rules.charged_seconds(cast(rules.How, how.value), worked, scope_minutes=scope_minutes, waived=waived)
    is_waived = worked > 0 and charged == 0
    cover_endings.end(case, waived=is_waived, provider_caused=how.value in rules.CAUSED_BY_US, by=by, at=at)
    store(case)
    work_outcomes.react(ticket, case, followed=followed, at=at)
    for clock, kept in recorded:
        work_outcomes.note_stopped(ticket, case, clock=clock, sessions=kept, by=by, at=at)
    closure = _write_closing(ticket, case, how=how, rule=rule, is_waived=is_waived, by=by, at=at)
    audit.record_all(case.entries)
    if how != Closure.How.SPAM:
        mails.closed(ticket, closure, at=at)
    return ticket


def record_clocks(case: Case, *, at: datetime.datetime) -> list[tuple[RunningWork, list[WorkSession]]]:
    """What runs on a ticket that ends becomes sessions without a reason."""
    return [(clock, clocks.record(case, clock, reason="", at=at)) for clock in list(case.clocks)]


def _write_closing(
    ticket: Ticket, case: Case, *, how: Closure.How, rule: str, is_waived: bool, by: Actor, at: datetime.datetime
) -> Closure:
    """The ticket is closed; what was said at that stands, whatever becomes of the price later."""
    cover, worked = case.cover, case.worked_seconds
    closure = Closure.objects.create(
        ticket=ticket, at=at, how=how, rule=rule, worked_seconds=worked, waived=is_waived,
        price_tokens=cover.price_tokens or 0, price_minutes=cover.price_minutes or 0,
        free_minutes=cover.free_minutes_spent or 0, actor_kind=by.kind, actor_id=by.id,
    )  # fmt: skip
    ticket.state = Ticket.State.CLOSED
    ticket.closed_at = ticket.waits_since = at
    ticket.due_at = None
    ticket.only_repair = False
    ticket.save()
    case.entries.append(
        audit_trail.entry(
            "ticket.closed", ticket, by=by, at=at, how=how.value, worked_seconds=worked, tokens=closure.price_tokens,
            minutes=closure.price_minutes, free_minutes=closure.free_minutes,
        )
    )  # fmt: skip
    return closure
