"""The label on the back of a volume 脊背: upright characters one below the other, numbers turned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from documents.rules.volume import Spine

WIDTHS = (20, 30, 40, 50)  # of boxes, in millimetres
SHEETS_PER_MILLIMETRE = 8  # printed paper, a little loose
HEIGHT = 250  # of a label: what A4 paper carries; it is pasted on boxes 310 mm high
PAPER = 180  # A4 between its margins
TITLE_HEIGHT = 140.0
PIECE = re.compile(r"[\x20-\x7e·]+|.", re.DOTALL)  # a run of Latin letters and numbers, or one character
LYING = frozenset("（）()《》〈〉“”‘’【】〔〕「」『』—…～－-–:：;；")  # these turn with the line
STRAGGLERS = 4
CORNERED = frozenset("、，。．")
SIZES = (20.0, 16.0, 14.0, 12.0, 10.5, 9.0, 8.0, 7.0)  # points
MILLIMETRES = 25.4 / 72
LEADING = 1.12
NARROW = 0.6  # mean advance of a letter or figure, in em; ample


@dataclass(frozen=True)
class Cell:
    """A character that stands upright, or a run that lies on its side; `height` in millimetres."""

    text: str
    height: float
    way: str  # upright, turned, or corner for marks that stand in the upper right corner of their square


@dataclass(frozen=True)
class Stretch:
    """Neighbours in a column that stand alike, drawn as one; places in millimetres from the corner."""

    way: str
    texts: tuple[str, ...]
    left: float
    top: float
    line: float


@dataclass(frozen=True)
class Label:
    """A spine ready for the template."""

    spine: Spine
    size: float  # of the title, in points
    columns: tuple[tuple[Cell, ...], ...]
    height: int = HEIGHT

    @property
    def leading(self) -> float:
        """The width of a column of the title, in millimetres."""
        return self.size * MILLIMETRES * 1.35

    @property
    def stretches(self) -> Iterator[Stretch]:
        """The title as it is drawn, its columns from right to left in the middle of the label."""
        left = (self.spine.width + self.leading * len(self.columns)) / 2
        for column in self.columns:
            left -= self.leading
            top = 0.0
            for (way, height), found in groupby(column, key=lambda cell: (cell.way, cell.height)):
                cells = tuple(found)
                alike = [cells] if way == "upright" else [(cell,) for cell in cells]
                for some in alike:
                    yield Stretch(way, tuple(one.text for one in some), left, round(top, 2), height)
                    top += height * len(some)


def width_for(pages: int) -> int:
    """The narrowest box that holds so many pages, printed on one side."""
    return next((width for width in WIDTHS if pages <= (width - 4) * SHEETS_PER_MILLIMETRE), WIDTHS[-1])


def label(spine: Spine) -> Label:
    """Set the title as large as it fits; what does not fit at the smallest size ends in an ellipsis."""
    spine = spine if spine.width else replace(spine, width=width_for(spine.pages))
    for size in SIZES:
        columns = _columns(spine.title, size)
        if len(columns) <= _room(spine.width, size) and not _straggles(columns):
            return Label(spine, size, columns)
    size = SIZES[-1]
    kept = list(columns[: _room(spine.width, size)])
    kept[-1] = (*kept[-1][:-1], _cell("…", size))
    return Label(spine, size, tuple(kept))


def labels_in_rows(labels: Sequence[Label], width: float = PAPER) -> Iterator[tuple[Label, ...]]:
    """As many labels side by side as a sheet of paper carries."""
    row: list[Label] = []
    for one in labels:
        if row and sum(other.spine.width for other in row) + one.spine.width > width:
            yield tuple(row)
            row = []
        row.append(one)
    if row:
        yield tuple(row)


def _columns(title: str, size: float) -> tuple[tuple[Cell, ...], ...]:
    columns: list[list[Cell]] = [[]]
    filled = 0.0
    for cell in _cells(title, size):
        if columns[-1] and filled + cell.height > TITLE_HEIGHT:
            columns.append([])
            filled = 0.0
        columns[-1].append(cell)
        filled += cell.height
    return tuple(tuple(column) for column in columns)


def _cells(title: str, size: float) -> Iterator[Cell]:
    """Runs too long for a column are cut into pieces that fit."""
    longest = int(TITLE_HEIGHT / (size * MILLIMETRES * NARROW)) - 1
    for match in PIECE.finditer(title.strip()):
        piece = match[0]
        for start in range(0, len(piece), longest):
            yield _cell(piece[start : start + longest], size)


def _cell(text: str, size: float) -> Cell:
    em = size * MILLIMETRES
    turned = len(text) > 1 or text in LYING or text == " "
    way = "turned" if turned else "corner" if text in CORNERED else "upright"
    wide = text[0] > "\u2000" or text[0] == "·"
    length = em * LEADING if len(text) == 1 and wide else em * (NARROW * len(text) + 0.3)
    return Cell(text, round(length, 2), way)


def _straggles(columns: Sequence[Sequence[Cell]]) -> bool:
    """Whether a last column holds so little that a smaller title is the better one."""
    return len(columns) > 1 and len(columns[-1]) < STRAGGLERS


def _room(width: int, size: float) -> int:
    return max(1, int((width - 3) / (size * MILLIMETRES * 1.35)))
