"""Figures in answers: `{trial_minutes}` stands for what the catalogue or a setting says, and is typed only there."""

import re
from collections.abc import Mapping

FIGURES = (
    "how_soon",
    "trial_minutes",
    "trial_days",
    "subscription_price",
    "ticket_price",
    "token_minutes",
    "twice_token_minutes",
    "smallest_hours",
    "hours_price",
    "validities",
    "shared_packs",
    "personal_packs",
    "minute_ceiling",
    "close_after_days",
    "reopen_days",
    "order_days",
    "bounced_days",
)
# What is not on sale at the moment has no figure.
NONE = "—"
_PLACE = re.compile(r"\{([a-z_]+)\}")


def unknown_figures(text: str) -> list[str]:
    """The places of a text that no figure fills."""
    return sorted({name for name in _PLACE.findall(text) if name not in FIGURES})


def has_figures(text: str) -> bool:
    """Whether there is anything to fill in."""
    return _PLACE.search(text) is not None


def filled(text: str, figures: Mapping[str, str]) -> str:
    """The text with its figures; what is no figure stays as it is."""
    return _PLACE.sub(lambda place: figures.get(place[1], place[0]) or NONE, text)
