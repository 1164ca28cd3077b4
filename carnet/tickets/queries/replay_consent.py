"""Judges what a ticket took by what was agreed to when it was taken (T4, T6, H4), and whether it could end now (T10,
T14).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from carnet.tickets.queries.replay_covers import Account, price_of
from carnet.tickets.queries.replay_rows import CeilingRow, Facts, worked_seconds
from carnet.work import queries as work_queries
from carnet.work.models import Cover


def faults(facts: Facts, cover: Cover, account: Account) -> Iterator[str]:
    """T4, T5, T6: whatever was reserved without consent, and whatever waits although it is paid for."""
    yield from _ceilings_not_kept(facts, cover)
    yield from _taken_without_consent(facts, cover)
    if not cover.has_ended:
        yield from _faults_of_open(facts, cover, account)


def _taken_without_consent(facts: Facts, cover: Cover) -> Iterator[str]:
    """T4: a ceiling is what was said last, and nothing beyond it is taken; T6: nothing before somebody agreed."""
    had: dict[str, int] = defaultdict(int)
    for time in facts.paid:
        had[time.means] += time.units
        if time.units <= 0 or time.means == Cover.Means.TRIAL:
            continue
        said = [one for one in facts.ceilings if one.means == time.means]
        if had[time.means] > _ceiling_at(time.at, said, work_queries.ceiling(cover, time.means)):
            yield "it took more units than anybody agreed to"
        elif cover.asks_first and not any(one.at <= time.at for one in facts.ceilings):
            yield "it was split off, and took units before anybody agreed"


def _ceilings_not_kept(facts: Facts, cover: Cover) -> Iterator[str]:
    """T4: what was said last stands, or more once units came that were awaited (T5)."""
    last = {one.means: one.ceiling for one in facts.ceilings}
    if any(work_queries.ceiling(cover, means) < ceiling for means, ceiling in last.items()):
        yield "it may take fewer units than was said last"


def _ceiling_at(at: datetime.datetime, said: list[CeilingRow], now: int) -> int:
    """Up to how many units were agreed to at this moment. Units that came may have raised it since it was said (T5)."""
    last = max((one.at for one in said if one.at <= at), default=None)
    then = [ceiling for one in said if one.at == last for ceiling in (one.before, one.ceiling)]
    if last is not None and last < at:
        then = [one.ceiling for one in said if one.at == last][-1:]
    next_one = next((one.before for one in said if one.at > at), now)
    return max(*then, next_one) if then else next_one


def _faults_of_open(facts: Facts, cover: Cover, account: Account) -> Iterator[str]:
    worked = worked_seconds(facts.sessions)
    if cover.is_waiting and not facts.running and worked < account.seconds:
        yield f"it waits for cover, and {account.seconds - worked} s of what is paid are left"
    try:
        price = price_of(cover, worked, account.had, facts.merged)
    except ValueError as nothing_pays:
        yield str(nothing_pays)
        return
    if price.tokens > account.had.tokens or price.minutes > account.had.minutes:
        yield f"it costs {tuple(price)} by now, and only {tuple(account.had)} pay for it"
