"""Judges what a ticket took by what was agreed to when it was taken (T4, T6, H4), and whether it could end now (T10,
T14).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from carnet.proof.replays.tickets_covers import CoverReplay, price_of
from carnet.proof.replays.tickets_rows import CeilingRow, TicketFacts, Wrong, worked_seconds, wrong
from carnet.work.models import Cover


def faults(facts: TicketFacts, cover: Cover, replay: CoverReplay) -> Iterator[Wrong]:
    """T4, T5, T6: whatever was reserved without consent, and whatever waits although it is paid for."""
    yield from _ceilings_not_kept(facts, cover)
    yield from _taken_without_consent(facts, cover)
    if not cover.has_ended:
        yield from _faults_of_open(facts, cover, replay)


def _taken_without_consent(facts: TicketFacts, cover: Cover) -> Iterator[Wrong]:
    """T4: a ceiling is what was said last, and nothing beyond it is taken; T6: nothing before somebody agreed."""
    had: dict[str, int] = defaultdict(int)
    for time in facts.paid:
        had[time.means] += time.units
        if time.units <= 0 or time.means == Cover.Means.TRIAL:
            continue
        said = [one for one in facts.ceilings if one.means == time.means]
        if had[time.means] > _ceiling_at(time.at, said, _ceiling(cover, time.means)):
            yield wrong("beyond_consent")
        elif cover.asks_first and not any(one.at <= time.at for one in facts.ceilings):
            yield wrong("before_consent")


def _ceiling(cover: Cover, means: str) -> int:
    return cover.token_ceiling if means == Cover.Means.TOKENS else cover.minute_ceiling


def _ceilings_not_kept(facts: TicketFacts, cover: Cover) -> Iterator[Wrong]:
    """T4: what was said last stands, or more once units came that were awaited (T5)."""
    last = {one.means: one.ceiling for one in facts.ceilings}
    if any(_ceiling(cover, means) < ceiling for means, ceiling in last.items()):
        yield wrong("ceiling_lost")


def _ceiling_at(at: datetime.datetime, said: list[CeilingRow], now: int) -> int:
    """Up to how many units were agreed to at this moment. Units that came may have raised it since it was said (T5)."""
    last = max((one.at for one in said if one.at <= at), default=None)
    then = [ceiling for one in said if one.at == last for ceiling in (one.before, one.ceiling)]
    if last is not None and last < at:
        then = [one.ceiling for one in said if one.at == last][-1:]
    next_one = next((one.before for one in said if one.at > at), now)
    return max(*then, next_one) if then else next_one


def _faults_of_open(facts: TicketFacts, cover: Cover, replay: CoverReplay) -> Iterator[Wrong]:
    worked = worked_seconds(facts.sessions)
    if cover.is_waiting and not facts.running and worked < replay.seconds:
        yield wrong("waits_with_time_left", left=replay.seconds - worked)
    try:
        price = price_of(cover, worked, replay.had, facts.merged)
    except ValueError as nothing_pays:
        yield wrong("nothing_pays", reason=str(nothing_pays))
        return
    if price.tokens > replay.had.tokens or price.minutes > replay.had.minutes:
        yield wrong("costs_more_than_paid", price=list(price), paid=list(replay.had))
