"""What a check of the surroundings found 检查结果, in Chinese and English, with the way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How a check ended."""

    GOOD = "✓"
    NOTE = "·"
    WARNING = "!"
    BAD = "✗"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked (检查项), and the way to get it when it is not there."""

    state: State
    chinese: str
    english: str
    remedy: str = ""


def good(chinese: str, english: str) -> Finding:
    """Something that is as it should be."""
    return Finding(State.GOOD, chinese, english)


def bad(chinese: str, english: str, remedy: str) -> Finding:
    """Something without which the portal cannot work."""
    return Finding(State.BAD, chinese, english, remedy)


def warning(chinese: str, english: str, remedy: str) -> Finding:
    """Something that works today and may not tomorrow."""
    return Finding(State.WARNING, chinese, english, remedy)


def note(chinese: str, english: str, remedy: str = "") -> Finding:
    """Something worth knowing."""
    return Finding(State.NOTE, chinese, english, remedy)
