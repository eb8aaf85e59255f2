"""Cells of tables that leave the house 导出单元格: the rule by which none is taken for a formula."""

from __future__ import annotations

from typing import Final

# A spreadsheet of a Chinese system takes the full-width signs for the narrow ones.
SIGNS: Final = frozenset("=+-@＝＋－＠")
ENDS: Final = frozenset("\t\r\n")  # of a cell or a line: what follows begins a cell of its own


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; it may look behind white space."""
    risky = text[:1] in ENDS or text.lstrip()[:1] in SIGNS
    return f"'{text}" if text and risky else text
