"""Tabs above a list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StateTab:
    """A tab that narrows a list to one state."""

    href: str
    label: str
    is_current: bool
    count: int | None = None
