"""What the drawn components show, in whole numbers: the stubs of a carnet, the arc of a ring, columns of a chart.

Pure: a view hands values in, a template draws. Nothing here knows a lot or a ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

NEAR_SECONDS = 5 * 60  # the last minutes before the end of the paid time are shown in another colour (T4)
FEW, MANY = 5, 30


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a word or two. `kind` sets its colour: good, warn, bad, neutral or none."""

    words: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What a stub is used for. Without `href` this reader can't open it, without `label` it has no name for them."""

    href: str = ""
    label: str = ""


StubState = Literal["spent", "refunded", "held", "frozen", "free"]


@dataclass(frozen=True, slots=True)
class Stub:
    number: int
    state: StubState
    use: Use = Use()


@dataclass(frozen=True, slots=True)
class Front:
    """What stands on the front of a carnet or a tape: its number, or a `name` if it has none, and its last day.

    What is not used when its last day is past sleeps if it was bought (`is_dormant`), else it is gone (`is_lapsed`).
    """

    number: int | None = None
    name: str = ""
    last_on: date | None = None
    is_dormant: bool = False
    is_lapsed: bool = False
    is_gift: bool = False


@dataclass(frozen=True, slots=True)
class Carnet:
    """A lot of tokens as a book of tickets."""

    front: Front
    stubs: tuple[Stub, ...]

    def count(self, state: StubState) -> int:
        return sum(stub.state == state for stub in self.stubs)

    @property
    def left(self) -> int:
        return self.count("free")

    @property
    def held(self) -> int:
        return self.count("held")

    @property
    def frozen(self) -> int:
        return self.count("frozen")

    @property
    def size(self) -> str:
        return "few" if len(self.stubs) <= FEW else "many" if len(self.stubs) > MANY else ""


def carnet(
    front: Front,
    *,
    quantity: int,
    spent: Sequence[Use] = (),
    held: Sequence[Use] = (),
    frozen: int = 0,
    refunded: int = 0,
) -> Carnet:
    """The carnet of `quantity` tokens, one `Use` for each token spent and held (a ticket that cost two stands twice).

    Stubs are punched from the first on: spent, refunded, held, frozen, and what is left. More of them: ValueError.
    """
    free = quantity - len(spent) - len(held) - frozen - refunded
    if free < 0:
        raise ValueError(f"more stubs used than the {quantity} that there are")
    states: list[tuple[StubState, Use]] = [("spent", use) for use in spent]
    states += [("refunded", Use())] * refunded
    states += [("held", use) for use in held]
    states += [("frozen", Use())] * frozen
    states += [("free", Use())] * free
    stubs = tuple(Stub(position, state, use) for position, (state, use) in enumerate(states, start=1))
    return Carnet(front, stubs)


@dataclass(frozen=True, slots=True)
class Tape:
    """A lot of minutes as a tape, perforated every half hour. Widths are minutes."""

    front: Front
    quantity: int
    spent: int = 0
    held: int = 0
    frozen: int = 0
    refunded: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.gone - self.held - self.frozen

    @property
    def gone(self) -> int:
        """Used or refunded."""
        return self.spent + self.refunded

    @property
    def frozen_at(self) -> int:
        """Where the frozen part begins."""
        return self.gone + self.held

    @property
    def perforations(self) -> list[int]:
        return list(range(30, self.quantity, 30))


@dataclass(frozen=True, slots=True)
class Ring:
    """An arc of a circle whose length is reckoned as 100: no π, no rounding that shows."""

    done_seconds: int
    limit_seconds: int

    @property
    def dash(self) -> str:
        """`stroke-dasharray` with pathLength 100; empty if nothing is done, since a round cap would draw a dot."""
        if self.done_seconds <= 0 or self.limit_seconds <= 0:
            return ""
        return f"{Decimal(min(1000, self.done_seconds * 1000 // self.limit_seconds)) / 10} 100"

    @property
    def state(self) -> str:
        """near in the last five minutes, full at the end, else empty."""
        left = self.limit_seconds - self.done_seconds
        return "full" if left <= 0 else "near" if left <= min(NEAR_SECONDS, self.limit_seconds // 3) else ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart: `value` of `whole`, with its label and the value as words."""

    label: str
    value: int
    shown: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    column: Column
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns side by side, 24 wide and 4 apart, 100 high."""

    columns: Sequence[Column]
    whole: int = 0
    drawn: list[DrawnColumn] = field(init=False)

    HEIGHT = 100
    STEP = 28

    def __post_init__(self) -> None:
        top = self.whole or max((column.value for column in self.columns), default=0) or 1
        heights = [max(0, min(self.HEIGHT, column.value * self.HEIGHT // top)) for column in self.columns]
        drawn = [
            DrawnColumn(column, position * self.STEP, self.HEIGHT - height, height)
            for position, (column, height) in enumerate(zip(self.columns, heights, strict=True))
        ]
        object.__setattr__(self, "drawn", drawn)

    @property
    def width(self) -> int:
        return max(len(self.columns) * self.STEP - 4, 24)


def stars_width(score: Decimal) -> Decimal:
    """How much of five stars, 120 wide, is filled for a score of 0 to 5; to a tenth."""
    return (min(max(score, Decimal(0)), Decimal(5)) * 24).quantize(Decimal("0.1"))
