"""Long tables 清单分页: rows onto pages by the lines they will take, so that pages can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from documents.rules.papers import PaperTable
from pdf.renditions.texts import width

LINES = 38  # lines of a small table on a page
HEAD = 3  # its title and headings

Rows = Sequence[tuple[str, ...]]


def height(row: tuple[str, ...], widths: Sequence[int]) -> int:
    """The lines that a row takes: a hundredth of the width holds one half-width column of small text."""
    return max(1, *(ceil(width(cell) / share) for cell, share in zip(row, widths, strict=True)))


def paged(table: PaperTable, *, first: int = LINES) -> list[PaperTable]:
    """The table in pieces that each fit a page; on the first there are so many lines."""
    pieces: list[list[tuple[str, ...]]] = [[]]
    left = first - HEAD
    for row in table.rows:
        needed = height(row, table.widths)
        if needed > left and (pieces[-1] or len(pieces) == 1):
            pieces.append([])
            left = LINES - HEAD
        pieces[-1].append(row)
        left -= needed
    return [
        PaperTable(table.columns, tuple(rows), table.title, table.widths, table.numeric) for rows in pieces
    ]
