"""The contrasts of WCAG 2.2, reckoned from tokens.css for both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEXT, PICTURE = 4.5, 3.0
TOKENS = Path(settings.BASE_DIR, "carnet/static/css/tokens.css").read_text("utf-8")
PAIRS = dict(re.findall(r"(--[\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", TOKENS))

# What is written on what.
WRITTEN = [
    *[
        ("--ink", ground)
        for ground in ("--paper", "--sheet", "--well", "--accent-soft", "--good-soft", "--warn-soft", "--bad-soft")
    ],
    *[("--ink-soft", ground) for ground in ("--paper", "--sheet", "--well", "--accent-soft", "--warn-soft")],
    *[
        ("--accent", ground)
        for ground in ("--paper", "--sheet", "--well", "--accent-soft", "--warn-soft", "--good-soft")
    ],
    *[("--accent-strong", ground) for ground in ("--paper", "--sheet", "--accent-soft")],
    *[("--on-accent", ground) for ground in ("--accent", "--accent-strong")],
    *[("--on-cover", ground) for ground in ("--cover", "--cover-asleep")],
    *[(f"--{tone}", f"--{tone}-soft") for tone in ("good", "warn", "bad")],
    *[(f"--{tone}", ground) for tone in ("good", "warn", "bad") for ground in ("--paper", "--sheet", "--well")],
]
# Frames of fields, the ring that shows the focus, arcs and columns.
DRAWN = [(line, ground) for line in ("--line-strong", "--accent") for ground in ("--paper", "--sheet", "--well")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colour(token: str, theme: str) -> str:
    return PAIRS[token].split(", ")[theme == "dark"]


def test_reckoning_of_contrast() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("token", "ground", "least"), [(*pair, TEXT) for pair in WRITTEN] + [(*pair, PICTURE) for pair in DRAWN]
)
def test_contrast(token: str, ground: str, least: float, theme: str) -> None:
    assert contrast(colour(token, theme), colour(ground, theme)) >= least


def test_colours_stand_in_tokens_alone() -> None:
    """A component that names a colour of its own would be forgotten by a theme."""
    css = Path(settings.BASE_DIR, "carnet/static/css")
    others = [file for file in sorted(css.rglob("*.css")) if file.name not in {"tokens.css", "print.css"}]
    assert [file.name for file in others if re.search(r"#[0-9a-f]{3,8}\b|rgb\(|oklch\(", file.read_text("utf-8"))] == []
