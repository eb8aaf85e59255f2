"""Whole numbers 整数 that addresses and forms name: pages, years, rounds, revisions."""

from __future__ import annotations

DIGITS = 9


def whole(text: str) -> int:
    """The number; raises ValueError for any other text, and where it is longer than anything we count."""
    if not (text.removeprefix("-").isdecimal() and len(text) <= DIGITS):
        raise ValueError(text)
    return int(text)


def number_or_none(text: str) -> int | None:
    """The number, or None for any other text: `isdigit()` also says yes to ², which no number is made of."""
    try:
        return whole(text)
    except ValueError:
        return None
