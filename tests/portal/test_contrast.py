"""The colours of both themes are readable: text stands out at least 4.5 to 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[2] / "portal/static/css/tokens.css"
PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "muted") for ground in ("paper", "ground", "hover")],
    *[
        (tone, ground)
        for tone in ("accent", "danger", "warning", "good", "info")
        for ground in ("paper", "ground")
    ],
    *[(tone, f"{tone}-soft") for tone in ("danger", "warning", "good", "info", "grey")],
    ("accent-strong", "accent-soft"),
    ("ink", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


def themes() -> list[dict[str, str]]:
    """The colours of each block of the sheet."""
    blocks = re.findall(r"\{([^{}]*--ink:[^{}]*)\}", SHEET.read_text())
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_in_every_theme(ink: str, ground: str) -> None:
    for theme in themes():
        assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, theme[ink], ground, theme[ground])


def test_the_dark_theme_is_the_same_by_choice_and_by_system() -> None:
    light, chosen, system = themes()
    assert chosen == system
    assert light != chosen
