"""Which means pay for a ticket (F2, H5, L7, T15, S9). Pure."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Means = Literal["subscription", "trial", "tokens", "minutes"]


@dataclass(frozen=True, slots=True)
class UsableMeans:
    """One way to pay for a ticket; `last_day` is that of the lot which would be used first, None if nothing expires."""

    means: Means
    last_day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose to pay a ticket with. `then` are the units that follow free minutes (F2), and `ceiling` is
    how many tokens or minutes are taken without asking again (T4, H4); None: as the setting says.
    """

    means: str  # trial, tokens, minutes, none
    then: str = ""
    ceiling: int | None = None

    @property
    def unit_means(self) -> str:
        """Which units it takes beside free minutes: `tokens`, `minutes`, or none."""
        return self.means if self.means in ("tokens", "minutes") else self.then


def propose(choices: Iterable[UsableMeans]) -> list[UsableMeans]:
    """S9, F2, H5: the ways to pay in the order in which they are proposed; the person may take another.

    The subscription, then free minutes, then what expires first; of two that expire on the same day tokens, which are
    counted in fewer and dearer units, and what never expires last.
    """
    first = {"subscription": 0, "trial": 1}
    return sorted(
        choices,
        key=lambda choice: (first.get(choice.means, 2), choice.last_day or datetime.date.max, choice.means != "tokens"),
    )


def means_of_mail(*, is_known: bool, customers: int, ways: Sequence[Means]) -> Means | None:
    """T15, P4: what a question that came by mail reserves: something only if nobody has to be asked. None: ask.

    `is_known`: the sender's address is that of a person and was not forged; `customers`: how many they may ask for;
    `ways`: what could pay for it there. With two ways the person chooses (H5, F2), with none it waits for cover.
    """
    return ways[0] if is_known and customers == 1 and len(ways) == 1 else None
