"""Worked stretches of time, laid together (T2, T3). Pure; time is measured exactly and only sums are cut down."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[datetime.datetime, datetime.datetime]


Limit = tuple[datetime.datetime, int]


SECOND = datetime.timedelta(seconds=1)


NOTHING = datetime.timedelta(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work of one agent on the ticket from `start` to `end`, exclusive.

    Not `chargeable`: reading by others, training, repair (T3). `offered`: worked beyond what was paid (T4), stays so.
    `counted_until`: corrected away at that moment, after its end; until then it used up paid time (T4).
    """

    start: datetime.datetime
    end: datetime.datetime
    chargeable: bool
    agent_id: int
    offered: bool = False
    counted_until: datetime.datetime | None = None

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"work ends after it began: {self.start} to {self.end}")

    @property
    def is_charged(self) -> bool:
        """Whether it counts for W: chargeable, not offered, and it stands (T2)."""
        return self.chargeable and not self.offered and self.counted_until is None


def spans_of(stretches: Iterable[Stretch]) -> list[Span]:
    """T2: the charged stretches laid together in order of time, overlapping and touching ones as one."""
    return _laid_together((stretch.start, stretch.end) for stretch in stretches if stretch.is_charged)


def worked_seconds(stretches: Iterable[Stretch]) -> int:
    """T2, T3: W in whole seconds, the charged time of all agents together, overlapping work counted once."""
    return _length_of(spans_of(stretches)) // SECOND


def _laid_together(spans: Iterable[Span]) -> list[Span]:
    together: list[Span] = []
    for start, end in sorted(spans):
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        else:
            together.append((start, end))
    return together


def _length_of(spans: Iterable[Span]) -> datetime.timedelta:
    return sum((end - start for start, end in spans), NOTHING)


def whole_minutes(seconds: int) -> int:
    """T2, H2: seconds cut down to whole minutes; 8:59 → 8."""
    if seconds < 0:
        raise ValueError(f"no time is negative: {seconds}")
    return seconds // 60
