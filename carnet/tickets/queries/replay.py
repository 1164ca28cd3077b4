"""Replays what tickets cost from what was worked, reserved and paid, and compares with what was written (T2–T4, T8–T10,
T14, H1–H5, F1–F3).

Others may go on meanwhile: each portion is read as of one instant.
"""

from collections.abc import Iterator
from itertools import chain

from carnet.kernel import snapshot
from carnet.tickets.queries import replay_across, replay_consent, replay_covers, replay_rows
from carnet.tickets.queries.replay_rows import NONE, Facts, Units, means_of
from carnet.work.models import NOT_CHARGED, Cover, MergedTime, WorkSession

PORTION = 500

# How many records were read, and what is wrong with them.
Found = tuple[int, list[str]]


def portions() -> Iterator[Found]:
    """All that was written about tickets, portion by portion: first ticket by ticket, then what spans several."""
    last = 0
    while True:
        with snapshot.at_rest():
            portion = replay_rows.read(last, PORTION)
        if portion is None:
            break
        last = portion.last
        faults = [f"ticket {facts.ticket.pk}: {what}" for facts in portion.facts for what in _faults(facts)]
        strays = [f"cover {number}: something was written about it, and no ticket has it" for number in portion.strays]
        yield portion.records, faults + strays
    yield from chain(replay_across.agents(), replay_across.packs(), replay_across.trials())


def faults_of_all() -> Iterator[str]:
    """What does not agree between tickets, their work, their covers and the ledger; nothing if all is well."""
    for _records, faults in portions():
        yield from faults


def _faults(facts: Facts) -> Iterator[str]:
    ticket, cover = facts.ticket, facts.cover
    yield from _session_faults(facts)
    yield from _rating_faults(facts)
    if cover is None:
        yield "it has no cover"
        return
    if cover.customer_id != ticket.customer_id:
        yield "its cover is that of another customer"
        return
    yield from _state_faults(facts, cover)
    if cover.state == Cover.State.COVERED and not facts.paid:
        yield "its cover is made of nothing"
    account = replay_covers.Account(facts, cover)
    yield from account.follow()
    if replay_covers.has_unpaid_work(facts):
        yield "work beyond the paid time counts as chargeable"
    yield from replay_covers.merge_faults(facts, cover, account)
    yield from replay_covers.price_faults(facts, cover, account)
    yield from replay_consent.faults(facts, cover, account)
    reserved, spent = _held(facts)
    if cover.has_ended:
        if (reserved, spent) != (NONE, account.had):
            yield "what the ledger holds for it is not its price"
    elif Units(*map(sum, zip(reserved, spent, strict=True))) != account.had:
        yield "what the ledger holds for it is not what its cover reserved"


def _held(facts: Facts) -> tuple[Units, Units]:
    reserved, spent = NONE, NONE
    for hold in facts.holds:
        means = means_of(hold.unit, hold.origin)
        reserved, spent = reserved.plus(means, hold.reserved), spent.plus(means, hold.spent)
    return reserved, spent


def _state_faults(facts: Facts, cover: Cover) -> Iterator[str]:
    ticket, merged = facts.ticket, facts.merged_into
    if ticket.is_closed != cover.has_ended and not ticket.only_repair:
        yield f"it is {ticket.state}, its cover {cover.state}"
    if cover.is_waiting != bool(cover.waits_for) or cover.is_waiting != bool(cover.waiting_since):
        yield "its cover does not know whether it waits, since when and for what"
    if min(filter(None, (cover.covered_at, cover.waiting_since, cover.ended_at, cover.opened_at))) < cover.opened_at:
        yield "something happened to its cover before it was opened"
    if ticket.is_closed:
        if not facts.closures:
            yield "it is closed without a closure"
        elif ticket.closed_at != facts.closures[-1].at:
            yield "it was closed at another time than its closure says"
        if facts.running:
            yield "it is closed, and a clock runs on it"
    elif cover.is_waiting and any(
        one.stopped_at is None and not one.goes_on and one.kind not in NOT_CHARGED for one in facts.running
    ):
        yield "it waits for cover, and a clock of charged work runs on it"
    if ticket.merged_into_id != (merged.cover.ticket.pk if merged else None):
        yield "it was merged with one ticket, and is priced with another"
    if merged:
        yield from _merge_faults(facts, cover, merged)


def _merge_faults(facts: Facts, cover: Cover, merged: MergedTime) -> Iterator[str]:
    """T10: one customer, one target, and the work that was done until then."""
    if merged.cover.customer_id != cover.customer_id:
        yield "it was merged with a ticket of another customer"
    if merged.cover.ticket.merged_into_id is not None:
        yield "it was merged into a ticket that was merged itself"
    if merged.at != cover.ended_at:
        yield "it was merged at another time than its cover ended"
    worked = replay_rows.worked_seconds(facts.sessions, merged.at)
    if merged.seconds != worked:
        yield f"merging tells {merged.seconds} s of work, the sessions {worked} s"


def _session_faults(facts: Facts) -> Iterator[str]:
    """No session before its end, and no correction that makes more of it (T14)."""
    by_number = {one.pk: one for one in facts.sessions}
    closed_at = facts.closures[-1].at if facts.ticket.is_closed and facts.closures else None
    for one in facts.sessions:
        if one.recorded_at < one.ended_at:
            yield f"session {one.pk} was written down before it ended"
        is_charged = one.kind == WorkSession.Kind.CHARGEABLE
        if one.replaces_id is None:
            if is_charged and closed_at and one.recorded_at > closed_at:
                yield f"session {one.pk} is charged, and was written down after the closing"
            continue
        old = by_number.get(one.replaces_id)
        if old is None:
            yield f"session {one.pk} corrects one of another ticket"
        elif (
            (old.agent_id, old.started_at) != (one.agent_id, one.started_at)
            or one.ended_at > old.ended_at
            or one.recorded_at < old.recorded_at
            or (is_charged and old.kind != WorkSession.Kind.CHARGEABLE)
        ):
            yield f"session {one.pk} makes more of the one that it corrects"


def _rating_faults(facts: Facts) -> Iterator[str]:
    """M4, M6: the rating is the last score that was given, since the first one was."""
    rating, scores = facts.rating, facts.scores
    if rating is None and not scores:
        return
    if rating is None or not scores or (rating.score, rating.at) != (scores[-1].score, scores[0].at):
        yield "its rating is not the score that was given last"
