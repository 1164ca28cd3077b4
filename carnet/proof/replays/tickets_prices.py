"""What a cover costs and how long may be worked on it, put together from the published rules (T2, H1–H5, F1–F3,
T10).
"""

from collections.abc import Iterable, Sequence

from carnet.ledger.rules import Unit
from carnet.work.models import Cover, MergedTime
from carnet.work.rules import merging, prices


def price(cover: Cover, used_seconds: int, *, tokens: int, minutes: int, merged: Sequence[MergedTime]) -> prices.Price:
    """What so many charged seconds of its own cost by the tokens and minutes that it had, that of merged tickets
    included as far as those do not pay for it.
    """
    total = _together(cover, used_seconds, tokens, minutes, merged)
    kept_tokens, kept_minutes = sum(one.kept_tokens for one in merged), sum(one.kept_minutes for one in merged)
    return prices.Price(total.free_minutes, max(0, total.tokens - kept_tokens), max(0, total.minutes - kept_minutes))


def _together(cover: Cover, used_seconds: int, tokens: int, minutes: int, merged: Sequence[MergedTime]) -> prices.Price:
    works, unit = _works_of(merged), _unit_of(merged)
    if not works:
        own: Unit | None = "minute" if minutes else "token" if tokens else None
        return prices.price_of_ticket(
            used_seconds, free_seconds=cover.free_seconds, unit=own, token_minutes=cover.token_minutes,
            tokens_held=tokens, minutes_held=minutes, least_minutes=cover.least_minutes,
        )  # fmt: skip
    free_minutes, rest = prices.split_free(used_seconds, cover.free_seconds)
    if minutes if unit == "token" else tokens:
        mixed = merging.price_mixed_and_merged(
            rest, works, unit, token_minutes=cover.token_minutes,
            tokens=tokens + sum(one.kept_tokens for one in merged),
            minutes=minutes + sum(one.kept_minutes for one in merged),
        )  # fmt: skip
        return prices.Price(free_minutes, *mixed)
    own_work = merging.Merged(rest, cover.least_minutes)
    together = merging.price_after_merging([own_work, *works], unit, cover.token_minutes)
    return prices.Price(free_minutes, *((together, 0) if unit == "token" else (0, together)))


def payable_seconds(
    merged: Sequence[MergedTime], *, tokens: int, minutes: int, token_minutes: int, free_seconds: int
) -> int:
    """T4, T8, T10: how long may be worked in all until the price passes what these units pay for."""
    return free_seconds + merging.payable_seconds(
        _works_of(merged),
        _unit_of(merged),
        tokens=tokens + sum(one.kept_tokens for one in merged),
        minutes=minutes + sum(one.kept_minutes for one in merged),
        token_minutes=token_minutes,
    )


def _works_of(merged: Iterable[MergedTime]) -> list[merging.Merged]:
    works = (merging.Merged(one.charged_seconds, one.least_minutes) for one in merged)
    return [work for work in works if work.seconds]


def _unit_of(merged: Iterable[MergedTime]) -> Unit:
    return "minute" if any(one.price_minutes for one in merged) else "token"
