"""Replays what tickets cost from what was worked, reserved and paid, and compares with what was written (T2–T4, T8–T10,
T14, H1–H5, F1–F3).

Others may go on meanwhile: each portion is read as of one instant.
"""

from collections.abc import Iterator
from itertools import chain

from carnet.kernel import snapshot
from carnet.proof.replays import tickets_across, tickets_consent, tickets_covers, tickets_rows
from carnet.proof.replays.tickets_rows import NONE, TicketFacts, UnitsByKind, Wrong, means_of, wrong
from carnet.proof.rules import Fault, Found
from carnet.work.models import NOT_CHARGED, Cover, MergedTime, WorkSession

PORTION = 500

CHECK = "tickets"


def faults() -> Iterator[Found]:
    """All that was written about tickets, portion by portion: first ticket by ticket, then what spans several."""
    last = 0
    while True:
        with snapshot.at_rest():
            portion = tickets_rows.read(last, PORTION)
        if portion is None:
            break
        last = portion.last
        found = [Fault(CHECK, "ticket", facts.ticket.pk, *one) for facts in portion.facts for one in _faults(facts)]
        strays = [Fault(CHECK, "cover", number, "ticket_missing") for number in portion.strays]
        yield portion.records, found + strays
    yield from chain(tickets_across.agents(), tickets_across.packs(), tickets_across.trials())


def _faults(facts: TicketFacts) -> Iterator[Wrong]:
    ticket, cover = facts.ticket, facts.cover
    yield from _session_faults(facts)
    yield from _rating_faults(facts)
    if cover is None:
        yield wrong("no_cover")
        return
    if cover.customer_id != ticket.customer_id:
        yield wrong("cover_of_another")
        return
    yield from _state_faults(facts, cover)
    if cover.state == Cover.State.COVERED and not facts.paid:
        yield wrong("made_of_nothing")
    replay = tickets_covers.CoverReplay(facts, cover)
    yield from replay.follow()
    if tickets_covers.has_unpaid_work(facts):
        yield wrong("unpaid_work_charged")
    yield from tickets_covers.merge_faults(facts, cover, replay)
    yield from tickets_covers.price_faults(facts, cover, replay)
    yield from tickets_consent.faults(facts, cover, replay)
    reserved, spent = _held(facts)
    if cover.has_ended:
        if (reserved, spent) != (NONE, replay.had):
            yield wrong("held_is_not_price")
    elif UnitsByKind(*map(sum, zip(reserved, spent, strict=True))) != replay.had:
        yield wrong("held_is_not_reserved")


def _held(facts: TicketFacts) -> tuple[UnitsByKind, UnitsByKind]:
    reserved, spent = NONE, NONE
    for hold in facts.holds:
        means = means_of(hold.unit, hold.origin)
        reserved, spent = reserved.plus(means, hold.reserved), spent.plus(means, hold.spent)
    return reserved, spent


def _state_faults(facts: TicketFacts, cover: Cover) -> Iterator[Wrong]:
    ticket, merged = facts.ticket, facts.merged_into
    if ticket.is_closed != cover.has_ended and not ticket.only_repair:
        yield wrong("state_differs", state=ticket.state, cover=cover.state)
    if cover.is_waiting != bool(cover.waits_for) or cover.is_waiting != bool(cover.waiting_since):
        yield wrong("waiting_unclear")
    if min(filter(None, (cover.covered_at, cover.waiting_since, cover.ended_at, cover.opened_at))) < cover.opened_at:
        yield wrong("before_opening")
    if ticket.is_closed:
        if not facts.closures:
            yield wrong("no_closure")
        elif ticket.closed_at != facts.closures[-1].at:
            yield wrong("closed_at_differs")
        if facts.running:
            yield wrong("closed_with_clock")
    elif cover.is_waiting and any(
        one.stopped_at is None and not one.goes_on and one.kind not in NOT_CHARGED for one in facts.running
    ):
        yield wrong("waits_with_clock")
    if ticket.merged_into_id != (merged.cover.ticket.pk if merged else None):
        yield wrong("merged_elsewhere")
    if merged:
        yield from _merge_faults(facts, cover, merged)


def _merge_faults(facts: TicketFacts, cover: Cover, merged: MergedTime) -> Iterator[Wrong]:
    """T10: one customer, one target, and the work that was done until then."""
    if merged.cover.customer_id != cover.customer_id:
        yield wrong("merged_with_stranger")
    if merged.cover.ticket.merged_into_id is not None:
        yield wrong("merged_in_chain")
    if merged.at != cover.ended_at:
        yield wrong("merged_at_differs")
    worked = tickets_rows.worked_seconds(facts.sessions, merged.at)
    if merged.seconds != worked:
        yield wrong("merged_work_differs", told=merged.seconds, sessions=worked)


def _session_faults(facts: TicketFacts) -> Iterator[Wrong]:
    """No session before its end, and no correction that makes more of it (T14)."""
    by_number = {one.pk: one for one in facts.sessions}
    closed_at = facts.closures[-1].at if facts.ticket.is_closed and facts.closures else None
    for one in facts.sessions:
        if one.recorded_at < one.ended_at:
            yield wrong("session_too_early", session=one.pk)
        is_charged = one.kind == WorkSession.Kind.CHARGEABLE
        if one.replaces_id is None:
            if is_charged and closed_at and one.recorded_at > closed_at:
                yield wrong("session_too_late", session=one.pk)
            continue
        old = by_number.get(one.replaces_id)
        if old is None:
            yield wrong("corrects_another", session=one.pk)
        elif (
            (old.agent_id, old.started_at) != (one.agent_id, one.started_at)
            or one.ended_at > old.ended_at
            or one.recorded_at < old.recorded_at
            or (is_charged and old.kind != WorkSession.Kind.CHARGEABLE)
        ):
            yield wrong("corrects_to_more", session=one.pk)


def _rating_faults(facts: TicketFacts) -> Iterator[Wrong]:
    """M4, M6: the rating is the last score that was given, since the first one was."""
    rating, scores = facts.rating, facts.scores
    if rating is None and not scores:
        return
    if rating is None or not scores or (rating.score, rating.at) != (scores[-1].score, scores[0].at):
        yield wrong("rating_differs")
