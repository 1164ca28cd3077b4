"""The numbers of deposit slips: without a gap, from 1 in every year."""

import datetime
from typing import NamedTuple

MOST_CHEQUES = 40  # on one slip: what fits on its page


class SlipPlace(NamedTuple):
    """Where a deposit slip stands among those of its year, and its day."""

    year: int
    sequence: int
    made_on: datetime.date


def next_place(last: SlipPlace | None, today: datetime.date) -> SlipPlace:
    """The next number, from 1 in every year, never dated before the slip before it."""
    made_on = max(today, last.made_on) if last else today
    sequence = last.sequence + 1 if last and made_on.year == last.year else 1
    return SlipPlace(made_on.year, sequence, made_on)


def number(place: SlipPlace) -> str:
    """R2026-0012."""
    return f"R{place.year}-{place.sequence:04d}"
