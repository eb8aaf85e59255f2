"""Values to HTML: the templates, and the few shapes that forms and tables need."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from documents.rules.papers import FilledForm, FormField, PaperTable, Register
from pdf import wording
from pdf.charts import drawing
from pdf.drawings import drawing_name
from pdf.engine import TEMPLATES

LONG_TEXT = 260  # characters; longer answers flow over pages under their repeated label
LONG_LINES = 8
TITLE_SIZES = ((60, ""), (110, "long"), (220, "longer"), (sys.maxsize, "longest"))
CHUNK = 1500  # one table row; a single paragraph of 200,000 characters would take the layout minutes


@dataclass(frozen=True)
class GridRow:
    """A line of the form: a part title, one wide field, or two narrow ones."""

    part: str = ""
    fields: tuple[FormField, ...] = ()


@dataclass(frozen=True)
class Block:
    """A piece of a form that is drawn as one table."""

    kind: str  # grid, long, table
    rows: tuple[GridRow, ...] = ()
    label: str = ""
    paragraphs: tuple[str, ...] = ()
    table: PaperTable | None = None


def page(template: str, **values: Any) -> str:
    """The HTML of one paper; every value is escaped."""
    return _TEMPLATES.get_template(template).render(**values)


def blocks(form: FilledForm) -> tuple[Block, ...]:
    """The form as tables, in order: short answers in a grid, long ones flowing, then its own tables."""
    result: list[Block] = []
    grid: list[GridRow] = []
    for piece in _pieces(form):
        if isinstance(piece, GridRow):
            grid.append(piece)
            continue
        result.extend(_grid(grid))
        grid = []
        result.append(piece)
    return (*result, *_grid(grid))


def shares(table: PaperTable | Register) -> tuple[float, ...]:
    """Widths of the columns in per cent."""
    if isinstance(table, Register):
        widths: tuple[int, ...] = tuple(column.width for column in table.columns)
    else:
        widths = table.widths or (1,) * len(table.columns)
    if len(widths) != len(table.columns) or min(widths, default=0) <= 0:
        raise ValueError(f"{len(table.columns)} columns cannot have the widths {widths}")
    return tuple(round(100 * width / sum(widths), 2) for width in widths)


def chunks(text: str) -> Iterator[str]:
    """The paragraphs of a text, none of them longer than a row can carry."""
    for paragraph in wording.paragraphs(text):
        for start in range(0, len(paragraph), CHUNK):
            yield paragraph[start : start + CHUNK]


def title_size(title: str) -> str:
    """How a title stands on the cover: the longer, the smaller."""
    return next(name for most, name in TITLE_SIZES if len(title) <= most)


def _pieces(form: FilledForm) -> Iterator[GridRow | Block]:
    for section in form.sections:
        if section.title:
            yield GridRow(part=section.title)
        yield from _answers(section.fields)
        for table in section.tables:
            yield Block("table", table=table)


def _answers(fields: Iterable[FormField]) -> Iterator[GridRow | Block]:
    waiting: FormField | None = None
    for answer in fields:
        narrow = not answer.wide and not _is_long(answer)
        if waiting and narrow:
            yield GridRow(fields=(waiting, answer))
            waiting = None
            continue
        if waiting:
            yield GridRow(fields=(waiting,))
            waiting = None
        if narrow:
            waiting = answer
        else:
            yield _alone(answer)
    if waiting:
        yield GridRow(fields=(waiting,))


def _alone(answer: FormField) -> GridRow | Block:
    if _is_long(answer):
        return Block("long", label=answer.label, paragraphs=tuple(chunks(answer.value)))
    return GridRow(fields=(answer,))


def _is_long(answer: FormField) -> bool:
    return len(answer.value) > LONG_TEXT or answer.value.count("\n") >= LONG_LINES


def _grid(rows: list[GridRow]) -> tuple[Block, ...]:
    return (Block("grid", rows=tuple(rows)),) if rows else ()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "blocks": blocks,
        "shares": shares,
        "paragraphs": wording.paragraphs,
        "moment": wording.moment,
        "day": wording.day,
        "compact_day": wording.compact_day,
        "size": wording.size,
        "ordinal": wording.ordinal,
        "breakable": wording.breakable,
        "title_size": title_size,
        "drawing": drawing,
        "drawing_name": drawing_name,
    }
    return environment


_TEMPLATES = _environment()
