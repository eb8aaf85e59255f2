"""A list as a spreadsheet 导出: no cell can become a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import IllegalCharacterError

from portal.case_rows import ShownRow
from portal.language import said
from portal.words import moment

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = (20, 10, 44, 14, 26, 20, 10, 22, 22)


def workbook(rows: Iterable[ShownRow]) -> Response:
    """The rows as an XLSX file, written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("投诉清单"))
    for column, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, text) for text in _head()])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in _texts(row)])
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=TYPE)


def _head() -> Sequence[str]:
    return (
        _("编号"),
        _("事项"),
        _("事由"),
        _("环节"),
        _("类别"),
        _("单位"),
        _("承办人"),
        _("收到"),
        _("到期"),
    )


def _texts(row: ShownRow) -> Sequence[str]:
    due = moment(row.left.due) if row.left else ""
    from_policy = (row.case_type, row.title, said(row.stage["label"]), row.category, row.unit, row.handler)
    return (row.number, *from_policy, moment(row.received_at), due)


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _cell(sheet: Any, text: str) -> WriteOnlyCell:
    try:
        cell = WriteOnlyCell(sheet, value=guarded(text))
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, value=guarded("".join(one for one in text if one.isprintable())))
    cell.data_type = "s"
    return cell


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell
