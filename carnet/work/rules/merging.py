"""What tickets cost together that were merged (T10, H1, H5)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from carnet.ledger.rules import Unit
from carnet.work.rules import prices


class Merged(NamedTuple):
    """T10: work that is priced with that of other tickets: its charged seconds beyond free time, and what it costs at
    least by itself (H1).
    """

    seconds: int
    least_minutes: int = 0


def price_after_merging(works: Iterable[Merged], unit: Unit, token_minutes: int = 30) -> int:
    """T10: the price of merged tickets in one unit, the same in whichever order they were merged: that of the summed
    seconds, the sum of the prices apart, or whatever lies between, if that is lower; so no further merging costs more.

    Seconds are summed, not laid together: work on two tickets at once was work on each. H1 holds for the sum.
    """
    return _prices_of_sets(_charged(works), unit, token_minutes)[-1]


def payable_seconds(works: Iterable[Merged], unit: Unit, *, tokens: int, minutes: int, token_minutes: int = 30) -> int:
    """T4, T10: how long may be worked beyond free time on a ticket with merged `works`, which cost `unit`, until its
    price passes the tokens and minutes that all of them hold.

    The work is summed with some of them, the others are paid apart, whichever lets it go on longest.
    """
    works = _charged(works)
    costs = _prices_of_sets(works, unit, token_minutes)
    held, each = prices.paid_seconds(tokens=tokens, minutes=minutes, token_minutes=token_minutes), 60
    if unit == "token":
        each *= token_minutes
    everything = len(costs) - 1
    return max(
        held - costs[everything - some] * each - sum(work.seconds for work in _chosen(works, some))
        for some in range(len(costs))
        if costs[everything - some] <= (tokens if unit == "token" else minutes)
    )


def price_mixed_and_merged(
    seconds: int, works: Iterable[Merged], unit: Unit, *, tokens: int, minutes: int, token_minutes: int = 30
) -> tuple[int, int]:
    """H5, T10: what a ticket of `seconds` costs in tokens and minutes, with merged `works` that cost `unit`, once its
    own work is paid by both. Of all ways to sum some and pay the others apart the lowest that is held.
    """
    works = _charged(works)
    costs = _prices_of_sets(works, unit, token_minutes)
    found = []
    for some in range(len(costs)):
        apart = costs[len(costs) - 1 - some]
        beside = (apart, 0) if unit == "token" else (0, apart)
        left = (tokens - beside[0], minutes - beside[1])
        summed = prices.price_mixed(seconds + sum(work.seconds for work in _chosen(works, some)), *left, token_minutes)
        if summed[0] <= left[0] and summed[1] <= left[1]:
            found.append((summed[0] + beside[0], summed[1] + beside[1]))
    return min(found, key=lambda one: (one[0] * token_minutes + one[1], one))


def _charged(works: Iterable[Merged]) -> tuple[Merged, ...]:
    return tuple(sorted(work for work in works if work.seconds))


def _chosen(works: Sequence[Merged], some: int) -> list[Merged]:
    """Those of the works whose places are bits of `some`."""
    return [work for place, work in enumerate(works) if some >> place & 1]


@lru_cache(maxsize=256)
def _prices_of_sets(works: tuple[Merged, ...], unit: Unit, token_minutes: int) -> tuple[int, ...]:
    """The lowest price of each set of works, by its bits: of all ways to lay its first one together with others."""
    costs = [0]
    for some in range(1, 1 << len(works)):
        others = beside = some & (some - 1)
        lowest = None
        while lowest is None or beside != others:
            price = _price_summed(_chosen(works, some - beside), unit, token_minutes) + costs[beside]
            lowest = price if lowest is None else min(lowest, price)
            beside = (beside - 1) & others
        costs.append(lowest)
    return tuple(costs)


def _price_summed(works: Sequence[Merged], unit: Unit, token_minutes: int) -> int:
    seconds = sum(work.seconds for work in works)
    if unit == "token":
        return prices.price_in_tokens(seconds, token_minutes)
    return max(prices.price_in_minutes(seconds), *(work.least_minutes for work in works))
