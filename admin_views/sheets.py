"""A table as a spreadsheet 电子表格: no cell can become a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import Any

from flask import Response, send_file
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from documents.rules.cells import guarded

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> Response:
    """The rows below their head, written one by one."""
    book = Workbook(write_only=True)
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    for row in (head, *rows):
        page.append([_cell(page, text) for text in row])
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=TYPE, as_attachment=True, download_name=name)


def _cell(page: Any, text: str) -> WriteOnlyCell:
    printable = "".join(one for one in text if one.isprintable())
    cell = WriteOnlyCell(page, value=guarded(printable))
    cell.data_type = "s"
    return cell
